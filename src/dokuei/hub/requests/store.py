"""Requests in SQL: every reading query is scoped by the sites that the asker may see."""

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update

from dokuei.clock import now
from dokuei.dicom.folded import sought_in
from dokuei.hub.requests.identities import key_of
from dokuei.hub.requests.model import (
    STATES,
    Attachment,
    Content,
    Difference,
    Former,
    Link,
    Patient,
    ReadingRequest,
    Source,
    State,
)
from dokuei.hub.requests.tables import attachment, link, request, version

MOST_LISTED = 100
_MOST_LATELY = 100
_CONTENT = TypeAdapter(Content)
_DIFFERENCES = TypeAdapter(tuple[Difference, ...])


def add(
    connection: Connection, site_id: str, content: Content, *, source: Source, actor: str, actor_name: str
) -> ReadingRequest:
    """Keep a new request, waiting."""
    new = ReadingRequest(
        request_id=uuid.uuid4().hex,
        site_id=site_id,
        state="waiting",
        source=source,
        version=1,
        content=content,
        placed_at=now(),
        placed_by=actor,
        placed_by_name=actor_name[:200],
    )
    connection.execute(
        insert(request).values(
            request_id=new.request_id,
            site_id=site_id,
            state=new.state,
            source=source,
            version=1,
            placed_at=new.placed_at,
            placed_by=actor,
            placed_by_name=new.placed_by_name,
            changed_after_signature=False,
            canceled_because="",
            changed_at=new.placed_at,
            **_columns(content),
        )
    )
    _keep_version(connection, new, at=new.placed_at, actor=actor, actor_name=actor_name, because="")
    return new


def change(
    connection: Connection,
    known: ReadingRequest,
    content: Content,
    *,
    after_signature: bool,
    actor: str,
    actor_name: str,
    because: str = "",
) -> ReadingRequest:
    """Keep the next version; every one before it stays."""
    changed = replace(
        known,
        version=known.version + 1,
        content=content,
        changed_after_signature=known.changed_after_signature or after_signature,
    )
    before, at = [one.patient for one in known.former], now()
    connection.execute(
        update(request)
        .where(request.c.request_id == known.request_id)
        .values(
            version=changed.version,
            changed_after_signature=changed.changed_after_signature,
            changed_at=at,
            **_columns(content, (*before, known.content.patient)),
        )
    )
    _keep_version(connection, changed, at=at, actor=actor, actor_name=actor_name, because=because)
    return changed


def cancel(connection: Connection, request_id: str, because: str) -> None:
    """The hospital no longer asks."""
    connection.execute(
        update(request)
        .where(request.c.request_id == request_id)
        .values(state="canceled", canceled_because=because, version=request.c.version + 1, changed_at=now())
    )


def set_state(connection: Connection, request_id: str, state: State) -> None:
    """Write the state that follows from the links."""
    connection.execute(update(request).where(request.c.request_id == request_id).values(state=state))


def find(
    connection: Connection, request_id: str, *, site_ids: Collection[str], lock: bool = False
) -> ReadingRequest | None:
    """One request, if its site is among those the asker may see; ``lock`` holds its row."""
    query = select(request).where(request.c.request_id == request_id, request.c.site_id.in_(site_ids))
    rows = connection.execute(query.with_for_update() if lock else query).all()
    return next(iter(requests_of(connection, rows)), None)


@dataclass(frozen=True)
class Wanted:
    """Which requests are listed; what is empty narrows nothing.

    ``patient_id`` in any spelling, ``words`` as they are folded to be found.
    """

    state: State | None = None
    patient_id: str = ""
    words: tuple[str, ...] = ()

    def where(self) -> tuple[ColumnElement[bool], ...]:
        """The same for SQL."""
        conditions = [request.c.sought.contains(word, autoescape=True) for word in self.words]
        if self.state is not None:
            conditions.append(request.c.state == self.state)
        if self.patient_id:
            conditions.append(request.c.patient_key == key_of(self.patient_id))
        return tuple(conditions)


def listed(connection: Connection, wanted: Wanted, *, site_ids: Collection[str]) -> tuple[ReadingRequest, ...]:
    """Requests of some sites, the latest first."""
    found: list[tuple[Any, str]] = []
    for site_id in site_ids:  # each in the order of an index alone: documents of those that are shown only are read
        query = select(request.c.placed_at, request.c.request_id).where(request.c.site_id == site_id, *wanted.where())
        query = query.order_by(request.c.placed_at.desc(), request.c.request_id.desc()).limit(MOST_LISTED)
        found += [(row.placed_at, row.request_id) for row in connection.execute(query)]
    chosen = [request_id for _, request_id in sorted(found, reverse=True)[:MOST_LISTED]]
    rows = connection.execute(select(request).where(request.c.request_id.in_(chosen))).all()
    by_id = {one.request_id: one for one in requests_of(connection, rows)}
    return tuple(by_id[request_id] for request_id in chosen)


