"""What lines ask of other slices."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection

from dokuei.line.sizes import Kind, StudySize


class Archive(Protocol):
    """What is stored."""

    def __call__(self, connection: Connection) -> Mapping[Kind, Sequence[StudySize]]:
        """What the newest studies of each kind weigh."""
