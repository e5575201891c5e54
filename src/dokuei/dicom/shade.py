"""From stored values to what a screen shows: modality and VOI transformations (PS3.3 C.7.6.16, C.11.1, C.11.2)."""

from base64 import b64decode
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Model = dict[str, Any]
Values = NDArray[np.float64]

_SHARED: Final = "52009229"
_PER_FRAME: Final = "52009230"
_MODALITY_LUT: Final = "00283000"
_VOI_LUT: Final = "00283010"
_WHITE: Final = 255.0
_PALETTE: Final = {
    f"{segmented}{colour}PaletteColorLookupTableData": f"002812{number}{index}"
    for segmented, number in (("", 0), ("Segmented", 2))
    for index, colour in enumerate(("Red", "Green", "Blue"), 1)
}


@dataclass(frozen=True)
class Window:
    """A window that a client asks for instead of the object's own (PS3.18 8.3.5.1.4)."""

    center: float
    width: float
    function: str = "LINEAR"  # LINEAR, LINEAR_EXACT or SIGMOID


def first(model: Model, tag: str) -> Any:
    """The first value of an element; None where there is none."""
    values = model.get(tag, {}).get("Value")
    return values[0] if values else None


def number(model: Model, tag: str) -> float | None:
    """The first value as a number; None where there is none or it is no number."""
    value = first(model, tag)
    return float(value) if isinstance(value, int | float) else None


def functional_group(model: Model, sequence: str, frame: int) -> Model:
    """A functional group's item for one frame (from 1), or the object itself where it has no such groups."""
    per_frame = model.get(_PER_FRAME, {}).get("Value", [])
    candidates = [*per_frame[frame - 1 : frame], *model.get(_SHARED, {}).get("Value", [])[:1]]
    for groups in candidates:
        item = first(groups, sequence)
        if isinstance(item, dict):
            return item
    return model


def lookup(values: Values, item: Model, *, signed: bool) -> Values | None:
    """Values through a LUT's item (C.11.1.1): first mapped value, entries, bits; None where the table is broken."""
    descriptor = item.get("00283002", {}).get("Value", [])
    raw = b64decode(item.get("00283006", {}).get("InlineBinary", ""))
    numbers = item.get("00283006", {}).get("Value")
    if len(descriptor) != 3 or not (raw or numbers):  # noqa: PLR2004 - C.11.1.1 has three values
        return None
    entries, start = int(descriptor[0]) or 1 << 16, int(descriptor[1])
    if signed and start >= 1 << 15:
        start -= 1 << 16
    table = np.asarray(numbers) if numbers else np.frombuffer(raw, "<u2" if len(raw) >= 2 * entries else "u1")
    if not table.size:
        return None
    index = np.clip(values - start, 0, min(entries, table.size) - 1).astype(np.intp)
    return table[index].astype(np.float64)


def to_modality(values: Values, model: Model, frame: int, *, signed: bool) -> Values:
    """Stored values in the modality's unit: LUT, or slope and intercept of the frame's own group."""
    item = first(model, _MODALITY_LUT)
    if isinstance(item, dict):
        mapped = lookup(values, item, signed=signed)
        if mapped is not None:
            return mapped
    group = functional_group(model, "00289145", frame)
    slope, intercept = number(group, "00281053"), number(group, "00281052")
    return values * (1.0 if slope is None else slope) + (intercept or 0.0)


def own_window(model: Model, frame: int) -> Window | None:
    """The first window that the object gives for a frame."""
    group = functional_group(model, "00289132", frame)
    center, width = number(group, "00281050"), number(group, "00281051")
    if center is None or width is None or width <= 0:
        return None
    return Window(center, width, str(first(group, "00281056") or "LINEAR"))


def own_table(values: Values, model: Model, *, signed: bool) -> Values | None:
    """Values through the object's first VOI LUT, from 0 to white; None where it has none."""
    item = first(model, _VOI_LUT)
    if not isinstance(item, dict):
        return None
    mapped = lookup(values, item, signed=signed)
    if mapped is None:
        return None
    bits = int(item["00283002"]["Value"][2])
    return mapped * (_WHITE / ((1 << bits) - 1)) if bits else None


def through_window(values: Values, window: Window) -> Values:
    """Values from 0 to white as the window's function has it (C.11.2.1.2, C.11.2.1.3)."""
    center, width = window.center, max(window.width, 1e-9)
    if window.function == "SIGMOID":
        return _WHITE / (1.0 + np.exp(np.clip(-4.0 * (values - center) / width, -700, 700)))
    if window.function == "LINEAR_EXACT":
        return np.clip((values - center) / width + 0.5, 0.0, 1.0) * _WHITE
    if width <= 1:
        return np.where(values > center - 0.5, _WHITE, 0.0)
    return np.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0.0, 1.0) * _WHITE


def spread(values: Values, ends: tuple[float, float]) -> Values:
    """Values from 0 to white by their own range, for objects that suggest no window."""
    low, high = ends
    if high <= low:
        return np.zeros_like(values)
    return np.clip((np.nan_to_num(values, nan=low) - low) / (high - low), 0.0, 1.0) * _WHITE


def is_inverse(model: Model, photometric: str) -> bool:
    """Whether low values are white: the presentation LUT's shape decides, then the photometric interpretation."""
    shape = first(model, "20500020")
    return shape == "INVERSE" if shape in {"INVERSE", "IDENTITY"} else photometric == "MONOCHROME1"


def palette(model: Model) -> dict[str, bytes]:
    """The palette's elements as raw bytes by keyword, for pydicom's colour tables (C.7.6.3.1.5, C.7.9.2)."""
    found: dict[str, bytes] = {}
    for keyword, tag in _PALETTE.items():
        element = model.get(tag, {})
        if "InlineBinary" in element:
            found[keyword] = b64decode(element["InlineBinary"])
        elif "Value" in element:
            found[keyword] = np.asarray(element["Value"]).astype("<u2").tobytes()
    return found
