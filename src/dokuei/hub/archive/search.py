"""QIDO-RS searches: columns first, stored JSON for the rest, always one site, always in the order of arrival."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, FromClause, Row, Select, func, select

from dokuei.errors import RequestError
from dokuei.hub.archive.attributes import LEVELS, Level, level_of
from dokuei.hub.archive.conditions import Condition, condition
from dokuei.hub.archive.matching import matches
from dokuei.hub.archive.model import Found
from dokuei.hub.archive.query import Match, Query
from dokuei.hub.archive.results import Asked, item
from dokuei.hub.archive.store import unpack
from dokuei.hub.archive.tables import instance, series, study

_AT_ONCE: Final = 500
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


@dataclass(frozen=True)
class Search:
    """One search at one level of one site; ``base`` is the address under which the site's DICOMweb is reached."""

    connection: Connection
    site_id: str
    level: Level
    query: Query
    base: str
    study_instance_uid: str | None = None
    series_instance_uid: str | None = None
    _unpacked: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict, repr=False)

    def found(self) -> Found:
        """One page, and how many more there are after it."""
        rows, remaining = self._page_in_python() if self._without_column() else self._page_in_sql()
        asked = Asked(
            level=self.level,
            base=self.base,
            query=self.query,
            with_study=self.study_instance_uid is None,
            with_series=self.series_instance_uid is None,
            modalities=self._modalities(rows),
        )
        return Found([item(asked, row, self.attributes) for row in rows], remaining)

    def attributes(self, row: Row[Any], level: Level) -> dict[str, Any]:
        """The stored JSON of one level of a row; parents are unpacked once for all their rows."""
        key = (level, getattr(row, f"{level}_id_"))
        if level == "instance":
            return dict(unpack(row.instance_attributes))
        if key not in self._unpacked:
            self._unpacked[key] = unpack(getattr(row, f"{level}_attributes"))
        return self._unpacked[key]

    def _page_in_sql(self) -> tuple[list[Row[Any]], int]:
        query = self.query
        if query.limit == 0:
            return [], 0
        rows = self.connection.execute(
            self._select().order_by(_KEY[self.level]).limit(query.limit).offset(query.offset)
        ).all()
        if len(rows) < query.limit:
            return list(rows), 0
        counted = select(func.count()).select_from(_FROM[self.level]).where(*self._conditions())
        total = int(self.connection.execute(counted).scalar_one())
        return list(rows), max(0, total - query.offset - len(rows))

    def _page_in_python(self) -> tuple[list[Row[Any]], int]:
        unmatched = self._without_column()
        fitting = [row for row in self._all_rows() if all(self._fits(row, match) for match in unmatched)]
        last = self.query.offset + self.query.limit
        return fitting[self.query.offset : last], max(0, len(fitting) - last)

    def _all_rows(self) -> Iterator[Row[Any]]:
        after = 0
        key = _KEY[self.level]
        while True:
            rows = self.connection.execute(
                self._select(with_attributes=True).where(key > after).order_by(key).limit(_AT_ONCE)
            ).all()
            yield from rows
            if len(rows) < _AT_ONCE:
                return
            after = getattr(rows[-1], f"{self.level}_id_")

    def _fits(self, row: Row[Any], match: Match) -> bool:
        return matches(self.attributes(row, level_of(match.path[0])), match)

    def _select(self, *, with_attributes: bool = False) -> Select[Any]:
        columns: list[Any] = list(_STUDY_COLUMNS)
        if self.level != "study":
            columns += _SERIES_COLUMNS
        if self.level == "instance":
            columns += _INSTANCE_COLUMNS
            if with_attributes or self._wants_instance_attributes():
                columns.append(instance.c.attributes.label("instance_attributes"))
        return select(*columns).select_from(_FROM[self.level]).where(*self._conditions())

    def _wants_instance_attributes(self) -> bool:
        return self.query.include_all or any(level_of(one) == "instance" for one in self.query.include)

    def _conditions(self) -> list[Condition]:
        made: list[Condition] = [study.c.site_id == self.site_id]
        if self.study_instance_uid is not None:
            made.append(study.c.study_instance_uid == self.study_instance_uid)
        if self.series_instance_uid is not None:
            made.append(series.c.series_instance_uid == self.series_instance_uid)
        dialect = self.connection.dialect.name
        made.extend(one for match in self.query.matches if (one := condition(match, self.level, dialect)) is not None)
        return made

    def _without_column(self) -> list[Match]:
        dialect = self.connection.dialect.name
        unmatched = [match for match in self.query.matches if condition(match, self.level, dialect) is None]
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
            pairs = self.connection.execute(
                select(series.c.study_key, series.c.modality)
                .where(series.c.study_key.in_(keys[at : at + _AT_ONCE]), series.c.modality != "")
                .distinct()
            )
            for key, modality in pairs:
                found.setdefault(key, []).append(modality)
        return {key: sorted(names) for key, names in found.items()}
