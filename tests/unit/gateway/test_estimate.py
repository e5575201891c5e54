"""When each study is there: after what goes before it, at the line's rate, by the hours ahead."""

from datetime import UTC, datetime, timedelta

from dokuei.gateway.estimate import LineKnown, estimates, sending_now
from dokuei.gateway.sending_tables import Left, SendingNow
from dokuei.settings import SendingSettings

_NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
_STUDIES = (Left("urgent", urgent=True, size=1000), Left("first", urgent=False, size=2000), Left("last", False, 4000))
_SLOW = SendingSettings.model_validate({"time_zone": "UTC", "limits": [{"mbit_per_second": 0.1}]})
_ALWAYS = SendingSettings()


def _seconds(line: LineKnown, settings: SendingSettings = _ALWAYS, *, reached: bool = True) -> list[float | None]:
    found = estimates(_STUDIES, line, settings, at=_NOON, reached=reached).values()
    assert [one.left for one in found] == [1000, 2000, 4000]
    return [None if one.done_at is None else (one.done_at - _NOON).total_seconds() for one in found]


def test_a_study_waits_for_those_before_it() -> None:
    assert _seconds(LineKnown(SendingNow(_NOON, 7, 100))) == [10, 30, 70]


def test_the_rate_is_what_sending_found_else_a_check_else_that_of_now_else_unknown() -> None:
    assert _seconds(LineKnown(SendingNow(_NOON, 7, 100), 50))[0] == 10
    assert _seconds(LineKnown(SendingNow(_NOON, 7, None), 50))[0] == 20
    assert _seconds(LineKnown(SendingNow(_NOON, 10, None)))[0] == 100
    assert _seconds(LineKnown(SendingNow(_NOON - timedelta(minutes=1), 10, None))) == [None, None, None]
    assert _seconds(LineKnown()) == [None, None, None]


def test_what_is_urgent_goes_beside_the_hours_where_the_site_says_so() -> None:
    """0.1 Mbit/s are 12,500 bytes a second, the line carries ten times that."""
    line = LineKnown(SendingNow(_NOON, 0, 125_000))
    assert _seconds(line, _SLOW) == [0.008, 0.168, 0.488]
    assert _seconds(line, _SLOW.model_copy(update={"urgent_exempt": False}))[0] == 0.08


def test_nobody_knows_while_the_hub_cannot_be_reached() -> None:
    assert _seconds(LineKnown(SendingNow(_NOON, 7, 100)), reached=False) == [None, None, None]


def test_what_the_hours_allow_now_is_told_with_the_moment_at_which_that_changes() -> None:
    office = {"begin": "08:00", "end": "18:00", "mbit_per_second": 5}
    settings = SendingSettings.model_validate({"time_zone": "UTC", "limits": [office]})
    told = sending_now(SendingNow(_NOON, 1000, None, 2), settings, at=_NOON)
    assert (told.bytes_per_second, told.streams, told.limit_bytes_per_second) == (1000, 2, 625_000)
    assert datetime.fromisoformat(told.limit_until) == _NOON + timedelta(hours=6)
    assert sending_now(SendingNow(_NOON - timedelta(minutes=1), 1000), settings, at=_NOON).bytes_per_second == 0
    always = sending_now(None, SendingSettings(), at=_NOON)
    assert (always.limit_bytes_per_second, always.limit_until) == (None, "")
    assert always.congestion
