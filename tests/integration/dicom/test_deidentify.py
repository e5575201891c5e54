"""Under a pseudonym nothing of a file names anybody, and its pixels are those of the modality (PS3.15 Annex E)."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom import Dataset, Sequence
from pydicom.uid import generate_uid

from dokuei.dicom import uids
from dokuei.dicom.admit import admission, admit
from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.deidentify import Deidentification, is_deidentified
from dokuei.dicom.intake import intake
from dokuei.dicom.profile import Profile
from dokuei.dicom.prove import inspect, prove
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.dicom.stored import open_stored
from dokuei.errors import UnsupportedError
from tests.makers.objects import header, image, noise, save, save_encoded

KEY = b"only for this test, 32 bytes long"
SYNTAXES = [uids.EXPLICIT_LITTLE, uids.IMPLICIT_LITTLE, uids.EXPLICIT_BIG, uids.DEFLATED_LITTLE]
JAPANESE = "YAMADA^HANAKO=山田^花子=やまだ^はなこ"
CELLS = noise((24, 32))
LOSSY_CELLS = noise((24, 32), bits=8, dtype="u1")
TELLING = ("YAMADA", "HANAKO", "山田", "花子", "やまだ", "0012345", "SUZUKI", "鈴木", "19700203", "ACC778", "9.8.7.6")


def _how(**profile: Any) -> Deidentification:
    return Deidentification(Profile(**profile), Pseudonyms(KEY))


def _item(**attributes: Any) -> Dataset:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


def _telling(**attributes: Any) -> Dataset:
    """An image that names its patient wherever an object may."""
    made = image(
        CELLS,
        BitsStored=12,
        SpecificCharacterSet=["", "ISO 2022 IR 87"],
        PatientName=JAPANESE,
        PatientID="0012345",
        PatientBirthDate="19700203",
        PatientSex="F",
        PatientWeight="52",
        AccessionNumber="ACC778",
        StudyDate="20260301",
        StudyTime="101112",
        SOPInstanceUID="9.8.7.6.1",
        StudyInstanceUID="9.8.7.6.2",
        SeriesInstanceUID="9.8.7.6.3",
        FrameOfReferenceUID="9.8.7.6.4",
        StudyDescription="検診 MG",
        SeriesDescription="R-MLO ヤマダ 様",
        ImageComments="patient 0012345 came late",
        ReferringPhysicianName="SUZUKI^ICHIRO=鈴木^一郎",
        OperatorsName="SUZUKI^JIRO",
        InstitutionName="鈴木病院",
        InstitutionCodeSequence=Sequence(
            [_item(CodeValue="0110", CodingSchemeDesignator="99", CodeMeaning="鈴木病院")]
        ),
        OperatorIdentificationSequence=Sequence(
            [_item(PersonIdentificationCodeSequence=Sequence([_item(CodeValue="88", CodeMeaning="SUZUKI JIRO")]))]
        ),
        RequestAttributesSequence=Sequence([_item(RequestedProcedureID="0012345")]),
        ReferencedImageSequence=Sequence(
            [_item(ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.7", ReferencedSOPInstanceUID="9.8.7.6.5")]
        ),
        AnatomicRegionSequence=Sequence(
            [
                _item(
                    CodeValue="76752008",
                    CodingSchemeDesignator="SCT",
                    CodeMeaning="Breast",
                    AnatomicRegionModifierSequence=Sequence([_item(CodeMeaning="of YAMADA HANAKO", CodeValue="1")]),
                )
            ]
        ),
        **attributes,
    )
    block = made.private_block(0x0011, "MAKER", create=True)
    block.add_new(0x01, "LO", "YAMADA^HANAKO")
    made.add_new(0x60000010, "US", 4)
    made.add_new(0x60004000, "LT", "YAMADA")
    return made


def _deidentify(tmp_path: Path, source: Path, how: Deidentification) -> tuple[CodedInstance, Path]:
    target = tmp_path / "coded.dcm"
    coded = intake(source, target, deidentification=how)
    prove(target, coded)
    return coded, target


def _encodings(word: str) -> set[bytes]:
    return {word.encode(name) for name in ("utf-8", "iso2022_jp", "shift_jis", "euc_jp", "utf-16-le")}


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_no_byte_of_the_file_names_anybody(tmp_path: Path, syntax: str) -> None:
    """JRS-11: names, numbers, dates of birth and UIDs, in text and in sequences, in every encoding of the header."""
    coded, target = _deidentify(tmp_path, save(tmp_path / "in.dcm", _telling(), syntax), _how())
    data = target.read_bytes()
    assert [word for word in TELLING for said in _encodings(word) if said.strip(b"\x1b$B(J") in data] == []
    found = pydicom.dcmread(target)
    assert coded.proof == "proved"
    assert found.PatientIdentityRemoved == "YES"
    assert found.PatientID == found.PatientName == Pseudonyms(KEY).patient("0012345", "", "")
    assert (found.PatientSex, found.PatientWeight, found.PatientAge) == ("F", 52, "056Y")
    assert (found.StudyDate, found.StudyTime, found.StudyDescription) == ("20260301", "101112", "検診 MG")
    assert found.SeriesDescription == ""
    region = found.AnatomicRegionSequence[0]
    assert region.CodeMeaning == "Breast"
    assert region.AnatomicRegionModifierSequence[0].CodeValue == "1"
    assert found.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
    assert "OperatorIdentificationSequence" not in found
    assert "InstitutionCodeSequence" not in found
    assert len(found.ReferencedImageSequence) == 1


def test_oddities_are_those_of_the_object_as_it_came(tmp_path: Path) -> None:
    """A pseudonym stands where the Patient ID was empty, and does not hide from the hospital's staff that it was."""
    made = _telling()
    made.PatientID = ""
    source = save(tmp_path / "in.dcm", made)
    with admission(source, _how()) as opened:
        assert opened.admitted.warnings == admit(source).warnings
        assert "Patient ID is empty" in opened.admitted.warnings


