"""The way back: which report objects a gateway is to bring to its PACS, their bytes, and the receipt."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, Field, StringConstraints, ValidationError

from dokuei.transfer.protocol import Message, Sha256, Uid

DELIVERIES_PATH = "/gateway/v1/deliveries"
DELIVERY_OBJECT_PATH = "/gateway/v1/deliveries/object"
DELIVERY_RECEIPT_PATH = "/gateway/v1/deliveries/receipt"

DELIVERY_BYTES = 64 << 20  # the largest report object that a gateway takes

DeliveryId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
_ID = re.compile("[0-9a-f]{32}")


OutletName = Literal["pacs", "pages", "folder", "his"]
PlaceState = Literal["stored", "accepted", "committed", "not-offered", "not-committed", "refused"]
ARRIVED: Final = frozenset[PlaceState]({"stored", "committed", "not-offered"})


class WaitingObject(Message):
    """One report object that the site's PACS has not got yet.

    ``version`` counts the report's signed versions and ``status`` says how it stands with this one; ``stamps`` is how
    often its sealed file was stamped anew since, which makes no other version of it. ``link`` opens it in a browser.
    """

    delivery_id: DeliveryId
    kind: Literal["sr", "pdf"]
    study_instance_uid: Uid
    sop_class_uid: Uid
    sop_instance_uid: Uid
    sha256: Sha256
    size: int = Field(gt=0, le=DELIVERY_BYTES)
    report_id: str = Field("", max_length=32)
    version: int = Field(0, ge=0)
    status: str = Field("", max_length=16)
    stamps: int = Field(0, ge=0)
    link: str = Field("", max_length=1000)


class WaitingObjects(Message):
    """What waits for this gateway's site, the oldest first."""

    objects: list[WaitingObject] = Field(default_factory=list, max_length=1000)


@dataclass(frozen=True)
class Unfit:
    """An object in the list that this gateway cannot bring, and why; ``delivery_id`` is empty where it has none."""

    delivery_id: str
    why: str


def read_waiting(body: bytes) -> tuple[tuple[WaitingObject, ...], tuple[Unfit, ...]]:
    """The list, object by object: one that does not fit (a version ahead, too large) holds none of the others back.

    Raises:
        RequestError: it is no such list.
    """
    fit, unfit = [], []
    for one in _Listed.read(body).objects:
        try:
            fit.append(WaitingObject.model_validate(one))
        except ValidationError as error:
            named = one.get("delivery_id")
            wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
            unfit.append(Unfit(named if isinstance(named, str) and _ID.fullmatch(named) else "", wrong))
    return tuple(fit), tuple(unfit)


class _Listed(Message):
    objects: list[dict[str, Any]] = Field(default_factory=list, max_length=1000)


class ObjectWanted(Message):
    """Which object's bytes are asked for."""

    delivery_id: DeliveryId


class Place(Message):
    """How one of the hospital's systems stands with one report object.

    ``accepted``: its PACS took it and has not said yet whether it keeps it; ``committed``: it keeps it;
    ``not-committed``: it took it, and said later that it does not keep it; ``not-offered``: it took it, and offers no
    commitment; ``stored``: it is there, and nothing more is asked.
    """

    outlet: OutletName
    state: PlaceState
    destination: str = Field("", max_length=200)
    reason: str = Field("", max_length=1000)
    at: AwareDatetime


class Receipt(Message):
    """Whether everybody in the hospital who wants it has it, or why not yet (the gateway goes on trying)."""

    delivery_id: DeliveryId
    state: Literal["stored", "waiting"]
    destination: str = Field("", max_length=200)
    error: str = Field("", max_length=1000)
    places: list[Place] = Field(default_factory=list, max_length=20)
