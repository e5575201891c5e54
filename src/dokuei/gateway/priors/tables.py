"""The ledger of earlier studies: for whom the PACS was asked, what it has, and how far each study has come."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    and_,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from dokuei.clock import now
from dokuei.gateway.order_tables import order_notice
from dokuei.gateway.priors.rules import Current, Found, Person
from dokuei.gateway.spool_tables import received_object
from dokuei.gateway.spool_view import State
from dokuei.storage.db import UtcDateTime, gateway_metadata
from dokuei.transfer.priors import PriorState, SearchState

_AT_ONCE = 20

search = Table(
    "prior_search",
    gateway_metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("patient_id", String(64), nullable=False),
    Column("issuer_of_patient_id", Text, nullable=False),
    Column("birth_date", String(8), nullable=False),
    Column("sex", String(1), nullable=False),
    Column("study_instance_uid", String(64), nullable=False),
    Column("study_date", String(8), nullable=False),
    Column("modalities", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("others", Integer, nullable=False, server_default="0"),
    Column("wanted_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcDateTime, nullable=True),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("told_version", Integer, nullable=False, server_default="0"),
    Column("tell_attempts", Integer, nullable=False, server_default="0"),
    Column("tell_not_before", UtcDateTime, nullable=True),
)
Index("ix_prior_search_patient", search.c.patient_id)
Index("ix_prior_search_state", search.c.state, search.c.wanted_at)

study = Table(
    "prior_study",
    gateway_metadata,
    Column("search_id", Integer, ForeignKey("prior_search.id"), primary_key=True),
    Column("study_instance_uid", String(64), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("study_date", String(8), nullable=False),
    Column("modalities", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("instances", Integer, nullable=False),
    Column("state", String(9), nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("told", Boolean, nullable=False, server_default=false()),
    Column("here", Boolean, nullable=False, server_default=false()),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcDateTime, nullable=True),
    Column("changed_at", UtcDateTime, nullable=False),
)
Index("ix_prior_study_uid", study.c.study_instance_uid)
Index("ix_prior_study_state", study.c.state, study.c.here)

bookmark = Table(
    "prior_bookmark",
    gateway_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("object_id", Integer, nullable=False),
    Column("notice_id", Integer, nullable=False),
)


@dataclass(frozen=True)
class Search:
    """One patient for whom the PACS is asked, and the study because of which."""

    id: int
    person: Person
    current: Current
    state: SearchState
    reason: str
    others: int
    wanted_at: datetime
    changed_at: datetime
    attempts: int
    version: int
    tell_attempts: int


@dataclass(frozen=True)
class Prior:
    """One earlier study; ``here``: all its objects are in the gateway's queue, or have been."""

    search_id: int
    study_instance_uid: str
    study_date: str
    modalities: tuple[str, ...]
    description: str
    instances: int
    state: PriorState
    reason: str
    here: bool
    attempts: int


def of_patient(connection: Connection, patient_id: str) -> tuple[Search, ...]:
    """Every search for this number; issuers may tell several apart."""
    return tuple(map(_search, connection.execute(select(search).where(search.c.patient_id == patient_id))))


def latest(connection: Connection, *, at_most: int) -> tuple[Search, ...]:
    """For whom the PACS was asked last."""
    return tuple(map(_search, connection.execute(select(search).order_by(search.c.wanted_at.desc()).limit(at_most))))


def put(connection: Connection, person: Person, current: Current, *, number: int | None, at: datetime) -> None:
    """Ask for somebody, for the first time or anew (``number``); what is known of their studies stays."""
    values = {
        "patient_id": person.patient_id,
        "issuer_of_patient_id": person.issuer_of_patient_id,
        "birth_date": person.birth_date,
        "sex": person.sex,
        "study_instance_uid": current.study_instance_uid,
        "study_date": current.study_date,
        "modalities": json.dumps(current.modalities),
        "state": "waiting",
        "reason": "",
        "wanted_at": at,
        "changed_at": at,
        "attempts": 0,
        "not_before": None,
    }
    if number is None:
        connection.execute(insert(search).values(**values))
    else:
        again = update(search).where(search.c.id == number)
        connection.execute(again.values(version=search.c.version + 1, **values))


def try_again(connection: Connection, search_id: int) -> None:
    """What has not arrived waits for nothing more."""
    left = update(study).where(study.c.search_id == search_id, study.c.state != "arrived")
    connection.execute(left.values(attempts=0, not_before=None))