def test_the_pixels_are_those_of_the_modality(tmp_path: Path) -> None:
    """IMG-01: the frame's digest under a pseudonym is the one that the true object has."""
    source = save(tmp_path / "in.dcm", _telling())
    coded, target = _deidentify(tmp_path, source, _how())
    plain = intake(source, tmp_path / "plain.dcm")
    assert [frame.digest for frame in coded.frames] == [frame.digest for frame in plain.frames]
    assert np.array_equal(pydicom.dcmread(target).pixel_array, CELLS)
    assert coded.source_sha256 != plain.source_sha256


def test_nothing_leaves_behind_the_last_native_frame(tmp_path: Path) -> None:
    """What came with more bytes than its frames need is proved all the same."""
    made = _telling()
    made.PixelData += b"YAMADA^HANAKO "
    coded, target = _deidentify(tmp_path, save(tmp_path / "in.dcm", made), _how())
    assert coded.proof == "proved"
    assert b"YAMADA" not in target.read_bytes()
    assert np.array_equal(pydicom.dcmread(target).pixel_array, CELLS)


def test_single_bits_leave_without_what_follows_them(tmp_path: Path) -> None:
    made = image(CELLS, BitsStored=1, PatientName="YAMADA^HANAKO")
    made.BitsAllocated, made.HighBit, made.PixelData = 1, 0, bytes(96) + b"YAMADA^HANAKO "
    coded, target = _deidentify(tmp_path, save(tmp_path / "in.dcm", made), _how())
    assert (coded.proof, b"YAMADA" in target.read_bytes()) == ("kept", False)


def _lossy(tmp_path: Path, *frames: bytes, syntax: str = uids.JPEG_BASELINE, **attributes: Any) -> Path:
    made = image(LOSSY_CELLS, PatientName="YAMADA^HANAKO", **attributes)
    return save_encoded(tmp_path / "in.dcm", made, list(frames), syntax)


