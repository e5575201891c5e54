"""The lists hold together: every word in both languages, every code a real one, and nothing else is taken."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from pydicom.sr._concepts_dict import concepts

from dokuei.errors import RequestError
from dokuei.hub.reports.coded_findings import coded_conclusions
from dokuei.hub.reports.examination import worst_of
from dokuei.hub.reports.lexicon import demand_known, lexicon
from dokuei.hub.reports.structure import Finding, Structure, read, written
from dokuei.hub.reports.structured_words import finding_line
from dokuei.hub.reports.wording import shown_text
from tests.makers.report_document import known_images, report_document

METHODS = ("MG", "US", "MR", "PT", "MG+US")
MASS = Finding(1, "right", "mass", {"mlo": "U"}, (12.0, 9.5), category="4")
FORM = Structure("MG", "screening", {"density": "b"}, (MASS,), "biopsy")


def words(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "ja" in value:
            yield value
        for one in value.values():
            yield from words(one)
    elif isinstance(value, list):
        for one in value:
            yield from words(one)


def test_every_word_stands_in_both_languages_and_once_in_its_list() -> None:
    for one in words(lexicon().document):
        assert one["ja"].strip()
        assert one["en"].strip()
        values = [value["value"] for value in one.get("values", ()) if isinstance(value, dict)]
        assert len(values) == len(set(values))


def test_every_code_is_one_of_its_scheme() -> None:
    """No code is made up: each stands in the standard's own context groups."""
    listed: dict[str, Any] = dict(concepts)
    known = {(scheme, code) for scheme, names in listed.items() for one in names.values() for code in one}
    codes = [one[name] for one in words(lexicon().document) for name in ("code", "concept") if name in one]
    assert len(codes) > 60
    assert {tuple(code[:2]) for code in codes} <= known


@pytest.mark.parametrize("method", METHODS)
def test_a_form_names_lists_that_there_are_and_keys_that_are_its_own(method: str) -> None:
    form = lexicon().method(method)
    assert {name for kind in form["kinds"] for name in kind["places"]} <= set(lexicon().places)
    assert {*form["scales"], *(own for kind in form["kinds"] for own in kind["scales"].values())} <= set(
        lexicon().scales
    )
    keys = [kind["key"] for kind in form["kinds"]]
    assert len(keys) == len(set(keys))
    assert "KeyN" not in keys


@pytest.mark.parametrize(
    ("modalities", "forms"),
    [
        (("MG",), ["MG"]),
        (("KO", "MG", "SR"), ["MG"]),
        (("CT", "PT"), ["PT"]),
        (("US", "MG"), ["MG+US", "MG", "US"]),
        (("MR", "PT"), ["MR", "PT"]),
        (("OT",), []),
        ((), []),
    ],
)
def test_a_study_gets_the_form_of_its_method_and_two_methods_that_of_both(
    modalities: tuple[str, ...], forms: list[str]
) -> None:
    assert list(lexicon().methods_of(modalities)) == forms


def test_two_methods_in_one_report_keep_their_own_lists_and_categories() -> None:
    """REPORT-08: a finding is judged as its own method has it, the breast as mammography has it."""
    seen = Finding(2, "left", "US.mass", {"clock": "2"}, (12.0, 9.0, 8.0), 35.0, {"halo": "present"}, category="0")
    both = replace(FORM, method="MG+US", findings=(replace(MASS, kind="MG.mass"), seen))
    demand_known(both, ("4", "N-1"))
    for wrong in (
        replace(both, findings=(replace(seen, kind="mass"),)),
        replace(both, findings=(replace(seen, place={"mlo": "U"}),)),
        replace(both, findings=(replace(seen, category="N-1"),)),
        replace(both, findings=(replace(MASS, kind="MG.mass", category="0"),)),
    ):
        with pytest.raises(RequestError):
            demand_known(wrong, ("4", "1"))
    assert "左 腫瘤（US）" in finding_line(both, seen, "ja")
    assert "縦横比 D/W: 0.75" in finding_line(both, seen, "ja")


@pytest.mark.parametrize("scale", sorted(lexicon().scales))
def test_each_scale_orders_all_its_categories_and_names_its_edition(scale: str) -> None:
    """REPORT-08: the examination has the category of the worse breast."""
    words = lexicon().scales[scale]
    assert sorted(words["severity"]) == sorted(words["values"])
    assert ("edition" in words) is bool(words["values"])
    for better, worse in pairwise(words["severity"]):
        assert worst_of(scale, (worse, better)) == worst_of(scale, (better, worse)) == worse
    assert worst_of(scale, ("NA", "NA")) == "NA"
    assert worst_of(scale, ("", "NA")) == ""


def test_an_examination_is_what_the_worse_breast_is_and_keeps_its_edition() -> None:
    """REPORT-08: both stand in the signed document and its text."""
    assert worst_of("screening", ("2", "N-1")) == "N-1"
    assert worst_of("birads", ("0", "6")) == "0"
    assert worst_of("birads", ("4A", "0")) == "4A"
    assert worst_of("screening", ("NA", "3")) == "3"
    value = report_document(known_images(1), structure=FORM)
    assert value["category_examination"] == "4"
    assert value["scale_edition"]["value"] == "mammography-4"
    shown = shown_text(value)
    assert "検査全体 4  /  Category: Right 4  Left 1  Examination 4" in shown
    assert "マンモグラフィガイドライン 第4版" in shown
    old = {name: one for name, one in value.items() if name not in {"category_examination", "scale_edition"}}
    assert "検査全体" not in shown_text(old)
    names = [one.name.value for one in coded_conclusions(value)]
    assert names == ["examination-category", "category-edition", "111053"]
    assert [one.name.value for one in coded_conclusions(old)] == ["111053"]


@pytest.mark.parametrize(
    ("structure", "categories"),
    [
        (replace(FORM, method="XX"), ("4", "1")),
        (replace(FORM, scale="diagnostic"), ("N-1", "1")),
        (replace(FORM, scale="screening"), ("4A", "1")),
        (replace(FORM, facts={"colour": "b"}), ("4", "1")),
        (replace(FORM, recommendation="prayer"), ("4", "1")),
        (replace(FORM, findings=(MASS, MASS)), ("4", "1")),
        (replace(FORM, findings=(replace(MASS, size_mm=(float("nan"),)),)), ("4", "1")),
        (replace(FORM, findings=(replace(MASS, size_mm=(-1.0,)),)), ("4", "1")),
        (replace(FORM, findings=(replace(MASS, distance_mm=1e9),)), ("4", "1")),
        (replace(FORM, findings=(replace(MASS, descriptors={"echo": "low"}),)), ("4", "1")),
        (Structure(findings=(MASS,)), ("4", "1")),
    ],
)
def test_what_is_in_no_list_is_refused(structure: Structure, categories: tuple[str, str]) -> None:
    with pytest.raises(RequestError):
        demand_known(structure, categories)


def test_what_is_in_the_lists_is_taken_and_reads_back() -> None:
    demand_known(FORM, ("4", "NA"))
    demand_known(Structure(), ("4", "1"))
    assert read(written(FORM)) == FORM
