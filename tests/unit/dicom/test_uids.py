"""Transfer syntaxes and UIDs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import uid as registry

from dokuei.dicom import uids
from dokuei.dicom.uids import STORABLE, TRANSFER_SYNTAXES, Kind, is_bearable, is_well_formed


def test_every_transfer_syntax_that_is_registered_is_known() -> None:
    registered = {uid for uid, entry in vars(registry)["UID_dictionary"].items() if entry[1] == "Transfer Syntax"}
    assert registered - TRANSFER_SYNTAXES.keys() == set()


def test_only_pixels_that_are_elsewhere_or_never_in_a_file_are_refused() -> None:
    refused = [syntax.name for syntax in TRANSFER_SYNTAXES.values() if syntax.kind is Kind.REFUSED]
    assert [name for name in refused if "JPIP" not in name and "SMPTE" not in name] == [
        "RFC 2557 MIME Encapsulation",
        "XML Encoding",
        "Papyrus 3 Implicit VR Little Endian",
    ]
    assert len(STORABLE) == len(TRANSFER_SYNTAXES) - len(refused)


def test_whatever_may_be_lossy_names_its_method() -> None:
    for syntax in TRANSFER_SYNTAXES.values():
        assert bool(syntax.method) == (syntax.kind in {Kind.LOSSY, Kind.EITHER, Kind.VIDEO}), syntax


@pytest.mark.parametrize("uid", [uids.EXPLICIT_LITTLE, "2.25.0", "0.0", uids.IMPLEMENTATION_CLASS_UID])
def test_well_formed_uids_are_known_as_such(uid: str) -> None:
    assert is_well_formed(uid)
    assert is_bearable(uid)


@pytest.mark.parametrize(
    "uid", ["", ".", "1.", ".1", "1..2", "1.2a", "1.2 ", "1.2\n", "1.2/3", "１.２", "1." + "2" * 63]
)
def test_what_could_be_no_uid_is_not_bearable(uid: str) -> None:
    assert not is_well_formed(uid)
    assert not is_bearable(uid)


@given(st.text(max_size=70))
def test_well_formed_uids_are_bearable(text: str) -> None:
    assert not is_well_formed(text) or is_bearable(text)


def test_a_uid_under_the_root_of_dicom_need_not_be_registered() -> None:
    assert uids.is_registered("1.2.840.10008.5.1.4.1.1.2")
    assert uids.is_registered(uids.HTJ2K_LOSSLESS_RPCL)
    assert not uids.is_registered("1.2.840.10008.9.0012345")
