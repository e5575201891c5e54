"""Checks of lines: judged when they come in, kept with who measured where, shown to those whom the line concerns."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.secrets import new_id
from dokuei.hub.lines import store
from dokuei.hub.lines.limiting import Limiting
from dokuei.hub.lines.model import Check, Checker, State, Whence, line_of, range_of, state_of, without_place
from dokuei.hub.lines.sizing import Sizing
from dokuei.line.judge import judge
from dokuei.line.measured import Measured
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

_OWN: Final = 100
_HISTORY: Final = timedelta(days=92)
_MOST: Final = 2000


@dataclass(frozen=True)
class Standing:
    """What the line of somebody's device is known to be worth."""

    state: State
    last: Check | None


@dataclass(frozen=True)
class Checking:
    """The verbs on checks; ``device_of`` names the device of a session, ``place_of`` where its person says they sit."""

    database: Database
    limiting: Limiting
    sizing: Sizing
    device_of: Callable[[Connection, str], str]
    place_of: Callable[[Principal], str]

    def record(self, principal: Principal, measured: Measured, *, address: str) -> Check:
        """Judge and keep what somebody measured."""
        is_person = principal.person_id is not None
        checker = Checker("reader" if is_person else "program", principal.actor, principal.display_name)
        place = self.place_of(principal) if is_person else ""
        whence = Whence(self._device(principal), range_of(address), place)
        return self._keep(checker, whence, measured, site_ids=principal.sites_with(Permission.READ_IMAGES))

    def record_gateway(self, gateway_id: str, name: str, measured: Measured, *, site_id: str, address: str) -> Check:
        """The same for the line between a hospital's gateway and this hub."""
        checker = Checker("gateway", f"gateway:{gateway_id}", name)
        return self._keep(checker, Whence("", range_of(address)), measured, site_ids=[site_id])

    def own(self, principal: Principal) -> tuple[Check, ...]:
        """What somebody measured themselves, on whichever device."""
        with self.database.read() as connection:
            return store.own(connection, principal.actor, at_most=_OWN)

    def at_sites(self, principal: Principal) -> tuple[Check, ...]:
        """What was measured of lines over which images of this person's sites go.

        From which network somebody reads is for themselves and the centre's administrators.
        """
        sites = principal.sites_with(Permission.READ_GATEWAYS)
        with self.database.read() as connection:
            known = store.at_sites(connection, sites, since=now() - _HISTORY, at_most=_MOST)
        if Permission.ADMINISTER in principal.centre_permissions:
            return known
        return tuple(
            without_place(one) if one.checker.kind != "gateway" and one.checker.actor != principal.actor else one
            for one in known
        )

    def standing(self, principal: Principal, *, address: str | None = None) -> Standing:
        """What is known of the line that somebody sits at, from where they ask now."""
        device = self._device(principal)
        with self.database.read() as connection:
            last = store.last_of(connection, principal.actor, device)
        seen_from = None if address is None else range_of(address)
        return Standing(state_of(last, moment=now(), address_range=seen_from), last)

    def _device(self, principal: Principal) -> str:
        if principal.session_id is None:
            return ""
        with self.database.read() as connection:
            return self.device_of(connection, principal.session_id)

    def _keep(self, checker: Checker, whence: Whence, measured: Measured, *, site_ids: Collection[str]) -> Check:
        judged = judge(measured, self.sizing.sizes(), self.limiting.present().limits)
        new = Check(new_id(), line_of(checker, whence), checker, whence, now(), measured, judged)
        with self.database.begin() as connection:
            store.add(connection, new, site_ids=site_ids)
            hub_trail.append(
                connection,
                actor=checker.actor,
                event="line.checked",
                site_id=next(iter(site_ids)) if checker.kind == "gateway" else None,
                subject=new.check_id,
                details={
                    "verdict": new.verdict,
                    "address_range": whence.address_range,
                    "down_bits": round(measured.down_bits),
                    "up_bits": round(measured.up_bits),
                },
            )
        return new
