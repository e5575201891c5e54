"""Lines as the rest of the hub sees them."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from dokuei.hub.identity.model import Principal
from dokuei.hub.lines.checking import Checking
from dokuei.hub.lines.limiting import Limiting
from dokuei.hub.lines.meter import Meter
from dokuei.hub.lines.neighbours import Archive
from dokuei.hub.lines.sizing import Sizing
from dokuei.storage.db import Database


@dataclass(frozen=True)
class LinesService:
    """Everything about lines goes through here."""

    checking: Checking
    limiting: Limiting
    sizing: Sizing
    meter: Meter


def lines_service(
    database: Database,
    *,
    archive: Archive,
    device_of: Callable[[Connection, str], str],
    place_of: Callable[[Principal], str],
) -> LinesService:
    """Wire lines from their parts."""
    limiting, sizing = Limiting(database), Sizing(database, archive)
    return LinesService(Checking(database, limiting, sizing, device_of, place_of), limiting, sizing, Meter())
