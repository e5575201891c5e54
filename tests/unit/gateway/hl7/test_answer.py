"""Our answers are what another library takes for an acknowledgement of version 2.5."""

from datetime import UTC, datetime

import pytest
from hl7apy.parser import parse_message

from dokuei.errors import Hl7Error
from dokuei.gateway.hl7.answer import acknowledge
from dokuei.gateway.hl7.message import read_header, read_message
from tests.makers.hospital import order, said, written

_AT = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)


def _answer(text: str, error: Hl7Error | None = None) -> str:
    data = written(text)
    message = read_message(data, default="iso-2022-jp")
    made = acknowledge(
        message.header, at=_AT, control_id="77", application="X", facility="", charset=message.charset, error=error
    )
    return made.decode("iso2022_jp")


def test_a_message_that_was_taken() -> None:
    answer = _answer(order(control_id="C-1"))
    assert said(answer)[1:3] == ["AA", "C-1"]
    assert answer.split("\r")[0] == (
        r"MSH|^~\&|DOKUEI|CENTER|HIS|BYOIN|20261130100000+0000||ACK^O23^ACK|77|P|2.5||||||~ISO IR87"
    )
    assert parse_message(answer).validate()


@pytest.mark.parametrize(("condition", "code"), [(101, "AE"), (103, "AE"), (200, "AR"), (207, "AR")])
def test_a_message_that_was_not(condition: int, code: str) -> None:
    error = Hl7Error("it lacks | something", remedy="send it", location="PID-3", condition=condition)
    answer = _answer(order(), error)
    assert said(answer)[1] == code
    err = said(answer, "ERR")
    assert (err[2], err[3].split("^")[0], err[4]) == ("PID^1^3", str(condition), "E")
    assert err[8] == r"it lacks \F\ something (send it)"
    assert parse_message(answer).validate()


def test_bytes_that_are_no_message_are_answered_too() -> None:
    error = Hl7Error("no message", location="MSH", condition=100)
    answer = acknowledge(read_header(b"hello"), at=_AT, control_id="1", application="DOKUEI", facility="F", error=error)
    assert said(answer.decode())[1] == "AE"
    assert answer.startswith(rb"MSH|^~\&|DOKUEI|F|")


def test_names_in_msh_are_repeated_in_the_senders_letters() -> None:
    assert "|病院情報|" in _answer(order().replace("|HIS|", "|病院情報|"))
