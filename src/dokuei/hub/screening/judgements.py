"""The table of judgements (判定 CSV) that goes back to whoever organises the screening: one row a person. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from dokuei.errors import RequestError
from dokuei.hub.screening.model import Batch, Examinee, Judgement, Opinion, Outcome, Stage, judged
from dokuei.spreadsheet import encoded, not_in_shift_jis, written_spreadsheet

HEAD: Final = (
    "施設", "検診名", "検診日", "実施主体", "受診番号", "患者ID", "カナ氏名", "漢字氏名", "生年月日", "性別", "受診日",
    "状態", "判定", "右カテゴリー", "左カテゴリー", "カテゴリー体系", "乳房の構成", "所見", "診断",
    "第一読影 右", "第一読影 左", "第一読影医", "第一読影日時",
    "第二読影 右", "第二読影 左", "第二読影医", "第二読影日時",
    "最終判定医", "最終判定日時", "版", "備考",
)  # fmt: skip
_NOT_FINAL: Final = "未確定"
_STAGES: Final = {
    Stage.JUDGED: "確定",
    Stage.READ_TWICE: "未確定（最終判定待ち）",
    Stage.READ_ONCE: "未確定（読影中）",
    Stage.ARRIVED: "未確定（読影待ち）",
    Stage.ARRIVING: "未確定（画像受信中）",
    Stage.UNSETTLED: "未確定（依頼と画像の照合が必要）",
    Stage.MISSING: "未確定（画像未着）",
    Stage.CANCELED: "取消",
}
_JUDGEMENTS: Final = {
    Judgement.NORMAL: "異常なし",
    Judgement.WORK_UP: "要精検",
    Judgement.OPEN: "判定保留",
}
_SEXES: Final = {"M": "男", "F": "女", "O": "その他", "": "不明"}
_MOST_NAMED: Final = 10


def judgement_file(
    batch: Batch,
    site_name: str,
    outcomes: Iterable[Outcome],
    *,
    encoding: Literal["utf-8", "shift_jis"],
    time_zone: str,
) -> bytes:
    """The whole table.

    Raises:
        RequestError: Shift_JIS lacks characters that stand in it; which and in which lines, nothing of the patients.
    """
    zone = ZoneInfo(time_zone)
    rows = [HEAD, *(_row(batch, site_name, one, zone) for one in outcomes)]
    if encoding == "shift_jis":
        _demand_all_in_shift_jis(rows)
    return encoded(written_spreadsheet(rows), encoding)


def _demand_all_in_shift_jis(rows: list[tuple[str, ...]]) -> None:
    lacking = [(number, missing) for number, row in enumerate(rows, 1) if (missing := not_in_shift_jis("".join(row)))]
    if not lacking:
        return
    named = ", ".join(
        f"{number}行目 / row {number}: {' '.join(f'U+{ord(one):04X}' for one in missing)}"
        for number, missing in lacking[:_MOST_NAMED]
    )
    more = "" if len(lacking) <= _MOST_NAMED else f" … ({len(lacking)})"
    raise RequestError(
        f"Shift_JISにない文字があります / characters that Shift_JIS lacks: {named}{more}",
        phase="writing judgements",
        remedy="take UTF-8",
    )


def _row(batch: Batch, site_name: str, one: Outcome, zone: ZoneInfo) -> tuple[str, ...]:
    plan = batch.plan
    return (
        site_name,
        plan.name,
        f"{plan.held_on:%Y-%m-%d}",
        plan.organiser,
        *_person(one.entry.examinee),
        *_judgement(one),
        *_opinion(one.first, zone),
        *_opinion(one.second, zone),
        *_decided(one.final, zone),
        "、".join(_remarks(one)),
    )


def _person(one: Examinee) -> Iterator[str]:
    yield from (one.exam_number, one.patient_id, one.kana, one.name or one.romaji)
    yield from (_day(one.birth_date), _SEXES[one.sex], _day(one.examination_date))


def _judgement(one: Outcome) -> tuple[str, ...]:
    final = one.final if one.stage is Stage.JUDGED else None
    if final is None:  # said in every column of the result: an empty cell could be taken for "nothing found"
        state = "未確定（署名の記録待ち）" if one.stage is Stage.JUDGED else _STAGES[one.stage]
        said = "取消" if one.stage is Stage.CANCELED else _NOT_FINAL
        return (state, said, said, said, "", "", "", "")
    return (
        _STAGES[one.stage],
        _JUDGEMENTS[judged(final)],
        _category(final.right),
        _category(final.left),
        final.scale,
        final.density,
        _one_line(final.findings),
        _one_line(final.impression),
    )


def _opinion(one: Opinion | None, zone: ZoneInfo) -> tuple[str, ...]:
    if one is None:
        return ("", "", "", "")
    return (_category(one.right), _category(one.left), one.reader, _moment(one.signed_at, zone))


def _decided(one: Opinion | None, zone: ZoneInfo) -> tuple[str, ...]:
    return ("", "", "") if one is None else (one.reader, _moment(one.signed_at, zone), str(one.version))


def _remarks(one: Outcome) -> Iterator[str]:
    if one.final is not None and one.final.version > 1:
        yield "修正あり"
    if one.reading is not None and one.reading.late_images:
        yield "署名後に画像が届いています"
    if one.final is not None and judged(one.final) is Judgement.OPEN:
        yield "カテゴリーだけでは判定できません"


def _category(value: str) -> str:
    return "該当なし" if value == "NA" else value


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _day(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if text else ""


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
