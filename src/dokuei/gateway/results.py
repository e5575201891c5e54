"""Results for the hospital's information system: made from the delivered report, and sent until it answers AA.

A message is made once and kept with its control ID, so that it is the same however often it is sent again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import ConfigurationError, DokueiError, Hl7Error, PeerRefusedError, UnreachableError
from dokuei.gateway import order_tables, outlet_tables, result_tables
from dokuei.gateway.hl7.charset import ISO_2022_JP, unwritable
from dokuei.gateway.hl7.result import CHARSETS, Envelope, result_status, result_text
from dokuei.gateway.link import Link, pause
from dokuei.gateway.result_tables import Result, Unmade
from dokuei.gateway.say import say
from dokuei.settings import ResultDestination, Settings
from dokuei.storage.audit import gateway_trail
from dokuei.storage.db import Database
from dokuei.transfer.orders import Order, OrderNotice

_log = structlog.get_logger()
_LOOK_SECONDS = 2.0
_ANSWER_SECONDS = 30.0
_CONTROL_ID_LENGTH = 20
_PHASE = "sending results"
_ANSWERED = "it answered"
_UNREADABLE = (
    ValueError,
    RuntimeError,
    AttributeError,
    KeyError,
    TypeError,
    OSError,
    IndexError,
    InvalidDicomError,
    BytesLengthException,
    DokueiError,
)


@dataclass
class Results:
    """The thread that tells the HIS; ``folder`` is where delivered objects lie."""

    settings: Settings
    database: Database
    link: Link
    folder: Path
    reidentify: Callable[[Dataset], Dataset]
    answer_seconds: float = field(default=_ANSWER_SECONDS)

    def run(self) -> None:
        """Make and send until the stop; without a destination nothing is made."""
        destination = self.settings.gateway.hl7.results
        while not self.link.stop.is_set():
            if destination is not None:
                self.make(destination)
                self.send(destination)
            self.link.stop.wait(_LOOK_SECONDS)

    def make(self, destination: ResultDestination) -> None:
        """A message of every report that has arrived; one that cannot be made holds none of the others back."""
        with self.database.read() as connection:
            waiting = result_tables.unmade(connection)
        for one in waiting:
            path = self.folder / f"{one.sha256}.dcm"
            if not path.exists():
                self._skip(one)
                continue
            try:
                self._make(one, self.reidentify(dcmread(path)), destination)
            except _UNREADABLE as error:
                ours = isinstance(error, DokueiError)  # any other error may name the patient
                why = str(error) if ours else f"the report cannot be read: {type(error).__name__}"
                self._not_made(one, why, destination)
                continue
            with self.database.read() as connection:
                if result_tables.reported(connection, one.delivery_id):
                    path.unlink(missing_ok=True)

    def send(self, destination: ResultDestination) -> None:
        """What is due, the oldest first; a correction never overtakes what it corrects."""
        with self.database.read() as connection:
            waiting = result_tables.to_send(connection)
        held_back: set[str] = set()
        for one, body in waiting:
            study = one.study_instance_uid
            if study in held_back:
                continue
            try:
                self._send(one, body, destination)
            except (UnreachableError, ConfigurationError) as error:
                self._postpone(one, error, destination)
                return
            except (PeerRefusedError, Hl7Error) as error:
                self._postpone(one, error, destination)
                held_back.add(study)

    def _make(self, one: Unmade, report: Dataset, destination: ResultDestination) -> None:
        own = self.settings.gateway.hl7
        with self.database.begin() as connection:
            placed = order_tables.order_of(
                connection,
                study_instance_uid=str(report.StudyInstanceUID),
                accession_number=str(report.get("AccessionNumber", "") or ""),
                patient_id=str(report.PatientID),
            )
            order = None if placed is None else OrderNotice.model_validate_json(placed.document).order
            envelope = Envelope(
                sending_application=own.application,
                sending_facility=own.facility,
                receiving_application=destination.application,
                receiving_facility=destination.facility,
                control_id=one.delivery_id[:_CONTROL_ID_LENGTH],
                at=now().astimezone(),
                charset=CHARSETS[destination.character_set],
            )
            text = result_text(report, order, envelope, link=one.link)
            result_tables.keep(
                connection,
                one,
                control_id=envelope.control_id,
                status=result_status(report),
                body=envelope.charset.encode(text),
                note=_note(text, envelope, order),
                made_at=now(),
                error="",
                attempts=0,
                not_before=None,
            )

    def _skip(self, one: Unmade) -> None:
        """Delivered before there was anybody to tell: nothing is left to make a message of. Else it comes again."""
        if one.reported:
            with self.database.begin() as connection:
                result_tables.keep(connection, one, skipped=True)

    def _not_made(self, one: Unmade, why: str, destination: ResultDestination) -> None:
        wait = pause(one.attempts + 2, ceiling=self.settings.gateway.retry_ceiling_seconds)
        with self.database.begin() as connection:
            result_tables.keep(
                connection, one, attempts=one.attempts + 1, not_before=now() + timedelta(seconds=wait), error=why[:1000]
            )
            _not_there(connection, one.delivery_id, destination, why)
        _log.warning("result.not_made", attempts=one.attempts + 1)

    def _send(self, one: Result, body: bytes, destination: ResultDestination) -> None:
        say(destination, body, expected_control_id=one.control_id, seconds=self.answer_seconds, phase=_PHASE)
        with self.database.begin() as connection:
            named = _named(destination)
            result_tables.mark_sent(connection, one.delivery_id, destination=named)
            outlet_tables.put(connection, one.delivery_id, "his", state="stored", destination=named)
            gateway_trail.append(
                connection,
                actor="system",
                event="result.sent",
                subject=one.study_instance_uid,
                details={
                    "sop_instance_uid": one.sop_instance_uid,
                    "control_id": one.control_id,
                    "status": one.status,
                    "to": destination.application,
                },
            )
        _log.info("result.sent", status=one.status, attempts=one.attempts)

    def _postpone(self, one: Result, error: DokueiError, destination: ResultDestination) -> None:
        wait = pause(one.attempts + 2, ceiling=self.settings.gateway.retry_ceiling_seconds)
        with self.database.begin() as connection:
            result_tables.postpone(
                connection,
                one.delivery_id,
                attempts=one.attempts + 1,
                until=now() + timedelta(seconds=wait),
                error=error.what,
            )
            _not_there(connection, one.delivery_id, destination, _without_its_words(error.what))
        _log.warning("result.not_sent", why=error.code, attempts=one.attempts + 1)


def _named(destination: ResultDestination) -> str:
    return f"{destination.application} {destination.host}"


def _without_its_words(what: str) -> str:
    """What a HIS says of a message may name the patient, and stays in the hospital; its code does not."""
    return " ".join(what.split()[:3]) if what.startswith(_ANSWERED) else what


def _not_there(connection: Connection, delivery_id: str, destination: ResultDestination, why: str) -> None:
    named = _named(destination)
    outlet_tables.put(connection, delivery_id, "his", state="refused", destination=named, reason=why)


def _note(text: str, envelope: Envelope, order: Order | None) -> str:
    """What staff should know of a message that is sent all the same."""
    notes = []
    if envelope.charset.codec == ISO_2022_JP and (lost := unwritable(text)):
        notes.append(f"letters without a place in ISO IR87, sent as 〓: {lost}")
    if order is None:
        notes.append("no order here has its numbers")
    return "; ".join(notes)
