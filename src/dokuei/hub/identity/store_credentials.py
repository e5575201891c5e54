"""What people prove themselves with, in SQL: passwords, keys, and the challenges that wait for an answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from dokuei.clock import now
from dokuei.hub.identity.passkeys import KnownPasskey, NewPasskey, Touch, challenge_digest
from dokuei.hub.identity.tables import challenge, passkey, password


@dataclass(frozen=True)
class PasswordRow:
    """A stored password with its second factor and its count of failures (AUTH-10)."""

    person_id: str
    hash: str
    totp_sealed: bytes
    totp_last_step: int
    failed_attempts: int
    locked_until: datetime | None


@dataclass(frozen=True)
class Asked:
    """A challenge that was waiting; it is gone once taken."""

    subject: str | None
    payload: Mapping[str, Any]


def set_password(connection: Connection, person_id: str, *, hash_: str, totp_sealed: bytes, totp_step: int) -> None:
    """Put the password and its second factor in place of what was there."""
    remove_password(connection, person_id)
    connection.execute(
        insert(password).values(
            person_id=person_id,
            hash=hash_,
            set_at=now(),
            totp_sealed=totp_sealed,
            totp_last_step=totp_step,
            failed_attempts=0,
        )
    )


def remove_password(connection: Connection, person_id: str) -> None:
    """Forget the password and its second factor."""
    connection.execute(delete(password).where(password.c.person_id == person_id))


def password_set_at(connection: Connection, person_id: str) -> datetime | None:
    """When somebody's password was set."""
    asked = select(password.c.set_at).where(password.c.person_id == person_id)
    return connection.execute(asked).scalar_one_or_none()


def password_of(connection: Connection, person_id: str) -> PasswordRow | None:
    """The stored password, its row held until the transaction ends."""
    columns = [password.c[name] for name in PasswordRow.__dataclass_fields__]
    row = connection.execute(select(*columns).where(password.c.person_id == person_id).with_for_update()).one_or_none()
    return None if row is None else PasswordRow(*row)


def count_attempt(connection: Connection, person_id: str, *, attempts: int, locked_until: datetime | None) -> None:
    """Note an attempt before it is judged, so that many at once cannot outrun the count."""
    connection.execute(
        update(password)
        .where(password.c.person_id == person_id)
        .values(failed_attempts=attempts, locked_until=locked_until)
    )


def take_totp_step(connection: Connection, person_id: str, step: int) -> bool:
    """Use up a code; False where another request was faster (RFC 6238 5.2)."""
    taken = connection.execute(
        update(password)
        .where(password.c.person_id == person_id, password.c.totp_last_step < step)
        .values(totp_last_step=step, failed_attempts=0, locked_until=None)
    )
    return taken.rowcount == 1


def add_passkey(connection: Connection, person_id: str, new: NewPasskey, *, label: str) -> bool:
    """Keep a new key; False where it is known already."""
    known = connection.execute(select(passkey.c.person_id).where(passkey.c.credential_id == new.credential_id))
    if known.first() is not None:
        return False
    connection.execute(
        insert(passkey).values(
            credential_id=new.credential_id,
            person_id=person_id,
            public_key=new.public_key,
            sign_count=new.sign_count,
            synced=new.synced,
            label=label,
            aaguid=new.aaguid,
            transports=new.transports,
            created_at=now(),
        )
    )
    return True


def find_passkey(connection: Connection, credential_id: str) -> KnownPasskey | None:
    """A usable key, its row held until the transaction ends."""
    row = connection.execute(
        select(passkey)
        .where(passkey.c.credential_id == credential_id, passkey.c.revoked_at.is_(None))
        .with_for_update()
    ).one_or_none()
    return None if row is None else _passkey(row)


def passkeys_of(connection: Connection, person_id: str) -> tuple[KnownPasskey, ...]:
    """A person's usable keys, oldest first."""
    rows = connection.execute(
        select(passkey)
        .where(passkey.c.person_id == person_id, passkey.c.revoked_at.is_(None))
        .order_by(passkey.c.created_at)
    )
    return tuple(_passkey(row) for row in rows)


def note_touch(connection: Connection, credential_id: str, touch: Touch) -> None:
    """Keep the counter, so that a copied key is seen."""
    connection.execute(
        update(passkey)
        .where(passkey.c.credential_id == credential_id)
        .values(sign_count=touch.new_sign_count, last_used_at=now())
    )


def revoke_passkeys(connection: Connection, person_id: str) -> None:
    """End all keys of a person (lost, or left)."""
    connection.execute(
        update(passkey).where(passkey.c.person_id == person_id, passkey.c.revoked_at.is_(None)).values(revoked_at=now())
    )


def ask(
    connection: Connection,
    asked: bytes,
    *,
    purpose: str,
    lasts: timedelta,
    subject: str | None = None,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Remember a challenge until it is answered or too old; old ones are swept here."""
    moment = now()
    connection.execute(delete(challenge).where(challenge.c.expires_at < moment))
    connection.execute(
        insert(challenge).values(
            digest=challenge_digest(asked),
            purpose=purpose,
            subject=subject,
            payload=json.dumps(dict(payload or {})),
            expires_at=moment + lasts,
        )
    )


def take(connection: Connection, answered: bytes, *, expected_purpose: str) -> Asked | None:
    """Take a waiting challenge away: one answer only, so that a replayed one finds nothing."""
    digest = challenge_digest(answered)
    row = connection.execute(
        select(challenge).where(challenge.c.digest == digest, challenge.c.purpose == expected_purpose)
    ).one_or_none()
    gone = connection.execute(
        delete(challenge).where(challenge.c.digest == digest, challenge.c.purpose == expected_purpose)
    )
    if row is None or gone.rowcount != 1 or row.expires_at < now():
        return None
    return Asked(row.subject, json.loads(row.payload))


def _passkey(row: Row[Any]) -> KnownPasskey:
    return KnownPasskey(**{name: getattr(row, name) for name in KnownPasskey.__dataclass_fields__})
