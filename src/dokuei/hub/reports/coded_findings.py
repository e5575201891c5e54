"""A report's fields as coded items for the structured report; a word without a standard code gets one of ours."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dokuei.dicom.coded_content import LATERALITY, LEFT, PERCENT, RIGHT, CodedItem, Concept, Seen
from dokuei.hub.reports.examination import edition_of
from dokuei.hub.reports.forms import Word
from dokuei.hub.reports.lexicon import figure_of, lexicon, value_of, word_of
from dokuei.hub.reports.model import KnownImage
from dokuei.hub.reports.structure import Finding, Structure
from dokuei.hub.reports.structured_words import answered, ratio_of, structure_of

_OURS = "99DOKUEI"
_UNITS = {"mm": "millimeter", "{SUVbw}g/ml": "Standardized Uptake Value body weight"}
_SIZES = {
    "length": ("SCT", "410668003", "Length"),
    "width": ("SCT", "103355008", "Width"),
    "depth": ("SCT", "131197000", "Depth"),
    "height": ("DCM", "121207", "Height"),
}

_RESPONSES = {
    "CR": Concept("DCM", "112041", "Target Lesion Complete Response"),
    "PR": Concept("DCM", "112042", "Target Lesion Partial Response"),
    "SD": Concept("DCM", "112044", "Target Lesion Stable Disease"),
    "PD": Concept("DCM", "112043", "Target Lesion Progressive Disease"),
}


def coded_findings(document: Mapping[str, Any], images: Sequence[KnownImage]) -> tuple[CodedItem, ...]:
    """Each finding with its properties and images."""
    structure = structure_of(document)
    if not structure.method:
        return ()
    by_uid = {image.sop_instance_uid: image for image in images}
    return tuple(_finding(structure, one, by_uid) for one in structure.findings)


def coded_facts(document: Mapping[str, Any]) -> tuple[CodedItem, ...]:
    """What holds for the whole examination."""
    structure = structure_of(document)
    facts = lexicon().method(structure.method).get("facts", ())
    return tuple(_words(structure.method, facts, structure.facts, structure.own))


def coded_conclusions(document: Mapping[str, Any]) -> tuple[CodedItem, ...]:
    """How the whole is judged, what is to follow, and why something that was named as a contradiction stands."""
    structure = structure_of(document)
    recommended = word_of(lexicon().recommendations, structure.recommendation, structure.own)
    found = [*_of_examination(document, structure), *_of_response(document)]
    if recommended is not None:
        name = Concept("DCM", "111053", "Recommended Follow-up")
        found.append(CodedItem(name, _code_of(recommended, "recommendation")))
    for _, named, reason in answered(document):
        found.append(CodedItem(Concept(_OURS, "answered-check", "Why a check stands"), f"{named}: {reason}"))
    return tuple(found)


def _of_examination(document: Mapping[str, Any], structure: Structure) -> Iterator[CodedItem]:
    """The category of both breasts together, and the edition that it is from (REPORT-08)."""
    whole, edition = document.get("category_examination"), edition_of(document)
    if whole and not document.get("withdraws"):
        _, value = category_of(structure.method, structure.scale, whole)
        yield CodedItem(Concept(_OURS, "examination-category", "Category of the examination"), value)
        if edition is not None:
            name = Concept(_OURS, "category-edition", "Edition of the categories")
            yield CodedItem(name, Concept(_OURS, edition["value"], edition["en"]))


def _of_response(document: Mapping[str, Any]) -> Iterator[CodedItem]:
    """The sums of the targets' diameters and what they came to, as computed; the reader's judgement is a fact."""
    value = document.get("response")
    if value is None:
        return
    yield CodedItem(Concept(_OURS, "targets-before", "Sum of targets' diameters before therapy"), value["before_mm"])
    yield CodedItem(Concept(_OURS, "targets-now", "Sum of targets' diameters now"), value["now_mm"])
    change = Concept("DCM", "112051", "Measurement of Response")
    yield CodedItem(change, value["change_percent"], unit=PERCENT)
    yield CodedItem(Concept(_OURS, "response-computed", "Response as computed"), _RESPONSES[value["category"]])


def coded_categories(document: Mapping[str, Any]) -> tuple[tuple[Concept, Concept], ...] | None:
    """Right and left; None where the report is text alone."""
    structure = structure_of(document)
    if not structure.method:
        return None
    given = tuple(document[f"category_{side}"] or "NA" for side in ("right", "left"))
    return tuple(category_of(structure.method, structure.scale, one) for one in given)


def _finding(structure: Structure, finding: Finding, images: Mapping[str, KnownImage]) -> CodedItem:
    kind = _kind(structure, finding)
    return CodedItem(
        name=Concept("DCM", "121071", "Finding"),
        value=_code_of({**kind, "value": kind["of_method"]}, f"{kind['method']}-finding"),
        modifiers=(CodedItem(LATERALITY, RIGHT if finding.side == "right" else LEFT),),
        properties=tuple(_properties(structure, finding)),
        images=tuple(_seen(finding, images)),
    )


def _properties(structure: Structure, finding: Finding) -> Iterator[CodedItem]:
    known, kind = lexicon(), _kind(structure, finding)
    method = kind["method"]
    yield CodedItem(Concept("DCM", "121151", "Lesion Identifier"), str(finding.number))
    yield from _words(method, [known.places[name] for name in kind["places"]], finding.place, {})
    for name, length in zip(kind["sizes"], finding.size_mm, strict=False):
        yield CodedItem(Concept(*_SIZES[name]), length)
    ratio = ratio_of(structure, finding)
    if ratio is not None:
        yield CodedItem(Concept(_OURS, "us-depth-width-ratio", "Depth over width (D/W)"), f"{ratio:g}")
    if finding.distance_mm is not None:
        yield CodedItem(Concept("DCM", "121242", "Distance from nipple"), finding.distance_mm)
    yield from _words(method, kind["attributes"], finding.descriptors, structure.own)
    compared = word_of(known.comparisons, finding.comparison, structure.own)
    if compared is not None:
        yield CodedItem(Concept(_OURS, "comparison", "Change since the last examination"), _code_of(compared, "change"))
    if finding.category:
        yield CodedItem(*category_of(method, kind["scales"][structure.scale], finding.category))
    if finding.note.strip():
        yield CodedItem(Concept("DCM", "121106", "Comment"), finding.note)


def _kind(structure: Structure, finding: Finding) -> Word:
    """What the lists say of a finding's kind; one that they do not know has its name alone."""
    unknown = {"value": finding.kind, "of_method": finding.kind, "en": finding.kind, "method": structure.method}
    nothing = {"attributes": (), "places": (), "sizes": (), "scales": {structure.scale: structure.scale}}
    return lexicon().kind(structure.method, finding.kind) or unknown | nothing


