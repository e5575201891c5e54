"""Signed reports that leave for the hospital, in SQL: by site, by study, by when they were signed."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import LABEL_STYLE_DISAMBIGUATE_ONLY, ColumnElement, Connection, func, select

from dokuei.hub.reports.model import Report, demand_unchanged
from dokuei.hub.reports.seal_model import KeptVersion
from dokuei.hub.reports.store import kept_version
from dokuei.hub.reports.tables import report, version
from dokuei.storage.paging import WHENEVER, Span, paged, within

OUT_TO_THE_HOSPITAL: Final = ("sole", "arbiter")
_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Published:
    """A report with one of its signed versions."""

    report: Report
    kept: KeptVersion


@dataclass(frozen=True)
class Sought:
    """Which reports are wanted; what is None narrows nothing."""

    report_ids: Collection[str] | None = None
    studies: Collection[str] | None = None
    signed: Span = WHENEVER


def signed_lately(connection: Connection, site_id: str, sought: Sought, *, at_most: int) -> tuple[Published, ...]:
    """Reports of one site by their latest versions, what was signed last first, unless the other order is wanted.

    Raises:
        ProofError: the text of one is not the text that was signed.
    """
    moment, key = version.c.signed_at, report.c.report_id
    wanted: list[ColumnElement[bool]] = [
        report.c.site_id == site_id,
        report.c.role.in_(OUT_TO_THE_HOSPITAL),
        version.c.number == _latest_number(),
    ]
    if sought.report_ids is not None:
        wanted.append(key.in_(sought.report_ids))
    if sought.studies is not None:
        wanted.append(report.c.study_instance_uid.in_(sought.studies))
    wanted += within(moment, sought.signed)
    query = select(report, version).join(version, version.c.report_id == report.c.report_id).where(*wanted)
    return _published(connection, paged(query, sought.signed, moment, key, at_most=at_most))


def held_now(connection: Connection, site_id: str, studies: Collection[str]) -> tuple[Published, ...]:
    """Every opinion on some studies by its latest version, those that stay in the centre too.

    Raises:
        ProofError: the text of one is not the text that was signed.
    """
    wanted, found = sorted(studies), list[Published]()
    for at in range(0, len(wanted), _AT_ONCE):
        query = select(report, version).join(version, version.c.report_id == report.c.report_id)
        query = query.where(
            report.c.site_id == site_id,
            report.c.study_instance_uid.in_(wanted[at : at + _AT_ONCE]),
            version.c.number == _latest_number(),
        )
        found += _published(connection, query)
    return tuple(found)


def history(connection: Connection, site_id: str, report_id: str) -> tuple[Published, ...]:
    """All signed versions of a report, the latest first; empty where the site has none of this name.

    Raises:
        ProofError: the text of one is not the text that was signed.
    """
    query = select(report, version).join(version, version.c.report_id == report.c.report_id)
    query = query.where(
        report.c.site_id == site_id, report.c.report_id == report_id, report.c.role.in_(OUT_TO_THE_HOSPITAL)
    )
    return _published(connection, query.order_by(version.c.number.desc()))


def has_signed(connection: Connection, site_id: str, person_id: str) -> bool:
    """Whether a site has a report of this person's."""
    query = select(version.c.report_id).join(report, report.c.report_id == version.c.report_id)
    query = query.where(report.c.site_id == site_id, version.c.signed_by == person_id)
    return connection.execute(query.where(report.c.role.in_(OUT_TO_THE_HOSPITAL)).limit(1)).first() is not None


def _latest_number() -> ColumnElement[int]:
    others = version.alias()
    return select(func.max(others.c.number)).where(others.c.report_id == report.c.report_id).scalar_subquery()


def _published(connection: Connection, query: Any) -> tuple[Published, ...]:
    found = []
    for row in connection.execute(query.set_label_style(LABEL_STYLE_DISAMBIGUATE_ONLY)):
        kept = kept_version(row)
        demand_unchanged(kept.signed.canonical, kept.signed.digest)
        found.append(Published(Report(**{n: getattr(row, n) for n in Report.__dataclass_fields__}), kept))
    return tuple(found)
