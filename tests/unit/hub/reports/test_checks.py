"""What contradicts itself is named, mended or answered; what is whole is left in peace."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.errors import RequestError
from dokuei.hub.reports.checks import Check, checks_of, demand_answered, needs_work_up, sides_in
from dokuei.hub.reports.lexicon import lexicon
from dokuei.hub.reports.model import Content
from dokuei.hub.reports.structure import Answer, Finding, ImageLink, Side, Structure
from tests.makers.report_document import content, known_images

MASS = Finding(1, "right", "mass", {"mlo": "U"}, category="4")
FORM = Structure("MG", "screening", {"density": "b"}, (MASS,), "biopsy")
TEXT = {"findings": "右乳房U領域に腫瘤を認める。左乳房に異常を認めない。", "impression": "右乳癌の疑い。"}


def said(structure: Structure = FORM, **changed: Any) -> Content:
    given = {**TEXT, "category_right": "4", "category_left": "1", "structure": structure, **changed}
    return content(known_images(2), **given)


def named(written: Content, **images: Any) -> list[tuple[str, str]]:
    return [(one.check, one.about) for one in checks_of(written, known_images(2, **images))]


def test_a_whole_report_is_left_in_peace() -> None:
    assert named(said()) == []
    normal = Structure("MG", "screening", {"density": "c"}, (), "routine")
    both = {"findings": "両側乳房に腫瘤、石灰化を認めません。", "impression": "異常なし。"}
    assert named(said(normal, **both, category_right="1", category_left="1")) == []


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"findings": "左乳房に腫瘤を認める。", "impression": "左乳癌の疑い。"}, ("side_text", "finding:1")),
        ({"findings": "Mass in the left breast.", "impression": ""}, ("side_text", "finding:1")),
        ({"findings": TEXT["findings"] + "左乳房に石灰化あり。"}, ("side_text", "left")),
        ({"category_right": "3"}, ("category_worst", "right")),
        ({"category_left": "4"}, ("category_unfounded", "left")),
        ({"impression": "異常なし。"}, ("category_text", "")),
        ({"category_right": "2", "category_left": "1"}, ("category_text", "")),
        ({"structure": replace(FORM, facts={})}, ("fact_missing", "density")),
        ({"structure": replace(FORM, recommendation="routine")}, ("category_recommendation", "")),
        ({"structure": replace(FORM, recommendation="")}, ("recommendation_missing", "")),
        ({"structure": replace(FORM, findings=(replace(MASS, category=""),))}, ("finding_unassessed", "finding:1")),
        ({"structure": replace(FORM, findings=(replace(MASS, place={}),))}, ("finding_unplaced", "finding:1")),
    ],
)
def test_a_contradiction_is_named(changed: dict[str, Any], wanted: tuple[str, str]) -> None:
    """REPORT-06, REPORT-10."""
    assert wanted in named(said(**changed))


@pytest.mark.parametrize(
    ("laterality", "wanted"), [("L", [("side_image", "finding:1")]), ("R", []), ("", []), ("B", [])]
)
def test_a_finding_on_the_other_breasts_image_is_named(laterality: str, wanted: list[tuple[str, str]]) -> None:
    """REPORT-10: code against image."""
    linked = replace(MASS, images=(ImageLink("1.2.3.4.1", 1),))
    assert named(said(replace(FORM, findings=(linked,))), laterality=laterality) == wanted


def test_an_image_that_was_linked_and_not_read_is_for_no_reason_to_answer() -> None:
    linked = replace(MASS, images=(ImageLink("1.2.3.4.1", 9),))
    written = said(replace(FORM, findings=(linked,)), answers=(Answer("link_unread", "finding:1", "急ぎ"),))
    with pytest.raises(RequestError, match="link_unread"):
        demand_answered(written, checks_of(written, known_images(2)))


@pytest.mark.parametrize(
    ("images", "wanted", "answerable"),
    [
        ({"lossy": True}, "mammogram_lossy", False),
        ({"proof": "kept"}, "mammogram_unproved", False),
        ({"lossy": True, "modality": "US", "sop_class_uid": "1.2"}, "image_lossy", True),
        ({"proof": "kept", "modality": "US", "sop_class_uid": "1.2"}, "image_unproved", True),
    ],
)
def test_a_doubtful_image_is_answered_for_but_never_a_mammogram(
    images: dict[str, Any], wanted: str, *, answerable: bool
) -> None:
    """No reason overrides a lossy or unproved mammogram."""
    found = checks_of(said(), known_images(2, **images))
    assert [(one.check, one.answerable, one.count) for one in found] == [(wanted, answerable, 2)]
    answered = said(answers=(Answer(wanted, "", "元画像がない"),))
    if answerable:
        assert demand_answered(answered, found) == answered.answers
    else:
        with pytest.raises(RequestError):
            demand_answered(answered, found)


def test_images_that_stayed_closed_are_counted_but_not_those_for_processing() -> None:
    known = known_images(5)
    read = content(known[:2]).images_read
    found = checks_of(said(images_read=read), known)
    assert [(one.check, one.count) for one in found] == [("images_unopened", 3)]
    raw = tuple(replace(one, sop_class_uid="1.2.840.10008.5.1.4.1.1.1.2.1") for one in known[2:])
    assert checks_of(said(images_read=read), known[:2] + raw) == ()


def test_a_blank_reason_and_a_reason_for_something_else_answer_nothing() -> None:
    for answer in (Answer("fact_missing", "density", " \n"), Answer("fact_missing", "fgt", "x"), None):
        written = said(replace(FORM, facts={}), answers=(answer,) if answer else ())
        with pytest.raises(RequestError, match="fact_missing"):
            demand_answered(written, checks_of(written, known_images(2)))


def test_only_answers_to_what_is_named_are_kept() -> None:
    given = (Answer("fact_missing", "density", "全摘後"), Answer("side_text", "left", "前回の話"))
    written = said(replace(FORM, facts={}), answers=given)
    assert demand_answered(written, checks_of(written, known_images(2))) == given[:1]


sides = st.sampled_from(["right", "left"])
WORDS = {"right": ["右乳房", "Right breast: "], "left": ["左乳房", "Left breast: "]}


@given(sides, sides, st.sampled_from([0, 1]), st.sampled_from(["mass", "calcification", "fad", "distortion"]))
def test_a_side_that_differs_is_always_named_and_one_that_agrees_never(
    coded: Side, spoken: Side, language: int, kind: str
) -> None:
    """REPORT-10: whatever the finding, and in either language."""
    word = lexicon().kind("MG", kind) or {}
    text = f"{WORDS[spoken][language]}{word['en' if language else 'ja']}。"
    finding = Finding(1, coded, kind, {"mlo": "M"}, category="3")
    categories = {"category_right": "3", "category_left": "1"}
    if coded == "left":
        categories = {"category_right": "1", "category_left": "3"}
    written = said(replace(FORM, findings=(finding,)), findings=text, impression="", **categories)
    assert (("side_text", "finding:1") in named(written)) is (coded != spoken)


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(["", "1", "3", "5", "N-1", "NA"]))
def test_no_text_breaks_the_checks(findings: str, impression: str, category: str) -> None:
    written = said(findings=findings, impression=impression, category_right=category)
    assert len(named(written)) == len(set(named(written)))


def test_a_text_of_before_the_fields_is_only_asked_what_it_can_answer() -> None:
    assert named(content(known_images(2))) == []
    other = content(known_images(2), findings="左乳房に腫瘤を認める。", impression="左乳癌の疑い。")
    assert set(named(other)) == {("side_text", "right"), ("side_text", "left")}


def test_sides_and_work_up() -> None:
    assert sides_in("左右差なし") == {"right", "left"}
    assert sides_in("bright area") == frozenset()
    assert [one for one in ("0", "1", "2", "3", "4A", "5", "6") if needs_work_up(one, "birads")] == ["0", "4A", "5"]
    assert [one for one in ("1", "2", "3", "5", "N-1") if needs_work_up(one, "screening")] == ["3", "5"]


def test_a_critical_finding_asks_for_the_call_and_a_recorded_one_answers_it() -> None:
    """重要所見: category 5 is told by voice before or soon after signing, or a reason stands in the report."""
    told = Content("左腫瘤。", "左乳癌の疑い。", "1", "5")
    assert Check("critical_uncalled", "left") in checks_of(told, (), called_back=False)
    assert Check("critical_uncalled", "left") not in checks_of(told, (), called_back=True)
    milder = Content("左腫瘤。", "左乳癌の疑い。", "1", "4")
    assert "critical_uncalled" not in {one.check for one in checks_of(milder, (), called_back=False)}
