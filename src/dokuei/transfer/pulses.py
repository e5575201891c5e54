"""Health by traffic: what gateway and hub say of the test patient's request and study that go the whole way.

Each leg has a time and a result of its own, so that whoever looks hears which leg is dead, and not only that one is.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from dokuei.transfer.protocol import Message, Uid

PULSE_PATH = "/gateway/v1/pulse"
PULSE_REQUEST_PATH = "/gateway/v1/pulse/request"
PULSE_FRAME_PATH = "/gateway/v1/pulse/frame"
PULSE_DOCUMENT_PATH = "/gateway/v1/pulse/document"
PULSE_RECEIPT_PATH = "/gateway/v1/pulse/receipt"

LegName = Literal[
    "ordered",
    "received",
    "proved",
    "forwarded",
    "at-hub",
    "order-at-hub",
    "matched",
    "fetched",
    "decoded",
    "sealed",
    "in-pacs",
    "committed",
    "receipt",
]
LegState = Literal["ok", "dead", "waiting", "skipped", "not-reached"]
LEGS: tuple[LegName, ...] = get_args(LegName)
DeadPart = LegName | Literal["worker", "gateway"]
_SLACK = timedelta(minutes=5)


class Leg(Message):
    """One leg of the way: ``error`` holds no patient data, for there is no patient."""

    name: LegName
    state: LegState
    at: str = Field("", max_length=40)
    seconds: float = Field(0.0, ge=0)
    error: Annotated[str, StringConstraints(max_length=500)] = ""


class Pulse(Message):
    """One whole way; ``minutes`` is how often the gateway goes it."""

    began_at: datetime
    ended_at: datetime
    minutes: int = Field(ge=1, le=1440)
    legs: list[Leg] = Field(max_length=len(LEGS))

    @property
    def dead(self) -> LegName | None:
        """The first leg that is dead."""
        return next((leg.name for leg in self.legs if leg.state == "dead"), None)

    def is_stale(self, at: datetime) -> bool:
        """Whether two more should have come since."""
        return at - self.ended_at > 2 * timedelta(minutes=self.minutes) + _SLACK


@dataclass(frozen=True)
class Health:
    """What the last pulse is worth now: ``dead`` names a leg, or the part that sends pulses itself."""

    pulse: Pulse | None
    dead: DeadPart | None
    stale: bool = False


class PulseBegin(Message):
    """Which study the hub is to expect, by the UID that the hub will know it by."""

    study_instance_uid: Uid


class FrameWanted(Message):
    """The object whose only frame is read back."""

    study_instance_uid: Uid
    series_instance_uid: Uid
    sop_instance_uid: Uid


def judge(pulse: Pulse | None, *, at: datetime, alive: bool, silent_part: Literal["worker", "gateway"]) -> Health:
    """Name the dead leg: whoever sends the pulses is the first suspect when none comes any more."""
    stale = pulse is not None and pulse.is_stale(at)
    if not alive or stale:
        return Health(pulse, silent_part, stale)
    return Health(pulse, None if pulse is None else pulse.dead)


def pulse_order_number(gateway_id: str) -> str:
    """The number of a gateway's test order (ORC-2): as long as a UID, so that no hospital counts up to it."""
    return pulse_uid(gateway_id, "order")


def pulse_uid(gateway_id: str, *what: str) -> str:
    """The fixed UIDs of a gateway's test patient, under 2.25 (PS3.5 B.2)."""
    digest = hashlib.sha256("/".join(("dokuei pulse", gateway_id, *what)).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def complete(legs: Sequence[Leg]) -> list[Leg]:
    """All legs in their order; what was not come to is said so."""
    known = {leg.name: leg for leg in legs}
    return [known.get(name, Leg(name=name, state="not-reached")) for name in LEGS]
