"""A look that writes nothing, but where a patient has no number yet: whoever reads holds up nobody who writes."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from dokuei.hub.fhir import store
from dokuei.storage.db import Database

_Found = TypeVar("_Found")


def look(database: Database, ask: Callable[[Connection], _Found]) -> _Found:
    """What is asked for, in one view of the database; asked again where somebody is to be given a number first."""
    try:
        with database.read() as connection:
            return ask(connection)
    except store.UnnumberedError:
        with database.begin() as connection:
            return ask(connection)
