"""Who stands behind each pseudonymous study: rows that stay in the gateway, made before the study can leave."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Index, String, Table, Text, or_, select
from sqlalchemy.dialects.sqlite import insert

from dokuei.gateway.spool_tables import received_object
from dokuei.storage.db import UtcDateTime, gateway_metadata

_AT_ONCE = 500

pseudonym_study = Table(
    "pseudonym_study",
    gateway_metadata,
    Column("coded_study_instance_uid", String(64), primary_key=True),
    Column("pseudonym", String(64), primary_key=True),
    Column("identity", Text, nullable=False),
    Column("noted_at", UtcDateTime, nullable=False),
)
Index("ix_pseudonym_study_pseudonym", pseudonym_study.c.pseudonym)


@dataclass(frozen=True)
class Patient:
    """What a report needs to come back under the true identity; names as PN with their groups."""

    study_instance_uid: str
    patient_id: str
    issuer_of_patient_id: str
    patient_name: str
    patient_birth_date: str
    patient_sex: str
    study_date: str
    study_time: str
    study_id: str
    accession_number: str
    referring_physician: str


@dataclass(frozen=True)
class TrueUids:
    """One object under its UIDs as received, and the one that the hub knows it by."""

    coded_sop_instance_uid: str
    coded_study_instance_uid: str
    sop_instance_uid: str
    series_instance_uid: str
    study_instance_uid: str


def note(
    connection: Connection, coded_study_instance_uid: str, *, pseudonym: str, patient: Patient, at: datetime
) -> None:
    """Remember whose study it is; what the first object said stays."""
    connection.execute(
        insert(pseudonym_study)
        .values(
            coded_study_instance_uid=coded_study_instance_uid,
            pseudonym=pseudonym,
            identity=json.dumps(asdict(patient), ensure_ascii=False),
            noted_at=at,
        )
        .on_conflict_do_nothing()
    )


def find(connection: Connection, coded_study_instance_uid: str, pseudonym: str) -> Patient | None:
    """Who stands behind a pseudonym in a study; ``None`` where that never went out from here."""
    c = pseudonym_study.c
    row = connection.execute(
        select(c.identity).where(c.coded_study_instance_uid == coded_study_instance_uid, c.pseudonym == pseudonym)
    ).one_or_none()
    return None if row is None else Patient(**json.loads(row.identity))


def is_used(connection: Connection, coded_study_instance_uid: str | None = None) -> bool:
    """Whether this study, or any, has gone out under a pseudonym."""
    c = pseudonym_study.c.coded_study_instance_uid
    wanted = select(c) if coded_study_instance_uid is None else select(c).where(c == coded_study_instance_uid)
    return connection.execute(wanted.limit(1)).first() is not None


def behind(connection: Connection, pseudonym: str) -> list[Patient]:
    """The studies under one pseudonym, for the hospital's staff."""
    rows = connection.execute(
        select(pseudonym_study.c.identity)
        .where(pseudonym_study.c.pseudonym == pseudonym)
        .order_by(pseudonym_study.c.noted_at)
    )
    return [Patient(**json.loads(row.identity)) for row in rows]


def true_uids(connection: Connection, coded_uids: Iterable[str]) -> list[TrueUids]:
    """The objects and studies that the hub knows by these UIDs."""
    wanted, c = sorted(set(coded_uids)), received_object.c
    found: list[TrueUids] = []
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        rows = connection.execute(
            select(*(c[name] for name in TrueUids.__dataclass_fields__)).where(
                or_(c.coded_sop_instance_uid.in_(some), c.coded_study_instance_uid.in_(some))
            )
        )
        found += [TrueUids(**row._asdict()) for row in rows]
    return found


def hub_uids(connection: Connection, study_instance_uids: Iterable[str]) -> dict[str, str]:
    """How the hub knows studies that it can know already."""
    wanted, c = sorted(set(study_instance_uids)), received_object.c
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        rows = connection.execute(
            select(c.study_instance_uid, c.coded_study_instance_uid)
            .where(c.study_instance_uid.in_(wanted[start : start + _AT_ONCE]), c.coded_study_instance_uid.is_not(None))
            .distinct()
        )
        found |= {row.study_instance_uid: row.coded_study_instance_uid for row in rows}
    return found
