"""A roster (名簿) as municipalities and screening systems write it: lines of examinees, or what is wrong with each."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from dokuei.errors import RequestError
from dokuei.hub.screening.model import Examinee, LineOutcome, Refusal
from dokuei.spreadsheet import Encoding, Table, UnreadableError, folded_heading, read_spreadsheet

MOST_LINES: Final = 3_001
LONGEST_NUMBER: Final = 64
LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 1_000
_WRITTEN: Final[dict[str, tuple[str, ...]]] = {
    "exam_number": ("受診番号", "受診者番号", "検診番号", "整理番号", "exam_number", "exam number"),
    "accession_number": ("受付番号", "accession_number", "accession number"),
    "patient_id": ("患者ID", "患者番号", "カルテ番号", "受診者ID", "patient_id", "patient id", "id"),
    "name": ("漢字氏名", "氏名", "患者氏名", "受診者名", "name", "patient_name", "patient name"),
    "kana": ("カナ氏名", "氏名カナ", "患者カナ", "フリガナ", "カナ", "kana", "patient_kana", "kana name"),
    "romaji": ("ローマ字氏名", "患者ローマ字", "ローマ字", "romaji", "patient_romaji"),
    "birth_date": ("生年月日", "birth_date", "birth date", "date of birth"),
    "sex": ("性別", "sex", "gender"),
    "examination_date": ("受診日", "検診日", "検査日", "examination_date", "examination date", "exam date"),
    "palpation": ("視触診", "視触診所見", "palpation", "clinical examination"),
    "previous": ("前回判定", "前回結果", "previous_result", "previous result", "previous"),
}
_HEADINGS: Final = {folded_heading(one): name for name, ways in _WRITTEN.items() for one in ways}
_SEXES: Final = {"男": "M", "女": "F", "男性": "M", "女性": "F", "m": "M", "f": "F", "o": "O", "その他": "O"}
_SEXES_IN_FIGURES: Final = {"1": "M", "2": "F"}
_LONG: Final = frozenset({"palpation", "previous"})
_NUMBERS: Final = frozenset({"exam_number", "accession_number", "patient_id"})
_FAULTS: Final = {
    "encoding": "文字コードを読めません / neither Shift_JIS nor UTF-8",
    "quotes": "CSVとして読めません / not a CSV (a quotation mark is not closed?)",
    "heading_twice": "同じ意味の見出しが2つあります / two headings mean the same",
    "no_heading": "見出し「患者ID」がありません / no heading for the patient ID",
    "too_long": f"{MOST_LINES - 1}人を超えています / more than {MOST_LINES - 1} people",
    "unknown_heading": "知らない見出しがあります / unknown headings",
}
Days = Callable[[str], str]
"""A day as it was written → YYYYMMDD, or the text itself where no day is meant for certain."""


@dataclass(frozen=True)
class Read:
    """A roster's lines in their order: an examinee, or why there is none."""

    lines: tuple[tuple[int, Examinee | LineOutcome], ...]
    ignored: tuple[str, ...]


def read_roster(data: bytes, *, encoding: Encoding, examined_on: str, number_needed: bool, days: Days) -> Read:
    """Every line of a roster; ``examined_on`` is the day of those that name none.

    Raises:
        RequestError: nothing of the file can be read.
    """
    try:
        table = read_spreadsheet(
            data,
            encoding=encoding,
            headings=_HEADINGS,
            needed=("patient_id",),
            most_lines=MOST_LINES,
            foreign_headings=True,
        )
        lines = tuple(_lines(table, examined_on, number_needed=number_needed, days=days))
    except UnreadableError as error:
        where = f" ({error.line}行目 / line {error.line})" if error.line else ""
        raise RequestError(
            f"{_FAULTS[error.fault]}{where}", phase="reading a roster", remedy="nothing was taken; mend the file"
        ) from error
    if not lines:
        raise RequestError("名簿に1人もいません / the roster names nobody", phase="reading a roster")
    return Read(lines, table.ignored)


def _lines(
    table: Table, examined_on: str, *, number_needed: bool, days: Days
) -> Iterator[tuple[int, Examinee | LineOutcome]]:
    for line in table.lines:
        if line.cells is None:
            yield line.number, LineOutcome(line.number, "refused", reason="columns")
            continue
        found = _examinee(line.cells, examined_on, number_needed=number_needed, days=days)
        if isinstance(found, Examinee):
            yield line.number, found
            continue
        reason, fields = found
        shown = {name: line.cells.get(name, "")[:LONGEST_NAME] for name in ("exam_number", "name")}
        yield line.number, LineOutcome(line.number, "refused", **shown, reason=reason, fields=fields)


def _examinee(
    cells: Mapping[str, str], examined_on: str, *, number_needed: bool, days: Days
) -> Examinee | tuple[Refusal, tuple[str, ...]]:
    long = tuple(name for name, cell in cells.items() if len(cell) > _longest(name))
    if long:
        return "too_long", long
    unprintable = tuple(name for name, cell in cells.items() if not _is_printable(cell, lines=name in _LONG))
    if unprintable:
        return "letters", unprintable
    told = {name: (_plain(cell) if name in _NUMBERS else cell) for name, cell in cells.items()}
    birth, examined = days(told.get("birth_date", "")), days(told.get("examination_date", "") or examined_on)
    sex = _sex(told.get("sex", ""))
    wrong: tuple[tuple[Refusal, bool], ...] = (
        ("no_patient_id", not told.get("patient_id")),
        ("no_name", not any(told.get(name) for name in ("name", "kana", "romaji"))),
        ("birth_date", bool(birth) and not _is_written_day(birth)),
        ("examination_date", not _is_written_day(examined)),
        ("sex", sex is None),
        ("no_exam_number", number_needed and not told.get("exam_number")),
    )
    refused = next((reason for reason, is_so in wrong if is_so), None)
    if refused is not None:
        return refused, ()
    told |= {"birth_date": birth, "examination_date": examined, "sex": sex or ""}
    return Examinee(**cast("dict[str, Literal['']]", told))


def _longest(name: str) -> int:
    if name in _NUMBERS:
        return LONGEST_NUMBER
    return LONGEST_TEXT if name in _LONG else LONGEST_NAME


def _is_printable(text: str, *, lines: bool) -> bool:
    return all(letter.isprintable() or letter == "\u3000" or (lines and letter in "\r\n\t") for letter in text)


def _plain(number: str) -> str:
    """A number as systems write it; what a spreadsheet put around it to keep its zeros (="0012") is not part of it."""
    plain = unicodedata.normalize("NFKC", number).strip()
    kept = re.fullmatch(r'=?"(.*)"', plain)
    return kept[1] if kept else plain


def _sex(said: str) -> str | None:
    plain = unicodedata.normalize("NFKC", said).strip().lower()
    return "" if not plain else _SEXES.get(plain) or _SEXES_IN_FIGURES.get(plain)


def _is_written_day(text: str) -> bool:
    return len(text) == len("YYYYMMDD") and text.isascii() and text.isdigit()
