"""Which fragments make which frame of encapsulated pixel data (PS3.5 A.4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import unpack_from
from typing import Final

from dokuei.dicom.codestream import JPEG_2000_STARTS, JPEG_START
from dokuei.dicom.dataset import DataSet
from dokuei.dicom.elements import EXPLICIT_LITTLE, ITEM, SEQUENCE_END, UNDEFINED, Buffer
from dokuei.dicom.pixels import PixelDescription
from dokuei.dicom.source import Source
from dokuei.errors import NotDicomError, TruncatedError

EXTENDED_OFFSETS: Final = 0x7FE00001
EXTENDED_LENGTHS: Final = 0x7FE00002
_STARTS: Final = (JPEG_START, *JPEG_2000_STARTS)
_LOOK: Final = 8
_PIECE: Final = 4 << 20
_HELD_AT_MOST: Final = 32 << 20


@dataclass(frozen=True)
class Fragment:
    """One fragment's bytes in the file, and where its item tag stands counted from the first one."""

    start: int
    end: int
    item: int


@dataclass(frozen=True)
class EncodedFrames:
    """Fragments of each frame; ``apart`` is False where they cannot be told apart and each stands for itself."""

    frames: tuple[tuple[Fragment, ...], ...]
    apart: bool


def read_frames(data_set: DataSet, description: PixelDescription) -> EncodedFrames:
    """Divide the fragments of encapsulated pixel data into frames.

    Raises:
        TruncatedError: fewer fragments than frames.
        NotDicomError: something else than fragments.
    """
    table, fragments = _read_fragments(data_set, description)
    wanted = description.number_of_frames
    if data_set.source.syntax.kind == "video" and fragments:
        return EncodedFrames(tuple((fragment,) for fragment in fragments), apart=False)
    if len(fragments) < wanted:
        raise TruncatedError(
            f"{wanted} frames and only {len(fragments)} fragments of pixel data",
            phase="admission",
            remedy="The pixel data are cut off: send the object again from its source.",
        )
    if wanted == 1:
        return EncodedFrames((tuple(fragments),), apart=True)
    if len(fragments) == wanted:
        return EncodedFrames(tuple((fragment,) for fragment in fragments), apart=True)
    for starts in (_extended_offsets(data_set), table, _starts_by_content(data_set, fragments)):
        frames = _divide(fragments, starts, wanted)
        if frames is not None:
            return EncodedFrames(frames, apart=True)
    return EncodedFrames(tuple((fragment,) for fragment in fragments), apart=False)


def _read_fragments(data_set: DataSet, description: PixelDescription) -> tuple[tuple[int, ...], list[Fragment]]:
    """The Basic Offset Table and the fragments after it."""
    walk, end = data_set.walk, description.element.next
    table: tuple[int, ...] | None = None
    fragments: list[Fragment] = []
    position = base = description.element.value
    while position < end:
        tag, _, value, length = walk.header(position, end, EXPLICIT_LITTLE)
        if tag == SEQUENCE_END:
            break
        if tag != ITEM or length == UNDEFINED or value + length > end:
            raise NotDicomError(
                "encapsulated pixel data hold something else than fragments",
                phase="admission",
                remedy="The object is damaged: send it again from its source.",
            )
        if table is None:
            raw = bytes(data_set.source.pixels(value, value + length))
            table = unpack_from(f"<{length // 4}L", raw)
            base = value + length
        elif length:
            fragments.append(Fragment(value, value + length, position - base))
        position = value + length
    return table or (), fragments


def _extended_offsets(data_set: DataSet) -> tuple[int, ...]:
    element = data_set.by_tag.get(EXTENDED_OFFSETS)
    if element is None:
        return ()
    raw = bytes(data_set.source.buffer[element.value : element.end])
    return unpack_from(f"<{len(raw) // 8}Q", raw)


def _starts_by_content(data_set: DataSet, fragments: list[Fragment]) -> tuple[int, ...]:
    """Without a table a frame begins where a fragment begins with a codestream's first marker."""
    return tuple(
        fragment.item
        for fragment in fragments
        if bytes(data_set.source.pixels(fragment.start, min(fragment.end, fragment.start + _LOOK))).startswith(_STARTS)
    )


def _divide(fragments: list[Fragment], starts: tuple[int, ...], wanted: int) -> tuple[tuple[Fragment, ...], ...] | None:
    """Fragments by the offsets of their frames' first items; None where these offsets cannot be right."""
    index_by_item = {fragment.item: index for index, fragment in enumerate(fragments)}
    if len(starts) != wanted or starts[0] != 0 or any(start not in index_by_item for start in starts):
        return None
    firsts = [index_by_item[start] for start in starts]
    if sorted(set(firsts)) != firsts:
        return None
    return tuple(
        tuple(fragments[first:last]) for first, last in zip(firsts, [*firsts[1:], len(fragments)], strict=True)
    )


@dataclass(frozen=True)
class LargeFrame:
    """The encoded bytes of a frame (a video, say) that is too large to be held at once."""

    source: Source
    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def __iter__(self) -> Iterator[Buffer]:
        for start in range(self.start, self.end, _PIECE):
            yield self.source.pixels(start, min(start + _PIECE, self.end))


def join(data_set: DataSet, frame: tuple[Fragment, ...]) -> Buffer:
    """The encoded bytes of one frame."""
    if len(frame) == 1:
        return data_set.source.pixels(frame[0].start, frame[0].end)
    return b"".join(bytes(data_set.source.pixels(part.start, part.end)) for part in frame)


def kept(data_set: DataSet, frame: tuple[Fragment, ...]) -> Buffer | LargeFrame:
    """The encoded bytes of one frame that is stored as it came, filled up as a fragment must be (PS3.5 A.4)."""
    start, end = frame[0].start, frame[-1].end
    if len(frame) == 1 and end - start > _HELD_AT_MOST and (end - start) % 2 == 0:
        return LargeFrame(data_set.source, start, end)
    data = join(data_set, frame)
    return bytes(data) + b"\0" if len(data) % 2 else data
