"""How a rendered picture is to look, read from its parameters (PS3.18 8.3.5.1)."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from dokuei.dicom.render import Region, Window
from dokuei.errors import RequestError
from dokuei.hub.archive.model import ArchivedInstance

_PHASE: Final = "rendering"
_MOST_SIDE: Final = 8192
_QUALITY: Final = 90
_BEST_QUALITY: Final = 100
_FUNCTIONS: Final = {"linear": "LINEAR", "linear-exact": "LINEAR_EXACT", "sigmoid": "SIGMOID"}
_SIZE, _SIZE_AND_REGION = 2, 6
_UNDERSTOOD: Final = frozenset({"accept", "window", "viewport", "quality"})
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class PictureWish:
    """Window, size, part and quality; what is not wished for is the object's own."""

    window: Window | None = None
    longest_side: int | None = None
    region: Region | None = None
    enlarge: bool = False
    quality: int = _QUALITY


def read_wish(parameters: Mapping[str, str], shown: ArchivedInstance) -> PictureWish:
    """The rendering parameters.

    Raises:
        RequestError: one that is not of its form.
    """
    quality = _numbers(parameters.get("quality") or str(_QUALITY), "quality", 1)[0]
    if not 1 <= quality <= _BEST_QUALITY:
        raise RequestError("quality is a number from 1 to 100", phase=_PHASE)
    window = _window(parameters.get("window"))
    viewport = parameters.get("viewport")
    if viewport is None:
        return PictureWish(window, quality=int(quality))
    width, height, region = _viewport(viewport, shown.rows or 1, shown.columns or 1)
    sides = (abs(region.width), abs(region.height)) if region else (shown.columns or 1, shown.rows or 1)
    longest_side = max(1, int(max(sides) * min(width / sides[0], height / sides[1])))
    return PictureWish(window, longest_side, region, enlarge=True, quality=int(quality))


def not_understood(names: Iterable[str]) -> str:
    """What a warning says of parameters that change nothing (PS3.18 8.3.5.1); empty where there are none."""
    strange = sorted(set(names) - _UNDERSTOOD)
    told = ", ".join(name if _NAME.fullmatch(name) else "?" for name in strange)
    return f"The following query parameters are not supported: {told}" if strange else ""


def _window(value: str | None) -> Window | None:
    if value is None:
        return None
    parts = value.split(",")
    function = _FUNCTIONS.get(parts[2].strip().lower()) if len(parts) == len(("c", "w", "function")) else "LINEAR"
    center, width = _numbers(",".join(parts[:2]), "window", 2)
    if function is None or len(parts) > len(("c", "w", "function")) or width <= 0:
        raise RequestError(
            "window is center,width,function", phase=_PHASE, remedy=f"functions: {', '.join(_FUNCTIONS)}"
        )
    return Window(center, width, function)


def _viewport(value: str, rows: int, columns: int) -> tuple[float, float, Region | None]:
    """Width and height, and the part of the frame that is to fill them: from ``sx,sy`` on ``sw,sh`` pixels."""
    width, height, *part = _numbers(_defaults(value, rows, columns), "viewport", _SIZE, _SIZE_AND_REGION)
    if not (1 <= width <= _MOST_SIDE and 1 <= height <= _MOST_SIDE):
        raise RequestError(f"a viewport has sides from 1 to {_MOST_SIDE}", phase=_PHASE)
    if not part:
        return width, height, None
    region = Region(*(round(number) for number in part))
    inside_columns = region.left >= 0 and 1 <= abs(region.width) <= columns - region.left
    if not inside_columns or region.top < 0 or not 1 <= abs(region.height) <= rows - region.top:
        raise RequestError(f"the viewport's part lies outside the {columns} x {rows} pixels", phase=_PHASE)
    return width, height, region


def _defaults(value: str, rows: int, columns: int) -> str:
    """A part's empty numbers are the whole frame's; more than size and part is left as it is, and refused."""
    given = [number.strip() for number in value.split(",")]
    if not _SIZE < len(given) <= _SIZE_AND_REGION:
        return value
    given += [""] * (_SIZE_AND_REGION - len(given))
    left, top = (number or "0" for number in given[2:4])
    rest = (str(columns - _whole(left)), str(rows - _whole(top)))
    return ",".join((*given[:2], left, top, given[4] or rest[0], given[5] or rest[1]))


def _whole(number: str) -> int:
    return round(_numbers(number, "viewport", 1)[0])


def _numbers(value: str, name: str, *counts: int) -> list[float]:
    try:
        numbers = [float(part) for part in value.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in counts or not all(math.isfinite(number) for number in numbers):
        raise RequestError(f"{name} takes {' or '.join(map(str, counts))} numbers", phase=_PHASE)
    return numbers
