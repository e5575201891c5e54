"""A coded file that is not what it was is found out, wherever it was changed."""

import dataclasses
from pathlib import Path

import pydicom
import pytest

from dokuei.dicom import uids
from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.intake import intake
from dokuei.dicom.native import decode_frame, to_explicit_little_endian
from dokuei.dicom.prove import inspect, prove
from dokuei.errors import NotAcceptableError, ProofError
from tests.makers.objects import header, image, noise, save, save_encoded


@pytest.fixture
def coded(tmp_path: Path) -> tuple[Path, CodedInstance]:
    """A coded object of three frames."""
    source = save(tmp_path / "source.dcm", image(noise((3, 64, 80)), number_of_frames=3, BitsStored=12))
    return tmp_path / "coded.dcm", intake(source, tmp_path / "coded.dcm")


def _tampered(path: Path, at: int, coded: CodedInstance) -> CodedInstance:
    """Change one byte, and let whoever did it know the file's new digest too."""
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)
    return coded


def test_a_whole_file_is_proved(coded: tuple[Path, CodedInstance]) -> None:
    """REC-11."""
    prove(*coded)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the codec only prints some errors
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_changed_frame_is_named(number: int, coded: tuple[Path, CodedInstance]) -> None:
    path, instance = coded
    frame = instance.frames[number - 1]
    _tampered(path, frame.offset + frame.length - 40, instance)
    instance = dataclasses.replace(instance, sha256=inspect(path).sha256)
    with pytest.raises(ProofError, match=f"frame {number} "):
        prove(path, instance)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_changed_byte_anywhere_is_found(coded: tuple[Path, CodedInstance]) -> None:
    path, instance = coded
    whole = path.read_bytes()
    for at in range(0, len(whole), 211):
        _tampered(path, at, instance)
        with pytest.raises(ProofError):
            prove(path, instance)
        path.write_bytes(whole)


def test_a_changed_header_is_found_even_where_the_files_digest_was_made_anew(
    coded: tuple[Path, CodedInstance],
) -> None:
    path, instance = coded
    data = path.read_bytes()
    path.write_bytes(data.replace(b"1234567", b"7654321"))
    instance = dataclasses.replace(instance, sha256=inspect(path).sha256)
    with pytest.raises(ProofError, match="header"):
        prove(path, instance)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_changed_frame_is_not_handed_out(coded: tuple[Path, CodedInstance]) -> None:
    path, instance = coded
    frame = instance.frames[1]
    _tampered(path, frame.offset + frame.length - 40, instance)
    decode_frame(path, instance, 1)
    with pytest.raises((ProofError, NotAcceptableError)):
        decode_frame(path, instance, 2)
    with pytest.raises((ProofError, NotAcceptableError)):
        list(to_explicit_little_endian(path, instance))


@pytest.mark.parametrize("cut", [1, 100, 5000])
def test_a_cut_file_is_found(cut: int, coded: tuple[Path, CodedInstance]) -> None:
    path, instance = coded
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(ProofError):
        prove(path, instance)
    with pytest.raises(ProofError):
        inspect(path)


def test_a_file_without_digests_of_ours_is_not_believed(tmp_path: Path) -> None:
    path = save(tmp_path / "source.dcm", image(noise((8, 9))))
    with pytest.raises(ProofError, match="no digests"):
        inspect(path)


def test_kept_frames_are_proved_by_their_encoded_bytes(tmp_path: Path) -> None:
    data_set = image(noise((8, 9)))
    source = save_encoded(tmp_path / "s.dcm", data_set, [b"\xff\xd8 not a frame \xff\xd9"], uids.JPEG_BASELINE)
    path = tmp_path / "coded.dcm"
    instance = intake(source, path)
    prove(path, instance)
    _tampered(path, instance.frames[0].offset + 3, instance)
    instance = dataclasses.replace(instance, sha256=inspect(path).sha256)
    with pytest.raises(ProofError, match="frame 1 "):
        prove(path, instance)


def test_digests_survive_another_programs_rewriting(coded: tuple[Path, CodedInstance]) -> None:
    path, instance = coded
    data_set = pydicom.dcmread(path)
    data_set.save_as(path)
    found = inspect(path)
    assert found.content_digest == instance.content_digest
    assert [frame.digest for frame in found.frames] == [frame.digest for frame in instance.frames]
    prove(path, found)


def test_a_private_block_of_somebody_else_in_the_same_group_is_left_alone(tmp_path: Path) -> None:
    data_set = header()
    data_set.private_block(0x7FF1, "SOMEBODY", create=True).add_new(1, "LO", "theirs")
    instance = intake(save(tmp_path / "s.dcm", data_set), tmp_path / "coded.dcm")
    assert inspect(tmp_path / "coded.dcm") == instance
    stored = pydicom.dcmread(tmp_path / "coded.dcm")
    assert stored.private_block(0x7FF1, "SOMEBODY")[1].value == "theirs"
    assert stored.private_block(0x7FF1, "DOKUEI PIXEL PROOF 1")[4].value == "NO PIXELS"
