"""Prometheus metrics of the gateway, on loopback alone: counts and ages, never a patient."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from typing_extensions import override

from dokuei.clock import now
from dokuei.gateway import forward_tables, order_tables, pulse_tables
from dokuei.gateway.quarantine import Quarantine
from dokuei.gateway.spool import Spool, State
from dokuei.gateway.spool_tables import received_object


@dataclass(frozen=True)
class GatewayCollector(Collector):
    """What is known at the moment of asking."""

    spool: Spool

    @override
    def collect(self) -> Iterator[Metric]:
        """Every figure, read anew."""
        at = now()
        with self.spool.database.read() as connection:
            c = received_object.c
            objects = {row[0]: row[1] for row in connection.execute(select(c.state, func.count()).group_by(c.state))}
            orders, contact = order_tables.counts(connection), forward_tables.contact(connection)
            pulse = pulse_tables.last(connection)
        states = GaugeMetricFamily("dokuei_spool_objects", "Objects by how far they have come.", labels=["state"])
        for state in State:
            states.add_metric([state.value], float(objects.get(state.value, 0)))
        yield states
        quarantined = Quarantine(self.spool.database, self.spool.folder).open_entries()
        yield GaugeMetricFamily("dokuei_quarantine", "Objects that wait for somebody.", value=float(quarantined))
        yield GaugeMetricFamily("dokuei_orders_waiting", "Orders that the hub does not know.", value=orders.waiting)
        yield GaugeMetricFamily("dokuei_orders_refused", "Orders that the hub refused.", value=orders.refused)
        yield GaugeMetricFamily("dokuei_orders_unread", "Messages nobody understood.", value=orders.quarantined)
        if contact.last_contact_at is not None:
            age = (at - contact.last_contact_at).total_seconds()
            yield GaugeMetricFamily("dokuei_hub_contact_age_seconds", "Since the hub answered last.", value=age)
        if pulse is not None:
            yield GaugeMetricFamily("dokuei_pulse_ok", "Whether the whole way works.", value=float(pulse.dead is None))
            age = (at - pulse.ended_at).total_seconds()
            yield GaugeMetricFamily("dokuei_pulse_age_seconds", "How old that word is.", value=age)
            legs = GaugeMetricFamily("dokuei_pulse_leg_ok", "Whether a leg of the way works.", labels=["leg"])
            for leg in pulse.legs:
                legs.add_metric([leg.name], float(leg.state != "dead"))
            yield legs


def serve_metrics(spool: Spool, port: int, stop: threading.Event) -> None:
    """Answer on loopback until the stop."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(GatewayCollector(spool))
    server, thread = start_http_server(port, addr="127.0.0.1", registry=registry)
    stop.wait()
    server.shutdown()
    server.server_close()
    thread.join()
