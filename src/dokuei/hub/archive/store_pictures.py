"""Series and single objects of studies, in SQL: for systems that are told what is here and where it is fetched."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from dokuei.hub.archive.tables import instance, series, study

_AT_ONCE = 500


@dataclass(frozen=True)
class SeriesFacts:
    """A series that is here."""

    series_instance_uid: str
    series_number: int | None
    modality: str
    series_description: str
    body_part_examined: str
    laterality: str
    number_of_instances: int


@dataclass(frozen=True)
class ObjectFacts:
    """An object that is here, and its size in pixels where it has any."""

    series_instance_uid: str
    modality: str
    rows: int | None
    columns: int | None


def series_of(
    connection: Connection, site_id: str, study_instance_uids: Collection[str]
) -> dict[str, list[SeriesFacts]]:
    """Study Instance UID → its series, by their number."""
    query = select(study.c.study_instance_uid, series).join(series, series.c.study_key == study.c.id)
    query = query.order_by(series.c.series_number.is_(None), series.c.series_number, series.c.series_instance_uid)
    found: dict[str, list[SeriesFacts]] = defaultdict(list)
    here = query.where(study.c.site_id == site_id)
    for row in _some(connection, here, study.c.study_instance_uid, study_instance_uids):
        made = SeriesFacts(**{name: getattr(row, name) for name in SeriesFacts.__dataclass_fields__})
        found[row.study_instance_uid].append(made)
    return found


def objects_of(connection: Connection, site_id: str, sop_instance_uids: Collection[str]) -> dict[str, ObjectFacts]:
    """SOP Instance UID → where that object is; those that are not here are left out."""
    of_object = (instance.c.sop_instance_uid, instance.c.rows, instance.c.columns)
    query = select(*of_object, series.c.series_instance_uid, series.c.modality)
    here = query.join(series, series.c.id == instance.c.series_key).where(instance.c.site_id == site_id)
    rows = _some(connection, here, instance.c.sop_instance_uid, sop_instance_uids)
    return {
        row.sop_instance_uid: ObjectFacts(row.series_instance_uid, row.modality, row.rows, row.columns) for row in rows
    }


def _some(connection: Connection, query: Select[Any], column: Any, wanted: Collection[str]) -> Iterator[Row[Any]]:
    named = sorted(wanted)
    for at in range(0, len(named), _AT_ONCE):
        yield from connection.execute(query.where(column.in_(named[at : at + _AT_ONCE])))
