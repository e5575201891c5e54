"""Prometheus metrics of the hub, asked for by a token of a scope of its own: counts and ages, never a patient."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

import dokuei
from dokuei.clock import now
from dokuei.hub.gateways.model import GatewayState
from dokuei.hub.gateways.service import GatewaysService
from dokuei.hub.identity.api import require
from dokuei.hub.identity.model import Permission, Principal
from dokuei.storage import outbox
from dokuei.transfer.pulses import LEGS, Health

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class HubCollector(Collector):
    """What is known at the moment of asking: a series a gateway and a leg of its way, and none without a bound."""

    def __init__(self, gateways: GatewaysService, site_ids: Collection[str]) -> None:
        self._gateways = gateways
        self._site_ids = site_ids

    @override
    def collect(self) -> Iterator[Metric]:
        """Every figure, read anew."""
        at = now()
        found = [one for one in self._gateways.gateways(self._site_ids) if one.gateway.revoked_at is None]
        healths = self._gateways.pulses.healths(found, at)
        yield _one("dokuei_build_info", "The running version.", ["version"], {(dokuei.__version__,): 1.0})
        with self._gateways.database.read() as connection:
            waiting = outbox.waiting(connection)
        yield _one("dokuei_events_waiting", "Events that have not been carried out.", [], {(): float(waiting)})
        yield from _of_gateways(found, at)
        yield from _of_pulses(found, healths, at)


def routes(gateways: GatewaysService) -> APIRouter:
    """The one route."""
    router = APIRouter(tags=["metrics"])

    @router.get("/metrics", response_class=Response)
    def metrics(token: Annotated[Principal, Depends(require(Permission.READ_METRICS))]) -> Response:
        """The metrics of the token's site in the text format."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(HubCollector(gateways, token.sites_with(Permission.READ_METRICS)))
        return Response(generate_latest(registry), media_type=_CONTENT_TYPE, headers={"Cache-Control": "no-store"})

    return router


def _of_gateways(found: list[GatewayState], at: datetime) -> Iterator[Metric]:
    figures: dict[str, tuple[str, Callable[[GatewayState], float]]] = {
        "dokuei_gateway_up": ("Whether a gateway was heard of just now.", lambda one: float(one.online(at))),
        "dokuei_gateway_quarantine": ("Objects that wait for the hospital.", lambda one: float(one.quarantine)),
        "dokuei_gateway_unread_orders": ("Messages nobody understood.", lambda one: float(one.unread_orders)),
        "dokuei_gateway_free_bytes": ("Room on the gateway's disk.", lambda one: float(one.free_bytes)),
        "dokuei_gateway_certificate_seconds": (
            "How long the gateway's certificate is good for.",
            lambda one: (one.gateway.certificate_not_after - at).total_seconds(),
        ),
    }
    for name, (text, figure) in figures.items():
        yield _one(name, text, ["gateway", "site"], {_labels(one): figure(one) for one in found})


def _of_pulses(found: list[GatewayState], healths: dict[str, Health], at: datetime) -> Iterator[Metric]:
    known = {_labels(one): healths[one.gateway.gateway_id] for one in found}
    works = {labels: float(health.dead is None) for labels, health in known.items() if health.pulse is not None}
    yield _one("dokuei_pulse_ok", "Whether the whole way works.", ["gateway", "site"], works)
    ages = {labels: (at - health.pulse.ended_at).total_seconds() for labels, health in known.items() if health.pulse}
    yield _one("dokuei_pulse_age_seconds", "How old that word is.", ["gateway", "site"], ages)
    legs = {
        (*labels, leg.name): float(leg.state != "dead")
        for labels, health in known.items()
        if health.pulse is not None
        for leg in health.pulse.legs
        if leg.name in LEGS
    }
    yield _one("dokuei_pulse_leg_ok", "Whether a leg of the way works.", ["gateway", "site", "leg"], legs)


def _labels(state: GatewayState) -> tuple[str, str]:
    return state.gateway.gateway_id, state.gateway.site_id


def _one(name: str, text: str, labels: list[str], values: Mapping[Any, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric(list(key), value)
    return family
