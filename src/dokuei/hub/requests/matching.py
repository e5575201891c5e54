"""Which study a request is about: by its UID or number, else a proposal by patient, day and modality."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from dokuei.hub.requests.identities import Comparison, Rules, folded_id
from dokuei.hub.requests.model import Content, Link, ReadingRequest, Reason, Study
from dokuei.transfer.orders import MODALITY_WORDS

SYSTEM = "system"
Compare = Callable[[Content, Study], Comparison]


def is_named(content: Content, study: Study) -> bool:
    """Whether the request names this study: by a UID that was given for it, or by accession number and issuer."""
    if study.study_instance_uid in content.worklist_study_instance_uids:
        return True
    if content.study_instance_uid:
        return content.study_instance_uid == study.study_instance_uid
    if not content.accession_number or content.accession_number != study.accession_number:
        return False
    issuers = folded_id(content.issuer_of_accession_number), folded_id(study.issuer_of_accession_number)
    return not all(issuers) or issuers[0] == issuers[1]


def could_be(content: Content, study: Study, comparison: Comparison) -> bool:
    """Whether a study may be the one that is meant: nobody else's, of that day, of that modality."""
    if study.prior or content.study_instance_uid or (content.accession_number and study.accession_number):
        return False
    return (
        comparison.verdict != "different"
        and "patient_id" in comparison.equal
        and content.examination_date in {"", study.study_date}
        and fits_modality(content.modality, study.modalities)
    )


def fits_modality(wanted: str, there: Iterable[str]) -> bool:
    """Whether what is asked for is among what is there; nothing asked fits everything."""
    wanted = wanted.strip().upper()
    return not wanted or MODALITY_WORDS.get(wanted, wanted) in set(there)


def judged(request: ReadingRequest, studies: Iterable[Study], compare: Compare, rules: Rules) -> tuple[Link, ...]:
    """How a request and each of the studies that it may be about belong together, before others are looked at."""
    links = []
    possible = []
    for study in studies:
        known = request.link_to(study.study_instance_uid)
        comparison = compare(request.content, study)
        if known is not None and known.settled:
            links.append(kept(known, comparison))
        elif known is not None and known.linked_by != SYSTEM:
            links.append(by_hand(study, comparison, by=known.linked_by))
        elif is_named(request.content, study):
            links.append(named(study, comparison))
        elif could_be(request.content, study, comparison):
            possible.append((study, comparison))
    if any(one.state in {"matched", "mismatch"} for one in links):
        return tuple(links)
    return (*links, *_proposed(request.content, possible, rules))


def named(study: Study, comparison: Comparison) -> Link:
    """A study that carries the request's number: one of another patient wants a decision, and so does doubt."""
    if comparison.verdict == "different":
        return _mismatch(study, comparison, SYSTEM)
    return Link(study.study_instance_uid, "matched" if comparison.verdict == "same" else "proposed")


def by_hand(study: Study, comparison: Comparison, *, by: str) -> Link:
    """A study that a person chose: doubt is decided by that, and what differs still wants a reason."""
    if comparison.verdict == "different":
        return _mismatch(study, comparison, by)
    return Link(study.study_instance_uid, "matched", linked_by=by, settled_by=by)


def _mismatch(study: Study, comparison: Comparison, by: str) -> Link:
    reasons: tuple[Reason, ...] = tuple(one.field for one in comparison.differences)
    return Link(study.study_instance_uid, "mismatch", reasons, comparison.differences, by)


def kept(known: Link, comparison: Comparison) -> Link:
    """A person's decision stays, unless what differs now is not what it was made about."""
    now = {(one.field, one.requested, one.in_images) for one in comparison.differences}
    then = {(one.field, one.requested, one.in_images) for one in known.differences}
    if known.state == "refused" or now <= then:
        return known
    return replace(
        known,
        state="mismatch",
        reasons=tuple(one.field for one in comparison.differences),
        differences=comparison.differences,
        settled_by=None,
        settled_because="",
    )


def crowded(link: Link, others: int) -> Link:
    """Two requests for one study are never silently both right."""
    if link.state != "matched" or not others or (link.settled and link.settled_because):
        return link
    return replace(link, state="mismatch", reasons=("two_requests",), settled_by=None)


def _proposed(content: Content, possible: list[tuple[Study, Comparison]], rules: Rules) -> tuple[Link, ...]:
    if len(possible) == 1 and rules.accept_unique_match and content.examination_date and content.modality:
        study, comparison = possible[0]
        if comparison.verdict == "same" and "birth_date" in comparison.equal:
            return (Link(study.study_instance_uid, "matched"),)
    return tuple(Link(study.study_instance_uid, "proposed") for study, _ in possible)
