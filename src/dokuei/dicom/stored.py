"""A coded file opened for one purpose: its header as it came, and its frames as cells, one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from dokuei.dicom import uids
from dokuei.dicom.block import ProofBlock, load
from dokuei.dicom.codestream import CodestreamError, read_jpeg2000
from dokuei.dicom.dataset import DataSet
from dokuei.dicom.decode import decode_lossy, decode_twice
from dokuei.dicom.decoders import LOSSLESS_JPEG, LOSSY_JPEG
from dokuei.dicom.encapsulated import EncodedFrames, join, read_frames
from dokuei.dicom.lossy import came_lossy, frame_came_lossy
from dokuei.dicom.pixels import (
    Cells,
    PixelDescription,
    describe,
    frame_digest,
    native_digest,
    native_frame,
    to_cells,
)
from dokuei.dicom.source import open_source
from dokuei.dicom.transcode import NARROWEST_SIGNED, decode_frame, decode_preview
from dokuei.errors import NotAcceptableError, NotFoundError, ProofError

_BITS = 8
_CODEC_COLOURS = frozenset({"YBR_RCT", "YBR_ICT", "XYB"})
_RGB_DECODERS = LOSSY_JPEG | {uids.JPEG_XL, uids.JPEG_XL_LOSSLESS, uids.JPEG_XL_RECOMPRESSION}


@dataclass(frozen=True)
class Stored:
    """An open coded file; ``data_set`` says what the source said."""

    data_set: DataSet
    block: ProofBlock | None
    description: PixelDescription | None
    encoded: EncodedFrames | None

    @property
    def decoded_to_rgb(self) -> bool:
        """Whether cells come as RGB although the header names another colour space: what the codec names it does."""
        if self.description is None or self.description.samples == 1 or self.encoded is None:
            return False
        syntax = self.data_set.source.syntax.uid
        if syntax in LOSSLESS_JPEG and self.arrived_lossy:
            return True
        return self.description.photometric in _CODEC_COLOURS or syntax in _RGB_DECODERS

    @cached_property
    def arrived_lossy(self) -> bool:
        """Whether the frames still have the lossy encoding that they came in."""
        if self.encoded is None or self.has_resolutions:
            return False
        return came_lossy(self.data_set, self.encoded) is not None

    @property
    def has_resolutions(self) -> bool:
        """Whether frames are ours, coded so that a prefix of each is a smaller picture."""
        proved = self.block is not None and self.block.proof == "proved"
        return proved and self.data_set.source.syntax.uid == uids.HTJ2K_LOSSLESS_RPCL

    def preview(self, number: int, skip_resolutions: int) -> Cells:
        """Frame ``number`` (from 1) at a coarser resolution, in 32 bit cells; for frames with resolutions only.

        Cells that reach beyond Bits Stored have overlays or padding in them, which do not survive a wavelet:
        such a frame is thinned out instead.
        """
        data = self._bytes(number)
        try:
            if read_jpeg2000(data).depths[0][0] > max(self.described().bits_stored, NARROWEST_SIGNED):
                return self.cells(number)[:: 1 << skip_resolutions, :: 1 << skip_resolutions]
            return decode_preview(data, skip_resolutions)
        except CodestreamError as error:
            raise _undecodable(str(error)) from error

    def cells(self, number: int) -> Cells:
        """The cells of frame ``number`` (from 1), which must be those that its digest was made of.

        Raises:
            NotFoundError: there is no such frame.
            NotAcceptableError: it cannot be decoded here.
            ProofError: it is not what it was.
        """
        description = self.described()
        if self.encoded is None:
            self._check_number(number)
            native = native_frame(self.data_set, description, number - 1)
            self._check_digest(number, native_digest(native, description))
            return _native_cells(native, description)
        data = self._bytes(number)
        try:
            cells = self._decode(data, description)
        except CodestreamError as error:
            raise _undecodable(str(error)) from error
        self._check_digest(number, frame_digest(cells if self.has_resolutions else data))
        return cells

    def check_native_frames(self, first: int, last: int) -> None:
        """Native frames from ``first`` to ``last`` against their digests, for those who copy them as a whole.

        Raises:
            ProofError: one is not what it was.
        """
        description = self.described()
        for number in range(first, min(last, description.number_of_frames) + 1):
            native = native_frame(self.data_set, description, number - 1)
            self._check_digest(number, native_digest(native, description))

    def _check_digest(self, number: int, digest: str) -> None:
        """Decoders fill up what is damaged, some in silence: no frame leaves without being what was proved."""
        if self.block is not None and self.block.frame_digests[number - 1 : number] != (digest,):
            raise ProofError(
                f"frame {number} does not have the pixels of its source",
                phase="proof",
                remedy="The copy is discarded: send the object again from its source.",
            )

    def _check_number(self, number: int) -> None:
        if not 1 <= number <= self.described().number_of_frames:
            raise NotFoundError(f"the object has no frame {number}", phase="decoding")

    def _bytes(self, number: int) -> bytes:
        self._check_number(number)
        if self.encoded is None or not self.encoded.apart:
            raise _undecodable("its frames cannot be told apart")
        return bytes(join(self.data_set, self.encoded.frames[number - 1]))

    def _decode(self, data: bytes, description: PixelDescription) -> Cells:
        if self.has_resolutions:
            return decode_frame(data, description.dtype)
        syntax = self.data_set.source.syntax.uid
        if frame_came_lossy(self.data_set, data):
            return decode_lossy(data, description, syntax)
        return decode_twice(data, description, syntax)

    def described(self) -> PixelDescription:
        """The pixels' description.

        Raises:
            NotFoundError: the object has no pixels.
        """
        if self.description is None:
            raise NotFoundError("the object has no pixels", phase="decoding")
        return self.description


@contextmanager
def open_stored(path: Path) -> Iterator[Stored]:
    """Open a coded file, reading no more of it than is asked for."""
    with open_source(path, whole=False) as source:
        data_set, block = load(source)
        description = describe(data_set)
        encoded = read_frames(data_set, description) if description and description.encapsulated else None
        yield Stored(data_set, block, description, encoded)


def _native_cells(data: bytes | bytearray | memoryview, description: PixelDescription) -> Cells:
    """Cells of a native frame; single bits as bytes of 0 and 1, chroma at half width repeated."""
    if description.bits_allocated == 1:
        bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8), bitorder="little")
        return bits[: description.frame_bits].reshape(description.shape)
    if description.subsampled:
        pairs = np.frombuffer(data, dtype=np.uint8).reshape(description.rows, -1, 4)
        full = np.stack((pairs[..., [0, 1]], pairs[..., [2, 2]], pairs[..., [3, 3]]), axis=-1)
        return full.reshape(description.rows, description.columns, 3)
    if description.bits_allocated % _BITS:
        raise _undecodable(f"{description.bits_allocated} bits allocated")
    return to_cells(data, description)


def _undecodable(why: str) -> NotAcceptableError:
    return NotAcceptableError(
        f"the frames cannot be decoded here: {why}",
        phase="decoding",
        remedy="Ask for them in the encoding that they are stored in.",
    )
