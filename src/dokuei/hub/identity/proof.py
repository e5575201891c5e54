"""Judging what somebody presents: password and code, or a key; the same for signing in and for signing a report."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from webauthn.helpers import base64url_to_bytes

from dokuei.clock import now
from dokuei.errors import ForbiddenError, SignatureError
from dokuei.hub.identity import passwords, store_access, store_attempts, store_credentials
from dokuei.hub.identity.alerts import AlertKind, raise_alert
from dokuei.hub.identity.passkeys import (
    KnownPasskey,
    RelyingParty,
    answered_challenge,
    authentication_options,
    credential_id_of,
    verify_touch,
)
from dokuei.hub.identity.secrets import SecretBox
from dokuei.hub.identity.store_credentials import Asked, PasswordRow
from dokuei.hub.identity.suspicion import suspicion
from dokuei.hub.identity.totp import NOBODYS_SECRET, fitting_step
from dokuei.storage.audit import Detail, hub_trail
from dokuei.storage.db import Database

ATTEMPTS = 5
ATTEMPTS_OF_STRANGERS = 20
LOCKED_FOR = timedelta(minutes=15)
FAMILIAR_FOR = timedelta(days=30)
ANSWER_WITHIN = timedelta(minutes=5)
_SIGNATURE = "signature"


@dataclass(frozen=True)
class PasswordProof:
    """Judges password and code together, counting before judging so that parallel guesses are bounded (AUTH-10).

    Five failures lock an account for the place they came from; only for places that its owner never signed in from
    do failures add up, so that no stranger keeps a person out.
    """

    database: Database
    box: SecretBox

    def holds(self, person_id: str | None, password: str, code: str, *, source: str) -> bool:
        """Whether both factors fit; the same work is done for somebody unknown (AUTH-09).

        ``source`` is where from: guesses are counted for each account and each source.
        """
        row, locked, last_one = self._counted(person_id, source)
        fits = passwords.matches(password, row.hash if row else None)
        secret = self.box.open(row.totp_sealed, owner=row.person_id) if row else NOBODYS_SECRET
        step = fitting_step(secret, code, moment=now(), last_step=row.totp_last_step if row else 0)
        if row is None or locked or not fits or step is None:
            if row is not None and last_one:
                self._note_lock(row.person_id, source)
            return False
        with self.database.begin() as connection:
            store_attempts.forget(connection, row.person_id, source)
            return store_credentials.take_totp_step(connection, row.person_id, step)

    def _counted(self, person_id: str | None, source: str) -> tuple[PasswordRow | None, bool, bool]:
        """The password, whether it is locked already, and whether this attempt locks it unless it is right."""
        if person_id is None:
            return None, False, False
        moment = now()
        with self.database.begin() as connection:
            row = store_credentials.password_of(connection, person_id)
            if row is None:
                return None, False, False
            before = store_attempts.of(connection, person_id, source)
            familiar = source == _SIGNATURE or source in store_access.sources_of(
                connection, person_id, since=moment - FAMILIAR_FOR
            )
            if before.is_locked(moment) or (not familiar and (row.locked_until or moment) > moment):
                return row, True, False
            until = store_attempts.count(
                connection, person_id, source, before, at_most=ATTEMPTS, locked_for=LOCKED_FOR, moment=moment
            )
            if not familiar:
                until = self._count_of_strangers(connection, row, moment) or until
            return row, False, until is not None

    @staticmethod
    def _count_of_strangers(connection: Connection, row: PasswordRow, moment: datetime) -> datetime | None:
        """Guesses from many places at once lock the account for places that its owner never came from."""
        attempts = 1 if row.locked_until is not None else row.failed_attempts + 1
        until = moment + LOCKED_FOR if attempts >= ATTEMPTS_OF_STRANGERS else None
        store_credentials.count_attempt(connection, row.person_id, attempts=attempts, locked_until=until)
        return until

    def _note_lock(self, person_id: str, source: str) -> None:
        minutes = int(LOCKED_FOR.total_seconds() // 60)
        told: dict[str, Detail] = {"address": source, "minutes": minutes}
        with self.database.begin() as connection:
            hub_trail.append(
                connection,
                actor=f"person:{person_id}",
                event="password.locked",
                subject=person_id,
                details={"attempts": ATTEMPTS, **told},
            )
            raise_alert(connection, AlertKind.PASSWORD_LOCKED, person_id=person_id, details=told)


@dataclass(frozen=True)
class Touched:
    """A key's answer that held, with everything needed to check it again later."""

    key: KnownPasskey
    asked: Asked
    evidence: Mapping[str, str]


