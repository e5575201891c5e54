"""Requests as the rest of the hub sees them."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from dokuei.dicom.folded import words_of
from dokuei.errors import NotFoundError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.people import People
from dokuei.hub.requests import linking, store, store_papers, store_studies
from dokuei.hub.requests.assigning import Assigning
from dokuei.hub.requests.attaching import Attaching
from dokuei.hub.requests.exchange import Exchange
from dokuei.hub.requests.following import Following
from dokuei.hub.requests.identities import Rules
from dokuei.hub.requests.model import CaseRequest, PapersLink, ReadingRequest, State, Study, case_of
from dokuei.hub.requests.neighbours import Cases, Contracts
from dokuei.hub.requests.notices import Notices
from dokuei.hub.requests.placing import Placing
from dokuei.hub.requests.reconciling import Proposal, Reconciling
from dokuei.hub.requests.trial import Trial
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database
from dokuei.storage.lately import HOUR, Lately


@dataclass(frozen=True)
class Shown:
    """A request as a page shows it: with its case, the studies it may be about, and who decided."""

    request: ReadingRequest
    site_name: str
    worklist_item_id: str | None
    proposals: tuple[Proposal, ...]
    resolved_by: str | None
    papers: tuple[tuple[PapersLink, Study], ...] = ()


@dataclass(frozen=True)
class Listing:
    """Requests and how many stand in each state."""

    items: tuple[Shown, ...]
    counts: dict[str, int]


@dataclass(frozen=True)
class RequestsService:
    """Everything about requests goes through here."""

    database: Database
    people: People
    cases: Cases
    placing: Placing
    reconciling: Reconciling
    assigning: Assigning
    attaching: Attaching
    notices: Notices
    exchange: Exchange
    following: Following
    trial: Trial
    looked: Lately = field(default_factory=lambda: Lately(HOUR), repr=False)

    def list(
        self,
        principal: Principal,
        *,
        site_id: str | None = None,
        state: State | None = None,
        text: str = "",
        patient_id: str = "",
    ) -> Listing:
        """The requests of the sites that somebody may see, the latest first.

        ``text``: those in which every word is found; ``patient_id``: one patient's, whatever its spelling.

        Raises:
            NotFoundError: a site that is not theirs.
        """
        sites = principal.sites_with(Permission.READ_REQUEST)
        if site_id is not None:
            principal.demand(Permission.READ_REQUEST, site_id)
            sites = frozenset({site_id})
        with self.database.read() as connection:
            wanted = store.Wanted(state, patient_id, words_of(text))
            found = store.listed(connection, wanted, site_ids=sites)
            listing = Listing(self._shown(connection, found), store.counts(connection, site_ids=sites))
        for one in sorted(sites):
            self._note_look(principal, "requests.read", one, None)
        return listing

    def one(self, principal: Principal, request_id: str) -> Shown:
        """One request.

        Raises:
            NotFoundError: no such request at a site of theirs.
        """
        with self.database.read() as connection:
            known = store.find(connection, request_id, site_ids=principal.sites_with(Permission.READ_REQUEST))
            if known is None:
                raise NotFoundError("no such request", phase="looking a request up")
            shown = self._shown(connection, (known,))[0]
        self._note_look(principal, "request.read", known.site_id, known.request_id)
        return shown

    def of_case(self, principal: Principal, item_id: str) -> Shown:
        """The request that a case answers: one that wants a decision first, else the first one placed.

        Raises:
            NotFoundError: no such case at a site of theirs, or nobody asked for it.
        """
        sites = principal.sites_with(Permission.READ_REQUEST)
        with self.database.read() as connection:
            site_id, study_instance_uid = self.cases.study_of(connection, item_id, site_ids=sites)
            found = [
                (link.state, one)
                for one in store.linked(connection, site_id, study_instance_uid)
                if (link := one.link_to(study_instance_uid)) is not None and link.state != "proposed"
            ]
            if not found:
                raise NotFoundError("nobody has asked for this", phase="looking a request up")
            chosen = min(found, key=lambda one: (one[1].state == "canceled", one[0] != "mismatch"))[1]
            shown = self._shown(connection, (chosen,))[0]
        self._note_look(principal, "request.read", site_id, chosen.request_id)
        return shown

    def show(self, request: ReadingRequest) -> Shown:
        """A request that somebody has just written, as a page shows it."""
        with self.database.read() as connection:
            known = store.find(connection, request.request_id, site_ids={request.site_id})
            return self._shown(connection, (known or request,))[0]

    def study_changed(self, study: Study) -> None:
        """A study has come, or other things are known of it; bears being told twice."""
        with self.database.begin() as connection:
            rules = linking.lock(connection, study.site_id)
            if store_studies.find_study(connection, study.site_id, study.study_instance_uid) == study:
                return
            store_studies.put_study(connection, study)
            linking.relink_study(connection, study, rules)

    def study_gone(self, site_id: str, study_instance_uid: str) -> None:
        """A study's images were removed: nothing new is joined to it, what was joined stays on record."""
        with self.database.begin() as connection:
            linking.lock(connection, site_id)
            store_studies.forget_study(connection, site_id, study_instance_uid)
            store_papers.forget(connection, site_id, study_instance_uid)

    def case_of(self, site_id: str, study_instance_uid: str) -> CaseRequest:
        """What requests say of one case now."""
        with self.database.read() as connection:
            return case_of(study_instance_uid, store.linked(connection, site_id, study_instance_uid))

    def asked_here(self, site_id: str, *, since: datetime) -> tuple[ReadingRequest, ...]:
        """What was asked for lately at the hub itself, so that no gateway has heard of it; for the hub's own use."""
        with self.database.read() as connection:
            return store.placed_since(connection, site_id, sources=("portal", "fhir", "roster"), since=since)

    def rules(self, site_id: str) -> Rules:
        """How a site writes and what it lets be matched without a person."""
        with self.database.read() as connection:
            return store_studies.rules_of(connection, site_id)

    def set_rules(self, site_id: str, *, actor: str, **particulars: bool) -> Rules:
        """How a site writes and what it lets be matched without a person; what is not named stays."""
        with self.database.begin() as connection:
            rules = replace(linking.lock(connection, site_id), **particulars)
            store_studies.set_rules(connection, site_id, rules)
            hub_trail.append(
                connection, actor=actor, event="request.rules.changed", site_id=site_id, details=particulars
            )
        return rules

    def _shown(self, connection: Connection, found: Collection[ReadingRequest]) -> tuple[Shown, ...]:
        names = self.people.access.site_names(connection)
        people = self.people.names(_deciders(found))
        by_site: dict[str, set[str]] = {}
        for one in found:
            if link := one.shown_link:
                by_site.setdefault(one.site_id, set()).add(link.study_instance_uid)
        items = {
            (site_id, uid): item
            for site_id, uids in by_site.items()
            for uid, item in self.cases.items(connection, site_id, uids).items()
        }
        sites = {one.site_id for one in found}
        rules = {site_id: store_studies.rules_of(connection, site_id) for site_id in sites}
        ids = [one.request_id for one in found]
        papers = {
            request_id: held
            for site_id in sites
            for request_id, held in store_papers.of_requests(connection, site_id, ids).items()
        }
        return tuple(
            Shown(
                request=one,
                site_name=names.get(one.site_id, one.site_id),
                worklist_item_id=items.get((one.site_id, one.shown_link.study_instance_uid))
                if one.shown_link
                else None,
                proposals=_proposals(connection, one, rules[one.site_id]),
                resolved_by=_resolver(one, people),
                papers=papers.get(one.request_id, ()),
            )
            for one in found
        )

    def _note_look(self, principal: Principal, event: str, site_id: str, request_id: str | None) -> None:
        """Say what somebody saw, once an hour for each (LOG-01)."""
        act = (principal.actor, event, site_id, request_id or "")
        if self.looked.holds(*act):
            return
        with self.database.begin() as connection:
            hub_trail.append(connection, actor=principal.actor, event=event, site_id=site_id, subject=request_id)
        self.looked.keep(*act)


