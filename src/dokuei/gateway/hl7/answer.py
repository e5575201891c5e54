"""The answer to a message (HL7 v2.5 2.9.2, original mode): MSA, and ERR that names what was wrong."""

from datetime import datetime
from typing import Final

from dokuei.errors import Hl7Error
from dokuei.gateway.hl7.charset import ASCII, SEGMENT_END, Charset
from dokuei.gateway.hl7.message import INTERNAL, MESSAGE_TYPE, Segment, escape, write_segment

CONDITIONS: Final = {
    100: "Segment sequence error",
    101: "Required field missing",
    102: "Data type error",
    103: "Table value not found",
    200: "Unsupported message type",
    201: "Unsupported event code",
    202: "Unsupported processing id",
    203: "Unsupported version id",
    207: "Application internal error",
}
APPLICATION_ACCEPT: Final = "AA"
_ENCODING: Final = "^~\\&"
_LONGEST_TEXT: Final = 80


def acknowledge(
    header: Segment | None,
    *,
    at: datetime,
    control_id: str,
    application: str,
    facility: str,
    charset: Charset | None = None,
    error: Hl7Error | None = None,
) -> bytes:
    """AA, or AE (its content) or AR (its type, or a failure of ours) with the reason; ``at`` is in the local zone."""
    said = _Header(header)
    code = APPLICATION_ACCEPT if error is None else "AR" if error.condition >= MESSAGE_TYPE else "AE"
    charset = charset or Charset(ASCII)
    segments = [
        write_segment(
            "MSH",
            f1=_ENCODING,
            f2=escape(said.field(5) or application),
            f3=escape(said.field(6) or facility),
            f4=escape(said.field(3)),
            f5=escape(said.field(4)),
            f6=moment(at),
            f8="^".join(filter(None, ("ACK", escape(said.field(9, 2)), "ACK"))),
            f9=control_id,
            f10=escape(said.field(11)) or "P",
            f11=escape(said.field(12)) or "2.5",
            f17=charset.declared,
        ),
        write_segment("MSA", f1=code, f2=escape(said.field(10)), f3=_short(error)),
    ]
    if error is not None:
        segments.append(_error(error))
    return charset.encode(SEGMENT_END.join(segments) + SEGMENT_END)


def moment(at: datetime) -> str:
    """A TS with its zone (HL7 v2.5 2.A.77)."""
    return at.strftime("%Y%m%d%H%M%S%z")


class _Header:
    """MSH of the message that is answered, as far as there is any."""

    def __init__(self, header: Segment | None) -> None:
        self._header = header

    def field(self, number: int, component: int = 1) -> str:
        return "" if self._header is None else self._header.text(number, component)


def _short(error: Hl7Error | None) -> str:
    if error is None:
        return ""
    return escape(f"{error.location}: {error.what}" if error.location else error.what)[:_LONGEST_TEXT]


def _error(error: Hl7Error) -> str:
    """ERR-2 is where, ERR-3 what (table 0357), ERR-8 why in words that hold nothing of the message."""
    segment, _, field = error.location.partition("-")
    condition = error.condition if error.condition in CONDITIONS else INTERNAL
    return write_segment(
        "ERR",
        f2="^".join(filter(None, (segment, "1", field))) if segment else "",
        f3=f"{condition}^{CONDITIONS[condition]}^HL70357",
        f4="E",
        f8=escape(f"{error.what} ({error.remedy})" if error.remedy else error.what),
    )
