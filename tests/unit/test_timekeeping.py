"""Who keeps this machine's clock, as chrony or the kernel says."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dokuei import timekeeping
from dokuei.timekeeping import Timekeeping, Unkept

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
_TRACKING = "C0A80105,192.168.1.5,3,1796000000.123,-0.000012345,0.1,0.2,1.5,0.0,0.01,0.02,0.001,64.2,{leap}"


def test_what_chrony_says() -> None:
    """LOG-04: the server, and how far the clock is from it."""
    known = timekeeping.tracking(_TRACKING.format(leap="Normal"))
    assert known == Timekeeping("synchronised", "chrony", "192.168.1.5", 0.000012345)
    assert timekeeping.tracking(_TRACKING.format(leap="Not synchronised")) == Timekeeping("unsynchronised", "chrony")
    assert timekeeping.tracking("00000000,,0,0.0,0.0,0,0,0,0,0,0,0,0,Normal") == Timekeeping("unsynchronised", "chrony")
    assert timekeeping.tracking("506 Cannot talk to daemon") is None


@pytest.mark.parametrize(
    ("script", "source"),
    [
        ("echo " + _TRACKING.format(leap="Normal"), {"chrony"}),
        ("echo 506 Cannot talk to daemon; exit 1", {"kernel", ""}),
        ("echo what", {"kernel", ""}),
    ],
)
def test_chrony_is_asked_first_and_the_kernel_where_it_does_not_answer(
    script: str, source: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "chronyc"
    program.write_text(f'#!/bin/sh\n[ "$*" = "-n -c tracking" ] || exit 2\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    known = timekeeping.read()
    assert known.source in source
    assert (known.state == "unknown") == (known.source == "")


def test_a_clock_is_unkept_for_an_hour_before_that_is_told_and_what_says_nothing_changes_nothing() -> None:
    """LOG-04: a machine that has just started is no alarm."""
    hour = timedelta(hours=1)
    begun = Unkept().after("unsynchronised", at=AT)
    assert begun == Unkept(AT, told=False)
    assert not begun.after("unsynchronised", at=AT + hour - timedelta(seconds=1)).told
    told = begun.after("unsynchronised", at=AT + hour)
    assert told == told.after("unknown", at=AT + 2 * hour) == Unkept(AT, told=True)
    assert told.after("synchronised", at=AT + 2 * hour) == Unkept()
