"""Which object of a study is a paper: by kind and words, never a mammogram, whatever somebody writes on it."""

import pytest

from dokuei.errors import RequestError
from dokuei.hub.archive.papers import (
    DEFAULT_RULES,
    DOCUMENTS,
    SECONDARY_CAPTURES,
    Described,
    PaperRule,
    checked,
    recognised,
)

_SC, _PDF, _MG = SECONDARY_CAPTURES[0], DOCUMENTS[0], "1.2.840.10008.5.1.4.1.1.1.2"


@pytest.mark.parametrize(
    ("sop_class", "modality", "text", "kind"),
    [
        (_SC, "OT", "検査依頼票", "request_form"),
        (_SC, "US", "ＵＳ所見用紙", "findings_form"),
        (_PDF, "DOC", "問診票 2026", "questionnaire"),
        (_SC, "SC", "ｼｪｰﾏ", "schema"),
        (_SC, "OT", "Breast SCHEMA", "schema"),
        ("1.2.3.4", "OT", "問診", "questionnaire"),
        (_SC, "OT", "波形", None),
        (_MG, "MG", "依頼票", None),
        ("1.2.840.10008.5.1.4.1.1.6.1", "US", "所見用紙", None),
    ],
)
def test_a_paper_is_known_by_its_kind_and_its_words(sop_class: str, modality: str, text: str, kind: str | None) -> None:
    found = recognised(Described(sop_class, modality, (text,)), DEFAULT_RULES)
    assert (None if found is None else found.kind) == kind


def test_the_first_rule_that_fits_holds_and_a_modality_narrows_it() -> None:
    rules = (PaperRule("other", ("図",), ("US",)), PaperRule("schema", ("図",), to_be_read=True))
    assert recognised(Described(_SC, "US", ("図",)), rules) == rules[0]
    assert recognised(Described(_SC, "OT", ("図",)), rules) == rules[1]
    assert recognised(Described(_SC, "OT", ("図",)), ()) is None, "a site that wants no rules has none"


@pytest.mark.parametrize(
    "rule",
    [
        PaperRule("schema", (" ",)),
        PaperRule("schema", ("x" * 65,)),
        PaperRule("schema", ("a\nb",)),
        PaperRule("schema", ("a",), ("O T",)),
        PaperRule("novel", ("a",)),  # type: ignore[arg-type] # what a broken client may send
    ],
)
def test_a_rule_that_could_fit_anything_is_refused(rule: PaperRule) -> None:
    with pytest.raises(RequestError):
        checked([rule])


def test_words_are_tidied() -> None:
    (rule,) = checked([PaperRule("schema", (" 図 ", "図", ""), ("ot", "OT"))])
    assert (rule.words, rule.modalities) == (("図",), ("OT",))
