"""For a lost or broken key: two codes from two administrators open the account for some hours (AUTH-06).

The emergency account (AUTH-16) is opened the same way, by one, since an emergency waits for nobody.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import ConflictError, NotFoundError, RequestError
from dokuei.hub.identity import store_access, store_credentials, store_people, store_substitutes
from dokuei.hub.identity.access import Access, end_session
from dokuei.hub.identity.alerts import AlertKind, raise_alert
from dokuei.hub.identity.model import EMERGENCY, Grant, Person, Role
from dokuei.hub.identity.secrets import hashed, new_id
from dokuei.hub.identity.store_substitutes import Substitute
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

LONGEST_HOURS: Final = 24
_LETTERS: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_CODE_LETTERS: Final = 12
_ATTEMPTS: Final = 5
_LOCKED_FOR: Final = timedelta(minutes=15)
_SUBSTITUTE, _EMERGENCY = "substitute", "emergency"


@dataclass(frozen=True)
class Asked:
    """A substitute that one administrator asked for, with the first half of what opens it, shown once."""

    substitute_id: str
    code: str


@dataclass(frozen=True)
class Opened:
    """Both halves for the emergency account, shown once."""

    substitute_id: str
    first_code: str
    second_code: str
    expires_at: datetime


@dataclass(frozen=True)
class Substitutes:
    """The verbs on substitutes."""

    database: Database
    access: Access

    def ask(self, person_id: str, *, reason: str, hours: int, lost: bool, actor: str) -> Asked:
        """The first administrator's half; ``lost`` also ends the keys and sessions of before.

        Raises:
            NotFoundError: no such person.
            RequestError: no reason, or more hours than a day.
            ConflictError: it is for the asker, or for the emergency account.
        """
        _demand_sense(reason, hours)
        code = _new_code()
        with self.database.begin() as connection:
            person = _known(connection, person_id, today=self.access.today)
            if person.user_name == EMERGENCY:
                raise ConflictError("the emergency account is opened, not substituted", phase="issuing a substitute")
            _demand_another(actor, f"person:{person_id}")
            substitute_id = store_substitutes.add(
                connection,
                kind=_SUBSTITUTE,
                person_id=person_id,
                reason=reason.strip(),
                hours=hours,
                actor=actor,
                first_hash=_kept(code),
            )
            if lost:
                store_credentials.revoke_passkeys(connection, person_id)
                self._end_sessions(connection, person_id, actor=actor, because="key lost")
            _note(connection, "substitute.requested", person_id, actor, hours=hours, lost=lost)
        self.access.forget_all()
        return Asked(substitute_id, code)

    def issue(self, substitute_id: str, *, actor: str) -> str:
        """The second administrator's half; from now on the two open the account.

        Raises:
            NotFoundError: nothing waits under this id.
            ConflictError: the second is the first, or the person it is for.
        """
        code = _new_code()
        with self.database.begin() as connection:
            waiting = store_substitutes.find(connection, substitute_id)
            if waiting is None or waiting.issued_at is not None or not waiting.is_open(now()):
                raise NotFoundError("nothing waits under this id", phase="issuing a substitute")
            _demand_another(actor, waiting.requested_by)
            _demand_another(actor, f"person:{waiting.person_id}")
            until = now() + timedelta(hours=waiting.hours)
            store_substitutes.issue(connection, substitute_id, actor=actor, second_hash=_kept(code), expires_at=until)
            _note(connection, "substitute.issued", waiting.person_id, actor, hours=waiting.hours)
        return code

    def open_emergency(self, *, reason: str, hours: int, actor: str) -> Opened:
        """Let the emergency account work for some hours; everybody who administers is alarmed at once (AUTH-16).

        Raises:
            RequestError: no reason, or more hours than a day.
        """
        _demand_sense(reason, hours)
        first, second = _new_code(), _new_code()
        with self.database.begin() as connection:
            person = _emergency_account(connection)
            self._end(connection, person.person_id, actor=actor)
            substitute_id = store_substitutes.add(
                connection,
                kind=_EMERGENCY,
                person_id=person.person_id,
                reason=reason.strip(),
                hours=hours,
                actor=actor,
                first_hash=_kept(first),
            )
            until = now() + timedelta(hours=hours)
            store_substitutes.issue(connection, substitute_id, actor=actor, second_hash=_kept(second), expires_at=until)
            store_people.lock(connection, person.person_id, locked=False)
            _note(connection, "emergency.opened", person.person_id, actor, hours=hours)
            raise_alert(
                connection,
                AlertKind.EMERGENCY_OPENED,
                person_id=person.person_id,
                details={"by": actor, "hours": hours, "reason": reason.strip()},
            )
        self.access.forget_all()
        return Opened(substitute_id, first, second, until)

    def end(self, substitute_id: str, *, actor: str) -> None:
        """Back to normal before the hours are over: its sessions end too.

        Raises:
            NotFoundError: nothing is open under this id.
        """
        with self.database.begin() as connection:
            known = store_substitutes.find(connection, substitute_id)
            if known is None or not known.is_open(now()):
                raise NotFoundError("nothing is open under this id", phase="ending a substitute")
            self._end(connection, known.person_id, actor=actor)
        self.access.forget_all()

    def end_emergency(self, *, actor: str) -> bool:
        """Back to normal; whether the emergency account was open."""
        with self.database.begin() as connection:
            person = store_people.find_by_user_name(connection, EMERGENCY)
            was_open = person is not None and self._end(connection, person.person_id, actor=actor)
        self.access.forget_all()
        return was_open

    def every(self) -> tuple[Substitute, ...]:
        """The latest, open or over."""
        with self.database.read() as connection:
            return store_substitutes.latest(connection)

    def close_expired(self) -> int:
        """Lock the emergency account again once its hours are over, and count what ended."""
        with self.database.begin() as connection:
            over = [one for one in store_substitutes.unended(connection) if not one.is_open(now())]
            for person_id in {one.person_id for one in over}:
                self._end(connection, person_id, actor="system", only_expired=True)
        return len(over)

    def judge(self, person_id: str | None, first_code: str, second_code: str, *, address: str) -> Substitute | None:
        """The open substitute that both codes fit; five failures close it for a while, the account's other ways stay.

        The codes are random enough that comparing their hashes tells nothing (RFC 4086).
        """
        given = (_kept(first_code), _kept(second_code))
        if person_id is None:
            return None
        moment = now()
        with self.database.begin() as connection:
            held = store_substitutes.open_for(connection, person_id, moment)
            if held is None or (held.locked_until is not None and held.locked_until > moment):
                return None
            fits = secrets.compare_digest("".join(given), f"{held.first_hash}{held.second_hash}")
            if not fits:
                failed = 1 if held.locked_until is not None else held.failed_attempts + 1
                until = moment + _LOCKED_FOR if failed >= _ATTEMPTS else None
                store_substitutes.count(connection, held.substitute_id, failed=failed, locked_until=until)
                return None
            store_substitutes.use(connection, held.substitute_id)
            kind = AlertKind.EMERGENCY_USED if held.kind == _EMERGENCY else AlertKind.SUBSTITUTE_USED
            raise_alert(connection, kind, person_id=person_id, details={"address": address, "reason": held.reason})
            return held

    def _end(self, connection: Connection, person_id: str, *, actor: str, only_expired: bool = False) -> bool:
        ended = store_substitutes.end(connection, person_id, actor=actor, before=now() if only_expired else None)
        person = store_people.find(connection, person_id)
        if ended and person is not None and person.user_name == EMERGENCY:
            store_people.lock(connection, person_id, locked=True)
        if ended:
            for session in store_access.sessions_of(connection, person_id):
                if session.method in {_SUBSTITUTE, _EMERGENCY}:
                    end_session(connection, session, actor=actor, because="substitute ended")
            _note(connection, "substitute.ended", person_id, actor)
        return ended

    @staticmethod
    def _end_sessions(connection: Connection, person_id: str, *, actor: str, because: str) -> None:
        for session in store_access.sessions_of(connection, person_id):
            end_session(connection, session, actor=actor, because=because)


def _emergency_account(connection: Connection) -> Person:
    """The account itself: it sees images, cases and reports of every site, and signs nothing."""
    person = store_people.find_by_user_name(connection, EMERGENCY)
    if person is None:
        person = Person(person_id=new_id(), user_name=EMERGENCY, display_name="緊急用アカウント (Emergency)")
        store_people.add(connection, person, actor="system")
        store_people.grant(
            connection, person.person_id, Grant(Role.REFERRING_PHYSICIAN, None), actor="system", ends_on=None
        )
        hub_trail.append(connection, actor="system", event="person.added", subject=person.person_id)
    return person


def _note(connection: Connection, event: str, person_id: str, actor: str, **details: int | bool) -> None:
    hub_trail.append(connection, actor=actor, event=event, subject=person_id, details=details)


def _known(connection: Connection, person_id: str, *, today: date) -> Person:
    person = store_people.active(connection, person_id, today=today)
    if person is None:
        raise NotFoundError("no such person", phase="issuing a substitute")
    return person


def _demand_sense(reason: str, hours: int) -> None:
    if not reason.strip():
        raise RequestError("say why", phase="issuing a substitute")
    if not 1 <= hours <= LONGEST_HOURS:
        raise RequestError(f"1 to {LONGEST_HOURS} hours", phase="issuing a substitute")


def _demand_another(actor: str, other: str) -> None:
    if actor == other:
        raise ConflictError(
            "this takes two administrators, neither of them the person it is for",
            phase="issuing a substitute",
            remedy="ask another administrator",
        )


def _new_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LETTERS))
    return "-".join(letters[at : at + 4] for at in range(0, _CODE_LETTERS, 4))


def _kept(code: str) -> str:
    return hashed("".join(letter for letter in code.upper() if letter.isalnum()))
