"""A CSV of requests, read line by line: orders, or what is wrong with it in words for the hospital. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import ValidationError

from dokuei.gateway.steps.schedule import Scheduled
from dokuei.spreadsheet import Encoding, UnreadableError, folded_heading, read_spreadsheet
from dokuei.transfer.orders import Order, OrderAction, OrderedCode, OrderedName, OrderedPatient, OrderPriority
from dokuei.written_days import day_of

_Word = TypeVar("_Word", bound=str)

COLUMNS: Final = {
    "操作": "action",
    "依頼番号": "order_number",
    "受付番号": "accession_number",
    "患者ID": "patient_id",
    "患者氏名": "patient_name",
    "患者カナ": "patient_kana",
    "患者ローマ字": "patient_romaji",
    "生年月日": "birth_date",
    "性別": "sex",
    "検査日": "examination_date",
    "検査時刻": "examination_time",
    "モダリティ": "modality",
    "装置AE": "station_ae_title",
    "検査名": "procedure",
    "検査コード": "procedure_code",
    "コード体系": "procedure_scheme",
    "優先度": "priority",
    "依頼科": "department",
    "依頼医": "physician",
    "依頼目的": "reason",
    "臨床情報": "clinical_information",
    "添付": "attachments",
}
MOST_LINES: Final = 10_000
_NAMES: Final = {name: ja for ja, name in COLUMNS.items()}
_HEADINGS: Final = {folded_heading(one): name for ja, name in COLUMNS.items() for one in (ja, name)}
_ACTIONS: Final[dict[str, OrderAction]] = {
    "新規": "new",
    "変更": "change",
    "取消": "cancel",
    "new": "new",
    "change": "change",
    "cancel": "cancel",
}
_PRIORITIES: Final[dict[str, OrderPriority]] = {
    "通常": "routine",
    "優先": "high",
    "至急": "urgent",
    "routine": "routine",
    "high": "high",
    "urgent": "urgent",
}
_SEXES: Final = {"男": "M", "女": "F", "その他": "O", "男性": "M", "女性": "F", "m": "M", "f": "F", "o": "O"}
_TEXTS: Final = frozenset({"reason", "clinical_information"})
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_IN_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3]):?([0-5][0-9])(?::?([0-5][0-9]))?")


class TableError(Exception):
    """Why a file is not taken: one sentence a line, in Japanese, without anything of a patient."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Line:
    """One request of the file, by the number of its line; ``files`` are the PDFs that it names."""

    number: int
    order: Order
    scheduled: Scheduled
    files: tuple[str, ...]


def read_table(data: bytes, *, encoding: Encoding = "auto") -> tuple[Line, ...]:
    """All requests of a file.

    Raises:
        TableError: anything is wrong with any line: a file is taken whole or not at all.
    """
    lines, wrong = [], []
    for number, fields in _rows(data, encoding):
        try:
            lines.append(_line(number, fields))
        except TableError as error:
            wrong += [f"{number}行目: {reason}" for reason in error.reasons]
    if wrong:
        raise TableError(*wrong[:100])
    if not lines:
        raise TableError("依頼が1行もありません")
    return tuple(lines)


def _rows(data: bytes, encoding: Encoding) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        table = read_spreadsheet(
            data, encoding=encoding, headings=_HEADINGS, needed=("patient_id",), most_lines=MOST_LINES
        )
        for line in table.lines:
            if line.cells is None:
                wide = len(table.names)
                raise TableError(f"{line.number}行目: 列の数が見出しと違います（{line.width}列、見出しは{wide}列）")
            yield line.number, line.cells
    except UnreadableError as error:
        raise TableError(_why(error)) from error


def _why(error: UnreadableError) -> str:
    where = f"{error.line}行目: "
    words = {
        "encoding": "文字コードを読めません（Shift_JIS または UTF-8 で保存してください）",
        "quotes": f"{where}CSVとして読めません（引用符が閉じていない、など）",
        "unknown_heading": f"{where}知らない見出しです: {'、'.join(error.named)}",
        "heading_twice": f"{where}同じ見出しが2つあります",
        "no_heading": f"{where}見出し「患者ID」がありません",
        "too_long": f"{MOST_LINES}行を超えています",
    }
    return words[error.fault]


