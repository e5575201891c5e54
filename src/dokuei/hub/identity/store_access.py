"""Sessions, tokens and enrolment links, in SQL."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from dokuei.clock import now
from dokuei.hub.identity.model import Scope, Session
from dokuei.hub.identity.secrets import hashed, new_id
from dokuei.hub.identity.tables import api_token, enrolment, session
from dokuei.hub.limits import network
from dokuei.storage.db import UtcDateTime

_SEEN_NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class ApiToken:
    """What may be shown of a token after it was made."""

    token_id: str
    label: str
    scope: Scope
    site_id: str
    created_by: str
    created_at: datetime
    expires_on: date | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class Enrolment:
    """An open one-time link, with what its holder has chosen so far."""

    code_hash: str
    person_id: str
    expires_at: datetime
    password_hash: str | None
    totp_sealed: bytes | None


def open_session(
    connection: Connection,
    secret: str,
    *,
    person_id: str,
    method: str,
    address: str,
    user_agent: str,
    place: str = "",
    device_key: str | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Start a session and return its public id; the secret is kept as a hash."""
    session_id, moment = new_id(), now()
    connection.execute(
        insert(session).values(
            secret_hash=hashed(secret),
            session_id=session_id,
            person_id=person_id,
            method=method,
            created_at=moment,
            last_seen_at=moment,
            address=address[:64],
            user_agent=user_agent[:300],
            place=place,
            device_key=device_key,
            expires_at=expires_at,
        )
    )
    return session_id


def find_session(connection: Connection, secret: str) -> Session | None:
    """The open session behind a cookie."""
    row = connection.execute(
        select(session).where(session.c.secret_hash == hashed(secret), session.c.ended_at.is_(None))
    ).one_or_none()
    return None if row is None else _session(row)


def sessions_of(connection: Connection, person_id: str) -> tuple[Session, ...]:
    """A person's open sessions, the latest first."""
    rows = connection.execute(
        select(session)
        .where(session.c.person_id == person_id, session.c.ended_at.is_(None))
        .order_by(session.c.created_at.desc())
    )
    return tuple(_session(row) for row in rows)


def sources_of(connection: Connection, person_id: str, *, since: datetime) -> frozenset[str]:
    """Where a person signed in from lately."""
    rows = connection.execute(
        select(session.c.address).where(session.c.person_id == person_id, session.c.created_at > since).distinct()
    )
    return frozenset(network(row.address) for row in rows)


def last_sign_ins(connection: Connection) -> dict[str, datetime]:
    """When each person signed in last; who never did is not in it."""
    latest = select(session.c.person_id, func.max(session.c.created_at, type_=UtcDateTime).label("at"))
    return {row.person_id: row.at for row in connection.execute(latest.group_by(session.c.person_id))}


def note_seen(connection: Connection, session_id: str) -> None:
    """Somebody is at work: the idle clock starts again."""
    connection.execute(update(session).where(session.c.session_id == session_id).values(last_seen_at=now()))


def set_place(connection: Connection, session_id: str, place: str) -> None:
    """Where its person says that they are."""
    connection.execute(update(session).where(session.c.session_id == session_id).values(place=place))


def place_of(connection: Connection, session_id: str) -> str:
    """Where its person is; empty where nobody has said so."""
    asked = select(session.c.place).where(session.c.session_id == session_id)
    return connection.execute(asked).scalar_one_or_none() or ""


def device_of(connection: Connection, session_id: str) -> str:
    """The device that a session is bound to, as a digest; one that is not bound is a device of its own."""
    asked = select(session.c.device_key).where(session.c.session_id == session_id)
    return hashed(connection.execute(asked).scalar_one_or_none() or f"session {session_id}")


def end_session(connection: Connection, session_id: str, *, because: str) -> bool:
    """End a session; whether it was open."""
    ended = connection.execute(
        update(session)
        .where(session.c.session_id == session_id, session.c.ended_at.is_(None))
        .values(ended_at=now(), ended_because=because)
    )
    return ended.rowcount == 1


