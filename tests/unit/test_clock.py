"""The day that a record is of."""

from datetime import UTC, date, datetime

import pytest

from dokuei import clock


def test_the_day_is_that_of_the_place_and_not_of_greenwich(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a manager measures at half past eight in Japan is measured today, though UTC has yesterday."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    assert clock.today("Asia/Tokyo") == date(2026, 12, 1)
    assert clock.today("UTC") == date(2026, 11, 30)
