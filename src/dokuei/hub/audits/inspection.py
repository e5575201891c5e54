"""The form in which a trail is shown at an inspection (立入検査, LOG-02): CSV, to the second, in Japan's time."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from dokuei.hub.audits.model import JST, Line
from dokuei.hub.audits.words import event_word, group_word
from dokuei.spreadsheet import plain_cell

COLUMNS: Final = (
    "利用者ID",
    "氏名",
    "日時",
    "分類",
    "操作",
    "施設",
    "患者ID",
    "患者氏名",
    "対象",
    "操作コード",
    "詳細",
    "連番",
)
_PIECE: Final = 500
_GETA: Final = "〓"
_LACKING: Final = "dokuei.geta"


class Form(StrEnum):
    """How the characters are written: UTF-8 with a byte order mark, which spreadsheets need, or Shift_JIS."""

    UTF_8 = "utf-8"
    SHIFT_JIS = "shift_jis"


def _geta(error: UnicodeError) -> tuple[str, int]:
    """The printers' mark for a letter that the set of characters lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return _GETA * (error.end - error.start), error.end


codecs.register_error(_LACKING, _geta)


def rows_of(lines: Iterable[Line], form: Form) -> Iterator[bytes]:
    """The form in pieces of some hundred rows, the heading first."""
    if form is Form.UTF_8:
        yield b"\xef\xbb\xbf"
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for number, line in enumerate(lines, 1):
        writer.writerow([plain_cell(value) for value in _row(line)])
        if number % _PIECE == 0:
            yield _taken(buffer, form)
    yield _taken(buffer, form)


def _row(line: Line) -> tuple[str, ...]:
    patient = line.patient
    return (
        line.actor.user_name or line.actor.actor,
        line.actor.display_name,
        f"{line.at.astimezone(JST):%Y-%m-%d %H:%M:%S}",
        group_word(line.event),
        event_word(line.event),
        line.site_name,
        "" if patient is None else patient.patient_id,
        "" if patient is None else patient.name,
        line.subject_name or line.subject,
        line.event,
        line.details,
        str(line.sequence),
    )


def _taken(buffer: io.StringIO, form: Form) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    if form is Form.UTF_8:
        return text.encode()
    return text.encode("cp932", errors=_LACKING)  # Windows' own set has 髙 and 﨑
