"""Which display somebody sits at, as their device and their page say, and what that makes of a case (JRS-09)."""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.display.limits import Grade
from dokuei.errors import NotFoundError
from dokuei.hub.displays import store
from dokuei.hub.displays.model import Display, Reach, Screen, Seen, Standing, standing_of, use_of
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

    def choose(self, principal: Principal, display_id: str | None) -> None:
        """Say which one this device stands at, or that it is none of them.

        Raises:
            NotFoundError: no such display that this person may know of.
        """
        with self.database.begin() as connection:
            known = None
            if display_id is not None:
                known = store.find(connection, display_id, reach=_reach(principal))
                if known is None or known.retired_at is not None:
                    raise NotFoundError("no such display", phase="choosing a display")
            store.choose(connection, self.device_of(connection, _session(principal)), display_id, actor=principal.actor)
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="display.chosen",
                site_id=None if known is None else known.panel.site_id,
                subject=display_id,
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
        return standing_of(
            self._seen(connection, principal),
            use_of(modalities, grades),
            store.present_rules(connection),
            moment=moment,
            today=moment.astimezone(ZoneInfo(self.time_zone)).date(),
        )

    def _seen(self, connection: Connection, principal: Principal) -> Seen:
        session_id = _session(principal)
        known = store.at(connection, self.device_of(connection, session_id), reach=_reach(principal))
        read, at = store.screen_of(connection, session_id) or (None, None)
        if known is None:
            return Seen(screen=read, screen_read_at=at)
        records = store.calibrations(connection, [known.display_id]).get(known.display_id, ())
        return Seen(known, records[0] if records else None, read, at)


def _reach(principal: Principal) -> Reach:
    """Displays of the sites whose images somebody sees; the centre's for those who write reports."""
    centre = Permission.WRITE_REPORT in principal.permissions
    return Reach(principal.sites_with(Permission.READ_IMAGES), centre)


def _session(principal: Principal) -> str:
    return principal.session_id or ""
