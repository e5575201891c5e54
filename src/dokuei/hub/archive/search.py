"""QIDO-RS searches: columns first, stored JSON for the rest, always one site, always in the order of arrival."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import orjson
from sqlalchemy import Connection, FromClause, Row, Select, bindparam, func, select

from dokuei.errors import RequestError
from dokuei.hub.archive.attributes import LEVELS, Level, level_of
from dokuei.hub.archive.conditions import Condition, condition
from dokuei.hub.archive.matching import matches
from dokuei.hub.archive.model import BULK_DATA, Found
from dokuei.hub.archive.query import Match, Query
from dokuei.hub.archive.recent import Recent
from dokuei.hub.archive.results import Asked, address_of, item, without_bulk_data
from dokuei.hub.archive.store import unpack
from dokuei.hub.archive.tables import instance, series, study

_AT_ONCE: Final = 500
_UNPACKED_AT_ONCE: Final = 20  # one object's attributes may be megabytes
_MOST_UNPACKED: Final = 1000  # results of a page whose attributes have to be read one by one
_MOST_BYTES: Final = 64 << 20
_PARENTS: Final = 500
_RELATIVE: Final = f'"BulkDataURI":"{BULK_DATA}/'
_FROM: Final[dict[Level, FromClause]] = {
    "study": study,
    "series": series.join(study, study.c.id == series.c.study_key),
    "instance": instance.join(series, series.c.id == instance.c.series_key).join(
        study, study.c.id == series.c.study_key
    ),
}
_KEY: Final = {"study": study.c.id, "series": series.c.id, "instance": instance.c.id}
_STUDY_COLUMNS: Final = (
    study.c.id.label("study_id_"),
    study.c.study_instance_uid,
    study.c.attributes.label("study_attributes"),
    study.c.number_of_series.label("study_series"),
    study.c.number_of_instances.label("study_instances"),
)
_SERIES_COLUMNS: Final = (
    series.c.id.label("series_id_"),
    series.c.series_instance_uid,
    series.c.modality,
    series.c.attributes.label("series_attributes"),
    series.c.number_of_instances.label("series_instances"),
)
_INSTANCE_COLUMNS: Final = (
    instance.c.id.label("instance_id_"),
    instance.c.sop_instance_uid,
    instance.c.sop_class_uid,
    instance.c.instance_number,
    instance.c.rows,
    instance.c.columns,
    instance.c.bits_allocated,
    instance.c.number_of_frames,
    instance.c.transfer_syntax_uid,
)
_COLUMNS: Final[dict[Level, tuple[Any, ...]]] = {
    "study": _STUDY_COLUMNS,
    "series": (*_STUDY_COLUMNS, *_SERIES_COLUMNS),
    "instance": (*_STUDY_COLUMNS, *_SERIES_COLUMNS, *_INSTANCE_COLUMNS),
}
_SELECTED: Final = {level: select(*columns).select_from(_FROM[level]) for level, columns in _COLUMNS.items()}
_MODALITIES: Final = (
    select(series.c.study_key, series.c.modality)
    .where(series.c.study_key.in_(bindparam("study_keys", expanding=True)), series.c.modality != "")
    .distinct()
)


@dataclass(frozen=True)
class Search:
    """One search at one level of one site; ``base`` is its DICOMweb's address, ``without`` are studies of nobody."""

    connection: Connection
    site_id: str
    level: Level
    query: Query
    base: str
    study_instance_uid: str | None = None
    series_instance_uid: str | None = None
    without: tuple[str, ...] = ()
    _parents: Recent[tuple[str, int], dict[str, Any]] = field(default_factory=lambda: Recent(_PARENTS), repr=False)

    _last: Recent[tuple[str, int], dict[str, Any]] = field(default_factory=lambda: Recent(1), repr=False)

    def found(self) -> Found:
        """One page, and how many more there are after it: a page of many or of large results ends early."""
        most = _MOST_UNPACKED if self._wants_instance_attributes() else self.query.limit
        limit = min(self.query.limit, most)
        rows, remaining = self._page_in_python(limit) if self._without_column() else self._page_in_sql(limit)
        asked = Asked(
            level=self.level,
            base=self.base,
            query=self.query,
            with_study=self.study_instance_uid is None,
            with_series=self.series_instance_uid is None,
            modalities=self._modalities(rows),
        )
        items: list[bytes] = []
        size = 0
        for row in rows:
            items.append(orjson.dumps(item(asked, row, self.attributes)))
            size += len(items[-1])
            if size > _MOST_BYTES:
                break
        return Found(items, remaining + len(rows) - len(items))

    def attributes(self, row: Row[Any], level: Level) -> dict[str, Any]:
        """The stored JSON of one level of a row; parents are unpacked once for the rows that follow each other."""
        key: int = getattr(row, f"{level}_id_")
        of_objects = level == "instance"
        recent = self._last if of_objects else self._parents
        held = recent.get((level, key))
        if held is None and of_objects:
            held = self._unpacked([row])[key]
        elif held is None:
            held = without_bulk_data(unpack(getattr(row, f"{level}_attributes")))
        recent.put((level, key), held, weight=1)
        return held

    def _unpacked(self, rows: Sequence[Row[Any]]) -> dict[int, dict[str, Any]]:
        """The attributes of objects with the addresses of their bulk data, by row key."""
        keys = {row.instance_id_: row for row in rows}
        asked = select(instance.c.id, instance.c.attributes).where(instance.c.id.in_(keys))
        made = {}
        for key, packed in self.connection.execute(asked):
            address = f'"BulkDataURI":"{address_of("instance", self.base, keys[key])}/{BULK_DATA}/'
            made[key] = unpack(packed, renamed=(_RELATIVE, address))
        return made

    def _page_in_sql(self, limit: int) -> tuple[list[Row[Any]], int]:
        offset = self.query.offset
        if self.query.limit == 0:
            return [], 0
        rows = self.connection.execute(self._select().order_by(_KEY[self.level]).limit(limit).offset(offset)).all()
        if len(rows) < limit:
            return list(rows), 0
        counted = select(func.count()).select_from(_FROM[self.level]).where(*self._conditions())
        total = int(self.connection.execute(counted).scalar_one())
        return list(rows), max(0, total - offset - len(rows))

    def _page_in_python(self, limit: int) -> tuple[list[Row[Any]], int]:
        """Every row is compared, and only those of the page are held."""
        page: list[Row[Any]] = []
        fitting = 0
        for row in self._fitting():
            if self.query.offset <= fitting < self.query.offset + limit:
                page.append(row)
            fitting += 1
        return page, max(0, fitting - self.query.offset - limit) if self.query.limit else 0

    def _fitting(self) -> Iterator[Row[Any]]:
        unmatched = self._without_column()
        below = [match for match in unmatched if level_of(match.path[0]) == "instance"]
        above = [match for match in unmatched if level_of(match.path[0]) != "instance"]
        for rows in self._all_rows():
            left = [row for row in rows if all(self._fits(row, match) for match in above)]
            for at in range(0, len(left), _UNPACKED_AT_ONCE):
                some = left[at : at + _UNPACKED_AT_ONCE]
                known = self._unpacked(some) if below else {}
                for row in some:
                    if all(matches(known[row.instance_id_], match) for match in below):
                        yield row

    def _all_rows(self) -> Iterator[Sequence[Row[Any]]]:
        after = 0
        key = _KEY[self.level]
        while True:
            rows = self.connection.execute(self._select().where(key > after).order_by(key).limit(_AT_ONCE)).all()
            yield rows
            if len(rows) < _AT_ONCE:
                return
            after = getattr(rows[-1], f"{self.level}_id_")

    def _fits(self, row: Row[Any], match: Match) -> bool:
        return matches(self.attributes(row, level_of(match.path[0])), match)

    def _select(self) -> Select[Any]:
        return _SELECTED[self.level].where(*self._conditions())

    def _wants_instance_attributes(self) -> bool:
        if self.level != "instance":
            return False
        return self.query.include_all or any(level_of(one) == "instance" for one in self.query.include)

    def _conditions(self) -> list[Condition]:
        made: list[Condition] = [study.c.site_id == self.site_id]
        if self.without:
            made.append(study.c.study_instance_uid.not_in(self.without))
        if self.study_instance_uid is not None:
            made.append(study.c.study_instance_uid == self.study_instance_uid)
        if self.series_instance_uid is not None:
            made.append(series.c.series_instance_uid == self.series_instance_uid)
        made.extend(one for _, one in self._matched if one is not None)
        return made

    @cached_property
    def _matched(self) -> list[tuple[Match, Condition | None]]:
        """What is asked for, and the condition on columns that says it where there is one."""
        dialect = self.connection.dialect.name
        return [(match, condition(match, self.level, dialect)) for match in self.query.matches]

    def _without_column(self) -> list[Match]:
        unmatched = [match for match, in_sql in self._matched if in_sql is None]
        for match in unmatched:
            if LEVELS.index(level_of(match.path[0])) > LEVELS.index(self.level):
                raise RequestError(
                    f"attribute {match.path[0]} is not matched in a search for {self.level}",
                    phase="reading the query",
                    remedy="search at the level of the attribute",
                )
        return unmatched

    def _modalities(self, rows: list[Row[Any]]) -> dict[int, list[str]]:
        keys = sorted({row.study_id_ for row in rows}) if self.level == "study" or not self.study_instance_uid else []
        found: dict[int, list[str]] = {}
        for at in range(0, len(keys), _AT_ONCE):
            pairs = self.connection.execute(_MODALITIES, {"study_keys": keys[at : at + _AT_ONCE]})
            for key, modality in pairs:
                found.setdefault(key, []).append(modality)
        return {key: sorted(names) for key, names in found.items()}
