"""Images whose contract term is over are removed, once a day; what somebody still works with is not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Event as StopEvent

import structlog
from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.hub.archive.model import Deletion
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.reports import store as reports_store
from dokuei.hub.sites.service import SitesService
from dokuei.hub.worklist import store as worklist_store

_AGAIN_AFTER = timedelta(minutes=10)
_log = structlog.get_logger()


def in_use(connection: Connection, site_id: str, study_instance_uid: str) -> bool:
    """Whether a study's case is open or a report on it unfinished: then its images stay, whatever the term."""
    return worklist_store.is_open(connection, site_id, study_instance_uid) or reports_store.is_unfinished(
        connection, site_id, study_instance_uid
    )


@dataclass(frozen=True)
class Terms:
    """What the register of sites says about keeping, carried out in the archive."""

    archive: ArchiveService
    sites: SitesService

    def end(self, *, actor: str, stop: StopEvent) -> tuple[Deletion, ...]:
        """Remove what is past its site's term; a site without a term keeps everything."""
        removed: list[Deletion] = []
        for site in self.sites.every():
            if site.keep_days is not None:
                removed += self.end_at(site.site_id, site.keep_days, actor=actor, stop=stop)
        return tuple(removed)

    def end_at(self, site_id: str, keep_days: int, *, actor: str, stop: StopEvent) -> tuple[Deletion, ...]:
        """Remove one site's studies that have had no new object for so many days and that nobody works with."""
        before = now() - timedelta(days=keep_days)
        removed: list[Deletion] = []
        for study_instance_uid in self.archive.expired_studies(site_id, received_before=before):
            if stop.is_set():
                break
            deletion = self.archive.expire_study(
                site_id,
                study_instance_uid,
                received_before=before,
                in_use=in_use,
                actor=actor,
                reason=f"term of {keep_days} days is over",
            )
            if deletion is not None:
                removed.append(deletion)
        return tuple(removed)

    def due(self, site_id: str, keep_days: int) -> tuple[str, ...]:
        """What ``end_at`` would remove now."""
        before = now() - timedelta(days=keep_days)
        studies = self.archive.expired_studies(site_id, received_before=before)
        with self.archive.database.read() as connection:
            return tuple(study for study in studies if not in_use(connection, site_id, study))


@dataclass
class Daily:
    """The worker's daily step, also for what was left long ago (``tidy``): at its start and on each new day.

    A day that failed is tried again a little later.
    """

    terms: Terms
    tidy: Callable[[], int] = lambda: 0
    done_on: date | None = None
    not_before: datetime | None = None

    def step(self, *, stop: StopEvent) -> None:
        """Do the day's work unless it is done."""
        moment = now()
        if self.done_on == moment.date() or (self.not_before is not None and moment < self.not_before):
            return
        try:
            self.terms.archive.finish_deletions()
            self.terms.archive.keep_missing_notes()
            self.tidy()
            removed = self.terms.end(actor="system", stop=stop)
        except Exception as failure:  # noqa: BLE001 - the worker loop is an outer door
            self.not_before = moment + _AGAIN_AFTER
            _log.error("terms.failed", error=type(failure).__name__)
            return
        if not stop.is_set():
            self.done_on = moment.date()
        if removed:
            _log.info("terms.ended", studies=len(removed), bytes=sum(one.size for one in removed))
