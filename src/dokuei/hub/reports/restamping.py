"""Seals that outlive their certificates (REC-20): what vouches for them is kept in the file, under a new time stamp.

Off the signing path and retried for ever. The sealed bytes stay as they are: certificates, revocation data and a stamp
are added behind them, in a file of its own, while the seal is unbroken; again before the last certificate ends.
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
from dokuei.hub.reports.seal_model import KeptVersion, Revocation, SealState, SealVerdict, Standing, in_words, worst_of
from dokuei.hub.reports.seal_watch import SealWatch
from dokuei.hub.reports.sealing import Sealer
from dokuei.hub.reports.store_seals import Due
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database

AGAIN_AFTER = timedelta(minutes=10)
_LEAD = timedelta(days=90)
_HURRIED = timedelta(days=30)
_AT_MOST = 10
_LOOK_SECONDS = 5.0
_log = structlog.get_logger()


@dataclass(frozen=True)
class Restamping:
    """The worker's part: looks for what is due, a few at a time."""

    database: Database
    blobs: Blobs
    sealer: Sealer
    watch: SealWatch
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
                self.watch.step()
                if self.step() == _AT_MOST:
                    continue
            except Exception as failure:  # noqa: BLE001 - the worker loop is an outer door
                _log.error("seal.renewal.failed", error=type(failure).__name__)
            stop.wait(_LOOK_SECONDS)

    def _renew(self, due: Due, at: datetime) -> None:
        kept = due.kept
        try:
            data, verdict = self._unbroken(kept, due.state)
            archived = self.sealer.archive(data, hurried=_hurried(verdict, at=at))
            if archived.data is None:
                self._wait(kept, due.state, worst_of(archived.standings), at)
                return
            verdict = self.sealer.verify(archived.data)
            if not archived.data.startswith(data) or not verdict.good:
                raise UnreachableError("its answer does not hold", phase="renewing time stamps")
        except DokueiError as error:
            self._note(kept, due.state, error.what, at)
            return
        key = f"{kept.sealed.pdf_key.removesuffix('.pdf')}.{uuid.uuid4().hex}.pdf"
        self.blobs.put(key, archived.data)
        renewed = due.state is not None and due.state.stamps > 0
        again = Redelivering(self.database, self.blobs).prepare(kept, archived.data, renewed=renewed)
        self._keep(due, _state(kept, verdict, key, archived.data, at=at), again)

    def _unbroken(self, kept: KeptVersion, before: SealState | None) -> tuple[bytes, SealVerdict]:
        """The file as it is now; nothing is stamped that is not what was sealed."""
        key = kept.sealed.pdf_key if before is None else before.blob_key
        expected = kept.sealed.pdf_sha256 if before is None else before.sha256
        try:
            data = self.blobs.read(key)
        except NotFoundError as error:
            raise _broken("the sealed file is gone") from error
        if hashlib.sha256(data).hexdigest() != expected:
            raise _broken("the sealed file has been changed")
        verdict = self.sealer.verify(data)
        if not verdict.good:
            raise _broken("its seal does not hold")
        return data, verdict

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
                    "level": state.level,
                    "delivered_again": 0 if again is None else again.stamps,
                },
            )

    def _wait(self, kept: KeptVersion, before: SealState | None, standing: Standing | None, at: datetime) -> None:
        """What its issuers did not say now is asked again; a seal that was revoked when it was set is an alarm."""
        if standing is None:
            return
        if standing.state == "revoked" and standing.part == "seal":
            self.watch.hasten()
        self._note(kept, before, in_words(standing), at, revocation=standing.state)

    def _note(
        self,
        kept: KeptVersion,
        before: SealState | None,
        why: str,
        at: datetime,
        *,
        revocation: Revocation | None = None,
    ) -> None:
        _log.warning("seal.not_renewed", why=why)
        state = before or SealState(
            report_id=kept.signed.report_id,
            number=kept.signed.number,
            level="B-T" if kept.sealed.time_stamp == "stamped" else "B-B",
            blob_key=kept.sealed.pdf_key,
            sha256=kept.sealed.pdf_sha256,
            stamps=0,
            renew_at=at,
        )
        told = replace(state, tried_at=at, last_error=why[:500], revocation=revocation or state.revocation)
        with self.database.begin() as connection:
            store_seals.put(connection, told)


def renewal(verdict: SealVerdict, *, stamped_at: datetime) -> datetime | None:
    """A quarter of a year before the last certificate ends, or at half of what is left of a short one."""
    if verdict.ends_at is None:
        return None
    return verdict.ends_at - min(_LEAD, (verdict.ends_at - stamped_at) / 2)


def _hurried(verdict: SealVerdict, *, at: datetime) -> bool:
    """Whether a time stamp cannot wait for what is lacking: there is none yet, or the last one ends soon."""
    if verdict.stamped_at is None and not verdict.archive_stamps:
        return True
    return verdict.ends_at is not None and at > renewal_at_last(verdict.ends_at, stamped_at=_last_stamp(verdict) or at)


def renewal_at_last(ends_at: datetime, *, stamped_at: datetime) -> datetime:
    """From when on a stamp is renewed without what is lacking: a month before its end, or a quarter of a short one."""
    return ends_at - min(_HURRIED, (ends_at - stamped_at) / 4)


def _last_stamp(verdict: SealVerdict) -> datetime | None:
    return verdict.archive_stamps[-1].at if verdict.archive_stamps else verdict.stamped_at


def _state(kept: KeptVersion, verdict: SealVerdict, key: str, data: bytes, *, at: datetime) -> SealState:
    """How far the file is now; one that was stamped in a hurry is due again for what it lacks."""
    last, worst = _last_stamp(verdict), worst_of(verdict.standings)
    lacks = worst is not None and worst.state == "lacking"
    return SealState(
        report_id=kept.signed.report_id,
        number=kept.signed.number,
        level=verdict.level,
        blob_key=key,
        sha256=hashlib.sha256(data).hexdigest(),
        stamps=len(verdict.archive_stamps),
        stamped_at=last,
        renew_at=at if lacks else renewal(verdict, stamped_at=last or kept.signed.signature.signed_at),
        tried_at=at if lacks else None,
        last_error=in_words(worst) if lacks and worst is not None else None,
        revocation=verdict.revocation,
    )


def _broken(what: str) -> ProofError:
    return ProofError(what, phase="renewing time stamps", remedy="restore the backup")
