"""Frames in other people's encodings as cells, by two independent decoders where two exist.

One decoder can be wrong in silence; two that agree bit for bit are believed. libjpeg-turbo and liblj92 read
lossless JPEG, OpenJPH and OpenJPEG read HTJ2K, imagecodecs and pydicom read RLE, zlib and libdeflate read deflated
frames; JPEG-LS (CharLS), JPEG 2000 (OpenJPEG) and JPEG XL (libjxl) have one decoder each.
"""

import zlib
from collections.abc import Callable
from typing import Any, Final

import imagecodecs
import numpy as np
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import RLELosslessDecoder

from dokuei.dicom import openjph, uids
from dokuei.dicom.codestream import CodestreamError, FrameSize, read_jpeg, read_jpeg2000
from dokuei.dicom.pixels import Cells, PixelDescription, to_cells

Decoder = Callable[[bytes, PixelDescription], Any]
_YBR: Final = "YBR"
_JFIF: Final = b"\xff\xe0"
_LAST_MARKER: Final = b"\xff\xd9"
_PADDING_AT_MOST: Final = 16
_ADOBE: Final = b"\xff\xee"


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
_DECODERS: Final[dict[str, tuple[Decoder, ...]]] = {
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
_JPEG_2000: Final = frozenset(
    {
        uids.JPEG_2000_LOSSLESS,
        uids.JPEG_2000,
        uids.HTJ2K_LOSSLESS,
        uids.HTJ2K_LOSSLESS_RPCL,
        uids.HTJ2K,
    }
)
LOSSY_JPEG: Final = frozenset(
    {
        uids.JPEG_BASELINE,
        uids.JPEG_EXTENDED,
        "1.2.840.10008.1.2.4.53",
        "1.2.840.10008.1.2.4.55",
    }
)
_JPEG: Final = LOSSY_JPEG | {
    uids.JPEG_LOSSLESS,
    uids.JPEG_LOSSLESS_SV1,
    uids.JPEG_LS_LOSSLESS,
    uids.JPEG_LS_NEAR,
}


def decode_twice(data: bytes, description: PixelDescription, syntax_uid: str) -> Cells:
    """The cells of a losslessly encoded frame, as two decoders see them where two exist.

    Raises:
        CodestreamError: it cannot be decoded, is of another size, or decoders disagree.
    """
    decoders = _DECODERS.get(syntax_uid, ())
    if not decoders:
        raise CodestreamError("no decoder here reads it")
    check_size(data, description, syntax_uid)
    _check_end(data, syntax_uid)
    first: Cells | None = None
    reasons: list[str] = []
    for decoder in decoders:
        try:
            cells = fit(decoder(data, description), description)
        except (RuntimeError, ValueError, OverflowError, AttributeError, zlib.error) as error:
            reasons.append(str(error))
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


def _check_end(data: bytes, syntax_uid: str) -> None:
    """A stream without its last marker was cut off, and some decoders fill up what is missing in silence."""
    if syntax_uid in _JPEG_2000 | _JPEG and data.rfind(_LAST_MARKER, -_PADDING_AT_MOST) < 0:
        raise CodestreamError("its frame is cut off")


def check_size(data: bytes, description: PixelDescription, syntax_uid: str) -> None:
    """Compare what a frame declares with what the object says, before a decoder makes room for it."""
    found: FrameSize | None = None
    if syntax_uid in _JPEG_2000:
        found = read_jpeg2000(data).size
    elif syntax_uid in _JPEG:
        found = read_jpeg(data)
    if found is None:
        return
    if (found.rows, found.columns, found.samples) != (description.rows, description.columns, description.samples):
        raise CodestreamError(
            f"its frame is {found.rows} x {found.columns} x {found.samples} and its header says otherwise"
        )
    if found.bits > description.bits_allocated:
        raise CodestreamError(f"its frame has {found.bits} bits and its header allocates fewer")


def fit(decoded: Any, description: PixelDescription) -> Cells:
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


def decode_lossy(data: bytes, description: PixelDescription, syntax_uid: str) -> Cells:
    """The cells of a frame that came lossy, colour as RGB, for clients that cannot decode it themselves.

    Raises:
        CodestreamError: no decoder here reads it.
    """
    check_size(data, description, syntax_uid)
    try:
        if syntax_uid in {uids.JPEG_2000, uids.JPEG_2000_LOSSLESS}:
            return fit(_openjpeg(data, description), description)
        if syntax_uid in _JPEG_2000:
            return fit(_openjph(data, description), description)
        if syntax_uid in {uids.JPEG_LS_NEAR, uids.JPEG_LS_LOSSLESS}:
            return fit(_jpeg_ls(data, description), description)
        if syntax_uid in {uids.JPEG_XL, uids.JPEG_XL_RECOMPRESSION, uids.JPEG_XL_LOSSLESS}:
            return fit(_jpeg_xl(data, description), description)
        if syntax_uid in LOSSY_JPEG:
            source, shown = _jpeg_colours(data, description)
            return fit(imagecodecs.jpeg8_decode(data, colorspace=source, outcolorspace=shown), description)
        for decoder in _DECODERS.get(syntax_uid, ()):
            return fit(decoder(data, description), description)
    except (RuntimeError, ValueError, zlib.error) as error:
        raise CodestreamError(f"it cannot be decoded ({error})") from error
    raise CodestreamError("no decoder here reads it")


def _jpeg_colours(data: bytes, description: PixelDescription) -> tuple[str | None, str | None]:
    """JPEG's own markers say what its components are; without any the object's header is believed."""
    if description.samples == 1:
        return None, None
    if description.photometric.startswith(_YBR):
        return "YCBCR", "RGB"
    if data[2:4] in {_JFIF, _ADOBE}:
        return None, "RGB"
    return "RGB", "RGB"
