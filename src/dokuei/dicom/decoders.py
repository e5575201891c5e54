"""Frames in other people's encodings as cells, by two independent decoders where two exist.

One decoder can be wrong in silence; two that agree bit for bit are believed. libjpeg-turbo and liblj92 read
lossless JPEG, OpenJPH and OpenJPEG read HTJ2K, imagecodecs and pydicom read RLE, zlib and libdeflate read deflated
frames; JPEG-LS (CharLS), JPEG 2000 (OpenJPEG) and JPEG XL (libjxl) have one decoder each. Some of them write where
they should not when a stream is forged: ``decode`` runs them in a process of their own.
"""

import struct
import zlib
from collections.abc import Callable
from typing import Any, Final

import imagecodecs
import numpy as np
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import RLELosslessDecoder

from dokuei.dicom import openjph, uids
from dokuei.dicom.codestream import CodestreamError
from dokuei.dicom.pixels import Cells, PixelDescription, to_cells

Decoder = Callable[[bytes, PixelDescription], Any]
_YBR: Final = "YBR"
_JFIF: Final = b"\xff\xe0"
_ADOBE: Final = b"\xff\xee"
_BROKEN: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What other people's decoders raise at a stream that they cannot read."""


def _jpeg_lossless_turbo(data: bytes, description: PixelDescription) -> Any:
    colours = "RGB" if description.samples > 1 else None
    return imagecodecs.jpeg8_decode(data, colorspace=colours, outcolorspace=colours)


def _jpeg_lossless_lj92(data: bytes, _: PixelDescription) -> Any:
    return imagecodecs.ljpeg_decode(data)


def _jpeg_lossless_sof3(data: bytes, _: PixelDescription) -> Any:
    return imagecodecs.jpegsof3_decode(data)


def _jpeg_ls(data: bytes, _: PixelDescription) -> Any:
    return imagecodecs.jpegls_decode(data)


def _openjpeg(data: bytes, _: PixelDescription) -> Any:
    return imagecodecs.jpeg2k_decode(data, planar=False)


def _openjph(data: bytes, _: PixelDescription) -> Any:
    return openjph.decode(data)


def _jpeg_xl(data: bytes, _: PixelDescription) -> Any:
    return imagecodecs.jpegxl_decode(data, keeporientation=True)


def _rle_imagecodecs(data: bytes, description: PixelDescription) -> Any:
    planes = imagecodecs.dicomrle_decode(data, dtype=f"<u{description.bits_allocated // 8}")
    return _from_planes(planes, description)


def _rle_pydicom(data: bytes, description: PixelDescription) -> Any:
    options: dict[str, Any] = {
        "rows": description.rows,
        "columns": description.columns,
        "number_of_frames": 1,
        "samples_per_pixel": description.samples,
        "bits_allocated": description.bits_allocated,
        "bits_stored": description.bits_allocated,
        "pixel_representation": 0,
        "photometric_interpretation": "RGB" if description.samples > 1 else "MONOCHROME2",
        "planar_configuration": 1,
        "pixel_keyword": "PixelData",
    }
    decoded, _ = RLELosslessDecoder.as_array(
        encapsulate([data]), index=0, raw=True, decoding_plugin="pydicom", **options
    )
    return decoded


def _from_planes(planes: Any, description: PixelDescription) -> Any:
    """RLE holds colour by plane (PS3.5 G.2)."""
    flat = np.frombuffer(planes, dtype=f"<u{description.bits_allocated // 8}")
    if description.samples == 1:
        return flat.reshape(description.rows, description.columns)
    shape = (description.samples, description.rows, description.columns)
    return np.ascontiguousarray(flat.reshape(shape).transpose(1, 2, 0))


def _stored(data: bytes, description: PixelDescription) -> Any:
    return _plain(data, description)


def _inflated_zlib(data: bytes, description: PixelDescription) -> Any:
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    return _plain(machine.decompress(data, description.frame_bytes + 1), description)


def _inflated_libdeflate(data: bytes, description: PixelDescription) -> Any:
    return _plain(imagecodecs.deflate_decode(data, raw=True, out=description.frame_bytes + 2), description)


def _plain(data: Any, description: PixelDescription) -> Any:
    """Native bytes of one frame, padding cut; single bits as bytes of 0 and 1."""
    whole = bytes(data)[: description.frame_bytes]
    if description.bits_allocated == 1:
        bits = np.unpackbits(np.frombuffer(whole, dtype=np.uint8), bitorder="little")
        return bits[: description.frame_bits].reshape(description.shape)
    return to_cells(whole, description)


