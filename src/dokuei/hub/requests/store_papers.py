"""Studies of nothing but papers and the requests that they may belong to, in SQL; always within some sites."""

from collections.abc import Collection
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, delete, insert, select

from dokuei.clock import now
from dokuei.hub.requests import store_studies
from dokuei.hub.requests.model import Difference, PapersLink, Study
from dokuei.hub.requests.tables import papers, study

MOST_LISTED = 200
_DIFFERENCES = TypeAdapter(tuple[Difference, ...])


def of_study(connection: Connection, site_id: str, study_instance_uid: str) -> tuple[PapersLink, ...]:
    """What is known of a study and each request."""
    query = select(papers).where(papers.c.site_id == site_id, papers.c.study_instance_uid == study_instance_uid)
    return tuple(_link(row) for row in connection.execute(query.order_by(papers.c.request_id)))


def of_requests(
    connection: Connection, site_id: str, request_ids: Collection[str]
) -> dict[str, tuple[tuple[PapersLink, Study], ...]]:
    """Request -> the studies of papers that belong to it, or may; what somebody refused is left out."""
    query = select(papers).where(
        papers.c.site_id == site_id, papers.c.request_id.in_(request_ids), papers.c.state != "refused"
    )
    links = [_link(row) for row in connection.execute(query)]
    here = {
        one.study_instance_uid: one
        for one in store_studies.find_studies(connection, site_id, {link.study_instance_uid for link in links})
    }
    found: dict[str, tuple[tuple[PapersLink, Study], ...]] = {}
    for link in links:
        if link.study_instance_uid in here:
            found[link.request_id] = (*found.get(link.request_id, ()), (link, here[link.study_instance_uid]))
    return found


def waiting(connection: Connection, site_ids: Collection[str]) -> tuple[Study, ...]:
    """Studies of nothing but papers that belong to no request yet, the latest first."""
    joined = select(papers.c.study_instance_uid).where(
        papers.c.site_id == study.c.site_id,
        papers.c.study_instance_uid == study.c.study_instance_uid,
        papers.c.state == "joined",
    )
    query = select(study).where(study.c.site_id.in_(site_ids), study.c.papers_only, ~joined.exists())
    query = query.order_by(study.c.study_date.desc(), study.c.study_instance_uid).limit(MOST_LISTED)
    return tuple(store_studies.study_of(row) for row in connection.execute(query))


def put(connection: Connection, site_id: str, link: PapersLink) -> None:
    """Put what is known now in the place of what was; the audit trail has each decision."""
    forget(connection, site_id, link.study_instance_uid, request_id=link.request_id)
    connection.execute(
        insert(papers).values(
            request_id=link.request_id,
            study_instance_uid=link.study_instance_uid,
            site_id=site_id,
            state=link.state,
            differences=_DIFFERENCES.dump_json(link.differences).decode(),
            settled_by=link.settled_by,
            settled_because=link.settled_because,
            at=now(),
        )
    )


def forget(connection: Connection, site_id: str, study_instance_uid: str, *, request_id: str | None = None) -> None:
    """A study belongs to this request no more, or to none."""
    gone = delete(papers).where(papers.c.site_id == site_id, papers.c.study_instance_uid == study_instance_uid)
    connection.execute(gone if request_id is None else gone.where(papers.c.request_id == request_id))


def _link(row: Row[Any]) -> PapersLink:
    return PapersLink(
        request_id=row.request_id,
        study_instance_uid=row.study_instance_uid,
        state=row.state,
        differences=_DIFFERENCES.validate_json(row.differences),
        settled_by=row.settled_by,
        settled_because=row.settled_because,
    )
