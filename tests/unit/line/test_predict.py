"""How long a case takes over a line: what the page does, in figures."""

from dataclasses import replace

import pytest

from dokuei.line.measured import Measured, jitter
from dokuei.line.predict import Machine, predict
from dokuei.line.sizes import ASSUMED, StudySize

LINE = Measured(10e6, 5e6, 50, 80, 1)
MAMMOGRAM = StudySize(4, 16_800_000, 0.022, 0.075)
MAGNET = StudySize(1500, 356_000_000, 0.08, 0.08)
FAST = Machine(page_seconds=0.0, bytes_per_second=1e12)


def test_a_mammogram_takes_what_its_bytes_take_and_the_round_trips_before_them() -> None:
    """NET-20: 16.8 MB at 10 Mbit/s are 13.4 s of line."""
    times = predict(MAMMOGRAM, LINE, FAST)
    assert times.whole == pytest.approx(13.44 + 3 * 0.05 + 0.02, abs=0.05)
    assert times.scrollable == pytest.approx(0.075 * 13.44 + 0.17, abs=0.05), "the four come side by side"
    assert times.first == pytest.approx(0.022 * 13.44 + 0.17, abs=0.05)


def test_the_readers_own_machine_is_slower_than_a_fast_line() -> None:
    times = predict(MAMMOGRAM, replace(LINE, down_bits=10e9, round_trip_ms=1), Machine(0.4, 20e6))
    assert times.whole == pytest.approx(0.4 + 2 * 0.84, abs=0.05), "decoding goes on while they come, and after"


def test_a_magnet_can_be_scrolled_long_before_it_is_whole() -> None:
    """NET-20: every frame's quarter comes first."""
    times = predict(MAGNET, LINE, FAST)
    assert times.scrollable == pytest.approx(356e6 * 0.08 / 1.25e6, rel=0.05)
    assert times.whole == pytest.approx(356e6 / 1.25e6, rel=0.02)
    soon = predict(MAGNET, replace(LINE, down_bits=1e9, round_trip_ms=1), FAST)
    assert soon.scrollable == pytest.approx(soon.whole, rel=0.01), "a line that brings all soon brings it at once"


def test_with_priors_the_frames_behind_come_three_at_a_time() -> None:
    eight = predict(StudySize(8, 33_600_000, 0.022, 0.075), LINE, FAST)
    assert eight.whole == pytest.approx(26.9 + 0.17, abs=0.1)
    assert eight.whole - eight.scrollable == pytest.approx(3 * 4.2e6 * 0.925 / 1.25e6, abs=0.1)


@pytest.mark.parametrize("size", [one.large for one in ASSUMED.values()])
def test_a_better_line_is_never_slower(size: StudySize) -> None:
    bad = Measured(5e6, 5e6, 150, 300, 5, loss=0.03)
    before = predict(size, bad)
    assert before.first <= before.scrollable <= before.whole
    for better in (replace(bad, down_bits=30e6), replace(bad, round_trip_ms=10), replace(bad, loss=0.0)):
        after = predict(size, better)
        assert after.first < before.first
        assert after.whole < before.whole


def test_a_far_line_is_not_filled_by_three_answers_under_way() -> None:
    """Small frames: an answer holds a quarter of a second of line, or 64 kB of a slow one."""
    near, far = (predict(MAGNET, replace(LINE, round_trip_ms=ms), FAST).whole for ms in (10, 1500))
    assert far > 1.5 * near


def test_jitter_is_what_one_round_trip_differs_from_the_next() -> None:
    assert jitter([10, 12, 10, 14]) == pytest.approx((2 + 2 + 4) / 3)
    assert jitter([10]) == 0