def to_ask(connection: Connection, *, since: datetime) -> tuple[Search, ...]:
    """For whom the PACS is to be asked now; what was wanted before ``since`` is given up."""
    c = search.c
    due = and_(c.state.in_(["waiting", "failing"]), c.wanted_at >= since, _ready(c.not_before))
    return tuple(map(_search, connection.execute(select(search).where(due).order_by(c.wanted_at).limit(_AT_ONCE))))


def answered(connection: Connection, one: Search, found: Sequence[Found], *, others: int) -> None:
    """The PACS has said what there is; what it said before stays, and where it is again it is tried again."""
    at = now()
    for place, prior in enumerate(found):
        said = {
            "place": place,
            "study_date": prior.study_date,
            "modalities": json.dumps(prior.modalities),
            "description": prior.description,
            "instances": prior.instances,
        }
        new = insert(study).values(
            search_id=one.id, study_instance_uid=prior.study_instance_uid, state="exists", changed_at=at, **said
        )
        connection.execute(new.on_conflict_do_update(index_elements=["search_id", "study_instance_uid"], set_=said))
    again = update(study).where(study.c.search_id == one.id, study.c.state == "refused")
    connection.execute(again.values(attempts=0, not_before=None))
    _change(connection, one, state="answered", reason="", others=others, attempts=0, not_before=None)


def not_answered(connection: Connection, one: Search, *, reason: str, until: datetime) -> None:
    """The PACS could not be asked, or would not say."""
    _change(connection, one, state="failing", reason=reason[:500], attempts=one.attempts + 1, not_before=until)


def priors_of(connection: Connection, search_ids: Iterable[int]) -> dict[int, list[Prior]]:
    """The studies of some searches, in the order in which they are brought."""
    found: dict[int, list[Prior]] = {number: [] for number in search_ids}
    rows = select(study).where(study.c.search_id.in_(list(found))).order_by(study.c.place, study.c.study_instance_uid)
    for row in connection.execute(rows):
        found[row.search_id].append(_prior(row))
    return found


def to_fetch(connection: Connection, *, since: datetime) -> Prior | None:
    """The next study that is to be brought: the hub has heard of it, and does not have it."""
    c = study.c
    due = and_(c.told, ~c.here, c.state != "arrived", _ready(c.not_before), search.c.wanted_at >= since)
    query = select(study).join(search, search.c.id == c.search_id).where(due)
    row = connection.execute(query.order_by(c.attempts, search.c.wanted_at, c.place).limit(1)).one_or_none()
    return None if row is None else _prior(row)


def on_its_way(connection: Connection) -> tuple[Prior, ...]:
    """Studies that are here whole, and not said to be at the hub yet."""
    rows = select(study).where(study.c.here, study.c.state == "requested").limit(500)
    return tuple(map(_prior, connection.execute(rows)))


def note(connection: Connection, prior: Prior, **values: Any) -> None:
    """How far one study has come; the hub hears of it."""
    of_row = update(study).where(
        study.c.search_id == prior.search_id, study.c.study_instance_uid == prior.study_instance_uid
    )
    at = now()
    connection.execute(of_row.values(changed_at=at, **values))
    touched = update(search).where(search.c.id == prior.search_id)
    connection.execute(touched.values(version=search.c.version + 1, changed_at=at))


def to_tell(connection: Connection) -> tuple[Search, ...]:
    """Ledgers that the hub does not know as they are."""
    c = search.c
    query = select(search).where(c.told_version < c.version, _ready(c.tell_not_before))
    return tuple(map(_search, connection.execute(query.order_by(c.changed_at).limit(_AT_ONCE))))


def told(connection: Connection, one: Search, uids: Iterable[str], *, held: Iterable[str]) -> None:
    """The hub has taken this version; of ``held`` it has every object already."""
    values = {"told_version": one.version, "tell_attempts": 0, "tell_not_before": None}
    connection.execute(update(search).where(search.c.id == one.id).values(**values))
    of_search = study.c.search_id == one.id
    told_of = update(study).where(of_search, study.c.study_instance_uid.in_(list(uids)))
    connection.execute(told_of.values(told=True))
    there = update(study).where(of_search, study.c.study_instance_uid.in_(list(held)), study.c.state != "arrived")
    if connection.execute(there.values(state="arrived", reason="", changed_at=now())).rowcount:
        touched = update(search).where(search.c.id == one.id)
        connection.execute(touched.values(version=search.c.version + 1, changed_at=now()))


