"""Why a request is outside the contract: one judgement, in both languages, at the gateway and at the hub."""

from datetime import date

import pytest

from dokuei.transfer.contract import ContractScope, ContractScopes, refusal

YEAR = ContractScope(valid_from=date(2026, 4, 1), valid_until=date(2027, 3, 31))
MAMMOGRAMS = YEAR.model_copy(update={"modalities": ("MG",), "kinds": ("screening",)})
WITHIN = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("scopes", "day", "ja", "en"),
    [
        ((), WITHIN, "契約が登録されていません", "no contract"),
        ((YEAR,), date(2027, 4, 1), "2027-03-31で終了", "ended on 2027-03-31"),
        ((YEAR,), date(2026, 3, 1), "2026-04-01から", "begins on 2026-04-01"),
        ((YEAR.model_copy(update={"terminated": True}),), date(2027, 4, 1), "解約", "terminated on 2027-03-31"),
    ],
)
def test_a_day_that_no_contract_covers_is_refused_with_the_reason(
    scopes: tuple[ContractScope, ...], day: date, ja: str, en: str
) -> None:
    """JRS-03: a request without a valid contract is refused."""
    found = refusal(scopes, day)
    assert found is not None
    assert found.outside == "day"
    assert ja in found.ja
    assert en in found.en
    assert str(found) == f"{found.ja} / {found.en}"


def test_a_gap_between_two_contracts_says_when_the_next_begins() -> None:
    before = ContractScope(valid_until=date(2026, 9, 30))
    after = ContractScope(valid_from=date(2027, 1, 1))
    found = refusal((before, after), WITHIN)
    assert found is not None
    assert "2027-01-01" in found.en


def test_a_modality_or_kind_outside_the_scope_is_refused_by_its_name() -> None:
    """JRS-03: scope."""
    found = refusal((MAMMOGRAMS,), WITHIN, modalities=("MR",), kind="screening")
    assert found is not None
    assert (found.outside, "MR" in found.ja, "covered: MG" in found.en) == ("modality", True, True)
    found = refusal((MAMMOGRAMS,), WITHIN, modalities=("MG",), kind="second_reading")
    assert found is not None
    assert (found.outside, "第二読影" in found.ja, "検診読影" in found.ja) == ("kind", True, True)
    assert "second reading" in found.en


def test_what_is_not_said_is_not_outside_and_any_one_contract_that_covers_is_enough() -> None:
    assert refusal((MAMMOGRAMS,), WITHIN) is None
    assert refusal((MAMMOGRAMS,), WITHIN, modalities=("", " mg ")) is None
    assert refusal((MAMMOGRAMS, YEAR), WITHIN, modalities=("MR",), kind="consultation") is None
    ultrasound = YEAR.model_copy(update={"modalities": ("US",), "kinds": ("consultation",)})
    assert refusal((MAMMOGRAMS, ultrasound), WITHIN, modalities=("US",), kind="screening") is not None
    assert refusal((MAMMOGRAMS,), WITHIN, modalities=("MG", "US")) is not None, "one of two is outside"


def test_scopes_travel_and_a_newer_hub_may_say_more() -> None:
    told = ContractScopes(scopes=(MAMMOGRAMS,), time_zone="Asia/Tokyo")
    document = told.model_dump(mode="json")
    document["scopes"][0] |= {"kinds": ["screening", "by_moonlight"], "colour": "blue"}
    read = ContractScopes.model_validate(document)
    assert read.scopes[0].kinds == ("screening", "by_moonlight")
    assert refusal(read.scopes, WITHIN, kind="screening") is None
