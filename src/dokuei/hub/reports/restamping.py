"""Time stamps that outlive their certificates: each sealed file is stamped again before the last one ends (REC-20).

The sealed bytes stay as they are: a stamp is added behind them, in a file of its own, while the seal is unbroken.
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event as StopEvent
from threading import Thread

import structlog

from dokuei.clock import now
from dokuei.errors import DokueiError, NotFoundError, ProofError, UnreachableError
from dokuei.hub.reports import store_seals
from dokuei.hub.reports.redelivering import Again, Redelivering
from dokuei.hub.reports.seal_model import SealState, SealVerdict
from dokuei.hub.reports.sealing import Sealer
from dokuei.hub.reports.store import KeptVersion
from dokuei.hub.reports.store_seals import Due
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database

AGAIN_AFTER = timedelta(minutes=10)
_LEAD = timedelta(days=90)
_AT_MOST = 10
_LOOK_SECONDS = 5.0
_log = structlog.get_logger()


@dataclass(frozen=True)
class Restamping:
    """The worker's part: looks for what is due, a few at a time."""

    database: Database
    blobs: Blobs
    sealer: Sealer
    moment: Callable[[], datetime] = now

    def start(self, stop: StopEvent) -> Thread:
        """Work until told to stop, in a thread of its own: a time-stamp service may take its time."""
        thread = Thread(target=self._work, args=(stop,), name="restamping", daemon=True)
        thread.start()
        return thread

    def step(self) -> int:
        """Look at what is due; how many were. Without a time-stamp service nothing is, and seals stay as they are."""
        if not self.sealer.time_stamp_url:
            return 0
        at = self.moment()
        with self.database.read() as connection:
            due = store_seals.due(connection, moment=at, tried_before=at - AGAIN_AFTER, at_most=_AT_MOST)
        for one in due:
            self._renew(one, at)
        return len(due)

    def _work(self, stop: StopEvent) -> None:
        while not stop.is_set():
            try:
                if self.step() == _AT_MOST:
                    continue
            except Exception as failure:  # noqa: BLE001 - the worker loop is an outer door
                _log.error("seal.renewal.failed", error=type(failure).__name__)
            stop.wait(_LOOK_SECONDS)

    def _renew(self, due: Due, at: datetime) -> None:
        kept = due.kept
        try:
            data = self._unbroken(kept, due.state)
            stamped = self.sealer.renew(data)
            verdict = self.sealer.verify(stamped)
            if not stamped.startswith(data) or not verdict.good:
                raise UnreachableError("its answer does not hold", phase="renewing time stamps")
        except DokueiError as error:
            self._note(kept, due.state, error, at)
            return
        key = f"{kept.sealed.pdf_key.removesuffix('.pdf')}.{uuid.uuid4().hex}.pdf"
        self.blobs.put(key, stamped)
        renewed = due.state is not None and due.state.stamps > 0
        again = Redelivering(self.database, self.blobs).prepare(kept, stamped, renewed=renewed)
        self._keep(due, _state(kept, verdict, key, stamped), again)

    def _unbroken(self, kept: KeptVersion, before: SealState | None) -> bytes:
        """The file as it is now; nothing is stamped that is not what was sealed."""
        key = kept.sealed.pdf_key if before is None else before.blob_key
        expected = kept.sealed.pdf_sha256 if before is None else before.sha256
        try:
            data = self.blobs.read(key)
        except NotFoundError as error:
            raise _broken("the sealed file is gone") from error
        if hashlib.sha256(data).hexdigest() != expected:
            raise _broken("the sealed file has been changed")
        if not self.sealer.verify(data).good:
            raise _broken("its seal does not hold")
        return data

    def _keep(self, due: Due, state: SealState, again: Again | None) -> None:
        with self.database.begin() as connection:
            store_seals.put(connection, state)
            if again is not None:
                Redelivering.send(connection, again)
            hub_trail.append(
                connection,
                actor="system",
                event="report.restamped",
                site_id=due.site_id,
                subject=due.study_instance_uid,
                details={
                    "report_id": state.report_id,
                    "version": state.number,
                    "stamps": state.stamps,
                    "sha256": state.sha256,
                    "delivered_again": 0 if again is None else again.stamps,
                },
            )

    def _note(self, kept: KeptVersion, before: SealState | None, error: DokueiError, at: datetime) -> None:
        _log.warning("seal.not_renewed", code=error.code)
        state = before or SealState(
            report_id=kept.signed.report_id,
            number=kept.signed.number,
            level="B-T" if kept.sealed.time_stamp == "stamped" else "B-B",
            blob_key=kept.sealed.pdf_key,
            sha256=kept.sealed.pdf_sha256,
            stamps=0,
            renew_at=at,
        )
        with self.database.begin() as connection:
            store_seals.put(connection, replace(state, tried_at=at, last_error=error.what[:500]))


def renewal(verdict: SealVerdict, *, stamped_at: datetime) -> datetime | None:
    """A quarter of a year before the last certificate ends, or at half of what is left of a short one."""
    if verdict.ends_at is None:
        return None
    return verdict.ends_at - min(_LEAD, (verdict.ends_at - stamped_at) / 2)


def _state(kept: KeptVersion, verdict: SealVerdict, key: str, data: bytes) -> SealState:
    last = verdict.archive_stamps[-1].at if verdict.archive_stamps else verdict.stamped_at
    return SealState(
        report_id=kept.signed.report_id,
        number=kept.signed.number,
        level=verdict.level,
        blob_key=key,
        sha256=hashlib.sha256(data).hexdigest(),
        stamps=len(verdict.archive_stamps),
        stamped_at=last,
        renew_at=renewal(verdict, stamped_at=last or kept.signed.signature.signed_at),
    )


def _broken(what: str) -> ProofError:
    return ProofError(what, phase="renewing time stamps", remedy="restore the backup")
