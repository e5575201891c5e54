"""The fields of a report as a person reads them, in Japanese and English: for the confirmation screen and on paper."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dokuei.hub.reports.forms import Word
from dokuei.hub.reports.lexicon import Lexicon, lexicon, value_of, word_of
from dokuei.hub.reports.linked_images import names_of
from dokuei.hub.reports.structure import Finding, Structure, read

_SIDES = {"right": {"ja": "右", "en": "Right"}, "left": {"ja": "左", "en": "Left"}}
LANGUAGES = ("ja", "en")


@dataclass(frozen=True)
class Said:
    """One field in both languages."""

    label: Mapping[str, str]
    value: Mapping[str, str]

    def line(self, language: str) -> str:
        """Label and value."""
        return f"{self.label[language]}: {self.value[language]}"


def structured_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Every field that is signed beside the text, each in Japanese and English; nothing for a text alone."""
    structure = structure_of(document)
    if structure.method:
        yield from said_lines(said_of_report(structure))
        yield from finding_lines(document)
        yield from said_lines(said_of_response(document))
    yield from answer_lines(document)


def said_lines(said: Iterable[Said]) -> Iterator[str]:
    """Fields, each in both languages."""
    for one in said:
        yield f"{one.line('ja')}  /  {one.line('en')}"


def finding_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Every finding in both languages, with what its images are called."""
    structure = structure_of(document)
    for finding in structure.findings:
        for language in LANGUAGES:
            yield f"[{finding.number}] {finding_line(structure, finding, language)}"
        for name in names_of(document, finding):
            yield f"    画像: {name['ja']}  /  Image: {name['en']}"
        if finding.note:
            yield f"    {finding.note}"


def answer_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Every check that was answered."""
    for ja, en, reason in answered(document):
        yield f"{ja}  /  {en}: {reason}"


def structure_of(document: Mapping[str, Any]) -> Structure:
    """Empty where it was signed before there were fields."""
    value = document.get("structure")
    return read(value) if value else Structure()


def said_of_report(structure: Structure) -> tuple[Said, ...]:
    """What holds for the whole report."""
    method, *facts = said_of_examination(structure)
    return (method, said_of_scale(structure), *facts, *said_of_management(structure))


def assessed_last(structure: Structure) -> bool:
    """Whether what was found stands before how it is judged and what is to follow (REPORT-09)."""
    return bool(lexicon().method(structure.method).get("assessed_last"))


def said_of_examination(structure: Structure) -> tuple[Said, ...]:
    """Method, and what holds for the whole examination."""
    method = lexicon().method(structure.method)
    return (Said({"ja": "検査方法", "en": "Method"}, method), *_said(method["facts"], structure.facts, structure.own))


def said_of_scale(structure: Structure) -> Said:
    """How categories are given."""
    return Said({"ja": "カテゴリーの体系", "en": "Categories"}, lexicon().scales[structure.scale])


def said_of_management(structure: Structure) -> tuple[Said, ...]:
    """What is to follow, where that is said."""
    recommended = word_of(lexicon().recommendations, structure.recommendation, structure.own)
    return (Said({"ja": "推奨", "en": "Recommendation"}, recommended),) if recommended else ()


def finding_line(structure: Structure, finding: Finding, language: str) -> str:
    """One finding: side, kind, place, size, descriptors, comparison, category."""
    head = f"{_SIDES[finding.side][language]} {_kind_word(structure, finding, language)}"
    separator = "、" if language == "ja" else ", "
    return separator.join([head, *(one.line(language) for one in said_of_finding(structure, finding))])


def _kind_word(structure: Structure, finding: Finding, language: str) -> str:
    """What was found, and by which method where two stand in one report."""
    form, kind = lexicon().method(structure.method), lexicon().kind(structure.method, finding.kind)
    if kind is None:
        return finding.kind
    word, method = kind[language], kind["method"]
    if len(form["methods"]) == 1:
        return str(word)
    return f"{word}（{method}）" if language == "ja" else f"{word} ({method})"


