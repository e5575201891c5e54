"""Frames as people see them: 8 bit grey or RGB after the modality's and the window's tables (PS3.4 N.2).

A picture for lists, reports and plain browsers; the viewer makes its own from the proved pixels.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.processing import apply_color_lut, convert_color_space

from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.dicom_json import model_of
from dokuei.dicom.pixels import Cells, PixelDescription
from dokuei.dicom.shade import (
    Model,
    Values,
    Window,
    is_inverse,
    number,
    own_table,
    own_window,
    palette,
    spread,
    through_window,
    to_modality,
)
from dokuei.dicom.stored import Stored, open_stored
from dokuei.dicom.transcode import decompositions
from dokuei.errors import NotAcceptableError

__all__ = ["Region", "Window", "render_frame"]

_INLINE: Final = 1 << 20
_BYTE: Final = 8
_WHITE: Final = 255
_PADDING: Final = "00280120"
_OVERLAYS: Final = range(0x6000, 0x6020, 2)
_LARGEST_TABLE: Final = 1 << 17
_ENLARGED_AT_MOST: Final = 4096

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Region:
    """A part of a frame in its pixels; a negative width or height mirrors it (PS3.18 8.3.5.1.3)."""

    left: int
    top: int
    width: int
    height: int

    def cut(self, picture: Picture) -> Picture:
        """That part of a whole picture."""
        part = picture[self.top : self.top + abs(self.height), self.left : self.left + abs(self.width)]
        return part[:: -1 if self.height < 0 else 1, :: -1 if self.width < 0 else 1]


def render_frame(
    path: Path,
    coded: CodedInstance,
    frame: int,
    *,
    window: Window | None = None,
    longest_side: int | None = None,
    region: Region | None = None,
    enlarge: bool = False,
) -> Picture:
    """Frame ``frame`` (from 1) as rows x columns (grey) or rows x columns x 3 (RGB), at most ``longest_side`` large.

    A small picture is made from the first resolutions of a .202 frame only. With ``enlarge`` the longest side is
    as long as asked, up to 4096.

    Raises:
        NotFoundError: there is no such frame.
        NotAcceptableError: it cannot be decoded here.
    """
    del coded  # the file says all
    with open_stored(path) as stored:
        description = stored.described()
        model = model_of(stored.data_set, bulk_data_uri="", inline_at_most=_INLINE)
        spreads = _PADDING in model and window is None and own_window(model, frame) is None
        cells = _cells(stored, frame, None if spreads or region else longest_side)
        if description.samples > 1:
            picture = _colour(cells, description, rgb=stored.decoded_to_rgb)
        elif description.photometric == "PALETTE COLOR":
            picture = _through_palette(cells, description, model)
        else:
            picture = _Grey(description, model, frame, window).picture(_numbers(cells, description, model))
    if region is not None:
        picture = region.cut(picture)
    return _scaled(picture, longest_side, enlarge=enlarge)


def _cells(stored: Stored, frame: int, longest_side: int | None) -> Cells:
    """The frame, at the coarsest resolution that is still as large as asked; never for indices into a palette."""
    description = stored.described()
    whole = description.photometric == "PALETTE COLOR" or description.high_bit != description.bits_stored - 1
    if longest_side is None or whole or not stored.has_resolutions:
        return stored.cells(frame)
    side, skip = max(description.rows, description.columns), 0
    levels = decompositions(description.rows, description.columns)
    while skip < levels and -(-side >> (skip + 1)) >= longest_side:
        skip += 1
    return stored.preview(frame, skip) if skip else stored.cells(frame)


def _numbers(cells: Cells, description: PixelDescription, model: Model) -> Cells:
    """Cells as numbers: overlays in unused bits masked out, signs extended from Bits Stored (PS3.5 8.1.1)."""
    stored, shift = description.bits_stored, description.high_bit + 1 - description.bits_stored
    if cells.dtype.kind == "f" or shift < 0 or stored >= description.bits_allocated:
        return cells
    overlaid = any(number(model, f"{group:04X}0102") for group in _OVERLAYS)
    unsigned_signs = description.signed and int(cells.max()) >= 1 << (stored - 1)
    if not (shift or overlaid or unsigned_signs):
        return cells
    masked = cells.astype(np.int64) >> shift & (1 << stored) - 1
    if description.signed:
        masked = np.where(masked >= 1 << (stored - 1), masked - (1 << stored), masked)
    return masked


@dataclass(frozen=True)
class _Grey:
    """Grey values of one frame through its tables."""

    description: PixelDescription
    model: Model
    frame: int
    window: Window | None

    def picture(self, values: Cells) -> Picture:
        """Every value once through the tables, then every cell through the result."""
        low, high = values.min(), values.max()
        if values.dtype.kind == "f" or int(high) - int(low) >= _LARGEST_TABLE:
            return self._shade(values.astype(np.float64), values)
        table = self._shade(np.arange(int(low), int(high) + 1, dtype=np.float64), values)
        picture: Picture = table[values.astype(np.int64) - int(low)]
        return picture

    def _shade(self, levels: Values, values: Cells) -> Picture:
        signed = self.description.signed
        modality = to_modality(levels, self.model, self.frame, signed=signed)
        window = self.window or own_window(self.model, self.frame)
        shown: Values | None
        if window is not None:
            shown = through_window(modality, window)
        else:
            shown = own_table(modality, self.model, signed=signed)
        if shown is None:
            shown = spread(modality, self._range(values))
        if is_inverse(self.model, self.description.photometric):
            shown = _WHITE - shown
        return np.clip(np.rint(shown), 0, _WHITE).astype(np.uint8)

    def _range(self, values: Cells) -> tuple[float, float]:
        """The lowest and highest value of the frame in the modality's unit, padding left out (PS3.3 C.7.5.1.1.2)."""
        padding = number(self.model, _PADDING)
        flat = values.ravel()
        if padding is not None and (flat != padding).any():
            flat = flat[flat != padding]
        flat = flat[np.isfinite(flat)] if flat.dtype.kind == "f" else flat
        ends = np.array([flat.min(), flat.max()] if flat.size else [0, 0], dtype=np.float64)
        low, high = to_modality(ends, self.model, self.frame, signed=self.description.signed)
        return float(min(low, high)), float(max(low, high))


