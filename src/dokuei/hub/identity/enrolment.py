"""A one-time link by which a person gets a key, or a password with a code app; used once, then gone."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import ConflictError, NotFoundError, RequestError, SignatureError
from dokuei.hub.identity import passkeys, passwords, store_access, store_credentials, store_people, totp
from dokuei.hub.identity.access import Access
from dokuei.hub.identity.model import Person
from dokuei.hub.identity.passkeys import RelyingParty
from dokuei.hub.identity.policy import PasswordPolicy
from dokuei.hub.identity.proof import ANSWER_WITHIN
from dokuei.hub.identity.secrets import SecretBox
from dokuei.hub.identity.store_access import Enrolment
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

LINK_LASTS = timedelta(hours=72)
_PURPOSE = "enrolment"


@dataclass(frozen=True)
class Invitation:
    """What the page behind a link shows."""

    person: Person
    expires_at: datetime


@dataclass(frozen=True)
class Enrolments:
    """The verbs behind a one-time link."""

    database: Database
    party: RelyingParty
    box: SecretBox
    policy: Callable[[], PasswordPolicy]
    access: Access

    def describe(self, code: str) -> Invitation:
        """Whom a link is for.

        Raises:
            NotFoundError: unknown, used or expired.
        """
        with self.database.read() as connection:
            link, person = self._open(connection, code)
        return Invitation(person, link.expires_at)

    def passkey_options(self, code: str) -> dict[str, Any]:
        """Ask the browser to make a key.

        Raises:
            NotFoundError: unknown, used or expired.
        """
        challenge = secrets.token_bytes(32)
        with self.database.begin() as connection:
            link, person = self._open(connection, code)
            store_credentials.ask(connection, challenge, purpose=_PURPOSE, lasts=ANSWER_WITHIN, subject=link.code_hash)
            known = store_credentials.passkeys_of(connection, person.person_id)
        return passkeys.registration_options(
            self.party,
            person_id=person.person_id,
            user_name=person.user_name,
            display_name=person.display_name,
            challenge=challenge,
            known=known,
        )

    def passkey(self, code: str, credential: Mapping[str, Any], *, label: str) -> None:
        """Keep the key that the browser made, and use the link up.

        Raises:
            NotFoundError: unknown, used or expired.
            SignatureError: the key's answer does not hold.
            ConflictError: the key is known already.
        """
        answer = dict(credential)
        challenge = passkeys.answered_challenge(answer)
        with self.database.begin() as connection:
            asked = store_credentials.take(connection, challenge, expected_purpose=_PURPOSE)
        with self.database.begin() as connection:
            link, person = self._open(connection, code)
            if asked is None or asked.subject != link.code_hash:
                raise SignatureError("this was not asked, or was answered already", phase="registering a key")
            made = passkeys.verify_registration(self.party, answer, expected_challenge=challenge)
            if not store_credentials.add_passkey(connection, person.person_id, made, label=label[:200]):
                raise ConflictError("this key is known already", phase="registering a key")
            self._use(connection, link, "passkey", {"synced": made.synced, "aaguid": made.aaguid})

    def password(self, code: str, password: str) -> totp.TotpInvitation:
        """Choose a password and get the secret for a code app; both count only after ``confirm``.

        Raises:
            NotFoundError: unknown, used or expired.
            RequestError: the password is refused, with the reason.
        """
        with self.database.read() as connection:
            link, person = self._open(connection, code)
        self.policy().check(
            password,
            user_name=person.user_name,
            birth_date=person.birth_date,
            known=(person.display_name, person.display_name_kana),
        )
        secret, hash_ = totp.new_totp_secret(), passwords.hash_password(password)
        with self.database.begin() as connection:
            self._open(connection, code)
            store_access.choose_password(
                connection,
                link.code_hash,
                password_hash=hash_,
                totp_sealed=self.box.seal(secret, owner=person.person_id),
            )
        return totp.invite(secret, user_name=person.user_name, issuer=self.party.name)

    def confirm(self, code: str, totp_code: str) -> None:
        """Check the app's first code, keep password and secret, and use the link up.

        Raises:
            NotFoundError: unknown, used or expired.
            RequestError: no password chosen yet, or the code is wrong.
        """
        with self.database.begin() as connection:
            link, person = self._open(connection, code)
            if link.password_hash is None or link.totp_sealed is None:
                raise RequestError("choose a password first", phase="enrolment")
            secret = self.box.open(link.totp_sealed, owner=person.person_id)
            step = totp.fitting_step(secret, totp_code, moment=now(), last_step=0)
            if step is None:
                raise RequestError("the code is wrong", phase="enrolment", remedy="check the clock of the phone")
            store_credentials.set_password(
                connection,
                person.person_id,
                hash_=link.password_hash,
                totp_sealed=link.totp_sealed,
                totp_step=step,
            )
            self._use(connection, link, "password+totp", {})

    def _open(self, connection: Connection, code: str) -> tuple[Enrolment, Person]:
        link = store_access.find_enrolment(connection, code)
        person = None if link is None else store_people.active(connection, link.person_id, today=self.access.today)
        if link is None or person is None:
            raise NotFoundError(
                "this link is unknown, used or expired", phase="enrolment", remedy="ask an administrator for a new one"
            )
        return link, person

    @staticmethod
    def _use(connection: Connection, link: Enrolment, method: str, details: Mapping[str, str | bool]) -> None:
        if not store_access.use_enrolment(connection, link.code_hash):
            raise NotFoundError("this link was used just now", phase="enrolment")
        hub_trail.append(
            connection,
            actor=f"person:{link.person_id}",
            event="enrolment.completed",
            subject=link.person_id,
            details={"method": method, **details},
        )
