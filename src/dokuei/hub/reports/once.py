"""One click that comes twice signs once: the second request is answered with what the first one made."""

from collections.abc import Callable
from dataclasses import dataclass, field

from dokuei.errors import ConflictError, SignatureError
from dokuei.hub.identity.model import Principal
from dokuei.hub.one_at_a_time import OneAtATime
from dokuei.hub.reports import store
from dokuei.hub.reports.awaited import Waiting
from dokuei.hub.reports.awaiting import Awaiting, waiting_for
from dokuei.hub.reports.neighbours import Cases
from dokuei.storage.db import Database


@dataclass(frozen=True)
class Once:
    """Both requests name the digest of what was shown; the later one waits for the earlier one in this process."""

    database: Database
    cases: Cases
    awaiting: Awaiting
    in_flight: OneAtATime = field(default_factory=OneAtATime)

    def sign(
        self,
        principal: Principal,
        item_id: str,
        role: str,
        sign: Callable[[], Waiting | None],
        *,
        expected_digest: str,
    ) -> Waiting | None:
        """Sign, unless this very version is signed by this person, or waits for their certificate (with a new code).

        Raises:
            NotFoundError: no such case at a site of theirs; else whatever ``sign`` does.
        """
        with self.in_flight.hold({expected_digest}):
            signed, waits = self._made(principal, item_id, role, expected_digest)
            if signed:
                return None
            if waits:
                return self.awaiting.again(principal, item_id, role)
            try:
                return sign()
            except (SignatureError, ConflictError):
                signed, _ = self._made(principal, item_id, role, expected_digest)
                if signed:  # by another process of the hub
                    return None
                raise

    def _made(self, principal: Principal, item_id: str, role: str, digest: str) -> tuple[bool, bool]:
        with self.database.read() as connection:
            self.cases.case(connection, item_id, role, site_ids=principal.site_ids)
            report = store.find(connection, item_id, role)
            if report is None or principal.person_id is None:
                return False, False
            waits = waiting_for(connection, report.report_id, principal.person_id)
            signed = store.is_signed(connection, report.report_id, digest=digest, person_id=principal.person_id)
        return signed, waits is not None and waits.version_digest == digest
