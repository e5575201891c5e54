"""What happens to the trail by itself: the daily walk, the monthly review, and telling the repository outside."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Final

import structlog

import dokuei
from dokuei.clock import now
from dokuei.hub.audits import store_reviews
from dokuei.hub.audits.model import JST
from dokuei.hub.audits.service import AuditsService, StoppedWalkError, stopping

_PAUSE_SECONDS: Final = 1.0
_AGAIN_AFTER_SECONDS: Final = 30.0
_LOOK_EVERY: Final = timedelta(minutes=1)
_log = structlog.get_logger()


@dataclass
class Watching:
    """A thread of the hub's worker: its walk takes seconds and its network waits, and neither may hold up events."""

    audits: AuditsService
    stop: Event
    looked_at: datetime | None = None

    def start(self) -> Thread:
        """Begin; it ends soon after ``stop`` is set."""
        thread = Thread(target=self._run, name="audit-watching")
        thread.start()
        return thread

    def step(self) -> bool:
        """Do what is due; whether there is more at once."""
        moment = now()
        if self.looked_at is None or moment - self.looked_at > _LOOK_EVERY:
            self.audits.reviewing.open_due()
            self._walk(moment)
            self.looked_at = moment
        return self.audits.sending.step()

    def _run(self) -> None:
        self.audits.note_activity("application.started", version=dokuei.__version__)
        while not self.stop.is_set():
            try:
                pause = 0.0 if self.step() else _PAUSE_SECONDS
            except StoppedWalkError:
                break
            except Exception as failure:  # noqa: BLE001 - the worker loop is an outer door
                _log.error("audit.watching.failed", error=type(failure).__name__)
                pause = _AGAIN_AFTER_SECONDS
            self.stop.wait(pause)
        self.audits.note_activity("application.stopped", version=dokuei.__version__)

    def _walk(self, moment: datetime) -> None:
        with self.audits.database.read() as connection:
            last = store_reviews.last_check(connection)
        if last is not None and last.ended_at.astimezone(JST).date() == moment.astimezone(JST).date():
            return
        done = self.audits.checking.run(between=stopping(self.stop))
        if done.broken_at is not None:
            _log.error("audit.chain.broken", at=done.broken_at, why=done.why)
