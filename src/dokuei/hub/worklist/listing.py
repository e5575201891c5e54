"""The verbs on lists of cases: the whole, what has changed since, and what somebody looks for."""

from dataclasses import dataclass
from datetime import datetime

from dokuei.clock import now
from dokuei.dicom.folded import words_of
from dokuei.errors import RequestError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.worklist import store_lists
from dokuei.hub.worklist.model import Status
from dokuei.hub.worklist.service import Listing, WorklistService, people_of


@dataclass(frozen=True)
class Lists:
    """Cases as pages keep them."""

    worklist: WorklistService

    def list(
        self,
        principal: Principal,
        *,
        status: Status | None = None,
        site_id: str | None = None,
        modality: str | None = None,
        mine: bool = False,
    ) -> Listing:
        """The open cases of the sites that somebody may see, as they wait, and those that were finished last.

        ``mine``: those that they read.

        Raises:
            NotFoundError: a site that is not theirs.
        """
        sites = _sites(principal, site_id)
        reader = (principal.person_id or "") if mine else None
        moment = now()
        with self.worklist.database.read() as connection:
            items = store_lists.listed(connection, store_lists.Narrowed(sites, status, modality, reader))
            counted = store_lists.counts(connection, site_ids=sites, moment=moment)
        self.worklist.note_looks(principal, sites)
        return Listing(items, counted, self.worklist.people.names(people_of(items)), as_of=moment)

    def changed(self, principal: Principal, since: datetime) -> Listing:
        """What of the same list looks different since then: a page asks for the whole now and then."""
        sites, moment = _sites(principal, None), now()
        with self.worklist.database.read() as connection:
            items = store_lists.changed(connection, store_lists.Narrowed(sites), since=since, moment=moment)
        self.worklist.note_looks(principal, sites)
        return Listing(items, {}, self.worklist.people.names(people_of(items)), as_of=moment)

    def found(self, principal: Principal, text: str) -> Listing:
        """The latest cases, however old, in which every word is found: in a name, a number or a description.

        Raises:
            RequestError: no word.
        """
        words = words_of(text)
        if not words:
            raise RequestError("nothing to look for", phase="looking for cases", remedy="type a name or a number")
        sites, moment = _sites(principal, None), now()
        with self.worklist.database.read() as connection:
            items = store_lists.found(connection, store_lists.Narrowed(sites, priors=True), words)
        self.worklist.note_looks(principal, sites)
        return Listing(items, {}, self.worklist.people.names(people_of(items)), as_of=moment)


def _sites(principal: Principal, site_id: str | None) -> frozenset[str]:
    if site_id is None:
        return principal.sites_with(Permission.READ_WORKLIST)
    principal.demand(Permission.READ_WORKLIST, site_id)
    return frozenset({site_id})
