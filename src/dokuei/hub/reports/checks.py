"""What contradicts itself in a report: mended or answered with a reason before signing (REPORT-06, REPORT-10)."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dokuei.errors import RequestError
from dokuei.hub.reports.forms import applies
from dokuei.hub.reports.lexicon import applicable, lexicon
from dokuei.hub.reports.model import Content, KnownImage
from dokuei.hub.reports.purposes import contradictions
from dokuei.hub.reports.structure import SIDES, Answer, Finding, Side

SIGNIFICANT = "preliminary_significant"
UNFINALISED = "images_unfinalised"
DISPLAY = "display_invalid"
_FOR_PROCESSING = frozenset({"1.2.840.10008.5.1.4.1.1.1.2.1", "1.2.840.10008.5.1.4.1.1.13.1.4"})
_LATERALITY = {"R": "right", "L": "left"}
_RANKS = {"1": 1.0, "2": 2.0, "3": 3.0, "3-1": 3.1, "3-2": 3.2, "4": 4.0, "4A": 4.1, "4B": 4.2, "4C": 4.3}
_RANKS |= {"5": 5.0, "6": 6.0}
_WORK_UP = 3.0
_CRITICAL = 5.0
_SUSPICIOUS = 4.0
_NO_PLACE = frozenset({"other", "lymph_node", "distant"})
_ACTING = frozenset({"additional", "biopsy", "treatment"})
_BY_CATEGORY = {"N-1": {"repeat"}, "0": {"additional", "repeat"}, "6": {"treatment"}}
_RIGHT = re.compile(r"右|両|\bright\b|\bbilateral\b|\bboth\b", re.IGNORECASE)
_LEFT = re.compile(r"左|両|\bleft\b|\bbilateral\b|\bboth\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[。．\n]|\.\s")
_LESION = re.compile(
    r"腫瘤|石灰化|FAD|構築の乱れ|非対称|嚢胞|造影効果|\bmass|calcification|distortion|asymmetr|\bcyst|enhancement",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"なし|無し|無い|ない|認めず|ません|\bno\b|\bnot\b|without|absent|unremarkable|normal", re.IGNORECASE
)
_NORMAL = re.compile(r"異常なし|異常を認め(?:ない|ず|ません)|\bno abnormalit|\bnormal\b", re.IGNORECASE)
_SUSPICION = re.compile(r"要精検|悪性の疑い|癌の疑い|癌を疑|\bsuspicious\b|\bsuspected malignan", re.IGNORECASE)


@dataclass(frozen=True)
class Check:
    """One contradiction or gap; ``about`` is a side, ``finding:n``, a field's name, or empty for the whole report.

    ``text:…`` is of these very words: an answer to it says nothing of others.
    """

    check: str
    about: str = ""
    answerable: bool = True
    count: int = 0


def checks_of(
    content: Content,
    known: Iterable[KnownImage],
    *,
    called_back: bool = True,
    changed: Sequence[str] = (),
    reworded: bool = False,
    finalised: bool = True,
    display_blocks: bool = False,
) -> tuple[Check, ...]:
    """Everything that is to be mended or answered before this may be signed.

    ``changed``: what is significantly other than a preliminary report said, and nobody was told by voice: breasts by
    their category, or the whole report. ``reworded``: whether its reader is to say if the change is significant.
    """
    images = {image.sop_instance_uid: image for image in known}
    found = [] if finalised else [Check(UNFINALISED)]
    found += [Check(DISPLAY, answerable=False)] if display_blocks else []
    found += [*_of_images(content, images), *_of_sides(content, images), *_of_text(content)]
    if content.structure.method:
        found += [*_of_fields(content), *_of_categories(content), *_of_recommendation(content)]
        found += [Check(name, about) for name, about in contradictions(applicable(content.structure))]
    if not called_back:
        found += _of_calls(content)
    found += [Check(SIGNIFICANT, as_worded(content))] if reworded else []
    found += [Check("preliminary_changed", about) for about in changed]
    return tuple(dict.fromkeys(found))


def as_worded(content: Content) -> str:
    """What a judgement of diagnosis and recommendation is about: as they are worded now."""
    words = f"{content.impression.strip()}\0{content.structure.recommendation}"
    return f"text:{hashlib.sha256(words.encode()).hexdigest()[:12]}"


def is_suspicious(content: Content) -> bool:
    """Whether a breast has category 4 or more: such a report must not stay unread (JRS-12)."""
    return any(_RANKS.get(_category(content, side), 0.0) >= _SUSPICIOUS for side in SIDES)


def kept_answers(content: Content, checks: Sequence[Check]) -> tuple[Answer, ...]:
    """The answers to what is named now; what was mended needs none."""
    named = {(one.check, one.about) for one in checks if one.answerable}
    return tuple(one for one in content.answers if (one.check, one.about) in named and _answers(one))


def _answers(answer: Answer) -> bool:
    """A question takes one of its answers, everything else a reason."""
    values = {one["value"] for one in lexicon().checks.get(answer.check, {}).get("values", ())}
    return answer.reason in values if values else bool(answer.reason.strip())


def demand_answered(content: Content, checks: Sequence[Check]) -> tuple[Answer, ...]:
    """The reasons that are kept with what is signed.

    Raises:
        RequestError: names what is neither mended nor answered.
    """
    kept = kept_answers(content, checks)
    answered = {(one.check, one.about) for one in kept}
    left = [one for one in checks if (one.check, one.about) not in answered]
    if left:
        named = ", ".join(f"{one.check} ({one.about})" if one.about else one.check for one in left)
        raise RequestError(
            f"確認が必要な項目があります / neither mended nor answered: {named}",
            phase="preparing to sign",
            remedy="mend it, or give the reason why it stands",
        )
    return kept


def needs_work_up(category: str, scale: str) -> bool:
    """Whether a category asks for more (要精検: 3 and above; with BI-RADS 3 is watched, and 0 is open)."""
    if scale == "birads":
        return category in {"0", "4A", "4B", "4C", "5"}
    return _RANKS.get(category, 0.0) >= _WORK_UP or (category == "0" and scale.endswith("_us"))


def _of_images(content: Content, images: dict[str, KnownImage]) -> Iterator[Check]:
    opened = {one.sop_instance_uid for one in content.images_read}
    closed = [
        uid
        for uid, one in images.items()
        if uid not in opened and one.to_be_read and one.sop_class_uid not in _FOR_PROCESSING
    ]
    if opened and closed:
        yield Check("images_unopened", count=len(closed))
    doubts = Counter(_doubt(images[uid]) for uid in opened if uid in images)
    for doubt, count in sorted(doubts.items()):
        if doubt:
            yield Check(doubt, count=count, answerable=not doubt.startswith("mammogram"))


def _doubt(image: KnownImage) -> str:
    kind = "mammogram" if image.is_mammogram else "image"
    if image.lossy:
        return f"{kind}_lossy"
    return "" if image.proof == "proved" else f"{kind}_unproved"


def _of_sides(content: Content, images: dict[str, KnownImage]) -> Iterator[Check]:
    """Code against image: a finding on the other breast's picture (REPORT-10)."""
    read = {(one.sop_instance_uid, one.frame) for one in content.images_read}
    for finding in content.structure.findings:
        for link in finding.images:
            image = images.get(link.sop_instance_uid)
            if (link.sop_instance_uid, link.frame) not in read:
                yield Check("link_unread", _about(finding), answerable=False)
            elif image and _LATERALITY.get(image.laterality, finding.side) != finding.side:
                yield Check("side_image", _about(finding))


