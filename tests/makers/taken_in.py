"""A file taken in, its pixels back as they came, and the encoders that make its frames."""

import hashlib
import io
import zlib
from pathlib import Path

import imagecodecs
import pydicom

from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.intake import intake
from dokuei.dicom.native import to_explicit_little_endian
from dokuei.dicom.prove import inspect, prove
from tests.makers.objects import Cells


def taken_in(source: Path, tmp_path: Path) -> tuple[CodedInstance, Path]:
    target = tmp_path / "coded.dcm"
    coded = intake(source, target)
    assert inspect(target) == coded
    prove(target, coded)
    assert coded.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert coded.source_sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    return coded, target


def as_native(target: Path, coded: CodedInstance) -> pydicom.Dataset:
    return pydicom.dcmread(io.BytesIO(b"".join(to_explicit_little_endian(target, coded))))


def raw_deflate(cells: Cells) -> bytes:
    machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return machine.compress(cells.tobytes()) + machine.flush()


def jpeg_lossless(cells: Cells) -> bytes:
    bits = 8 if cells.dtype.itemsize == 1 else 12
    return bytes(imagecodecs.jpeg8_encode(cells, lossless=True, bitspersample=bits, predictor=1))


def jpeg_2000(cells: Cells) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(cells, level=0, reversible=True, codecformat="j2k"))


def htj2k(cells: Cells) -> bytes:
    return bytes(imagecodecs.htj2k_encode(cells, reversible=True))
