"""What a search tells of each row (PS3.18 10.6.3.3, tables 10.6.3-3 to 10.6.3-5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydicom.datadict import dictionary_VR
from sqlalchemy import Row

from dokuei.hub.archive.attributes import LEVELS, Level, level_of, tag
from dokuei.hub.archive.query import Query

Attributes = Callable[[Row[Any], Level], Mapping[str, Any]]


def _elements(keywords: str) -> dict[str, str]:
    return {tag(keyword): dictionary_VR(int(tag(keyword), 16)) for keyword in keywords.split()}


_STUDY_ALWAYS: Final = _elements("""
    StudyDate StudyTime AccessionNumber ReferringPhysicianName PatientName PatientID PatientBirthDate PatientSex
    StudyInstanceUID StudyID StudyDescription
""")
_STUDY_IF_THERE: Final = _elements("TimezoneOffsetFromUTC IssuerOfPatientID")
_SERIES_ALWAYS: Final = _elements("Modality SeriesDescription SeriesInstanceUID SeriesNumber")
_SERIES_IF_THERE: Final = _elements("""
    PerformedProcedureStepStartDate PerformedProcedureStepStartTime RequestAttributesSequence BodyPartExamined
    Laterality SeriesDate SeriesTime
""")
_AVAILABILITY: Final = tag("InstanceAvailability")
_RETRIEVE_URL: Final = tag("RetrieveURL")


@dataclass(frozen=True)
class Asked:
    """What belongs into every item of one search."""

    level: Level
    base: str
    query: Query
    with_study: bool
    with_series: bool
    modalities: Mapping[int, Sequence[str]] = field(default_factory=dict)


def item(asked: Asked, row: Row[Any], attributes: Attributes) -> dict[str, Any]:
    """One row as a DICOM JSON object, its attributes in ascending order (PS3.18 F.2.2)."""
    made: dict[str, Any] = {}
    if asked.level == "study" or asked.with_study:
        _study(made, asked, row, attributes(row, "study"))
    if asked.level == "series" or (asked.level == "instance" and asked.with_series):
        _series(made, row, attributes(row, "series"))
    if asked.level == "instance":
        _instance(made, row)
    if asked.level != "study":
        made[tag("StudyInstanceUID")] = _value("UI", row.study_instance_uid)
        made[tag("SeriesInstanceUID")] = _value("UI", row.series_instance_uid)
    _included(made, asked, row, attributes)
    made[_AVAILABILITY] = _value("CS", "ONLINE")
    made[_RETRIEVE_URL] = _value("UR", address_of(asked.level, asked.base, row))
    return dict(sorted(made.items()))


def _study(made: dict[str, Any], asked: Asked, row: Row[Any], known: Mapping[str, Any]) -> None:
    _take(made, known, _STUDY_ALWAYS, _STUDY_IF_THERE)
    made[tag("ModalitiesInStudy")] = _value("CS", *asked.modalities.get(row.study_id_, ()))
    made[tag("NumberOfStudyRelatedSeries")] = _value("IS", row.study_series)
    made[tag("NumberOfStudyRelatedInstances")] = _value("IS", row.study_instances)


def _series(made: dict[str, Any], row: Row[Any], known: Mapping[str, Any]) -> None:
    _take(made, known, _SERIES_ALWAYS, _SERIES_IF_THERE)
    made[tag("NumberOfSeriesRelatedInstances")] = _value("IS", row.series_instances)


def _instance(made: dict[str, Any], row: Row[Any]) -> None:
    made[tag("SOPClassUID")] = _value("UI", row.sop_class_uid)
    made[tag("SOPInstanceUID")] = _value("UI", row.sop_instance_uid)
    made[tag("InstanceNumber")] = _value("IS", row.instance_number)
    made[tag("AvailableTransferSyntaxUID")] = _value("UI", row.transfer_syntax_uid)
    if row.number_of_frames:
        made[tag("Rows")] = _value("US", row.rows)
        made[tag("Columns")] = _value("US", row.columns)
        made[tag("BitsAllocated")] = _value("US", row.bits_allocated)
        made[tag("NumberOfFrames")] = _value("IS", row.number_of_frames)


def _included(made: dict[str, Any], asked: Asked, row: Row[Any], attributes: Attributes) -> None:
    """Attributes asked for by name, or all that the level and the levels above it hold."""
    query = asked.query
    if query.include_all:
        made.update({key: value for key, value in attributes(row, "study").items() if key not in made})
        if asked.level != "study":
            made.update({key: value for key, value in attributes(row, "series").items() if key not in made})
        if asked.level == "instance":
            made.update({key: value for key, value in attributes(row, "instance").items() if key not in made})
        return
    for wanted in query.include - made.keys():
        level = level_of(wanted)
        if LEVELS.index(level) <= LEVELS.index(asked.level):
            element = attributes(row, level).get(wanted)
            if element is not None:
                made[wanted] = element


def _take(
    made: dict[str, Any], known: Mapping[str, Any], always: Mapping[str, str], if_there: Mapping[str, str]
) -> None:
    for key, vr in always.items():
        made[key] = known.get(key) or {"vr": vr}
    made.update({key: known[key] for key in if_there if key in known})


def _value(vr: str, *values: Any) -> dict[str, Any]:
    there = [value for value in values if value not in {None, ""}]
    return {"vr": vr, "Value": there} if there else {"vr": vr}


def address_of(level: Level, base: str, row: Row[Any]) -> str:
    """Where a row's study, series or object is retrieved from."""
    address = f"{base}/studies/{row.study_instance_uid}"
    if level != "study":
        address += f"/series/{row.series_instance_uid}"
    if level == "instance":
        address += f"/instances/{row.sop_instance_uid}"
    return address


def without_bulk_data(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of a study or a series: large values have an address at their object only, which is not known here."""
    kept: dict[str, Any] = {}
    for key, element in attributes.items():
        if "BulkDataURI" in element:
            continue
        if element.get("vr") == "SQ" and "Value" in element:
            kept[key] = {**element, "Value": [without_bulk_data(one) for one in element["Value"]]}
        else:
            kept[key] = element
    return kept
