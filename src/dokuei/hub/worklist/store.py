"""Cases in SQL: every reading query is scoped by the sites that the asker may see."""

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from dokuei.clock import now
from dokuei.dicom.folded import sought_in
from dokuei.hub.worklist.model import (
    Asked,
    Deferral,
    HandOver,
    Holding,
    Name,
    PatientWaits,
    Priority,
    ReadingRole,
    Status,
    StudyFacts,
    Waiting,
    WorklistItem,
    status_of,
)
from dokuei.hub.worklist.store_finalisations import latest
from dokuei.hub.worklist.store_priors import priors_of, touch_of_patient
from dokuei.hub.worklist.tables import hand_over, hold, holding, item

_AT_ONCE = 500
_PLAIN = (
    "site_id",
    "study_instance_uid",
    "patient_id",
    "issuer_of_patient_id",
    "patient_birth_date",
    "patient_sex",
    "study_date",
    "study_time",
    "study_description",
    "accession_number",
    "referring_physician",
    "number_of_series",
    "number_of_instances",
    "declared_instances",
    "arrived_instances",
    "complete",
    "more_to_come",
    "first_received_at",
    "last_received_at",
    "performed",
    "performed_instances",
)


def put_study(
    connection: Connection,
    facts: StudyFacts,
    *,
    roles: Iterable[ReadingRole],
    due_at: datetime | None = None,
    prior_only: bool = False,
) -> tuple[str, bool]:
    """Write what the archive tells of a study; returns the case's id and whether it is new.

    ``due_at`` is what the contract gives a new case; ``prior_only``: a new one is there to be compared with.
    """
    known = connection.execute(
        select(item.c.worklist_item_id)
        .where(item.c.site_id == facts.site_id, item.c.study_instance_uid == facts.study_instance_uid)
        .with_for_update()
    ).scalar_one_or_none()
    if known is not None:
        connection.execute(update(item).where(item.c.worklist_item_id == known).values(**_values(facts)))
        return known, False
    item_id = uuid.uuid4().hex
    connection.execute(
        insert(item).values(
            worklist_item_id=item_id,
            status="scheduled",
            priority=Priority.ROUTINE.value,
            contract_due_at=due_at,
            prior_only=prior_only,
            **_values(facts),
        )
    )
    set_roles(connection, item_id, roles)
    touch_of_patient(connection, facts.site_id, facts.patient_id)
    return item_id, True


def touch(connection: Connection, item_id: str) -> None:
    """Something that lists show of the case has changed outside of its own row."""
    connection.execute(update(item).where(item.c.worklist_item_id == item_id).values(touched_at=now()))


def set_roles(connection: Connection, item_id: str, roles: Iterable[ReadingRole]) -> None:
    """The readings of a case that nobody has begun to read."""
    connection.execute(delete(holding).where(holding.c.worklist_item_id == item_id))
    connection.execute(insert(holding), [{"worklist_item_id": item_id, "role": role.value} for role in roles])


def find(
    connection: Connection, item_id: str, *, site_ids: Collection[str] | None, lock: bool = False
) -> WorklistItem | None:
    """One case, if its site is among those the asker may see (None: the hub itself asks).

    ``lock`` holds its row until the transaction ends.
    """
    query = select(item).where(item.c.worklist_item_id == item_id)
    if site_ids is not None:
        query = query.where(item.c.site_id.in_(site_ids))
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else items_of_rows(connection, [row])[0]


def find_by_study(
    connection: Connection, site_id: str, study_instance_uid: str, *, lock: bool = False
) -> WorklistItem | None:
    """The case of a study."""
    query = select(item).where(item.c.site_id == site_id, item.c.study_instance_uid == study_instance_uid)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else items_of_rows(connection, [row])[0]


def urgent_studies(connection: Connection, site_id: str) -> tuple[str, ...]:
    """Studies of urgent cases that are still to come."""
    rows = connection.execute(
        select(item.c.study_instance_uid).where(
            item.c.site_id == site_id,
            item.c.priority == Priority.URGENT.value,
            item.c.complete.is_(False),
            item.c.status.in_(("scheduled", "in_progress")),
        )
    )
    return tuple(row[0] for row in rows)


def is_open(connection: Connection, site_id: str, study_instance_uid: str) -> bool:
    """Whether a study's case is still to be finished."""
    asked = select(item.c.worklist_item_id).where(
        item.c.site_id == site_id,
        item.c.study_instance_uid == study_instance_uid,
        item.c.status.in_(("scheduled", "in_progress")),
        item.c.prior_only.is_(False),
    )
    return connection.execute(asked).first() is not None


