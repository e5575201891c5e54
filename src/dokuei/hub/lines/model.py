"""A check of a line: who measured what from where, what it is fit for, and for how long that is worth something."""

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from dokuei.line.judge import DEFAULT, Judged, Limit, Limits, Verdict, worst
from dokuei.line.measured import Measured
from dokuei.line.predict import Times
from dokuei.line.sizes import Kind

CheckKind = Literal["reader", "program", "gateway"]
State = Literal["none", "stale", "elsewhere", "fit", "prefetch", "unfit"]
LASTS: Final = timedelta(hours=24)
"""A check counts for a day of reading: lines change with the hour, and NET-20 wants one before each session."""
_IPV4_RANGE, _IPV6_RANGE = 24, 64


@dataclass(frozen=True)
class Whence:
    """Where somebody measured from: their device (a digest), its network's addresses, and where they say they sit."""

    device: str
    address_range: str
    place: str = ""


@dataclass(frozen=True)
class Checker:
    """Who measured: a person, a program, or a gateway (by its ID)."""

    kind: CheckKind
    actor: str
    name: str


@dataclass(frozen=True)
class Check:
    """One check; checks with the same ``line`` are of one line, one after the other."""

    check_id: str
    line: str
    checker: Checker
    whence: Whence
    at: datetime
    measured: Measured
    judged: tuple[Judged, ...]

    @property
    def verdict(self) -> Verdict:
        """For all kinds together."""
        return worst(self.judged)

    def of_kind(self, kind: Kind) -> Judged | None:
        """What it was judged for one kind; one of a later version may not be in it."""
        return next((one for one in self.judged if one.kind == kind), None)


@dataclass(frozen=True)
class SetLimits:
    """The centre's limits, and who set them when; nobody where they are the defaults."""

    limits: Limits = DEFAULT
    set_at: datetime | None = None
    set_by_name: str = ""


def line_of(checker: Checker, whence: Whence) -> str:
    """What tells one line from another: whose, which device, and in which network it is; it names none of them."""
    if checker.kind == "gateway":
        return checker.actor
    return hashlib.sha256(f"{checker.actor} {whence.device} {whence.address_range}".encode()).hexdigest()[:32]


def without_place(check: Check) -> Check:
    """As colleagues see it: from where somebody reads is not theirs to know."""
    return replace(check, whence=Whence("", ""))


def range_of(address: str) -> str:
    """The network that an address is in, as far as it says where somebody is."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is not None:
        known = known.ipv4_mapped
    length = _IPV4_RANGE if known.version == 4 else _IPV6_RANGE  # noqa: PLR2004 - IPv4
    return str(ipaddress.ip_network((known, length), strict=False))


def state_of(last: Check | None, *, moment: datetime, address_range: str | None = None) -> State:
    """What the last check of a device is worth now, from an address where that is known."""
    if last is None:
        return "none"
    if last.at + LASTS < moment:
        return "stale"
    if address_range is not None and address_range != last.whence.address_range:
        return "elsewhere"
    return last.verdict


def kind_of(modalities: frozenset[str], *, tomosynthesis: bool, priors: bool) -> Kind | None:
    """Which kind of study a case is; None where nothing is known of such."""
    if tomosynthesis:
        return "tomosynthesis"
    if "MG" in modalities:
        return "mammography_priors" if priors else "mammography"
    if "PT" in modalities:
        return "pet_ct"
    if "MR" in modalities:
        return "mri"
    return "ultrasound" if "US" in modalities else None


def written_judged(judged: tuple[Judged, ...]) -> list[dict[str, Any]]:
    """As JSON."""
    return [asdict(one) for one in judged]


def read_judged(value: list[dict[str, Any]]) -> tuple[Judged, ...]:
    """From JSON as ``written_judged`` made it."""
    return tuple(
        Judged(one["kind"], one["verdict"], Times(**one["typical"]), Times(**one["large"]), Limit(**one["limit"]))
        for one in value
    )


def written_limits(limits: Limits) -> dict[str, Any]:
    """As JSON."""
    return {"kinds": {kind: asdict(one) for kind, one in limits.kinds.items()}, "prefetch": limits.prefetch_seconds}


def read_limits(value: Mapping[str, Any]) -> Limits:
    """From JSON; a kind that an older version did not know has its default."""
    kinds = {
        kind: Limit(**value["kinds"][kind]) if kind in value["kinds"] else DEFAULT.kinds[kind] for kind in DEFAULT.kinds
    }
    return Limits(kinds, value["prefetch"])
