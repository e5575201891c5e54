"""What the auditor's side asks of other slices; the hub's wiring says who answers."""

from collections.abc import Collection, Mapping
from typing import Protocol

from sqlalchemy import Connection

from dokuei.hub.audits.model import KnownStudy, PatientShown

StudyKey = tuple[str, str]


class Patients(Protocol):
    """The archive: whose a study is, named by its site and its UID."""

    def of_studies(self, connection: Connection, studies: Collection[StudyKey]) -> Mapping[StudyKey, PatientShown]:
        """Those of the given studies that are here, with their patients."""

    def sought(
        self, connection: Connection, text: str, *, site_ids: Collection[str] | None, at_most: int
    ) -> tuple[KnownStudy, ...]:
        """Studies by the patient's number, the accession number or their own UID, the newest first."""

    def same_patient(self, connection: Connection, site_id: str, study_instance_uid: str) -> tuple[str, ...]:
        """Every study of the patient whose study this is, itself too."""


class Gateways(Protocol):
    """The register of gateways."""

    def __call__(self, connection: Connection, gateway_ids: Collection[str]) -> Mapping[str, str]:
        """Names by id."""
