"""Whatever category the reading centre can give, the hospital's system shows it in Japanese."""

import re

import pytest

from dokuei.gateway.hl7.category_words import category_name, category_value
from dokuei.hub.reports.coded_findings import category_of
from dokuei.hub.reports.lexicon import lexicon

_ENGLISH = re.compile(r"[Cc]ategory|screening|diagnostic|Japan|edition")
_GIVEN = sorted(
    (method, scale, value)
    for method in ("MG", "US", "MR", "PT", "MG+US")
    for scale in lexicon().method(method)["scales"]
    for value in lexicon().scales[scale]["values"]
)


@pytest.mark.parametrize(("method", "scale", "value"), _GIVEN)
def test_every_category_of_every_scale_has_words(method: str, scale: str, value: str) -> None:
    """REPORT-08: the scale is named with the category, in the words that the reader chose it by."""
    concept, given = category_of(method, scale, value)
    name, told = category_name(concept.value), category_value(given.value, of=concept.value)
    assert name is not None
    assert told is not None
    assert not _ENGLISH.search(name + told)
    assert told.endswith(f" {value}")
    assert told.startswith(lexicon().scales[scale]["ja"])


def test_the_scales_that_are_given_are_all_there_are() -> None:
    assert {scale for _, scale, _ in _GIVEN} == set(lexicon().scales) - {"none"}


def test_every_edition_is_named_as_in_the_lists() -> None:
    editions = [scale["edition"] for scale in lexicon().scales.values() if "edition" in scale]
    assert editions
    assert all(category_value(one["value"], of="category-edition") == one["ja"] for one in editions)


def test_other_codes_are_left_alone() -> None:
    assert category_name("121071") is None
    assert category_value("mass", of="121071") is None
    assert category_value("screening", of="mg-screening") is None
    assert category_value("screening-3", of="category-edition") is None


def test_a_category_and_an_edition_of_one_code_are_told_apart() -> None:
    """BI-RADS 5 and its fifth edition have the same code of ours."""
    assert category_value("birads-5", of="111005") == "BI-RADSカテゴリー 5"
    assert category_value("birads-5", of="category-edition") == "ACR BI-RADS 第5版"
