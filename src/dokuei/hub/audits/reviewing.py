"""The monthly review (LOG-05): opens by itself, is signed as reports are, and keeps anomalies until they are closed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785
from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.dicom.audit_events import meaning_of
from dokuei.errors import ConflictError, ForbiddenError, NotFoundError, SignatureError
from dokuei.hub.audits import store, store_reviews
from dokuei.hub.audits.model import (
    Anomaly,
    Review,
    checked_note,
    demand_open,
    months_to_review,
    review_document,
    span_of,
)
from dokuei.hub.identity import store_people
from dokuei.hub.identity.model import Principal
from dokuei.hub.identity.passkeys import still_holds
from dokuei.hub.identity.proof import Confirmation, Confirmed
from dokuei.hub.identity.secrets import new_id
from dokuei.storage.audit import Detail, hub_trail
from dokuei.storage.db import Database


@dataclass(frozen=True)
class Begun:
    """What the reviewer is shown, its digest, and what is asked of them."""

    digest: str
    document: Mapping[str, Any]
    asked: Mapping[str, Any]


@dataclass(frozen=True)
class Proof:
    """What the reviewer presented: a key's answer, or password and code."""

    credential: Mapping[str, Any] | None = None
    password: str = ""
    totp_code: str = ""


@dataclass(frozen=True)
class Reviewed:
    """All reviews and anomalies, and the names of the people in them; ``stands`` by month where one is signed."""

    reviews: tuple[Review, ...]
    anomalies: tuple[Anomaly, ...]
    names: Mapping[str, str]
    stands: Mapping[str, bool]


