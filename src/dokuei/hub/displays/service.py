"""Displays as the rest of the hub sees them."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from dokuei.hub.displays.registering import Registering
from dokuei.hub.displays.ruling import Ruling
from dokuei.hub.displays.sitting import Sitting
from dokuei.hub.identity.people import People
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database


@dataclass(frozen=True)
class DisplaysService:
    """Everything about displays goes through here."""

    registering: Registering
    sitting: Sitting
    ruling: Ruling


def displays_service(
    database: Database,
    blobs: Blobs,
    *,
    people: People,
    device_of: Callable[[Connection, str], str],
    time_zone: str,
) -> DisplaysService:
    """Wire displays from their parts."""
    return DisplaysService(
        Registering(database, blobs, people, time_zone), Sitting(database, device_of, time_zone), Ruling(database)
    )
