"""Papers that came in a study of their own: never a case, and part of a request as soon as that is certain.

They are held against requests by the rules that images are held by, so that no paper joins a request on less; what
those rules leave open waits for a person.
"""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection

from dokuei.hub.requests import store, store_papers, store_studies
from dokuei.hub.requests.identities import Comparison, Rules, compare, key_of
from dokuei.hub.requests.matching import SYSTEM, could_be, is_named
from dokuei.hub.requests.model import PapersLink, ReadingRequest, Study
from dokuei.storage.audit import hub_trail

EVENTS = {
    "joined": "request.papers-joined",
    "refused": "request.papers-refused",
    "proposed": "request.papers-in-doubt",
    "mismatch": "request.papers-in-doubt",
}


def relink(connection: Connection, study: Study, rules: Rules) -> None:
    """Find out anew whose papers a study holds; one that holds a picture as well is no study of papers."""
    known = {one.request_id: one for one in store_papers.of_study(connection, study.site_id, study.study_instance_uid)}
    found = _judged(connection, study, known, rules) if study.papers_only else {}
    for request_id in known.keys() - found.keys():
        store_papers.forget(connection, study.site_id, study.study_instance_uid, request_id=request_id)
    for request_id, link in found.items():
        if link != known.get(request_id):
            write(connection, study.site_id, link, actor=link.settled_by or SYSTEM)


def relink_of(connection: Connection, request: ReadingRequest, rules: Rules) -> None:
    """The same for all papers that a request may be about, or was."""
    content = replace(request.content, study_instance_uid=None)
    keys = store_studies.one_person(connection, request.site_id, key_of(content.patient.patient_id))
    held = store_papers.of_requests(connection, request.site_id, {request.request_id}).get(request.request_id, ())
    more = {study.study_instance_uid for _, study in held}
    for study in store_studies.studies_for(connection, request.site_id, content, keys=keys, more=more):
        if study.papers_only:
            relink(connection, study, rules)


def write(connection: Connection, site_id: str, link: PapersLink, *, actor: str) -> None:
    """Keep a link, and say so; which fields differ is on record, never what they say."""
    store_papers.put(connection, site_id, link)
    hub_trail.append(
        connection,
        actor=actor,
        event=EVENTS[link.state],
        site_id=site_id,
        subject=link.study_instance_uid,
        details={
            "request_id": link.request_id,
            "state": link.state,
            "differences": [one.field for one in link.differences],
            "because": link.settled_because,
        },
    )


def near(connection: Connection, study: Study, rules: Rules) -> tuple[tuple[ReadingRequest, Comparison], ...]:
    """The open requests that a study of papers may belong to, each with how their patients compare."""
    keys = store_studies.one_person(connection, study.site_id, key_of(study.patient.patient_id))
    about = store.about_study(
        connection, study.site_id, study.study_instance_uid, accession_number=study.accession_number, keys=keys
    )
    return tuple((one, compare(one.content.patient, study.patient, rules, one_person=keys)) for one in about)


def _judged(connection: Connection, study: Study, known: dict[str, PapersLink], rules: Rules) -> dict[str, PapersLink]:
    about = near(connection, study, rules)
    certain = (_certain(known.get(one.request_id), one, study, held) for one, held in about)
    found = {one.request_id: one for one in certain if one is not None}
    if any(one.state == "joined" for one in found.values()):
        return found
    return found | {one.request_id: one for one in _possible(about, study, rules) if one.request_id not in found}


def _certain(
    known: PapersLink | None, request: ReadingRequest, study: Study, comparison: Comparison
) -> PapersLink | None:
    """What a person has said, else what the study's own number says; None where neither says anything."""
    if known is not None and known.settled_by is not None:
        return _kept(known, comparison)
    if not is_named(replace(request.content, study_instance_uid=None), study):
        return None
    link = PapersLink(request.request_id, study.study_instance_uid, "proposed", comparison.differences)
    if comparison.verdict == "different":
        return replace(link, state="mismatch")
    return replace(link, state="joined") if comparison.verdict == "same" else link


def _kept(known: PapersLink, comparison: Comparison) -> PapersLink:
    """A person's decision stays, unless what differs now is not what it was made about."""
    if known.state == "refused" or set(comparison.differences) <= set(known.differences):
        return known
    return replace(known, state="mismatch", differences=comparison.differences, settled_by=None, settled_because="")


def _possible(about: Iterable[tuple[ReadingRequest, Comparison]], study: Study, rules: Rules) -> tuple[PapersLink, ...]:
    """Requests of that patient and day: a paper has no modality of its own."""
    fitting = [
        (one, comparison)
        for one, comparison in about
        if could_be(replace(one.content, study_instance_uid=None, modality=""), study, comparison)
    ]
    links = tuple(PapersLink(one.request_id, study.study_instance_uid, "proposed") for one, _ in fitting)
    if len(fitting) == 1 and rules.accept_unique_match:
        ((request, comparison),) = fitting
        if comparison.verdict == "same" and request.content.examination_date:
            return (replace(links[0], state="joined"),)
    return links
