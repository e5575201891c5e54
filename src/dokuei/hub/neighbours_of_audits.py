"""What the auditor's side asks of archive and gateways, answered without the slices seeing one another."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from dokuei.hub.archive import owners, reading
from dokuei.hub.audits.model import KnownStudy, PatientShown
from dokuei.hub.gateways import store as gateways_store
from dokuei.hub.gateways import store_pulses


class ArchivePatients:
    """The auditor's side asks the archive whose a study is."""

    def of_studies(
        self, connection: Connection, studies: Collection[tuple[str, str]]
    ) -> Mapping[tuple[str, str], PatientShown]:
        """Those of the given studies that are here, with their patients."""
        return {(one.site_id, one.study_instance_uid): _shown(one) for one in owners.of_studies(connection, studies)}

    def sought(
        self, connection: Connection, text: str, *, site_ids: Collection[str] | None, at_most: int
    ) -> tuple[KnownStudy, ...]:
        """Studies by the patient's number, the accession number or their own UID, the newest first."""
        return tuple(
            KnownStudy(one.site_id, one.study_instance_uid, _shown(one))
            for one in owners.sought(connection, text, site_ids=site_ids, at_most=at_most)
            if not store_pulses.is_pulse(connection, one.site_id, one.study_instance_uid)
        )

    def same_patient(self, connection: Connection, site_id: str, study_instance_uid: str) -> tuple[str, ...]:
        """Every study of the patient whose study this is; it alone where it names no patient."""
        for one in owners.of_studies(connection, [(site_id, study_instance_uid)]):
            if one.patient_id:
                return reading.studies_of_patient(connection, site_id, one.patient_id, one.issuer_of_patient_id)
        return (study_instance_uid,)


def _shown(one: owners.OwnedStudy) -> PatientShown:
    name = one.patient_name
    return PatientShown(one.patient_id, name.alphabetic, name.ideographic, name.phonetic, one.study_date)


def gateway_names(connection: Connection, gateway_ids: Collection[str]) -> Mapping[str, str]:
    """What gateways are called, for the auditor's side."""
    found = (gateways_store.find(connection, gateway_id) for gateway_id in sorted(gateway_ids))
    return {one.gateway_id: one.name for one in found if one is not None}
