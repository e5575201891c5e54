"""From a bearer token or a session cookie to somebody who is known, fast enough to stand in front of every frame."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import Connection

from dokuei.clock import monotonic, now, today
from dokuei.errors import ForbiddenError, NotFoundError, NotSignedInError
from dokuei.hub.identity import store_access, store_people, store_rules
from dokuei.hub.identity.binding import Binding
from dokuei.hub.identity.model import (
    EMERGENCY,
    LOOKING,
    Permission,
    Principal,
    Session,
    principal_of_person,
    principal_of_token,
)
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database
from dokuei.storage.lately import MINUTE, Lately

REMEMBERED_SECONDS = 5.0
SESSION_LIFETIME = timedelta(hours=14)
_MOST_REMEMBERED = 10_000

SiteNames = Callable[[Connection], Mapping[str, str]]
Kind = Literal["token", "session"]
Guests = Callable[[Connection, str], Principal | None]


@dataclass(frozen=True)
class Remembered:
    """A looked-up principal and until when it may be believed without asking the database again."""

    principal: Principal
    until: float
    activity_noted: bool


@dataclass(frozen=True)
class Access:
    """Looks tokens and sessions up, and remembers the answer for at most ``REMEMBERED_SECONDS``.

    ``time_zone`` (IANA) says when a day ends; ``guests`` knows secrets that another part of the hub has lent for a
    moment, in the place of a token.
    """

    database: Database
    site_names: SiteNames
    idle_lock: timedelta
    time_zone: str
    binding: Binding | None = None
    guests: Guests = lambda _connection, _secret: None
    refused: Lately = field(default_factory=lambda: Lately(MINUTE), repr=False)
    memory: dict[tuple[Kind, str], Remembered] = field(default_factory=dict, repr=False)

    @property
    def today(self) -> date:
        """The day that accounts, roles, licences and grades are held against: the one that people here write."""
        return today(self.time_zone)

    def remembered(self, kind: Kind, secret: str, *, active: bool = True) -> Principal | None:
        """The answer of the last seconds, without touching the database."""
        known = self.memory.get((kind, secret))
        if known is None or known.until < monotonic() or (active and not known.activity_noted):
            return None
        return known.principal

    def look_up(self, kind: Kind, secret: str, *, active: bool = True) -> Principal:
        """Ask the database who this is.

        ``active`` is False for a page's background polling, which must not keep a session from locking (AUTH-11).

        Raises:
            NotSignedInError: unknown, ended, expired or locked.
        """
        principal = self._known(kind, secret, active=active) if self._exists(kind, secret) else None
        if principal is None:
            self.memory.pop((kind, secret), None)
            raise NotSignedInError("not signed in", phase="checking access", remedy="sign in")
        self._remember(kind, secret, principal, active=active)
        return principal

    def _remember(self, kind: Kind, secret: str, principal: Principal, *, active: bool) -> None:
        if len(self.memory) >= _MOST_REMEMBERED:
            self.memory.clear()
        self.memory[kind, secret] = Remembered(principal, monotonic() + REMEMBERED_SECONDS, active or kind == "token")

    def just_opened(self, secret: str) -> Principal:
        """Whose session this is, in the answer to the sign-in that opened it: its device has proved nothing yet.

        Raises:
            NotSignedInError: it has ended already.
        """
        with self.database.begin() as connection:
            session = store_access.find_session(connection, secret)
            known = None if session is None else self.principal(connection, session)
        if session is None or known is None:
            raise NotSignedInError("not signed in", phase="checking access", remedy="sign in")
        if session.device_key is None:
            self._remember("session", secret, known, active=True)
        return known

    def forget_all(self) -> None:
        """Make an ended session, a changed right or a lock bite in this process at once."""
        self.memory.clear()

    def sessions(self, person_id: str) -> tuple[Session, ...]:
        """A person's open sessions."""
        with self.database.read() as connection:
            return store_access.sessions_of(connection, person_id)

    @staticmethod
    def device_of(connection: Connection, session_id: str) -> str:
        """The device that a session is bound to, as a digest; one that is not bound is a device of its own."""
        return store_access.device_of(connection, session_id)

    def end_session(self, session_id: str, *, person_id: str, actor: str, because: str) -> None:
        """End one of a person's sessions, here or on another machine.

        Raises:
            NotFoundError: this person has no such open session.
        """
        with self.database.begin() as connection:
            mine = {session.session_id: session for session in store_access.sessions_of(connection, person_id)}
            if session_id not in mine:
                raise NotFoundError("no such session", phase="ending a session")
            end_session(connection, mine[session_id], actor=actor, because=because)
        self.forget_all()

    def _exists(self, kind: Kind, secret: str) -> bool:
        """Asked before anything is held: whoever guesses secrets must not make those wait who have work to save."""
        with self.database.read() as connection:
            if kind == "token":
                return (
                    store_access.is_token(connection, secret, today=self.today)
                    or self.guests(connection, secret) is not None
                )
            return store_access.find_session(connection, secret.partition(" ")[0]) is not None

    def _known(self, kind: Kind, secret: str, *, active: bool) -> Principal | None:
        with self.database.begin() as connection:
            if kind == "token":
                return self._token(connection, secret)
            return self._session(connection, secret, active=active)

    def _token(self, connection: Connection, secret: str) -> Principal | None:
        token = store_access.find_token(connection, secret, today=self.today)
        if token is None:
            return self.guests(connection, secret)
        known = frozenset(self.site_names(connection))
        return principal_of_token(
            token_id=token.token_id, label=token.label, scope=token.scope, site_ids=known & {token.site_id}
        )

    def _session(self, connection: Connection, presented: str, *, active: bool) -> Principal | None:
        secret, _, proof = presented.partition(" ")
        session = store_access.find_session(connection, secret)
        if session is None or not self._is_its_device(connection, session, secret, proof):
            return None
        over = self._over(connection, session)
        if over is not None:
            end_session(connection, session, actor=f"person:{session.person_id}", because=over)
            return None
        principal = self.principal(connection, session)
        if principal is not None and active:
            store_access.note_seen(connection, session.session_id)
        return principal

    def challenge(self, secret: str) -> str:
        """What the device of an open session signs, so that its cookie opens something; nobody is at work by that.

        Raises:
            NotSignedInError: no such session.
        """
        with self.database.read() as connection:
            session = store_access.find_session(connection, secret)
        if session is None or self.binding is None:
            raise NotSignedInError("not signed in", phase="checking access", remedy="sign in")
        return self.binding.challenge(secret)

    def _is_its_device(self, connection: Connection, session: Session, secret: str, proof: str) -> bool:
        """Whether the request comes from where the session was opened; what does not is on record, once a minute."""
        if session.device_key is None:
            return True
        if self.binding is not None and self.binding.holds(secret, proof, device_key=session.device_key):
            return True
        if not self.refused.holds(session.session_id):
            hub_trail.append(
                connection,
                actor=f"person:{session.person_id}",
                event="access.refused",
                subject=session.session_id,
                details={"because": "another device" if proof else "no proof of the device"},
            )
            self.refused.keep(session.session_id)
        return False

    def _over(self, connection: Connection, session: Session) -> str | None:
        """Why a session has ended by itself; None while it stands."""
        moment = now()
        if moment - session.last_seen_at > self.idle_lock_now(connection):
            return "idle"
        if session.expires_at is not None and session.expires_at <= moment:
            return "substitute ended"
        return "lifetime" if moment - session.created_at > SESSION_LIFETIME else None

    def idle_lock_now(self, connection: Connection) -> timedelta:
        """After how long without work a session locks: as an administrator has set it, else as the settings say."""
        rules = store_rules.present(connection)
        return self.idle_lock if rules is None else timedelta(minutes=rules.idle_lock_minutes)

    def principal(self, connection: Connection, session: Session) -> Principal | None:
        """What a session's person may do now; nobody where the account is locked or has ended (AUTH-15)."""
        within = LOOKING if session.method == EMERGENCY else frozenset(Permission)
        return self._person(connection, session.person_id, session.session_id, within)

    def of_person(self, person_id: str) -> Principal:
        """What somebody may do now who has said beforehand, with proof, what is to be done in their name.

        Raises:
            ForbiddenError: the account is locked or has ended.
        """
        with self.database.read() as connection:
            known = self._person(connection, person_id, None, frozenset(Permission))
        if known is None:
            raise ForbiddenError("this account is locked or has ended", phase="checking access")
        return known

    def _person(
        self, connection: Connection, person_id: str, session_id: str | None, within: frozenset[Permission]
    ) -> Principal | None:
        today = self.today
        person = store_people.active(connection, person_id, today=today)
        if person is None:
            return None
        return principal_of_person(
            person_id=person.person_id,
            display_name=person.display_name,
            grants=store_people.grants(connection, person.person_id, today=today),
            known_site_ids=frozenset(self.site_names(connection)),
            session_id=session_id,
            within=within,
        )


def end_session(connection: Connection, session: Session, *, actor: str, because: str) -> None:
    """End one session and say how long it lasted (LOG-01)."""
    if not store_access.end_session(connection, session.session_id, because=because):
        return
    lasted = (session.last_seen_at if because == "idle" else now()) - session.created_at
    hub_trail.append(
        connection,
        actor=actor,
        event="session.ended",
        subject=session.session_id,
        details={"because": because, "seconds": int(lasted.total_seconds())},
    )
