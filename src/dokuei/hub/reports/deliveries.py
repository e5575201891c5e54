"""What goes out to a hospital, and how each of its systems stands with it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from dokuei.hub.reports.model import DeliveryKind


@dataclass(frozen=True)
class Made:
    """One finished object: bytes and where they go."""

    kind: DeliveryKind
    sop_class_uid: str
    sop_instance_uid: str
    blob_key: str
    data: bytes

    @property
    def sha256(self) -> str:
        """What the receiver checks."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class DeliveryPlace:
    """How one of the hospital's systems stands with an object, as its gateway told; ``reason`` says what is wrong."""

    outlet: str
    state: str
    destination: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Delivery:
    """One object on its way to the hospital's PACS: a structured report (``sr``) or the sealed document (``pdf``).

    ``stamps`` is how often the sealed file was stamped anew since it was signed: the same version, delivered again.
    """

    delivery_id: str
    site_id: str
    report_id: str
    number: int
    kind: DeliveryKind
    study_instance_uid: str
    sop_class_uid: str
    sop_instance_uid: str
    blob_key: str
    sha256: str
    size: int
    created_at: datetime
    delivered_at: datetime | None = None
    last_error: str | None = None
    stamps: int = 0
    status: str = ""
    worklist_item_id: str = ""
    places: tuple[DeliveryPlace, ...] = ()

    @property
    def states(self) -> dict[str, str]:
        """Outlet → state."""
        return {one.outlet: one.state for one in self.places}
