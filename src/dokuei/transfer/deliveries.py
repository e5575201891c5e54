"""The way back: which report objects a gateway is to bring to its PACS, their bytes, and the receipt."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from dokuei.transfer.protocol import Message, Sha256, Uid

DELIVERIES_PATH = "/gateway/v1/deliveries"
DELIVERY_OBJECT_PATH = "/gateway/v1/deliveries/object"
DELIVERY_RECEIPT_PATH = "/gateway/v1/deliveries/receipt"

DELIVERY_BYTES = 64 << 20  # the largest report object that a gateway takes

DeliveryId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class WaitingObject(Message):
    """One report object that the site's PACS has not got yet."""

    delivery_id: DeliveryId
    kind: Literal["sr", "pdf"]
    study_instance_uid: Uid
    sop_class_uid: Uid
    sop_instance_uid: Uid
    sha256: Sha256
    size: int = Field(gt=0, le=DELIVERY_BYTES)


class WaitingObjects(Message):
    """What waits for this gateway's site, the oldest first."""

    objects: list[WaitingObject] = Field(default_factory=list, max_length=1000)


class ObjectWanted(Message):
    """Which object's bytes are asked for."""

    delivery_id: DeliveryId


class Receipt(Message):
    """What the PACS said: stored, or why not yet (the gateway goes on trying)."""

    delivery_id: DeliveryId
    state: Literal["stored", "waiting"]
    destination: str = Field("", max_length=200)
    error: str = Field("", max_length=1000)