def _colour(cells: Cells, description: PixelDescription, *, rgb: bool) -> Picture:
    if cells.ndim != 3 or cells.shape[2] < 3:  # noqa: PLR2004 - rows, columns and three colours
        raise NotAcceptableError(f"{description.samples} samples cannot be shown", phase="rendering")
    cells = cells[..., :3]
    bits = description.bits_stored
    narrow = np.clip(cells >> (bits - _BYTE) if bits > _BYTE else cells, 0, _WHITE).astype(np.uint8)
    if rgb or not description.photometric.startswith("YBR") or description.photometric == "YBR_RCT":
        return narrow
    converted: Picture = convert_color_space(narrow, "YBR_FULL", "RGB")
    return converted


def _through_palette(cells: Cells, description: PixelDescription, model: Model) -> Picture:
    tables = Dataset()
    found = palette(model)
    for colour, tag in (("Red", "00281101"), ("Green", "00281102"), ("Blue", "00281103")):
        descriptor = model.get(tag, {}).get("Value", [])
        setattr(tables, f"{colour}PaletteColorLookupTableDescriptor", [int(value) for value in descriptor])
    for keyword, data in found.items():
        setattr(tables, keyword, data)
    tables.PixelRepresentation = int(description.signed)
    try:
        coloured = apply_color_lut(cells, tables)
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise NotAcceptableError(f"its colour tables are broken ({error})", phase="rendering") from error
    deep = coloured.dtype.itemsize > 1
    picture: Picture = (coloured >> _BYTE if deep else coloured)[..., :3].astype(np.uint8)
    return picture


def _scaled(picture: Picture, longest_side: int | None, *, enlarge: bool) -> Picture:
    """No larger than asked, or just as large, by linear interpolation."""
    side = max(picture.shape[:2])
    wanted = side if longest_side is None else longest_side
    wanted = min(wanted, max(side, _ENLARGED_AT_MOST) if enlarge else side)
    if wanted == side:
        return np.ascontiguousarray(picture)
    scale = wanted / side
    rows, columns = (max(1, round(length * scale)) for length in picture.shape[:2])
    factors = (rows / picture.shape[0], columns / picture.shape[1], *([1.0] * (picture.ndim - 2)))
    from scipy import ndimage  # noqa: PLC0415 - a second at each start that only pictures shall cost

    scaled: Picture = ndimage.zoom(picture, factors, order=1, grid_mode=True, mode="nearest")
    return scaled