@dataclass(frozen=True)
class KeyProof:
    """Asks keys and judges their answers; each challenge is answered once."""

    database: Database
    party: RelyingParty

    def ask(
        self,
        *,
        purpose: str,
        challenge: bytes,
        allowed: tuple[KnownPasskey, ...] = (),
        subject: str | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Remember a challenge and return what the page hands to the browser."""
        with self.database.begin() as connection:
            store_credentials.ask(
                connection, challenge, purpose=purpose, lasts=ANSWER_WITHIN, subject=subject, payload=payload
            )
        return authentication_options(self.party, challenge=challenge, allowed=allowed)

    def judge(self, credential: Mapping[str, Any], *, expected_purpose: str) -> Touched:
        """Judge a key's answer; the challenge is used up whatever the outcome.

        Raises:
            SignatureError: nothing was asked, the key is unknown, or the answer does not hold.
        """
        answer = dict(credential)
        challenge = answered_challenge(answer)
        with self.database.begin() as connection:
            asked = store_credentials.take(connection, challenge, expected_purpose=expected_purpose)
        if asked is None:
            self._alert(answer, was_asked=False)
            raise SignatureError("this was not asked, or was answered already", phase="checking a key")
        try:
            with self.database.begin() as connection:
                return self._judge(connection, answer, challenge, asked)
        except SignatureError:
            self._alert(answer, was_asked=True)
            raise

    def _alert(self, answer: dict[str, Any], *, was_asked: bool) -> None:
        """In a transaction of its own: that of the refused attempt is undone."""
        with self.database.begin() as connection:
            key = store_credentials.find_passkey(connection, credential_id_of(answer))
            kind = None if key is None else suspicion(self.party, answer, key=key, was_asked=was_asked)
            if key is not None and kind is not None:
                raise_alert(connection, kind, person_id=key.person_id, details={"key": key.label})

    def _judge(self, connection: Connection, answer: dict[str, Any], challenge: bytes, asked: Asked) -> Touched:
        key = store_credentials.find_passkey(connection, credential_id_of(answer))
        if key is None:
            raise SignatureError("the key is not known here", phase="checking a key")
        touch = verify_touch(self.party, answer, expected_challenge=challenge, expected_key=key)
        store_credentials.note_touch(connection, key.credential_id, touch)
        response = answer["response"]
        evidence = {
            "credential_id": key.credential_id,
            "public_key": key.public_key.hex(),
            "client_data_json": base64url_to_bytes(response["clientDataJSON"]).hex(),
            "authenticator_data": base64url_to_bytes(response["authenticatorData"]).hex(),
            "signature": base64url_to_bytes(response["signature"]).hex(),
        }
        return Touched(key, asked, evidence)


@dataclass(frozen=True)
class Confirmed:
    """Somebody stood for exactly these bytes: how, and the evidence."""

    method: str
    evidence: Mapping[str, str]


@dataclass(frozen=True)
class Confirmation:
    """Binds a person's key, or password and code, to bytes that were shown: what signing a report needs."""

    database: Database
    keys: KeyProof
    password: PasswordProof

    def begin(self, *, person_id: str, subject: str, shown: bytes, synced_allowed: bool) -> dict[str, Any]:
        """Ask for a key's touch over SHA-256(nonce ‖ shown), or say that password and code are the way.

        A synced passkey signs only where the site allows it.
        """
        with self.database.read() as connection:
            keys = store_credentials.passkeys_of(connection, person_id)
        usable = tuple(key for key in keys if synced_allowed or not key.synced)
        if not usable:
            return {"method": "password", "synced_refused": bool(keys)}
        nonce = secrets.token_bytes(32)
        options = self.keys.ask(
            purpose=_SIGNATURE,
            challenge=hashlib.sha256(nonce + shown).digest(),
            allowed=usable,
            subject=subject,
            payload={"person_id": person_id, "nonce": nonce.hex()},
        )
        return {"method": "passkey", "options": options}

    def touch(
        self,
        credential: Mapping[str, Any],
        *,
        expected_person_id: str,
        expected_subject: str,
        expected_shown: bytes,
        synced_allowed: bool,
    ) -> Confirmed:
        """Judge a key's answer: this person's key, over exactly what was shown.

        Raises:
            SignatureError: it does not hold, or is for something or somebody else.
            ForbiddenError: a synced passkey where the site does not allow it.
        """
        touched = self.keys.judge(credential, expected_purpose=_SIGNATURE)
        nonce = str(touched.asked.payload["nonce"])
        challenge = hashlib.sha256(bytes.fromhex(nonce) + expected_shown).digest()
        mine = expected_person_id in {touched.key.person_id} & {touched.asked.payload["person_id"]}
        if not mine or touched.asked.subject != expected_subject:
            raise SignatureError("the key's answer is for something else", phase="signing")
        if challenge != answered_challenge(dict(credential)):
            raise SignatureError("the text is not the one that was shown", phase="signing", remedy="look at it again")
        if touched.key.synced and not synced_allowed:
            raise ForbiddenError(
                "a synced passkey may not sign here", phase="signing", remedy="use a USB key, or password and code"
            )
        return Confirmed("passkey", {**touched.evidence, "nonce": nonce})

    def reenter(self, *, person_id: str, password: str, code: str) -> Confirmed:
        """Judge password and code entered again.

        Raises:
            SignatureError: one of them is wrong.
        """
        if not self.password.holds(person_id, password, code, source=_SIGNATURE):
            raise SignatureError("password or code is wrong", phase="signing", remedy="wait for the next code")
        return Confirmed("password", {})
