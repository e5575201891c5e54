"""What becomes of each attribute under a pseudonym: PS3.15 Table E.1-1 (2026c) and the options that a site may choose.

The table is the library's; here stand the attributes that an option of PS3.15 E.3 treats otherwise, and what the
profile does with attributes that the table does not name.
"""

from dataclasses import dataclass
from typing import Final, Literal

from dicomanonymizer.dicom_anonymization_databases import dicomfields_2026c as table
from pydicom.datadict import keyword_dict, tag_for_keyword

from dokuei.dicom.elements import vr_of

Action = Literal["keep", "remove", "empty", "dummy", "uid", "pseudonym", "shift"]
"""A text that is kept is emptied all the same where it names somebody; a sequence that is kept is treated inside."""

Dates = Literal["keep", "shift", "remove"]
EDITION: Final = "PS3.15 2026c"


@dataclass(frozen=True)
class Option:
    """One option of PS3.15 E.3: its concept of CID 7050."""

    code: str
    meaning: str


BASIC: Final = Option("113100", "Basic Application Confidentiality Profile")
CLEAN_STRUCTURED: Final = Option("113104", "Clean Structured Content Option")
CLEAN_DESCRIPTORS: Final = Option("113105", "Clean Descriptors Option")
FULL_DATES: Final = Option("113106", "Retain Longitudinal Temporal Information Full Dates Option")
MODIFIED_DATES: Final = Option("113107", "Retain Longitudinal Temporal Information Modified Dates Option")
CHARACTERISTICS: Final = Option("113108", "Retain Patient Characteristics Option")
DEVICE: Final = Option("113109", "Retain Device Identity Option")
INSTITUTION: Final = Option("113112", "Retain Institution Identity Option")


@dataclass(frozen=True)
class Profile:
    """What a site lets through beside the pixels; the defaults leave a reader what a reading needs.

    ``burned_in`` lets pictures pass that show text in their pixels, or do not say that they show none.
    """

    dates: Dates = "keep"
    patient_characteristics: bool = True
    device_identity: bool = False
    institution_identity: bool = False
    descriptors: bool = True
    structured_content: bool = True
    burned_in: bool = False

    @property
    def options(self) -> tuple[Option, ...]:
        """The options in force, as the de-identified object names them."""
        chosen = (
            (CLEAN_STRUCTURED, self.structured_content),
            (CLEAN_DESCRIPTORS, self.descriptors),
            (FULL_DATES, self.dates == "keep"),
            (MODIFIED_DATES, self.dates == "shift"),
            (CHARACTERISTICS, self.patient_characteristics),
            (DEVICE, self.device_identity),
            (INSTITUTION, self.institution_identity),
        )
        return tuple(option for option, wanted in chosen if wanted)


def _tags(*keywords: str) -> frozenset[int]:
    found = [tag_for_keyword(keyword) for keyword in keywords]
    if None in found:
        raise LookupError(keywords[found.index(None)])
    return frozenset(tag for tag in found if tag is not None)


_PSEUDONYMS: Final = _tags("PatientName", "PatientID", "AccessionNumber")
_BIRTH_AND_DEATH: Final = _tags(
    "PatientBirthDate",
    "PatientBirthTime",
    "PatientBirthDateInAlternativeCalendar",
    "PatientDeathDateInAlternativeCalendar",
)
_CHARACTERISTICS: Final = _tags(
    "PatientAge",
    "PatientSex",
    "PatientSize",
    "PatientWeight",
    "PatientSexNeutered",
    "PregnancyStatus",
    "SmokingStatus",
    "EthnicGroup",
    "Allergies",
    "PatientState",
    "PreMedication",
    "SpecialNeeds",
)
_DEVICE: Final = _tags(
    "StationName",
    "DeviceSerialNumber",
    "DeviceUID",
    "PlateID",
    "DetectorID",
    "GantryID",
    "GeneratorID",
    "CassetteID",
    "PerformedStationName",
    "ScheduledStationName",
    "PerformedStationAETitle",
    "ScheduledStationAETitle",
    "TransducerIdentificationSequence",
)
_INSTITUTION: Final = _tags(
    "InstitutionName",
    "InstitutionAddress",
    "InstitutionalDepartmentName",
    "InstitutionCodeSequence",
    "InstitutionalDepartmentTypeCodeSequence",
)
_DESCRIPTORS: Final = _tags(
    "StudyDescription",
    "SeriesDescription",
    "ProtocolName",
    "AcquisitionProtocolDescription",
    "ImageComments",
    "FrameComments",
    "DerivationDescription",
    "AcquisitionDeviceProcessingDescription",
    "ContrastBolusAgent",
    "PerformedProcedureStepDescription",
    "RequestedProcedureDescription",
    "AcquisitionComments",
    "SegmentLabel",
    "SegmentDescription",
    "ContentLabel",
    "ContentDescription",
)
_STRUCTURED: Final = _tags("ContentSequence", "AcquisitionContextSequence")
_DESCRIBING_UIDS: Final = _tags(
    "CodingSchemeUID", "ContextUID", "MappingResourceUID", "ContextGroupExtensionCreatorUID"
) | frozenset(tag for word, tag in keyword_dict.items() if word.endswith(("ClassUID", "TransferSyntaxUID")))
_REFERENCES: Final = _tags(
    "ReferencedPerformedProcedureStepSequence",
    "ReferencedImageSequence",
    "SourceImageSequence",
    "GraphicAnnotationSequence",
    "WaveformAnnotationSequence",
)
"""Sequences for which the table wants a dummy, and whose items tell nobody once they are treated inside."""
_PEOPLE: Final = _tags(
    "RequestingPhysicianIdentificationSequence",
    "HumanPerformerCodeSequence",
    "DocumentAuthorIdentifierCodeSequenceTrial",
    "DocumentingObserverIdentifierCodeSequenceTrial",
    "DocumentingOrganizationIdentifierCodeSequenceTrial",
    "HangingProtocolUserIdentificationCodeSequence",
    "AsserterIdentificationSequence",
    "AuthorIdentificationSequence",
)
"""Sequences that the table does not name, and that are there to say who somebody is."""
_TIMES: Final = frozenset({"DA", "DT", "TM"})
_UNNAMED: Final[dict[str, Action]] = {"PN": "empty", **dict.fromkeys(("LT", "ST", "UR", "UT"), "remove")}
"""What becomes of attributes that the table does not name: people, and texts in which anything may stand."""
_ZONE: Final = next(iter(_tags("TimezoneOffsetFromUTC")))
_PIXEL_GROUP: Final = 0x7FE0
_CURVES_AND_OVERLAYS: Final = (range(0x5000, 0x5100), range(0x6000, 0x6100))


