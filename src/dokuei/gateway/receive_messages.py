"""DIMSE command sets (PS3.7 6.3.1 and E): read and written here because pydicom takes a millisecond for each.

A command set is always Implicit VR Little Endian, flat, and small: group 0000 only.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dokuei.errors import AdmissionError
from dokuei.gateway.receive_wire import P_DATA_TF

C_STORE_RQ: Final = 0x0001
C_FIND_RQ: Final = 0x0020
C_ECHO_RQ: Final = 0x0030
C_CANCEL_RQ: Final = 0x0FFF
N_EVENT_REPORT_RQ: Final = 0x0100
N_EVENT_REPORT_RSP: Final = 0x8100
N_SET_RQ: Final = 0x0120
N_ACTION_RQ: Final = 0x0130
N_CREATE_RQ: Final = 0x0140
RESPONSE: Final = 0x8000
_NO_DATASET: Final = 0x0101
_DATASET: Final = 0x0001
_PENDING: Final = 0xFF00
_COMMENT_CHARACTERS: Final = 64

_AFFECTED_CLASS: Final = 0x0002
_REQUESTED_CLASS: Final = 0x0003
_COMMAND_FIELD: Final = 0x0100
_MESSAGE_ID: Final = 0x0110
_RESPONDED_ID: Final = 0x0120
_DATASET_TYPE: Final = 0x0800
_STATUS: Final = 0x0900
_COMMENT: Final = 0x0902
_ERROR_ID: Final = 0x0903
_AFFECTED_INSTANCE: Final = 0x1000
_REQUESTED_INSTANCE: Final = 0x1001
_EVENT_TYPE: Final = 0x1002
_ACTION_TYPE: Final = 0x1008


class CommandError(AdmissionError):
    """A command set that cannot be read; the association is aborted."""

    code = "command"


@dataclass(frozen=True)
class Command:
    """What a peer asks, or answers."""

    field: int
    message_id: int
    has_dataset: bool
    sop_class_uid: str
    sop_instance_uid: str
    status: int
    action_type: int


def read_command(data: bytes) -> Command:
    """Read a whole command set.

    Raises:
        CommandError: it is cut short, or lacks what every command has.
    """
    elements: dict[int, bytes] = {}
    position = 0
    while position < len(data):
        if position + 8 > len(data):
            raise CommandError("a command set that ends inside an element", phase="reading the command")
        group, element, length = struct.unpack_from("<HHL", data, position)
        position += 8
        if group != 0 or position + length > len(data):
            raise CommandError("a command set that holds something else", phase="reading the command")
        elements[element] = data[position : position + length]
        position += length
    field = _number(elements, _COMMAND_FIELD)
    identifier = _RESPONDED_ID if field & RESPONSE or field == C_CANCEL_RQ else _MESSAGE_ID
    return Command(
        field=field,
        message_id=_number(elements, identifier),
        has_dataset=_number(elements, _DATASET_TYPE) != _NO_DATASET,
        sop_class_uid=_text(elements, _AFFECTED_CLASS, _REQUESTED_CLASS),
        sop_instance_uid=_text(elements, _AFFECTED_INSTANCE, _REQUESTED_INSTANCE),
        status=_number(elements, _STATUS, 0),
        action_type=_number(elements, _ACTION_TYPE, 0),
    )


def response(context_id: int, command: Command, *, status: int, comment: str = "", error_id: int = 0) -> bytes:
    """The answer to a request as one P-DATA-TF PDU, without a dataset."""
    elements: dict[int, bytes] = {_AFFECTED_CLASS: _uid(command.sop_class_uid)}
    elements[_COMMAND_FIELD] = _us(command.field | RESPONSE)
    elements[_RESPONDED_ID] = _us(command.message_id)
    elements[_DATASET_TYPE] = _us(_NO_DATASET)
    elements[_STATUS] = _us(status)
    if comment:
        elements[_COMMENT] = _even(comment[:_COMMENT_CHARACTERS].encode("ascii", "replace"), b" ")
    if error_id:
        elements[_ERROR_ID] = _us(error_id)
    if command.sop_instance_uid:
        elements[_AFFECTED_INSTANCE] = _uid(command.sop_instance_uid)
    if command.field == N_ACTION_RQ:
        elements[_ACTION_TYPE] = _us(command.action_type)
    return _pdu(context_id, _command_set(elements), last=True, is_command=True)


def pending(context_id: int, command: Command, identifier: bytes) -> bytes:
    """One of several answers to a C-FIND (PS3.7 9.3.2.2) as P-DATA-TF PDUs: command first, then the identifier."""
    elements = {
        _AFFECTED_CLASS: _uid(command.sop_class_uid),
        _COMMAND_FIELD: _us(command.field | RESPONSE),
        _RESPONDED_ID: _us(command.message_id),
        _DATASET_TYPE: _us(_DATASET),
        _STATUS: _us(_PENDING),
    }
    head = _pdu(context_id, _command_set(elements), last=True, is_command=True)
    return b"".join((head, *_fragments(context_id, identifier)))


def event_report(
    context_id: int, message_id: int, *, sop_class_uid: str, sop_instance_uid: str, event_type: int, information: bytes
) -> list[bytes]:
    """An N-EVENT-REPORT-RQ (PS3.7 10.3.1) as P-DATA-TF PDUs: command first, then the event information."""
    command = {
        _AFFECTED_CLASS: _uid(sop_class_uid),
        _COMMAND_FIELD: _us(N_EVENT_REPORT_RQ),
        _MESSAGE_ID: _us(message_id),
        _DATASET_TYPE: _us(_DATASET),
        _AFFECTED_INSTANCE: _uid(sop_instance_uid),
        _EVENT_TYPE: _us(event_type),
    }
    return [_pdu(context_id, _command_set(command), last=True, is_command=True), *_fragments(context_id, information)]


_FRAGMENT_BYTES: Final = 4096 - 6  # every DICOM application takes PDUs of this size


def _fragments(context_id: int, data: bytes) -> list[bytes]:
    starts = range(0, len(data), _FRAGMENT_BYTES)
    return [
        _pdu(context_id, data[s : s + _FRAGMENT_BYTES], last=s + _FRAGMENT_BYTES >= len(data), is_command=False)
        for s in starts
    ]


def _pdu(context_id: int, fragment: bytes, *, last: bool, is_command: bool) -> bytes:
    control = (2 if last else 0) | (1 if is_command else 0)
    length = len(fragment) + 2
    return struct.pack(">BxLLBB", P_DATA_TF, length + 4, length, context_id, control) + fragment


def _command_set(elements: Mapping[int, bytes]) -> bytes:
    body = b"".join(
        struct.pack("<HHL", 0, element, len(elements[element])) + elements[element] for element in sorted(elements)
    )
    return struct.pack("<HHLL", 0, 0, 4, len(body)) + body


def _number(elements: Mapping[int, bytes], element: int, default: int | None = None) -> int:
    value = elements.get(element)
    if value is not None and len(value) == 2:  # noqa: PLR2004 - a US is two bytes
        return int.from_bytes(value, "little")
    if default is not None:
        return default
    raise CommandError(f"a command without (0000,{element:04X})", phase="reading the command")


def _text(elements: Mapping[int, bytes], *names: int) -> str:
    for name in names:
        if name in elements:
            return elements[name].decode("ascii", "replace").rstrip("\0 ")
    return ""


def _us(value: int) -> bytes:
    return struct.pack("<H", value)


def _uid(value: str) -> bytes:
    return _even(value.encode("ascii", "replace"), b"\0")


def _even(value: bytes, padding: bytes) -> bytes:
    return value + padding if len(value) % 2 else value
