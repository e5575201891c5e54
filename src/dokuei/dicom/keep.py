"""Which objects keep the encoding they came in, and why (PS3.5 8.2, 10.18)."""

from typing import Final

from dokuei.dicom import uids
from dokuei.dicom.admit import Admission
from dokuei.dicom.lossy import came_lossy, is_unclear
from dokuei.dicom.pixels import PixelDescription

RGB_CELLS: Final = frozenset({"RGB", "YBR_RCT"})
"""What is RGB once decoded, and coded with the reversible colour transform."""

_COLOURS: Final = RGB_CELLS | {"YBR_FULL"}
_WIDTHS: Final = frozenset({8, 16})


def why_kept(admitted: Admission) -> str:
    """Why the frames of an object are not coded anew; empty where they are."""
    description = admitted.description
    if description is None:
        return "no pixels"
    lossy = came_lossy(admitted.data_set, admitted.encoded)
    if lossy is not None:
        return lossy.reason
    return _why_frames_are_kept(admitted, description) or _why_cells_are_kept(description) or _excess(description)


def _why_frames_are_kept(admitted: Admission, description: PixelDescription) -> str:
    syntax = admitted.data_set.source.syntax
    if admitted.encoded is not None and not admitted.encoded.apart:
        return "its frames cannot be told apart"
    if admitted.data_set.walk.encoded_icons:
        return "an icon inside it is encoded in the same transfer syntax"
    if description.signed and syntax.uid == uids.JPEG_XL_LOSSLESS:
        return "signed pixels in JPEG XL, which has no signs"
    if is_unclear(admitted.data_set, admitted.encoded):
        return f"labelled {syntax.name}, and its codestream does not show that it is"
    return ""


def _why_cells_are_kept(description: PixelDescription) -> str:
    allocated, samples = description.bits_allocated, description.samples
    colour = samples == 3 and description.photometric in _COLOURS  # noqa: PLR2004 - three colours
    reasons = (
        (description.floating, "floating point pixels"),
        (allocated == 1, "1 bit"),
        (allocated not in _WIDTHS, f"{allocated} bits allocated"),
        (description.signed and allocated == min(_WIDTHS), "signed 8 bit, which decoders widen"),
        (samples != 1 and not colour, f"{samples} samples of {description.photometric}"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _excess(description: PixelDescription) -> str:
    """Bytes after the last frame would be lost with the native form."""
    if description.encapsulated:
        return ""
    needed = (description.frame_bits * description.number_of_frames + 7) // 8
    there = description.element.end - description.element.value
    return "" if there <= needed + needed % 2 else "more pixel data than its frames need"
