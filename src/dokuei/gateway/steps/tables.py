"""Scheduled steps as orders make them, and performed steps as modalities report them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from dokuei.clock import now
from dokuei.gateway.steps.schedule import Step
from dokuei.storage.db import UtcDateTime, gateway_metadata

StepState = Literal["scheduled", "in_progress", "completed", "discontinued", "canceled"]


def _text(name: str, length: int = 256) -> Column[str]:
    return Column(name, String(length), nullable=False, server_default="")


scheduled_step = Table(
    "scheduled_step",
    gateway_metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("study_instance_uid", String(64), nullable=False),
    _text("placer_order_number"),
    _text("accession_number"),
    _text("patient_id", 64),
    _text("issuer_of_patient_id"),
    _text("start_date", 8),
    _text("modality", 16),
    Column("state", String(12), nullable=False),
    Column("document", Text, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)
Index("ix_scheduled_step_start_date", scheduled_step.c.state, scheduled_step.c.start_date)
for _name in ("placer_order_number", "accession_number", "patient_id", "study_instance_uid"):
    Index(f"ix_scheduled_step_{_name}", scheduled_step.c[_name])

performed_step = Table(
    "performed_step",
    gateway_metadata,
    Column("sop_instance_uid", String(64), primary_key=True),
    Column("study_instance_uid", String(64), nullable=False),
    _text("accession_number"),
    _text("patient_id", 64),
    Column("scheduled_step_id", Integer, nullable=True),
    _text("station_ae_title", 16),
    Column("state", String(12), nullable=False),
    Column("series", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("told_version", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcDateTime, nullable=True),
    Column("reason", Text, nullable=False, server_default=""),
)
Index("ix_performed_step_study_instance_uid", performed_step.c.study_instance_uid)
Index("ix_performed_step_told_version", performed_step.c.told_version, performed_step.c.version)

_KEPT = timedelta(days=90)
_NEVER_DONE = timedelta(days=400)
_LISTED: tuple[StepState, ...] = ("scheduled", "in_progress")


@dataclass(frozen=True)
class StepCounts:
    """How many steps stand on the worklist, are being performed, and wait to be told to the hub."""

    scheduled: int
    in_progress: int
    waiting: int


@dataclass(frozen=True)
class ScheduledRow:
    """One line of the worklist."""

    id: int
    state: StepState
    step: Step


def listed(
    connection: Connection, *, start: str = "", end: str = "", accession_number: str = "", patient_id: str = ""
) -> tuple[ScheduledRow, ...]:
    """What is still to be done or under way: within these days, or by these numbers; undated steps are always in."""
    c = scheduled_step.c
    wanted: list[ColumnElement[bool]] = [c.state.in_(_LISTED)]
    if start:
        wanted.append(or_(c.start_date >= start, c.start_date == ""))
    if end:
        wanted.append(c.start_date <= end)
    if accession_number:
        wanted.append(c.accession_number == accession_number)
    if patient_id:
        wanted.append(c.patient_id == patient_id)
    rows = connection.execute(select(c.id, c.state, c.document).where(*wanted).order_by(c.start_date, c.id))
    return tuple(ScheduledRow(row.id, row.state, Step.from_json(row.document)) for row in rows)


def named_by(
    connection: Connection, *, placer_order_number: str | None, accession_number: str | None
) -> tuple[ScheduledRow, ...]:
    """The steps of an order, by its own number and by what the images carry; None is whatever, empty is none."""
    c = scheduled_step.c
    wanted = []
    if placer_order_number is not None:
        wanted.append(c.placer_order_number == placer_order_number)
    if accession_number is not None:
        wanted.append(c.accession_number == accession_number)
    if not (placer_order_number or accession_number):
        return ()
    rows = connection.execute(select(c.id, c.state, c.document).where(and_(*wanted)).order_by(c.id))
    return tuple(ScheduledRow(row.id, row.state, Step.from_json(row.document)) for row in rows)


def of_patient(connection: Connection, patient_id: str, issuer: str) -> tuple[ScheduledRow, ...]:
    """A patient's steps that are not over; an issuer that either side leaves out excludes nobody."""
    c = scheduled_step.c
    wanted = [c.patient_id == patient_id, c.state.in_(_LISTED)]
    if issuer:
        wanted.append(c.issuer_of_patient_id.in_(["", issuer]))
    rows = connection.execute(select(c.id, c.state, c.document).where(*wanted))
    return tuple(ScheduledRow(row.id, row.state, Step.from_json(row.document)) for row in rows)


def put(connection: Connection, step: Step, *, number: int | None, at: datetime) -> None:
    """A step that is new, or other words for one that is known."""
    values: dict[str, Any] = {
        "study_instance_uid": step.study_instance_uid,
        "placer_order_number": step.placer_order_number,
        "accession_number": step.accession_number,
        "patient_id": step.patient_id,
        "issuer_of_patient_id": step.issuer_of_patient_id,
        "start_date": step.start_date,
        "modality": step.modality,
        "document": step.to_json(),
        "changed_at": at,
    }
    if number is None:
        connection.execute(insert(scheduled_step).values(state="scheduled", **values))
    else:
        connection.execute(update(scheduled_step).where(scheduled_step.c.id == number).values(**values))


def set_state(connection: Connection, numbers: Sequence[int], state: StepState) -> None:
    """How far steps have come."""
    connection.execute(
        update(scheduled_step).where(scheduled_step.c.id.in_(numbers)).values(state=state, changed_at=now())
    )


def step_of(connection: Connection, *, study_instance_uid: str, accession_number: str, patient_id: str) -> int | None:
    """The scheduled step that a performed one belongs to: by its study, else by accession number and patient."""
    c = scheduled_step.c
    open_first = select(c.id).where(c.state != "canceled").order_by(c.state.in_(_LISTED).desc(), c.id.desc()).limit(1)
    found = connection.execute(open_first.where(c.study_instance_uid == study_instance_uid)).scalar_one_or_none()
    if found is None and accession_number and patient_id:
        by_number = open_first.where(c.accession_number == accession_number, c.patient_id == patient_id)
        found = connection.execute(by_number).scalar_one_or_none()
    return found


def counts(connection: Connection) -> StepCounts:
    """For the status."""
    states = select(scheduled_step.c.state, func.count()).group_by(scheduled_step.c.state)
    by_state = {row[0]: row[1] for row in connection.execute(states)}
    p = performed_step.c
    waiting = select(func.count()).select_from(performed_step).where(p.told_version < p.version)
    return StepCounts(
        scheduled=by_state.get("scheduled", 0),
        in_progress=by_state.get("in_progress", 0),
        waiting=connection.execute(waiting).scalar_one(),
    )


def forget_old(connection: Connection) -> int:
    """Let go of what was done, ended or taken back long ago, and of what nobody came for in more than a year."""
    s, p, at = scheduled_step.c, performed_step.c, now()
    over = and_(s.state.not_in(_LISTED), s.changed_at < at - _KEPT)
    gone = connection.execute(delete(scheduled_step).where(or_(over, s.changed_at < at - _NEVER_DONE)))
    told = and_(p.state != "in_progress", p.changed_at < at - _KEPT, p.told_version >= p.version)
    return gone.rowcount + connection.execute(delete(performed_step).where(told)).rowcount
