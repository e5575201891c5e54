"""Whether a line is fit for a kind of study, against what the centre lets a reader wait."""

from dataclasses import replace

import pytest

from dokuei.errors import RequestError
from dokuei.line.judge import DEFAULT, Limit, Limits, checked_limits, judge, worst
from dokuei.line.measured import Measured
from dokuei.line.sizes import ASSUMED, KINDS

GOOD = Measured(400e6, 100e6, 8, 12, 0.5)
BAD = Measured(1e6, 1e6, 120, 900, 20, loss=0.03)
HOME = Measured(10e6, 5e6, 30, 60, 2)


def test_a_good_line_is_fit_for_all_and_a_bad_one_for_nothing() -> None:
    """NET-20: a study that cannot be delivered within the contract's time is known before it is opened."""
    assert {one.verdict for one in judge(GOOD, ASSUMED)} == {"fit"}
    assert {one.verdict for one in judge(BAD, ASSUMED)} == {"unfit"}
    assert [one.kind for one in judge(BAD, ASSUMED)] == list(KINDS)


def test_what_comes_down_while_the_case_before_is_read_is_fit_with_prefetch() -> None:
    """NET-20: each kind is judged by itself, and by its large studies."""
    judged = {one.kind: one for one in judge(HOME, ASSUMED)}
    assert judged["mammography_priors"].verdict == "prefetch"
    assert judged["mri"].verdict == "unfit"
    patient = Limits(DEFAULT.kinds, prefetch_seconds=600)
    assert {one.kind: one.verdict for one in judge(HOME, ASSUMED, patient)}["mri"] == "prefetch"
    assert judged["mri"].typical.whole < judged["mri"].large.whole


def test_the_worst_verdict_stands_for_all() -> None:
    judged = judge(HOME, ASSUMED)
    assert worst(judged) == "unfit"
    assert worst(judge(GOOD, ASSUMED)) == "fit"
    assert worst(tuple(one for one in judged if one.verdict != "unfit")) == "prefetch"


@pytest.mark.parametrize("limit", [Limit(0, 1, 2), Limit(2, 1, 3), Limit(1, 3, 2), Limit(1, 2, 10_000)])
def test_limits_come_in_their_order(limit: Limit) -> None:
    with pytest.raises(RequestError, match="in this order"):
        checked_limits(Limits({**DEFAULT.kinds, "mri": limit}, 120))


def test_limits_are_of_every_kind_and_of_this_world() -> None:
    assert checked_limits(DEFAULT) is DEFAULT
    with pytest.raises(RequestError, match="each kind"):
        checked_limits(Limits({"mri": Limit(1, 2, 3)}, 120))
    with pytest.raises(RequestError, match="next case"):
        checked_limits(replace(DEFAULT, prefetch_seconds=-1))
