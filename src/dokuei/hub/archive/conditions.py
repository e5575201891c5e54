"""A query's matching keys as SQL, the same meaning on both databases (PS3.4 C.2.2.2)."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, and_, exists, false, or_, select, true

from dokuei.hub.archive.attributes import LARGEST_NUMBER, LEVELS, Level, tag
from dokuei.hub.archive.names import GROUPS, wanted_groups
from dokuei.hub.archive.query import Match, Range, has_wildcard, range_of, uids_of
from dokuei.hub.archive.tables import instance, series, study

Condition = ColumnElement[bool]
_TABLES: Final[dict[Level, Table]] = {"study": study, "series": series, "instance": instance}
_MODALITIES_IN_STUDY: Final = tag("ModalitiesInStudy")
_SOP_CLASSES_IN_STUDY: Final = tag("SOPClassesInStudy")


@dataclass(frozen=True)
class _Searched:
    level: Level
    make: Callable[[Match, str], Condition]


def condition(match: Match, level: Level, dialect: str) -> Condition | None:
    """What a row of the searched level must fulfil; None where the attribute has no column.

    An attribute of a lower level is fulfilled by any series or instance below the row.
    """
    if len(match.path) > 1:
        return None
    if match.tag == _MODALITIES_IN_STUDY:
        other = series.alias()
        return exists(select(1).where(other.c.study_key == study.c.id, _any_of(other.c.modality, match, dialect)))
    if match.tag == _SOP_CLASSES_IN_STUDY:
        return _below("instance", "study", instance.c.sop_class_uid.in_(uids_of(match.value)))
    searched = _SEARCHED.get(match.tag)
    if searched is None:
        return None
    made = searched.make(match, dialect)
    if LEVELS.index(searched.level) <= LEVELS.index(level):
        return made
    return _below(searched.level, level, made)


def _below(lower: Level, level: Level, made: Condition) -> Condition:
    if lower == "series":
        return exists(select(1).where(series.c.study_key == study.c.id, made).correlate(study))
    if level == "series":
        return exists(select(1).where(instance.c.series_key == series.c.id, made).correlate(series))
    if level == "instance":
        return made
    below = select(1).select_from(instance.join(series, series.c.id == instance.c.series_key))
    return exists(below.where(series.c.study_key == study.c.id, made).correlate(study))


def like(column: ColumnElement[str], pattern: str, dialect: str) -> Condition:
    """``*`` and ``?`` as PS3.4 C.2.2.2.4 means them, upper and lower case kept apart on both databases."""
    if not has_wildcard(pattern):
        return column == pattern
    if dialect == "sqlite":
        return column.op("GLOB", is_comparison=True)(pattern.replace("[", "[[]"))
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.like(escaped.replace("*", "%").replace("?", "_"), escape="\\")


def _text(level: Level, name: str) -> _Searched:
    column = _TABLES[level].c[name]
    return _Searched(level, lambda match, dialect: like(column, match.value.strip(), dialect))


def _uid(level: Level, name: str) -> _Searched:
    column = _TABLES[level].c[name]
    return _Searched(level, lambda match, _dialect: column.in_(uids_of(match.value)))


def _any_of(column: ColumnElement[str], match: Match, dialect: str) -> Condition:
    """One of several values, each of which may hold wildcards."""
    wanted = uids_of(match.value)
    return or_(*(like(column, one, dialect) for one in wanted)) if wanted else false()


def _modality(match: Match, dialect: str) -> Condition:
    return _any_of(series.c.modality, match, dialect)


def _available(match: Match, _dialect: str) -> Condition:
    """Whatever is here is online (PS3.3 C.4.23.1.1)."""
    return true() if fnmatchcase("ONLINE", match.value.strip()) else false()


def _span(level: Level, name: str) -> _Searched:
    column = _TABLES[level].c[name]

    def make(match: Match, _dialect: str) -> Condition:
        wanted = range_of(match.vr, match.value) or Range("", "")
        if wanted.start == wanted.end:
            return column == wanted.start
        return and_(
            column != "",
            column >= wanted.start if wanted.start else true(),
            column <= wanted.end if wanted.end else true(),
        )

    return _Searched(level, make)


def _number(level: Level, name: str) -> _Searched:
    column = _TABLES[level].c[name]

    def make(match: Match, _dialect: str) -> Condition:
        try:
            wanted = int(match.value)
        except ValueError:
            return false()
        return column == wanted if abs(wanted) <= LARGEST_NUMBER else false()

    return _Searched(level, make)


def _name(prefix: str) -> _Searched:
    columns: list[Any] = [study.c[f"{prefix}_{group}_key"] for group in GROUPS]

    def make(match: Match, dialect: str) -> Condition:
        wanted = wanted_groups(match.value)
        if isinstance(wanted, str):
            return or_(*(and_(column != "", like(column, wanted, dialect)) for column in columns))
        pairs = zip(columns, wanted, strict=True)
        return and_(true(), *(like(column, pattern, dialect) for column, pattern in pairs if pattern))

    return _Searched("study", make)


_SEARCHED: Final[dict[str, _Searched]] = {
    tag(keyword): searched
    for keyword, searched in {
        "StudyInstanceUID": _uid("study", "study_instance_uid"),
        "PatientID": _text("study", "patient_id"),
        "IssuerOfPatientID": _text("study", "issuer_of_patient_id"),
        "PatientName": _name("patient_name"),
        "PatientBirthDate": _span("study", "patient_birth_date"),
        "PatientSex": _text("study", "patient_sex"),
        "StudyDate": _span("study", "study_date"),
        "StudyTime": _span("study", "study_time"),
        "StudyID": _text("study", "study_id"),
        "StudyDescription": _text("study", "study_description"),
        "AccessionNumber": _text("study", "accession_number"),
        "ReferringPhysicianName": _name("referring_physician"),
        "NumberOfStudyRelatedSeries": _number("study", "number_of_series"),
        "NumberOfStudyRelatedInstances": _number("study", "number_of_instances"),
        "InstanceAvailability": _Searched("study", _available),
        "SeriesInstanceUID": _uid("series", "series_instance_uid"),
        "Modality": _Searched("series", _modality),
        "SeriesNumber": _number("series", "series_number"),
        "SeriesDescription": _text("series", "series_description"),
        "BodyPartExamined": _text("series", "body_part_examined"),
        "PerformedProcedureStepStartDate": _span("series", "performed_procedure_step_start_date"),
        "PerformedProcedureStepStartTime": _span("series", "performed_procedure_step_start_time"),
        "NumberOfSeriesRelatedInstances": _number("series", "number_of_instances"),
        "SOPInstanceUID": _uid("instance", "sop_instance_uid"),
        "SOPClassUID": _uid("instance", "sop_class_uid"),
        "InstanceNumber": _number("instance", "instance_number"),
        "AvailableTransferSyntaxUID": _uid("instance", "transfer_syntax_uid"),
        "NumberOfFrames": _number("instance", "number_of_frames"),
        "Rows": _number("instance", "rows"),
        "Columns": _number("instance", "columns"),
        "BitsAllocated": _number("instance", "bits_allocated"),
    }.items()
}
