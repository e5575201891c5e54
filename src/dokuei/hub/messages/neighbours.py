"""What messages ask of other slices; the hub's wiring says who answers."""

from collections.abc import Collection
from typing import Protocol

from sqlalchemy import Connection

from dokuei.hub.messages.model import Case


class Cases(Protocol):
    """The worklist."""

    def thread_of(self, connection: Connection, item_id: str, *, site_ids: Collection[str], lock: bool = False) -> Case:
        """One case, inside the asker's transaction; ``lock`` lets writers of one thread queue.

        Raises:
            NotFoundError: no such case at those sites.
        """
