"""The fields of a report over HTTP."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, Field, FiniteFloat

from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.reports.added import OwnWord
from dokuei.hub.reports.checks import Check
from dokuei.hub.reports.forms import Word
from dokuei.hub.reports.lexicon import OWN, lexicon
from dokuei.hub.reports.model import Case
from dokuei.hub.reports.structure import Answer, Structure, read, written

LONGEST_WORD = 40
_LONGEST_REASON = 500
Words = dict[str, str]


class LinkShape(Shape):
    """One frame (from 1) on which a finding is seen."""

    sop_instance_uid: str = Field(max_length=64)
    frame: int = Field(ge=1, le=1_000_000)


class FindingShape(Shape):
    """One lesion of one breast; its words are from the form's lists."""

    number: int = Field(ge=1, le=999)
    side: Literal["right", "left"]
    kind: str = Field(max_length=LONGEST_WORD)
    place: Words = Field(default_factory=dict, max_length=16)
    size_mm: list[FiniteFloat] = Field(default_factory=list, max_length=3)
    distance_mm: FiniteFloat | None = None
    descriptors: Words = Field(default_factory=dict, max_length=16)
    comparison: str = Field("", max_length=LONGEST_WORD)
    category: str = Field("", max_length=8)
    note: str = Field("", max_length=1000)
    images: list[LinkShape] = Field(default_factory=list, max_length=64)


class StructureShape(Shape):
    """A report's fields beside its text; without a method it is text alone."""

    method: str = Field("", max_length=LONGEST_WORD)
    scale: str = Field("", max_length=LONGEST_WORD)
    facts: Words = Field(default_factory=dict, max_length=80)
    findings: list[FindingShape] = Field(default_factory=list, max_length=60)
    recommendation: str = Field("", max_length=LONGEST_WORD)
    lexicon: str = Field("", max_length=60)
    own: dict[str, Words] = Field(default_factory=dict, max_length=100)


class AnswerShape(Shape):
    """Why something that a check named stands as it is."""

    check: str = Field(max_length=40)
    about: str = Field("", max_length=40)
    reason: str = Field("", max_length=_LONGEST_REASON)


class CheckOut(BaseModel):
    """What is to be mended, or answered where that is possible."""

    check: str
    about: str
    answerable: bool
    count: int


class WordOut(BaseModel):
    """One word of a list."""

    value: str
    ja: str
    en: str


class CheckWordOut(WordOut):
    """What is said of a contradiction; a question names its answers."""

    values: list[WordOut] = []


class NumberOut(BaseModel):
    """A figure from 0: its unit as it is shown, and the largest that may be."""

    shown: str
    most: float


class AttributeOut(BaseModel):
    """One list: what is chosen from it, and whether it has to be; or a figure.

    ``when`` names other facts and the words of theirs with which this one is asked.
    """

    name: str
    ja: str
    en: str
    values: list[WordOut]
    required: bool = False
    number: NumberOut | None = None
    when: dict[str, list[str]] | None = None


class KindOut(WordOut):
    """One kind of finding: its lists, how the diagram draws it, and the physical key that begins one.

    ``places`` are names of the form's lists of places; ``categories`` what a finding may be given, by the scale.
    """

    method: str
    mark: str
    key: str = ""
    attributes: list[AttributeOut]
    places: list[str]
    sizes: list[str]
    distance: bool
    categories: dict[str, list[str]]


class ScaleOut(BaseModel):
    """How categories are given; ``severity`` has them from the least to the worst, ``edition`` is where from."""

    value: str
    ja: str
    en: str
    values: list[str]
    severity: list[str]
    edition: WordOut | None = None


class MethodOut(BaseModel):
    """The form of one method."""

    ja: str
    en: str
    methods: list[str]
    assessed_last: bool = False
    """Whether findings and comparison stand before assessment and management (REPORT-09)."""
    facts: list[AttributeOut]
    kinds: list[KindOut]


class OfferedFormOut(WordOut):
    """One form that a case may be reported in, and whose findings it takes."""

    methods: list[str]


class DiagramOut(BaseModel):
    """Where places lie: outward and up of the nipple, the breast's edge at 1."""

    quadrant: dict[str, tuple[float, float]]
    mlo: dict[str, float]
    cc: dict[str, float]


