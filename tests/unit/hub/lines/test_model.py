"""A check of a line: where it was made, and for how long it is worth something."""

from datetime import timedelta

import pytest

from dokuei.clock import now
from dokuei.hub.lines.model import (
    Check,
    Checker,
    Whence,
    kind_of,
    line_of,
    range_of,
    read_judged,
    read_limits,
    state_of,
    written_judged,
    written_limits,
)
from dokuei.line.judge import DEFAULT, judge
from dokuei.line.measured import Measured
from dokuei.line.sizes import ASSUMED

MEASURED = Measured(400e6, 100e6, 8, 12, 0.5)
READER = Checker("reader", "person:1", "読影 医")


def checked(**before: float) -> Check:
    whence = Whence("d" * 64, "192.0.2.0/24")
    judged = judge(MEASURED, ASSUMED)
    return Check("c", line_of(READER, whence), READER, whence, now() - timedelta(**before), MEASURED, judged)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8::1", "2001:db8::/64"),
        ("", ""),
        ("localhost", ""),
    ],
)
def test_an_address_says_which_network_and_no_more(address: str, expected: str) -> None:
    assert range_of(address) == expected


def test_a_check_counts_for_a_day_and_from_where_it_was_made() -> None:
    """NET-20: before each session."""
    here = "192.0.2.0/24"
    assert state_of(None, moment=now()) == "none"
    assert state_of(checked(hours=23), moment=now(), address_range=here) == "fit"
    assert state_of(checked(hours=25), moment=now(), address_range=here) == "stale"
    assert state_of(checked(hours=1), moment=now(), address_range="198.51.100.0/24") == "elsewhere"
    assert state_of(checked(hours=1), moment=now()) == "fit"


def test_a_case_is_of_one_kind() -> None:
    assert kind_of(frozenset({"MG"}), tomosynthesis=False, priors=False) == "mammography"
    assert kind_of(frozenset({"MG"}), tomosynthesis=False, priors=True) == "mammography_priors"
    assert kind_of(frozenset({"MG"}), tomosynthesis=True, priors=True) == "tomosynthesis"
    assert kind_of(frozenset({"CT", "PT"}), tomosynthesis=False, priors=False) == "pet_ct"
    assert kind_of(frozenset({"US", "MR"}), tomosynthesis=False, priors=False) == "mri"
    assert kind_of(frozenset({"SR"}), tomosynthesis=False, priors=False) is None


def test_what_was_written_is_read_back() -> None:
    judged = judge(MEASURED, ASSUMED)
    assert read_judged(written_judged(judged)) == judged
    assert read_limits(written_limits(DEFAULT)) == DEFAULT
    older = written_limits(DEFAULT)
    del older["kinds"]["pet_ct"]
    assert read_limits(older) == DEFAULT


def test_lines_are_told_apart_by_who_where_and_on_what() -> None:
    other = Whence("e" * 64, "192.0.2.0/24")
    assert line_of(READER, other) != checked().line
    gateway = Checker("gateway", "gateway:1", "北")
    assert line_of(gateway, other) == line_of(gateway, Whence("", "198.51.100.0/24")), "its history is one"
