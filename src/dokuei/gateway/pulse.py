"""Health by traffic: a test patient's request and image go the whole way; each leg is judged by what comes of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np
import structlog
from pydicom import dcmread

from dokuei.clock import monotonic, now
from dokuei.dicom import uids
from dokuei.dicom.codestream import CodestreamError
from dokuei.dicom.encapsulated_pdf import ENCAPSULATED_PDF
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.dicom.transcode import decode_frame
from dokuei.errors import DokueiError, PeerRefusedError, ProofError, UnreachableError
from dokuei.gateway import forward_tables, order_tables, pulse_tables
from dokuei.gateway.enrol import identity_of
from dokuei.gateway.link import Link
from dokuei.gateway.own_doors import own_dimse
from dokuei.gateway.pacs import Parcel, deliver
from dokuei.gateway.pseudonyms import identity_mode, open_key
from dokuei.gateway.pulse_commitment import Committing
from dokuei.gateway.pulse_order import place_order
from dokuei.gateway.spool import Received, Spool, State
from dokuei.settings import Settings
from dokuei.transfer.client import HubClient
from dokuei.transfer.pulses import (
    PULSE_DOCUMENT_PATH,
    PULSE_FRAME_PATH,
    PULSE_PATH,
    PULSE_RECEIPT_PATH,
    PULSE_REQUEST_PATH,
    FrameWanted,
    Leg,
    LegName,
    LegState,
    Pulse,
    PulseBegin,
    complete,
    pulse_uid,
)

_log = structlog.get_logger()
_FIRST_SECONDS = 60.0  # whoever starts the gateway has other things to see first
_LEG_SECONDS = 60.0
_ANSWER_SECONDS = 45.0  # slow is not dead
_LOOK_SECONDS = 0.2
_PHASE = "taking a pulse"
_URGENT = 1
_CODED = frozenset({State.CODED, State.FORWARDING, State.FORWARDED, State.PROVED})


class MakePulse(Protocol):
    """Writes the test patient's image, new each time, and gives its pixels."""

    def __call__(self, path: Path, *, study_instance_uid: str, sop_instance_uid: str, at: datetime) -> bytes:
        """One object at ``path``; 16-bit cells, little endian."""


class DeadLegError(Exception):
    """What comes after this leg cannot be tried."""


@dataclass
class Legs:
    """What came of each leg so far."""

    done: dict[LegName, Leg] = field(default_factory=dict)

    @contextmanager
    def leg(self, name: LegName) -> Iterator[None]:
        """Time one leg; an error that was foreseen makes it the dead one."""
        began = monotonic()
        try:
            yield
        except DokueiError as error:
            self._add(name, monotonic() - began, error=str(error))
            raise DeadLegError from error
        except OSError as error:
            self._add(name, monotonic() - began, error=error.strerror or type(error).__name__)
            raise DeadLegError from error
        self._add(name, monotonic() - began)

    def tried(self, name: LegName, go: Callable[[], None]) -> bool:
        """The same for a leg that others do not stand on."""
        try:
            with self.leg(name):
                go()
        except DeadLegError:
            return False
        return True

    def skip(self, name: LegName) -> None:
        """Nobody has set this leg up."""
        self.done[name] = Leg(name=name, state="skipped", at=now().isoformat())

    def judged(self, name: LegName, judge: Callable[[], LegState]) -> None:
        """The same for a leg that is more than well or dead."""
        with self.leg(name):
            state = judge()
        self.done[name] = self.done[name].model_copy(update={"state": state})

    def _add(self, name: LegName, seconds: float, *, error: str = "") -> None:
        state = "dead" if error else "ok"
        at = now().isoformat()
        self.done[name] = Leg(name=name, state=state, at=at, seconds=round(seconds, 3), error=error[:500])


