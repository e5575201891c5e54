"""The lines of the index beside the PDFs: one for each version, in columns that a hospital's system reads. Pure."""

import csv
import io
from typing import Final, Literal

from pydicom.dataset import Dataset
from pydicom.valuerep import PersonName

from dokuei.gateway.deliver_tables import Held
from dokuei.spreadsheet import plain_cell

Encoding = Literal["utf-8", "shift_jis"]
COLUMNS: Final = (
    "配信ID",
    "報告書ID",
    "版",
    "状態",
    "患者ID",
    "患者氏名",
    "患者カナ",
    "患者ローマ字",
    "生年月日",
    "性別",
    "受付番号",
    "検査日",
    "検査名",
    "検査UID",
    "報告日時",
    "ファイル",
    "リンク",
)
_STATES: Final = {"preliminary": "速報", "final": "確定", "amended": "修正", "withdrawn": "撤回"}
_STAMPED: Final = "同一版・タイムスタンプ更新"
_LACKING: Final = "〓"


def _csv(fields: tuple[str, ...]) -> str:
    made = io.StringIO()
    csv.writer(made, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(fields)
    return made.getvalue()


HEAD: Final = _csv(COLUMNS)


def line_of(report: Dataset, one: Held, file: str) -> str:
    """What the index says of one document; ``report`` has the identity that the hospital knows."""
    name = report.get("PatientName") or PersonName("")
    return _csv(
        tuple(
            _plain(field)
            for field in (
                one.delivery_id,
                one.report_id,
                str(one.version or report.get("InstanceNumber", "")),
                _STAMPED if one.stamps else _STATES.get(one.status, one.status),
                str(report.get("PatientID", "")),
                _group(name.ideographic or name.alphabetic),
                _group(name.phonetic),
                _group(name.alphabetic),
                str(report.get("PatientBirthDate", "")),
                str(report.get("PatientSex", "")),
                str(report.get("AccessionNumber", "")),
                str(report.get("StudyDate", "")),
                str(report.get("StudyDescription", "")),
                str(report.get("StudyInstanceUID", "")),
                f"{report.get('ContentDate', '')}{report.get('ContentTime', '')}",
                file,
                one.link,
            )
        )
    )


def written(line: str, encoding: Encoding, *, first: bool = False) -> tuple[bytes, int]:
    """The bytes of a line, and how many letters the encoding lacks; UTF-8 begins with a mark for spreadsheets."""
    if encoding == "utf-8":
        return line.encode("utf-8-sig" if first else "utf-8"), 0
    lost = sum(1 for letter in line if not _has(letter))
    return "".join(letter if _has(letter) else _LACKING for letter in line).encode("cp932"), lost


def _has(letter: str) -> bool:
    """Windows' own set has 髙 and 﨑."""
    try:
        letter.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def _group(group: str) -> str:
    return " ".join(group.replace("^", " ").split())


def _plain(text: str) -> str:
    """One line is one report, and no field of it is a formula in a spreadsheet."""
    return plain_cell(" ".join(text.split()))