@pytest.mark.parametrize("table", [True, False])
def test_frames_that_keep_their_encoding_leave_alone(tmp_path: Path, table: bool) -> None:  # noqa: FBT001 - a parameter
    """IMG-01: the digest is over the frame as it is stored, and its cells are those that came."""
    jpeg = bytes(imagecodecs.jpeg8_encode(LOSSY_CELLS))
    comment = b"\xff\xfe\0\x0fYAMADA^HANAKO"
    made = image(LOSSY_CELLS, PatientName="YAMADA^HANAKO")
    frames = [jpeg[:2] + comment + jpeg[2:] + b"YAMADA", b"a fragment for YAMADA "]
    source = save_encoded(tmp_path / "in.dcm", made, frames, uids.JPEG_BASELINE, table=table)
    coded, target = _deidentify(tmp_path, source, _how())
    assert (coded.proof, len(coded.frames), coded.frames[0].digest_of) == ("kept", 1, "encoded")
    assert b"YAMADA" not in target.read_bytes()
    frame = target.read_bytes()[coded.frames[0].offset :][: coded.frames[0].length]
    assert hashlib.sha256(frame).hexdigest() == coded.frames[0].digest
    assert np.array_equal(imagecodecs.jpeg8_decode(frame), imagecodecs.jpeg8_decode(jpeg))
    assert inspect(target) == coded


def test_frames_that_cannot_be_looked_through_stay(tmp_path: Path) -> None:
    """Fragments that belong to no frame, and codings that do not say where they end."""
    jpeg = bytes(imagecodecs.jpeg8_encode(LOSSY_CELLS))
    more = _lossy(tmp_path, jpeg, jpeg, jpeg, NumberOfFrames=2)
    with pytest.raises(UnsupportedError, match="told apart"):
        _deidentify(tmp_path, more, _how())
    xl = bytes(imagecodecs.jpegxl_encode(LOSSY_CELLS, level=50))
    jpeg_xl = _lossy(tmp_path, xl, syntax=uids.JPEG_XL)
    with pytest.raises(UnsupportedError, match="beside the pixels"):
        _deidentify(tmp_path, jpeg_xl, _how())
    assert not (tmp_path / "coded.dcm").exists()


def test_one_key_gives_one_pseudonym_and_another_key_another(tmp_path: Path) -> None:
    """Two studies of a patient stay together, references stay references, and nothing can be counted back."""
    first = pydicom.dcmread(_deidentify(tmp_path, save(tmp_path / "1.dcm", _telling()), _how())[1])
    second_source = _telling()
    second_source.SOPInstanceUID, second_source.StudyInstanceUID = "9.8.7.6.5", "9.8.7.6.9"
    second = pydicom.dcmread(_deidentify(tmp_path, save(tmp_path / "2.dcm", second_source), _how())[1])
    assert first.PatientID == second.PatientID
    assert first.StudyInstanceUID != second.StudyInstanceUID
    assert first.ReferencedImageSequence[0].ReferencedSOPInstanceUID == second.SOPInstanceUID
    assert first.FrameOfReferenceUID == second.FrameOfReferenceUID
    other = Deidentification(Profile(), Pseudonyms(KEY[::-1]))
    third = pydicom.dcmread(_deidentify(tmp_path, save(tmp_path / "3.dcm", _telling()), other)[1])
    assert third.PatientID != first.PatientID
    assert third.SOPInstanceUID != first.SOPInstanceUID


@pytest.mark.parametrize(
    "spoilt",
    [{}, {"PatientName": "YAMADA^HANAKO"}, {"PatientID": "0012345"}, {"PatientIdentityRemoved": "NO"}],
)
def test_a_file_is_under_a_pseudonym_that_says_so_and_has_one(tmp_path: Path, spoilt: dict[str, str]) -> None:
    """What only says that the patient's identity was removed may still name the patient."""
    found = pydicom.dcmread(_deidentify(tmp_path, save(tmp_path / "in.dcm", _telling()), _how())[1])
    for keyword, value in spoilt.items():
        setattr(found, keyword, value)
    found.save_as(tmp_path / "out.dcm")
    with open_stored(tmp_path / "out.dcm") as stored:
        assert is_deidentified(stored.data_set) == (not spoilt)


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    source = save(tmp_path / "in.dcm", _telling())
    assert _deidentify(tmp_path, source, _how())[0] == _deidentify(tmp_path, source, _how())[0]