class FormOut(BaseModel):
    """The form for a case: its lists, with the words of both languages; no form where there is none for its method.

    ``offered`` are all forms that the case may be reported in, of which this is one.
    """

    version: str
    method: str
    offered: list[OfferedFormOut]
    scale: str
    form: MethodOut | None
    scales: list[ScaleOut]
    places: list[AttributeOut]
    comparisons: list[WordOut]
    recommendations: list[WordOut]
    checks: list[CheckWordOut]
    diagram: DiagramOut


def structure_in(shape: StructureShape) -> Structure:
    """What was typed; which lists it is from is said here, whatever the page says."""
    value = shape.model_dump()
    return read({**value, "lexicon": lexicon().version if shape.method else "", "own": {}})


def structure_out(structure: Structure) -> StructureShape:
    """As it was typed."""
    return StructureShape(**written(structure))


def answer_in(shape: AnswerShape) -> Answer:
    """A reason."""
    return Answer(shape.check, shape.about, shape.reason)


def check_out(check: Check) -> CheckOut:
    """A contradiction."""
    return CheckOut(check=check.check, about=check.about, answerable=check.answerable, count=check.count)


def form_out(case: Case, *, scale: str, method: str = "", own: Iterable[OwnWord] = ()) -> FormOut:
    """The form for this case's modalities; ``scale`` is the centre's choice where the case does not say what it is for.

    ``own`` are the words that the centre added to the lists.

    ``method`` names the form that a report is begun in; without it the case says which.
    """
    known = lexicon()
    fitting = known.methods_of(case.modalities)
    method = method if method in known.forms else next(iter(fitting), "")
    form = known.method(method)
    offered = form.get("scales", [])
    scale = _opening_scale(case, scale)
    added = _added(own)
    return FormOut.model_validate(
        {
            **known.document,
            "method": method,
            "offered": [{"value": one, **known.method(one)} for one in fitting],
            "scale": next((one for one in (scale, f"{scale}_us", *offered) if one in offered), ""),
            "form": _filled_form(form, added) if form else None,
            "scales": [known.scales[name] for name in offered],
            "places": _places(form),
            "comparisons": [*known.document["comparisons"], *added.get(("", "", "comparison"), ())],
            "recommendations": [*known.document["recommendations"], *added.get(("", "", "recommendation"), ())],
        }
    )


def _opening_scale(case: Case, scale: str) -> str:
    """A case that says what it is for opens with the scale of that; BI-RADS is for diagnosis too."""
    if case.screening:
        return "screening"
    return "diagnostic" if case.diagnostic and scale != "birads" else scale


Added = dict[tuple[str, str, str], list[dict[str, str]]]


def _added(words: Iterable[OwnWord]) -> Added:
    """The centre's own words by the method, the kind of finding and the list."""
    added: Added = {}
    for one in words:
        shown = {"value": f"{OWN}{one.word_id}", "ja": one.ja, "en": one.en}
        added.setdefault((one.method, one.kind, one.attribute), []).append(shown)
    return added


def _places(form: Word) -> list[Word]:
    """Every list of places that some kind of finding takes."""
    names = dict.fromkeys(name for kind in form.get("kinds", ()) for name in kind["places"])
    return [lexicon().places[name] for name in names]


def _filled_form(form: Word, added: Added) -> dict[str, Any]:
    """The form with the centre's own words at the end of their lists, and with the categories of each kind."""

    def filled(lists: Iterable[Word], methods: Iterable[str], kind: str) -> list[dict[str, Any]]:
        return [
            {**one, "values": [*one["values"], *(w for m in methods for w in added.get((m, kind, one["name"]), ()))]}
            for one in lists
        ]

    scales = lexicon().scales
    kinds = [
        {
            **kind,
            "attributes": filled(kind["attributes"], [kind["method"]], kind["of_method"]),
            "categories": {scale: scales[own]["values"] for scale, own in kind["scales"].items()},
        }
        for kind in form["kinds"]
    ]
    return {**form, "facts": filled(form["facts"], form["methods"], ""), "kinds": kinds}
