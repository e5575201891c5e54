"""The ledger in SQL: every query is scoped by site."""

import json
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from dokuei.clock import now
from dokuei.hub.priors.model import PatientNumber, PriorSearch, PriorStudy
from dokuei.hub.priors.tables import search, study

_AT_ONCE = 500


def put(connection: Connection, told: PriorSearch, *, told_by: str) -> bool:
    """Keep a gateway's newest word of one patient; False where a newer one is known."""
    named = _is_of(told.patient)
    known = connection.execute(select(search).where(*named).with_for_update()).one_or_none()
    if known is not None and known.told_by == told_by and known.version > told.version and known.at >= told.at:
        return False
    values = {
        "told_by": told_by,
        "state": told.state,
        "version": told.version,
        "others": told.others,
        "reason": told.reason,
        "at": told.at,
        "heard_at": now(),
    }
    if known is None:
        connection.execute(insert(search).values(**_names(told.patient), **values))
    else:
        connection.execute(update(search).where(*named).values(**values))
    for one in told.studies:
        _put_study(connection, told.patient, one)
    return True


def of_patients(
    connection: Connection, site_ids: Collection[str], patient_ids: Collection[str]
) -> dict[tuple[str, str], list[PriorSearch]]:
    """Site and patient ID → what was told of them, the latest first; issuers may tell several patients apart."""
    found: dict[tuple[str, str], list[PriorSearch]] = defaultdict(list)
    wanted = sorted({one for one in patient_ids if one})
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        scope = search.c.site_id.in_(site_ids), search.c.patient_id.in_(some)
        told = connection.execute(select(search).where(*scope).order_by(search.c.at.desc())).all()
        studies = _studies(connection, study.c.site_id.in_(site_ids), study.c.patient_id.in_(some)) if told else {}
        for row in told:
            found[row.site_id, row.patient_id].append(
                _search(row, studies.get((row.site_id, row.patient_id, row.issuer_of_patient_id), ()))
            )
    return found


def is_prior(connection: Connection, site_id: str, study_instance_uid: str) -> bool:
    """Whether a study is known as one that was brought, or is to be, for another's sake."""
    asked = select(study.c.state).where(study.c.site_id == site_id, study.c.study_instance_uid == study_instance_uid)
    return connection.execute(asked).first() is not None


def _put_study(connection: Connection, patient: PatientNumber, one: PriorStudy) -> None:
    s = study.c
    values = {
        "state": one.state,
        "study_date": one.study_date,
        "modalities": json.dumps(one.modalities),
        "study_description": one.study_description,
        "reason": one.reason,
    }
    named = (s.site_id == patient.site_id, s.study_instance_uid == one.study_instance_uid)
    connection.execute(delete(study).where(*named))
    connection.execute(insert(study).values(study_instance_uid=one.study_instance_uid, **_names(patient), **values))


def _studies(connection: Connection, *scope: ColumnElement[bool]) -> dict[tuple[str, str, str], list[PriorStudy]]:
    found: dict[tuple[str, str, str], list[PriorStudy]] = defaultdict(list)
    for row in connection.execute(select(study).where(*scope)):
        found[row.site_id, row.patient_id, row.issuer_of_patient_id].append(
            PriorStudy(
                row.study_instance_uid,
                row.state,
                row.study_date,
                tuple(json.loads(row.modalities)),
                row.study_description,
                row.reason,
            )
        )
    return found


def _search(row: Row[Any], studies: Collection[PriorStudy]) -> PriorSearch:
    patient = PatientNumber(row.site_id, row.patient_id, row.issuer_of_patient_id)
    return PriorSearch(patient, row.state, row.version, row.at, row.others, row.reason, tuple(studies))


def _is_of(patient: PatientNumber) -> tuple[ColumnElement[bool], ...]:
    return tuple(search.c[name] == value for name, value in _names(patient).items())


def _names(patient: PatientNumber) -> dict[str, str]:
    return {
        "site_id": patient.site_id,
        "patient_id": patient.patient_id,
        "issuer_of_patient_id": patient.issuer_of_patient_id,
    }