def test_without_a_patient_id_no_two_studies_are_said_to_be_of_one_patient(tmp_path: Path) -> None:
    """A patient is never guessed."""
    made = [_telling(), _telling()]
    for number, one in enumerate(made):
        one.PatientID, one.StudyInstanceUID = "", f"9.8.7.6.2{number}"
    found = [
        pydicom.dcmread(_deidentify(tmp_path, save(tmp_path / "in.dcm", one), _how())[1]).PatientID for one in made
    ]
    assert found[0] != found[1]


def test_what_is_shown_by_its_code_and_terms_stays_so(tmp_path: Path) -> None:
    """A patient ID that is a part of a code, or a name that is a word of examinations, costs no view and no type."""
    view = _item(CodeValue="399162004", CodingSchemeDesignator="SCT", CodeMeaning="cranio-caudal")
    own = _item(CodeValue="9162", CodingSchemeDesignator="99HOSP", CodeMeaning="of the ward")
    made = image(
        CELLS,
        PatientName="PHANTOM^TOMO",
        PatientID="9162",
        ImageType=["ORIGINAL", "PRIMARY", "PHANTOM", "ID9162"],
        SeriesDescription="R MLO TOMO",
        ViewCodeSequence=Sequence([view, own]),
    )
    found = pydicom.dcmread(_deidentify(tmp_path, save(tmp_path / "in.dcm", made), _how())[1])
    assert found.ImageType == ["ORIGINAL", "PRIMARY", "PHANTOM", ""]
    assert found.SeriesDescription == "R MLO TOMO"
    assert [one.CodeValue for one in found.ViewCodeSequence] == ["399162004", ""]


def test_shifted_dates_keep_their_distance_and_tell_no_day(tmp_path: Path) -> None:
    """PS3.15 E.3.6, Modified Dates: the same shift for all studies of a patient; times of day stay."""
    later = _telling()
    later.StudyDate, later.AcquisitionDateTime = "20260311", "20260311101112.5+0900"
    days = []
    for one in (_telling(), later):
        found = pydicom.dcmread(_deidentify(tmp_path, save(tmp_path / "in.dcm", one), _how(dates="shift"))[1])
        assert found.StudyTime == "101112"
        assert found.LongitudinalTemporalInformationModified == "MODIFIED"
        days.append(pydicom.valuerep.DA(found.StudyDate))
    assert (days[1] - days[0]).days == 10
    assert str(found.AcquisitionDateTime) == f"{found.StudyDate}101112.5+0900"
    assert b"20260311" not in (tmp_path / "coded.dcm").read_bytes()


def test_what_is_no_date_does_not_leave_beside_a_shifted_one(tmp_path: Path) -> None:
    made = _telling()
    made.add_new(0x00080022, "LO", "20260301YAMADA")
    made.SeriesDescription = "MLO of 2026/03/01"
    target = _deidentify(tmp_path, save(tmp_path / "in.dcm", made), _how(dates="shift"))[1]
    assert [word for word in (b"YAMADA", b"2026/03/01") if word in target.read_bytes()] == []


def test_dates_go_where_the_site_wants_none(tmp_path: Path) -> None:
    made = image(noise((8, 8, 3), bits=8, dtype="u1"), StudyDate="20260301", ContentDate="20260301", PatientAge="056Y")
    how = _how(dates="remove", patient_characteristics=False)
    target = _deidentify(tmp_path, save(tmp_path / "in.dcm", made), how)[1]
    assert b"20260301" not in target.read_bytes()
    assert "PatientAge" not in pydicom.dcmread(target)


def _burned_in(made: Dataset) -> None:
    made.BurnedInAnnotation = "YES"


def _ultrasound(made: Dataset) -> None:
    made.SOPClassUID = "1.2.840.10008.5.1.4.1.1.6.1"


def _otherwise_said(said: str) -> Callable[[Dataset], None]:
    def spoil(made: Dataset) -> None:
        made.add_new(0x00280301, "LO", said)
        made["BurnedInAnnotation"].VR = "CS"

    return spoil


def _screen_save(made: Dataset) -> None:
    made.ImageType = ["DERIVED", "SECONDARY", "SCREEN SAVE"]


def _converted(made: Dataset) -> None:
    made.ConversionType = "WSD"


def _overlay_in_pixels(made: Dataset) -> None:
    made.add_new(0x60000100, "US", 16)
    made.add_new(0x60000102, "US", 15)