def said_of_finding(structure: Structure, finding: Finding) -> tuple[Said, ...]:
    """The fields of one finding that are filled in."""
    known = lexicon()
    kind: Word = known.kind(structure.method, finding.kind) or {"attributes": (), "places": ()}
    places = [known.places[name] for name in kind["places"]]
    described = _said(kind["attributes"], finding.descriptors, structure.own)
    found = [*_said(places, finding.place, {}), *_figures(finding), *described]
    compared = word_of(known.comparisons, finding.comparison, structure.own)
    if compared:
        found.append(Said({"ja": "前回比較", "en": "Comparison"}, compared))
    if finding.category:
        category = "N/A" if finding.category == "NA" else finding.category
        found.append(Said({"ja": "カテゴリー", "en": "Category"}, _same(category)))
    ratio = ratio_of(structure, finding)
    if ratio is not None:
        found.append(Said({"ja": "縦横比 D/W", "en": "D/W"}, _same(f"{ratio:g}")))
    if finding.images:
        found.append(Said({"ja": "画像", "en": "Images"}, _same(str(len(finding.images)))))
    return tuple(found)


def ratio_of(structure: Structure, finding: Finding) -> float | None:
    """Depth over width (D/W), where a method measures both."""
    kind = lexicon().kind(structure.method, finding.kind)
    if kind is None or kind["method"] != "US" or len(finding.size_mm) < 2:  # noqa: PLR2004 - width and depth
        return None
    return round(finding.size_mm[1] / finding.size_mm[0], 2)


def answered(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Each check that was answered, in both languages, with its reason."""
    known = lexicon()
    for one in document.get("answers", ()):
        named = known.checks.get(one["check"], {"ja": one["check"], "en": one["check"]})
        about = _about(known, structure_of(document), one["about"])
        chosen = {word["value"]: f"{word['ja']} / {word['en']}" for word in named.get("values", ())}
        reason = chosen.get(one["reason"], one["reason"])
        yield _joined(about["ja"], named["ja"]), _joined(about["en"], named["en"]), reason


def said_of_response(document: Mapping[str, Any]) -> tuple[Said, ...]:
    """What the targets of a therapy came to, as it was computed when it was signed; nothing where none was."""
    value = document.get("response")
    if value is None:
        return ()
    change = value["change_percent"]
    sums = f"{value['before_mm']:g} → {value['now_mm']:g} mm ({change:+.1f} %)"
    return (
        Said(
            {"ja": f"標的病変{value['targets']}個の径の和", "en": f"Sum of diameters of {value['targets']}"},
            _same(sums),
        ),
        Said({"ja": "計算上の判定", "en": "Response as computed"}, _same(f"{value['category']} (RECIST 1.1)")),
    )


def _about(known: Lexicon, structure: Structure, about: str) -> Mapping[str, str]:
    kind, _, number = about.partition(":")
    if kind == "finding":
        return {"ja": f"病変{number}", "en": f"finding {number}"}
    if kind == "text":
        return _same("")
    facts = {one["name"]: one for one in known.method(structure.method).get("facts", ())}
    return _SIDES.get(about) or facts.get(about) or _same(about)


def _figures(finding: Finding) -> Iterator[Said]:
    if finding.size_mm:
        yield Said({"ja": "大きさ", "en": "Size"}, _same(f"{'×'.join(f'{one:g}' for one in finding.size_mm)} mm"))
    if finding.distance_mm is not None:
        yield Said({"ja": "乳頭からの距離", "en": "Distance from nipple"}, _same(f"{finding.distance_mm:g} mm"))


def _said(attributes: Sequence[Word], given: Mapping[str, str], own: Mapping[str, Mapping[str, str]]) -> Iterator[Said]:
    for attribute in attributes:
        value = value_of(attribute, given.get(attribute["name"], ""), own)
        if value is not None:
            yield Said(attribute, value)


def _joined(about: str, named: str) -> str:
    return f"{about} {named}".strip()


def _same(text: str) -> Mapping[str, str]:
    return dict.fromkeys(LANGUAGES, text)
