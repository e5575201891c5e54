"""What comes out of the queue: one object, one study, and how a study looks to staff."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select

from dokuei.dicom.coded import CodedInstance
from dokuei.gateway.spool_tables import quarantine_entry, received_object

_AT_ONCE = 500
_NO_WARNINGS = "[]"


class State(StrEnum):
    """How far one object has come."""

    RECEIVED = "received"
    CODING = "coding"
    CODED = "coded"
    FORWARDING = "forwarding"
    FORWARDED = "forwarded"
    PROVED = "proved-at-hub"
    REMOVED = "removed-at-hub"  # it was proved there, and went when the contract's term was over
    REFUSED = "refused"


@dataclass(frozen=True)
class Received:
    """One object of the queue; ``path`` is the Part 10 file as received, ``coded_path`` the coded one.

    ``broke`` counts how often in a row its coding ended in a way that nobody foresaw; ``warnings`` say what was odd
    about it as it came, once it is coded.
    """

    id: int
    sop_instance_uid: str
    series_instance_uid: str
    study_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    modality: str
    sha256: str
    size: int
    sending_ae: str
    peer_address: str
    received_at: datetime
    state: State
    priority: int
    attempts: int
    broke: int
    error_code: str
    error: str
    original_kept: bool
    naming: str
    path: Path
    coded: CodedInstance | None
    coded_path: Path | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coded:
    """What became of one object (UID as received); ``naming`` says how its coded file names the patient.

    ``warnings`` say what was odd about it as it came.
    """

    sop_instance_uid: str
    instance: CodedInstance
    naming: str = "true"
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class StudyState:
    """A study as staff sees it; ``state`` is one of the protocol's, ``percent`` by bytes that the hub has taken.

    ``error`` says what is wrong with it, and ``remedy`` what to do where an entry in quarantine waits for that.
    ``warnings`` are the different ones of its objects, the most frequent first; ``warned_instances`` have any.
    """

    study_instance_uid: str
    state: str
    percent: int
    instances: int
    bytes: int
    by_state: dict[State, int]
    quarantined: int
    error: str
    remedy: str
    modalities: tuple[str, ...]
    patient_id: str
    accession_number: str
    study_date: str
    priority: int
    first_received_at: datetime
    last_received_at: datetime
    warned_instances: int = 0
    warnings: tuple[str, ...] = ()


PLAIN = (
    "id",
    "sop_instance_uid",
    "series_instance_uid",
    "study_instance_uid",
    "sop_class_uid",
    "transfer_syntax_uid",
    "modality",
    "sha256",
    "size",
    "sending_ae",
    "peer_address",
    "received_at",
    "priority",
    "attempts",
    "broke",
    "error_code",
    "error",
    "original_kept",
    "naming",
)


def study_states(connection: Connection, study_instance_uids: Sequence[str]) -> dict[str, StudyState]:
    """The studies asked for, by UID as received; unknown ones are left out."""
    found: dict[str, StudyState] = {}
    for start in range(0, len(study_instance_uids), _AT_ONCE):
        some = study_instance_uids[start : start + _AT_ONCE]
        quarantined = _quarantined(connection, some)
        grouped: dict[str, list[Row[Any]]] = defaultdict(list)
        for row in _groups(connection, some):
            grouped[row.study_instance_uid].append(row)
        for uid, rows in grouped.items():
            found[uid] = _study(uid, rows, quarantined.get(uid, _NOTHING))
    return found


def _groups(connection: Connection, uids: Sequence[str]) -> Sequence[Row[Any]]:
    c = received_object.c
    return connection.execute(
        select(
            c.study_instance_uid,
            c.state,
            c.modality,
            c.warnings,
            func.count().label("instances"),
            func.sum(c.size).label("bytes"),
            func.max(c.error).label("error"),
            func.max(c.patient_id).label("patient_id"),
            func.max(c.accession_number).label("accession_number"),
            func.max(c.study_date).label("study_date"),
            func.max(c.priority).label("priority"),
            func.min(c.received_at).label("first_received_at"),
            func.max(c.received_at).label("last_received_at"),
        )
        .where(c.study_instance_uid.in_(uids))
        .group_by(c.study_instance_uid, c.state, c.modality, c.warnings)
    ).all()


@dataclass(frozen=True)
class _Waiting:
    """The open entries of one study: how many, and what the newest says."""

    entries: int
    reason: str
    remedy: str


_NOTHING = _Waiting(0, "", "")


def _quarantined(connection: Connection, uids: Sequence[str]) -> dict[str, _Waiting]:
    c = quarantine_entry.c
    rows = connection.execute(
        select(c.study_instance_uid, c.reason, c.remedy, func.count().label("entries"), func.max(c.at))
        .where(c.study_instance_uid.in_(uids), c.resolved_at.is_(None))
        .group_by(c.study_instance_uid)
    )  # SQLite gives the other columns of the row that has the maximum
    return {row.study_instance_uid: _Waiting(row.entries, row.reason, row.remedy) for row in rows}


def _study(uid: str, rows: Sequence[Row[Any]], waiting: _Waiting) -> StudyState:
    by_state: Counter[State] = Counter()
    size_of: Counter[State] = Counter()
    odd: Counter[str] = Counter()
    for row in rows:
        by_state[State(row.state)] += row.instances
        size_of[State(row.state)] += row.bytes
        odd.update(dict.fromkeys(json.loads(row.warnings), row.instances))
    total = sum(size_of.values())
    there = size_of[State.FORWARDED] + size_of[State.PROVED] + size_of[State.REMOVED]
    return StudyState(
        study_instance_uid=uid,
        state=_summary(by_state, waiting.entries),
        percent=100 * there // total if total else 0,
        instances=sum(by_state.values()),
        bytes=total,
        by_state=dict(by_state),
        quarantined=waiting.entries,
        error=waiting.reason or max(row.error for row in rows),
        remedy=waiting.remedy,
        modalities=tuple(sorted({row.modality for row in rows if row.modality})),
        patient_id=max(row.patient_id for row in rows),
        accession_number=max(row.accession_number for row in rows),
        study_date=max(row.study_date for row in rows),
        priority=max(row.priority for row in rows),
        first_received_at=min(row.first_received_at for row in rows),
        last_received_at=max(row.last_received_at for row in rows),
        warned_instances=sum(row.instances for row in rows if row.warnings != _NO_WARNINGS),
        warnings=tuple(warning for warning, _ in sorted(odd.items(), key=lambda one: (-one[1], one[0]))),
    )


def _summary(by_state: Counter[State], quarantined: int) -> str:
    """A problem is said first; "at-hub" only when every object was proved there that it did not remove since."""
    present = {state for state, count in by_state.items() if count}
    if quarantined or State.REFUSED in present:
        return "problem"
    if present == {State.REMOVED}:
        return "removed"
    present -= {State.REMOVED}
    if present <= {State.PROVED}:
        return "at-hub"
    if present & {State.FORWARDING, State.FORWARDED, State.PROVED}:
        return "forwarding"
    if present == {State.CODED}:
        return "proved"
    return "received"
