"""What FHIR asks of other slices; the hub's wiring says who answers. Every question is about one site."""

from collections.abc import Callable, Sequence
from typing import Protocol

from sqlalchemy import Connection

from dokuei.hub.fhir.model import AskedVersion, Former, Order, Patient, Reader, ShownStudy, SignedReport, Taken, Wanted


class Requests(Protocol):
    """Reading requests."""

    def take(
        self,
        site_id: str,
        orders: Sequence[Order],
        *,
        actor: str,
        name: str,
        keep: Callable[[Connection, int, Taken], None],
    ) -> tuple[Taken, ...]:
        """Take all or none of some orders.

        Raises:
            DokueiError: with the reason.
        """

    def note_refusal(self, site_id: str, because: str, *, actor: str, name: str) -> None:
        """Put on record that an order was refused."""

    def found(self, connection: Connection, site_id: str, wanted: Wanted, *, at_most: int) -> tuple[AskedVersion, ...]:
        """Requests, what changed last first."""

    def history(self, connection: Connection, site_id: str, request_id: str) -> tuple[AskedVersion, ...]:
        """All versions of one, the latest first."""

    def keys_of(self, connection: Connection, site_id: str, patient_id: str) -> frozenset[str]:
        """Every folded spelling under which a patient of this ID is known."""

    def key_of(self, patient_id: str) -> str:
        """One spelling of a patient ID to search by."""

    def patient(self, connection: Connection, site_id: str, patient_key: str) -> Patient | None:
        """Whom a folded ID means."""

    def formerly(self, connection: Connection, site_id: str, patient_key: str) -> tuple[Former, ...]:
        """Whom the hospital called that patient before, the first first."""


class Reports(Protocol):
    """Signed reports."""

    def found(self, connection: Connection, site_id: str, wanted: Wanted, *, at_most: int) -> tuple[SignedReport, ...]:
        """Reports by their latest signed version, what was signed last first."""

    def history(self, connection: Connection, site_id: str, report_id: str) -> tuple[SignedReport, ...]:
        """All signed versions of one, the latest first."""

    def pdf(self, site_id: str, report_id: str, number: int) -> bytes | None:
        """The sealed document of a version."""

    def reader(self, connection: Connection, site_id: str, person_id: str) -> Reader | None:
        """Somebody who signed a report of this site."""


class Studies(Protocol):
    """Studies whose images are here."""

    def found(self, connection: Connection, site_id: str, wanted: Wanted, *, at_most: int) -> tuple[ShownStudy, ...]:
        """Studies, what came last first."""
