"""The display that a report was read on, in words of both languages (JRS-09, REC-21)."""

from collections.abc import Mapping
from typing import Any, Final

_STATES: Final[Mapping[str, tuple[str, str]]] = {
    "unknown": ("登録された表示装置と確認されていない", "not known to be a registered display"),
    "retired": ("使用を終了した表示装置", "a display that is retired"),
    "unread": ("画面の状態が報告されていない", "the page reported nothing of its screen"),
    "other": (
        "登録された表示装置と画面の画素数が一致しない",
        "the screen's pixels are not those of the registered display",
    ),
    "reference": ("参照用表示", "reference display, not for diagnosis"),
    "uncalibrated": ("校正記録なし", "no calibration on record"),
    "failed": ("校正が管理グレードの基準を満たさない", "the calibration missed the limits of its grade"),
    "lapsed": ("校正の有効期限切れ", "the calibration has lapsed"),
    "short": ("校正がこの検査に求められる基準に足りない", "the calibration falls short of what this examination takes"),
}


def used(value: Mapping[str, Any]) -> tuple[str, str]:
    """Which display, or displays, of which grade, calibrated when and valid until when; else what was not known.

    Versions of before knew of one display a device.
    """
    each = [_one(value), *(_one(other) for other in value.get("beside", ()))]
    return "、".join(ja for ja, _ in each), ", ".join(en for _, en in each)


def _one(value: Mapping[str, Any]) -> tuple[str, str]:
    panel, calibrated = value["display"], value["calibration"]
    named = "" if panel is None else f"{panel['maker']} {panel['model']} S/N {panel['serial']}"
    pixels = "" if panel is None else f"{panel['columns']}×{panel['rows']}"
    ja, en = [pixels], [pixels]
    if calibrated is not None:
        grade, on, until = calibrated["grade"], calibrated["measured_on"], calibrated["valid_until"]
        ja.append(f"管理グレード {grade}、{calibrated['standard']} 校正 {on}、{until} まで有効")
        en.append(f"grade {grade}, {calibrated['standard']} calibrated {on}, valid until {until}")
    if value["state"] != "valid":
        why_ja, why_en = _STATES[value["state"]]
        ja.append(f"警告: {why_ja}")
        en.append(f"warning: {why_en}")
    said_ja, said_en = "、".join(filter(None, ja)), ", ".join(filter(None, en))
    return (f"{named}（{said_ja}）", f"{named} ({said_en})") if named else (said_ja, said_en)


def waived(value: Mapping[str, Any]) -> tuple[str, str]:
    """Why the centre asks for no calibration, who decided it, and since when."""
    reason, by, on = value["reason"], value["by"], value["on"]
    return f"理由: {reason}（{by}、{on}）", f"reason: {reason} ({by}, {on})"
