"""Refused access on record: who tried what, and that strangers try; a flood of it does not fill the trail (LOG-01)."""

from dataclasses import dataclass, field
from typing import Final

from dokuei.hub.identity.model import Principal
from dokuei.hub.limits import network
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database
from dokuei.storage.lately import HOUR, Lately

_STRANGERS_AN_HOUR: Final = 60


@dataclass(frozen=True)
class Refusals:
    """One process's: an entry an hour for each who, where and why; of strangers, so many an hour in all."""

    database: Database
    noted: Lately = field(default_factory=lambda: Lately(HOUR), repr=False)
    strangers: Lately = field(default_factory=lambda: Lately(HOUR), repr=False)

    def of_known(self, principal: Principal, route: str, because: str) -> None:
        """Somebody who is known, a person or a program, was refused a route."""
        if self.noted.holds(principal.actor, route, because):
            return
        with self.database.begin() as connection:
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="access.refused",
                subject=principal.session_id,
                details={"because": because, "route": route},
            )
        self.noted.keep(principal.actor, route, because)

    def of_stranger(self, address: str) -> None:
        """A token was shown that is none, or is none any more; which one it was is not kept."""
        source = network(address)
        if self.strangers.holds(source) or self.strangers.number() >= _STRANGERS_AN_HOUR:
            return
        with self.database.begin() as connection:
            hub_trail.append(
                connection,
                actor="nobody",
                event="access.refused",
                details={"because": "unknown token", "address": address[:64]},
            )
        self.strangers.keep(source)
