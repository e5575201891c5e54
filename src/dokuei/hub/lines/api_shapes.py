"""The JSON that pages and the command line exchange with the hub about lines."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.lines.checking import Standing
from dokuei.hub.lines.model import Check, CheckKind, SetLimits, State
from dokuei.line.judge import LONGEST_LIMIT, Limit, Limits, Verdict
from dokuei.line.measured import Measured
from dokuei.line.sizes import Kind, KindSize
from dokuei.line.tcp_info import Counters

Rate = Annotated[FiniteFloat, Field(ge=1, le=1e12)]
Milliseconds = Annotated[FiniteFloat, Field(ge=0, le=60_000)]
Seconds = Annotated[FiniteFloat, Field(gt=0, le=LONGEST_LIMIT)]


class _FromOurs(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class LineMeasuredShape(Shape):
    """What a check found."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")

    down_bits: Rate
    up_bits: Rate
    round_trip_ms: Milliseconds
    round_trip_loaded_ms: Milliseconds
    jitter_ms: Milliseconds
    loss: Annotated[FiniteFloat, Field(ge=0, le=1)] | None = None
    path_mtu: int | None = Field(None, ge=68, le=65_535)
    seconds: Annotated[FiniteFloat, Field(ge=0, le=60)] = 0.0

    def measured(self) -> Measured:
        """In the judge's words."""
        return Measured(**self.model_dump())


class LineLimitShape(Shape):
    """The most seconds for one kind of study."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")

    first: Seconds
    scrollable: Seconds
    whole: Seconds


class LineLimitsIn(Shape):
    """What holds from now on."""

    kinds: dict[Kind, LineLimitShape]
    prefetch_seconds: Annotated[FiniteFloat, Field(ge=0, le=LONGEST_LIMIT)]

    def limits(self) -> Limits:
        """In the judge's words."""
        return Limits({kind: Limit(**one.model_dump()) for kind, one in self.kinds.items()}, self.prefetch_seconds)


class LineSizeOut(_FromOurs):
    """Frames and bytes of a study."""

    frames: int
    bytes: int


class LineKindSizeOut(_FromOurs):
    """The median study of a kind and the large one; of no studies where both are what is assumed."""

    typical: LineSizeOut
    large: LineSizeOut
    studies: int


class LineLimitsOut(BaseModel):
    """What holds, who said so when, and what studies weigh here."""

    kinds: dict[Kind, LineLimitShape]
    prefetch_seconds: float
    set_at: datetime | None
    set_by: str
    sizes: dict[Kind, LineKindSizeOut]


class LineTimesOut(_FromOurs):
    """Seconds from the click."""

    first: float
    scrollable: float
    whole: float


class LineJudgedOut(_FromOurs):
    """One kind of study over this line."""

    kind: Kind
    verdict: Verdict
    typical: LineTimesOut
    large: LineTimesOut
    limit: LineTimesOut


class LineCheckOut(BaseModel):
    """One check."""

    check_id: str
    line: str
    kind: CheckKind
    name: str
    device: str
    address_range: str
    place: str
    at: datetime
    measured: LineMeasuredShape
    verdict: Verdict
    judged: list[LineJudgedOut]


class LineStandingOut(BaseModel):
    """What the line of this device is known to be worth."""

    state: State
    last: LineCheckOut | None


class LineCountersOut(_FromOurs):
    """What the hub's kernel knows of a connection, since it was opened."""

    connection: str
    sent: int
    sent_again: int
    round_trip_ms: float
    path_mtu: int

    def counters(self) -> Counters:
        """In the meter's words."""
        return Counters(**self.model_dump())


class LineConnectionOut(BaseModel):
    """The connection that asked; null where this hub cannot see it."""

    counters: LineCountersOut | None


class LineReceivedOut(BaseModel):
    """How many bytes came."""

    bytes: int


def check_out(known: Check) -> LineCheckOut:
    """As JSON; a device by the beginning of its digest, which tells one from another and names none."""
    return LineCheckOut(
        check_id=known.check_id,
        line=known.line,
        kind=known.checker.kind,
        name=known.checker.name,
        device=known.whence.device[:8],
        address_range=known.whence.address_range,
        place=known.whence.place,
        at=known.at,
        measured=LineMeasuredShape.model_validate(known.measured),
        verdict=known.verdict,
        judged=[LineJudgedOut.model_validate(one) for one in known.judged],
    )


def standing_out(standing: Standing) -> LineStandingOut:
    """As JSON."""
    return LineStandingOut(state=standing.state, last=None if standing.last is None else check_out(standing.last))


def limits_out(known: SetLimits, sizes: dict[Kind, KindSize]) -> LineLimitsOut:
    """As JSON."""
    return LineLimitsOut(
        kinds={kind: LineLimitShape.model_validate(one) for kind, one in known.limits.kinds.items()},
        prefetch_seconds=known.limits.prefetch_seconds,
        set_at=known.set_at,
        set_by=known.set_by_name,
        sizes={kind: LineKindSizeOut.model_validate(one) for kind, one in sizes.items()},
    )