_LOSSLESS_JPEG: Final = (_jpeg_lossless_turbo, _jpeg_lossless_lj92, _jpeg_lossless_sof3)
DECODERS: Final[dict[str, tuple[Decoder, ...]]] = {
    uids.ENCAPSULATED_UNCOMPRESSED: (_stored,),
    uids.DEFLATED_FRAMES: (_inflated_zlib, _inflated_libdeflate),
    uids.RLE: (_rle_imagecodecs, _rle_pydicom),
    uids.JPEG_LOSSLESS: _LOSSLESS_JPEG,
    uids.JPEG_LOSSLESS_SV1: _LOSSLESS_JPEG,
    uids.JPEG_LS_LOSSLESS: (_jpeg_ls,),
    uids.JPEG_2000_LOSSLESS: (_openjpeg,),
    uids.JPEG_2000: (_openjpeg,),
    uids.JPEG_XL_LOSSLESS: (_jpeg_xl,),
    uids.HTJ2K_LOSSLESS: (_openjph, _openjpeg),
    uids.HTJ2K_LOSSLESS_RPCL: (_openjph, _openjpeg),
    uids.HTJ2K: (_openjph, _openjpeg),
}
LOSSY_JPEG: Final = frozenset(
    {
        uids.JPEG_BASELINE,
        uids.JPEG_EXTENDED,
        "1.2.840.10008.1.2.4.53",
        "1.2.840.10008.1.2.4.55",
    }
)
LOSSLESS_JPEG: Final = frozenset({uids.JPEG_LOSSLESS, uids.JPEG_LOSSLESS_SV1})
JPEG_2000: Final = frozenset(
    {
        uids.JPEG_2000_LOSSLESS,
        uids.JPEG_2000,
        uids.HTJ2K_LOSSLESS,
        uids.HTJ2K_LOSSLESS_RPCL,
        uids.HTJ2K,
    }
)
JPEG_XL: Final = frozenset({uids.JPEG_XL, uids.JPEG_XL_RECOMPRESSION, uids.JPEG_XL_LOSSLESS})


def twice(data: bytes, description: PixelDescription, syntax_uid: str) -> Cells:
    """The cells of a losslessly encoded frame, as two decoders see them where two exist.

    Raises:
        CodestreamError: it cannot be decoded, is of another size, or decoders disagree.
    """
    decoders = DECODERS[syntax_uid]
    first: Cells | None = None
    reasons: list[str] = []
    for decoder in decoders:
        try:
            cells = _fit(decoder(data, description), description)
        except _BROKEN as error:
            reasons.append(str(error) or type(error).__name__)
            continue
        if first is None:
            first = cells
        elif np.array_equal(first, cells):
            return first
        else:
            raise CodestreamError("two decoders disagree about it")
    if first is None:
        raise CodestreamError(f"it cannot be decoded ({reasons[0]})")
    if len(decoders) > 1:
        raise CodestreamError("only one of its decoders reads it")
    return first


def lossy(data: bytes, description: PixelDescription, syntax_uid: str) -> Cells:
    """The cells of a frame that came lossy, colour as RGB.

    Raises:
        CodestreamError: no decoder here reads it.
    """
    decoder = _lossy_decoder(syntax_uid)
    if decoder is None:
        raise CodestreamError("no decoder here reads it")
    try:
        return _fit(decoder(data, description), description)
    except _BROKEN as error:
        raise CodestreamError(f"it cannot be decoded ({str(error) or type(error).__name__})") from error


def _lossy_decoder(syntax_uid: str) -> Decoder | None:
    if syntax_uid in {uids.JPEG_2000, uids.JPEG_2000_LOSSLESS}:
        return _openjpeg
    if syntax_uid in JPEG_2000:
        return _openjph
    if syntax_uid in {uids.JPEG_LS_NEAR, uids.JPEG_LS_LOSSLESS}:
        return _jpeg_ls
    if syntax_uid in JPEG_XL:
        return _jpeg_xl
    if syntax_uid in LOSSY_JPEG | LOSSLESS_JPEG:
        return _jpeg_to_rgb
    return next(iter(DECODERS.get(syntax_uid, ())), None)


def _jpeg_to_rgb(data: bytes, description: PixelDescription) -> Any:
    source, shown = _jpeg_colours(data, description)
    return imagecodecs.jpeg8_decode(data, colorspace=source, outcolorspace=shown)


def _jpeg_colours(data: bytes, description: PixelDescription) -> tuple[str | None, str | None]:
    """JPEG's own markers say what its components are; without any the object's header is believed."""
    if description.samples == 1:
        return None, None
    if description.photometric.startswith(_YBR):
        return "YCBCR", "RGB"
    if data[2:4] in {_JFIF, _ADOBE}:
        return None, "RGB"
    return "RGB", "RGB"


def _fit(decoded: Any, description: PixelDescription) -> Cells:
    """Decoded samples as the object's own cells: same bits, little endian, samples last."""
    cells: Cells = np.asarray(decoded)
    if cells.shape != description.shape:
        raise CodestreamError("its frame decodes to another size")
    dtype = description.dtype
    if cells.dtype == dtype or description.bits_allocated == 1:
        return cells
    if cells.dtype.itemsize > dtype.itemsize:
        if int(cells.max()).bit_length() > description.bits_allocated or int(cells.min()) < 0:
            raise CodestreamError("its frame has more bits than its header allocates")
        return cells.astype(np.dtype(f"<u{dtype.itemsize}")).view(dtype)
    return cells.astype(dtype, casting="unsafe")
