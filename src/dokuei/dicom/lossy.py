"""Whether frames are what the modality made or were compressed with loss on the way (PS3.3 C.7.6.1.1.5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dokuei.dicom.coded import LossyHistory
from dokuei.dicom.codestream import (
    JPEG_2000_STARTS,
    JPEG_LS_PROCESS,
    JPEG_START,
    CodestreamError,
    jpeg_is_lossless,
    read_jpeg,
    read_jpeg2000,
)
from dokuei.dicom.dataset import DataSet
from dokuei.dicom.encapsulated import EncodedFrames, join
from dokuei.dicom.jpeg_xl import CONTAINER, SIGNATURE, read_jpeg_xl
from dokuei.dicom.pixels import PixelDescription
from dokuei.dicom.rewrite import explicit_head
from dokuei.dicom.uids import (
    DEFLATED_FRAMES,
    ENCAPSULATED_UNCOMPRESSED,
    JPEG_2000_PART_2_LOSSLESS,
    JPEG_XL_LOSSLESS,
    METHOD_HTJ2K,
    METHOD_JPEG,
    METHOD_JPEG_2000,
    METHOD_JPEG_LS,
    METHOD_JPEG_XL,
    RLE,
    Kind,
)

_LOSSY: Final = 0x00282110
_RATIO: Final = 0x00282112
_METHOD: Final = 0x00282114
_IRREVERSIBLE: Final = 0
_WITHOUT_CODESTREAM: Final = frozenset({ENCAPSULATED_UNCOMPRESSED, DEFLATED_FRAMES, RLE})


@dataclass(frozen=True)
class Loss:
    """Why frames are taken for lossy, and the Lossy Image Compression Method (PS3.3 C.7.6.1.1.5.1) of their coding."""

    reason: str
    method: str


def declared_lossless(data_set: DataSet) -> bool:
    """Whether the header says that no loss ever happened."""
    return data_set.text(_LOSSY) == "00"


def came_lossy(data_set: DataSet, encoded: EncodedFrames | None) -> Loss | None:
    """How the frames' own encoding is, or may be, with loss; None where it is not."""
    syntax = data_set.source.syntax
    if syntax.kind in {Kind.LOSSY, Kind.VIDEO}:
        return Loss(f"came as {syntax.name}", syntax.method)
    if syntax.kind is Kind.EITHER:
        if not declared_lossless(data_set):
            reason = f"came as {syntax.name}, which may be lossy, and its header does not say that it is not"
            return Loss(reason, syntax.method)
        if encoded is None or not all(_reversible(frame) for frame in _frames(data_set, encoded)):
            return Loss(f"came as {syntax.name}, coded with loss", syntax.method)
    elif syntax.kind is Kind.LOSSLESS and encoded is not None and syntax.uid not in _WITHOUT_CODESTREAM:
        for frame in _frames(data_set, encoded):
            method = _lossy_method(frame, syntax.uid)
            if method:
                return Loss(f"labelled {syntax.name}, coded with loss", method)
    return None


def frame_came_lossy(data_set: DataSet, frame: bytes) -> bool:
    """The same question for one frame, for those who have no use for the others."""
    syntax = data_set.source.syntax
    if syntax.kind is Kind.EITHER:
        return not (declared_lossless(data_set) and _reversible(frame))
    if syntax.kind is Kind.LOSSLESS and syntax.uid not in _WITHOUT_CODESTREAM:
        return bool(_lossy_method(frame, syntax.uid))
    return syntax.kind in {Kind.LOSSY, Kind.VIDEO}


def is_unclear(data_set: DataSet, encoded: EncodedFrames | None) -> bool:
    """Whether frames are labelled lossless in a way that their codestreams neither show nor deny."""
    if encoded is None or data_set.source.syntax.uid != JPEG_XL_LOSSLESS:
        return False
    for frame in _frames(data_set, encoded):
        try:
            if read_jpeg_xl(frame).loss == "unclear":
                return True
        except CodestreamError:  # why it cannot be read is told when it is decoded
            continue
    return False


def _frames(data_set: DataSet, encoded: EncodedFrames) -> Iterator[bytes]:
    return (bytes(join(data_set, frame)) for frame in encoded.frames)


def _reversible(frame: bytes) -> bool:
    try:
        return read_jpeg2000(frame).reversible
    except CodestreamError:
        return False


def _lossy_method(frame: bytes, syntax_uid: str) -> str:
    """The method by which a frame was coded with loss, by its codestream whatever its label; else empty.

    What cannot be read is not called lossy: it will not decode either, and is kept for that.
    """
    try:
        if frame.startswith(JPEG_2000_STARTS):
            return _jpeg_2000_method(frame, syntax_uid)
        if frame.startswith(JPEG_START) and not jpeg_is_lossless(frame):
            return METHOD_JPEG_LS if read_jpeg(frame).process == JPEG_LS_PROCESS else METHOD_JPEG
        if frame.startswith((SIGNATURE, CONTAINER)) and read_jpeg_xl(frame).loss == "some":
            return METHOD_JPEG_XL
    except CodestreamError:
        return ""
    return ""


def _jpeg_2000_method(frame: bytes, syntax_uid: str) -> str:
    header = read_jpeg2000(frame)
    if header.reversible:
        return ""
    if syntax_uid == JPEG_2000_PART_2_LOSSLESS:  # has wavelets of its own, of which nothing is claimed
        return METHOD_JPEG_2000 if header.transform == _IRREVERSIBLE else ""
    return METHOD_HTJ2K if header.high_throughput else METHOD_JPEG_2000


def lossy_history(
    data_set: DataSet, description: PixelDescription | None, encoded_bytes: int, *, arrived: Loss | None
) -> LossyHistory | None:
    """Methods and ratios as the header gives them, and what the frames' encoding adds where the header is silent."""
    declared = data_set.text(_LOSSY) == "01"
    if not declared and arrived is None:
        return None
    methods = _values(data_set, _METHOD)
    ratios = tuple(ratio for ratio in map(_number, _values(data_set, _RATIO)) if ratio is not None)
    if arrived is not None and description is not None:
        method = arrived.method
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
