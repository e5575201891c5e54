"""Readers' qualifications and certificates, in SQL."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from dokuei.clock import now
from dokuei.hub.identity.qualification import ReaderProfile, Speciality
from dokuei.hub.identity.signing_certificate import SigningCertificate, certificate_of
from dokuei.hub.identity.tables_rights import certificate_offer, reader_profile, signing_certificate
from dokuei.storage.rows import put_row


@dataclass(frozen=True)
class Offer:
    """That somebody has offered a certificate."""

    person_id: str
    offered_at: datetime


def profile_of(connection: Connection, person_id: str) -> ReaderProfile | None:
    """What is recorded of one person."""
    row = connection.execute(select(reader_profile).where(reader_profile.c.person_id == person_id)).one_or_none()
    return None if row is None else _profile(row)


def profiles_of(connection: Connection, person_ids: Iterable[str]) -> dict[str, ReaderProfile]:
    """What is recorded of several, by person."""
    rows = connection.execute(select(reader_profile).where(reader_profile.c.person_id.in_(set(person_ids))))
    return {row.person_id: _profile(row) for row in rows}


def put_profile(connection: Connection, person_id: str, profile: ReaderProfile, *, actor: str) -> None:
    """Put what is known now in place of what was there; what it was stands in the audit trail."""
    specialities = [[one.name, None if one.until is None else one.until.isoformat()] for one in profile.specialities]
    put_row(
        connection,
        reader_profile,
        person_id=person_id,
        licence_number=profile.licence_number,
        licence_until=profile.licence_until,
        specialities=json.dumps(specialities, ensure_ascii=False),
        mammography_grade=profile.mammography_grade,
        mammography_until=profile.mammography_until,
        updated_at=now(),
        updated_by=actor,
    )


def certificate_of_person(connection: Connection, person_id: str) -> SigningCertificate | None:
    """The certificate with which somebody signs."""
    asked = select(signing_certificate.c.certificate).where(signing_certificate.c.person_id == person_id)
    der = connection.execute(asked).scalar_one_or_none()
    return None if der is None else certificate_of(der)


def holder_of_certificate(connection: Connection, fingerprint: str) -> str | None:
    """Whose certificate this is."""
    asked = select(signing_certificate.c.person_id).where(signing_certificate.c.fingerprint == fingerprint)
    found: str | None = connection.execute(asked).scalar_one_or_none()
    return found


def put_certificate(connection: Connection, person_id: str, certificate: SigningCertificate, *, actor: str) -> None:
    """Put somebody's certificate in place of the one before; what that was stands in the audit trail."""
    put_row(
        connection,
        signing_certificate,
        person_id=person_id,
        fingerprint=certificate.fingerprint,
        certificate=certificate.der,
        recorded_at=now(),
        recorded_by=actor,
    )


def remove_certificate(connection: Connection, person_id: str) -> bool:
    """Whether there was one."""
    asked = delete(signing_certificate).where(signing_certificate.c.person_id == person_id)
    return connection.execute(asked).rowcount > 0


def put_offer(connection: Connection, person_id: str, certificate: SigningCertificate) -> None:
    """What somebody says is their certificate, in place of what they said before."""
    put_row(connection, certificate_offer, person_id=person_id, certificate=certificate.der, offered_at=now())


def offer_of_person(connection: Connection, person_id: str) -> SigningCertificate | None:
    """What waits to be confirmed; nothing is signed with it."""
    asked = select(certificate_offer.c.certificate).where(certificate_offer.c.person_id == person_id)
    der = connection.execute(asked).scalar_one_or_none()
    return None if der is None else certificate_of(der)


def offers(connection: Connection) -> tuple[Offer, ...]:
    """What waits to be confirmed, the first first."""
    c = certificate_offer.c
    rows = connection.execute(select(c.person_id, c.offered_at).order_by(c.offered_at, c.person_id))
    return tuple(Offer(row.person_id, row.offered_at) for row in rows)


def remove_offer(connection: Connection, person_id: str) -> bool:
    """Whether there was one."""
    asked = delete(certificate_offer).where(certificate_offer.c.person_id == person_id)
    return connection.execute(asked).rowcount > 0


def _profile(row: Row[Any]) -> ReaderProfile:
    return ReaderProfile(
        licence_number=row.licence_number,
        licence_until=row.licence_until,
        specialities=tuple(
            Speciality(name, None if until is None else date.fromisoformat(until))
            for name, until in json.loads(row.specialities)
        ),
        mammography_grade=row.mammography_grade,
        mammography_until=row.mammography_until,
    )
