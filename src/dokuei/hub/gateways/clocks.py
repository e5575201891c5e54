"""A gateway's clock: an alarm when it goes wrong, or nobody keeps it; an entry when it is right again (LOG-04)."""

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.hub.gateways import store
from dokuei.hub.gateways.model import Gateway, is_off
from dokuei.hub.identity.alerts import AlertKind, raise_alert
from dokuei.storage.audit import Detail, hub_trail
from dokuei.timekeeping import ClockState


def note_clock(connection: Connection, gateway: Gateway, ahead_ms: int | None) -> None:
    """It is more than a second off, or no longer is."""
    off = is_off(ahead_ms)
    if off == is_off(store.told_clock(connection, gateway.gateway_id)):
        return
    told: dict[str, Detail] = {"offset_seconds": f"{(ahead_ms or 0) / 1000:+.3f}", "gateway": gateway.name}
    _note(connection, gateway, "clock.drifted" if off else "clock.right", told)
    if off:
        raise_alert(connection, AlertKind.CLOCK_DRIFTED, person_id=None, details={"key": gateway.name, **told})


def note_timekeeping(connection: Connection, gateway: Gateway, state: ClockState) -> None:
    """No time server has kept it for long, or one keeps it again."""
    before = store.told_unkept(connection, gateway.gateway_id)
    after = before.after(state, at=now())
    if after == before:
        return
    store.tell_unkept(connection, gateway.gateway_id, after)
    if after.told == before.told:
        return
    told: dict[str, Detail] = {"gateway": gateway.name}
    _note(connection, gateway, "clock.unkept" if after.told else "clock.kept", told)
    if after.told:
        raise_alert(connection, AlertKind.CLOCK_UNKEPT, person_id=None, details={"key": gateway.name, **told})


def _note(connection: Connection, gateway: Gateway, event: str, told: dict[str, Detail]) -> None:
    hub_trail.append(
        connection,
        actor=gateway.actor,
        event=event,
        site_id=gateway.site_id,
        subject=gateway.gateway_id,
        details=told,
    )