def _of_text(content: Content) -> Iterator[Check]:
    """Text against code: sides and the result."""
    structure = content.structure
    text = f"{content.findings}\n{content.impression}"
    said = sides_in(text)
    for finding in structure.findings:
        if said and finding.side not in said:
            yield Check("side_text", _about(finding))
    coded = {finding.side for finding in structure.findings}
    worst = {side: _RANKS.get(_category(content, side), 0.0) for side in SIDES}
    for side in SIDES:
        if said and side not in said and worst[side] >= _WORK_UP:
            yield Check("side_text", side)
        clean = worst[side] == 1.0 or bool(coded and side not in coded)
        if clean and _asserts_lesion(text, side):
            yield Check("side_text", side)
    if max(worst.values()) >= _WORK_UP and _NORMAL.fullmatch(content.impression.strip().rstrip("。.")):
        yield Check("category_text")
    if all(0.0 < rank < _WORK_UP for rank in worst.values()) and _suspects(content.impression):
        yield Check("category_text")


def sides_in(text: str) -> frozenset[Side]:
    """The breasts that a text names."""
    named = {"right": _RIGHT, "left": _LEFT}
    return frozenset(side for side in SIDES if named[side].search(text))


def _asserts_lesion(text: str, side: Side) -> bool:
    """Whether a sentence says a lesion of this breast and of no other, and does not deny it."""
    return any(
        _LESION.search(one) and not _DENIAL.search(one) and sides_in(one) == {side} for one in _SENTENCE.split(text)
    )


