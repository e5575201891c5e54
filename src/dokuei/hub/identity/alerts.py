"""What somebody should look at: raised in the transaction of what happened, shown to its owner and to the office."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from dokuei.errors import NotFoundError
from dokuei.hub.identity import store_alerts
from dokuei.storage.audit import Detail, hub_trail
from dokuei.storage.db import Database


class AlertKind(StrEnum):
    """What happened."""

    SIGNED_IN_ELSEWHERE = "signed_in_elsewhere"
    PASSWORD_LOCKED = "password_locked"  # noqa: S105 - the name of an event
    KEY_COPIED = "key_copied"
    KEY_REPLAYED = "key_replayed"
    KEY_UNVERIFIED = "key_unverified"
    KEY_ELSEWHERE = "key_elsewhere"
    SUBSTITUTE_USED = "substitute_used"
    EMERGENCY_OPENED = "emergency_opened"
    EMERGENCY_USED = "emergency_used"
    CLOCK_DRIFTED = "clock_drifted"
    CLOCK_UNKEPT = "clock_unkept"
    SEAL_REVOKED = "seal_revoked"


@dataclass(frozen=True)
class Alert:
    """One thing that happened, to whom, and whether anybody has looked."""

    alert_id: str
    at: datetime
    kind: str
    person_id: str | None
    session_id: str | None
    details: Mapping[str, Detail]
    seen_at: datetime | None


def raise_alert(
    connection: Connection,
    kind: AlertKind,
    *,
    person_id: str | None,
    session_id: str | None = None,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """Note what happened for people's eyes and for the trail, inside the caller's transaction."""
    told = dict(details or {})
    store_alerts.add(connection, kind.value, person_id=person_id, session_id=session_id, details=told)
    hub_trail.append(
        connection,
        actor=f"person:{person_id}" if person_id else "nobody",
        event="security.alert",
        subject=session_id or person_id,
        details={"kind": kind.value, **told},
    )


@dataclass(frozen=True)
class Alerts:
    """The verbs on alerts."""

    database: Database

    def mine(self, person_id: str) -> tuple[Alert, ...]:
        """What happened to somebody's account and they have not acknowledged."""
        with self.database.read() as connection:
            return tuple(Alert(**row) for row in store_alerts.of_owner(connection, person_id))

    def every(self) -> tuple[Alert, ...]:
        """What administrators look at, the latest first; a second sign-in is its owner's business alone."""
        with self.database.read() as connection:
            rows = store_alerts.latest(connection, without=AlertKind.SIGNED_IN_ELSEWHERE.value)
            return tuple(Alert(**row) for row in rows)

    def acknowledge(self, alert_id: str, *, person_id: str) -> None:
        """Its owner has seen it.

        Raises:
            NotFoundError: no such alert of theirs.
        """
        with self.database.begin() as connection:
            if not store_alerts.note_owner(connection, alert_id, person_id=person_id):
                raise NotFoundError("no such alert", phase="acknowledging an alert")
            self._note(connection, alert_id, actor=f"person:{person_id}", by="owner")

    def settle(self, alert_id: str, *, actor: str) -> None:
        """An administrator has looked into it.

        Raises:
            NotFoundError: no such open alert.
        """
        with self.database.begin() as connection:
            if not store_alerts.note_seen(connection, alert_id, actor=actor):
                raise NotFoundError("no such alert", phase="settling an alert")
            self._note(connection, alert_id, actor=actor, by="administrator")

    @staticmethod
    def _note(connection: Connection, alert_id: str, *, actor: str, by: str) -> None:
        hub_trail.append(connection, actor=actor, event="security.alert-seen", subject=alert_id, details={"by": by})
