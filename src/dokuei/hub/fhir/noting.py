"""Whose record is shown goes on record before it is, once an hour for each (LOG-01)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from dokuei.hub.fhir.model import Shown
from dokuei.hub.identity.model import Principal
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database
from dokuei.storage.lately import HOUR, Lately


@dataclass(frozen=True)
class Looks:
    """What programs have looked at lately."""

    database: Database
    looked: Lately = field(default_factory=lambda: Lately(HOUR), repr=False)

    def note(self, principal: Principal, site_id: str, shown: Iterable[Shown], *, searched: bool = False) -> None:
        """Say what is shown; a search is one look more, whatever it finds."""
        seen: list[tuple[str, str]] = sorted({one.seen for one in shown if one.seen is not None})
        if searched:
            seen.append(("archive.queried", ""))
        acts = [(principal.actor, event, site_id, subject) for event, subject in seen]
        fresh = [act for act in acts if not self.looked.holds(*act)]
        if not fresh:
            return
        with self.database.begin() as connection:
            for actor, event, _, subject in fresh:
                hub_trail.append(
                    connection,
                    actor=actor,
                    event=event,
                    site_id=site_id,
                    subject=subject or None,
                    details={"way": "fhir"},
                )
        for act in fresh:
            self.looked.keep(*act)