def take(connection: Connection, item_id: str, role: ReadingRole, *, person_id: str) -> bool:
    """Take a role that is free or mine already; False where somebody was faster (one statement decides)."""
    taken = connection.execute(
        update(holding)
        .where(
            holding.c.worklist_item_id == item_id,
            holding.c.role == role.value,
            holding.c.signed_at.is_(None),
            or_(holding.c.person_id.is_(None), holding.c.person_id == person_id),
        )
        .values(person_id=person_id, claimed_at=func.coalesce(holding.c.claimed_at, now()))
    )
    if taken.rowcount == 1:
        keep_hold(connection, item_id, role, person_id=person_id)
    return taken.rowcount == 1


def keep_hold(connection: Connection, item_id: str, role: ReadingRole, *, person_id: str) -> None:
    """This person has had this role."""
    known = select(hold.c.person_id).where(
        hold.c.worklist_item_id == item_id, hold.c.role == role.value, hold.c.person_id == person_id
    )
    if connection.execute(known).first() is None:
        row = {"worklist_item_id": item_id, "role": role.value, "person_id": person_id, "since": now()}
        connection.execute(insert(hold).values(**row))


def give_back(connection: Connection, item_id: str, role: ReadingRole, *, person_id: str) -> bool:
    """Give a role back that is mine and not signed."""
    given = connection.execute(
        update(holding)
        .where(
            holding.c.worklist_item_id == item_id,
            holding.c.role == role.value,
            holding.c.person_id == person_id,
            holding.c.signed_at.is_(None),
        )
        .values(person_id=None, claimed_at=None)
    )
    return given.rowcount == 1


def mark_signed(connection: Connection, item_id: str, role: ReadingRole, *, person_id: str, at: datetime) -> None:
    """The role is this reader's for good; a later amendment changes nothing here."""
    connection.execute(
        update(holding)
        .where(holding.c.worklist_item_id == item_id, holding.c.role == role.value, holding.c.signed_at.is_(None))
        .values(signed_at=at, person_id=person_id, awaiting_approval=False)
    )


def cover(connection: Connection, item_id: str, instances: int) -> None:
    """A signed report covers so many objects of the study; an amendment may cover more."""
    connection.execute(
        update(item)
        .where(item.c.worklist_item_id == item_id, func.coalesce(item.c.signed_instances, -1) < instances)
        .values(signed_instances=instances)
    )


def set_status(connection: Connection, item_id: str, *, canceled: bool = False) -> Status:
    """Write the status that follows from the roles."""
    status = status_of(_holdings(connection, [item_id])[item_id], canceled=canceled)
    finished = func.coalesce(item.c.finished_at, now()) if status in {"completed", "canceled"} else None
    connection.execute(
        update(item).where(item.c.worklist_item_id == item_id).values(status=status, finished_at=finished)
    )
    return status


def set_report_status(connection: Connection, item_id: str, report_status: str, *, number: int) -> None:
    """How the report stands by its signed version ``number`` (0: a draft); only an earlier one is written over."""
    connection.execute(
        update(item)
        .where(item.c.worklist_item_id == item_id, or_(item.c.report_status.is_(None), item.c.report_version < number))
        .values(report_status=report_status, report_version=number)
    )


def await_approval(connection: Connection, item_id: str, role: ReadingRole) -> None:
    """Somebody has written into a reading who may not sign it (REC-04); what is signed is approved."""
    connection.execute(
        update(holding)
        .where(holding.c.worklist_item_id == item_id, holding.c.role == role.value, holding.c.signed_at.is_(None))
        .values(awaiting_approval=True)
    )
    touch(connection, item_id)


def set_priority(connection: Connection, item_id: str, priority: Priority) -> None:
    """Where the case stands in the queue."""
    connection.execute(update(item).where(item.c.worklist_item_id == item_id).values(priority=priority.value))


def set_asked(connection: Connection, item_id: str, asked: Asked) -> None:
    """What requests say of the case now."""
    values = {
        "request_state": asked.state,
        "request_reason": asked.reason,
        "request_kind": asked.kind,
        "requested_priority": None if asked.priority is None else asked.priority.value,
        "due_at": asked.due_at,
    }
    connection.execute(update(item).where(item.c.worklist_item_id == item_id).values(**values))


