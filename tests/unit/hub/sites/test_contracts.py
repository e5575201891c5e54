"""What a contract says, how it stands on a day, and within what time a report is due by it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dokuei.errors import RequestError
from dokuei.hub.sites.contracts import Contract, Priority, Terms, Turnaround, Version, checked, grouped, site_standing

YEAR = Terms(valid_from=date(2026, 4, 1), valid_until=date(2027, 3, 31))
AT = datetime(2026, 4, 1, tzinfo=UTC)


def version(contract_id: str, number: int, terms: Terms) -> Version:
    return Version(contract_id, "kita", number, terms, AT, "person:a", "人")


@pytest.mark.parametrize(
    ("terms", "day", "stands"),
    [
        (YEAR, date(2026, 4, 1), "valid"),
        (YEAR, date(2027, 3, 31), "valid"),
        (YEAR, date(2026, 3, 31), "coming"),
        (YEAR, date(2027, 4, 1), "over"),
        (replace(YEAR, terminated_on=date(2026, 9, 30)), date(2026, 9, 30), "valid"),
        (replace(YEAR, terminated_on=date(2026, 9, 30)), date(2026, 10, 1), "terminated"),
        (Terms(), date(1990, 1, 1), "valid"),
    ],
)
def test_a_contract_covers_its_days_to_the_last_and_open_ends_cover_all(terms: Terms, day: date, stands: str) -> None:
    """JRS-03: only a day within the term, or before an early end, is covered."""
    assert terms.standing(day) == stands
    assert terms.scope().covers(day) is (stands == "valid")


def test_a_site_stands_as_its_best_contract_and_without_any_as_none() -> None:
    last_year = replace(YEAR, valid_from=date(2025, 4, 1), valid_until=date(2026, 3, 31))
    both = grouped([version("a", 1, last_year), version("b", 1, YEAR)])
    assert [one.present.contract_id for one in both] == ["b", "a"]
    assert site_standing(both, date(2026, 5, 1)) == "valid"
    assert site_standing(both, date(2027, 5, 1)) == "over"
    assert site_standing(grouped([version("b", 1, YEAR)]), date(2026, 1, 1)) == "coming"
    assert site_standing((), date(2026, 1, 1)) == "none"


def test_the_latest_version_holds_and_those_before_it_stay() -> None:
    found = grouped([version("a", 1, YEAR), version("a", 2, replace(YEAR, modalities=("MG",)))])
    assert [isinstance(one, Contract) for one in found] == [True]
    assert found[0].present.terms.modalities == ("MG",)
    assert [one.number for one in found[0].versions] == [2, 1]


@pytest.mark.parametrize(("priority", "amount"), [("routine", 3), ("high", 3), ("urgent", 4)])
def test_a_priority_without_words_of_its_own_waits_no_longer_than_a_lower_one(priority: Priority, amount: int) -> None:
    terms = Terms(turnarounds=(Turnaround("routine", 3), Turnaround("urgent", 4, "hours")))
    found = terms.turnaround(priority)
    assert found is not None
    assert found.amount == amount
    assert Terms().turnaround(priority) is None
    assert Terms(turnarounds=(Turnaround("urgent", 1),)).turnaround("routine") is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (replace(YEAR, valid_until=date(2026, 3, 31)), "ends before"),
        (Terms(modalities=("M/G",)), "no modality"),
        (Terms(modalities=("乳",)), "no modality"),
        (Terms(kinds=("palm",)), "no kind"),  # type: ignore[arg-type] # what a command line may bring
        (Terms(turnarounds=(Turnaround("routine", 1), Turnaround("routine", 2))), "once for each"),
        (Terms(turnarounds=(Turnaround("routine", 91),)), "working days"),
        (Terms(turnarounds=(Turnaround("routine", -1),)), "working days"),
        (Terms(fee="¥" * 8001), "at most"),
    ],
)
def test_terms_that_nothing_could_be_held_against_are_refused(wrong: Terms, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        checked(wrong)


def test_modalities_are_written_as_dicom_writes_them() -> None:
    assert checked(Terms(modalities=(" mg", "US", "MG", ""))).modalities == ("MG", "US")
    assert checked(Terms(kinds=("diagnostic", "screening"))).kinds == ("screening", "diagnostic")
