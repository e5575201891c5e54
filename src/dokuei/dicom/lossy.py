"""Whether frames are what the modality made or were compressed with loss on the way (PS3.3 C.7.6.1.1.5)."""

from typing import Final

from dokuei.dicom.coded import LossyHistory
from dokuei.dicom.codestream import CodestreamError, read_jpeg2000
from dokuei.dicom.dataset import DataSet
from dokuei.dicom.encapsulated import EncodedFrames, join
from dokuei.dicom.pixels import PixelDescription
from dokuei.dicom.rewrite import explicit_head
from dokuei.dicom.uids import Kind

_LOSSY: Final = 0x00282110
_RATIO: Final = 0x00282112
_METHOD: Final = 0x00282114


def declared_lossless(data_set: DataSet) -> bool:
    """Whether the header says that no loss ever happened."""
    return data_set.text(_LOSSY) == "00"


def came_lossy(data_set: DataSet, encoded: EncodedFrames | None) -> str:
    """Why the frames' own encoding is, or may be, with loss; empty where it is not."""
    syntax = data_set.source.syntax
    if syntax.kind in {Kind.LOSSY, Kind.VIDEO}:
        return f"came as {syntax.name}"
    if syntax.kind is Kind.EITHER:
        if not declared_lossless(data_set):
            return f"came as {syntax.name}, which may be lossy, and its header does not say that it is not"
        if encoded is None or not all(_reversible(data_set, encoded, number) for number in range(len(encoded.frames))):
            return f"came as {syntax.name}, coded with loss"
    return ""


def _reversible(data_set: DataSet, encoded: EncodedFrames, number: int) -> bool:
    try:
        return read_jpeg2000(join(data_set, encoded.frames[number])).reversible
    except CodestreamError:
        return False


def lossy_history(
    data_set: DataSet, description: PixelDescription | None, encoded_bytes: int, *, arrived_lossy: bool
) -> LossyHistory | None:
    """Methods and ratios as the header gives them, and what the transfer syntax adds where the header is silent."""
    declared = data_set.text(_LOSSY) == "01"
    if not declared and not arrived_lossy:
        return None
    methods = _values(data_set, _METHOD)
    ratios = tuple(ratio for ratio in map(_number, _values(data_set, _RATIO)) if ratio is not None)
    if arrived_lossy and description is not None:
        method = data_set.source.syntax.method
        if method and not (declared and (not methods or methods[-1] == method)):
            methods = (*methods, method)
        elif method and not methods:
            methods = (method,)
        if len(ratios) < len(methods) and encoded_bytes:
            native = description.frame_bits * description.number_of_frames / 8
            ratios = (*ratios, round(native / encoded_bytes, 2))
    return LossyHistory(methods, ratios)


def lossy_elements(data_set: DataSet, history: LossyHistory) -> dict[int, bytes]:
    """What a natively written object must say about its past, where its header does not (PS3.3 C.7.6.1.1.5)."""
    if data_set.text(_LOSSY) == "01":
        return {}
    ratios = "\\".join(f"{ratio:g}" for ratio in history.ratios)
    rows = ((_LOSSY, "CS", "01"), (_RATIO, "DS", ratios), (_METHOD, "CS", "\\".join(history.methods)))
    return {tag: explicit_head(tag, vr, len(_even(text))) + _even(text) for tag, vr, text in rows if text}


def _even(text: str) -> bytes:
    raw = text.encode("ascii", "replace")
    return raw + b" " * (len(raw) % 2)


def _values(data_set: DataSet, tag: int) -> tuple[str, ...]:
    return tuple(value.strip() for value in data_set.text(tag).split("\\") if value.strip())


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
