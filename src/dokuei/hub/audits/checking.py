"""The walk along the chain, by itself once a day, and what is known of its anchor outside (LOG-03)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import RequestError
from dokuei.hub.audits import store, store_reviews
from dokuei.hub.audits.model import Check
from dokuei.storage.anchor import last_anchored, read_anchor
from dokuei.storage.audit import Detail, Head, hub_trail
from dokuei.storage.db import Database

_PART: Final = "hub"


class AnchorState(StrEnum):
    """Whether the trail's end is written down outside."""

    OFF = "off"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    HOLDS = "holds"
    DIFFERS = "differs"


@dataclass(frozen=True)
class Anchor:
    """The last end that the anchor holds, and whether the trail still has it."""

    state: AnchorState
    at: datetime | None = None
    sequence: int | None = None


@dataclass(frozen=True)
class Checking:
    """Walks the hub's trail past every end in the anchor, and keeps the result."""

    database: Database
    anchor: Path | None

    def run(self, *, between: Callable[[], None] = lambda: None) -> Check:
        """Walk from the first entry to the last; ``between`` may end the walk by raising."""
        began_at = now()
        anchors = self._anchored()
        with self.database.read() as connection:
            verdict = hub_trail.verify(connection, anchors=anchors, between=between)
            emptied = verdict.entries == 0 and verdict.broken_at is None and hub_trail.is_emptied(connection, None)
        done = Check(
            began_at=began_at,
            ended_at=now(),
            entries=verdict.entries,
            head=verdict.head.hash,
            broken_at=1 if emptied else verdict.broken_at,
            why="the trail is empty, and there are rows that it must tell of" if emptied else verdict.why,
            anchors=len(anchors),
        )
        self._keep(done)
        return done

    def anchored(self, connection: Connection) -> Anchor:
        """What the anchor says now."""
        if self.anchor is None:
            return Anchor(AnchorState.OFF)
        try:
            last = last_anchored(self.anchor, _PART)
        except RequestError:
            return Anchor(AnchorState.UNREADABLE)
        if last is None:
            return Anchor(AnchorState.EMPTY)
        at, head = last
        holds = head.sequence == 0 or store.hash_of(connection, head.sequence) == head.hash
        return Anchor(AnchorState.HOLDS if holds else AnchorState.DIFFERS, at, head.sequence)

    def _anchored(self) -> tuple[Head, ...]:
        if self.anchor is None:
            return ()
        try:
            return tuple(one.head for one in read_anchor(self.anchor) if one.part == _PART)
        except RequestError:
            return ()

    def _keep(self, done: Check) -> None:
        event = "audit.verified" if done.broken_at is None else "audit.broken"
        details: dict[str, Detail] = {"entries": done.entries, "anchors": done.anchors}
        if done.broken_at is not None:
            details |= {"broken_at": done.broken_at, "why": done.why}
        with self.database.begin() as connection:
            store_reviews.keep_check(connection, done)
            hub_trail.append(connection, actor="system", event=event, details=details)
