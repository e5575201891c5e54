"""Where somebody reads: in the facility or elsewhere, at home for one, stands in every report (JRS-05)."""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum

from dokuei.hub.identity import store_access
from dokuei.hub.identity.model import Principal
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database


class Place(StrEnum):
    """Where a session's person sits; unknown until the network or they themselves have said so."""

    UNKNOWN = ""
    FACILITY = "facility"
    REMOTE = "remote"


@dataclass(frozen=True)
class Places:
    """The verbs on places; ``networks`` are the facility's own, in CIDR notation."""

    database: Database
    networks: tuple[str, ...] = ()

    def at(self, address: str) -> Place:
        """What an address says of where somebody sits; nothing where no networks are known."""
        if not self.networks:
            return Place.UNKNOWN
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return Place.UNKNOWN
        inside = any(known in ipaddress.ip_network(one) for one in self.networks)
        return Place.FACILITY if inside else Place.REMOTE

    def of(self, principal: Principal) -> Place:
        """Where this session's person sits."""
        with self.database.read() as connection:
            return Place(store_access.place_of(connection, principal.session_id or ""))

    def state(self, principal: Principal, place: Place) -> Place:
        """They say where they sit, which counts from now on in this session."""
        with self.database.begin() as connection:
            store_access.set_place(connection, principal.session_id or "", place.value)
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="session.place-stated",
                subject=principal.session_id,
                details={"place": place.value},
            )
        return place