def add_token(
    connection: Connection,
    secret: str,
    *,
    scope: Scope,
    site_id: str,
    label: str,
    actor: str,
    expires_on: date | None,
) -> str:
    """Keep a token's hash and return its id."""
    token_id = new_id()
    connection.execute(
        insert(api_token).values(
            token_id=token_id,
            secret_hash=hashed(secret),
            label=label,
            scope=scope.value,
            site_id=site_id,
            created_by=actor,
            created_at=now(),
            expires_on=expires_on,
        )
    )
    return token_id


def find_token(connection: Connection, secret: str, *, today: date) -> ApiToken | None:
    """The valid token behind a secret; its use is noted now and then, not at every frame."""
    moment = now()
    row = connection.execute(select(api_token).where(_valid(secret, today))).one_or_none()
    if row is None:
        return None
    if row.last_used_at is None or moment - row.last_used_at > _SEEN_NOTED_EVERY:
        connection.execute(update(api_token).where(api_token.c.token_id == row.token_id).values(last_used_at=moment))
    return _token(row)


def is_token(connection: Connection, secret: str, *, today: date) -> bool:
    """Whether a valid token is behind a secret, found out by reading alone."""
    return connection.execute(select(api_token.c.token_id).where(_valid(secret, today))).first() is not None


def tokens(connection: Connection) -> tuple[ApiToken, ...]:
    """All tokens, the latest first."""
    rows = connection.execute(select(api_token).order_by(api_token.c.created_at.desc(), api_token.c.token_id))
    return tuple(_token(row) for row in rows)


def revoke_token(connection: Connection, token_id: str) -> bool:
    """End a token; whether it was open."""
    ended = connection.execute(
        update(api_token)
        .where(api_token.c.token_id == token_id, api_token.c.revoked_at.is_(None))
        .values(revoked_at=now())
    )
    return ended.rowcount == 1


def add_enrolment(connection: Connection, code: str, *, person_id: str, actor: str, lasts: timedelta) -> None:
    """Keep a one-time link's hash; earlier links of the same person end."""
    moment = now()
    connection.execute(
        update(enrolment)
        .where(enrolment.c.person_id == person_id, enrolment.c.used_at.is_(None))
        .values(used_at=moment)
    )
    connection.execute(
        insert(enrolment).values(
            code_hash=hashed(code), person_id=person_id, created_by=actor, created_at=moment, expires_at=moment + lasts
        )
    )


def find_enrolment(connection: Connection, code: str) -> Enrolment | None:
    """The open link behind a code, its row held until the transaction ends."""
    row = connection.execute(select(enrolment).where(_open_link(hashed(code))).with_for_update()).one_or_none()
    return None if row is None else Enrolment(**{n: getattr(row, n) for n in Enrolment.__dataclass_fields__})


def choose_password(connection: Connection, code_hash: str, *, password_hash: str, totp_sealed: bytes) -> None:
    """Keep what the holder chose until the first code proves that the app has the secret."""
    connection.execute(
        update(enrolment)
        .where(enrolment.c.code_hash == code_hash)
        .values(password_hash=password_hash, totp_sealed=totp_sealed)
    )


def use_enrolment(connection: Connection, code_hash: str) -> bool:
    """Use a link up; False where another request was faster."""
    used = connection.execute(
        update(enrolment).where(_open_link(code_hash)).values(used_at=now(), password_hash=None, totp_sealed=None)
    )
    return used.rowcount == 1


def _valid(secret: str, today: date) -> Any:
    return and_(
        api_token.c.secret_hash == hashed(secret),
        api_token.c.revoked_at.is_(None),
        or_(api_token.c.expires_on.is_(None), api_token.c.expires_on >= today),
    )


def _open_link(code_hash: str) -> Any:
    return and_(enrolment.c.code_hash == code_hash, enrolment.c.used_at.is_(None), enrolment.c.expires_at > now())


def _session(row: Row[Any]) -> Session:
    return Session(**{name: getattr(row, name) for name in Session.__dataclass_fields__})


def _token(row: Row[Any]) -> ApiToken:
    values = {name: getattr(row, name) for name in ApiToken.__dataclass_fields__}
    return ApiToken(**{**values, "scope": Scope(row.scope)})
