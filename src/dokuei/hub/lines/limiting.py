"""How long the centre lets a reader wait for each kind of study."""

from dataclasses import dataclass

from dokuei.clock import now
from dokuei.hub.lines import store
from dokuei.hub.lines.model import SetLimits, written_limits
from dokuei.line.judge import Limits, checked_limits
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database


@dataclass(frozen=True)
class Limiting:
    """The verbs on limits; who may say them is settled at the door."""

    database: Database

    def present(self) -> SetLimits:
        """What holds now."""
        with self.database.read() as connection:
            return store.present_limits(connection)

    def put(self, wanted: Limits, *, actor: str, name: str) -> SetLimits:
        """What holds from now on; lines are judged by it at their next check.

        Raises:
            RequestError: limits that no line could be held against.
        """
        new = SetLimits(checked_limits(wanted), now(), name[:200])
        with self.database.begin() as connection:
            store.put_limits(connection, new, actor=actor)
            hub_trail.append(connection, actor=actor, event="line.limits-set", details=written_limits(new.limits))
        return new