def placed_since(
    connection: Connection, site_id: str, *, sources: Collection[Source], since: datetime
) -> tuple[ReadingRequest, ...]:
    """What was asked for lately in these ways and still is, the latest first."""
    wanted = (request.c.site_id == site_id, request.c.source.in_(sources), request.c.state != "canceled")
    query = select(request).where(*wanted, request.c.placed_at >= since).order_by(request.c.placed_at.desc())
    return requests_of(connection, connection.execute(query.limit(_MOST_LATELY)).all())


def counts(connection: Connection, *, site_ids: Collection[str]) -> dict[str, int]:
    """How many requests stand in each state."""
    rows = connection.execute(
        select(request.c.state, func.count()).where(request.c.site_id.in_(site_ids)).group_by(request.c.state)
    )
    return {**dict.fromkeys(STATES, 0), **{row[0]: row[1] for row in rows}}


def by_number(
    connection: Connection, site_id: str, *, placer_order_number: str, accession_number: str
) -> tuple[ReadingRequest, ...]:
    """Requests that are not canceled and that a hospital's number names: its own number goes before the other."""
    for column, number in (
        (request.c.placer_order_number, placer_order_number),
        (request.c.accession_number, accession_number),
    ):
        found = _open(connection, site_id, column == number) if number else ()
        if found:
            return found
    return ()


def of_patient(connection: Connection, site_id: str, keys: Collection[str]) -> tuple[ReadingRequest, ...]:
    """A patient's requests that are not canceled."""
    wanted = {one for one in keys if one}
    return _open(connection, site_id, request.c.patient_key.in_(wanted)) if wanted else ()


def about_study(
    connection: Connection, site_id: str, study_instance_uid: str, *, accession_number: str, keys: Collection[str]
) -> tuple[ReadingRequest, ...]:
    """Requests that are, or might be, about a study."""
    joined = select(link.c.request_id).where(link.c.site_id == site_id, link.c.study_instance_uid == study_instance_uid)
    conditions: list[ColumnElement[bool]] = [
        request.c.request_id.in_(joined),
        request.c.study_instance_uid == study_instance_uid,
        request.c.patient_key.in_({one for one in keys if one}),
    ]
    if accession_number:
        conditions.append(request.c.accession_number == accession_number)
    return _open(connection, site_id, or_(*conditions))


def linked(connection: Connection, site_id: str, study_instance_uid: str) -> tuple[ReadingRequest, ...]:
    """Requests that belong to a study, the first one placed first; canceled ones too."""
    joined = select(link.c.request_id).where(
        link.c.site_id == site_id, link.c.study_instance_uid == study_instance_uid, link.c.state != "refused"
    )
    query = select(request).where(request.c.site_id == site_id, request.c.request_id.in_(joined))
    return requests_of(connection, connection.execute(query.order_by(request.c.placed_at, request.c.request_id)).all())


def is_mismatched(connection: Connection, site_id: str, study_instance_uid: str) -> bool:
    """Whether a decision about a study is wanting: whoever reads or signs asks this in the same transaction."""
    asked = (
        select(link.c.request_id)
        .join(request, request.c.request_id == link.c.request_id)
        .where(
            link.c.site_id == site_id,
            link.c.study_instance_uid == study_instance_uid,
            link.c.state == "mismatch",
            request.c.state != "canceled",
        )
    )
    return connection.execute(asked).first() is not None


def put_links(connection: Connection, known: ReadingRequest, links: Iterable[Link]) -> ReadingRequest:
    """Put a request's links in the place of those before; the audit trail has each decision."""
    links = tuple(links)
    connection.execute(delete(link).where(link.c.request_id == known.request_id))
    if links:
        connection.execute(insert(link), [_link_values(known, one) for one in links])
    return replace(known, links=links)


def add_attachment(connection: Connection, request_id: str, new: Attachment, *, actor: str) -> None:
    """Note a document whose bytes are kept already."""
    values = {name: getattr(new, name) for name in Attachment.__dataclass_fields__}
    connection.execute(insert(attachment).values(request_id=request_id, at=now(), actor=actor, **values))


def _open(connection: Connection, site_id: str, condition: ColumnElement[bool]) -> tuple[ReadingRequest, ...]:
    query = select(request).where(request.c.site_id == site_id, request.c.state != "canceled", condition)
    rows = connection.execute(query.order_by(request.c.placed_at, request.c.request_id).with_for_update()).all()
    return requests_of(connection, rows)


