"""Joining requests and studies inside a transaction, whichever came first, and telling who must know."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from dokuei.hub.requests import papers, store, store_studies
from dokuei.hub.requests.identities import Comparison, Rules, compare, key_of
from dokuei.hub.requests.matching import SYSTEM, crowded, judged
from dokuei.hub.requests.model import Content, Link, ReadingRequest, Study, state_of
from dokuei.storage import outbox
from dokuei.storage.audit import hub_trail

REQUEST_CHANGED: Final = "request.changed"
REQUEST_JOINED: Final = "request.joined"
_JOINED: Final = frozenset({"matched", "mismatch"})


def lock(connection: Connection, site_id: str) -> Rules:
    """Let whatever joins requests and studies of one site queue: each sees what the one before it has written."""
    return store_studies.lock_site(connection, site_id)


def relink(connection: Connection, request: ReadingRequest, rules: Rules, *, actor: str = SYSTEM) -> ReadingRequest:
    """Find out anew which studies a request is about, and then what that means for the others about the same."""
    linked = _joined_anew(connection, request, rules, actor=actor)
    touched = {one.study_instance_uid for one in (*request.links, *linked.links)}
    _join_others(connection, request, touched, rules)
    papers.relink_of(connection, linked, rules)
    tell(connection, request.site_id, touched)
    return linked


def relink_study(connection: Connection, study: Study, rules: Rules) -> None:
    """Find out anew what a study is asked for."""
    keys = store_studies.one_person(connection, study.site_id, key_of(study.patient.patient_id))
    about = store.about_study(
        connection,
        study.site_id,
        study.study_instance_uid,
        accession_number=study.accession_number,
        keys=keys,
    )
    for one in about:
        linked = _joined_anew(connection, one, rules, actor=SYSTEM)
        tell(connection, study.site_id, {known.study_instance_uid for known in (*one.links, *linked.links)})
    papers.relink(connection, study, rules)


def decide(
    connection: Connection, request: ReadingRequest, links: Iterable[Link], rules: Rules, *, actor: str
) -> ReadingRequest:
    """A person's decision on a request's studies; what follows for others about the same is found out after it."""
    decided = _write(connection, request, tuple(links), actor=actor)
    touched = {one.study_instance_uid for one in (*request.links, *decided.links)}
    _join_others(connection, request, touched, rules)
    tell(connection, request.site_id, touched)
    return decided


def withdrawn(connection: Connection, request: ReadingRequest, rules: Rules) -> None:
    """A request is canceled: the others about its studies may be right now."""
    touched = {one.study_instance_uid for one in request.links}
    _join_others(connection, request, touched, rules)
    papers.relink_of(connection, request, rules)
    tell(connection, request.site_id, touched)


def tell(connection: Connection, site_id: str, study_instance_uids: Iterable[str]) -> None:
    """Let the cases of these studies hear of it after the transaction."""
    for study_instance_uid in sorted(study_instance_uids):
        told = {"site_id": site_id, "study_instance_uid": study_instance_uid}
        outbox.put(connection, REQUEST_CHANGED, told)


def compared(
    connection: Connection, request: ReadingRequest, studies: Iterable[Study], rules: Rules
) -> tuple[tuple[Study, Comparison], ...]:
    """A request's patient against that of each study, with what merges have made one."""
    patient = request.content.patient
    keys = store_studies.one_person(connection, request.site_id, key_of(patient.patient_id))
    return tuple((one, compare(patient, one.patient, rules, one_person=keys)) for one in studies)


def alone(connection: Connection, request: ReadingRequest, link: Link) -> Link:
    """The link, or a mismatch where an earlier request is about the same study already."""
    others = [
        one
        for one in store.linked(connection, request.site_id, link.study_instance_uid)
        if _is_before(one, request) and _is_joined(one, link.study_instance_uid)
    ]
    return crowded(link, len(others))


def _joined_anew(connection: Connection, request: ReadingRequest, rules: Rules, *, actor: str) -> ReadingRequest:
    content = request.content
    keys = store_studies.one_person(connection, request.site_id, key_of(content.patient.patient_id))
    known = {one.study_instance_uid for one in request.links}
    studies = store_studies.studies_for(connection, request.site_id, content, keys=keys, more=known)

    def held(asked: Content, study: Study) -> Comparison:
        return compare(asked.patient, study.patient, rules, one_person=keys)

    here = {one.study_instance_uid for one in studies}
    gone = (one for one in request.links if one.study_instance_uid not in here)
    images = [one for one in studies if not one.papers_only]
    found = (alone(connection, request, one) for one in judged(request, images, held, rules))
    return _write(connection, request, (*found, *gone), actor=actor)


def _join_others(connection: Connection, request: ReadingRequest, touched: set[str], rules: Rules) -> None:
    others = {
        one.request_id: one
        for study_instance_uid in sorted(touched)
        for one in store.linked(connection, request.site_id, study_instance_uid)
        if one.request_id != request.request_id and one.state != "canceled"
    }
    for one in sorted(others.values(), key=_order):
        _joined_anew(connection, one, rules, actor=SYSTEM)


def _write(connection: Connection, request: ReadingRequest, links: tuple[Link, ...], *, actor: str) -> ReadingRequest:
    state = state_of(links, canceled=request.state == "canceled")
    if set(links) == set(request.links) and state == request.state:
        return request
    linked = replace(store.put_links(connection, request, links), state=state)
    store.set_state(connection, request.request_id, state)
    outbox.put(connection, REQUEST_JOINED, {"site_id": request.site_id, "request_id": request.request_id})
    for one in links:
        before = request.link_to(one.study_instance_uid)
        if before is None or (before.state, before.reasons, before.settled_by) != (
            one.state,
            one.reasons,
            one.settled_by,
        ):
            _note(connection, request, one, actor=one.settled_by or actor)
    return linked


def _note(connection: Connection, request: ReadingRequest, link: Link, *, actor: str) -> None:
    """Which fields differ is on record, never what they say: the trail has no patient in it."""
    hub_trail.append(
        connection,
        actor=actor,
        event=f"request.{link.state}",
        site_id=request.site_id,
        subject=link.study_instance_uid,
        details={
            "request_id": request.request_id,
            "reasons": list(link.reasons),
            "differences": [one.field for one in link.differences],
            "because": link.settled_because,
        },
    )


def _is_before(one: ReadingRequest, other: ReadingRequest) -> bool:
    return one.state != "canceled" and _order(one) < _order(other)


def _is_joined(request: ReadingRequest, study_instance_uid: str) -> bool:
    link = request.link_to(study_instance_uid)
    return link is not None and link.state in _JOINED


def _order(request: ReadingRequest) -> tuple[str, str]:
    return request.placed_at.isoformat(), request.request_id