def is_mismatched(connection: Connection, site_id: str, study_instance_uid: str) -> bool:
    """Whether a decision about a study is wanting, asked inside the transaction of whoever claims or signs."""
    return store.is_mismatched(connection, site_id, study_instance_uid)


def answered_by(connection: Connection, site_id: str, study_instance_uid: str) -> frozenset[str]:
    """The requests that a study certainly answers, asked inside another slice's transaction."""
    return frozenset(
        one.request_id
        for one in store.linked(connection, site_id, study_instance_uid)
        if one.state != "canceled"
        and (link := one.link_to(study_instance_uid)) is not None
        and link.state in {"matched", "mismatch"}
    )


def requests_service(
    database: Database, blobs: Blobs, *, people: People, cases: Cases, contracts: Contracts
) -> RequestsService:
    """Wire requests from their parts."""
    placing, attaching = Placing(database, contracts, cases), Attaching(database, blobs)
    return RequestsService(
        database=database,
        people=people,
        cases=cases,
        placing=placing,
        reconciling=Reconciling(database),
        assigning=Assigning(database, people),
        attaching=attaching,
        notices=Notices(database, placing, attaching),
        exchange=Exchange(database, placing),
        following=Following(database, cases),
        trial=Trial(database, placing),
    )


def _proposals(connection: Connection, request: ReadingRequest, rules: Rules) -> tuple[Proposal, ...]:
    if request.state != "proposed":
        return ()
    proposed = {one.study_instance_uid for one in request.links if one.state == "proposed"}
    return tuple(
        Proposal(one, compared.differences)
        for one, compared in linking.compared(
            connection, request, store_studies.find_studies(connection, request.site_id, proposed), rules
        )
    )


def _deciders(found: Collection[ReadingRequest]) -> set[str]:
    said = (link.settled_by or "" for one in found for link in one.links)
    return {one.removeprefix("person:") for one in said if one.startswith("person:")}


def _resolver(request: ReadingRequest, people: dict[str, str]) -> str | None:
    link = request.shown_link
    if link is None or link.settled_by is None:
        return None
    return people.get(link.settled_by.removeprefix("person:"), link.settled_by)
