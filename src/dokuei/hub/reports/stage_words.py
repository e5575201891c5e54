"""What stands around a version in words of both languages: its stage, the priors compared, who acted for whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dokuei.hub.reports.display_words import used, waived
from dokuei.hub.reports.examination import edition_of
from dokuei.hub.reports.line_words import measured
from dokuei.hub.reports.structure import NOT_APPLICABLE

_STATES = {
    "exists": ("未取り寄せ", "not yet requested"),
    "requested": ("取り寄せ中", "requested"),
    "refused": ("取得不可", "refused"),
}
_REWORDED = {
    True: ("診断または推奨（重大な変更）", "diagnosis or recommendation (a significant change)"),
    False: ("診断または推奨（重大な変更ではない）", "diagnosis or recommendation (not a significant change)"),
}
_SIDES = {"right": ("右", "right"), "left": ("左", "left")}


@dataclass(frozen=True)
class Said:
    """One line in both languages; ``label`` says what kind of line."""

    label_ja: str
    label_en: str
    ja: str
    en: str


@dataclass(frozen=True)
class Banner:
    """What must be seen first."""

    ja: str
    en: str
    withdrawn: bool


WITHDRAWN = "このレポートは取り下げられました"
_PRELIMINARY = Banner("速報（暫定報告）：確定した報告ではありません", "Preliminary report: not final", withdrawn=False)
_WITHDRAWN = Banner(WITHDRAWN, "This report has been withdrawn", withdrawn=True)


def banner(document: Mapping[str, Any]) -> Banner | None:
    """What must be seen before anything else; nothing on a final report."""
    return {"preliminary": _PRELIMINARY, "withdrawal": _WITHDRAWN}.get(document.get("kind", ""))


def circumstances(document: Mapping[str, Any]) -> Iterator[Said]:
    """Every line; documents of before they were written in have none."""
    yield from _withdrawal(document)
    if "compared_with" in document and not document.get("withdraws"):
        yield _comparison(document)
    edition = edition_of(document)
    if edition and not document.get("withdraws"):
        yield Said("カテゴリーの版", "Edition of the categories", edition["ja"], edition["en"])
    yield from _display(document)
    if document.get("line"):
        yield Said("読影回線", "Line used", *measured(document["line"]))
    yield from _preliminary(document)
    for one in document.get("delegations", ()):
        yield _delegation(one)


def circumstance_lines(document: Mapping[str, Any]) -> list[str]:
    """The same as a person reads it before signing."""
    return [f"{one.label_ja}: {one.ja}  /  {one.label_en}: {one.en}" for one in circumstances(document)]


def _comparison(document: Mapping[str, Any]) -> Said:
    compared, known = document["compared_with"], document["priors_known"]
    label, absent = ("比較した検査", "Compared with"), _absent(document.get("priors_in_pacs"))
    if compared:
        site = document["site"]
        named = ["  ".join(filter(None, (_day(o["study_date"]), " ".join(o["modalities"])))) for o in compared]
        ja = "、".join(f"{one}（{site['name']}）" for one in named)
        en = ", ".join(f"{one} ({site['name_en'] or site['name']})" for one in named)
    elif known:
        ja, en = f"なし（過去検査{known}件は表示せず）", f"none ({known} prior studies were not displayed)"
    elif document.get("priors_in_pacs") is None or not absent:
        ja, en = "比較対象なし", "none available"
    else:
        ja, en = "なし", "none"
    return Said(*label, "。".join((ja, *(one for one, _ in absent))), ". ".join((en, *(one for _, one in absent))))


def _absent(value: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What the hospital's PACS has, or may have, that was not there to be compared."""
    if value is None:
        return []
    if not value["answered"]:
        return [
            (
                "施設のPACSに過去検査があるかは確認できていません",
                "Whether the hospital's PACS has prior studies could not be confirmed",
            )
        ]
    if not value["absent"]:
        return []
    ja, en = (
        sep.join(
            f"{_day(one['study_date'])}  {' '.join(one['modalities'])}{left}{_STATES[one['state']][at]}{right}"
            for one in value["absent"]
        )
        for at, (sep, left, right) in enumerate((("、", "（", "）"), (", ", " (", ")")))
    )
    return [
        (f"施設のPACSにあり比較できなかった検査: {ja}", f"In the hospital's PACS, not available for comparison: {en}")
    ]


def _display(document: Mapping[str, Any]) -> Iterator[Said]:
    value = document.get("display")
    if value:
        yield Said("読影表示装置", "Display used", *used(value))
        if value["waiver"]:
            yield Said("表示装置の校正義務の免除", "Display calibration waived", *waived(value["waiver"]))


def _preliminary(document: Mapping[str, Any]) -> Iterator[Said]:
    value = document.get("preliminary")
    if not value or document.get("kind") == "preliminary":  # earlier ones hold what nobody was asked
        return
    number, at = value["version"], _minute(value["signed_at"])
    label = ("速報からの変更", "Changed since the preliminary report")
    if not value["changed"] and not value.get("reworded"):
        yield Said(*label, f"なし（第{number}版 {at}）", f"nothing (version {number}, {at})")
        return
    pairs = [(one["side"], _category(one["from"]), _category(one["to"])) for one in value["changed"]]
    ja = "、".join(f"{_SIDES[side][0]} カテゴリー {was} → {now}" for side, was, now in pairs)
    en = ", ".join(f"{_SIDES[side][1]} category {was} → {now}" for side, was, now in pairs)
    if value.get("reworded"):
        ja, en = _REWORDED[value["significant"]]
    yield Said(*label, f"{ja}（第{number}版 {at}）", f"{en} (version {number}, {at})")
    told = value["told"]
    if told is not None:
        when = _minute(told["at"])
        yield Said(
            "変更の連絡",
            "Change told by telephone",
            f"{told['person']}（{told['number']}）へ {when}、復唱を確認",
            f"{told['person']} ({told['number']}) at {when}, read back",
        )


def _delegation(one: Mapping[str, Any]) -> Said:
    gave, decided = one["from"]["display_name"], one["ordered_by"]["display_name"]
    by = "" if gave == decided else f"、指示 {decided}"
    by_en = "" if gave == decided else f", ordered by {decided}"
    return Said(
        "代理確定",
        "Finalised on behalf",
        f"{gave} に代わって確定（{_minute(one['at'])}{by}）。理由: {one['reason']}",
        f"in place of {gave} ({_minute(one['at'])}{by_en}). Reason: {one['reason']}",
    )


def _withdrawal(document: Mapping[str, Any]) -> Iterator[Said]:
    value = document.get("withdraws")
    if value:
        number, reader, at = value["version"], value["reader"], _minute(value["signed_at"])
        yield Said(
            "取り下げた版", "Withdrawn version", f"第{number}版 {reader} {at}", f"version {number}, {reader}, {at}"
        )
        yield Said("取り下げの理由", "Reason", value["reason"], value["reason"])


def _category(value: str) -> str:
    return "N/A" if value == NOT_APPLICABLE else value


def _day(written: str) -> str:
    return f"{written[:4]}-{written[4:6]}-{written[6:]}" if len(written) == len("YYYYMMDD") else written


def _minute(written: str) -> str:
    """As it stands in the signed document, with its zone."""
    return datetime.fromisoformat(written).strftime("%Y-%m-%d %H:%M %Z")
