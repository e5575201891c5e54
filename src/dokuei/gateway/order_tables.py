"""Orders of the hospital on their way to the hub, and messages that were refused; rows stay as the record of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    delete,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from dokuei.clock import now
from dokuei.storage.db import UtcDateTime, gateway_metadata

NoticeState = Literal["waiting", "taken", "known", "refused", "nothing"]
_AT_ONCE = 100
_AT_ONCE_CHARACTERS = 24 << 20

order_notice = Table(
    "order_notice",
    gateway_metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("message_key", String(200), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("sending_application", String(256), nullable=False, server_default=""),
    Column("control_id", String(256), nullable=False, server_default=""),
    Column("message_type", String(20), nullable=False, server_default=""),
    Column("action", String(8), nullable=False),
    Column("patient_id", String(64), nullable=False, server_default=""),
    Column("placer_order_number", String(256), nullable=False, server_default=""),
    Column("accession_number", String(256), nullable=False, server_default=""),
    Column("study_instance_uid", String(64), nullable=False, server_default=""),
    Column("document", Text, nullable=False),
    Column("body", LargeBinary, nullable=True),
    Column("state", String(8), nullable=False),
    Column("told_as", String(9), nullable=False, server_default=""),
    Column("withheld", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcDateTime, nullable=True),
    Column("pulse", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("message_key"),
)
Index("ix_order_notice_state", order_notice.c.state, order_notice.c.id)
Index("ix_order_notice_study_instance_uid", order_notice.c.study_instance_uid)
Index("ix_order_notice_accession_number", order_notice.c.accession_number)

order_refusal = Table(
    "order_refusal",
    gateway_metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sending_application", String(256), nullable=False, server_default=""),
    Column("control_id", String(256), nullable=False, server_default=""),
    Column("message_type", String(20), nullable=False, server_default=""),
    Column("peer_address", String(64), nullable=False, server_default=""),
    Column("location", String(20), nullable=False, server_default=""),
    Column("condition", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("remedy", Text, nullable=False, server_default=""),
    Column("times", Integer, nullable=False, server_default="1"),
    Column("resolved_at", UtcDateTime, nullable=True),
    Column("resolved_by", String(200), nullable=False, server_default=""),
    UniqueConstraint("sha256", "condition"),
)
Index("ix_order_refusal_resolved_at", order_refusal.c.resolved_at, order_refusal.c.id)


@dataclass(frozen=True)
class NoticeRow:
    """One notice; ``document`` is an OrderNotice in the hospital's own words, ``body`` the message while it waits."""

    id: int
    message_key: str
    received_at: datetime
    sending_application: str
    control_id: str
    message_type: str
    action: str
    patient_id: str
    placer_order_number: str
    accession_number: str
    study_instance_uid: str
    document: str
    state: NoticeState
    told_as: str
    withheld: str
    reason: str
    changed_at: datetime
    attempts: int
    not_before: datetime | None
    pulse: bool


@dataclass(frozen=True)
class RefusalRow:
    """One message that was not understood; its bytes are kept."""

    id: int
    at: datetime
    sha256: str
    size: int
    sending_application: str
    control_id: str
    message_type: str
    peer_address: str
    location: str
    condition: int
    reason: str
    remedy: str
    times: int
    resolved_at: datetime | None
    resolved_by: str


@dataclass(frozen=True)
class OrderCounts:
    """How many wait for the hub, were refused by it, and could not be understood."""

    waiting: int
    refused: int
    quarantined: int


_NOTICE = [order_notice.c[name] for name in NoticeRow.__dataclass_fields__]
_PATIENTS = order_notice.c.pulse.is_(false())  # the test patient's is on nobody's list
_REFUSAL = [order_refusal.c[name] for name in RefusalRow.__dataclass_fields__]


def add_notice(connection: Connection, **values: Any) -> bool:
    """Keep a notice; False where it was said before. What the hub has refused is told again when it is said again."""
    added = insert(order_notice).values(changed_at=values["received_at"], **values).on_conflict_do_nothing()
    if connection.execute(added).rowcount == 1:
        return True
    say_again(connection, values["message_key"], at=values["received_at"])
    return False


def say_again(connection: Connection, message_key: str, *, at: datetime) -> bool:
    """Whether a notice was said before; what the hub has refused of it is told again."""
    c = order_notice.c
    connection.execute(
        update(order_notice)
        .where(c.message_key == message_key, c.state == "refused")
        .values(state="waiting", attempts=0, not_before=None, changed_at=at)
    )
    known = select(c.id).where(c.message_key == message_key)
    return connection.execute(known).one_or_none() is not None


def pulse_notice(connection: Connection) -> NoticeRow | None:
    """The test patient's order that is on its way, or has arrived."""
    row = connection.execute(select(*_NOTICE).where(order_notice.c.pulse)).one_or_none()
    return None if row is None else _notice(row)


def forget_pulse(connection: Connection) -> None:
    """Take the test patient's order away: it was nobody's."""
    connection.execute(delete(order_notice).where(order_notice.c.pulse))


def is_kept(connection: Connection, key: str) -> bool:
    """Whether anything was kept whose key begins so."""
    asked = select(order_notice.c.id).where(order_notice.c.message_key.startswith(key)).limit(1)
    return connection.execute(asked).one_or_none() is not None


def add_refusal(connection: Connection, **values: Any) -> None:
    """Keep a message that was not understood; the same bytes again are counted, and open again."""
    entry = insert(order_refusal).values(**values)
    connection.execute(
        entry.on_conflict_do_update(
            index_elements=["sha256", "condition"],
            set_={
                "times": order_refusal.c.times + 1,
                "at": entry.excluded.at,
                "location": entry.excluded.location,
                "reason": entry.excluded.reason,
                "remedy": entry.excluded.remedy,
                "resolved_at": None,
                "resolved_by": "",
            },
        )
    )


