"""The auditor's side as the rest of the hub sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from dokuei.hub.audits import store_reviews
from dokuei.hub.audits.checking import Anchor, Checking
from dokuei.hub.audits.listing import Listing
from dokuei.hub.audits.model import Check, Sent
from dokuei.hub.audits.naming import Naming, SiteNames
from dokuei.hub.audits.neighbours import Gateways, Patients
from dokuei.hub.audits.reviewing import Reviewing
from dokuei.hub.audits.sending import Sending
from dokuei.hub.audits.syslog import Receiver
from dokuei.hub.identity.proof import Confirmation
from dokuei.storage.audit import Head, hub_trail
from dokuei.storage.db import Database


@dataclass(frozen=True)
class State:
    """Whether the trail can be relied on: its end, the last walk along it, its anchor, and the repository outside."""

    head: Head
    check: Check | None
    anchor: Anchor
    repository: str
    sent: Sent


@dataclass(frozen=True)
class AuditsService:
    """Everything that an auditor does goes through here."""

    database: Database
    listing: Listing
    reviewing: Reviewing
    checking: Checking
    sending: Sending

    def state(self) -> State:
        """How the trail stands."""
        receiver = self.sending.receiver
        with self.database.read() as connection:
            return State(
                head=hub_trail.head(connection),
                check=store_reviews.last_check(connection),
                anchor=self.checking.anchored(connection),
                repository="" if receiver is None else f"{receiver.host}:{receiver.port}",
                sent=store_reviews.sent(connection),
            )

    def note_activity(self, event: str, *, version: str) -> None:
        """Say that the hub's worker began or ended (Application Activity, PS3.15 A.5.3.1)."""
        with self.database.begin() as connection:
            hub_trail.append(connection, actor="system", event=event, details={"version": version})


def audits_service(
    database: Database,
    *,
    confirmation: Confirmation,
    site_names: SiteNames,
    patients: Patients,
    gateways: Gateways,
    anchor: Path | None,
    receiver: Receiver | None,
    source_id: str,
) -> AuditsService:
    """Wire the auditor's side from its parts."""
    naming = Naming(patients, gateways, site_names)
    return AuditsService(
        database=database,
        listing=Listing(database, naming, patients),
        reviewing=Reviewing(database, confirmation),
        checking=Checking(database, anchor),
        sending=Sending(database, naming, receiver, source_id),
    )


def stopping(stop: Event) -> Callable[[], None]:
    """What lets a long walk breathe, and ends it when the process is told to stop."""

    def between() -> None:
        if stop.wait(_BREATH_SECONDS):
            raise StoppedWalkError

    return between


class StoppedWalkError(Exception):
    """The walk was given up; it begins anew at the next start."""


_BREATH_SECONDS = 0.002
