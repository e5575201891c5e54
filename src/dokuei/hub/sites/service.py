"""The verbs on the register of sites."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.sites import store
from dokuei.hub.sites.contracting import Contracting, Scribe, recorded, term_changed
from dokuei.hub.sites.contracts import Terms
from dokuei.hub.sites.model import Site, checked
from dokuei.hub.sites.registering import Registering
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

OPEN: Final = Terms()  # everything, without an end
_TERM: Final[tuple[str, ...]] = ("contract_from", "contract_until")


@dataclass(frozen=True)
class SitesService:
    """Hospitals and what was agreed with each."""

    database: Database

    @property
    def contracting(self) -> Contracting:
        """The verbs on contracts."""
        return Contracting(self.database)

    @property
    def registering(self) -> Registering:
        """The verbs on the facility register and its contacts."""
        return Registering(self.database)

    def add(self, site: Site, *, actor: str, contract: Terms | None = OPEN) -> Site:
        """Register a hospital, with its first contract; without one nothing may be asked for until there is one.

        Raises:
            RequestError: particulars that cannot stand.
            ConflictError: the slug is taken.
        """
        checked(site)
        with self.database.begin() as connection:
            if store.find(connection, site.site_id) is not None:
                raise ConflictError(f"there is a site {site.site_id} already", phase="registering a site")
            store.add(connection, site, actor=actor)
            hub_trail.append(
                connection, actor=actor, event="site.added", site_id=site.site_id, details={"name": site.name}
            )
            if contract is not None:
                recorded(connection, site.site_id, contract, by=Scribe(actor), because="registered with the hospital")
        return site

    def register_found(self, site_ids: Iterable[str], *, actor: str) -> tuple[str, ...]:
        """Register sites that were met in the archive and that nobody knows, so that their studies have a door.

        Raises:
            RequestError: an id that could not stand in addresses.
        """
        registered = []
        with self.database.begin() as connection:
            for site_id in sorted(set(site_ids) - store.names(connection).keys()):
                store.add(connection, checked(Site(site_id, site_id)), actor=actor)
                details = {"name": site_id, "because": "found in the archive"}
                hub_trail.append(connection, actor=actor, event="site.added", site_id=site_id, details=details)
                registered.append(site_id)
        return tuple(registered)

    def change(self, site_id: str, *, actor: str, **particulars: Any) -> Site:
        """Change a site's particulars; ``contract_from`` and ``contract_until`` are the term of its last contract.

        Raises:
            NotFoundError: no such site.
            RequestError: particulars that cannot stand.
        """
        term = {name: particulars.pop(name) for name in _TERM if name in particulars}
        with self.database.begin() as connection:
            known = store.find(connection, site_id, lock=True)
            if known is None:
                raise NotFoundError(f"no site {site_id}", phase="changing a site")
            changed = checked(replace(known, **particulars, site_id=site_id))
            if term:
                term_changed(connection, site_id, term=term, by=Scribe(actor))
            if not particulars:
                return changed
            store.change(connection, changed)
            hub_trail.append(
                connection,
                actor=actor,
                event="site.changed",
                site_id=site_id,
                details={name: str(value) for name, value in particulars.items()},
            )
        return changed

    def wants_pseudonyms(self, site_id: str) -> bool:
        """Whether patients of a site may be named by pseudonyms alone; nobody has chosen so for an unknown one."""
        with self.database.read() as connection:
            site = store.find(connection, site_id)
        return site is not None and site.identity_mode == "pseudonym"

    def finalising(self, site_ids: Collection[str]) -> frozenset[str]:
        """Those of the sites where a technologist confirms a study's images (REC-09)."""
        with self.database.read() as connection:
            return frozenset(one.site_id for one in store.every(connection) if one.images_finalised) & set(site_ids)

    def find(self, site_id: str) -> Site:
        """One site.

        Raises:
            NotFoundError: no such site.
        """
        known = self.known(site_id)
        if known is None:
            raise NotFoundError(f"no site {site_id}", phase="reading the register of sites")
        return known

    def known(self, site_id: str) -> Site | None:
        """One site, or None: images of a site that nobody has registered yet are kept, and have no terms."""
        with self.database.read() as connection:
            return store.find(connection, site_id)

    def every(self) -> tuple[Site, ...]:
        """All sites."""
        with self.database.read() as connection:
            return store.every(connection)
