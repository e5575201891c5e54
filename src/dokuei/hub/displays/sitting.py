"""Which displays somebody sits at, as their device and their page say, and what that makes of a case (JRS-09)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.display.limits import Grade
from dokuei.errors import NotFoundError
from dokuei.hub.displays import store
from dokuei.hub.displays.model import Display, Reach, Screen, Seen, Standing, standing_at, use_of
from dokuei.hub.identity.model import Permission, Principal
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database


@dataclass(frozen=True)
class Sitting:
    """The verbs of whoever sits in front of a display; ``device_of`` names the device that a session is bound to."""

    database: Database
    device_of: Callable[[Connection, str], str]
    time_zone: str

    def choices(self, principal: Principal) -> tuple[Display, ...]:
        """The displays in use that somebody may sit at."""
        with self.database.read() as connection:
            known = store.displays(connection, reach=_reach(principal))
        return tuple(one for one in known if one.retired_at is None)

    def chosen(self, principal: Principal) -> tuple[Display, ...]:
        """Those that stand at this device."""
        with self.database.read() as connection:
            return self._chosen(connection, principal)

    def choose(self, principal: Principal, display_ids: Sequence[str]) -> None:
        """Say which of them stand at this device; none of them where there are none.

        Raises:
            NotFoundError: one that this person may not know of, or that is retired.
        """
        wanted, reach = list(dict.fromkeys(display_ids)), _reach(principal)
        with self.database.begin() as connection:
            known = [store.find(connection, one, reach=reach) for one in wanted]
            if any(one is None or one.retired_at is not None for one in known):
                raise NotFoundError("no such display", phase="choosing a display")
            device = self.device_of(connection, _session(principal))
            store.choose(connection, device, wanted, reach=reach, actor=principal.actor)
            first = known[0] if known else None
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="display.chosen",
                site_id=None if first is None else first.panel.site_id,
                subject=None if first is None else first.display_id,
                details={"displays": wanted},
            )

    def read_screen(self, principal: Principal, read: Screen) -> None:
        """What this page sees of its screen; another one than before stands in the trail."""
        with self.database.begin() as connection:
            before = store.screen_of(connection, _session(principal))
            store.put_screen(connection, _session(principal), read)
            if before is None or before[0] != read:
                details = {name: str(value) for name, value in asdict(read).items() if value is not None}
                hub_trail.append(
                    connection,
                    actor=principal.actor,
                    event="display.screen-read",
                    subject=_session(principal),
                    details=details,
                )

    def standing(self, principal: Principal, *, site_id: str, modalities: Collection[str]) -> Standing:
        """What somebody sits at now, for a case of that site."""
        with self.database.read() as connection:
            return self._judged(connection, principal, modalities, store.grades(connection, site_id))

    def standing_for_mammograms(self, principal: Principal) -> Standing:
        """The same where no case is open: for what takes the most."""
        with self.database.read() as connection:
            return self._judged(connection, principal, ("MG",), {})

    def _judged(
        self, connection: Connection, principal: Principal, modalities: Collection[str], grades: dict[str, Grade]
    ) -> Standing:
        moment = now()
        return standing_at(
            self._seen(connection, principal),
            use_of(modalities, grades),
            store.present_rules(connection),
            moment=moment,
            today=moment.astimezone(ZoneInfo(self.time_zone)).date(),
        )

    def _seen(self, connection: Connection, principal: Principal) -> tuple[Seen, ...]:
        """Each display of the device with its latest calibration, and the page's screen with all of them."""
        known = self._chosen(connection, principal)
        read, at = store.screen_of(connection, _session(principal)) or (None, None)
        records = store.calibrations(connection, [one.display_id for one in known])
        latest = {display_id: some[0] for display_id, some in records.items()}
        return tuple(Seen(one, latest.get(one.display_id), read, at) for one in known) or (Seen(None, None, read, at),)

    def _chosen(self, connection: Connection, principal: Principal) -> tuple[Display, ...]:
        device = self.device_of(connection, _session(principal))
        return store.at(connection, device, reach=_reach(principal))


def _reach(principal: Principal) -> Reach:
    """Displays of the sites whose images somebody sees; the centre's for those who write reports."""
    centre = Permission.WRITE_REPORT in principal.permissions
    return Reach(principal.sites_with(Permission.READ_IMAGES), centre)


def _session(principal: Principal) -> str:
    return principal.session_id or ""
