"""Signing in by key, or by password and code; every failure looks the same from outside (AUTH-04, AUTH-09)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from dokuei.errors import DokueiError, NotSignedInError, SignatureError
from dokuei.hub.identity import store_access, store_credentials, store_people
from dokuei.hub.identity.access import Access, end_session
from dokuei.hub.identity.alerts import AlertKind, raise_alert
from dokuei.hub.identity.model import user_name_as_typed
from dokuei.hub.identity.places import Places
from dokuei.hub.identity.policy import two_factors
from dokuei.hub.identity.proof import KeyProof, PasswordProof
from dokuei.hub.identity.rules import Rules
from dokuei.hub.identity.secrets import new_secret
from dokuei.hub.identity.substitutes import Substitutes
from dokuei.hub.limits import network
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

WAYS = (two_factors(("passkey",)), two_factors(("password", "totp")))
_PURPOSE = "sign-in"


@dataclass(frozen=True)
class Where:
    """The machine that somebody signs in from."""

    address: str
    user_agent: str
    device_key: str | None = None


@dataclass(frozen=True)
class SignIn:
    """The two ways in."""

    database: Database
    access: Access
    keys: KeyProof
    passwords: PasswordProof
    substitutes: Substitutes
    places: Places
    rules: Rules

    def password(self, *, user_name: str, password: str, code: str, where: Where) -> str:
        """Sign in with password and code; returns the session's secret.

        Raises:
            NotSignedInError: always the same, whatever was wrong.
        """
        with self.database.read() as connection:
            person = store_people.find_by_user_name(connection, user_name_as_typed(user_name))
        source = network(where.address)
        holds = self.passwords.holds(person.person_id if person else None, password, code, source=source)
        if not holds or person is None:
            raise self._failed(person.person_id if person else None, "password", where)
        self._demand_young(person.person_id, where)
        return self._open(person.person_id, "password", where)

    def _demand_young(self, person_id: str, where: Where) -> None:
        """Who has shown password and code may know that the password must be changed (AUTH-02, third form)."""
        with self.database.begin() as connection:
            set_at = store_credentials.password_set_at(connection, person_id)
        if set_at is not None and self.rules.is_too_old(set_at):
            old = NotSignedInError(
                "this password must be changed", phase="sign-in", remedy="ask an administrator for a link to a new one"
            )
            self._failed(person_id, "password", where, because=old)
            raise old

    def passkey_options(self) -> dict[str, Any]:
        """Ask for any key that is known here; it tells nothing about who exists."""
        return self.keys.ask(purpose=_PURPOSE, challenge=secrets.token_bytes(32))

    def passkey(self, credential: Mapping[str, Any], *, where: Where) -> str:
        """Sign in with a key; returns the session's secret.

        Raises:
            NotSignedInError: always the same, whatever was wrong.
        """
        try:
            touched = self.keys.judge(credential, expected_purpose=_PURPOSE)
        except SignatureError as error:
            raise self._failed(None, "passkey", where, because=error) from error
        return self._open(touched.key.person_id, "passkey", where)

    def substitute(self, *, user_name: str, first_code: str, second_code: str, where: Where) -> str:
        """Sign in with what two administrators handed over; the session ends with it (AUTH-06).

        Raises:
            NotSignedInError: always the same, whatever was wrong.
        """
        with self.database.read() as connection:
            person = store_people.find_by_user_name(connection, user_name_as_typed(user_name))
        person_id = person.person_id if person else None
        held = self.substitutes.judge(person_id, first_code, second_code, address=where.address)
        if held is None or person_id is None:
            raise self._failed(person_id, "substitute", where)
        return self._open(person_id, held.kind, where, expires_at=held.expires_at)

    def sign_out(self, secret: str) -> None:
        """End the session behind a cookie; nothing happens when it has ended already."""
        with self.database.begin() as connection:
            session = store_access.find_session(connection, secret)
            if session is not None:
                end_session(connection, session, actor=f"person:{session.person_id}", because="sign-out")
        self.access.forget_all()

    def _open(self, person_id: str, method: str, where: Where, *, expires_at: datetime | None = None) -> str:
        secret = new_secret()
        with self.database.begin() as connection:
            person = store_people.active(connection, person_id, today=self.access.today)
            if person is not None:
                elsewhere = store_access.sessions_of(connection, person_id)
                session_id = store_access.open_session(
                    connection,
                    secret,
                    person_id=person_id,
                    method=method,
                    address=where.address,
                    user_agent=where.user_agent,
                    place=self.places.at(where.address),
                    device_key=where.device_key,
                    expires_at=expires_at,
                )
                hub_trail.append(
                    connection,
                    actor=f"person:{person_id}",
                    event="session.opened",
                    subject=session_id,
                    details={
                        "method": method,
                        "address": where.address,
                        "open_elsewhere": len(elsewhere),
                        "device_bound": where.device_key is not None,
                    },
                )
                if elsewhere:
                    _tell_owner(connection, person_id, session_id, where)
        if person is None:
            raise self._failed(person_id, method, where)
        return secret

    def _failed(
        self, person_id: str | None, method: str, where: Where, *, because: DokueiError | None = None
    ) -> NotSignedInError:
        """Audit the failure; what was typed is not kept, since people type passwords into the wrong field."""
        with self.database.begin() as connection:
            hub_trail.append(
                connection,
                actor=f"person:{person_id}" if person_id else "nobody",
                event="sign-in.failed",
                subject=person_id,
                details={"method": method, "address": where.address, "because": because.what if because else ""},
            )
        return NotSignedInError(
            "sign-in failed", phase="sign-in", remedy="check what you entered; after five failures wait 15 minutes"
        )


def _tell_owner(connection: Connection, person_id: str, session_id: str, where: Where) -> None:
    """One person at two machines at once is either their own doing or somebody else's (AUTH-01)."""
    raise_alert(
        connection,
        AlertKind.SIGNED_IN_ELSEWHERE,
        person_id=person_id,
        session_id=session_id,
        details={"address": where.address, "user_agent": where.user_agent[:300]},
    )
