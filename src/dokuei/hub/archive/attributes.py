"""Which attribute belongs to which level, and the columns that are searched, read from an object's DICOM JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from pydicom.datadict import tag_for_keyword

from dokuei.hub.archive.names import GROUPS, comparable, groups_of, joined, name_of

Level = Literal["study", "series", "instance"]
JsonObject: TypeAlias = Mapping[str, Any]
LARGEST_NUMBER: Final = 2**31 - 1
LEVELS: Final[tuple[Level, ...]] = ("study", "series", "instance")


def tag(keyword: str) -> str:
    """The eight hexadecimal digits that the DICOM JSON model uses as a key (PS3.18 F.2.2)."""
    number = tag_for_keyword(keyword)
    if number is None:
        raise KeyError(keyword)
    return f"{number:08X}"


def _tags(keywords: str) -> frozenset[str]:
    return frozenset(tag(keyword) for keyword in keywords.split())


# Patient, General Study and Patient Study modules (PS3.3 C.7.1.1, C.7.2.1, C.7.2.2).
STUDY_TAGS: Final = _tags("""
    SpecificCharacterSet TimezoneOffsetFromUTC PatientName PatientID IssuerOfPatientID TypeOfPatientID
    IssuerOfPatientIDQualifiersSequence PatientBirthDate PatientBirthTime PatientSex OtherPatientIDsSequence
    OtherPatientNames EthnicGroup PatientComments PatientSpeciesDescription PatientBreedDescription
    PatientIdentityRemoved DeidentificationMethod DeidentificationMethodCodeSequence
    StudyInstanceUID StudyDate StudyTime StudyID StudyDescription AccessionNumber IssuerOfAccessionNumberSequence
    ReferringPhysicianName ReferringPhysicianIdentificationSequence ConsultingPhysicianName PhysiciansOfRecord
    NameOfPhysiciansReadingStudy RequestingService RequestingPhysician ReferencedStudySequence ProcedureCodeSequence
    ReasonForPerformedProcedureCodeSequence ReasonForVisit AdmittingDiagnosesDescription
    AdmittingDiagnosesCodeSequence PatientAge PatientSize PatientWeight PatientBodyMassIndex MedicalAlerts Allergies
    SmokingStatus PregnancyStatus LastMenstrualDate PatientState Occupation AdditionalPatientHistory AdmissionID
    IssuerOfAdmissionIDSequence ServiceEpisodeID RequestedProcedureDescription RequestedProcedureCodeSequence
""")
# General Series, General Equipment, Frame of Reference and the series modules that breast work meets (PS3.3 C.7.3).
SERIES_TAGS: Final = _tags("""
    Modality SeriesInstanceUID SeriesNumber SeriesDate SeriesTime SeriesDescription SeriesDescriptionCodeSequence
    Laterality PerformingPhysicianName PerformingPhysicianIdentificationSequence OperatorsName
    OperatorIdentificationSequence ProtocolName BodyPartExamined PatientPosition AnatomicalOrientationType
    ReferencedPerformedProcedureStepSequence RequestAttributesSequence PerformedProcedureStepID
    PerformedProcedureStepStartDate PerformedProcedureStepStartTime PerformedProcedureStepEndDate
    PerformedProcedureStepEndTime PerformedProcedureStepDescription PerformedProtocolCodeSequence
    SmallestPixelValueInSeries LargestPixelValueInSeries CommentsOnThePerformedProcedureStep
    Manufacturer InstitutionName InstitutionAddress InstitutionalDepartmentName StationName ManufacturerModelName
    DeviceSerialNumber SoftwareVersions FrameOfReferenceUID PositionReferenceIndicator Units CountsSource
    SeriesType NumberOfSlices NumberOfTimeSlices CorrectedImage DecayCorrection ReprojectionMethod
    ConversionType
""")


@dataclass(frozen=True)
class Described:
    """One object's attributes by level, and the columns of its three rows."""

    study: dict[str, Any]
    series: dict[str, Any]
    instance: dict[str, Any]
    study_columns: dict[str, Any]
    series_columns: dict[str, Any]
    instance_columns: dict[str, Any]


def level_of(attribute: str) -> Level:
    """The highest level whose stored JSON holds an attribute."""
    if attribute in STUDY_TAGS:
        return "study"
    return "series" if attribute in SERIES_TAGS else "instance"


def describe(attributes: JsonObject) -> Described:
    """Split an object's DICOM JSON into the three levels and read what is searched by column."""
    study = {key: value for key, value in attributes.items() if key in STUDY_TAGS}
    series = {key: value for key, value in attributes.items() if key in SERIES_TAGS}
    return Described(
        study=study,
        series=series,
        instance=dict(attributes),
        study_columns=_study_columns(attributes),
        series_columns=_series_columns(attributes),
        instance_columns=_instance_columns(attributes),
    )


def text(attributes: JsonObject, keyword: str) -> str:
    """The first value as text; empty where there is none."""
    values = attributes.get(tag(keyword), {}).get("Value") or [""]
    return "" if values[0] is None else str(values[0]).replace("\0", "").strip()


def number(attributes: JsonObject, keyword: str) -> int | None:
    """The first value as a whole number; None where there is none, it is none, or no column could hold it."""
    try:
        found = int(float(text(attributes, keyword)))
    except (ValueError, OverflowError):
        return None
    return found if abs(found) <= LARGEST_NUMBER else None


def _study_columns(attributes: JsonObject) -> dict[str, Any]:
    patient = name_of(attributes.get(tag("PatientName")))
    referring = name_of(attributes.get(tag("ReferringPhysicianName")))
    columns = {
        "patient_id": text(attributes, "PatientID"),
        "issuer_of_patient_id": text(attributes, "IssuerOfPatientID"),
        "patient_birth_date": text(attributes, "PatientBirthDate"),
        "patient_sex": text(attributes, "PatientSex"),
        "study_date": text(attributes, "StudyDate"),
        "study_time": text(attributes, "StudyTime"),
        "study_id": text(attributes, "StudyID"),
        "study_description": text(attributes, "StudyDescription"),
        "accession_number": text(attributes, "AccessionNumber"),
        "referring_physician_name": joined(referring),
    }
    for group, value in zip(GROUPS, groups_of(patient), strict=True):
        columns[f"patient_name_{group}"] = value
        columns[f"patient_name_{group}_key"] = comparable(value)
    for group, value in zip(GROUPS, groups_of(referring), strict=True):
        columns[f"referring_physician_{group}_key"] = comparable(value)
    return columns


def _series_columns(attributes: JsonObject) -> dict[str, Any]:
    return {
        "modality": text(attributes, "Modality"),
        "series_number": number(attributes, "SeriesNumber"),
        "series_description": text(attributes, "SeriesDescription"),
        "body_part_examined": text(attributes, "BodyPartExamined"),
        "laterality": text(attributes, "Laterality") or text(attributes, "ImageLaterality"),
        "performed_procedure_step_start_date": text(attributes, "PerformedProcedureStepStartDate"),
        "performed_procedure_step_start_time": text(attributes, "PerformedProcedureStepStartTime"),
    }


def _instance_columns(attributes: JsonObject) -> dict[str, Any]:
    return {
        "instance_number": number(attributes, "InstanceNumber"),
        "rows": number(attributes, "Rows"),
        "columns": number(attributes, "Columns"),
        "bits_allocated": number(attributes, "BitsAllocated"),
    }