@dataclass
class Pulser:
    """The thread that takes pulses; ``patience`` is for how many seconds a leg is waited for before it is dead."""

    settings: Settings
    spool: Spool
    link: Link
    make_client: Callable[[], HubClient]
    make: MakePulse
    first_seconds: float = _FIRST_SECONDS
    patience: Callable[[LegName], float] = lambda _leg: _LEG_SECONDS

    def run(self) -> None:
        """Take one every few minutes until the stop."""
        minutes = self.settings.gateway.pulse_minutes
        wait = min(self.first_seconds, minutes * 60.0)
        while not self.link.stop.wait(wait):
            self.take()
            wait = minutes * 60.0

    def take(self) -> Pulse:
        """Go the whole way once; whatever comes of it is kept here, and at the hub where it can be told."""
        began, legs = now(), Legs()
        client = self.make_client()
        client.silence_seconds = _ANSWER_SECONDS
        try:
            try:
                self._there(client, legs)
                self._back(client, legs)
            except DeadLegError:
                pass
            pulse = self._told(client, began, legs)
        finally:
            client.close()
        with self.spool.database.begin() as connection:
            pulse_tables.note(connection, pulse)
        if pulse.dead is not None and not self.link.stop.is_set():
            _log.warning("pulse.dead", leg=pulse.dead)
        return pulse

    @property
    def _study(self) -> str:
        return pulse_uid(identity_of(self.settings.home).demand().gateway_id, "study")

    @property
    def _file(self) -> Path:
        return self.settings.home / "gateway" / "pulse.dcm"

    def _there(self, client: HubClient, legs: Legs) -> None:
        study = self._study
        fresh = not self._is_under_way(study)
        if fresh:
            self._expect(client, legs, study)
            with legs.leg("received"):
                self._prepare(study)
        ordered = legs.tried("ordered", self._order)
        with legs.leg("received"):
            self._send()
        with legs.leg("proved"):
            self._wait("proved", "the gateway has not coded and proved it", lambda: self._one(study).state in _CODED)
        with legs.leg("forwarded"):
            self._wait(
                "forwarded", "the hub has not taken and proved it", lambda: self._one(study).state is State.PROVED
            )
        with legs.leg("at-hub"):
            self._wait("at-hub", "the hub has not closed the study", lambda: self._is_closed(study))
        if ordered and legs.tried("order-at-hub", self._wait_for_order):
            legs.tried("matched", lambda: self._match(client))
        with legs.leg("fetched"):
            frame = self._fetched(client, self._one(study))
        with legs.leg("decoded"):
            self._demand_same(frame, self._one(study))
        pulse_tables.forget(self.spool, study)
        self._file.unlink(missing_ok=True)

    def _is_under_way(self, study: str) -> bool:
        """What an earlier pulse left on its way goes on; only when it has arrived is a new image made."""
        is_whole = self._file.exists() and self._file.stat().st_size > 0  # a power cut may have emptied it
        return is_whole and bool(self.spool.objects(study)) and not self._is_closed(study)

    def _prepare(self, study: str) -> None:
        pulse_tables.forget(self.spool, study)
        at = now()
        made = pulse_uid(study, at.isoformat())
        self.make(self._file, study_instance_uid=study, sop_instance_uid=made, at=at)
        self.spool.set_priority(study, _URGENT)

    def _expect(self, client: HubClient, legs: Legs, study: str) -> None:
        """The hub must know before the image comes that it is nobody's: until it has said so once, none is sent."""
        there = study
        if identity_mode(self.settings) == "pseudonym":
            there = Pseudonyms(open_key(self.settings.home, self.spool.database)).uid(study)
        known = self.settings.home / "gateway" / "pulse.expected"
        try:
            client.call("POST", PULSE_PATH, PulseBegin(study_instance_uid=there).write())
            known.write_text(there)
        except DokueiError as error:
            _log.info("pulse.hub_not_reached", why=error.code)
            if not known.exists() or known.read_text() != there:
                with legs.leg("forwarded"):
                    raise

    def _send(self) -> None:
        """C-STORE to the gateway's own door, as a modality does it."""
        dataset = dcmread(self._file, stop_before_pixels=True)
        gateway = self.settings.gateway.model_copy(update={"pacs": own_dimse(self.settings)})
        to_itself = self.settings.model_copy(update={"gateway": gateway})
        (outcome,) = deliver(to_itself, [Parcel("pulse", dataset.SOPClassUID, self._file)])
        if outcome.error:
            said = outcome.error.rpartition(": ")[2]
            raise PeerRefusedError(f"the gateway did not take it: {said} {outcome.said}".strip(), phase=_PHASE)

    def _one(self, study: str) -> Received:
        found = self.spool.objects(study)
        if not found:
            raise ProofError("it is not in the queue", phase=_PHASE)
        if found[0].state is State.REFUSED:
            raise PeerRefusedError(f"it was refused: {found[0].error_code}", phase=_PHASE)
        return found[0]

    def _is_closed(self, study: str) -> bool:
        with self.spool.database.read() as connection:
            known = forward_tables.studies_at_hub(connection, [study]).get(study)
        return known is not None and known.at_hub_at is not None

    def _wait(self, leg: LegName, otherwise: str, done: Callable[[], bool]) -> None:
        deadline = monotonic() + self.patience(leg)
        while not done():
            if monotonic() > deadline or self.link.stop.wait(_LOOK_SECONDS):
                raise UnreachableError(f"{otherwise} {self.link.error}".strip(), phase=_PHASE)

    def _order(self) -> None:
        """Ask for a reading of the image, by the way of the hospital's systems."""
        place_order(self.settings, self.spool.database, dcmread(self._file, stop_before_pixels=True))

    def _wait_for_order(self) -> None:
        self._wait("order-at-hub", "the hub has not taken the order", self._order_is_taken)

    def _order_is_taken(self) -> bool:
        with self.spool.database.read() as connection:
            notice = order_tables.pulse_notice(connection)
        if notice is None:
            raise ProofError("the order is not in the queue", phase=_PHASE)
        if notice.state == "refused":
            raise PeerRefusedError(f"the hub refused the order: {notice.reason}", phase=_PHASE)
        return notice.state != "waiting"

    @staticmethod
    def _match(client: HubClient) -> None:
        """Let the hub join request and study as it joins a patient's."""
        client.call("POST", PULSE_REQUEST_PATH, b"{}")

    @staticmethod
    def _fetched(client: HubClient, item: Received) -> bytes:
        """The frame as readers' browsers get it: the hub asks its own door for it."""
        coded = item.coded
        if coded is None:
            raise ProofError("it was never coded", phase=_PHASE)
        wanted = FrameWanted(
            study_instance_uid=coded.study_instance_uid,
            series_instance_uid=coded.series_instance_uid,
            sop_instance_uid=coded.sop_instance_uid,
        )
        return client.call("POST", PULSE_FRAME_PATH, wanted.write())

    def _demand_same(self, frame: bytes, item: Received) -> None:
        """The frame decoded, and compared with what was made."""
        syntax = uids.TRANSFER_SYNTAXES["" if item.coded is None else item.coded.transfer_syntax_uid]
        try:
            cells = decode_frame(frame, np.dtype("<u2")).tobytes() if syntax.encapsulated else frame
        except CodestreamError as error:
            raise ProofError("what comes back does not decode", phase=_PHASE) from error
        if cells != dcmread(self._file).PixelData:
            raise ProofError("what comes back has other pixels than were made", phase=_PHASE)

    def _back(self, client: HubClient, legs: Legs) -> None:
        with legs.leg("sealed"):
            document = client.call("POST", PULSE_DOCUMENT_PATH, b"{}")
        pacs = self.settings.gateway.pacs
        if pacs is None:
            legs.skip("in-pacs")
            legs.skip("committed")
            return
        file = self.settings.home / "gateway" / "pulse-document.dcm"
        with legs.leg("in-pacs"):
            file.write_bytes(document)
            (outcome,) = deliver(self.settings, [Parcel("pulse", ENCAPSULATED_PDF, file)])
            if outcome.error:
                raise PeerRefusedError(f"{outcome.error} {outcome.said}".strip(), phase=_PHASE)
        if pacs.commitment == "off":
            legs.skip("committed")
            return
        committing, seconds = Committing(self.settings, self.spool.database, self.link), self.patience("committed")
        legs.judged("committed", lambda: committing.ask(pacs, outcome.objects, seconds=seconds))

    def _told(self, client: HubClient, began: datetime, legs: Legs) -> Pulse:
        """The last leg is the hub's word that it knows of all the others, of a dead one too."""
        minutes = self.settings.gateway.pulse_minutes

        def pulse() -> Pulse:
            return Pulse(began_at=began, ended_at=now(), minutes=minutes, legs=complete(list(legs.done.values())))

        try:
            with legs.leg("receipt"):
                heard = Leg(name="receipt", state="ok", at=now().isoformat())
                legs_told = complete([*legs.done.values(), heard])
                told = Pulse(began_at=began, ended_at=now(), minutes=minutes, legs=legs_told)
                client.call("POST", PULSE_RECEIPT_PATH, told.write())
        except DeadLegError:
            _log.info("pulse.not_told")
        return pulse()
