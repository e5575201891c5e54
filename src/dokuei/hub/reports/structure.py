"""What a report says in fields beside its text: findings of each breast, in words that a list defines."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

Side = Literal["right", "left"]
SIDES: tuple[Side, ...] = get_args(Side)
NOT_APPLICABLE = "NA"


@dataclass(frozen=True)
class ImageLink:
    """One frame (from 1) on which a finding is seen."""

    sop_instance_uid: str
    frame: int


@dataclass(frozen=True)
class Finding:
    """One lesion of one breast; ``number`` is how text, table and diagram name it."""

    number: int
    side: Side
    kind: str
    place: Mapping[str, str] = field(default_factory=dict)
    size_mm: tuple[float, ...] = ()
    distance_mm: float | None = None
    """From the nipple."""
    descriptors: Mapping[str, str] = field(default_factory=dict)
    comparison: str = ""
    category: str = ""
    note: str = ""
    images: tuple[ImageLink, ...] = ()


@dataclass(frozen=True)
class Structure:
    """The fields of one report; without a method it is text alone."""

    method: str = ""
    scale: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    recommendation: str = ""
    lexicon: str = ""
    """Version of the lists that the words are from (REPORT-08)."""
    own: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Words of the centre's own that are used, in both languages: what is signed keeps them."""


@dataclass(frozen=True)
class Answer:
    """Why something that a check named stands as it is; kept with the signed version."""

    check: str
    about: str
    reason: str


def written(structure: Structure) -> dict[str, Any]:
    """As JSON, the same whichever way round its fields were filled in."""
    value = asdict(structure)
    value["findings"] = [_written_finding(one) for one in structure.findings]
    return value


def read(value: Mapping[str, Any]) -> Structure:
    """From JSON as ``written`` made it."""
    return Structure(**{**value, "findings": tuple(_read_finding(one) for one in value["findings"])})


def written_answers(answers: tuple[Answer, ...]) -> list[dict[str, str]]:
    """As JSON, in one order."""
    return [asdict(one) for one in sorted(answers, key=lambda one: (one.check, one.about))]


def written_texts(structure: Structure, answers: tuple[Answer, ...]) -> tuple[str, ...]:
    """What was typed into fields."""
    return (*(one.note for one in structure.findings), *(one.reason for one in answers))


def _written_finding(finding: Finding) -> dict[str, Any]:
    value = asdict(finding)
    value["size_mm"] = list(finding.size_mm)
    value["images"] = [asdict(one) for one in finding.images]
    return value


def _read_finding(value: Mapping[str, Any]) -> Finding:
    images = tuple(ImageLink(**one) for one in value["images"])
    return Finding(**{**value, "size_mm": tuple(value["size_mm"]), "images": images})