def not_told(connection: Connection, one: Search, *, until: datetime) -> None:
    """The hub did not take it; it is told again."""
    later = update(search).where(search.c.id == one.id)
    connection.execute(later.values(tell_attempts=one.tell_attempts + 1, tell_not_before=until))


def asked_for(connection: Connection, study_instance_uid: str) -> frozenset[str]:
    """The patients as whose prior a study was found; none where it came by itself."""
    query = select(search.c.patient_id).join(study, study.c.search_id == search.c.id)
    return frozenset(connection.execute(query.where(study.c.study_instance_uid == study_instance_uid)).scalars())


def patient_of(connection: Connection, sop_instance_uid: str) -> str:
    """The number that a received object gives its patient."""
    c = received_object.c
    return str(connection.execute(select(c.patient_id).where(c.sop_instance_uid == sop_instance_uid)).scalar_one())


def states_of(connection: Connection, study_instance_uid: str) -> dict[State, int]:
    """How many objects of a study are here, by how far they are."""
    c = received_object.c
    counted = select(c.state, func.count()).where(c.study_instance_uid == study_instance_uid).group_by(c.state)
    return {State(row[0]): row[1] for row in connection.execute(counted)}


def marks(connection: Connection) -> tuple[int, int]:
    """Up to which received object and which order everything was looked at."""
    row = connection.execute(select(bookmark.c.object_id, bookmark.c.notice_id)).one_or_none()
    return (0, 0) if row is None else (row.object_id, row.notice_id)


def put_marks(connection: Connection, object_id: int, notice_id: int) -> None:
    """Everything up to here was looked at."""
    values = {"object_id": object_id, "notice_id": notice_id}
    new = insert(bookmark).values(id=1, **values)
    connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=values))


def last_object(connection: Connection) -> int:
    """The newest row of the queue."""
    return int(connection.execute(select(func.coalesce(func.max(received_object.c.id), 0))).scalar_one())


def studies_since(connection: Connection, after: int, until: int) -> dict[str, tuple[str, ...]]:
    """Studies of which objects came in between, with their modalities, in the order in which they came."""
    c = received_object.c
    between = and_(c.id > after, c.id <= until)
    query = select(c.study_instance_uid, c.modality).where(between).group_by(c.study_instance_uid, c.modality)
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(query.order_by(func.min(c.id))):
        found[row.study_instance_uid] = (*found.get(row.study_instance_uid, ()), *filter(None, [row.modality]))
    return found


def notices_since(connection: Connection, after: int) -> list[tuple[int, str]]:
    """Orders that came after one, as they are kept; the test patient's is nobody's."""
    c = order_notice.c
    query = select(c.id, c.document).where(c.id > after, c.action.in_(["new", "change"]), ~c.pulse).order_by(c.id)
    return [(row.id, row.document) for row in connection.execute(query.limit(100))]


def _change(connection: Connection, one: Search, **values: Any) -> None:
    changed = update(search).where(search.c.id == one.id, search.c.wanted_at == one.wanted_at)
    connection.execute(changed.values(version=search.c.version + 1, changed_at=now(), **values))


def _ready(moment: Column[Any]) -> Any:
    return or_(moment.is_(None), moment <= now())


def _search(row: Row[Any]) -> Search:
    return Search(
        id=row.id,
        person=Person(row.patient_id, row.issuer_of_patient_id, row.birth_date, row.sex),
        current=Current(row.study_instance_uid, row.study_date, tuple(json.loads(row.modalities))),
        state=row.state,
        reason=row.reason,
        others=row.others,
        wanted_at=row.wanted_at,
        changed_at=row.changed_at,
        attempts=row.attempts,
        version=row.version,
        tell_attempts=row.tell_attempts,
    )


def _prior(row: Row[Any]) -> Prior:
    return Prior(
        search_id=row.search_id,
        study_instance_uid=row.study_instance_uid,
        study_date=row.study_date,
        modalities=tuple(json.loads(row.modalities)),
        description=row.description,
        instances=row.instances,
        state=row.state,
        reason=row.reason,
        here=row.here,
        attempts=row.attempts,
    )
