"""What the studies of this centre weigh, looked up once an hour: it changes slowly, and every check asks for it."""

from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from dokuei.clock import monotonic
from dokuei.hub.lines.neighbours import Archive
from dokuei.line.sizes import Kind, KindSize, sizes_of
from dokuei.storage.db import Database

_SECONDS: Final = 3600.0


@dataclass
class Sizing:
    """One process's memory of it."""

    database: Database
    archive: Archive
    lock: Lock = field(default_factory=Lock, repr=False)
    known: dict[Kind, KindSize] | None = field(default=None, repr=False)
    known_until: float = 0.0

    def sizes(self) -> dict[Kind, KindSize]:
        """Every kind, learnt where enough is stored."""
        with self.lock:
            if self.known is None or monotonic() > self.known_until:
                with self.database.read() as connection:
                    self.known = sizes_of(self.archive(connection))
                self.known_until = monotonic() + _SECONDS
            return self.known