def _suspects(text: str) -> bool:
    return any(_SUSPICION.search(one) and not _DENIAL.search(one) for one in _SENTENCE.split(text))


def _of_fields(content: Content) -> Iterator[Check]:
    structure, known = content.structure, lexicon()
    for fact in known.method(structure.method)["facts"]:
        asked = fact.get("required") and applies(fact, structure.facts)
        if asked and not structure.facts.get(fact["name"]):
            yield Check("fact_missing", fact["name"])
    has_categories = bool(known.scales[structure.scale]["values"])
    for finding in structure.findings:
        kind = known.kind(structure.method, finding.kind) or {"of_method": finding.kind}
        if has_categories and not finding.category:
            yield Check("finding_unassessed", _about(finding))
        if kind["of_method"] not in _NO_PLACE and not any(finding.place.values()):
            yield Check("finding_unplaced", _about(finding))


def _of_categories(content: Content) -> Iterator[Check]:
    """Each breast's category against those of its findings: the worst wins."""
    for side in SIDES:
        rank = _RANKS.get(_category(content, side), 0.0)
        findings = [one for one in content.structure.findings if one.side == side]
        worst = max((_RANKS.get(one.category, 0.0) for one in findings), default=0.0)
        if rank and rank < worst:
            yield Check("category_worst", side)
        if rank >= _WORK_UP and not findings:
            yield Check("category_unfounded", side)


def _of_calls(content: Content) -> Iterator[Check]:
    """A critical finding (重要所見) is told by voice: a call back stands in the case's thread, or why not yet."""
    for side in SIDES:
        if _RANKS.get(_category(content, side), 0.0) == _CRITICAL:
            yield Check("critical_uncalled", side)


def _of_recommendation(content: Content) -> Iterator[Check]:
    """Category against what is to follow."""
    given, scale = content.structure.recommendation, content.structure.scale
    categories = [_category(content, side) for side in SIDES]
    needed = any(needs_work_up(one, scale) for one in categories)
    asked = [_BY_CATEGORY[one] for one in categories if one in _BY_CATEGORY]
    if not given:
        if needed or asked:
            yield Check("recommendation_missing")
        return
    settled = all(0.0 < _RANKS.get(one, 0.0) < _WORK_UP for one in categories)
    wrong = (needed and given == "routine") or (settled and given in _ACTING | {"repeat"})
    if wrong or (not needed and any(given not in fits for fits in asked)):
        yield Check("category_recommendation")


def _category(content: Content, side: Side) -> str:
    return content.category_right if side == "right" else content.category_left


def _about(finding: Finding) -> str:
    return f"finding:{finding.number}"
