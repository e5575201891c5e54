"""A table as hospitals' programs and spreadsheets keep it (CSV): read line by line, and written without surprises."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Encoding = Literal["auto", "utf-8", "shift_jis"]
Fault = Literal["encoding", "quotes", "unknown_heading", "heading_twice", "no_heading", "too_long"]

_CODECS: Final = {"auto": ("utf-8-sig", "cp932"), "utf-8": ("utf-8-sig",), "shift_jis": ("cp932",)}
_BOM: Final = "\ufeff"
_FORMULA: Final = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_SHOWN_OF_HEADING: Final = 40
# One character of JIS X 0208 each, which Unicode has twice: cp932 names the second one.
_ONE_CHARACTER: Final = str.maketrans("〜−‖—¢£¬", "～－∥―￠￡￢")


class UnreadableError(Exception):
    """Why nothing of a file can be taken; ``named`` is headings only, never what a line says."""

    def __init__(self, fault: Fault, *, line: int = 0, named: Sequence[str] = ()) -> None:
        super().__init__(fault)
        self.fault = fault
        self.line = line
        self.named = tuple(named)


@dataclass(frozen=True)
class Line:
    """One line under the headings, by its number in the file; ``cells`` is None where it has another width."""

    number: int
    width: int
    cells: Mapping[str, str] | None


@dataclass(frozen=True)
class Table:
    """The headings that were understood, in the file's own words those that were not, and the lines."""

    names: tuple[str, ...]
    ignored: tuple[str, ...]
    lines: Iterator[Line]


def read_spreadsheet(
    data: bytes,
    *,
    encoding: Encoding = "auto",
    headings: Mapping[str, str],
    needed: Iterable[str] = (),
    most_lines: int,
    foreign_headings: bool = False,
) -> Table:
    """The lines of a file under the names that its headings stand for.

    ``headings`` says which name a heading means, folded (NFKC, lower case, no blanks). A heading of no name is a fault,
    or with ``foreign_headings`` left out and told. Lines are read as they are asked for.

    Raises:
        UnreadableError: nothing of it can be taken; while lines are read, too.
    """
    rows = _rows(_text(data, encoding), most_lines)
    first = next(rows, None)
    if first is None:
        return Table((), (), iter(()))
    number, written = first
    names = [headings.get(folded_heading(one)) for one in written]
    ignored = tuple(
        one.strip()[:_SHOWN_OF_HEADING] or "（空）" for one, name in zip(written, names, strict=True) if name is None
    )
    known = tuple(name for name in names if name is not None)
    if ignored and not foreign_headings:
        raise UnreadableError("unknown_heading", line=number, named=ignored)
    if len(set(known)) != len(known):
        raise UnreadableError("heading_twice", line=number)
    missing = [one for one in needed if one not in known]
    if missing:
        raise UnreadableError("no_heading", line=number, named=missing)
    return Table(known, ignored, _lines(rows, names))


def folded_heading(heading: str) -> str:
    """One spelling for one heading."""
    return "".join(unicodedata.normalize("NFKC", heading).lower().split())


def _lines(rows: Iterator[tuple[int, list[str]]], names: Sequence[str | None]) -> Iterator[Line]:
    for number, row in rows:
        if len(row) != len(names):
            yield Line(number, len(row), None)
            continue
        cells = {name: cell.strip() for name, cell in zip(names, row, strict=True) if name is not None}
        yield Line(number, len(row), cells)


def _text(data: bytes, encoding: Encoding) -> str:
    for codec in _CODECS[encoding]:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableError("encoding")


def _rows(text: str, most_lines: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    before = 0
    try:
        for row in reader:
            number, before = before + 1, reader.line_num  # a field in quotation marks may hold several lines
            if not any(cell.strip() for cell in row):
                continue
            if number > most_lines:
                raise UnreadableError("too_long", line=number)
            yield number, row
    except csv.Error as error:
        raise UnreadableError("quotes", line=reader.line_num) from error


def plain_cell(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def written_spreadsheet(rows: Iterable[Sequence[str]]) -> str:
    """Rows as text, formulas made plain."""
    text = io.StringIO()
    csv.writer(text).writerows([plain_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def encoded(text: str, encoding: Literal["utf-8", "shift_jis"]) -> bytes:
    """The bytes of a text as spreadsheets take them: UTF-8 with its mark, or Shift_JIS (cp932).

    Raises:
        UnicodeEncodeError: cp932 lacks a character; nothing is put in its place.
    """
    return (_BOM + text).encode() if encoding == "utf-8" else text.translate(_ONE_CHARACTER).encode("cp932")


def not_in_shift_jis(text: str) -> tuple[str, ...]:
    """The characters that cp932 lacks, each once, in their order."""
    return tuple(dict.fromkeys(one for one in text.translate(_ONE_CHARACTER) if not _is_in_shift_jis(one)))


def _is_in_shift_jis(character: str) -> bool:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True
