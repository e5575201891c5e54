"""Sites as pages show them to whoever may see them: register, contracts, and whom to call now."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dokuei.clock import now
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.sites.contracting import Scribe
from dokuei.hub.sites.contracts import Contract
from dokuei.hub.sites.model import Site
from dokuei.hub.sites.neighbours import Cases
from dokuei.hub.sites.register import Contact, Hours, Kept, hours_at, to_call
from dokuei.hub.sites.service import SitesService


@dataclass(frozen=True)
class Shown:
    """One site with all that is on record, on a day and at an hour of its clock."""

    site: Site
    kept: Kept
    contracts: tuple[Contract, ...]
    contacts: tuple[Contact, ...]
    today: date
    hours: Hours

    @property
    def tests_due(self) -> int:
        """How many contacts are to be tried (REPORT-14)."""
        return sum(one.test_due(self.today) for one in self.contacts)


@dataclass(frozen=True)
class Reachable:
    """Whom to call now at a case's site."""

    site: Site
    kept: Kept
    hours: Hours
    contacts: tuple[Contact, ...]
    today: date


@dataclass(frozen=True)
class Office:
    """The register as people see it; every question is scoped by what they may."""

    sites: SitesService
    cases: Cases
    time_zone: str
    known_anew: Callable[[], None] = lambda: None

    def add(self, principal: Principal, site: Site) -> Shown:
        """Register a hospital without a contract; what is remembered of people's sites is of before.

        Raises:
            RequestError, ConflictError: it cannot stand, or is there already.
        """
        self.sites.add(site, actor=principal.actor, contract=None)
        self.known_anew()
        return self.shown(site.site_id)

    def listed(self, principal: Principal) -> tuple[Shown, ...]:
        """The sites whose register somebody may read."""
        return self._shown(principal.sites_with(Permission.READ_SITE))

    def one(self, principal: Principal, site_id: str) -> Shown:
        """One of them.

        Raises:
            NotFoundError: no such site for this somebody.
            ForbiddenError: the permission is missing there.
        """
        principal.demand(Permission.READ_SITE, site_id)
        return self.shown(site_id)

    def shown(self, site_id: str) -> Shown:
        """One site, for whoever has just written about it."""
        self.sites.find(site_id)
        return self._shown({site_id})[0]

    def reachable(self, principal: Principal, item_id: str) -> Reachable:
        """Whom to call now about a case.

        Raises:
            NotFoundError: no such case at a site of theirs.
        """
        site_id = self.cases.site_of(item_id, site_ids=principal.sites_with(Permission.READ_MESSAGES))
        shown = self.shown(site_id)
        found = to_call(shown.contacts, shown.hours)
        return Reachable(shown.site, shown.kept, shown.hours, found, shown.today)

    def today(self) -> date:
        """Which day the centre's clock shows."""
        return self._local().date()

    def _local(self) -> datetime:
        return now().astimezone(ZoneInfo(self.time_zone))

    def _shown(self, site_ids: Collection[str]) -> tuple[Shown, ...]:
        moment = self._local()
        sites = [one for one in self.sites.every() if one.site_id in site_ids]
        ids = [one.site_id for one in sites]
        kept, contacts = self.sites.registering.entries(ids), self.sites.registering.contacts(ids)
        contracts = self.sites.contracting.of_sites(ids)
        return tuple(
            Shown(
                site=one,
                kept=kept[one.site_id],
                contracts=contracts[one.site_id],
                contacts=contacts[one.site_id],
                today=moment.date(),
                hours=hours_at(moment, kept[one.site_id].register, closed_on=one.closed_on),
            )
            for one in sites
        )


def scribe(principal: Principal) -> Scribe:
    """The person, as the record names them."""
    return Scribe(principal.actor, principal.display_name)
