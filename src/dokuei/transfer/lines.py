"""The check of the line between gateway and hub: the gateway measures, the hub judges and keeps, both know."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, StringConstraints

from dokuei.transfer.protocol import Message

LINE_PING_PATH = "/gateway/v1/line/ping"
LINE_DOWN_PATH = "/gateway/v1/line/down"
LINE_UP_PATH = "/gateway/v1/line/up"
LINE_CONNECTION_PATH = "/gateway/v1/line/connection"
LINE_CHECK_PATH = "/gateway/v1/line/check"

LineRate = Annotated[FiniteFloat, Field(ge=1, le=1e12)]
LineMilliseconds = Annotated[FiniteFloat, Field(ge=0, le=60_000)]


class LineBytesWanted(Message):
    """How many bytes are to come."""

    bytes: int = Field(ge=1)


class LineCounters(Message):
    """What the hub's kernel knows of the connection that asks; ``known`` is false where it sees none."""

    known: bool = False
    connection: str = ""
    sent: int = 0
    sent_again: int = 0
    round_trip_ms: float = 0.0
    path_mtu: int = 0


class LineMeasurement(Message):
    """What a gateway measured."""

    down_bits: LineRate
    up_bits: LineRate
    round_trip_ms: LineMilliseconds
    round_trip_loaded_ms: LineMilliseconds
    jitter_ms: LineMilliseconds
    loss: Annotated[FiniteFloat, Field(ge=0, le=1)] | None = None
    path_mtu: int | None = Field(None, ge=68, le=65_535)
    seconds: Annotated[FiniteFloat, Field(ge=0, le=60)] = 0.0


class LineKindVerdict(Message):
    """One kind of study over this line, and the seconds that a large one takes."""

    kind: Annotated[str, StringConstraints(max_length=40)]
    verdict: Literal["fit", "prefetch", "unfit"]
    whole_seconds: float


class LineVerdict(Message):
    """What the hub makes of it."""

    at: datetime
    verdict: Literal["fit", "prefetch", "unfit"]
    kinds: list[LineKindVerdict] = Field(default=[], max_length=40)