def settle_same(connection: Connection, sha256: str, *, sending_application: str, control_id: str) -> None:
    """What was refused or cut off and is understood now (another setting, sent whole) needs nobody's look."""
    c = order_refusal.c
    same = and_(c.sending_application == sending_application, c.control_id == control_id, c.control_id != "")
    connection.execute(
        update(order_refusal)
        .where(or_(c.sha256 == sha256, same), c.resolved_at.is_(None))
        .values(resolved_at=now(), resolved_by="system")
    )


def resolve(connection: Connection, refusal_id: int, *, actor: str) -> bool:
    """Staff has dealt with a refused message; its bytes stay."""
    done = connection.execute(
        update(order_refusal)
        .where(order_refusal.c.id == refusal_id, order_refusal.c.resolved_at.is_(None))
        .values(resolved_at=now(), resolved_by=actor)
    )
    return done.rowcount == 1


def tell_again(connection: Connection) -> int:
    """What the hub has refused waits once more; gives how many."""
    again = update(order_notice).where(order_notice.c.state == "refused", _PATIENTS)
    return connection.execute(again.values(state="waiting", attempts=0, not_before=None, changed_at=now())).rowcount


def to_tell(connection: Connection) -> tuple[NoticeRow, ...]:
    """What the hub has not answered for and may be told now, the oldest first."""
    c = order_notice.c
    ready = or_(c.not_before.is_(None), c.not_before <= now())
    rows = connection.execute(select(*_NOTICE).where(c.state == "waiting", ready).order_by(c.id).limit(_AT_ONCE))
    told: list[NoticeRow] = []
    characters = 0
    for row in rows:
        characters += len(row.document)
        if told and characters > _AT_ONCE_CHARACTERS:
            break
        told.append(_notice(row))
    return tuple(told)


def answered(
    connection: Connection,
    message_key: str,
    *,
    state: NoticeState,
    reason: str,
    told_as: str,
    withheld: str,
    document: str | None = None,
) -> None:
    """The hub has taken or refused one; the message's own bytes are needed no longer once it is taken."""
    values: dict[str, Any] = {"state": state, "reason": reason, "told_as": told_as, "withheld": withheld}
    if state != "refused":
        values["body"] = None
        if document is not None:
            values["document"] = document
    connection.execute(
        update(order_notice)
        .where(order_notice.c.message_key == message_key)
        .values(changed_at=now(), not_before=None, **values)
    )


def postpone(connection: Connection, ids: Sequence[int], *, attempts: int, until: datetime, reason: str) -> None:
    """Try again later."""
    connection.execute(
        update(order_notice)
        .where(order_notice.c.id.in_(ids))
        .values(attempts=attempts, not_before=until, reason=reason[:1000], changed_at=now())
    )


def notices(connection: Connection, *, open_only: bool, at_most: int) -> tuple[NoticeRow, ...]:
    """Newest first; open are those that the hub has not taken."""
    query = select(*_NOTICE).where(_PATIENTS).order_by(order_notice.c.id.desc()).limit(at_most)
    if open_only:
        query = query.where(order_notice.c.state.in_(["waiting", "refused"]))
    return tuple(_notice(row) for row in connection.execute(query))


def refusals(connection: Connection, *, open_only: bool, at_most: int) -> tuple[RefusalRow, ...]:
    """Newest first."""
    query = select(*_REFUSAL).order_by(order_refusal.c.id.desc()).limit(at_most)
    if open_only:
        query = query.where(order_refusal.c.resolved_at.is_(None))
    return tuple(RefusalRow(**row._asdict()) for row in connection.execute(query))


def refused_bytes(connection: Connection, refusal_id: int) -> bytes | None:
    """A refused message as it came."""
    found = select(order_refusal.c.body).where(order_refusal.c.id == refusal_id)
    return connection.execute(found).scalar_one_or_none()


def counts(connection: Connection) -> OrderCounts:
    """For the status."""
    states = select(order_notice.c.state, func.count()).where(_PATIENTS).group_by(order_notice.c.state)
    by_state = {row[0]: row[1] for row in connection.execute(states)}
    open_entries = select(func.count()).select_from(order_refusal).where(order_refusal.c.resolved_at.is_(None))
    return OrderCounts(
        waiting=by_state.get("waiting", 0),
        refused=by_state.get("refused", 0),
        quarantined=connection.execute(open_entries).scalar_one(),
    )


def order_of(
    connection: Connection, *, study_instance_uid: str, accession_number: str, patient_id: str
) -> NoticeRow | None:
    """The newest order that a report belongs to: by its study, else by accession number and patient."""
    c = order_notice.c
    of_report = and_(c.action.in_(["new", "change"]), c.state != "refused", _PATIENTS)
    placed = select(*_NOTICE).where(of_report).order_by(c.id.desc())
    by_study = placed.where(c.study_instance_uid == study_instance_uid, c.patient_id == patient_id)
    row = connection.execute(by_study.limit(1)).one_or_none() if study_instance_uid else None
    if row is None and accession_number:
        by_number = placed.where(c.accession_number == accession_number, c.patient_id == patient_id)
        row = connection.execute(by_number.limit(1)).one_or_none()
    return None if row is None else _notice(row)


def _notice(row: Row[Any]) -> NoticeRow:
    return NoticeRow(**row._asdict())
