"""Command sets: ours against pynetdicom's, and bytes that are none."""

import contextlib
import struct
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import UID
from pynetdicom.dimse_messages import C_STORE_RQ
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.dsutils import decode

from dokuei.gateway import receive_messages as messages
from dokuei.gateway.receive_messages import Command, CommandError, event_report, read_command, response

_CLASS = "1.2.840.10008.5.1.4.1.1.4"


def _store_request(sop_instance: str) -> bytes:
    request = C_STORE()
    request.MessageID = 7
    request.AffectedSOPClassUID = UID(_CLASS)
    request.AffectedSOPInstanceUID = UID(sop_instance)
    request.Priority = 2
    request.DataSet = BytesIO(b"")
    message = C_STORE_RQ()
    message.primitive_to_message(request)
    pieces = [value for pdu in message.encode_msg(1, 0) for _, value in pdu.presentation_data_value_list]
    return b"".join(bytes(piece)[1:] for piece in pieces)


@pytest.mark.parametrize("sop_instance", ["1.2.3", "1.2.34"])
def test_a_request_that_pynetdicom_wrote_is_read(sop_instance: str) -> None:
    found = read_command(_store_request(sop_instance))
    assert (found.field, found.message_id, found.sop_class_uid) == (messages.C_STORE_RQ, 7, _CLASS)
    assert found.sop_instance_uid == sop_instance


def test_our_answer_is_what_pynetdicom_reads() -> None:
    command = Command(messages.C_STORE_RQ, 7, True, _CLASS, "1.2.3", 0, 0)
    pdu = response(5, command, status=0xC010, comment="é" * 80)
    kind, length, value_length, context_id, control = struct.unpack(">BxLLBB", pdu[:12])
    assert (kind, length, value_length, context_id, control) == (4, len(pdu) - 6, len(pdu) - 10, 5, 3)
    found = decode(BytesIO(pdu[12:]), True, True)
    assert found.CommandField == 0x8001
    assert found.CommandGroupLength == len(pdu) - 12 - 12
    assert (found.MessageIDBeingRespondedTo, found.Status, found.AffectedSOPInstanceUID) == (7, 0xC010, "1.2.3")
    assert found.ErrorComment == "?" * 64
    assert found.CommandDataSetType == 0x0101


def test_a_report_is_cut_into_pdus_that_every_peer_takes() -> None:
    pdus = event_report(3, 9, sop_class_uid=_CLASS, sop_instance_uid="1.2", event_type=1, information=b"x" * 10_000)
    assert all(len(pdu) <= 4096 + 6 for pdu in pdus)
    controls = [pdu[11] for pdu in pdus]
    assert controls == [3, 0, 0, 2]
    assert b"".join(pdu[12:] for pdu in pdus[1:]) == b"x" * 10_000


@pytest.mark.parametrize("cut", [1, 7, 13, 40])
def test_a_command_that_is_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(CommandError):
        read_command(_store_request("1.2.3")[:-cut])


def test_a_command_without_what_each_has_is_refused() -> None:
    with pytest.raises(CommandError, match="0000,0100"):
        read_command(b"")
    with pytest.raises(CommandError, match="something else"):
        read_command(struct.pack("<HHL", 8, 5, 0))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(CommandError):
        assert read_command(data).message_id >= 0