SHOWING = [_burned_in, *map(_otherwise_said, ("yes", "Y", "TRUE", "YES\\NO")), _ultrasound, _screen_save, _converted]


@pytest.mark.parametrize("spoil", [*SHOWING, _overlay_in_pixels])
def test_what_may_show_a_name_in_its_pixels_stays_in_the_hospital(
    tmp_path: Path, spoil: Callable[[Dataset], None]
) -> None:
    made = _telling()
    spoil(made)
    source = save(tmp_path / "in.dcm", made)
    with pytest.raises(UnsupportedError, match="pseudonym"):
        intake(source, tmp_path / "coded.dcm", deidentification=_how())
    assert not (tmp_path / "coded.dcm").exists()


@pytest.mark.parametrize("spoil", [_ultrasound, _screen_save, _converted])
def test_a_picture_that_says_no_itself_may_leave(tmp_path: Path, spoil: Callable[[Dataset], None]) -> None:
    made = _telling(BurnedInAnnotation="NO")
    spoil(made)
    assert _deidentify(tmp_path, save(tmp_path / "in.dcm", made), _how())[0].proof == "proved"


def test_a_site_may_let_pictures_with_text_pass(tmp_path: Path) -> None:
    made = _telling()
    _ultrasound(made)
    assert _deidentify(tmp_path, save(tmp_path / "in.dcm", made), _how(burned_in=True))[0].proof == "proved"


def test_a_document_never_leaves_under_a_pseudonym(tmp_path: Path) -> None:
    made = header(SOPClassUID="1.2.840.10008.5.1.4.1.1.104.1", EncapsulatedDocument=b"%PDF-1.7 YAMADA")
    with pytest.raises(UnsupportedError, match="document"):
        intake(save(tmp_path / "in.dcm", made), tmp_path / "coded.dcm", deidentification=_how(burned_in=True))


def test_a_voice_never_leaves_under_a_pseudonym(tmp_path: Path) -> None:
    made = header(SOPClassUID="1.2.840.10008.5.1.4.1.1.9.4.1")
    with pytest.raises(UnsupportedError, match="voice"):
        intake(save(tmp_path / "in.dcm", made), tmp_path / "coded.dcm", deidentification=_how(burned_in=True))


def test_a_structured_report_keeps_its_measurements_and_loses_its_words(tmp_path: Path) -> None:
    """PS3.15 E.3.7, Clean Structured Content: numbers and references stay, texts and people go."""
    said = _item(RelationshipType="CONTAINS", ValueType="TEXT", TextValue="Mrs Yamada has a mass")
    who = _item(RelationshipType="HAS OBS CONTEXT", ValueType="PNAME", PersonName="SUZUKI^ICHIRO")
    what = _item(RelationshipType="CONTAINS", ValueType="NUM")
    what.MeasuredValueSequence = Sequence([_item(NumericValue="12.5")])
    seen = _item(RelationshipType="CONTAINS", ValueType="IMAGE")
    seen.ReferencedSOPSequence = Sequence(
        [_item(ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.1.2", ReferencedSOPInstanceUID="9.8.7.6.1")]
    )
    born = _item(RelationshipType="HAS OBS CONTEXT", ValueType="DATE", Date="19700203")
    number = _item(ValueType="NUM", MeasuredValueSequence=Sequence([_item(NumericValue="0012345")]))
    made = header(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.88.50",
        SOPInstanceUID=generate_uid(),
        PatientName="YAMADA^HANAKO",
        PatientID="0012345",
        PatientBirthDate="19700203",
        ContentSequence=Sequence([said, who, what, seen, born, number]),
    )
    target = _deidentify(tmp_path, save(tmp_path / "in.dcm", made), _how())[1]
    found = pydicom.dcmread(target)
    assert b"amada" not in target.read_bytes()
    assert [word for word in (b"SUZUKI", b"19700203", b"12345") if word in target.read_bytes()] == []
    assert found.ContentSequence[2].MeasuredValueSequence[0].NumericValue == 12.5
    reference = found.ContentSequence[3].ReferencedSOPSequence[0]
    assert reference.ReferencedSOPInstanceUID == Pseudonyms(KEY).uid("9.8.7.6.1")
