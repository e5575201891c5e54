"""Forwarding: offer what is coded, send what the hub lacks, believe only its proof, close each study by manifest.

Several threads share a queue: one talks (offers, manifests) and keeps the records, the others stream. Whatever any of
them has in hand when it dies is offered again; the hub knows how far each object has come.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from queue import SimpleQueue

import structlog
from sqlalchemy.exc import SQLAlchemyError

from dokuei.clock import monotonic, now
from dokuei.errors import DokueiError, StorageError, TransferError
from dokuei.gateway import forward_audit, forward_tables
from dokuei.gateway.closing import Closings, declare
from dokuei.gateway.link import Link, pause
from dokuei.gateway.pseudonyms import Naming
from dokuei.gateway.sending import Sending, SendQueue, portions
from dokuei.gateway.spool import Received, Spool, State
from dokuei.storage.db import Database
from dokuei.transfer.client import HubClient
from dokuei.transfer.protocol import OFFER_AT_MOST, IdentityMode, Offer, UploadEvent

_log = structlog.get_logger()
_QUEUED_AT_MOST = 4 * OFFER_AT_MOST
_ENOUGH_UNDER_WAY = 16  # while this many are queued, coded objects gather for a larger offer
_GATHER_SECONDS = 1.0
_PACE_SECONDS = 0.25  # between two offers of what is not urgent: one costs the same for few objects as for many
_QUIET = timedelta(seconds=2)  # a study that has just grown is not closed yet
_PROGRESS_SECONDS = 1.0
_CLOSE_SECONDS = 0.5
_PROOF_ATTEMPTS = 3
_IDLE_SECONDS = 0.1
_PENDING = (State.RECEIVED, State.CODING, State.CODED, State.FORWARDING, State.FORWARDED)


@dataclass
class Forwarder:
    """What the thread that talks works on; ``durable`` is the queue's database with every commit fsynced.

    ``naming`` says how patients are named now: what was coded otherwise is not sent.
    """

    spool: Spool
    durable: Database
    link: Link
    queue: SendQueue
    make_client: Callable[[], HubClient]
    keep_originals: bool
    naming: Callable[[], Naming]
    _unsure: threading.Event = field(default_factory=threading.Event)
    _to_close: set[str] = field(default_factory=set)
    _closings: Closings = field(default_factory=Closings)
    _asked_again: set[str] = field(default_factory=set)
    _reopened: SimpleQueue[Sequence[str]] = field(default_factory=SimpleQueue)
    _announced: set[str] = field(default_factory=set)
    _unproved: dict[str, int] = field(default_factory=dict)
    _named: str = ""
    _held_back_until: float = 0.0
    _offered_at: float = 0.0
    _later: int = 0
    _progress_at: float = 0.0
    _look_at: float = 0.0
    _progress: dict[str, int] = field(default_factory=dict)

    def talk(self) -> None:
        """Offer, record and close until the stop."""
        self._take_up()
        client, failures, cuts = self.make_client(), 0, self.link.cuts
        try:
            while not self.link.stop.is_set():
                if cuts != self.link.cuts:
                    cuts = self.link.cuts
                    client.close()
                try:
                    self.take_back()
                    self.record()
                    worked = self.offer(client) | self.close_studies(client)
                except DokueiError as error:
                    failures += 1
                    client.close()
                    self.link.wait_after(error, failures)
                    client = self.make_client()
                    continue
                failures = 0
                if not worked:
                    self.link.stop.wait(_IDLE_SECONDS)
            self.record()
        finally:
            client.close()

    def _take_up(self) -> None:
        """What a kill or an error left undone: studies to close, and files of closed ones."""
        with self.spool.database.read() as connection:
            self._to_close.update(forward_tables.studies_to_close(connection))
            closed = forward_tables.studies_to_purge(connection, keep_originals=self.keep_originals)
        for study_instance_uid in closed:
            self._purge(study_instance_uid)

    def offer(self, client: HubClient) -> bool:
        """Offer what is coded, urgent studies first, as long as not too much is on its way."""
        naming = self._heed_naming()
        if monotonic() < self._held_back_until:
            return False
        with self.spool.database.read() as connection:
            waiting = forward_tables.studies_to_offer(connection)
            self.queue.hurry(forward_tables.priorities(connection))
        least = OFFER_AT_MOST if self._gathering else 1
        worked = False
        for one in waiting:
            worked = self._offer_study(client, one, naming, least) or worked
        return worked

    def _heed_naming(self) -> Naming:
        """Where the site has chosen otherwise, what is on its way comes back, and is coded as it wants."""
        naming = self.naming()
        if naming.label != self._named:
            self._named = naming.label
            why = TransferError("patients are named in another way from now on", phase="forwarding")
            self.offer_again(why, self.queue.cut())
        self.spool.code_anew(naming.label)
        return naming

    def _offer_study(self, client: HubClient, waiting: forward_tables.Waiting, naming: Naming, least: int) -> bool:
        routine = not waiting.priority
        if routine and (self.queue.objects >= _QUEUED_AT_MOST or waiting.coded < least):
            return False
        coded = [
            item
            for item in self.spool.objects(waiting.study_instance_uid, states=[State.CODED])
            if item.coded is not None and item.naming == naming.label and not self.queue.holds(item.coded.sha256)
        ]
        worked = False
        for some in portions(coded, OFFER_AT_MOST):
            if routine and (self.queue.objects >= _QUEUED_AT_MOST or len(some) < least):
                break
            self._offer(client, some, naming.identity_mode)
            worked = True
        return worked

    @property
    def _gathering(self) -> bool:
        enough = self.queue.objects >= _ENOUGH_UNDER_WAY
        return monotonic() - self._offered_at < (_GATHER_SECONDS if enough else _PACE_SECONDS)

    def _offer(self, client: HubClient, items: Sequence[Received], mode: IdentityMode) -> None:
        by_digest = {item.coded.sha256: item for item in items if item.coded is not None}
        coded = [item.coded for item in items if item.coded is not None]
        needs = client.offer(
            Offer(
                study_instance_uid=coded[0].study_instance_uid,
                study_instances=self._expected(items[0].study_instance_uid),
                identity_mode=mode,
                instances=[one.to_json() for one in coded],
            )
        )
        self._offered_at = monotonic()
        self.link.succeeded()
        self._announce(client, items[0].study_instance_uid)
        known, lacking = [], []
        for need in needs.needs:
            item = by_digest[need.sha256]
            if need.state == "have":
                known.append(item)
            else:
                lacking.append(Sending.of(item, need.offset))
        self._proved(known)
        self.spool.mark_forwarding([one.sop_instance_uid for one in lacking])
        self.queue.add(lacking)

    def _announce(self, client: HubClient, study_instance_uid: str) -> None:
        known = study_instance_uid in self._announced
        if known or client.signer is None or forward_audit.is_pulse(client.signer.key_id, study_instance_uid):
            return
        with self.spool.database.begin() as connection:
            forward_audit.announced(connection, study_instance_uid)
        self._announced.add(study_instance_uid)

    def _expected(self, study_instance_uid: str) -> int:
        """How many objects of a study are here for the hub by now: what was refused never comes."""
        with self.spool.database.read() as connection:
            return forward_tables.expected(connection, study_instance_uid)

    def _proved(self, items: Sequence[Received] | Sequence[Sending]) -> None:
        if items:
            self.spool.mark_proved([one.sop_instance_uid for one in items])
            self._to_close.update(one.study_instance_uid for one in items)

    def take_back(self) -> None:
        """What could not be written down is offered again: the hub says once more how far it is."""
        if self._unsure.is_set():
            self._unsure.clear()
            with self._sure():
                self.spool.release_forwarding(under_way=self.queue.holds)

    @contextmanager
    def _sure(self) -> Iterator[None]:
        """A database that does not take a mark leaves objects in nobody's hand."""
        try:
            yield
        except SQLAlchemyError:
            self._unsure.set()
            raise

    def record(self) -> None:
        """Write down what was judged, lost or brought further since the last time."""
        with self._sure():
            self._record()

    def _record(self) -> None:
        judged = self.queue.judged()
        self._proved([one for one, event in judged if event.verdict == "proved"])
        for one, event in judged:
            if event.verdict != "proved":
                self._not_proved(one, event)
        for one in self.queue.lost():
            gone = StorageError("the coded file is gone", phase="forwarding", remedy="it is coded again by itself")
            self.spool.put_back(one.sop_instance_uid, gone)
        if judged:
            self._later = 0 if any(event.verdict != "later" for _, event in judged) else self._later
        self._note_progress()

    def _not_proved(self, one: Sending, event: UploadEvent) -> None:
        error = TransferError("the hub asks for it again") if event.problem is None else event.problem.error()
        _log.warning("instance.not_proved", verdict=event.verdict, code=error.code)
        if event.verdict == "refused":
            self.spool.mark_refused(one.sop_instance_uid, error)
            self._to_close.add(one.study_instance_uid)
            self.link.news.set()
            return
        if event.verdict == "later":
            self._later += 1
            self._held_back_until = monotonic() + max(1.0, pause(self._later + 1, ceiling=self.link.ceiling))
        elif event.problem is not None and one.is_spoilt:
            self.spool.put_back(one.sop_instance_uid, StorageError("the coded file was spoilt", phase="forwarding"))
            return
        elif event.problem is not None:
            self._unproved[one.sha256] = self._unproved.get(one.sha256, 0) + 1
            if self._unproved[one.sha256] >= _PROOF_ATTEMPTS:
                del self._unproved[one.sha256]
                self.spool.mark_refused(one.sop_instance_uid, error)
                return
        self.spool.mark_to_forward_again([one.sop_instance_uid], error)

    def _note_progress(self) -> None:
        if monotonic() - self._progress_at < _PROGRESS_SECONDS:
            return
        self._progress_at = monotonic()
        there = self.queue.there()
        changed = {
            uid: there.get(uid, 0) for uid in {*there, *self._progress} if there.get(uid) != self._progress.get(uid)
        }
        if changed:
            with self.spool.database.begin() as connection:
                forward_tables.note_under_way(connection, changed)
        self._progress = there

    def close_again(self, study_instance_uids: Sequence[str]) -> None:
        """From whatever thread: the hub has removed something of these, and says of what when they are closed."""
        self._reopened.put(study_instance_uids)

    def close_studies(self, client: HubClient) -> bool:
        """Close every study of which nothing is pending here, by a manifest of all that it holds."""
        if monotonic() < self._look_at:
            return False
        self._look_at = monotonic() + _CLOSE_SECONDS
        while not self._reopened.empty():
            self._asked_again.update(again := self._reopened.get())
            self._to_close.update(again)
        closed = False
        for study_instance_uid in self._closings.due(self._to_close):
            state = self.spool.study_state(study_instance_uid)
            pending = state is not None and any(state.by_state.get(one) for one in _PENDING)
            if state is None or pending or now() - state.last_received_at < _QUIET:
                continue
            close = partial(self._close, client, study_instance_uid)
            self._closings.attempt(study_instance_uid, close, ceiling=self.link.ceiling)
            closed = True
        return closed

    def _close(self, client: HubClient, study_instance_uid: str) -> None:
        proved = self.spool.objects(study_instance_uid, states=[State.PROVED])
        if study_instance_uid not in self._asked_again and self._named_otherwise(proved):
            return
        coded = [item.coded for item in proved if item.coded is not None]
        if not coded or client.signer is None:
            self._settled(study_instance_uid)
            return
        closing = declare(client, client.signer, coded)
        self.link.succeeded()
        if closing.removed:
            self._removed(study_instance_uid, closing.removed)
        if closing.lacking:
            self._reopen(study_instance_uid, closing.lacking)
        if closing.lacking or closing.removed:
            return
        digest, count = hashlib.sha256(closing.documents).hexdigest(), len(coded)
        with self.durable.begin() as connection:
            forward_tables.note_at_hub(
                connection, study_instance_uid, instances=count, manifest_sha256=digest, at=now()
            )
            if not forward_audit.is_pulse(client.signer.key_id, study_instance_uid):
                forward_audit.forwarded(connection, study_instance_uid, instances=count, manifest_sha256=digest)
        self._announced.discard(study_instance_uid)
        self._settled(study_instance_uid)
        self.link.news.set()
        _log.info("study.at_hub", instances=len(coded))
        self._purge(study_instance_uid)

    def _settled(self, study_instance_uid: str) -> None:
        self._to_close.discard(study_instance_uid)
        self._asked_again.discard(study_instance_uid)

    def _named_otherwise(self, proved: Sequence[Received]) -> bool:
        """A study whose patient came to be named in another way while it was on its way is sent whole in that way.

        Only what is no longer here stays apart: it went out before the study was closed for the first time.
        """
        label = self.naming().label
        otherwise = [item for item in proved if item.naming != label and item.path.exists()]
        self.spool.code_again(otherwise)
        return bool(otherwise)

    def _removed(self, study_instance_uid: str, removed: Sequence[str]) -> None:
        """The term of these is over at the hub: nothing asks for them again, and the rest is closed without them."""
        with self.durable.begin() as connection:
            forward_tables.note_removed(connection, study_instance_uid, removed)
        self.link.news.set()
        _log.info("study.removed_at_hub", instances=len(removed))
        self._purge(study_instance_uid, (State.REMOVED,))

    def _purge(self, uid: str, states: Sequence[State] = (State.PROVED, State.REMOVED)) -> None:
        while self.spool.purge(keep_originals=self.keep_originals, study_instance_uid=uid, states=states):
            pass

    def _reopen(self, study_instance_uid: str, lacking: Sequence[str]) -> None:
        """The hub has lost what it had proved: send it again where that is still possible, and say so where not."""
        with self.spool.database.begin() as connection:
            reopened = forward_tables.reopen(connection, lacking)
        _log.error("study.incomplete_at_hub", lacking=len(lacking), sent_again=reopened)
        if not reopened:
            self._settled(study_instance_uid)

    def offer_again(self, error: DokueiError | None, left: Sequence[Sending]) -> None:
        """After an upload: what it carried and was not judged waits again."""
        if left:
            why = error or TransferError("the upload ended before this was judged", phase="forwarding")
            with self._sure():
                self.spool.mark_to_forward_again([one.sop_instance_uid for one in left], why)