def items_of(connection: Connection, site_id: str, study_instance_uids: Collection[str]) -> dict[str, str]:
    """Study Instance UID → case of those studies that are cases."""
    wanted, found = sorted(study_instance_uids), dict[str, str]()
    for at in range(0, len(wanted), _AT_ONCE):
        some = item.c.study_instance_uid.in_(wanted[at : at + _AT_ONCE])
        asked = select(item.c.study_instance_uid, item.c.worklist_item_id).where(item.c.site_id == site_id, some)
        found |= {row[0]: row[1] for row in connection.execute(asked)}
    return found


def items_of_rows(connection: Connection, rows: Iterable[Row[Any]]) -> tuple[WorklistItem, ...]:
    """Rows of the table of cases with all that belongs to each."""
    rows = tuple(rows)
    held = _holdings(connection, [row.worklist_item_id for row in rows])
    before, offers = _holds(connection, list(held)), _offers(connection, list(held))
    priors, finalised = priors_of(connection, rows), latest(connection, list(held))
    return tuple(
        WorklistItem(
            worklist_item_id=row.worklist_item_id,
            study=facts_of(row),
            status=row.status,
            priority=Priority(row.priority),
            due_at=row.due_at or row.contract_due_at,
            report_status=row.report_status,
            holdings=tuple(held[row.worklist_item_id]),
            signed_instances=row.signed_instances,
            priors=priors[row.worklist_item_id],
            asked=Asked(
                row.request_state,
                row.request_reason,
                None if row.requested_priority is None else Priority(row.requested_priority),
                row.due_at,
                row.request_kind,
            ),
            held_before=frozenset(before[row.worklist_item_id]),
            deferral=deferral_of(row),
            waiting=None if row.waiting_for is None else Waiting(PatientWaits(row.waiting_for), row.waiting_since),
            offers=tuple(offers[row.worklist_item_id]),
            finalisation=finalised.get(row.worklist_item_id),
            prior_only=row.prior_only,
        )
        for row in rows
    )


def deferral_of(row: Row[Any]) -> Deferral | None:
    """For what, and until when, a case was put off."""
    return None if row.deferred_until is None else Deferral(row.deferred_until, row.defer_reason, row.deferred_by or "")


def _holds(connection: Connection, item_ids: list[str]) -> dict[str, list[tuple[ReadingRole, str]]]:
    found: dict[str, list[tuple[ReadingRole, str]]] = defaultdict(list)
    for row in connection.execute(select(hold).where(hold.c.worklist_item_id.in_(item_ids))):
        found[row.worklist_item_id].append((ReadingRole(row.role), row.person_id))
    return found


def _offers(connection: Connection, item_ids: list[str]) -> dict[str, list[HandOver]]:
    found: dict[str, list[HandOver]] = defaultdict(list)
    for row in connection.execute(select(hand_over).where(hand_over.c.worklist_item_id.in_(item_ids))):
        made = HandOver(
            ReadingRole(row.role), row.from_person_id, row.to_person_id, row.note, row.offered_at, row.delegates
        )
        found[row.worklist_item_id].append(made)
    return found


def _holdings(connection: Connection, item_ids: list[str]) -> dict[str, list[Holding]]:
    found: dict[str, list[Holding]] = defaultdict(list)
    rows = connection.execute(select(holding).where(holding.c.worklist_item_id.in_(item_ids)).order_by(holding.c.role))
    for row in rows:
        held = Holding(ReadingRole(row.role), row.person_id, row.claimed_at, row.signed_at, row.awaiting_approval)
        found[row.worklist_item_id].append(held)
    return found


def facts_of(row: Row[Any]) -> StudyFacts:
    """What a case's row says of its study."""
    return StudyFacts(
        **{name: getattr(row, name) for name in _PLAIN},
        patient_name=Name(row.patient_name_alphabetic, row.patient_name_ideographic, row.patient_name_phonetic),
        modalities=_modalities(row),
    )


def _modalities(row: Row[Any]) -> tuple[str, ...]:
    return tuple(json.loads(row.modalities))


def _values(facts: StudyFacts) -> dict[str, Any]:
    name = facts.patient_name
    return {
        **{name: getattr(facts, name) for name in _PLAIN},
        "patient_name_alphabetic": name.alphabetic,
        "patient_name_ideographic": name.ideographic,
        "patient_name_phonetic": name.phonetic,
        "modalities": json.dumps(facts.modalities),
        "sought": sought_in(
            name.ideographic,
            name.phonetic,
            name.alphabetic,
            facts.patient_id,
            facts.accession_number,
            facts.study_description,
        ),
    }