def category_of(method: str, scale: str, category: str) -> tuple[Concept, Concept]:
    """A category under the name of its scale; one scale is never turned into another (REPORT-08)."""
    words = lexicon().scales[scale]
    if scale == "birads":
        name = Concept("DCM", "111005", "Assessment Category")
    else:
        name = Concept(_OURS, f"{method}-{scale}".lower(), f"{words['en']}: category")
    if category == "NA":
        return name, Concept("SCT", "385432009", "Not applicable")
    return name, Concept(_OURS, f"{scale}-{category}", f"{words['en']}: category {category}")


def _words(
    method: str, attributes: Sequence[Word], given: Mapping[str, str], own: Mapping[str, Mapping[str, str]]
) -> Iterator[CodedItem]:
    for attribute in attributes:
        value = value_of(attribute, given.get(attribute["name"], ""), own)
        if value is None:
            continue
        named = f"{method}-{attribute.get('named', attribute['name'])}"
        concept = Concept(*(attribute.get("concept") or (_OURS, named, attribute.get("meaning", attribute["en"]))))
        figure = figure_of(attribute, value["value"])
        modifiers = tuple(_modifiers(attribute))
        if figure is None:
            yield CodedItem(concept, _code_of(value, named), modifiers)
        else:
            unit = Concept("UCUM", attribute["number"]["unit"], _UNITS[attribute["number"]["unit"]])
            yield CodedItem(concept, figure, modifiers, unit=unit)


def _modifiers(attribute: Word) -> Iterator[CodedItem]:
    """Which breast a fact is of, and how it was come by."""
    if "side" in attribute:
        yield CodedItem(LATERALITY, RIGHT if attribute["side"] == "right" else LEFT)
    for one in attribute.get("modifiers", ()):
        yield CodedItem(Concept(*one["concept"]), Concept(*one["code"]))


def _seen(finding: Finding, images: Mapping[str, KnownImage]) -> Iterator[Seen]:
    for link in finding.images:
        image = images.get(link.sop_instance_uid)
        if image is not None:
            frame = link.frame if len(image.frames) > 1 else None
            yield Seen(image.sop_class_uid, link.sop_instance_uid, frame)


def _code_of(word: Word, under: str) -> Concept:
    return Concept(*(word.get("code") or (_OURS, f"{under}-{word['value']}", word["en"])))
