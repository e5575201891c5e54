"""What stands beside the queue: cases put off for a reason until a day, and patients who are still there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import ConflictError, RequestError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.worklist import store_hands
from dokuei.hub.worklist.model import Deferral, PatientWaits, Waiting, WorklistItem
from dokuei.hub.worklist.service import Listing, WorklistService, found_in
from dokuei.storage import outbox
from dokuei.storage.audit import hub_trail

CASE_MOVED: Final = "case.lane-changed"
LONGEST_REASON = 500
_LONGEST = timedelta(days=92)


@dataclass(frozen=True)
class Lanes:
    """The verbs on what stands beside the queue."""

    worklist: WorklistService

    def defer(self, principal: Principal, item_id: str, until: datetime, reason: str) -> Listing:
        """Put a case off; it comes back by itself.

        Raises:
            NotFoundError: no such case at a site of theirs.
            ForbiddenError: not somebody who reads there.
            RequestError: no reason, or no time to come within three months.
            ConflictError: it is done, or its patient waits.
        """
        reason = reason.strip()
        if not reason or len(reason) > LONGEST_REASON or any(ord(letter) < ord(" ") for letter in reason):
            raise RequestError("a case is put off for a reason, in one line", phase="deferring a case")
        if not now() < until <= now() + _LONGEST:
            raise RequestError("a case is put off to a time within the next three months", phase="deferring a case")
        with self.worklist.database.begin() as connection:
            found = found_in(connection, item_id, principal.site_ids, lock=True)
            principal.demand(Permission.CLAIM_CASE, found.study.site_id)
            _demand_open(found, "deferring a case")
            if found.waiting is not None:
                raise ConflictError("the patient is waiting", phase="deferring a case", remedy="read it now")
            deferral = Deferral(until, reason, principal.person_id or "")
            _put_off(connection, found, deferral)
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="case.deferred",
                site_id=found.study.site_id,
                subject=found.study.study_instance_uid,
                details={"until": until.isoformat(), "reason": reason},
            )
        return self.worklist.one(principal, item_id)

    def bring_back(self, principal: Principal, item_id: str) -> Listing:
        """Let a deferred case wait with the others again, before its time.

        Raises:
            NotFoundError: no such case at a site of theirs.
            ForbiddenError: not somebody who reads there.
        """
        with self.worklist.database.begin() as connection:
            found = found_in(connection, item_id, principal.site_ids, lock=True)
            principal.demand(Permission.CLAIM_CASE, found.study.site_id)
            if found.deferral is not None:
                _put_off(connection, found, None)
                hub_trail.append(
                    connection,
                    actor=principal.actor,
                    event="case.brought-back",
                    site_id=found.study.site_id,
                    subject=found.study.study_instance_uid,
                )
        return self.worklist.one(principal, item_id)

    def keep_patient(self, principal: Principal, item_id: str, why: PatientWaits | None) -> Listing:
        """Say that the patient is still there and why, or that nobody waits any more.

        Whoever reads ends it too: that is the answer.

        Raises:
            NotFoundError: no such case at a site of theirs.
            ForbiddenError: neither somebody who asks nor, to end it, somebody who reads there.
            ConflictError: it is done.
        """
        with self.worklist.database.begin() as connection:
            found = found_in(connection, item_id, principal.site_ids, lock=True)
            site_id = found.study.site_id
            if not (why is None and principal.may(Permission.CLAIM_CASE, site_id)):
                principal.demand(Permission.PLACE_REQUEST, site_id)
            if why is not None:
                _demand_open(found, "keeping a patient")
            if why is not None or found.waiting is not None:
                store_hands.set_waiting(connection, item_id, None if why is None else Waiting(why, now()))
                if why is not None and found.deferral is not None:
                    _put_off(connection, found, None)
                hub_trail.append(
                    connection,
                    actor=principal.actor,
                    event="case.patient-waits" if why is not None else "case.patient-goes",
                    site_id=site_id,
                    subject=found.study.study_instance_uid,
                    details={} if why is None else {"why": why.value},
                )
        return self.worklist.one(principal, item_id)


def _put_off(connection: Connection, found: WorklistItem, deferral: Deferral | None) -> None:
    """Put a case off or bring it back, and let whoever asked for it hear of it after the transaction."""
    store_hands.set_deferral(connection, found.worklist_item_id, deferral)
    told = {"site_id": found.study.site_id, "study_instance_uid": found.study.study_instance_uid}
    outbox.put(connection, CASE_MOVED, told)


def _demand_open(found: WorklistItem, phase: str) -> None:
    if found.status in {"completed", "canceled"}:
        raise ConflictError("this case is done", phase=phase)
