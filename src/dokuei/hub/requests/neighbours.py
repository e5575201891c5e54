"""What requests ask of other slices; the hub's wiring says who answers."""

from collections.abc import Collection, Sequence
from typing import Protocol

from sqlalchemy import Connection

from dokuei.hub.requests.progress import CaseStands


class Contracts(Protocol):
    """The terms in the register of sites."""

    def demand(self, site_id: str, *, modalities: Sequence[str] = (), kind: str = "") -> None:
        """Nothing where a contract covers today, these modalities and this kind of reading.

        Raises:
            NotFoundError: no such site.
            OutsideContractError: none does.
        """

    def wants_pseudonyms(self, site_id: str) -> bool:
        """Whether patients of a site may be named by pseudonyms alone."""


class Cases(Protocol):
    """The worklist."""

    def items(self, connection: Connection, site_id: str, study_instance_uids: Collection[str]) -> dict[str, str]:
        """Study Instance UID → worklist item of those studies that are cases."""

    def is_signed(self, connection: Connection, site_id: str, study_instance_uid: str) -> bool:
        """Whether a signed report of this study stands."""

    def stands(
        self, connection: Connection, site_id: str, study_instance_uids: Collection[str]
    ) -> dict[str, CaseStands]:
        """How far the cases of some studies have come; studies that are no case are left out."""

    def study_of(self, connection: Connection, item_id: str, *, site_ids: Collection[str]) -> tuple[str, str]:
        """Site and study of a case.

        Raises:
            NotFoundError: no such case at those sites.
        """
