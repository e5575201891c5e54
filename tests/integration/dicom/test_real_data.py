"""Real files: each is stored, proved and pixel-identical to what independent decoders see, or refused with a reason."""

import contextlib
import io
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.pixels.utils import pixel_array

from dokuei.dicom import uids
from dokuei.dicom.admit import admit
from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.dicom_json import to_json
from dokuei.dicom.intake import intake
from dokuei.dicom.native import to_explicit_little_endian
from dokuei.dicom.prove import inspect, prove
from dokuei.dicom.render import render_frame
from dokuei.errors import AdmissionError, NotAcceptableError

pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning:pydicom"),  # pydicom's remarks about old values are not ours
    pytest.mark.filterwarnings("ignore:.*:UserWarning"),
]

FOLDERS = ["1-", "2-mr-enhanced", "2-mr-breast", "2-mr-series", "2-mr-dynamic", "3-", "4-", "5-", "7-"]
THINNED = {"2-mr-series": 8, "2-mr-dynamic": 20}
NOT_STORABLE = {
    "GH364.dcm": "an item outside any sequence",
    "HTJ2KLossless_08_RGB.dcm": "no Study Instance UID",
    "HTJ2K_08_RGB.dcm": "no Study Instance UID",
    "sr-arrow.dcm": "no SOP Instance UID",
    "sr-circle.dcm": "no SOP Instance UID",
    "sr-roi.dcm": "no SOP Instance UID",
    "sr-ruler.dcm": "no SOP Instance UID",
}
BY_DCMTK = {uids.JPEG_LOSSLESS, uids.JPEG_LOSSLESS_SV1}


def _files(test_data: Path, prefix: str) -> list[Path]:
    rows = (test_data / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()[1:]
    names = [row.split("\t")[0] for row in rows]
    return [test_data / name for name in names if name.startswith(prefix)][:: THINNED.get(prefix, 1)]


def _refusal_expected(path: Path) -> bool:
    return path.name in NOT_STORABLE and (path.name.startswith(("GH", "HTJ2K")) or "dwv034" in str(path))


def _without_codec(source: Path, coded: CodedInstance, tmp_path: Path) -> pydicom.Dataset:
    """The source as an independent decoder gives it natively: dcmtk for lossless JPEG, pydicom for the rest."""
    if coded.source_transfer_syntax_uid in BY_DCMTK:
        subprocess.run(["dcmdjpeg", source, tmp_path / "independent.dcm"], check=True, capture_output=True)
        return pydicom.dcmread(tmp_path / "independent.dcm")
    data_set = pydicom.dcmread(source, force=True)
    data_set.file_meta.TransferSyntaxUID = pydicom.uid.UID(coded.source_transfer_syntax_uid)
    return data_set


def _stored_bits(data_set: pydicom.Dataset, frames: int) -> Iterator[NDArray[Any]]:
    """Each frame's cells in Bits Stored: decoders fill the bits above in different ways."""
    for index in range(frames):
        cells = pixel_array(data_set, index=index, raw=True)
        yield cells if cells.dtype.kind == "f" else cells.astype(np.int64) & (1 << data_set.BitsStored) - 1


def _compare(source: Path, target: Path, coded: CodedInstance, tmp_path: Path) -> None:
    theirs = _without_codec(source, coded, tmp_path)
    native = pydicom.dcmread(io.BytesIO(b"".join(to_explicit_little_endian(target, coded))))
    frames = len(coded.frames)
    assert native.PhotometricInterpretation == theirs.PhotometricInterpretation.replace("YBR_RCT", "RGB")
    for ours, wanted in zip(_stored_bits(native, frames), _stored_bits(theirs, frames), strict=True):
        assert np.array_equal(ours, wanted)
    for ours, wanted in zip(_stored_bits(pydicom.dcmread(target), frames), _stored_bits(theirs, frames), strict=True):
        assert np.array_equal(ours, wanted)


def _whole_way(source: Path, tmp_path: Path) -> CodedInstance:
    target = tmp_path / "coded.dcm"
    coded = intake(source, target)
    assert inspect(target) == coded
    prove(target, coded)
    assert orjson.loads(orjson.dumps(to_json(target, coded, bulk_data_uri="bulk")))["00080018"]
    if coded.frames and coded.frames[0].digest_of == "pixels":
        _compare(source, target, coded, tmp_path)
    elif coded.frames:
        assert coded.lossy is not None
    if coded.frames:
        picture = render_frame(target, coded, 1, longest_side=200)
        assert max(picture.shape[:2]) <= 200
    return coded


@pytest.mark.peer
@pytest.mark.parametrize("prefix", FOLDERS)
def test_every_storable_file_is_stored_proved_and_pixel_identical(prefix: str, test_data: Path, tmp_path: Path) -> None:
    """IMG-01 REC-11 REC-13."""
    if shutil.which("dcmdump") is None:
        pytest.skip("dcmtk is not installed")
    for source in _files(test_data, prefix):
        if _refusal_expected(source):
            with pytest.raises(AdmissionError):
                admit(source)
            continue
        coded = _whole_way(source, tmp_path)
        dump = subprocess.run(["dcmdump", "-q", tmp_path / "coded.dcm"], capture_output=True, check=False)
        assert (dump.returncode, dump.stderr) == (0, b""), source
        if coded.proof == "kept" and coded.lossy is None:
            assert coded.reason in {"1 bit", "32 bits allocated"}


@pytest.mark.parametrize("prefix", ["6-odd/", "6-odd-charset"])
def test_every_odd_file_is_stored_or_refused_with_a_reason_in_bounded_time_and_memory(
    prefix: str, test_data: Path, tmp_path: Path
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for source in _files(test_data, prefix):
        began = time.monotonic()
        outcome = _outcome(source, tmp_path / "coded.dcm")
        assert time.monotonic() - began < 20, source
        if isinstance(outcome, AdmissionError):
            assert (outcome.phase, bool(outcome.what), bool(outcome.remedy)) == ("admission", True, True)
            assert not (tmp_path / "coded.dcm").exists()
            continue
        prove(tmp_path / "coded.dcm", outcome)
        (tmp_path / "coded.dcm").unlink()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 300 * 1024


def _outcome(source: Path, target: Path) -> CodedInstance | AdmissionError:
    """An odd file's coded form, shown and described, or why it was refused."""
    try:
        coded = intake(source, target)
    except AdmissionError as refusal:
        return refusal
    to_json(target, coded, bulk_data_uri="bulk")
    if coded.proof == "proved":
        render_frame(target, coded, 1)
    elif coded.frames:
        with contextlib.suppress(NotAcceptableError):
            render_frame(target, coded, 1)
    return coded


@pytest.mark.peer
def test_icons_inside_real_mammograms_do_not_keep_them_from_being_proved(test_data: Path, tmp_path: Path) -> None:
    source = next(path for path in _files(test_data, "1-mg") if path.name == "GH133.dcm")
    assert intake(source, tmp_path / "coded.dcm").proof == "proved"
