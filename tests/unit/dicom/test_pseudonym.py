import pytest

from dokuei.dicom import uids
from dokuei.dicom.pseudonym import Pseudonyms, is_pseudonym

ONE, OTHER = Pseudonyms(b"1" * 32), Pseudonyms(b"2" * 32)


@pytest.mark.parametrize("uid", ["1.2.3", "", "1.2.3" + ".4" * 29])
def test_uids_are_well_formed_and_stable(uid: str) -> None:
    """PS3.5 9.1 and B.2: at most 64 characters, under the UUID root."""
    made = ONE.uid(uid)
    assert uids.is_well_formed(made)
    assert made.startswith("2.25.")
    assert made == ONE.uid(uid) != OTHER.uid(uid)


def test_a_patient_is_the_id_and_who_issued_it() -> None:
    assert ONE.patient("7", "", "1.2") == ONE.patient("7", "", "1.3")
    assert len({ONE.patient("7", "", "1.2"), ONE.patient("7", "A", "1.2"), ONE.patient("07", "", "1.2")}) == 3
    assert ONE.patient("7", "", "1.2") != OTHER.patient("7", "", "1.2")
    assert ONE.patient("", "", "1.2") != ONE.patient("", "", "1.3")
    assert ONE.patient("1.2", "", "9") != ONE.patient("", "", "1.2")


def test_an_order_number_fits_its_place() -> None:
    """PS3.5 6.2: SH has 16 characters."""
    assert len(ONE.accession_number("A" * 16)) == 16
    assert ONE.accession_number("") == ""


def test_dates_always_move() -> None:
    assert {1 <= ONE.days(str(number)) <= 3650 for number in range(500)} == {True}


def test_the_key_is_not_printed() -> None:
    assert "1111" not in repr(ONE)


@pytest.mark.parametrize("number", range(20))
def test_a_pseudonym_is_known_by_its_form(number: int) -> None:
    assert is_pseudonym(ONE.patient(str(number), "", ""))


@pytest.mark.parametrize("patient_id", ["", "0012345", "P-1234", "P-ABCD-ABCD-ABCD-ABCU", "xP-0000-0000-0000-0000"])
def test_other_ids_are_no_pseudonyms(patient_id: str) -> None:
    assert not is_pseudonym(patient_id)
