"""What is told of an odd object names nobody, because it is one of a few fixed sentences."""

from dokuei.dicom.oddities import ODDITIES


def test_the_sentences_are_told_apart_and_have_no_room_for_a_value() -> None:
    assert len(set(ODDITIES)) == len(ODDITIES)
    assert not [one for one in ODDITIES if set(one) & set("{}%:=")]
