"""The door: every kind of bad input is refused with a reason or taken with a warning, in bounded time and memory."""

import tracemalloc
import zlib
from pathlib import Path
from struct import pack

import pydicom
import pytest

from dokuei.dicom import dataset, elements, source, uids
from dokuei.dicom.admit import admit
from dokuei.dicom.intake import intake
from dokuei.errors import (
    AdmissionError,
    IdentityError,
    NotDicomError,
    TooLargeError,
    TruncatedError,
    UnsupportedError,
)
from tests.makers.objects import STUDY, element, header, identity, image, item, noise, part10, save, save_encoded

UNDEFINED = 0xFFFFFFFF
ITEM_END = b"\xfe\xff\x0d\xe0\0\0\0\0"
SEQUENCE_END = b"\xfe\xff\xdd\xe0\0\0\0\0"
FIRST, LAST = identity()


def _file(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "object.dcm"
    path.write_bytes(data)
    return path


def _refused(tmp_path: Path, data: bytes, error: type[AdmissionError]) -> str:
    with pytest.raises(error) as caught:
        admit(_file(tmp_path, data))
    assert caught.value.phase == "admission"
    assert caught.value.remedy
    return caught.value.what


@pytest.mark.parametrize("data", [b"", b"x", b"PK\x03\x04" * 100, b"\0" * 1000, b"\xff" * 1000, b"%PDF-1.7" * 99])
def test_bytes_that_are_no_dicom_are_refused(data: bytes, tmp_path: Path) -> None:
    _refused(tmp_path, data, NotDicomError)


def test_a_data_set_without_file_meta_is_taken_in_every_native_encoding(tmp_path: Path) -> None:
    for syntax in (uids.EXPLICIT_LITTLE, uids.IMPLICIT_LITTLE, uids.EXPLICIT_BIG):
        path = save(tmp_path / "source.dcm", image(noise((8, 9))), syntax)
        data = path.read_bytes()
        bare = data[data.index(b"\x08\0\x16\0" if syntax != uids.EXPLICIT_BIG else b"\0\x08\0\x16") :]
        admitted = admit(_file(tmp_path, bare))
        assert admitted.transfer_syntax_uid == syntax
        assert "no transfer syntax is named" in admitted.warnings[0]


def test_a_data_set_without_file_meta_and_uids_is_refused(tmp_path: Path) -> None:
    _refused(tmp_path, element(0x00080060, "CS", b"MR") + element(0x00100010, "PN", b"A^B "), IdentityError)


def test_an_encoding_that_is_not_the_named_one_is_recognised(tmp_path: Path) -> None:
    path = save(tmp_path / "source.dcm", image(noise((8, 9))), uids.IMPLICIT_LITTLE)
    data = path.read_bytes().replace(b"1.2.840.10008.1.2\0", b"1.2.840.10008.1.2.1\0", 1)
    data = data.replace(b"UI\x12\x001.2.840.10008.1.2.1", b"UI\x14\x001.2.840.10008.1.2.1", 1)
    admitted = admit(_file(tmp_path, data))
    assert "the data set is not encoded as its transfer syntax says; it was read as it is" in admitted.warnings


@pytest.mark.parametrize("cut", [1, 2, 100, 143, 144, 145])
def test_cut_off_pixel_data_are_refused(cut: int, tmp_path: Path) -> None:
    data = save(tmp_path / "source.dcm", image(noise((8, 9)))).read_bytes()
    _refused(tmp_path, data[:-cut], TruncatedError)


def test_pixel_data_shorter_than_rows_and_columns_say_are_refused(tmp_path: Path) -> None:
    data_set = image(noise((8, 9)), Rows=9)
    what = _refused(tmp_path, save(tmp_path / "s.dcm", data_set).read_bytes(), TruncatedError)
    assert what == "1 frames need 162 bytes of pixel data and 144 are there"


def test_fewer_fragments_than_frames_are_refused(tmp_path: Path) -> None:
    data_set = image(noise((8, 9)), NumberOfFrames=1_000_000_000)
    save_encoded(tmp_path / "s.dcm", data_set, [bytes(144)], uids.ENCAPSULATED_UNCOMPRESSED)
    _refused(tmp_path, (tmp_path / "s.dcm").read_bytes(), TruncatedError)


def test_a_video_without_a_picture_is_refused(tmp_path: Path) -> None:
    save_encoded(tmp_path / "s.dcm", image(noise((8, 9)), NumberOfFrames=3), [], "1.2.840.10008.1.2.4.102")
    _refused(tmp_path, (tmp_path / "s.dcm").read_bytes(), TruncatedError)


def _claims() -> list[bytes]:
    return [
        element(0x00081140, "SQ", b"", UNDEFINED),
        element(0x00081140, "SQ", b"", 0xFFFFFFFE),
        element(0x00081140, "SQ", item(b"", 0xFFFFFF00)),
        element(0x00081140, "SQ", item(element(0x00080100, "UT", b"", 0xF0000000))),
        element(0x00091001, "UN", b"", UNDEFINED),
        element(0x00091001, "OB", b"", UNDEFINED) + item(b"", 0x7FFFFFFF),
        element(0x00091001, "UT", b"", 0x7FFFFFFF),
        element(0x00091001, "LO", b"", 0xFFFF),
    ]


@pytest.mark.parametrize("claim", range(8))
def test_lengths_that_claim_gigabytes_cost_nothing(claim: int, tmp_path: Path) -> None:
    data = part10(FIRST + _claims()[claim] + LAST)
    tracemalloc.start()
    with pytest.raises((TruncatedError, NotDicomError)):
        admit(_file(tmp_path, data))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20


def _nested(depth: int, *, defined: bool) -> bytes:
    if not defined:
        head = element(0x00081140, "SQ", b"", UNDEFINED) + item(b"", UNDEFINED)[:8]
        return head * depth + (ITEM_END + SEQUENCE_END) * depth
    content = b""
    for _ in range(depth):
        content = element(0x00081140, "SQ", item(content))
    return content


@pytest.mark.parametrize("defined", [True, False])
def test_sequences_nested_beyond_reason_are_refused(defined: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a case
    depth = 3000 if defined else 100_000
    _refused(tmp_path, part10(FIRST + _nested(depth, defined=defined) + LAST), TooLargeError)


@pytest.mark.parametrize("defined", [True, False])
def test_sequences_nested_deeply_but_within_reason_are_stored(defined: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a case
    path = _file(tmp_path, part10(FIRST + _nested(40, defined=defined) + LAST))
    coded = intake(path, tmp_path / "coded.dcm")
    assert coded.proof == "no-pixels"
    pydicom.dcmread(tmp_path / "coded.dcm")


def test_elements_beyond_number_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elements, "MAXIMUM_ELEMENTS", 20_000)
    for many in (element(0x00081140, "SQ", item(b"") * 25_000), element(0x00091001, "UN", b"") * 25_000):
        _refused(tmp_path, part10(FIRST + many + LAST), TooLargeError)


def test_elements_outside_sequences_beyond_number_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them is held in memory while the object is open."""
    monkeypatch.setattr(dataset, "MAXIMUM_TOP_LEVEL", 2000)
    _refused(tmp_path, part10(FIRST + element(0x00091001, "UN", b"") * 2500 + LAST), TooLargeError)


@pytest.mark.parametrize("sides", [b"-64 ", b"0 "])
def test_rows_and_columns_that_are_not_above_zero_are_refused(sides: bytes, tmp_path: Path) -> None:
    data = save(tmp_path / "s.dcm", image(noise((64, 64)))).read_bytes()
    for tag in (0x00280010, 0x00280011):
        data = data.replace(element(tag, "US", b"\x40\0"), element(tag, "LO", sides))
    _refused(tmp_path, data, UnsupportedError)


def test_big_endian_cells_of_an_odd_width_are_turned(tmp_path: Path) -> None:
    cells = noise((8, 27), bits=8, dtype="u1")
    data_set = image(cells, Columns=9, BitsAllocated=24, BitsStored=24, HighBit=23)
    data_set["PixelData"].VR = "OW"
    plain = intake(save(tmp_path / "plain.dcm", data_set), tmp_path / "p")
    data_set.PixelData = cells.reshape(-1, 3)[:, ::-1].tobytes()
    turned = intake(save(tmp_path / "turned.dcm", data_set, uids.EXPLICIT_BIG), tmp_path / "t")
    assert turned.content_digest == plain.content_digest


def test_a_deflated_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_INFLATED_AT_LEAST", 32 << 20)
    machine = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    bomb = machine.compress(FIRST + pack("<HH2sHL", 9, 0x1001, b"OB", 0, 0xF0000000))
    bomb += machine.compress(bytes(64 << 20)) + machine.flush()
    _refused(tmp_path, part10(bomb, uids.DEFLATED_LITTLE), TooLargeError)


def test_frames_of_absurd_size_are_refused(tmp_path: Path) -> None:
    data_set = image(noise((8, 9)), Rows=65535, Columns=65535)
    save_encoded(tmp_path / "s.dcm", data_set, [bytes(144)], uids.RLE)
    _refused(tmp_path, (tmp_path / "s.dcm").read_bytes(), TooLargeError)


@pytest.mark.parametrize(
    ("value", "error"),
    [("", "missing"), ("1.2.x", "ill-formed"), ("1." * 40 + "1", "ill-formed"), ("../../etc", "ill-formed")],
)
def test_a_uid_that_names_nothing_is_refused(value: str, error: str, tmp_path: Path) -> None:
    first, last = identity(study=value)
    assert _refused(tmp_path, part10(first + last), IdentityError) == f"study_instance_uid is {error}"


@pytest.mark.parametrize("value", ["1.02.3", "111", "3.1.2", "1.2.3 "])
def test_a_uid_that_is_merely_odd_is_taken_with_a_warning(value: str, tmp_path: Path) -> None:
    first, last = identity(study=value)
    admitted = admit(_file(tmp_path, part10(first + last)))
    assert admitted.identity.study_instance_uid == value.strip()
    assert ("study_instance_uid is not well-formed" in admitted.warnings) == (value in {"1.02.3", "111", "3.1.2"})


@pytest.mark.parametrize(
    ("bad", "warning"),
    [
        (element(0x00080020, "DA", b"2026-04-01"), "Study Date is ill-formed"),
        (element(0x00080020, "DA", b"20261301"), "Study Date is ill-formed"),
        (element(0x00080030, "TM", b"25:61 "), "Study Time is ill-formed"),
        (element(0x00080005, "CS", b"KLINGON "), "Specific Character Set has a term that is not known"),
        (element(0x00080005, "CS", b""), "Patient ID is empty"),
    ],
)
def test_odd_values_are_told_and_not_mended(bad: bytes, warning: str, tmp_path: Path) -> None:
    path = _file(tmp_path, part10(bad + FIRST + LAST))
    assert warning in admit(path).warnings
    intake(path, tmp_path / "coded.dcm")
    assert bad in (tmp_path / "coded.dcm").read_bytes()


def test_patient_ids_and_names_that_are_odd_are_told(tmp_path: Path) -> None:
    first, last = identity()
    name, number = element(0x00100010, "PN", b"\x93\xfa\x96\x7b"), element(0x00100020, "LO", b"1\\2 ")
    warnings = admit(_file(tmp_path, part10(first + name + number + last))).warnings
    assert "Patient's Name holds bytes that its character set does not explain" in warnings
    assert "Patient ID is ill-formed" in warnings


def test_an_unknown_or_absent_value_representation_does_not_stop_an_object(tmp_path: Path) -> None:
    unknown = pack("<HH2sHL", 0x0009, 0x1001, b"XY", 0, 4) + b"abcd"
    absent = pack("<HHL", 0x0009, 0x1002, 4) + b"efgh"
    path = _file(tmp_path, part10(FIRST + unknown + absent + LAST))
    assert "some data elements have no value representation in an explicit data set" in admit(path).warnings
    intake(path, tmp_path / "coded.dcm")
    stored = (tmp_path / "coded.dcm").read_bytes()
    assert unknown in stored
    assert element(0x00091002, "UN", b"efgh") in stored


def test_pixel_sizes_in_a_wrong_value_representation_are_understood_or_refused(tmp_path: Path) -> None:
    data = save(tmp_path / "s.dcm", image(noise((8, 9)))).read_bytes()
    rows = pack("<HH2sHH", 0x28, 0x10, b"US", 2, 8)
    assert admit(_file(tmp_path, data.replace(rows, element(0x00280010, "IS", b"8 ")))).number_of_frames == 1
    _refused(tmp_path, data.replace(rows, element(0x00280010, "IS", b"x ")), UnsupportedError)
    _refused(tmp_path, data.replace(rows, b""), UnsupportedError)


@pytest.mark.parametrize(
    "syntax", [uid for uid, known in uids.TRANSFER_SYNTAXES.items() if known.kind is uids.Kind.REFUSED] + ["1.2.3"]
)
def test_transfer_syntaxes_that_hold_no_pixels_or_are_unknown_are_refused(syntax: str, tmp_path: Path) -> None:
    _refused(tmp_path, part10(FIRST + LAST, syntax), UnsupportedError)


def test_a_dicomdir_is_no_object(tmp_path: Path) -> None:
    first, last = identity()
    directory = first.replace(b"1.2.840.10008.5.1.4.1.1.4\0", b"1.2.840.10008.1.3.10\0\0\0\0\0\0")
    assert "DICOMDIR" in _refused(tmp_path, part10(directory + last), UnsupportedError)


def test_padding_after_the_pixels_is_told_and_left_behind(tmp_path: Path) -> None:
    path = save(tmp_path / "s.dcm", image(noise((8, 9))))
    plain = intake(path, tmp_path / "plain")
    path.write_bytes(path.read_bytes() + bytes(1001))
    assert "the data set is followed by padding" in admit(path).warnings
    assert intake(path, tmp_path / "padded").content_digest == plain.content_digest


@pytest.mark.parametrize(
    "stray",
    [
        element(0x00020010, "UI", b"1.2\0"),
        item(b"abcdefgh"),
        b"\xfe\xff\x0d\xe0\0\0\0\0",
        pack("<HH2sH", 0, 0, b"UL", 0),
    ],
)
def test_what_cannot_stand_in_a_data_set_is_refused(stray: bytes, tmp_path: Path) -> None:
    _refused(tmp_path, part10(FIRST + stray + LAST), NotDicomError)


def test_elements_out_of_order_are_put_in_order(tmp_path: Path) -> None:
    path = _file(tmp_path, part10(LAST + FIRST))
    assert admit(path).warnings[0] == "data elements are not in ascending order"
    coded = intake(path, tmp_path / "coded.dcm")
    assert coded.study_instance_uid == STUDY
    tags = list(pydicom.dcmread(tmp_path / "coded.dcm").keys())
    assert tags == sorted(tags)
    ordered = intake(_file(tmp_path, part10(FIRST + LAST)), tmp_path / "ordered.dcm")
    assert ordered.content_digest == coded.content_digest


def test_an_oddity_is_told_once_however_often_it_is_found(tmp_path: Path) -> None:
    ends = b"\xfe\xff\xdd\xe0\0\0\0\0" * 1000
    warnings = admit(_file(tmp_path, part10(FIRST + ends + LAST))).warnings
    assert warnings.count("the end of a sequence stands outside any sequence") == 1


def test_another_instance_named_in_file_meta_is_told(tmp_path: Path) -> None:
    data = save(tmp_path / "s.dcm", header(SOPInstanceUID="1.2.3")).read_bytes()
    warnings = admit(_file(tmp_path, data)).warnings
    assert "the file meta information names another SOP Instance UID" in warnings
