"""What the register of sites asks of the worklist."""

from collections.abc import Collection
from dataclasses import dataclass

from dokuei.hub.worklist.service import WorklistService


@dataclass(frozen=True)
class SiteCases:
    """Whose case it is that somebody wants to call about."""

    worklist: WorklistService

    def site_of(self, item_id: str, *, site_ids: Collection[str]) -> str:
        """The site of a case.

        Raises:
            NotFoundError: no such case at those sites.
        """
        with self.worklist.database.read() as connection:
            return self.worklist.case_in(connection, item_id, site_ids=site_ids).study.site_id
