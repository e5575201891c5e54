"""Where a trail's end is kept outside the trail: a file that the administrator names, and the other side's trail.

A chain alone does not show that its end was cut off; whoever wrote the end down elsewhere does.
"""

import json
import os
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from dokuei.clock import now
from dokuei.errors import RequestError
from dokuei.storage.audit import Head, Trail
from dokuei.storage.db import Database

KEPT: Final = "audit.head.kept"
DAY: Final = 86_400.0
_AGAIN_AFTER: Final = timedelta(minutes=10)
_log = structlog.get_logger()


@dataclass(frozen=True)
class Anchored:
    """One end as it was written down: of which program's trail, and of which gateway where the other side kept it."""

    part: str
    head: Head
    gateway_id: str = ""

    def line(self, at: datetime) -> str:
        """The end as one line of an anchor."""
        named = {"gateway_id": self.gateway_id} if self.gateway_id else {}
        return json.dumps({"part": self.part, "at": at.isoformat(), **named, **asdict(self.head)})


def write_anchor(file: Path, anchored: Anchored) -> None:
    """Add an end to the file, durably and in one piece: hub and gateway may share it."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"{anchored.line(now())}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_anchor(file: Path) -> tuple[Anchored, ...]:
    """Every end that the file holds.

    Raises:
        RequestError: it cannot be read, or holds something else.
    """
    try:
        return tuple(_anchored(line) for line in file.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RequestError(f"{file} holds no recorded ends", phase="reading the anchor") from error


def last_anchored(file: Path, part: str) -> tuple[datetime, Head] | None:
    """The last end of one program's own trail that the file holds, and when it was written down.

    Raises:
        RequestError: it cannot be read, or holds something else.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        for line in reversed(lines):
            anchored = _anchored(line)
            if anchored.part == part and not anchored.gateway_id:
                return datetime.fromisoformat(json.loads(line)["at"]), anchored.head
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RequestError(f"{file} holds no recorded ends", phase="reading the anchor") from error
    return None


def _anchored(line: str) -> Anchored:
    value = json.loads(line)
    head = Head(int(value["sequence"]), str(value["hash"]))
    return Anchored(value["part"], head, str(value.get("gateway_id", "")))


@dataclass
class DailyAnchor:
    """A worker's step: writes its trail's end to the anchor at its start and on each new day."""

    file: Path | None
    part: str
    trail: Trail
    database: Database
    done_on: date | None = None
    not_before: datetime | None = None

    def step(self) -> None:
        """Write unless it is done; a disk that is not there now is tried again a little later."""
        moment = now()
        waits = self.not_before is not None and moment < self.not_before
        if self.file is None or waits or self.done_on == moment.date():
            return
        with self.database.read() as connection:
            head = self.trail.head(connection)
        try:
            write_anchor(self.file, Anchored(self.part, head))
        except OSError as error:
            self.not_before = moment + _AGAIN_AFTER
            _log.error("audit.anchor.failed", file=str(self.file), error=error.strerror)
            return
        self.done_on = moment.date()
