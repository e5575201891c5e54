"""A breast MRI by its purpose: what is asked, what contradicts itself, what the targets come to."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.errors import RequestError
from dokuei.hub.reports.checks import checks_of
from dokuei.hub.reports.coded_findings import coded_conclusions, coded_facts, coded_findings
from dokuei.hub.reports.lexicon import applicable, demand_known, lexicon
from dokuei.hub.reports.purposes import contradictions, fitting_n
from dokuei.hub.reports.response import response_of
from dokuei.hub.reports.structure import Finding, Structure
from dokuei.hub.reports.wording import shown_text
from tests.makers.report_document import content, known_images, report_document

SEEN = {"technique": "dynamic", "fgt": "b", "bpe": "mild"}
EXTENT = {
    **SEEN,
    "purpose": "extent",
    "index": "right",
    "contralateral": "none",
    "extent_length_right": "34",
    "t_size_right": "22.5",
    "clinical_t_right": "T2",
    "clinical_n_right": "N1",
    "node_level_1_right": "suspicious",
    "chest_wall_invasion_right": "none",
}
MASS = Finding(1, "right", "mass", {"quadrant": "C"}, (22.5, 18.0), category="6")
SPREAD = Structure("MR", "birads", EXTENT, (MASS,), "treatment")


def target(number: int, before: str, now: str, kind: str = "mass", **changed: Any) -> Finding:
    return Finding(
        number, "right", kind, {"quadrant": "C"}, descriptors={"before_mm": before, "now_mm": now}, **changed
    )


def treated(*findings: Finding, response: str = "") -> Structure:
    facts = {**SEEN, "purpose": "response", "residual": "present", "response": response}
    return Structure("MR", "birads", facts, findings, "treatment")


def with_facts(**facts: str) -> Structure:
    return replace(SPREAD, facts={**EXTENT, **facts})


def test_an_extent_that_agrees_is_left_in_peace() -> None:
    demand_known(SPREAD, ("6", "1"))
    assert list(contradictions(SPREAD)) == []
    written = content(known_images(1), structure=SPREAD, category_right="6", category_left="1", impression="右乳癌。")
    assert [one.check for one in checks_of(written, known_images(1))] == []


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"t_size_right": "20"}, ("stage_size", "clinical_t_right")),
        ({"t_size_right": "50.1"}, ("stage_size", "clinical_t_right")),
        ({"t_size_right": "", "extent_length_right": "60"}, ("stage_size", "clinical_t_right")),
        ({"clinical_t_right": "T0"}, ("stage_size", "clinical_t_right")),
        ({"extent_length_right": "20"}, ("extent_smaller", "extent_length_right")),
        ({"chest_wall_invasion_right": "present"}, ("stage_invasion", "clinical_t_right")),
        ({"clinical_t_right": "T4a"}, ("stage_invasion", "clinical_t_right")),
        ({"clinical_t_right": "T4b", "skin_invasion_right": "none"}, ("stage_invasion", "clinical_t_right")),
        ({"clinical_n_right": "N0"}, ("stage_nodes", "clinical_n_right")),
        ({"node_level_1_right": "none"}, ("stage_nodes", "clinical_n_right")),
        ({"node_internal_mammary_right": "suspicious"}, ("stage_nodes", "clinical_n_right")),
    ],
)
def test_what_contradicts_t_n_or_the_extent_is_named(facts: dict[str, str], wanted: tuple[str, str]) -> None:
    assert list(contradictions(with_facts(**facts))) == [wanted]
    assert wanted[0] in lexicon().checks


@pytest.mark.parametrize(
    ("stage", "size"),
    [
        ("T1mi", "1"),
        ("T1a", "1.1"),
        ("T1a", "5"),
        ("T1b", "10"),
        ("T1c", "20"),
        ("T2", "20.1"),
        ("T2", "50"),
        ("T3", "51"),
    ],
)
def test_the_limits_of_t_are_those_of_the_classification(stage: str, size: str) -> None:
    """UICC 8th: more than the lower limit, not more than the upper."""
    facts = {"clinical_t_right": stage, "t_size_right": size, "extent_length_right": "60"}
    assert list(contradictions(with_facts(**facts))) == []


@pytest.mark.parametrize(
    ("stations", "fitting"),
    [
        ((), {"N0"}),
        (("node_level_2",), {"N1", "N2a"}),
        (("node_internal_mammary",), {"N2b"}),
        (("node_level_1", "node_internal_mammary"), {"N3b"}),
        (("node_level_1", "node_level_3"), {"N3a"}),
        (("node_level_1", "node_supraclavicular"), {"N3c"}),
    ],
)
def test_stations_leave_the_n_of_the_classification(stations: tuple[str, ...], fitting: set[str]) -> None:
    assert fitting_n(stations) == fitting


def test_what_is_asked_depends_on_purpose_and_breast() -> None:
    written = content(known_images(1), structure=replace(SPREAD, facts={"purpose": "extent", "index": "both"}))
    missing = {one.about for one in checks_of(written, known_images(1)) if one.check == "fact_missing"}
    assert {"clinical_t_right", "clinical_t_left", "extent_length_right", "extent_length_left"} <= missing
    assert not missing & {"contralateral", "response", "interval"}
    watched = content(known_images(1), structure=replace(SPREAD, facts={**SEEN, "purpose": "hboc"}, findings=()))
    assert {one.about for one in checks_of(watched, known_images(1)) if one.check == "fact_missing"} == {"interval"}


def test_nothing_of_another_purpose_or_breast_is_signed() -> None:
    """A figure that was typed before the purpose was changed must not leave with the report."""
    mixed = with_facts(clinical_t_left="T3", response="PR", interval="year")
    mixed = replace(mixed, findings=(replace(MASS, descriptors={"before_mm": "40", "shape": "oval"}),))
    kept = applicable(mixed)
    assert not {"clinical_t_left", "response", "interval"} & set(kept.facts)
    assert kept.facts == EXTENT
    assert kept.findings[0].descriptors == {"shape": "oval"}
    assert report_document(known_images(1), structure=mixed)["structure"]["facts"] == EXTENT


@pytest.mark.parametrize("figure", ["-1", "501", "1e2", "1.234", "３", " 3", "mm", "nan"])
def test_what_is_no_figure_is_refused(figure: str) -> None:
    with pytest.raises(RequestError):
        demand_known(with_facts(extent_width_right=figure), ("6", "1"))


@pytest.mark.parametrize(
    ("targets", "category", "change"),
    [
        ([("mass", "40", "0")], "CR", -100.0),
        ([("mass", "40", "0"), ("lymph_node", "15", "9.9")], "CR", -82.0),
        ([("mass", "40", "0"), ("lymph_node", "15", "10")], "PR", -81.8),
        ([("mass", "40", "28")], "PR", -30.0),
        ([("mass", "40", "28.1")], "SD", -29.8),
        ([("mass", "40", "47.9")], "SD", 19.7),
        ([("mass", "40", "48")], "PD", 20.0),
        ([("mass", "10", "14")], "SD", 40.0),
        ([("mass", "30", "10"), ("nme", "30", "20")], "PR", -50.0),
    ],
)
def test_targets_come_to_what_recist_says(targets: list[tuple[str, str, str]], category: str, change: float) -> None:
    """RECIST 1.1: -30 % of the sum; +20 % and 5 mm; a node under 10 mm in its short axis is normal."""
    structure = treated(*(target(at, before, now, kind) for at, (kind, before, now) in enumerate(targets, 1)))
    demand_known(structure, ("6", "1"))
    found = response_of(structure)
    assert found is not None
    assert (found.category, found.change_percent, found.targets) == (category, change, len(targets))


def test_a_new_lesion_is_progress_and_one_time_alone_is_no_target() -> None:
    shrunk = target(1, "40", "0")
    new = Finding(2, "right", "mass", {"quadrant": "A"}, comparison="new")
    assert response_of(treated(shrunk, new)).category == "PD"  # type: ignore[union-attr]
    assert response_of(treated(target(1, "40", ""))) is None
    assert response_of(replace(treated(shrunk), facts={"purpose": "extent"})) is None


def test_a_judgement_that_is_not_the_computed_one_is_named_and_so_is_one_without_figures() -> None:
    shrunk = target(1, "40", "20")
    assert list(contradictions(treated(shrunk, response="PR"))) == []
    assert list(contradictions(treated(shrunk, response="CR"))) == [("response_differs", "response")]
    half = treated(target(1, "40", ""), response="SD")
    assert list(contradictions(half)) == [("target_half", "finding:1"), ("response_unmeasured", "response")]
    assert list(contradictions(treated(response="NE"))) == []


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500)), min_size=1, max_size=6))
def test_the_computed_response_never_contradicts_the_direction_of_the_sums(pairs: list[tuple[int, int]]) -> None:
    found = response_of(treated(*(target(at, str(a), str(b)) for at, (a, b) in enumerate(pairs, 1))))
    assert found is not None
    if found.category in {"CR", "PR"}:
        assert found.now_mm <= 0.7 * found.before_mm
    if found.category == "PD":
        assert found.now_mm >= max(1.2 * found.before_mm, found.before_mm + 5)


def test_the_extent_is_coded_by_breast_with_its_unit() -> None:
    """Standard codes where there are any: DCM 121242 is the distance from the nipple."""
    document = report_document(known_images(1), structure=with_facts(nipple_distance_right="12"))
    facts = {one.name.value: one for one in coded_facts(document)}
    distance = facts["121242"]
    assert (distance.value, distance.unit.value) == (12.0, "mm")
    assert [one.value.meaning for one in distance.modifiers if not isinstance(one.value, str | float)] == ["Right"]
    assert facts["MR-clinical_t"].value.meaning == "T2"  # type: ignore[union-attr]
    shown = shown_text(document)
    assert "右 広がりの最大径: 34 mm  /  Largest extent: length (right): 34 mm" in shown
    assert "右 臨床T分類（UICC第8版）: T2" in shown


def test_the_response_stands_in_text_and_codes_and_old_documents_have_none() -> None:
    document = report_document(known_images(1), structure=treated(target(1, "40", "20"), response="PR"))
    assert "標的病変1個の径の和: 40 → 20 mm (-50.0 %)" in shown_text(document)
    figures = {one.name.value: (one.value, one.unit.value) for one in coded_conclusions(document)}
    assert figures["targets-before"] == (40.0, "mm")
    assert figures["112051"] == (-50.0, "%")
    judged = next(one for one in coded_facts(document) if one.name.value == "112048")
    assert (judged.value.value, judged.modifiers[0].value.value) == ("112042", "126081")  # type: ignore[union-attr]
    old = {name: one for name, one in document.items() if name != "response"}
    assert "径の和" not in shown_text(old)
    assert "112051" not in {one.name.value for one in coded_conclusions(old)}


def test_the_suv_of_a_finding_has_the_unit_of_its_method() -> None:
    """PS3.16 TID 1419: the largest of the region, SUVbw in {SUVbw}g/ml."""
    lesion = Finding(1, "left", "uptake", {"quadrant": "C"}, descriptors={"suv_max": "7.4"})
    structure = Structure("PT", "none", {"purpose": "staging", "assessment": "breast"}, (lesion,))
    demand_known(structure, ("NA", "NA"))
    (found,) = coded_findings(report_document(known_images(1), structure=structure), known_images(1))
    suv = next(one for one in found.properties if one.name.value == "126401")
    assert (suv.value, suv.unit.value) == (7.4, "{SUVbw}g/ml")
    assert [one.value.value for one in suv.modifiers] == ["56851009"]  # type: ignore[union-attr]
    assert "SUVmax（体重補正）: 7.4 g/mL" in shown_text(report_document(known_images(1), structure=structure))
