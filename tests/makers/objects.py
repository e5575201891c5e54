"""DICOM objects of every shape and manner, good and bad, made on the spot."""

import zlib
from pathlib import Path
from struct import pack
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.uid import ExplicitVRLittleEndian

from dokuei.dicom.meta import build_meta
from dokuei.dicom.uids import TRANSFER_SYNTAXES

MR = "1.2.840.10008.5.1.4.1.1.4"
SOP = "1.2.826.0.1.3680043.10.1.1"
STUDY = "1.2.826.0.1.3680043.10.1.2"
SERIES = "1.2.826.0.1.3680043.10.1.3"

Cells = NDArray[Any]


def header(**attributes: Any) -> Dataset:
    """A data set with the identity that every object needs, and whatever else is asked for."""
    data_set = Dataset()
    data_set.SOPClassUID = MR
    data_set.SOPInstanceUID = SOP
    data_set.StudyInstanceUID = STUDY
    data_set.SeriesInstanceUID = SERIES
    data_set.PatientID = "1234567"
    data_set.PatientName = "Yamada^Hanako"
    data_set.StudyDate = "20260401"
    data_set.Modality = "MR"
    for name, value in attributes.items():
        setattr(data_set, name, value)
    return data_set


def image(cells: Cells, *, number_of_frames: int = 1, **attributes: Any) -> Dataset:
    """An image whose pixel description follows from its cells (frames first where there are several)."""
    one = cells[0] if number_of_frames > 1 else cells
    bits = cells.dtype.itemsize * 8
    data_set = header()
    data_set.Rows, data_set.Columns = one.shape[:2]
    data_set.SamplesPerPixel = one.shape[2] if one.ndim > 2 else 1
    data_set.PhotometricInterpretation = "RGB" if one.ndim > 2 else "MONOCHROME2"
    if one.ndim > 2:
        data_set.PlanarConfiguration = 0
    data_set.BitsAllocated = bits
    data_set.BitsStored = bits
    data_set.PixelRepresentation = 1 if cells.dtype.kind == "i" else 0
    if number_of_frames > 1:
        data_set.NumberOfFrames = number_of_frames
    for name, value in attributes.items():
        setattr(data_set, name, value)
    data_set.HighBit = attributes.get("HighBit", data_set.BitsStored - 1)
    raw = cells.astype(cells.dtype.newbyteorder("<")).tobytes()
    data_set.PixelData = raw + b"\0" * (len(raw) % 2)
    data_set["PixelData"].VR = "OW" if bits > 8 else "OB"
    return data_set


def save(path: Path, data_set: Dataset, transfer_syntax: str = ExplicitVRLittleEndian) -> Path:
    """A Part 10 file; native pixel data are given in little endian and swapped for a big endian file."""
    syntax = TRANSFER_SYNTAXES[transfer_syntax]
    if not syntax.little and data_set.get("BitsAllocated") == 16:
        data_set.PixelData = np.frombuffer(data_set.PixelData, "<u2").byteswap().tobytes()
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = syntax.little, not syntax.explicit
    write_dataset(buffer, data_set)
    data = buffer.getvalue()
    if syntax.deflated:
        machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        data = machine.compress(data) + machine.flush()
    path.write_bytes(part10(data, transfer_syntax))
    if not syntax.little and data_set.get("BitsAllocated") == 16:
        data_set.PixelData = np.frombuffer(data_set.PixelData, "<u2").byteswap().tobytes()
    return path


def save_encoded(
    path: Path, data_set: Dataset, frames: list[bytes], transfer_syntax: str, *, fragments: int = 1, table: bool = True
) -> Path:
    """A Part 10 file whose frames are already encoded, each in so many fragments."""
    data_set.PixelData = encapsulate(frames, fragments_per_frame=fragments, has_bot=table)
    data_set["PixelData"].VR = "OB"
    data_set["PixelData"].is_undefined_length = True
    return save(path, data_set, transfer_syntax)


def element(tag: int, vr: str, value: bytes, length: int | None = None) -> bytes:
    """One element in Explicit VR Little Endian, with a length that need not be true."""
    size = len(value) if length is None else length
    head = pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    if vr in {"OB", "OW", "SQ", "UN", "UT", "OF", "OD", "UC", "UR"}:
        return head + pack("<HL", 0, size) + value
    return head + pack("<H", size) + value


def item(content: bytes, length: int | None = None) -> bytes:
    """One item, delimited where its length is 0xFFFFFFFF."""
    size = len(content) if length is None else length
    end = b"\xfe\xff\x0d\xe0\0\0\0\0" if size == 0xFFFFFFFF else b""
    return pack("<HHL", 0xFFFE, 0xE000, size) + content + end


def identity(*, sop: str = SOP, study: str = STUDY, series: str = SERIES) -> tuple[bytes, bytes]:
    """Encoded elements up to group 0008 and of group 0020, for what is put together by hand."""

    def uid(tag: int, value: str) -> bytes:
        raw = value.encode()
        return element(tag, "UI", raw + b"\0" * (len(raw) % 2))

    return uid(0x00080016, MR) + uid(0x00080018, sop), uid(0x0020000D, study) + uid(0x0020000E, series)


def part10(data_set: bytes, transfer_syntax: str = ExplicitVRLittleEndian) -> bytes:
    """File meta before a data set that was encoded by hand."""
    return build_meta(sop_class_uid=MR, sop_instance_uid=SOP, transfer_syntax_uid=transfer_syntax) + data_set


def noise(shape: tuple[int, ...], *, bits: int = 12, dtype: str = "<u2", seed: int = 0) -> Cells:
    """Cells that use every bit they are said to have."""
    generator = np.random.default_rng(seed)
    signed = np.dtype(dtype).kind == "i"
    low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if signed else (0, 1 << bits)
    return generator.integers(low, high, shape).astype(dtype)
