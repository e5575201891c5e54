"""The fields of a report over HTTP."""

from typing import Any, Literal

from pydantic import BaseModel, Field, FiniteFloat

from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.reports.checks import Check
from dokuei.hub.reports.lexicon import lexicon
from dokuei.hub.reports.model import Case
from dokuei.hub.reports.structure import Answer, Structure, read, written

_LONGEST_WORD = 32
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
    kind: str = Field(max_length=_LONGEST_WORD)
    place: Words = Field(default_factory=dict, max_length=16)
    size_mm: list[FiniteFloat] = Field(default_factory=list, max_length=3)
    distance_mm: FiniteFloat | None = None
    descriptors: Words = Field(default_factory=dict, max_length=16)
    comparison: str = Field("", max_length=_LONGEST_WORD)
    category: str = Field("", max_length=8)
    note: str = Field("", max_length=1000)
    images: list[LinkShape] = Field(default_factory=list, max_length=64)


class StructureShape(Shape):
    """A report's fields beside its text; without a method it is text alone."""

    method: str = Field("", max_length=_LONGEST_WORD)
    scale: str = Field("", max_length=_LONGEST_WORD)
    facts: Words = Field(default_factory=dict, max_length=16)
    findings: list[FindingShape] = Field(default_factory=list, max_length=60)
    recommendation: str = Field("", max_length=_LONGEST_WORD)
    lexicon: str = Field("", max_length=40)


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


class FormOut(BaseModel):
    """The form for a case: its lists, with the words of both languages; no method where there is none."""

    version: str
    method: str
    scale: str
    form: dict[str, Any]
    scales: list[dict[str, Any]]
    places: list[dict[str, Any]]
    comparisons: list[dict[str, Any]]
    recommendations: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    diagram: dict[str, Any]


def structure_in(shape: StructureShape) -> Structure:
    """What was typed; which lists it is from is said here, whatever the page says."""
    value = shape.model_dump()
    return read({**value, "lexicon": lexicon().version if shape.method else ""})


def structure_out(structure: Structure) -> StructureShape:
    """As it was typed."""
    return StructureShape(**written(structure))


def answer_in(shape: AnswerShape) -> Answer:
    """A reason."""
    return Answer(shape.check, shape.about, shape.reason)


def check_out(check: Check) -> CheckOut:
    """A contradiction."""
    return CheckOut(check=check.check, about=check.about, answerable=check.answerable, count=check.count)


def form_out(case: Case, *, scale: str) -> FormOut:
    """The form for this case's modalities; ``scale`` is the centre's choice where the form offers it."""
    known = lexicon()
    method = known.method_of(case.modalities)
    form = dict(known.method(method))
    offered = form.get("scales", [])
    return FormOut(
        version=known.version,
        method=method,
        scale=scale if scale in offered else (offered or [""])[0],
        form=form,
        scales=[one for one in known.document["scales"] if one["value"] in offered],
        places=[known.places[name] for name in form.get("places", ())],
        comparisons=known.document["comparisons"],
        recommendations=known.document["recommendations"],
        checks=known.document["checks"],
        diagram=known.document["diagram"],
    )
