"""The lists that a structured report is made of: words in Japanese and English, standard codes where there are any."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from dokuei.errors import RequestError
from dokuei.hub.reports.forms import Word, applies, forms_of, offered
from dokuei.hub.reports.structure import NOT_APPLICABLE, Finding, Structure

OWN = "own-"
"""Before the name of a word that a centre has added to a list."""
_FILE = Path(__file__).with_name("lexicon.json")
_MOST_FINDINGS = 60
_MOST_LINKS = 64
_MOST_SIZES = 3
_LARGEST_MM = 500.0
_LONGEST_NOTE = 1000
_COMMON = (("recommendation", "推奨", "Recommendation"), ("comparison", "前回比較", "Comparison"))
_OPEN_FACTS = frozenset({"technique"})
_FIGURE = re.compile(r"\d{1,4}(\.\d{1,2})?", re.ASCII)


@dataclass(frozen=True)
class OpenList:
    """A list that takes a centre's own words: of one kind of finding, of an examination, or of every report."""

    method: str
    kind: str
    attribute: str
    words: Word


@dataclass(frozen=True)
class Lexicon:
    """One version of the lists."""

    document: Mapping[str, Any]

    @property
    def version(self) -> str:
        """Kept with every report that uses it."""
        return str(self.document["version"])

    @cached_property
    def scales(self) -> Mapping[str, Word]:
        """How categories are given, by name."""
        return _by_value(self.document["scales"])

    @cached_property
    def places(self) -> Mapping[str, Word]:
        """How a place in the breast is given, by name."""
        return {one["name"]: one for one in self.document["places"]}

    @cached_property
    def comparisons(self) -> Mapping[str, Word]:
        """What became of a finding since the last examination."""
        return _by_value(self.document["comparisons"])

    @cached_property
    def recommendations(self) -> Mapping[str, Word]:
        """What is to follow."""
        return _by_value(self.document["recommendations"])

    @cached_property
    def checks(self) -> Mapping[str, Word]:
        """What is said of each contradiction; one that is a question names its answers."""
        return _by_value(self.document["checks"])

    @cached_property
    def forms(self) -> Mapping[str, Word]:
        """The form of each method, and of methods that stand in one study together, by name."""
        return forms_of(self.document)

    def method(self, method: str) -> Word:
        """The form of one method; empty where there is none."""
        return self.forms.get(method, {})

    def kind(self, method: str, kind: str) -> Word | None:
        """One kind of finding."""
        return _by_value(self.method(method).get("kinds", ())).get(kind)

    def open_lists(self) -> Iterator[OpenList]:
        """The lists that a centre may add words to; without a method they belong to every form."""
        for method, form in self.document["methods"].items():
            for fact in form["facts"]:
                if fact["name"] in _OPEN_FACTS:
                    yield OpenList(method, "", fact["name"], fact)
            for kind in form["kinds"]:
                for attribute in kind["attributes"]:
                    if "number" in attribute:
                        continue
                    yield OpenList(method, kind["value"], attribute["name"], attribute)
        for name, ja, en in _COMMON:
            yield OpenList("", "", name, {"name": name, "ja": ja, "en": en, "values": self.document[f"{name}s"]})

    def methods_of(self, modalities: Iterable[str]) -> tuple[str, ...]:
        """The forms that a study may be reported in; the first is taken where nobody chooses."""
        return offered(self.forms, modalities)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lists that this version of the program brings."""
    return Lexicon(json.loads(_FILE.read_text("utf-8")))


def value_of(attribute: Word, value: str, own: Mapping[str, Mapping[str, str]]) -> Word | None:
    """One word of a list; ``own`` are the centre's words that stand in the report itself."""
    if "number" in attribute:
        return _figure_word(attribute["number"], value)
    return word_of(_by_value(attribute["values"]), value, own)


def figure_of(attribute: Word, value: str) -> float | None:
    """What was measured, in the unit that the attribute names; None where it is no figure of it."""
    number = attribute.get("number")
    if number is None or not _FIGURE.fullmatch(value) or float(value) > number["most"]:
        return None
    return float(value)