def requests_of(connection: Connection, rows: Iterable[Row[Any]]) -> tuple[ReadingRequest, ...]:
    """Rows of the table of requests with all that belongs to each."""
    rows = tuple(rows)
    ids = [row.request_id for row in rows]
    links, attachments, former = _links(connection, ids), _attachments(connection, ids), _former(connection, rows)
    return tuple(
        ReadingRequest(
            request_id=row.request_id,
            site_id=row.site_id,
            state=row.state,
            source=row.source,
            version=row.version,
            content=_CONTENT.validate_json(row.document),
            placed_at=row.placed_at,
            placed_by=row.placed_by,
            placed_by_name=row.placed_by_name,
            changed_after_signature=row.changed_after_signature,
            canceled_because=row.canceled_because,
            links=tuple(links[row.request_id]),
            attachments=tuple(attachments[row.request_id]),
            former=tuple(former[row.request_id]),
        )
        for row in rows
    )


def _links(connection: Connection, ids: Collection[str]) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = defaultdict(list)
    query = select(link).where(link.c.request_id.in_(ids)).order_by(link.c.at, link.c.study_instance_uid)
    for row in connection.execute(query) if ids else ():
        found[row.request_id].append(
            Link(
                study_instance_uid=row.study_instance_uid,
                state=row.state,
                reasons=tuple(json.loads(row.reasons)),
                differences=_DIFFERENCES.validate_json(row.differences),
                linked_by=row.linked_by,
                settled_by=row.settled_by,
                settled_because=row.settled_because,
            )
        )
    return found


def _attachments(connection: Connection, ids: Collection[str]) -> dict[str, list[Attachment]]:
    found: dict[str, list[Attachment]] = defaultdict(list)
    query = select(attachment).where(attachment.c.request_id.in_(ids)).order_by(attachment.c.number)
    for row in connection.execute(query) if ids else ():
        values = {name: getattr(row, name) for name in Attachment.__dataclass_fields__}
        found[row.request_id].append(Attachment(**values))
    return found


def _former(connection: Connection, rows: tuple[Row[Any], ...]) -> dict[str, list[Former]]:
    """Whom each request named before, the first one first; most requests have one version and cost nothing here."""
    several = [row.request_id for row in rows if row.version > 1]
    found: dict[str, list[Former]] = defaultdict(list)
    if not several:
        return found
    query = select(version).where(version.c.request_id.in_(several)).order_by(version.c.request_id, version.c.number)
    before: tuple[str, Content] | None = None
    for row in connection.execute(query):
        content = _CONTENT.validate_json(row.document)
        if before is not None and before[0] == row.request_id and before[1].patient != content.patient:
            found[row.request_id].append(Former(before[1].patient, row.at, row.actor_name, row.because))
        before = row.request_id, content
    return found


def _keep_version(
    connection: Connection, kept: ReadingRequest, *, at: datetime, actor: str, actor_name: str, because: str
) -> None:
    connection.execute(
        insert(version).values(
            request_id=kept.request_id,
            number=kept.version,
            document=_document(kept.content),
            at=at,
            actor=actor,
            actor_name=actor_name[:200],
            because=because,
        )
    )


def _columns(content: Content, before: Sequence[Patient] = ()) -> dict[str, Any]:
    return {
        "document": _document(content),
        "priority": content.priority,
        "due_at": content.due_at,
        "accession_number": content.accession_number,
        "placer_order_number": content.placer_order_number,
        "patient_key": key_of(content.patient.patient_id),
        "examination_date": content.examination_date,
        "study_instance_uid": content.expected_study_instance_uid,
        "sought": _sought(content, before),
    }


def _sought(content: Content, before: Sequence[Patient]) -> str:
    """What a request is found by: whom it named before too, since both identifiers stay (REC-10)."""
    named = (
        said
        for one in (content.patient, *before)
        for said in (one.name.ideographic, one.name.phonetic, one.name.alphabetic, one.patient_id)
    )
    numbers = content.accession_number, content.placer_order_number
    return sought_in(*dict.fromkeys((*named, *numbers, content.clinical.reason)))


def _document(content: Content) -> str:
    return _CONTENT.dump_json(content).decode()


def _link_values(known: ReadingRequest, one: Link) -> dict[str, Any]:
    return {
        "request_id": known.request_id,
        "study_instance_uid": one.study_instance_uid,
        "site_id": known.site_id,
        "state": one.state,
        "reasons": json.dumps(one.reasons),
        "differences": _DIFFERENCES.dump_json(one.differences).decode(),
        "linked_by": one.linked_by,
        "settled_by": one.settled_by,
        "settled_because": one.settled_because,
        "at": now(),
    }
