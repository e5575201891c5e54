from datetime import date

import pytest
from pydicom.datadict import tag_for_keyword

from dokuei.dicom.named import Named
from dokuei.dicom.stays import Stays, is_public

STAYS = Stays(Named(frozenset({"yamada", "hanako"})))


def _left(keyword: str, vr: str, value: bytes) -> bytes:
    tag = tag_for_keyword(keyword)
    assert tag is not None
    return STAYS.left_of(tag, vr, value, ("ascii",))


@pytest.mark.parametrize("vr", ["OB", "UI", "OW", "SL", "AT", "FD", "US", "OF", "ZZ", "UN", "CS", "LT", "IS"])
def test_a_name_does_not_stay_by_being_written_as_something_else(vr: str) -> None:
    """A text in another VR than PS3.6 gives it is no less of a text."""
    assert _left("StudyDescription", vr, b"YAMADA HANAKO 16") == b""


@pytest.mark.parametrize("vr", ["OB", "OW", "US", "ZZ"])
def test_a_text_written_as_bytes_goes_whatever_it_says(vr: str) -> None:
    """Nobody looks into bytes: UTF-16, say, would not be read."""
    assert _left("StudyDescription", vr, b"MG screening ") == b""


@pytest.mark.parametrize(
    ("keyword", "vr", "value"),
    [
        ("StudyDescription", "UN", b"MG"),
        ("StudyDescription", "SH", b"MG"),
        ("SmallestImagePixelValue", "SS", b"\0\0"),
        ("SmallestImagePixelValue", "US", b"\0\0"),
        ("LUTData", "OW", b"\0\0"),
        ("RedPaletteColorLookupTableData", "UN", b"\0\0"),
        ("Rows", "UL", b"\0\2\0\0"),
        ("Rows", "IS", b"512 "),
        ("PatientAge", "LO", b"056Y"),
    ],
)
def test_lawful_and_harmless_writings_stay(keyword: str, vr: str, value: bytes) -> None:
    assert _left(keyword, vr, value) == value


def test_what_is_no_age_does_not_stay_as_a_text() -> None:
    assert _left("PatientAge", "LO", b"since 1970-02-03") == b""


def test_a_character_set_stays_where_it_is_one() -> None:
    assert _left("SpecificCharacterSet", "CS", b"ISO_IR 100") == b"ISO_IR 100"
    assert _left("SpecificCharacterSet", "LO", b"YAMADA HANAKO ") == b""


def test_of_several_terms_only_the_one_that_names_goes() -> None:
    assert _left("ImageType", "CS", b"ORIGINAL\\PRIMARY\\MS YAMADA\\L") == b"ORIGINAL\\PRIMARY\\\\L"
    assert _left("BodyPartExamined", "CS", b"YAMADA_HANAKO ") == b""


def test_codes_of_public_schemes_are_nobodys_numbers() -> None:
    """A view is known by its code alone."""
    stays = Stays(Named(frozenset({"yamada"}), numbers=frozenset({"6200", "399162004"})))
    assert stays.is_code(b"399162004 ")
    assert stays.is_code(b"R-10242\0")
    assert not stays.is_code(b"YAMADA")
    assert not stays.is_code(b"Y\0A\0M\0")
    assert [is_public(name) for name in (b"SCT ", b"DCM", b"99HOSP", b"L", b"")] == [True, True, False, False, False]


TOLD = Named(numbers=frozenset({"12345", "1024"}), birth_dates=frozenset({date(1970, 2, 3)}))


def test_the_birth_date_goes_wherever_a_date_may_stand() -> None:
    """A content item of an SR, say; the dates of the examination itself are not doubted."""
    stays = Stays(TOLD)
    for tag, vr, value in (
        (0x0040A121, "DA", b"19700203"),
        (0x0040A121, "DA", b"1970.02.03"),
        (0x0040A120, "DT", b"19700203101112.5"),
        (0x0040A120, "DT", b"20260301\\19700203"),
    ):
        assert stays.left_of(tag, vr, value, ("ascii",)) == b""
        assert not stays.is_day(tag, value)
    assert stays.left_of(0x0040A121, "DA", b"20260301", ("ascii",)) == b"20260301"
    assert stays.left_of(0x00080020, "DA", b"19700203", ("ascii",)) == b"19700203"


def test_what_is_no_date_is_not_moved() -> None:
    stays = Stays(TOLD, dates="shift")
    assert stays.is_day(0x00080020, b"20260301")
    assert stays.is_day(0x0008002A, b"20260301101112.5+0900")
    assert not stays.is_day(0x00080020, b"20260301YAMADA")
    assert not stays.is_day(0x0008002A, b"20260301101112^YAMADA")


def test_a_number_of_theirs_goes_where_digits_stand() -> None:
    """Of the image's own description none goes: an ID may be equal to a number of frames."""
    stays = Stays(TOLD)
    assert stays.left_of(0x0040A30A, "DS", b"0012345 ", ("ascii",)) == b""
    assert stays.left_of(0x00200012, "IS", b"12345 ", ("ascii",)) == b""
    assert stays.left_of(0x00181150, "IS", b"1024", ("ascii",)) == b"1024"
    assert stays.left_of(0x00280008, "IS", b"12345 ", ("ascii",)) == b"12345 "


@pytest.mark.parametrize("value", [b"YAMADA^HANAKO\0", b"1.2.3\\x"])
def test_a_uid_that_stays_is_one(value: bytes) -> None:
    assert _left("RelatedGeneralSOPClassUID", "UI", value) == b""
    assert _left("RelatedGeneralSOPClassUID", "UI", b"1.2.3\0") == b"1.2.3\0"


@pytest.mark.parametrize("text", [b"MG 2026-03-01", b"MG R8.3.1"])
def test_a_date_in_a_text_goes_where_dates_go(text: bytes) -> None:
    tag = 0x00081030
    assert Stays(TOLD).left_of(tag, "LO", text, ("ascii",)) == text
    assert Stays(TOLD, dates="shift").left_of(tag, "LO", text, ("ascii",)) == b""
    assert Stays(TOLD, dates="remove").left_of(tag, "LO", text, ("ascii",)) == b""
