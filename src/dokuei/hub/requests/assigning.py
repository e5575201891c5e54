"""Deciding whose papers came in a study of their own, where the hub may not."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import Connection

from dokuei.errors import NotFoundError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.people import People
from dokuei.hub.requests import linking, papers, store_papers, store_studies
from dokuei.hub.requests.identities import Rules, compare, key_of
from dokuei.hub.requests.model import Difference, PapersLink, PapersState, ReadingRequest, Study, demand_reason
from dokuei.hub.requests.placing import found
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database
from dokuei.storage.lately import HOUR, Lately

_PHASE = "deciding whose papers these are"


@dataclass(frozen=True)
class Candidate:
    """A request that papers may belong to; ``state`` is None where only the patient speaks for it."""

    request: ReadingRequest
    state: PapersState | None
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class WaitingPapers:
    """A study of nothing but papers that belongs to no request yet."""

    study: Study
    site_name: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Assigning:
    """The verbs on papers that wait."""

    database: Database
    people: People
    looked: Lately = field(default_factory=lambda: Lately(HOUR), repr=False)

    def waiting(self, principal: Principal, site_id: str | None = None) -> tuple[WaitingPapers, ...]:
        """What waits at the sites where somebody may decide, the latest first.

        Raises:
            NotFoundError, ForbiddenError: a site at which they may not.
        """
        sites = principal.sites_with(Permission.RECONCILE)
        if site_id is not None:
            principal.demand(Permission.RECONCILE, site_id)
            sites = frozenset({site_id})
        with self.database.read() as connection:
            names = self.people.access.site_names(connection)
            rules = {one: store_studies.rules_of(connection, one) for one in sites}
            listed = tuple(
                WaitingPapers(
                    one, names.get(one.site_id, one.site_id), _candidates(connection, one, rules[one.site_id])
                )
                for one in store_papers.waiting(connection, sites)
            )
        self._note_look(principal, {one.study.site_id for one in listed})
        return listed

    def join(self, principal: Principal, request_id: str, study_instance_uid: str, because: str) -> ReadingRequest:
        """Say that papers belong to a request; where they name another patient, only with a reason.

        Raises:
            NotFoundError: no such request, or no such study of papers, at a site of theirs.
            ForbiddenError: no right to decide there.
            RequestError: they differ, and no reason is given.
        """
        with self.database.begin() as connection:
            request, study, rules = self._both(connection, principal, request_id, study_instance_uid)
            keys = store_studies.one_person(connection, request.site_id, key_of(study.patient.patient_id))
            held = compare(request.content.patient, study.patient, rules, one_person=keys)
            said = demand_reason(because) if held.differences else because.strip()
            link = PapersLink(request_id, study_instance_uid, "joined", held.differences, principal.actor, said)
            papers.write(connection, request.site_id, link, actor=principal.actor)
        return request

    def refuse(self, principal: Principal, request_id: str, study_instance_uid: str, because: str) -> ReadingRequest:
        """Say that papers do not belong to a request: nothing joins the two again by itself.

        Raises:
            NotFoundError, ForbiddenError: as above.
            RequestError: without a reason.
        """
        said = demand_reason(because)
        with self.database.begin() as connection:
            request, study, rules = self._both(connection, principal, request_id, study_instance_uid)
            link = PapersLink(request_id, study_instance_uid, "refused", (), principal.actor, said)
            papers.write(connection, request.site_id, link, actor=principal.actor)
            papers.relink(connection, study, rules)
        return request

    def _note_look(self, principal: Principal, site_ids: Collection[str]) -> None:
        """Say whose papers somebody saw, once an hour for each site (LOG-01): the page asks every few seconds."""
        fresh = [one for one in sorted(site_ids) if not self.looked.holds(principal.actor, one)]
        if not fresh:
            return
        with self.database.begin() as connection:
            for one in fresh:
                hub_trail.append(connection, actor=principal.actor, event="requests.papers.read", site_id=one)
        for one in fresh:
            self.looked.keep(principal.actor, one)

    @staticmethod
    def _both(
        connection: Connection, principal: Principal, request_id: str, study_instance_uid: str
    ) -> tuple[ReadingRequest, Study, Rules]:
        request = found(connection, principal, request_id, Permission.RECONCILE)
        rules = linking.lock(connection, request.site_id)
        study = store_studies.find_study(connection, request.site_id, study_instance_uid)
        if study is None or not study.papers_only:
            raise NotFoundError("no such study of papers", phase=_PHASE)
        return request, study, rules


def _candidates(connection: Connection, study: Study, rules: Rules) -> tuple[Candidate, ...]:
    links = {one.request_id: one for one in store_papers.of_study(connection, study.site_id, study.study_instance_uid)}
    candidates = []
    for request, held in papers.near(connection, study, rules):
        link = links.get(request.request_id)
        if link is None or link.state != "refused":
            candidates.append(Candidate(request, None if link is None else link.state, held.differences))
    return tuple(sorted(candidates, key=lambda one: one.state is None))
