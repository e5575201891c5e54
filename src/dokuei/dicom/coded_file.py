"""How a coded Part 10 file is laid out: header, one fragment a frame behind an offset table, and its own proof.

Equal input gives equal bytes: nothing here depends on time, host or release.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from io import BufferedRandom
from struct import Struct, pack
from typing import Final

from dokuei.dicom import meta
from dokuei.dicom.block import ProofBlock, build_block
from dokuei.dicom.coded import CodedFrame, DigestOf
from dokuei.dicom.content import explicit_header
from dokuei.dicom.dataset import DataSet
from dokuei.dicom.elements import PIXEL_DATA, UNDEFINED, Buffer
from dokuei.dicom.encapsulated import EXTENDED_LENGTHS, EXTENDED_OFFSETS, LargeFrame
from dokuei.dicom.pixels import PixelDescription, native_chunks
from dokuei.dicom.rewrite import NativeIcon, explicit_head

_ITEM: Final = Struct("<HHL")
_ITEM_BYTES: Final = 8
_LARGEST_BASIC_TABLE: Final = 0xF0000000
_LAST_TAG: Final = 0xFFFFFFFF
_PIXEL_GROUP: Final = 0x7FE00000


@dataclass(frozen=True)
class FrameBytes:
    """One frame as it will be stored, with its digest."""

    data: Buffer | LargeFrame
    digest: str
    resolution_ends: tuple[int, ...] = ()


@dataclass(frozen=True)
class Written:
    """What came to stand where; ``sha256`` and ``size`` are over the whole file."""

    frames: tuple[CodedFrame, ...]
    sha256: str
    size: int


class CodedFile:
    """A coded file being written: head, pixels, then tail with the proof block."""

    def __init__(
        self, file: BufferedRandom, data_set: DataSet, overrides: dict[int, bytes], icons: NativeIcon | None = None
    ) -> None:
        self._file = file
        self._data_set = data_set
        self._overrides = overrides
        self._icons = icons

    def write_head(self, *, transfer_syntax_uid: str, sop_class_uid: str, sop_instance_uid: str) -> None:
        """File meta and every element before the pixel data."""
        found = self._data_set.source.meta
        self._file.write(
            meta.build_meta(
                sop_class_uid=sop_class_uid,
                sop_instance_uid=sop_instance_uid,
                transfer_syntax_uid=transfer_syntax_uid,
                application_entities={tag: meta.text_of(found, tag) for tag in meta.CARRIED},
            )
        )
        self._write_elements(0, _PIXEL_GROUP - 1)

    def write_tail(self, block: ProofBlock) -> None:
        """Every element after the pixel data, the proof among them."""
        self._overrides = self._overrides | build_block(block, self._data_set)
        self._write_elements(_PIXEL_GROUP, _LAST_TAG)

    def write_empty(self) -> None:
        """Pixel data without a value, where that is what came."""
        if PIXEL_DATA in self._data_set.by_tag:
            self._file.write(explicit_head(PIXEL_DATA, "OW", 0))

    def _write_elements(self, first: int, last: int) -> None:
        for piece in explicit_header(self._data_set, self._overrides, first, last, icons=self._icons):
            self._file.write(piece)

    def write_encapsulated(
        self, frames: Iterable[FrameBytes], *, count: int, digest_of: DigestOf, bound: int
    ) -> tuple[CodedFrame, ...]:
        """Encapsulated pixel data: Basic Offset Table, or extended where ``bound`` bytes would not fit in one."""
        extended = bound > _LARGEST_BASIC_TABLE and count > 1
        tables_at = self._open_tables(count, extended=extended)
        base = self._file.tell()
        written: list[CodedFrame] = []
        items: list[int] = []
        lengths: list[int] = []
        for frame in frames:
            length = len(frame.data)
            items.append(self._file.tell() - base)
            lengths.append(length + length % 2)
            self._file.write(_ITEM.pack(0xFFFE, 0xE000, length + length % 2))
            offset = base + items[-1] + _ITEM_BYTES
            for piece in frame.data if isinstance(frame.data, LargeFrame) else (frame.data,):
                self._file.write(piece)
            if length % 2:
                self._file.write(b"\0")
            written.append(CodedFrame(offset, length, frame.digest, digest_of, frame.resolution_ends))
        self._file.write(_ITEM.pack(0xFFFE, 0xE0DD, 0))
        self._fill_tables(tables_at, items, lengths, extended=extended)
        return tuple(written)

    def _open_tables(self, count: int, *, extended: bool) -> int:
        """Room for the offset table, filled once the frames are written; 0 where there is none."""
        room = bytes(8 * count)
        at = 0
        if extended:
            self._file.write(explicit_head(EXTENDED_OFFSETS, "OV", 8 * count))
            at = self._file.tell()
            self._file.write(room + explicit_head(EXTENDED_LENGTHS, "OV", 8 * count) + room)
        basic = 4 * count if count > 1 and not extended else 0
        self._file.write(explicit_head(PIXEL_DATA, "OB", UNDEFINED) + _ITEM.pack(0xFFFE, 0xE000, basic))
        if basic:
            at = self._file.tell()
            self._file.write(bytes(basic))
        return at

    def _fill_tables(self, at: int, items: list[int], lengths: list[int], *, extended: bool) -> None:
        if not at:
            return
        end = self._file.tell()
        self._file.seek(at)
        if extended:
            self._file.write(pack(f"<{len(items)}Q", *items))
            self._file.write(explicit_head(EXTENDED_LENGTHS, "OV", 8 * len(items)))
            self._file.write(pack(f"<{len(lengths)}Q", *lengths))
        else:
            self._file.write(pack(f"<{len(items)}L", *items))
        self._file.seek(end)

    def write_native(self, description: PixelDescription, digests: Iterable[str]) -> tuple[CodedFrame, ...]:
        """Native pixel data with whatever follows its last frame; a frame of single bits may share its outer bytes."""
        element = description.element
        vr = element.vr if element.vr in {"OB", "OW", "OF", "OD"} else "OW"
        length = element.end - element.value
        self._file.write(explicit_head(element.tag, vr, length + length % 2))
        base = self._file.tell()
        for piece in native_chunks(self._data_set, description):
            self._file.write(piece)
        if length % 2:
            self._file.write(b"\0")
        written = []
        for number, digest in enumerate(digests):
            first_bit = number * description.frame_bits
            last_bit = first_bit + description.frame_bits
            start, end = first_bit // 8, (last_bit + 7) // 8
            written.append(CodedFrame(base + start, end - start, digest, "pixels"))
        return tuple(written)


def seal(file: BufferedRandom, frames: tuple[CodedFrame, ...]) -> Written:
    """The digest of the whole file, read back from it."""
    size = file.tell()
    file.flush()
    file.seek(0)
    return Written(frames, hashlib.file_digest(file, "sha256").hexdigest(), size)
