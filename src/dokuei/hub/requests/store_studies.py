"""What requests know of studies, of merged patients, and of each site's rules, in SQL."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, or_, select, text, update

from dokuei.clock import now
from dokuei.hub.requests.identities import Rules, key_of
from dokuei.hub.requests.model import Content, Former, Name, Patient, Study
from dokuei.hub.requests.tables import merge, site_rules, study

_MOST_CONSIDERED = 500


def lock_site(connection: Connection, site_id: str) -> Rules:
    """Let everything that joins requests and studies of one site queue, and read the site's rules."""
    connection.execute(
        text(
            "INSERT INTO request_site (site_id, zero_padded_ids, accept_unique_match)"
            " VALUES (:site_id, :yes, :no) ON CONFLICT DO NOTHING"
        ),
        {"site_id": site_id, "yes": True, "no": False},
    )
    row = connection.execute(select(site_rules).where(site_rules.c.site_id == site_id).with_for_update()).one()
    return Rules(row.zero_padded_ids, row.accept_unique_match)


def rules_of(connection: Connection, site_id: str) -> Rules:
    """The site's rules, for whoever only reads."""
    row = connection.execute(select(site_rules).where(site_rules.c.site_id == site_id)).one_or_none()
    return Rules() if row is None else Rules(row.zero_padded_ids, row.accept_unique_match)


def set_rules(connection: Connection, site_id: str, rules: Rules) -> None:
    """How a site writes, and what it lets be matched without a person."""
    connection.execute(
        update(site_rules)
        .where(site_rules.c.site_id == site_id)
        .values(zero_padded_ids=rules.zero_padded_ids, accept_unique_match=rules.accept_unique_match)
    )


def put_study(connection: Connection, new: Study) -> None:
    """Keep what is known of a study now."""
    forget_study(connection, new.site_id, new.study_instance_uid)
    name = new.patient.name
    connection.execute(
        insert(study).values(
            site_id=new.site_id,
            study_instance_uid=new.study_instance_uid,
            accession_number=new.accession_number,
            issuer_of_accession_number=new.issuer_of_accession_number,
            patient_id=new.patient.patient_id,
            issuer_of_patient_id=new.patient.issuer_of_patient_id,
            patient_name_alphabetic=name.alphabetic,
            patient_name_ideographic=name.ideographic,
            patient_name_phonetic=name.phonetic,
            patient_birth_date=new.patient.birth_date,
            patient_sex=new.patient.sex,
            patient_key=key_of(new.patient.patient_id),
            study_date=new.study_date,
            study_description=new.study_description,
            modalities=json.dumps(new.modalities),
            papers_only=new.papers_only,
            prior=new.prior,
        )
    )


def forget_study(connection: Connection, site_id: str, study_instance_uid: str) -> None:
    """A study is not here, or no longer."""
    connection.execute(
        delete(study).where(study.c.site_id == site_id, study.c.study_instance_uid == study_instance_uid)
    )


def find_study(connection: Connection, site_id: str, study_instance_uid: str) -> Study | None:
    """One study of a site."""
    query = select(study).where(study.c.site_id == site_id, study.c.study_instance_uid == study_instance_uid)
    row = connection.execute(query).one_or_none()
    return None if row is None else study_of(row)


def find_studies(connection: Connection, site_id: str, study_instance_uids: Collection[str]) -> tuple[Study, ...]:
    """Some studies of a site, the latest first."""
    query = select(study).where(study.c.site_id == site_id, study.c.study_instance_uid.in_(study_instance_uids))
    rows = connection.execute(query.order_by(study.c.study_date.desc(), study.c.study_instance_uid))
    return tuple(study_of(row) for row in rows)


def studies_for(
    connection: Connection, site_id: str, content: Content, *, keys: Collection[str], more: Collection[str] = ()
) -> tuple[Study, ...]:
    """Studies that a request may be about: ``keys`` are its patient's folded IDs, ``more`` names some beside them."""
    named = {*more, *content.worklist_study_instance_uids, content.study_instance_uid or ""}
    conditions: list[ColumnElement[bool]] = [
        study.c.patient_key.in_({one for one in keys if one}),
        study.c.study_instance_uid.in_(named - {""}),
    ]
    if content.accession_number:
        conditions.append(study.c.accession_number == content.accession_number)
    query = select(study).where(study.c.site_id == site_id, or_(*conditions))
    query = query.order_by(study.c.study_date.desc(), study.c.study_instance_uid).limit(_MOST_CONSIDERED)
    return tuple(study_of(row) for row in connection.execute(query))


def studies_of_day(connection: Connection, site_id: str, day: str) -> tuple[Study, ...]:
    """Studies of one day, for a person who matches by hand."""
    query = select(study).where(study.c.site_id == site_id, study.c.study_date == day, ~study.c.papers_only)
    rows = connection.execute(query.order_by(study.c.study_instance_uid).limit(_MOST_CONSIDERED))
    return tuple(study_of(row) for row in rows)


def add_merge(connection: Connection, site_id: str, *, message_key: str, prior: Patient, surviving: Patient) -> None:
    """Two numbers are one person, the hospital says; both stay on record (REC-10)."""
    connection.execute(
        insert(merge).values(
            site_id=site_id,
            message_key=message_key,
            prior_patient_id=prior.patient_id,
            prior_issuer=prior.issuer_of_patient_id,
            prior_key=key_of(prior.patient_id),
            patient_id=surviving.patient_id,
            issuer_of_patient_id=surviving.issuer_of_patient_id,
            patient_key=key_of(surviving.patient_id),
            at=now(),
        )
    )


def one_person(connection: Connection, site_id: str, key: str) -> frozenset[str]:
    """Every folded ID that merges made the same person's as this one."""
    known = {key} - {""}
    fresh = set(known)
    while fresh:
        rows = connection.execute(
            select(merge.c.prior_key, merge.c.patient_key).where(
                merge.c.site_id == site_id, or_(merge.c.prior_key.in_(fresh), merge.c.patient_key.in_(fresh))
            )
        )
        fresh = {one for row in rows for one in row} - known - {""}
        known |= fresh
    return frozenset(known)


def merged(connection: Connection, site_id: str, keys: Collection[str]) -> tuple[Former, ...]:
    """The IDs that were given up for others of one person, each until when; no name was told with them."""
    query = select(merge).where(merge.c.site_id == site_id, merge.c.patient_key.in_(keys)).order_by(merge.c.at)
    return tuple(
        Former(Patient(row.prior_patient_id, row.prior_issuer), row.at, "", "merge")
        for row in connection.execute(query)
    )


def study_of(row: Row[Any]) -> Study:
    """What a row of ``study`` says."""
    return Study(
        site_id=row.site_id,
        study_instance_uid=row.study_instance_uid,
        patient=Patient(
            patient_id=row.patient_id,
            issuer_of_patient_id=row.issuer_of_patient_id,
            name=Name(row.patient_name_alphabetic, row.patient_name_ideographic, row.patient_name_phonetic),
            birth_date=row.patient_birth_date,
            sex=row.patient_sex,
        ),
        accession_number=row.accession_number,
        issuer_of_accession_number=row.issuer_of_accession_number,
        study_date=row.study_date,
        study_description=row.study_description,
        modalities=tuple(json.loads(row.modalities)),
        papers_only=row.papers_only,
        prior=row.prior,
    )