def applicable(structure: Structure) -> Structure:
    """Without what belongs to a purpose or a breast that the report is not about: none of that is signed."""
    facts = {one["name"]: one for one in lexicon().method(structure.method).get("facts", ())}

    def kept(given: Mapping[str, str], known: Mapping[str, Word]) -> dict[str, str]:
        return {name: value for name, value in given.items() if applies(known.get(name, {}), structure.facts)}

    findings = []
    for one in structure.findings:
        kind = lexicon().kind(structure.method, one.kind) or {"attributes": ()}
        attributes = {attribute["name"]: attribute for attribute in kind["attributes"]}
        findings.append(replace(one, descriptors=kept(one.descriptors, attributes)))
    return replace(structure, facts=kept(structure.facts, facts), findings=tuple(findings))


def _figure_word(number: Word, value: str) -> Word | None:
    figure = figure_of({"number": number}, value)
    if figure is None:
        return None
    said = f"{figure:g} {number['shown']}"
    return {"value": value, "ja": said, "en": said}


def word_of(words: Mapping[str, Word], value: str, own: Mapping[str, Mapping[str, str]]) -> Word | None:
    """One word by its name, the centre's own ones among them."""
    return {"value": value, **own[value]} if value in own else words.get(value)


def demand_known(structure: Structure, categories: Iterable[str]) -> None:
    """Refuse words that are in no list, and figures that measure nothing.

    Raises:
        RequestError: names the field.
    """
    known = lexicon()
    method = known.method(structure.method)
    if not method:
        _demand(structure == Structure(), "method")
        return
    _demand(structure.scale in method["scales"], "scale")
    allowed = {"", NOT_APPLICABLE, *known.scales[structure.scale]["values"]}
    _demand(set(categories) <= allowed, "a category that this scale does not have")
    _demand(structure.recommendation in {"", *known.recommendations, *structure.own}, "recommendation")
    _demand_words(structure.facts, method["facts"], "facts", structure.own)
    _demand(len(structure.findings) <= _MOST_FINDINGS, "findings")
    numbers = [one.number for one in structure.findings]
    _demand(len(set(numbers)) == len(numbers), "two findings with one number")
    for finding in structure.findings:
        _demand_finding(finding, known, structure)


def _demand_finding(finding: Finding, known: Lexicon, structure: Structure) -> None:
    kind = known.kind(structure.method, finding.kind)
    if kind is None:
        raise _refusal("kind")
    categories = {"", NOT_APPLICABLE, *known.scales[kind["scales"][structure.scale]]["values"]}
    places = [known.places[name] for name in kind["places"]]
    _demand_words(finding.place, places, "place", {})
    _demand_words(finding.descriptors, kind["attributes"], "descriptors", structure.own)
    _demand(finding.comparison in {"", *known.comparisons, *structure.own}, "comparison")
    _demand(finding.category in categories, "a category that this scale does not have")
    _demand(len(finding.size_mm) <= _MOST_SIZES, "size_mm")
    lengths = (*finding.size_mm, *(() if finding.distance_mm is None else (finding.distance_mm,)))
    _demand(all(0 <= one <= _LARGEST_MM for one in lengths) and all(finding.size_mm), "size_mm")
    _demand(len(finding.note) <= _LONGEST_NOTE and len(finding.images) <= _MOST_LINKS, "note or images")


def _demand_words(
    given: Mapping[str, str], attributes: Sequence[Word], where: str, own: Mapping[str, Mapping[str, str]]
) -> None:
    by_name = {one["name"]: one for one in attributes}
    for name, value in given.items():
        _demand(name in by_name and (not value or value_of(by_name[name], value, own) is not None), where)


def _demand(fits: object, what: str) -> None:
    if not fits:
        raise _refusal(what)


def _refusal(what: str) -> RequestError:
    return RequestError(f"not in the lists of structured reports: {what}", phase="saving a report")


def _by_value(words: Iterable[Word]) -> dict[str, Word]:
    return {one["value"]: one for one in words}
