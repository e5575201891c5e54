"""One message of the hospital's system: understood, kept durably, and only then answered (HL7 v2.5 2.9.2)."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from dokuei.clock import now
from dokuei.errors import Hl7Error, NotFoundError
from dokuei.gateway import order_tables
from dokuei.gateway.contract import demand_covered
from dokuei.gateway.hl7.answer import acknowledge
from dokuei.gateway.hl7.charset import Charset
from dokuei.gateway.hl7.message import INTERNAL, NOT_IN_TABLE, Message, Segment, read_header, read_message
from dokuei.gateway.hl7.order import Said, understand
from dokuei.gateway.steps.heed import heed_correction, heed_order
from dokuei.settings import Hl7Settings
from dokuei.settings.section import is_from_here
from dokuei.storage.audit import gateway_trail
from dokuei.storage.db import Database
from dokuei.transfer.contract import ContractScopes
from dokuei.transfer.orders import Order, OrderNotice, OrderSource, PatientCorrection

_log = structlog.get_logger()
_MSH_7 = 6
_KEPT_BYTES = 1 << 20  # of a message that was refused


@dataclass(frozen=True)
class Orders:
    """What is done with a message that came, whole or not; without room on the disk nothing is taken.

    ``pulse_number`` is that of the test patient's order: it comes from the gateway itself, and is nobody's.
    """

    database: Database
    settings: Hl7Settings
    has_room: Callable[[], bool] = lambda: True
    contract: Callable[[], ContractScopes | None] = lambda: None
    pulse_number: Callable[[], str] = lambda: ""

    def take(self, data: bytes, *, peer_address: str) -> bytes:
        """Keep what the message says, or the message itself with the reason; the answer for its sender."""
        header, charset = read_header(data), None
        if not self.has_room():
            return self._not_kept(header, charset, "no room")
        try:
            message = read_message(data, default=self.settings.character_set)
            header, charset = message.header, message.charset
            pulse = self._is_pulse(message, peer_address)
            if not pulse:
                self._demand_known(header)
            said = understand(message, accession_number=self.settings.accession_number)
            if pulse:
                self._keep_pulse(data, header, said)
            else:
                demand_covered(self.contract(), said.orders)
                self._keep(data, message, said)
        except Hl7Error as error:
            return self._refuse(data, header, charset, error, peer_address)
        except SQLAlchemyError as error:
            return self._not_kept(header, charset, type(error).__name__)
        return self._answer(header, charset, None)

    def refuse(self, data: bytes, error: Hl7Error, *, peer_address: str) -> bytes:
        """The same for bytes that are no whole message."""
        return self._refuse(data, read_header(data), None, error, peer_address)

    def _demand_known(self, header: Segment) -> None:
        """Deny by default: on loopback anybody, elsewhere whoever is listed; nobody's words for another facility.

        A system that hospitals share says the same MSH-3 for each of them: MSH-4 and MSH-6 tell them apart.
        """
        own = self.settings
        if not self._is_listed(header.text(3), own.sending_applications):
            raise _stranger(
                "a sending application that is not listed",
                location="MSH-3",
                remedy="list it in [gateway.hl7] sending_applications",
            )
        if not self._is_listed(header.text(4), own.sending_facilities):
            raise _stranger(
                "a sending facility that is not listed",
                location="MSH-4",
                remedy="list it in [gateway.hl7] sending_facilities",
            )
        if own.facility and header.text(6) not in {"", own.facility}:
            raise _stranger(
                "a message for another facility",
                location="MSH-6",
                remedy="correct MSH-6 at the sender, or [gateway.hl7] facility",
            )

    def _is_listed(self, said: str, listed: tuple[str, ...]) -> bool:
        return said in listed or (self.settings.loopback and not listed)

    def _is_pulse(self, message: Message, peer_address: str) -> bool:
        """Whether the gateway itself asks, for its test patient."""
        number = self.pulse_number()
        asked = {segment.text(2) for segment in message.named("ORC")}
        own = message.header.text(3) == self.settings.application and is_from_here(peer_address, self.settings.host)
        return bool(number) and own and asked == {number}

    def _keep_pulse(self, data: bytes, header: Segment, said: Said) -> None:
        """In the place of the last one: no step for a modality, and nothing on record, comes of it."""
        (order,) = said.orders
        with self.database.begin() as connection:
            order_tables.forget_pulse(connection)
            notice = _notice(f"{_key(data)}/1", now(), order, source="pulse")
            order_tables.add_notice(connection, **_about(header), **notice, state="waiting", pulse=True)

    def _keep(self, data: bytes, message: Message, said: Said) -> None:
        """All that one message says, in one transaction; what was said before stays as it is."""
        header, at = message.header, now()
        key = _key(data)
        with self.database.begin() as connection:
            words = _words(said) if order_tables.is_kept(connection, f"{key}/") else _heeded(connection, said, at=at)
            added = [
                order_tables.add_notice(
                    connection, **_about(header), **_notice(f"{key}/{number}", at, one), body=data, state="waiting"
                )
                for number, one in enumerate(words, 1)
            ]
            if not words:
                order_tables.add_notice(
                    connection,
                    **_about(header),
                    message_key=f"{key}/0",
                    received_at=at,
                    action="",
                    document="{}",
                    state="nothing",
                )
            order_tables.settle_same(
                connection,
                hashlib.sha256(data).hexdigest(),
                sending_application=header.text(3),
                control_id=header.text(10),
            )
            if any(added):
                _audit(connection, header, "order.received", {"notices": sum(added), "key": key})
        _log.info("order.received", notices=len(words), new=sum(added), kind=_kind(header))

    def _refuse(
        self, data: bytes, header: Segment | None, charset: Charset | None, error: Hl7Error, peer_address: str
    ) -> bytes:
        digest = hashlib.sha256(data).hexdigest()
        try:
            with self.database.begin() as connection:
                order_tables.add_refusal(
                    connection,
                    at=now(),
                    sha256=digest,
                    body=data[:_KEPT_BYTES],
                    size=len(data),
                    peer_address=peer_address,
                    location=error.location,
                    condition=error.condition,
                    reason=error.what,
                    remedy=error.remedy,
                    **_about(header),
                )
                _audit(connection, header, "order.quarantined", {"location": error.location, "sha256": digest})
        except SQLAlchemyError as failure:
            return self._not_kept(header, charset, type(failure).__name__)
        _log.warning("order.refused", location=error.location, condition=error.condition)
        return self._answer(header, charset, error)

    def _not_kept(self, header: Segment | None, charset: Charset | None, why: str) -> bytes:
        _log.error("order.not_kept", why=why)
        failure = Hl7Error("it could not be kept", remedy="send it again later", condition=INTERNAL)
        return self._answer(header, charset, failure)

    def _answer(self, header: Segment | None, charset: Charset | None, error: Hl7Error | None) -> bytes:
        return acknowledge(
            header,
            at=now().astimezone(),
            control_id=f"{time.time_ns():x}",
            application=self.settings.application,
            facility=self.settings.facility,
            charset=charset,
            error=error,
        )


def _stranger(what: str, *, location: str, remedy: str) -> Hl7Error:
    return Hl7Error(what, remedy=remedy, location=location, condition=NOT_IN_TABLE)


def _words(said: Said) -> list[Order | PatientCorrection]:
    return [*said.orders, *said.corrections]


def _heeded(connection: Connection, said: Said, *, at: datetime) -> list[Order | PatientCorrection]:
    """The same words, after the worklist has followed them: the hub hears which study it gives an order."""
    ordered = zip(said.orders, said.scheduled, strict=True)
    orders = [heed_order(connection, order, scheduled, at=at) for order, scheduled in ordered]
    for one in said.corrections:
        heed_correction(connection, one, at=at)
    return [*orders, *said.corrections]


def settle(database: Database, refusal_id: int, *, actor: str) -> None:
    """Staff has dealt with a refused message.

    Raises:
        NotFoundError: no such open entry.
    """
    with database.begin() as connection:
        if not order_tables.resolve(connection, refusal_id, actor=actor):
            raise NotFoundError(
                "no such open message", phase="settling a refused message", remedy="dokuei gateway orders lists them"
            )
        gateway_trail.append(connection, actor=actor, event="order.settled", details={"number": refusal_id})


def tell_again(database: Database, *, actor: str) -> int:
    """Staff has mended what the hub refused orders for; gives how many are told again."""
    with database.begin() as connection:
        again = order_tables.tell_again(connection)
        if again:
            gateway_trail.append(connection, actor=actor, event="order.again", details={"notices": again})
    return again


def _key(data: bytes) -> str:
    """The same for the same message sent again, whose MSH-7 may tell another time."""
    first, rest = _first_segment(data)
    fields = first.split(first[3:4] or b"|")
    if len(fields) > _MSH_7:
        fields[_MSH_7] = b""
    return hashlib.sha256(b"|".join(fields) + b"\r" + rest.strip()).hexdigest()


def _first_segment(data: bytes) -> tuple[bytes, bytes]:
    first, _, rest = data.lstrip().replace(b"\r\n", b"\r").replace(b"\n", b"\r").partition(b"\r")
    return first, rest


def _kind(header: Segment | None) -> str:
    return "" if header is None else "^".join(filter(None, (header.text(9, 1), header.text(9, 2))))[:20]


def _about(header: Segment | None) -> dict[str, str]:
    said = {"sending_application": 3, "control_id": 10}
    values = {name: "" if header is None else header.text(field)[:256] for name, field in said.items()}
    return {**values, "message_type": _kind(header)}


def _notice(key: str, at: datetime, word: Order | PatientCorrection, *, source: OrderSource = "hl7") -> dict[str, Any]:
    order, correction = (word, None) if isinstance(word, Order) else (None, word)
    notice = OrderNotice(message_key=key, source=source, received_at=at, order=order, correction=correction)
    return {
        "message_key": key,
        "received_at": at,
        "action": word.action,
        "patient_id": word.patient.patient_id,
        "placer_order_number": "" if order is None else order.placer_order_number,
        "accession_number": "" if order is None else order.accession_number,
        "study_instance_uid": "" if order is None else order.expected_study_instance_uid,
        "document": notice.model_dump_json(),
    }


def _audit(connection: Connection, header: Segment | None, event: str, details: dict[str, Any]) -> None:
    sender = "" if header is None else header.text(3)
    gateway_trail.append(connection, actor=f"hl7:{sender}" if sender else "system", event=event, details=details)
