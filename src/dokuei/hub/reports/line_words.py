"""The line that a report was read over, in words of both languages (NET-20)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

_VERDICTS: Final[Mapping[str, tuple[str, str]]] = {
    "fit": ("適合", "fit"),
    "prefetch": ("先読みがあれば適合", "fit with prefetch"),
    "unfit": ("警告: 基準に足りない", "warning: not fit by the centre's limits"),
}
_MEGABIT: Final = 1e6


def measured(value: Mapping[str, Any]) -> tuple[str, str]:
    """What the line carried, from which network, when that was measured, and what it is worth for this study."""
    down, up = (f"{value[one] / _MEGABIT:.1f}" for one in ("down_bits", "up_bits"))
    at = datetime.fromisoformat(value["at"]).strftime("%Y-%m-%d %H:%M %Z")
    ja = [f"下り {down} / 上り {up} Mbit/s", f"往復 {value['round_trip_ms']} ms"]
    en = [f"{down} down / {up} up Mbit/s", f"round trip {value['round_trip_ms']} ms"]
    if value["loss"] is not None:
        ja.append(f"損失 {value['loss'] * 100:.1f} %")
        en.append(f"loss {value['loss'] * 100:.1f} %")
    ja.append(f"{at} 測定")
    en.append(f"measured {at}")
    if value["address_range"]:
        ja.append(value["address_range"])
        en.append(value["address_range"])
    if value["verdict"] is not None:
        said_ja, said_en = _VERDICTS[value["verdict"]]
        ja.append(said_ja)
        en.append(said_en)
    return "、".join(ja), ", ".join(en)
