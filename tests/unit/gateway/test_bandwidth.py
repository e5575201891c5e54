"""Part of a line by weekday and hour: where the hospital's clocks stand, over midnight, and when summer begins."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dokuei.gateway import bandwidth
from dokuei.gateway.bandwidth import Bucket, Schedule, done_at
from dokuei.settings import BandwidthLimit, SendingSettings
from dokuei.transfer.protocol import PIECE_BYTES

_OFFICE = {"days": ("mon", "tue", "wed", "thu", "fri"), "begin": "08:00", "end": "18:00", "mbit_per_second": 5}
_FIVE = 625_000.0


def _schedule(*limits: dict[str, object], zone: str = "Asia/Tokyo") -> Schedule:
    return Schedule.of(SendingSettings.model_validate({"limits": limits, "time_zone": zone}))


def _tokyo(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the week that begins on Monday, 2 November 2026."""
    return datetime(2026, 11, 1 + day, hour, minute, tzinfo=ZoneInfo("Asia/Tokyo")).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "limit"),
    [
        (_tokyo(1, 7, 59), None),
        (_tokyo(1, 8), _FIVE),
        (_tokyo(5, 17, 59), _FIVE),
        (_tokyo(5, 18), None),
        (_tokyo(6, 12), None),
        (_tokyo(7, 12), None),
    ],
)
def test_the_limit_is_that_of_the_weekday_and_hour_where_the_hospital_is(moment: datetime, limit: float | None) -> None:
    assert _schedule(_OFFICE).limit_at(moment) == limit


def test_a_limit_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    schedule = _schedule({"days": ["sun"], "begin": "22:00", "end": "06:00", "mbit_per_second": 5})
    assert schedule.limit_at(_tokyo(7, 21, 59)) is None
    assert schedule.limit_at(_tokyo(7, 23)) == _FIVE
    assert schedule.limit_at(_tokyo(8, 5, 59)) == _FIVE, "Monday morning, the next week"
    assert schedule.limit_at(_tokyo(8, 6)) is None


def test_a_whole_day_is_from_midnight_to_midnight() -> None:
    schedule = _schedule({"days": ["wed"], "mbit_per_second": 5})
    assert [schedule.limit_at(_tokyo(3, hour)) for hour in (0, 23)] == [_FIVE, _FIVE]
    assert [schedule.limit_at(_tokyo(day, 0)) for day in (2, 4)] == [None, None]


