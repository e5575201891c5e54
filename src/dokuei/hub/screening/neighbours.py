"""What screening asks of other slices; the hub's wiring says who answers."""

from collections.abc import Collection, Mapping
from typing import Protocol

from sqlalchemy import Connection

from dokuei.hub.screening.model import Batch, Examinee, Opinion, Reading, Standing


class Requests(Protocol):
    """Reading requests, one for each line of a roster."""

    def place(self, connection: Connection, batch: Batch, examinee: Examinee, *, actor: str, name: str) -> str:
        """Ask for a reading of somebody's images; the request.

        Raises:
            ForbiddenError: no contract covers today, or the site names patients by pseudonyms alone.
        """

    def demand_allowed(self, site_id: str) -> None:
        """Nothing where the site may ask today.

        Raises:
            ForbiddenError: it may not.
        """

    def hold(self, connection: Connection, site_id: str) -> None:
        """Let those who ask for one site queue until the transaction ends."""

    def taken_numbers(self, connection: Connection, site_id: str, numbers: Collection[str]) -> frozenset[str]:
        """Those of some accession numbers that open requests have already."""

    def standing(self, connection: Connection, site_id: str, request_ids: Collection[str]) -> Mapping[str, Standing]:
        """How each of these requests stands."""

    def day(self, text: str) -> str:
        """A day as hospitals write it (和暦 too) → YYYYMMDD, or the text where no day is meant for certain."""


class Cases(Protocol):
    """The worklist."""

    def readings(self, connection: Connection, site_id: str, studies: Collection[str]) -> Mapping[str, Reading]:
        """Study Instance UID → its case."""


class Reports(Protocol):
    """Signed reports."""

    def opinions(
        self, connection: Connection, site_id: str, studies: Collection[str]
    ) -> Mapping[str, Mapping[str, Opinion]]:
        """Study Instance UID → reading role → the version that holds now."""
