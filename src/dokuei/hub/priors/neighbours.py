"""What the ledger of earlier studies asks of other slices; the hub's wiring says who answers."""

from typing import Protocol

from sqlalchemy import Connection


class Cases(Protocol):
    """What it asks of the worklist."""

    def touch(self, connection: Connection, site_id: str, patient_id: str) -> None:
        """Lists that show this patient's cases have something new to show."""
