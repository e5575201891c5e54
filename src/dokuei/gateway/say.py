"""One message said over MLLP, on a connection of its own, and the answer that takes it."""

import socket
import ssl

from dokuei.errors import Hl7Error, PeerRefusedError, UnreachableError
from dokuei.gateway.hl7.answer import APPLICATION_ACCEPT
from dokuei.gateway.hl7.charset import ISO_2022_JP
from dokuei.gateway.hl7.message import read_message
from dokuei.gateway.mllp import CutError, Wire
from dokuei.gateway.pacs_tls import client_context
from dokuei.settings import ResultDestination

_CONNECT_SECONDS = 10.0
_ANSWER_BYTES = 1 << 20


def say(destination: ResultDestination, body: bytes, *, expected_control_id: str, seconds: float, phase: str) -> None:
    """A connection for each: what comes late for one can never be taken for the answer to another.

    Raises:
        UnreachableError: nobody answers, or not by TLS that is believed.
        PeerRefusedError: it was not taken.
    """
    with _connected(destination, seconds, phase) as connection:
        wire = Wire(connection, _ANSWER_BYTES, seconds, seconds)
        try:
            wire.send(body)
            answer = wire.receive()
        except (OSError, CutError) as error:
            raise PeerRefusedError("it hung up before it had answered", phase=phase) from error
    demand_accepted(answer, expected_control_id=expected_control_id, default=destination.character_set, phase=phase)


def demand_accepted(answer: bytes | None, *, expected_control_id: str, default: str = ISO_2022_JP, phase: str) -> None:
    """AA to this very message, and nothing else, means that it was taken (HL7 v2.5 2.9.2.2).

    Raises:
        PeerRefusedError: no answer, an answer to another message, or AE or AR with what it names.
    """
    if answer is None:
        raise PeerRefusedError("it did not answer", phase=phase)
    try:
        message = read_message(answer, default=default)
    except Hl7Error as error:
        raise PeerRefusedError("its answer is no HL7 message that can be read", phase=phase) from error
    said = next(iter(message.named("MSA")), None)
    if said is None:
        raise PeerRefusedError("its answer acknowledges nothing (no MSA)", phase=phase)
    if said.text(2) != expected_control_id:
        raise PeerRefusedError("its answer is to another message (MSA-2)", phase=phase)
    if said.text(1).upper() != APPLICATION_ACCEPT:
        where = next(iter(message.named("ERR")), None)
        named = "" if where is None else " ".join(filter(None, (where.whole(2) or where.whole(1), where.whole(3))))
        raise PeerRefusedError(f"it answered {said.text(1)[:2]} {named}".strip()[:200], phase=phase)


def _connected(destination: ResultDestination, seconds: float, phase: str) -> socket.socket:
    where = f"{destination.host}:{destination.port}"
    try:
        plain = socket.create_connection((destination.host, destination.port), timeout=min(seconds, _CONNECT_SECONDS))
    except OSError as error:
        raise UnreachableError(f"{where} does not answer: {error.strerror or 'too late'}", phase=phase) from error
    if not destination.serves_tls:
        return plain
    try:
        return client_context(destination).wrap_socket(plain, server_hostname=destination.host)
    except (OSError, ssl.SSLError) as error:
        plain.close()
        raise UnreachableError(f"{where} does not speak TLS as is set: {error}", phase=phase) from error
