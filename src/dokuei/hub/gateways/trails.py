"""What gateways tell of their own trails, kept in the hub's: from there it goes to the audit repository (LOG-06)."""

from dokuei.hub.gateways import store
from dokuei.hub.gateways.model import Gateway
from dokuei.storage.audit import Detail, hub_trail
from dokuei.storage.db import Database
from dokuei.transfer.trails import HeardTrail, ToldTrail, TrailEntry


def hear(database: Database, gateway: Gateway, told: ToldTrail) -> HeardTrail:
    """Keep what is new, in its order; what was told before, since an answer was lost, is not kept twice."""
    with database.begin() as connection:
        heard = store.heard_trail(connection, gateway.gateway_id)
        if told.until is None or told.until <= heard:
            return HeardTrail(until=heard)
        for one in sorted(told.entries, key=lambda entry: entry.sequence):
            if heard < one.sequence <= told.until:
                hub_trail.append(
                    connection,
                    actor=gateway.actor,
                    event=one.event,
                    site_id=gateway.site_id,
                    subject=one.subject,
                    details=_details(one),
                )
        store.note_heard_trail(connection, gateway.gateway_id, told.until)
    return HeardTrail(until=told.until)


def _details(entry: TrailEntry) -> dict[str, Detail]:
    """With when it was and who did it there, and its number in the gateway's trail."""
    there: dict[str, Detail] = {"at": entry.at.isoformat(), "actor": entry.actor, "sequence": entry.sequence}
    return {**entry.details, "gateway": there}