def _line(number: int, fields: Mapping[str, str]) -> Line:
    wrong: list[str] = []
    told = _Fields(fields, wrong)
    told.demand_letters()
    action = told.one_of("action", _ACTIONS, "new")
    priority = told.one_of("priority", _PRIORITIES, "routine")
    sex = told.one_of("sex", _SEXES, "")
    born, examined, at = told.day("birth_date"), told.day("examination_date"), told.time("examination_time")
    files = told.files()
    if not told("patient_id"):
        wrong.append("「患者ID」がありません")
    if not (told("order_number") or told("accession_number")):
        wrong.append("「依頼番号」と「受付番号」のどちらもありません")
    if wrong:
        raise TableError(*wrong)
    name = OrderedName.model_construct(
        alphabetic=_written(told("patient_romaji")),
        ideographic=_written(told("patient_name")),
        phonetic=_written(told("patient_kana")),
    )
    code = {"value": told("procedure_code"), "scheme": told("procedure_scheme"), "meaning": told("procedure")}
    who = {"patient_id": told("patient_id"), "name": name.model_dump(), "birth_date": born, "sex": sex}
    try:
        order = Order(
            action=action,
            priority=priority,
            placer_order_number=told("order_number"),
            accession_number=told("accession_number"),
            patient=OrderedPatient.model_validate(who),
            procedure=OrderedCode.model_validate(code),
            modality=unicodedata.normalize("NFKC", told("modality")).upper(),
            examination_date=examined,
            requesting_physician=told("physician"),
            requesting_department=told("department"),
            reason=told("reason"),
            clinical_information=told("clinical_information"),
        )
    except ValidationError as error:
        raise TableError(*dict.fromkeys(_too_long(one["loc"]) for one in error.errors())) from None
    return Line(number, order, Scheduled(start_time=at, station_ae_title=told("station_ae_title")[:16]), files)


@dataclass(frozen=True)
class _Fields:
    """One line's cells by their English names; what is wrong with one is noted."""

    cells: Mapping[str, str]
    wrong: list[str]

    def __call__(self, name: str) -> str:
        return self.cells.get(name, "")

    def demand_letters(self) -> None:
        """Lines and tabs stand in free texts alone; what moves a terminal or ends a segment stands nowhere."""
        for name, cell in self.cells.items():
            if (_CONTROL_IN_TEXT if name in _TEXTS else _CONTROL).search(cell):
                self.wrong.append(f"「{_NAMES[name]}」に使えない文字があります")

    def one_of(self, name: str, words: Mapping[str, _Word], unsaid: _Word) -> _Word:
        said = unicodedata.normalize("NFKC", self(name)).lower()
        if said and said not in words:
            self.wrong.append(f"「{_NAMES[name]}」は次のどれかです: {'、'.join(words)}")
        return words.get(said, unsaid)

    def day(self, name: str) -> str:
        said = self(name)
        found = day_of(said)
        if said and found is None:
            self.wrong.append(f"「{_NAMES[name]}」を日付として読めません（例 2026-12-01、昭和45年2月3日）")
        return "" if found is None else f"{found:%Y%m%d}"

    def time(self, name: str) -> str:
        said = unicodedata.normalize("NFKC", self(name))
        found = _TIME.fullmatch(said)
        if said and found is None:
            self.wrong.append(f"「{_NAMES[name]}」を時刻として読めません（例 09:30）")
        return "" if found is None else f"{int(found[1]):02}{found[2]}{found[3] or '00'}"

    def files(self) -> tuple[str, ...]:
        names = tuple(one.strip() for one in re.split("[;；]", self("attachments")) if one.strip())
        for one in names:
            if one.startswith(".") or "/" in one or "\\" in one or not one.lower().endswith(".pdf"):
                self.wrong.append("「添付」は同じフォルダーにあるPDFの名前だけです")
                break
        return tuple(dict.fromkeys(names))


def _written(name: str) -> str:
    """A name as a PN has it: family and given, which people part by a space."""
    return "^".join(re.split(r"[\s\u3000^]+", re.sub(r"[\\=]", " ", name).strip()))


def _too_long(where: tuple[int | str, ...]) -> str:
    known = {"placer_order_number": "依頼番号", "requesting_physician": "依頼医", "requesting_department": "依頼科"}
    known |= {"value": "検査コード", "scheme": "コード体系", "meaning": "検査名"}
    known |= {"alphabetic": "患者ローマ字", "ideographic": "患者氏名", "phonetic": "患者カナ"}
    name = str(where[-1]) if where else ""
    return f"「{known.get(name) or _NAMES.get(name, '値')}」が長すぎるか、使えない文字があります"
