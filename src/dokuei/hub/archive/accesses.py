"""Who looked at which patient's study: one audit entry an hour for each, so that reading is answered for (LOG-01)."""

from dataclasses import dataclass, field
from typing import Final

from dokuei.clock import monotonic
from dokuei.hub.archive.recent import Recent
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database
from dokuei.storage.lately import HOUR, Lately

_NOTED_FOR_SECONDS: Final = 3600.0
_MOST_REMEMBERED: Final = 50_000
_Key = tuple[str, str, str]


@dataclass(frozen=True)
class Accesses:
    """Notes accesses (DICOM Instances Accessed, PS3.15 A.5.3.7), and knows in memory what it noted lately."""

    database: Database
    noted: Recent[_Key, float] = field(default_factory=lambda: Recent(_MOST_REMEMBERED), repr=False)
    queried: Lately = field(default_factory=lambda: Lately(HOUR), repr=False)

    def is_noted(self, actor: str, site_id: str, study_instance_uid: str) -> bool:
        """Whether this process wrote the entry within the last hour."""
        until = self.noted.get((actor, site_id, study_instance_uid))
        return until is not None and until > monotonic()

    def note_query(self, actor: str, site_id: str) -> None:
        """Write that somebody searched a site (Query, PS3.15 A.5.3.10), once an hour: what for may name a patient."""
        if self.queried.holds(actor, site_id):
            return
        with self.database.begin() as connection:
            hub_trail.append(connection, actor=actor, event="archive.queried", site_id=site_id)
        self.queried.keep(actor, site_id)

    def note(self, actor: str, site_id: str, study_instance_uid: str) -> None:
        """Write the entry."""
        with self.database.begin() as connection:
            hub_trail.append(
                connection, actor=actor, event="study.accessed", site_id=site_id, subject=study_instance_uid
            )
        self.noted.put((actor, site_id, study_instance_uid), monotonic() + _NOTED_FOR_SECONDS, weight=1)
