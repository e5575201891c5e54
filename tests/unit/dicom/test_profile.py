from pydicom.datadict import tag_for_keyword

from dokuei.dicom.profile import BASIC, Action, Profile, action


def _of(keyword: str, profile: Profile | None = None) -> Action:
    tag = tag_for_keyword(keyword)
    assert tag is not None
    return action(tag, profile or Profile())


def test_what_nobody_can_vouch_for_is_removed() -> None:
    """PS3.15 E.1.1: private attributes, attributes that PS3.6 does not know, curves, overlays, texts without a rule."""
    assert action(0x00110010, Profile()) == "remove"
    assert action(0x0008FFF0, Profile()) == "remove"
    assert action(0x60023000, Profile()) == "remove"
    assert action(0x50000010, Profile()) == "remove"
    assert _of("IconImageSequence") == "remove"
    assert _of("OriginalAttributesSequence") == "remove"
    assert _of("PixelData") == "remove"  # inside a sequence: the frames themselves are never asked about


def test_what_describes_is_no_identity() -> None:
    assert [_of(word) for word in ("SOPClassUID", "ReferencedSOPClassUID", "CodingSchemeUID")] == ["keep"] * 3
    assert [_of(word) for word in ("SOPInstanceUID", "FrameOfReferenceUID", "DimensionOrganizationUID")] == ["uid"] * 3
    assert [_of(word) for word in ("Rows", "PixelSpacing", "Modality", "ViewCodeSequence")] == ["keep"] * 4


def test_sequences_stay_where_they_refer_and_go_where_they_say_who() -> None:
    """PS3.15 Table E.1-1 has a dummy for both; a code sequence has none that would say nothing."""
    referring = ("ReferencedImageSequence", "SourceImageSequence", "ReferencedPerformedProcedureStepSequence")
    assert [_of(word) for word in (*referring, "GraphicAnnotationSequence")] == ["keep"] * 4
    telling = ("OperatorIdentificationSequence", "PersonIdentificationCodeSequence", "VerifyingObserverSequence")
    assert [_of(word) for word in (*telling, "HumanPerformerCodeSequence")] == ["remove"] * 4
    assert _of("InstitutionCodeSequence") == "remove"
    assert _of("InstitutionCodeSequence", Profile(institution_identity=True)) == "keep"
    assert _of("PersonIdentificationCodeSequence", Profile(institution_identity=True)) == "remove"


def test_the_birth_date_never_leaves() -> None:
    assert _of("PatientBirthDate") == "empty"
    assert _of("PatientBirthDate", Profile(dates="shift")) == "empty"
    assert _of("PatientBirthTime") == "remove"


def test_options_open_what_they_name_and_no_more() -> None:
    """PS3.15 E.3."""
    closed = Profile("remove", *[False] * 6)
    assert [_of(word, closed) for word in ("PatientAge", "StationName", "InstitutionName")] != ["keep"] * 3
    assert _of("PatientAge", Profile(patient_characteristics=True)) == "keep"
    assert _of("StationName", Profile(device_identity=True)) == "keep"
    assert _of("DeviceUID", Profile(device_identity=True)) == "uid"
    assert _of("InstitutionName", Profile(institution_identity=True)) == "keep"
    assert _of("SeriesDescription", closed) == "remove"
    assert _of("ContentSequence", closed) == "remove"
    assert _of("StudyDate", closed) == "empty"
    assert _of("StudyDate", Profile(dates="shift")) == "shift"
    assert _of("StudyTime", Profile(dates="shift")) == "keep"
    assert _of("TimezoneOffsetFromUTC", closed) == "remove"


def test_the_object_names_the_options_in_force() -> None:
    assert BASIC.code == "113100"
    assert [option.code for option in Profile().options] == ["113104", "113105", "113106", "113108"]
    assert [option.code for option in Profile("shift", *[False] * 6).options] == ["113107"]
    assert Profile("remove", *[False] * 6).options == ()
