"""Requests as they stood and when they changed, in SQL: for systems that ask what is new."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Row, or_, select

from dokuei.hub.requests import store, store_progress, store_studies
from dokuei.hub.requests.identities import key_of
from dokuei.hub.requests.model import Content, Former, Patient, ReadingRequest, State
from dokuei.hub.requests.progress import ACTIVE, Progress, Step, stands_at
from dokuei.hub.requests.tables import link, request, study, version
from dokuei.storage.paging import WHENEVER, Span, paged, within

_CONTENT = TypeAdapter(Content)
_JOINED = ("matched", "mismatch")
_AT_ONCE = 500


@dataclass(frozen=True)
class Standing:
    """A request as one of its versions says, how far it had come by then in how many steps, and since when."""

    request: ReadingRequest
    at: datetime
    progress: Progress = ACTIVE
    steps: int = 0


@dataclass(frozen=True)
class Sought:
    """Which requests are wanted; what is None narrows nothing. ``by_placed``: by when they were placed."""

    request_ids: Collection[str] | None = None
    patient_keys: Collection[str] | None = None
    numbers: Collection[str] | None = None
    changed: Span = WHENEVER
    by_placed: bool = False


def changed_lately(connection: Connection, site_id: str, sought: Sought, *, at_most: int) -> tuple[Standing, ...]:
    """Requests of one site, what changed last first, unless another order is wanted."""
    changed_at, key = request.c.changed_at, request.c.request_id
    wanted: list[ColumnElement[bool]] = [request.c.site_id == site_id, changed_at.is_not(None)]
    if sought.request_ids is not None:
        wanted.append(key.in_(sought.request_ids))
    if sought.patient_keys is not None:
        wanted.append(request.c.patient_key.in_(sought.patient_keys))
    if sought.numbers is not None:
        wanted.append(
            or_(request.c.accession_number.in_(sought.numbers), request.c.placer_order_number.in_(sought.numbers))
        )
    wanted += within(changed_at, sought.changed)
    moment = request.c.placed_at if sought.by_placed else changed_at
    query = paged(select(request).where(*wanted), sought.changed, moment, key, at_most=at_most)
    rows = connection.execute(query).all()
    since = {row.request_id: row.changed_at for row in rows}
    steps = store_progress.steps(connection, since)
    return tuple(
        Standing(one, since[one.request_id], *stands_at(steps.get(one.request_id, ()), one.version))
        for one in store.requests_of(connection, rows)
    )


def history(connection: Connection, site_id: str, request_id: str) -> tuple[Standing, ...]:
    """All that one request said, the latest first; empty where the site has none of this name."""
    row = connection.execute(
        select(request).where(request.c.request_id == request_id, request.c.site_id == site_id)
    ).one_or_none()
    if row is None:
        return ()
    (known,) = store.requests_of(connection, [row])
    rows = connection.execute(select(version).where(version.c.request_id == request_id).order_by(version.c.number))
    steps = store_progress.steps(connection, {request_id}).get(request_id, [])
    asked = replace(known, state="waiting", canceled_because="")
    found = [moved for one in rows for moved in _as_it_moved(_as_it_was(asked, one), one.at, steps)]
    if known.state == "canceled":
        found.append(Standing(known, row.changed_at or known.placed_at))
    return tuple(reversed(found))


def _as_it_moved(asked: ReadingRequest, at: datetime, steps: Sequence[Step]) -> Iterator[Standing]:
    """One version as it was written, and again for each step that it saw."""
    yield Standing(asked, at, stands_at(steps, asked.version - 1)[0])
    seen = (one for one in steps if one.version == asked.version)
    for number, step in enumerate(seen, 1):
        yield Standing(asked, step.at, step.progress, number)


def _as_it_was(known: ReadingRequest, row: Row[Any]) -> ReadingRequest:
    """What one version said, and whom the request had named until then."""
    former = tuple(one for one in known.former if one.until <= row.at)
    return replace(known, version=row.number, content=_CONTENT.validate_json(row.document), former=former)


def canceled_by_number(
    connection: Connection, site_id: str, *, placer_order_number: str, accession_number: str
) -> ReadingRequest | None:
    """The request that a number meant until it was canceled, the latest one."""
    column, number = request.c.placer_order_number, placer_order_number
    if not number:
        column, number = request.c.accession_number, accession_number
    query = select(request).where(request.c.site_id == site_id, request.c.state == "canceled", column == number)
    rows = connection.execute(query.order_by(request.c.placed_at.desc()).limit(1)).all()
    return next(iter(store.requests_of(connection, rows)), None)


def studies_about(
    connection: Connection, site_id: str, *, patient_keys: Collection[str] | None, numbers: Collection[str] | None
) -> frozenset[str]:
    """Studies of a patient, or with an accession number."""
    wanted: list[ColumnElement[bool]] = [study.c.site_id == site_id]
    if patient_keys is not None:
        wanted.append(study.c.patient_key.in_(patient_keys))
    if numbers is not None:
        wanted.append(study.c.accession_number.in_(numbers))
    return frozenset(connection.execute(select(study.c.study_instance_uid).where(*wanted)).scalars())


def joined(connection: Connection, site_id: str, study_instance_uids: Collection[str]) -> dict[str, list[str]]:
    """Study Instance UID → the requests that it answers, canceled ones left out."""
    query = (
        select(link.c.study_instance_uid, link.c.request_id)
        .join(request, request.c.request_id == link.c.request_id)
        .where(
            link.c.site_id == site_id,
            link.c.study_instance_uid.in_(study_instance_uids),
            link.c.state.in_(_JOINED),
            request.c.state != "canceled",
        )
        .order_by(request.c.placed_at, request.c.request_id)
    )
    found: dict[str, list[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.study_instance_uid, []).append(row.request_id)
    return found


def taken_numbers(connection: Connection, site_id: str, numbers: Collection[str]) -> frozenset[str]:
    """Those of some accession numbers that requests have which are not canceled."""
    wanted, found = sorted(numbers), set[str]()
    for at in range(0, len(wanted), _AT_ONCE):
        query = select(request.c.accession_number).where(
            request.c.site_id == site_id,
            request.c.state != "canceled",
            request.c.accession_number.in_(wanted[at : at + _AT_ONCE]),
        )
        found |= set(connection.execute(query).scalars())
    return frozenset(found)


def standing(
    connection: Connection, site_id: str, request_ids: Collection[str]
) -> dict[str, tuple[State, tuple[str, ...]]]:
    """Request → its state and the studies that are joined to it."""
    wanted, found = sorted(request_ids), dict[str, State]()
    studies: dict[str, list[str]] = {}
    for at in range(0, len(wanted), _AT_ONCE):
        some = wanted[at : at + _AT_ONCE]
        asked = select(request.c.request_id, request.c.state).where(request.c.site_id == site_id)
        found |= {row.request_id: row.state for row in connection.execute(asked.where(request.c.request_id.in_(some)))}
        joins = select(link.c.request_id, link.c.study_instance_uid).where(
            link.c.site_id == site_id, link.c.request_id.in_(some), link.c.state.in_(_JOINED)
        )
        for row in connection.execute(joins.order_by(link.c.study_instance_uid)):
            studies.setdefault(row.request_id, []).append(row.study_instance_uid)
    return {one: (state, tuple(studies.get(one, ()))) for one, state in found.items()}


def formerly(connection: Connection, site_id: str, patient_key: str) -> tuple[Former, ...]:
    """Whom the hospital called this patient before, the first first: by merges, and by what it corrected of her name.

    An ID that somebody mistyped is another person's, maybe: only what a merge made hers counts as hers.
    """
    keys = store_studies.one_person(connection, site_id, patient_key)
    merged = store_studies.merged(connection, site_id, keys)
    rows = connection.execute(
        select(request).where(request.c.site_id == site_id, request.c.patient_key == patient_key, request.c.version > 1)
    ).all()
    corrected = (one for known in store.requests_of(connection, rows) for one in known.former)
    hers = (one for one in corrected if key_of(one.patient.patient_id) in keys)
    return tuple(sorted((*merged, *hers), key=lambda one: one.until))


def patient_of(connection: Connection, site_id: str, patient_key: str) -> Patient | None:
    """Whom a folded ID means at a site: as the hospital asked last, else as its images say."""
    query = select(request.c.document).where(request.c.site_id == site_id, request.c.patient_key == patient_key)
    asked = connection.execute(query.order_by(request.c.placed_at.desc()).limit(1)).scalar_one_or_none()
    if asked is not None:
        return _CONTENT.validate_json(asked).patient
    uids = select(study.c.study_instance_uid).where(study.c.site_id == site_id, study.c.patient_key == patient_key)
    newest: list[Any] = list(connection.execute(uids.order_by(study.c.study_date.desc()).limit(1)).scalars())
    shown = store_studies.find_studies(connection, site_id, newest)
    return shown[0].patient if shown else None
