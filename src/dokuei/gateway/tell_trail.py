"""What happened at the hospital's doors, told to the hub for its audit repository: from the gateway's own trail."""

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from dokuei.gateway import pseudonym_tables
from dokuei.storage.audit import Entry, gateway_trail
from dokuei.storage.db import Database
from dokuei.transfer.client import HubClient
from dokuei.transfer.protocol import IdentityMode
from dokuei.transfer.trails import (
    ENTRIES_AT_MOST,
    LONGEST,
    LONGEST_SUBJECT,
    TOLD,
    TRAIL_PATH,
    HeardTrail,
    ToldTrail,
    TrailEntry,
)

_OF_THE_HUB: Final = frozenset({"report.filed", "report.stored"})  # these name studies as the hub does
_NAMES: Final = frozenset({"sop_instance_uid"})


@dataclass
class TrailTeller:
    """Tells entries in their order; how far the hub has heard is the hub's own word."""

    database: Database
    heard: int | None = None

    def turn(self, client: HubClient, mode: IdentityMode) -> int:
        """Tell some; how many entries the hub has taken.

        Raises:
            DokueiError: the hub could not be reached, or takes none; they are told again.
        """
        if self.heard is None:
            self.heard = self._tell(client, ToldTrail())
            return 0
        with self.database.read() as connection:
            found = gateway_trail.after(connection, self.heard, at_most=ENTRIES_AT_MOST)
            told = [_told(connection, one, mode) for one in found if one.event in TOLD]
        if not found:
            return 0
        self.heard = self._tell(client, ToldTrail(entries=told, until=found[-1].sequence))
        return len(told)

    @staticmethod
    def _tell(client: HubClient, told: ToldTrail) -> int:
        return HeardTrail.read(client.call("POST", TRAIL_PATH, told.write())).until


def _told(connection: Connection, entry: Entry, mode: IdentityMode) -> TrailEntry:
    details: dict[str, Any] = json.loads(entry.details)
    hidden = mode == "pseudonym" and entry.event not in _OF_THE_HUB
    return TrailEntry(
        sequence=entry.sequence,
        at=entry.at,
        actor=entry.actor[:LONGEST],
        event=entry.event,
        subject=_tellable(_as_known(connection, entry.subject) if hidden else entry.subject),
        details={
            name: value[:LONGEST] if isinstance(value, str) else value
            for name, value in details.items()
            if mode == "true" or name not in _NAMES
        },
    )


def _tellable(subject: str | None) -> str | None:
    """What a sender called a UID may be longer than one, and is not cut into another."""
    return None if subject is None or len(subject) > LONGEST_SUBJECT else subject


def _as_known(connection: Connection, subject: str | None) -> str | None:
    """A study by the UID under which the hub knows it; anything else stays in the hospital."""
    return None if subject is None else pseudonym_tables.hub_uids(connection, [subject]).get(subject)
