"""Deciding which study a request is about, where the hub may not (REC-10)."""

from dataclasses import dataclass, replace

from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.requests import linking, store_studies
from dokuei.hub.requests.identities import key_of
from dokuei.hub.requests.matching import by_hand
from dokuei.hub.requests.model import Difference, Link, ReadingRequest, Study, demand_open, demand_reason
from dokuei.hub.requests.placing import found
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

_PHASE = "deciding on a request"


@dataclass(frozen=True)
class Proposal:
    """A study that a request may be about, and in what the two differ."""

    study: Study
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Reconciling:
    """The verbs on the reconciliation list."""

    database: Database

    def studies(self, principal: Principal, request_id: str) -> tuple[Proposal, ...]:
        """Studies for a match by hand: the patient's, those with its number, and those of its day.

        Raises:
            NotFoundError, ForbiddenError: not a request that this person decides on.
        """
        with self.database.begin() as connection:
            known = found(connection, principal, request_id, Permission.RECONCILE)
            content, site_id = known.content, known.site_id
            rules = linking.lock(connection, site_id)
            keys = store_studies.one_person(connection, site_id, key_of(content.patient.patient_id))
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="request.studies.read",
                site_id=site_id,
                subject=known.request_id,
            )
            linked = {one.study_instance_uid for one in known.links}
            near = store_studies.studies_for(connection, site_id, content, keys=keys, more=linked)
            near = tuple(one for one in near if not one.papers_only)
            day = store_studies.studies_of_day(connection, site_id, content.examination_date)
            every = {one.study_instance_uid: one for one in (*near, *(day if content.examination_date else ()))}
            found_here = linking.compared(connection, known, every.values(), rules)
            return tuple(Proposal(one, held.differences) for one, held in found_here)

    def match(self, principal: Principal, request_id: str, study_instance_uid: str) -> ReadingRequest:
        """Say that a request is about a study; where they differ, it is a mismatch until somebody says why.

        Raises:
            NotFoundError: no such request or study at a site of theirs.
            ForbiddenError: no right to decide there.
            ConflictError: the request is canceled.
        """
        with self.database.begin() as connection:
            known = found(connection, principal, request_id, Permission.RECONCILE)
            demand_open(known)
            rules = linking.lock(connection, known.site_id)
            study = store_studies.find_study(connection, known.site_id, study_instance_uid)
            if study is None or study.papers_only:
                raise NotFoundError("no such study of images", phase=_PHASE)
            ((_, comparison),) = linking.compared(connection, known, (study,), rules)
            chosen = linking.alone(connection, known, by_hand(study, comparison, by=principal.actor))
            others = (one for one in known.links if one.study_instance_uid != study_instance_uid)
            links = (chosen, *(one for one in others if one.state != "proposed"))
            return linking.decide(connection, known, links, rules, actor=principal.actor)

    def unmatch(self, principal: Principal, request_id: str, because: str) -> ReadingRequest:
        """Say that a request is not about the study that it was taken to be about; nothing joins the two again.

        Raises:
            NotFoundError, ForbiddenError: not a request that this person decides on.
            RequestError: without a reason.
            ConflictError: it is joined to nothing.
        """
        because = demand_reason(because)
        with self.database.begin() as connection:
            known = found(connection, principal, request_id, Permission.RECONCILE)
            demand_open(known)
            rules = linking.lock(connection, known.site_id)
            shown = known.shown_link
            wrong = [shown] if shown else [one for one in known.links if one.state == "proposed"]
            if not wrong:
                raise ConflictError("this request is about no study yet", phase=_PHASE)
            links = [_settled(one, "refused", principal, because) if one in wrong else one for one in known.links]
            refused = linking.decide(connection, known, links, rules, actor=principal.actor)
            return linking.relink(connection, refused, rules)

    def resolve(self, principal: Principal, request_id: str, because: str) -> ReadingRequest:
        """Say that request and images belong together all the same, and why; both identifiers stay.

        Raises:
            NotFoundError, ForbiddenError: not a request that this person decides on.
            RequestError: without a reason.
            ConflictError: nothing is to be decided.
        """
        because = demand_reason(because)
        with self.database.begin() as connection:
            known = found(connection, principal, request_id, Permission.RECONCILE)
            demand_open(known)
            rules = linking.lock(connection, known.site_id)
            if known.state != "mismatch":
                raise ConflictError("there is no mismatch to resolve", phase=_PHASE, remedy="load it again")
            links = [
                _settled(one, "matched", principal, because) if one.state == "mismatch" else one for one in known.links
            ]
            return linking.decide(connection, known, links, rules, actor=principal.actor)


def _settled(link: Link, state: str, principal: Principal, because: str) -> Link:
    return replace(
        link,
        state="matched" if state == "matched" else "refused",
        settled_by=principal.actor,
        settled_because=because,
    )
