"""What readers and administrators see of gateways; served with the rest of the API."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from dokuei.clock import now
from dokuei.hub.gateways.model import GatewayState, IdentityMode, is_off
from dokuei.hub.gateways.service import GatewaysService
from dokuei.hub.identity.api import require
from dokuei.hub.identity.model import Permission, Principal
from dokuei.timekeeping import ClockState
from dokuei.transfer.protocol import StudyState
from dokuei.transfer.pulses import DeadPart, Health, LegName, LegState


class GatewayStudyOut(BaseModel):
    """How far one study is, as its gateway last told."""

    study_instance_uid: str
    state: StudyState
    percent: int = 0
    instances: int = 0
    bytes: int = 0
    error: str | None = None
    remedy: str = ""
    warned_instances: int = 0
    warnings: list[str] = []
    removed: int = 0
    left_bytes: int = 0
    done_at: str = ""
    """When all will be here, as its gateway reckons; empty where it cannot tell."""


class SendingOut(BaseModel):
    """How fast a gateway's uploads go together, and what its site's hours allow now."""

    bytes_per_second: int
    streams: int
    limit_bytes_per_second: int | None
    limit_until: str
    congestion: str
    """What paces its connections: bbr, or what its kernel has instead."""


class RefusalOut(BaseModel):
    """One open entry of a gateway's quarantine; which patient's object it is stays in the hospital."""

    at: str
    code: str
    reason: str
    remedy: str = ""
    times: int = 1
    sending_ae: str = ""


class OrderRefusalOut(BaseModel):
    """A message of the hospital's systems that was not understood; what it said stays in the hospital."""

    at: str
    message_type: str = ""
    location: str = ""
    condition: int = 0
    times: int = 1
    sending_application: str = ""


class LegOut(BaseModel):
    """One leg of the way that the test patient's image goes."""

    name: LegName
    state: LegState
    at: str
    seconds: float
    error: str


class HealthOut(BaseModel):
    """Whether the whole way works: ``dead`` names the leg that does not, ``at`` is when it was gone last."""

    at: datetime | None
    dead: DeadPart | None
    stale: bool
    minutes: int | None
    legs: list[LegOut]


class PriorRuleOut(BaseModel):
    """Which earlier studies are brought for which new ones; ``current`` empty: for any."""

    current: list[str]
    priors: list[str]
    body_part: Literal["breast", "any"]
    years: int
    most: int


class PriorRulesOut(BaseModel):
    """Whether a gateway brings earlier studies at all, and by which rules; its own settings say so."""

    brought: bool
    least_days: int
    rules: list[PriorRuleOut]


class GatewayOut(BaseModel):
    """A gateway with what it last told of itself."""

    gateway_id: str
    site_id: str
    site_name: str
    name: str
    version: str
    protocol: int | None
    last_seen_at: datetime | None
    online: bool
    studies: list[GatewayStudyOut]
    quarantine: int
    refusals: list[RefusalOut]
    unread_orders: int
    order_refusals: list[OrderRefusalOut]
    health: HealthOut | None
    free_bytes: int
    clock_ahead_ms: int | None
    clock_off: bool
    clock_state: ClockState
    """Whether a time server keeps it, as its own machine says."""
    prior_rules: PriorRulesOut | None
    sending: SendingOut | None
    enrolled_at: datetime
    revoked_at: datetime | None
    certificate_not_after: datetime
    identity_mode: IdentityMode


class InvitedOut(BaseModel):
    """A one-time code, shown this once."""

    code: str


def listing(service: GatewaysService, site_names: Callable[[], dict[str, str]]) -> APIRouter:
    """The routes under ``/api/v1/gateways``."""
    router = APIRouter(prefix="/api/v1/gateways", tags=["gateways"])

    @router.get("")
    def gateways(principal: Annotated[Principal, Depends(require(Permission.READ_GATEWAYS))]) -> list[GatewayOut]:
        """All gateways of the sites that this person may see, with their versions and studies."""
        names = site_names()
        found = service.gateways(principal.sites_with(Permission.READ_GATEWAYS))
        healths = service.pulses.healths(found, now())
        return [_view(one, names, healths.get(one.gateway.gateway_id)) for one in found]

    @router.delete("/{gateway_id}", status_code=204)
    def revoke(gateway_id: str, principal: Annotated[Principal, Depends(require(Permission.MANAGE_GATEWAYS))]) -> None:
        """Refuse a gateway from now on."""
        sites = principal.sites_with(Permission.MANAGE_GATEWAYS)
        service.revoke(gateway_id, actor=principal.actor, site_ids=sites)

    @router.post("/invitations/{site_id}", status_code=201)
    def invite(
        site_id: str, principal: Annotated[Principal, Depends(require(Permission.MANAGE_GATEWAYS))]
    ) -> InvitedOut:
        """A one-time code, shown this once."""
        principal.demand(Permission.MANAGE_GATEWAYS, site_id)
        return InvitedOut(code=service.invite(site_id, actor=principal.actor))

    return router


def _view(state: GatewayState, names: dict[str, str], health: Health | None) -> GatewayOut:
    gateway, at = state.gateway, now()
    return GatewayOut(
        gateway_id=gateway.gateway_id,
        site_id=gateway.site_id,
        site_name=names.get(gateway.site_id, gateway.site_id),
        name=gateway.name,
        version=state.version,
        protocol=state.protocol,
        last_seen_at=state.last_seen_at,
        online=state.online(at),
        studies=[GatewayStudyOut.model_validate({**one, "done_at": state.done_at(one, at)}) for one in state.studies],
        quarantine=state.quarantine,
        refusals=[RefusalOut.model_validate(one) for one in state.refusals],
        unread_orders=state.unread_orders,
        order_refusals=[OrderRefusalOut.model_validate(one) for one in state.order_refusals],
        health=None if health is None else _health(health),
        free_bytes=state.free_bytes,
        clock_ahead_ms=state.clock_ahead_ms,
        clock_off=is_off(state.clock_ahead_ms),
        clock_state=state.clock_state,
        prior_rules=None if state.prior_rules is None else PriorRulesOut.model_validate(state.prior_rules),
        sending=None if state.sending is None else SendingOut.model_validate(state.sending),
        enrolled_at=gateway.enrolled_at,
        revoked_at=gateway.revoked_at,
        certificate_not_after=gateway.certificate_not_after,
        identity_mode=state.identity_mode,
    )


def _health(health: Health) -> HealthOut:
    pulse = health.pulse
    return HealthOut(
        at=None if pulse is None else pulse.ended_at,
        dead=health.dead,
        stale=health.stale,
        minutes=None if pulse is None else pulse.minutes,
        legs=[] if pulse is None else [LegOut.model_validate(leg.model_dump()) for leg in pulse.legs],
    )
