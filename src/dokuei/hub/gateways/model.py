"""What a gateway is to the hub, and what a one-time code is worth: pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from dokuei.errors import EnrolmentError, ForbiddenError
from dokuei.timekeeping import ClockState

IdentityMode = Literal["true", "pseudonym"]
CODE_LIFETIME = timedelta(hours=24)
CERTIFICATE_LIFETIME = timedelta(days=365)
_MOST_OFF_MS = 1000
_ONLINE_WITHIN = timedelta(seconds=15)
_PHASE = "enrolling the gateway"


@dataclass(frozen=True)
class Invitation:
    """A one-time code as the hub keeps it: never the code itself, only a digest of its secret."""

    secret_digest: str
    site_id: str
    name: str
    created_at: datetime
    created_by: str
    expires_at: datetime
    used_at: datetime | None = None
    used_by_key: str = ""
    gateway_id: str | None = None


@dataclass(frozen=True)
class Gateway:
    """An enrolled gateway: whose it is and by which key it is known."""

    gateway_id: str
    site_id: str
    name: str
    public_key: str
    certificate_not_after: datetime
    enrolled_at: datetime
    revoked_at: datetime | None = None

    @property
    def actor(self) -> str:
        """How the audit trail names it."""
        return f"gateway:{self.gateway_id}"


def is_off(clock_ahead_ms: int | None) -> bool:
    """Whether a clock is more than a second off (LOG-04)."""
    return clock_ahead_ms is not None and abs(clock_ahead_ms) > _MOST_OFF_MS


@dataclass(frozen=True)
class GatewayState:
    """A gateway with what it last told of itself."""

    gateway: Gateway
    version: str
    protocol: int | None
    last_seen_at: datetime | None
    identity_mode: IdentityMode
    quarantine: int
    free_bytes: int
    studies: Sequence[Mapping[str, Any]]
    refusals: Sequence[Mapping[str, Any]]
    unread_orders: int = 0
    order_refusals: Sequence[Mapping[str, Any]] = ()
    clock_ahead_ms: int | None = None
    clock_state: ClockState = "unknown"
    prior_rules: Mapping[str, Any] | None = None
    sending: Mapping[str, Any] | None = None

    def online(self, at: datetime) -> bool:
        """Whether it was heard of just now."""
        return (
            self.gateway.revoked_at is None
            and self.last_seen_at is not None
            and at - self.last_seen_at <= _ONLINE_WITHIN
        )

    def done_at(self, study: Mapping[str, Any], at: datetime) -> str:
        """When all of a study will be here, as the gateway told; nothing that one has told that is not heard of now."""
        return str(study.get("done_at", "")) if self.online(at) else ""


def admit_by(invitation: Invitation | None, *, at: datetime, expected_key: str) -> Invitation:
    """Let a gateway in by its code, once; the same key may ask again, because an answer can be lost on the line.

    Raises:
        EnrolmentError: the code is unknown, used by another key, or expired.
    """
    if invitation is None:
        raise EnrolmentError(
            "this code is not known here", phase=_PHASE, remedy="ask the reading centre for a new code"
        )
    if invitation.used_at is not None and invitation.used_by_key != expected_key:
        raise EnrolmentError(
            "this code has been used",
            phase=_PHASE,
            remedy="ask the reading centre for a new code, and who used this one",
        )
    if at >= invitation.expires_at:
        raise EnrolmentError(
            "this code has expired", phase=_PHASE, remedy="a code is good for one day: ask for a new one"
        )
    return invitation


def demand_enrolled(gateway: Gateway | None) -> Gateway:
    """Refuse a gateway that is unknown or no longer wanted.

    Raises:
        ForbiddenError: it is one of these.
    """
    if gateway is None:
        raise ForbiddenError("no such gateway is enrolled here", phase="knowing the gateway", remedy="enrol it")
    if gateway.revoked_at is not None:
        raise ForbiddenError(
            "this gateway's enrolment was revoked",
            phase="knowing the gateway",
            remedy="ask the reading centre; enrol with a new code",
        )
    return gateway