def test_hours_follow_the_clock_on_the_wall_when_summer_begins_and_ends() -> None:
    """Berlin: 02:00 to 03:00 is missing on 29 March 2026 and comes twice on 25 October."""
    schedule = _schedule(
        {"days": ["sun"], "begin": "01:00", "end": "02:30", "mbit_per_second": 5}, zone="Europe/Berlin"
    )
    spring = datetime(2026, 3, 29, tzinfo=UTC)
    assert schedule.limit_at(spring + timedelta(minutes=59)) == _FIVE, "01:59 in winter time"
    assert schedule.limit_at(spring + timedelta(minutes=60)) is None, "03:00 in summer time"
    autumn = datetime(2026, 10, 25, tzinfo=UTC)
    assert schedule.limit_at(autumn + timedelta(minutes=15)) == _FIVE, "02:15 for the first time"
    assert schedule.limit_at(autumn + timedelta(minutes=45)) is None, "02:45 for the first time"
    assert schedule.limit_at(autumn + timedelta(minutes=75)) == _FIVE, "02:15 for the second time"


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (
            [_OFFICE, {"days": ["fri"], "begin": "17:00", "end": "20:00", "mbit_per_second": 1}],
            "two limits hold at the",
        ),
        (
            [
                {"days": ["sun"], "begin": "22:00", "end": "06:00", "mbit_per_second": 1},
                {"days": ["mon"], "begin": "05:00", "end": "07:00", "mbit_per_second": 2},
            ],
            "two limits hold at the",
        ),
        ([{"begin": "8:00", "mbit_per_second": 1}], "no time of day"),
        ([{"begin": "08:00", "end": "25:00", "mbit_per_second": 1}], "no time of day"),
        ([{"begin": "08:00", "end": "08:00", "mbit_per_second": 1}], "begin and end are the same"),
        ([{"begin": "24:00", "mbit_per_second": 1}], "not at 24:00"),
        ([{"mbit_per_second": 0}], "greater than or equal to 0.1"),
        ([{"days": [], "mbit_per_second": 1}], "at least 1 item"),
        ([{"days": ["月"], "mbit_per_second": 1}], "mon"),
        ([{"begin": "08:00", "end": "18:00"}], "Field required"),
    ],
)
def test_hours_that_make_no_sense_are_refused_and_the_reason_is_said(limits: list[object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        SendingSettings.model_validate({"limits": limits})


def test_limits_that_meet_do_not_overlap() -> None:
    SendingSettings.model_validate(
        {"limits": [_OFFICE, {"days": ["mon"], "begin": "18:00", "end": "08:00", "mbit_per_second": 50}]}
    )


def test_a_zone_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValidationError, match="no time zone"):
        SendingSettings(time_zone="Asia/Edo")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
    st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_what_lies_ahead_is_what_holds_then(at: datetime, zone: str) -> None:
    schedule = _schedule(_OFFICE, {"days": ["sat"], "begin": "20:00", "end": "03:00", "mbit_per_second": 20}, zone=zone)
    stretches = list(schedule.ahead(at))
    assert stretches[0].begin == at
    assert stretches[-1].end == at + timedelta(days=8)
    for one, following in pairwise(stretches):
        assert one.end == following.begin
    for one in stretches:
        middle = one.begin + (one.end - one.begin) / 2
        assert {schedule.limit_at(middle), schedule.limit_at(one.end - timedelta(seconds=1))} == {one.limit}


def test_the_estimate_goes_through_the_hours_ahead() -> None:
    """A Friday, 17:59:00: a minute at 5 Mbit/s, the rest at the line's 20."""
    at, left = _tokyo(5, 17, 59), 60 * _FIVE + 120 * 4 * _FIVE
    assert done_at(_schedule(_OFFICE), at, left, line_rate=4 * _FIVE) == _tokyo(5, 18, 2)
    slower = done_at(_schedule(_OFFICE), at, left, line_rate=_FIVE / 2)
    assert slower is not None
    assert slower > _tokyo(5, 18, 10)


def test_the_estimate_is_none_where_a_week_is_not_enough() -> None:
    assert done_at(_schedule(), _tokyo(1, 0), 1e12, line_rate=1e5) is None
    assert done_at(_schedule(), _tokyo(1, 0), 1, line_rate=0) is None


class _Clock:
    """Time that passes when the test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
        self.passed = 0.0
        monkeypatch.setattr(bandwidth, "monotonic", lambda: 1000 + self.passed)
        monkeypatch.setattr(bandwidth, "now", lambda: at + timedelta(seconds=self.passed))

    def send(self, bucket: Bucket, seconds: float, *, urgent: Sequence[bool] = (False,)) -> int:
        """All that several uploads get sent, each asking every 10 ms."""
        sent, end = 0, self.passed + seconds
        while self.passed < end:
            for one in urgent:
                if size := bucket.piece_bytes(urgent=one):
                    bucket.spend(size, urgent=one)
                    sent += size
            self.passed += 0.01
        return sent


@pytest.mark.parametrize("uploads", [1, 4])
def test_all_uploads_together_take_no_more_than_the_limit_and_all_of_it(
    monkeypatch: pytest.MonkeyPatch, uploads: int
) -> None:
    clock = _Clock(monkeypatch, _tokyo(1, 9))
    bucket = Bucket(_schedule(_OFFICE), urgent_exempt=True)
    sent = clock.send(bucket, 10, urgent=[False] * uploads)
    assert 0.97 * 10 * _FIVE <= sent <= 1.03 * 10 * _FIVE
    assert bucket.take_waited()
    assert not bucket.take_waited()


def test_what_was_not_used_is_not_saved_up(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = _Clock(monkeypatch, _tokyo(1, 9))
    bucket = Bucket(_schedule(_OFFICE), urgent_exempt=True)
    clock.passed = 3600
    assert clock.send(bucket, 1) <= 1.25 * _FIVE


def test_the_limit_ends_with_its_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = _Clock(monkeypatch, _tokyo(1, 17, 59))
    bucket = Bucket(_schedule(_OFFICE), urgent_exempt=True)
    assert clock.send(bucket, 59) <= 1.03 * 59 * _FIVE
    clock.passed = 62
    assert bucket.piece_bytes(urgent=False) == PIECE_BYTES
    assert clock.send(bucket, 1) >= 99 * PIECE_BYTES


@pytest.mark.parametrize("exempt", [True, False])
def test_urgent_studies_have_the_whole_line_where_the_site_says_so(
    monkeypatch: pytest.MonkeyPatch, *, exempt: bool
) -> None:
    clock = _Clock(monkeypatch, _tokyo(1, 9))
    bucket = Bucket(_schedule(_OFFICE), urgent_exempt=exempt)
    sent = clock.send(bucket, 2, urgent=[True])
    assert (sent >= 190 * PIECE_BYTES) is exempt
    assert clock.send(bucket, 2) <= 2.1 * _FIVE, "what is urgent costs the others nothing"


def test_a_limit_is_named_as_it_was_written() -> None:
    assert str(BandwidthLimit(days=("mon",), begin="08:00", end="18:00", mbit_per_second=5)) == "mon 08:00-18:00"