def _of(*rows: list[tuple[int, ...]]) -> frozenset[int]:
    """The tags of some rows; longer ones are curves and overlays, which ``action`` knows."""
    return frozenset(row[0] << 16 | row[1] for tags in rows for row in tags if len(row) == 2)  # noqa: PLR2004


_REMOVE: Final = _of(table.X_TAGS) | _PEOPLE
_EMPTY: Final = _of(table.Z_TAGS, table.X_Z_TAGS)
_DUMMY: Final = _of(table.D_TAGS, table.Z_D_TAGS, table.X_D_TAGS, table.X_Z_D_TAGS, table.X_Z_U_STAR_TAGS)


NAMED: Final = frozenset(
    tag
    for tag in _REMOVE | _EMPTY | _DUMMY | _of(table.U_TAGS) | _PSEUDONYMS | _DESCRIPTORS | _STRUCTURED
    if tag >> 16 & 1 == 0
)
"""The attributes that the table or an option names one by one."""


def action(tag: int, profile: Profile) -> Action:
    """What becomes of an attribute, wherever it stands.

    Private attributes and those that PS3.6 does not know are removed: nobody can say what is in them.
    """
    group, vr = tag >> 16, vr_of(tag)
    if group & 1 or vr == "UN" or any(group in groups for groups in _CURVES_AND_OVERLAYS):
        return "remove"
    if tag in _PSEUDONYMS:
        return "pseudonym"
    return _by_option(tag, vr, profile) or _by_table(tag, vr)


def _by_table(tag: int, vr: str) -> Action:
    if tag in _REMOVE or tag >> 16 == _PIXEL_GROUP:  # pixels inside a sequence: an icon
        return "remove"
    if vr == "SQ" and tag in _DUMMY:
        return "keep" if tag in _REFERENCES else "remove"
    if vr == "UI":
        return "keep" if tag in _DESCRIBING_UIDS else "uid"
    if tag in _EMPTY:
        return "empty"
    if tag in _DUMMY:
        return "dummy"
    return _UNNAMED.get(vr, "keep")


def _by_option(tag: int, vr: str, profile: Profile) -> Action | None:
    if vr in _TIMES and tag not in _BIRTH_AND_DEATH:
        return _time(tag, vr, profile.dates)
    if tag in _STRUCTURED:
        return "keep" if profile.structured_content else "remove"
    if tag in _DESCRIPTORS:
        return "keep" if profile.descriptors else None
    kept = (
        (_CHARACTERISTICS, profile.patient_characteristics),
        (_DEVICE, profile.device_identity),
        (_INSTITUTION, profile.institution_identity),
    )
    if any(tag in tags and wanted for tags, wanted in kept):
        return "uid" if vr == "UI" else "keep"
    if tag == _ZONE:
        return "remove" if profile.dates == "remove" else "keep"
    return None


def _time(tag: int, vr: str, dates: Dates) -> Action | None:
    """Dates and times that the table does not name are emptied where dates are not to leave."""
    if dates == "remove":
        return None if tag in _REMOVE | _EMPTY | _DUMMY else "empty"
    return "shift" if dates == "shift" and vr != "TM" else "keep"
