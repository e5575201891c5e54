"""Whoever asked follows what becomes of it: each step of a request is kept when its case or its studies move."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from dokuei.clock import monotonic, now
from dokuei.hub.requests import linking, store, store_progress
from dokuei.hub.requests.model import ReadingRequest
from dokuei.hub.requests.neighbours import Cases
from dokuei.hub.requests.progress import ACTIVE, progress_of
from dokuei.storage.db import Database

_EVERY_SECONDS: Final = timedelta(seconds=30).total_seconds()


@dataclass
class Following:
    """The verbs on what becomes of requests; all bear being called twice."""

    database: Database
    cases: Cases
    not_before: float = 0.0

    def case_moved(self, site_id: str, study_instance_uid: str) -> None:
        """A case was read, put off or brought back, or its report was withdrawn."""
        self._follow(site_id, lambda connection: store.linked(connection, site_id, study_instance_uid))

    def request_joined(self, site_id: str, request_id: str) -> None:
        """A request was joined to other studies than before, or to the same in another way."""

        def named(connection: Connection) -> tuple[ReadingRequest, ...]:
            known = store.find(connection, request_id, site_ids={site_id})
            return () if known is None else (known,)

        self._follow(site_id, named)

    def step(self) -> None:
        """The hub's worker, twice a minute: what was put off until now waits with the others again."""
        if monotonic() < self.not_before:
            return
        self.not_before = monotonic() + _EVERY_SECONDS
        with self.database.read() as connection:
            waiting = store_progress.over(connection, now())
        for site_id, request_id in waiting:
            self.request_joined(site_id, request_id)

    def _follow(self, site_id: str, whose: Callable[[Connection], tuple[ReadingRequest, ...]]) -> None:
        with self.database.begin() as connection:
            linking.lock(connection, site_id)
            found = [one for one in whose(connection) if one.state != "canceled"]
            steps = store_progress.steps(connection, {one.request_id for one in found})
            for known in found:
                studies = {link.study_instance_uid for link in known.links}
                stands = progress_of(known, self.cases.stands(connection, site_id, studies))
                before = steps.get(known.request_id, [])
                if stands != (before[-1].progress if before else ACTIVE):
                    store_progress.add(connection, known, stands, number=len(before) + 1, at=now())
