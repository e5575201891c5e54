"""What device, page and register together make of a display."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dokuei.display.limits import Measured
from dokuei.errors import RequestError
from dokuei.hub.displays.model import (
    Calibration,
    Display,
    Panel,
    Reading,
    Rules,
    Screen,
    Seen,
    Standing,
    checked_panel,
    checked_reading,
    checked_rules,
    standing_of,
    use_of,
    valid_until,
)

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 30)
PANEL = Panel("読影室1", "EIZO", "RX570", "1", 2560, 2048, 0.165)
READING = Reading(date(2026, 11, 2), "測定 太郎", "1A", Measured(6, 500, 1.2, 0.2), "CA-310")
CALIBRATION = Calibration("c", "d", READING, (), NOW, "system", "system")
MG, MR = use_of(("MG",), {}), use_of(("MR",), {})
SEEN = Seen(Display("d", PANEL, NOW, "system"), CALIBRATION, Screen(2560, 2048, 1, 24), NOW)

OLD = replace(SEEN, calibration=replace(CALIBRATION, reading=replace(READING, measured_on=date(2026, 5, 29))))


def judged(seen: Seen, *, use: object = MG, rules: Rules | None = None) -> Standing:
    return standing_of(seen, use, rules or Rules(), moment=NOW, today=TODAY)  # type: ignore[arg-type] # a Use


def test_a_display_that_is_known_seen_and_calibrated_is_valid() -> None:
    """JRS-09: the only state in which mammograms are signed."""
    standing = judged(SEEN)
    assert (standing.state, standing.blocks, standing.valid_until) == ("valid", False, date(2027, 5, 2))


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (Seen(), "unknown"),
        (replace(SEEN, display=None, calibration=None), "unknown"),
        (replace(SEEN, display=Display("d", PANEL, NOW, "system", NOW, "廃棄")), "retired"),
        (replace(SEEN, screen=None, screen_read_at=None), "unread"),
        (replace(SEEN, screen_read_at=NOW - timedelta(hours=25)), "unread"),
        (replace(SEEN, screen=Screen(1920, 1080, 1, 24)), "other"),
        (replace(SEEN, display=Display("d", replace(PANEL, purpose="reference"), NOW, "system")), "reference"),
        (replace(SEEN, calibration=None), "uncalibrated"),
        (replace(SEEN, calibration=replace(CALIBRATION, failures=("deviation",))), "failed"),
        (OLD, "lapsed"),
        (replace(SEEN, calibration=replace(CALIBRATION, reading=replace(READING, grade="1B"))), "short"),
    ],
)  # fmt: skip
def test_whatever_is_not_known_for_certain_blocks_mammograms_and_warns_of_the_rest(seen: Seen, state: str) -> None:
    """JRS-09, DISP-16: unknown is not valid, and a client that reports nothing gains nothing."""
    standing = judged(seen)
    assert (standing.state, standing.blocks) == (state, True)
    assert not judged(seen, rules=Rules(mode="warn")).blocks
    assert not judged(seen, rules=Rules(mode="off", reason="x")).blocks
    assert not judged(seen, use=MR).blocks


def test_what_is_too_old_for_mammograms_is_good_for_the_rest() -> None:
    """DISP-06: six months for mammography, twelve otherwise; the last day counts, and the centre may be stricter."""
    assert (judged(OLD).state, judged(OLD, use=MR).state) == ("lapsed", "valid")
    last = replace(CALIBRATION, reading=replace(READING, measured_on=date(2026, 5, 30)))
    assert judged(replace(SEEN, calibration=last)).state == "valid"
    assert judged(SEEN, rules=Rules(months_mammography=1)).valid_until == date(2026, 12, 2)
    end = replace(CALIBRATION, reading=replace(READING, measured_on=date(2026, 8, 31)))
    assert valid_until(end, MG, Rules()) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("screen", "same"),
    [
        (Screen(2560, 2048, 1, 24), True),
        (Screen(2048, 2560, 1, 24), True),
        (Screen(2048, 1638, 1.25, 24), True),  # 1638.4, rounded
        (Screen(1707, 1365, 1.5, 30), True),
        (Screen(2560, 2048, 1.1, 24), False),  # the page is zoomed
        (Screen(2559, 2048, 1, 24), False),
        (Screen(2560, 1600, 1, 24), False),
    ],
)
def test_a_page_knows_its_panel_by_its_pixels(screen: Screen, *, same: bool) -> None:
    assert screen.is_of(PANEL) is same


@pytest.mark.parametrize(
    "wrong",
    [
        replace(READING, measured_on=date(2026, 12, 1)),
        replace(READING, measured_by=" "),
        replace(READING, instrument=""),
        replace(READING, measured=Measured(5, 1, 1, 0)),
        replace(READING, measured=Measured(5, 500, 1, 1.1)),
    ],
)
def test_what_nobody_can_have_measured_is_refused(wrong: Reading) -> None:
    with pytest.raises(RequestError):
        checked_reading(wrong, today=TODAY)


@pytest.mark.parametrize(
    "wrong", [Rules(mode="off"), Rules(mode="off", reason="  "), Rules(months_mammography=7), Rules(months_other=13)]
)
def test_rules_are_as_strict_as_the_guideline_and_a_waiver_says_why(wrong: Rules) -> None:
    """DISP-06: stricter, never weaker."""
    with pytest.raises(RequestError):
        checked_rules(wrong)


def test_a_display_without_a_plate_is_refused() -> None:
    with pytest.raises(RequestError):
        checked_panel(replace(PANEL, serial=" "))
