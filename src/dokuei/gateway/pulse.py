"""Health by traffic: a test patient's image goes the whole way, and each leg is judged by what comes of it."""

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
from dokuei.dicom.encapsulated_pdf import ENCAPSULATED_PDF
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.dicom.transcode import decode_frame
from dokuei.errors import ConfigurationError, DokueiError, PeerRefusedError, ProofError, UnreachableError
from dokuei.gateway import forward_tables, pulse_tables
from dokuei.gateway.enrol import identity_of
from dokuei.gateway.link import Link
from dokuei.gateway.pacs import Parcel, deliver
from dokuei.gateway.pseudonyms import identity_mode, open_key
from dokuei.gateway.spool import Received, Spool, State
from dokuei.settings import Destination, Settings
from dokuei.settings.section import address_of
from dokuei.transfer.client import HubClient
from dokuei.transfer.pulses import (
    PULSE_DOCUMENT_PATH,
    PULSE_FRAME_PATH,
    PULSE_PATH,
    PULSE_RECEIPT_PATH,
    FrameWanted,
    Leg,
    LegName,
    Pulse,
    PulseBegin,
    complete,
    pulse_uid,
)

_log = structlog.get_logger()
_FIRST_SECONDS = 60.0  # whoever starts the gateway has other things to see first
_LEG_SECONDS = 60.0
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

    done: list[Leg] = field(default_factory=list)

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

    def skip(self, name: LegName) -> None:
        """Nobody has set this leg up."""
        self.done.append(Leg(name=name, state="skipped", at=now().isoformat()))

    def _add(self, name: LegName, seconds: float, *, error: str = "") -> None:
        state = "dead" if error else "ok"
        self.done.append(
            Leg(name=name, state=state, at=now().isoformat(), seconds=round(seconds, 3), error=error[:500])
        )


@dataclass
class Pulser:
    """The thread that takes pulses; ``leg_seconds`` is how long one leg may take before it counts as dead."""

    settings: Settings
    spool: Spool
    link: Link
    make_client: Callable[[], HubClient]
    make: MakePulse
    first_seconds: float = _FIRST_SECONDS
    leg_seconds: float = _LEG_SECONDS

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
            if fresh:
                self._prepare(study)
            self._send()
        with legs.leg("proved"):
            self._wait("the gateway has not coded and proved it", lambda: self._one(study).state in _CODED)
        with legs.leg("forwarded"):
            self._wait("the hub has not taken and proved it", lambda: self._one(study).state is State.PROVED)
        with legs.leg("at-hub"):
            self._wait("the hub has not closed the study", lambda: self._is_closed(study))
        with legs.leg("decoded"):
            self._read_back(client, self._one(study))
        pulse_tables.forget(self.spool, study)
        self._file.unlink(missing_ok=True)

    def _is_under_way(self, study: str) -> bool:
        """What an earlier pulse left on its way goes on; only when it has arrived is a new image made."""
        return self._file.exists() and bool(self.spool.objects(study)) and not self._is_closed(study)

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
        gateway = self.settings.gateway.model_copy(update={"pacs": own_door(self.settings)})
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

    def _wait(self, otherwise: str, done: Callable[[], bool]) -> None:
        deadline = monotonic() + self.leg_seconds
        while not done():
            if monotonic() > deadline or self.link.stop.wait(_LOOK_SECONDS):
                raise UnreachableError(f"{otherwise} {self.link.error}".strip(), phase=_PHASE)

    def _read_back(self, client: HubClient, item: Received) -> None:
        """The frame as readers get it, decoded, and compared with what was made."""
        coded = item.coded
        if coded is None:
            raise ProofError("it was never coded", phase=_PHASE)
        wanted = FrameWanted(
            study_instance_uid=coded.study_instance_uid,
            series_instance_uid=coded.series_instance_uid,
            sop_instance_uid=coded.sop_instance_uid,
        )
        data = client.call("POST", PULSE_FRAME_PATH, wanted.write())
        syntax = uids.TRANSFER_SYNTAXES[coded.transfer_syntax_uid]
        cells = decode_frame(data, np.dtype("<u2")).tobytes() if syntax.encapsulated else data
        if cells != dcmread(self._file).PixelData:
            raise ProofError("what comes back has other pixels than were made", phase=_PHASE)

    def _back(self, client: HubClient, legs: Legs) -> None:
        with legs.leg("sealed"):
            document = client.call("POST", PULSE_DOCUMENT_PATH, b"{}")
        if self.settings.gateway.pacs is None:
            legs.skip("in-pacs")
            return
        file = self.settings.home / "gateway" / "pulse-document.dcm"
        with legs.leg("in-pacs"):
            file.write_bytes(document)
            (outcome,) = deliver(self.settings, [Parcel("pulse", ENCAPSULATED_PDF, file)])
            if outcome.error:
                raise PeerRefusedError(f"{outcome.error} {outcome.said}".strip(), phase=_PHASE)

    def _told(self, client: HubClient, began: datetime, legs: Legs) -> Pulse:
        """The last leg is the hub's word that it knows of all the others, of a dead one too."""
        minutes = self.settings.gateway.pulse_minutes

        def pulse() -> Pulse:
            return Pulse(began_at=began, ended_at=now(), minutes=minutes, legs=complete(legs.done))

        try:
            with legs.leg("receipt"):
                heard = legs.done.copy()
                heard.append(Leg(name="receipt", state="ok", at=now().isoformat()))
                told = Pulse(began_at=began, ended_at=now(), minutes=minutes, legs=complete(heard))
                client.call("POST", PULSE_RECEIPT_PATH, told.write())
        except DeadLegError:
            _log.info("pulse.not_told")
        return pulse()


def own_door(settings: Settings) -> Destination:
    """Where modalities come in: the plain port where it is open, else the one with TLS.

    Raises:
        ConfigurationError: TLS alone, for certificates of an authority that is not ours.
    """
    gateway = settings.gateway
    address = address_of(gateway.host)
    host = "127.0.0.1" if address is not None and address.is_unspecified else gateway.host
    if gateway.serves_plain:
        return Destination(ae_title=gateway.ae_title, host=host, port=gateway.port)
    raise ConfigurationError(
        "the door for modalities takes TLS alone, which the pulse does not speak yet",
        phase=_PHASE,
        remedy="set gateway.pulse_minutes to 0 to go without",
    )