@dataclass(frozen=True)
class Reviewing:
    """The review's verbs; who calls them has seen to it that they hold the permission in the centre."""

    database: Database
    confirmation: Confirmation

    def open_due(self) -> tuple[str, ...]:
        """Open the review of each month that is over; once each, however often it is asked."""
        with self.database.read() as connection:
            due = self._due(connection)
        if not due:
            return ()
        with self.database.begin() as connection:
            opened = tuple(month for month in self._due(connection) if store_reviews.open_review(connection, month))
            for month in opened:
                hub_trail.append(connection, actor="system", event="audit.review-opened", subject=month)
        return opened

    def every(self) -> Reviewed:
        """All of it."""
        with self.database.read() as connection:
            reviews = store_reviews.reviews(connection)
            anomalies = store_reviews.anomalies(connection)
            people = {one.signed_by or "" for one in reviews}
            people |= {person for one in anomalies for person in (one.noted_by, one.closed_by or "")}
            names = store_people.names(connection, people)
        return Reviewed(reviews, anomalies, names, {one.month: _stands(one) for one in reviews if one.signed_at})

    def note(self, principal: Principal, month: str, text: str, *, sequence: int | None) -> Anomaly:
        """Keep something that wants explaining; the trail tells of it by its number alone.

        Raises:
            NotFoundError: no such review, or no such entry.
            ConflictError: the review is signed.
            RequestError: nothing was written.
        """
        said = checked_note(text)
        with self.database.begin() as connection:
            demand_open(_known(store_reviews.find_review(connection, month, lock=True)))
            if sequence is not None and store.find(connection, sequence) is None:
                raise NotFoundError("no such entry", phase="noting an anomaly")
            new = Anomaly(new_id(), month, sequence, said, now(), _person(principal))
            store_reviews.note(connection, new)
            self._tell(connection, principal, "audit.anomaly-noted", month, anomaly_id=new.anomaly_id, entry=sequence)
        return new

    def close(self, principal: Principal, anomaly_id: str, resolution: str) -> None:
        """Close an anomaly with its explanation.

        Raises:
            NotFoundError: no such anomaly.
            ConflictError: it is closed already.
            RequestError: nothing was written.
        """
        said = checked_note(resolution)
        with self.database.begin() as connection:
            found = store_reviews.find_anomaly(connection, anomaly_id, lock=True)
            if found is None:
                raise NotFoundError("no such anomaly", phase="closing an anomaly")
            if found.closed_at is not None:
                raise ConflictError("it is closed already", phase="closing an anomaly")
            store_reviews.close(connection, anomaly_id, by=_person(principal), resolution=said)
            self._tell(connection, principal, "audit.anomaly-closed", found.month, anomaly_id=anomaly_id)

    def begin_signature(self, principal: Principal, month: str) -> Begun:
        """Show the month as it is now, and ask for the reviewer's key, or password and code.

        Raises:
            NotFoundError: no such review.
            ConflictError: it is signed.
        """
        first, last = span_of(month)
        with self.database.read() as connection:
            demand_open(_known(store_reviews.find_review(connection, month)))
            by_event = store.counts(connection, first, last)
        with self.database.begin() as connection:
            demand_open(_known(store_reviews.find_review(connection, month, lock=True)))
            document = self._document(connection, principal, month, by_event)
            shown = rfc8785.dumps(document)
            store_reviews.show(connection, month, shown=shown.decode(), to=_person(principal))
            self._tell(connection, principal, "audit.review-shown", month, digest=_digest(shown))
        asked = self.confirmation.begin(
            person_id=_person(principal), subject=_subject(month), shown=shown, synced_allowed=False
        )
        return Begun(_digest(shown), document, asked)

    def sign(self, principal: Principal, month: str, proof: Proof, *, expected_digest: str) -> None:
        """Judge what was presented, and let it be true together with its entry.

        Raises:
            NotFoundError: no such review.
            ConflictError: it is signed, or what is signed is not what was shown.
            SignatureError, ForbiddenError: the key's answer, or password and code, do not hold.
        """
        with self.database.read() as connection:
            shown = _shown(store_reviews.find_review(connection, month), principal, expected_digest)
        try:
            confirmed = self._confirm(principal, month, shown, proof)
        except (SignatureError, ForbiddenError) as refusal:
            with self.database.begin() as connection:
                self._tell(connection, principal, "audit.review-refused", month, because=refusal.what)
            raise
        with self.database.begin() as connection:
            _shown(store_reviews.find_review(connection, month, lock=True), principal, expected_digest)
            by = _person(principal)
            store_reviews.sign(connection, month, by=by, method=confirmed.method, evidence=confirmed.evidence)
            self._tell(
                connection,
                principal,
                "audit.review-signed",
                month,
                digest=expected_digest,
                method=confirmed.method,
            )

    def _confirm(self, principal: Principal, month: str, shown: bytes, proof: Proof) -> Confirmed:
        person_id = _person(principal)
        if proof.credential is None:
            return self.confirmation.reenter(person_id=person_id, password=proof.password, code=proof.totp_code)
        return self.confirmation.touch(
            proof.credential,
            expected_person_id=person_id,
            expected_subject=_subject(month),
            expected_shown=shown,
            synced_allowed=False,
        )

    @staticmethod
    def _due(connection: Connection) -> tuple[str, ...]:
        begun_at = store.begun_at(connection)
        if begun_at is None:
            return ()
        return months_to_review(begun_at=begun_at, moment=now(), latest=store_reviews.latest_month(connection))

    @staticmethod
    def _document(
        connection: Connection, principal: Principal, month: str, by_event: Mapping[str, int]
    ) -> dict[str, Any]:
        groups: dict[str, int] = {}
        failures: dict[str, int] = {}
        for event, number in sorted(by_event.items()):
            meaning = meaning_of(event)
            groups[meaning.group] = groups.get(meaning.group, 0) + number
            if meaning.outcome != "0":
                failures[event] = number
        open_or_its_own = tuple(
            one for one in store_reviews.anomalies(connection) if one.closed_at is None or one.month == month
        )
        return review_document(
            month=month,
            counts=groups,
            failures=failures,
            check=store_reviews.last_check(connection),
            anomalies=open_or_its_own,
            reviewer={"person_id": _person(principal), "display_name": principal.display_name},
        )

    @staticmethod
    def _tell(connection: Connection, principal: Principal, event: str, month: str, **details: Detail) -> None:
        hub_trail.append(connection, actor=principal.actor, event=event, subject=month, details=details)


def _shown(review: Review | None, principal: Principal, expected_digest: str) -> bytes:
    known = _known(review)
    demand_open(known)
    shown = (known.shown or "").encode()
    if known.shown is None or known.shown_to != principal.person_id or _digest(shown) != expected_digest:
        raise ConflictError("this is not what was shown last", phase="signing a review", remedy="look at it again")
    return shown


def _known(review: Review | None) -> Review:
    if review is None:
        raise NotFoundError("no such review", phase="reviewing the audit trail")
    return review


def _stands(review: Review) -> bool:
    """Whether a key's kept answer still is over what was shown; of a password, the trail is the only proof."""
    if review.method != "passkey":
        return True
    return still_holds(review.evidence, expected_shown=(review.shown or "").encode())


def _person(principal: Principal) -> str:
    if principal.person_id is None:
        raise NotFoundError("nothing here", phase="checking access")
    return principal.person_id


def _digest(shown: bytes) -> str:
    return hashlib.sha256(shown).hexdigest()


def _subject(month: str) -> str:
    return f"audit-review:{month}"
