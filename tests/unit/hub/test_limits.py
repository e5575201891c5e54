"""How many attempts one address has."""

from datetime import timedelta

import pytest

from dokuei.hub import limits
from dokuei.hub.limits import Attempts


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [1000.0]
    monkeypatch.setattr(limits, "monotonic", lambda: at[0])
    return at


def test_a_hospital_behind_one_address_signs_in_together_and_goes_on_at_a_pace(clock: list[float]) -> None:
    """AUTH-10: a morning's staff gets through; what never ends is slowed down, and told for how long."""
    attempts = Attempts()
    assert [attempts.wait_for("192.0.2.1") for _ in range(240)] == [0.0] * 240
    wait = attempts.wait_for("192.0.2.1")
    assert 0 < wait <= 1
    clock[0] += wait
    assert attempts.wait_for("192.0.2.1") == 0
    assert attempts.wait_for("192.0.2.1") > 0
    clock[0] += timedelta(minutes=5).total_seconds()
    assert [attempts.wait_for("192.0.2.1") for _ in range(240)] == [0.0] * 240


@pytest.mark.usefixtures("clock")
def test_one_address_takes_nothing_from_another_and_one_network_is_one_address() -> None:
    attempts = Attempts(at_once=1)
    assert attempts.wait_for("192.0.2.1") == 0
    assert attempts.wait_for("192.0.2.1") > 0
    assert attempts.wait_for("192.0.2.2") == 0
    assert attempts.wait_for("2001:db8::1") == 0
    assert attempts.wait_for("2001:db8::ffff:2") > 0
    assert attempts.wait_for("2001:db8:0:1::1") == 0


@pytest.mark.usefixtures("clock")
def test_addresses_without_end_do_not_fill_the_memory() -> None:
    attempts = Attempts()
    for number in range(10_100):
        attempts.wait_for(f"10.0.{number >> 8}.{number & 255}")
    assert len(attempts.buckets) == 10_000
