"""What requests ask of the worklist."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.hub.requests.progress import CaseStands
from dokuei.hub.worklist.model import Standing
from dokuei.hub.worklist.service import WorklistService


@dataclass(frozen=True)
class RequestCases:
    """Requests ask the worklist for the cases of their studies."""

    worklist: WorklistService

    def items(self, connection: Connection, site_id: str, study_instance_uids: Collection[str]) -> dict[str, str]:
        """Study Instance UID → worklist item of those studies that are cases."""
        return self.worklist.items_in(connection, site_id, study_instance_uids)

    def is_signed(self, connection: Connection, site_id: str, study_instance_uid: str) -> bool:
        """Whether a signed report of this study stands."""
        return self.worklist.is_signed_in(connection, site_id, study_instance_uid)

    def stands(
        self, connection: Connection, site_id: str, study_instance_uids: Collection[str]
    ) -> dict[str, CaseStands]:
        """How far the cases of some studies have come; studies that are no case are left out."""
        found = self.worklist.standings_in(connection, site_id, study_instance_uids)
        return {study: _stands(one) for study, one in found.items()}

    def study_of(self, connection: Connection, item_id: str, *, site_ids: Collection[str]) -> tuple[str, str]:
        """Site and study of a case.

        Raises:
            NotFoundError: no such case at those sites.
        """
        study = self.worklist.case_in(connection, item_id, site_ids=site_ids).study
        return study.site_id, study.study_instance_uid


def _stands(one: Standing) -> CaseStands:
    withdrawn = one.report_status == "withdrawn"
    put_off = one.deferral if one.deferral is not None and one.deferral.until > now() else None
    return CaseStands(
        read=one.status == "completed" and not withdrawn,
        withdrawn=withdrawn,
        deferred_until=None if put_off is None else put_off.until,
        deferred_because="" if put_off is None else put_off.reason,
    )
