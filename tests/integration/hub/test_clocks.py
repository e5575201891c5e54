"""The hub's clock beside a time server that really answers: a second off raises an alarm, once."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from dokuei.clock import now
from dokuei.errors import UnreachableError
from dokuei.hub.clocks import ClockWatch, offset_from
from dokuei.timekeeping import ClockState, Timekeeping
from tests.makers.people import small_hub

_ERA = datetime(1900, 1, 1, tzinfo=UTC)


def stamp(moment: datetime) -> bytes:
    since = (moment - _ERA) / timedelta(seconds=1)
    return struct.pack("!II", int(since), int((since % 1) * 2**32))


@contextmanager
def time_server(ahead: Callable[[], timedelta], head: bytes = b"\x24\x02") -> Iterator[str]:
    """Answers every question by a clock that is so much ahead of this machine's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))

        def answer() -> None:
            while True:
                asked, whom = listening.recvfrom(512)
                if not asked:
                    return
                at = stamp(now() + ahead())
                listening.sendto(head + bytes(22) + asked[40:48] + at + at, whom)

        thread = Thread(target=answer, daemon=True)
        thread.start()
        port = listening.getsockname()[1]
        yield f"127.0.0.1:{port}"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ending:
            ending.sendto(b"", ("127.0.0.1", port))
        thread.join()


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=1), timedelta(seconds=-90)])
def test_how_far_the_clock_is_off_is_measured(ahead: timedelta) -> None:
    """LOG-04: against a standard time, to well below a second."""
    with time_server(lambda: ahead) as server:
        assert abs(offset_from(server) - ahead) < timedelta(milliseconds=300)


@pytest.mark.parametrize("head", [b"\xe4\x02", b"\x24\x00", b"\x24\x10", b"\x23\x02"])
def test_a_server_that_does_not_know_the_time_itself_is_not_believed(head: bytes) -> None:
    with time_server(timedelta, head) as server, pytest.raises(UnreachableError, match="no time"):
        offset_from(server)


def test_a_clock_that_goes_wrong_raises_one_alarm_and_is_on_record_until_it_is_right_again(tmp_path: Path) -> None:
    """LOG-04: drift beyond a second raises an alarm and is itself logged."""
    ahead = timedelta(0)
    with small_hub(tmp_path) as hub, time_server(lambda: ahead) as server:
        watch = ClockWatch(hub.database, server)
        for ahead in (timedelta(0), timedelta(hours=1), timedelta(hours=1), timedelta(seconds=0.4)):  # noqa: B007 - the server's
            watch.not_before = 0.0
            watch.step()
        told = [event for event in hub.events() if event.startswith(("clock.", "security."))]
        assert told == ["clock.drifted", "security.alert", "clock.right"]
        (alarm,) = hub.identity.alerts.every()
        assert alarm.kind == "clock_drifted"
        assert str(alarm.details["offset_seconds"]).startswith("-3600."), "behind by an hour, in its own words"
        watch.server, watch.not_before = "127.0.0.1:9", 0.0
        watch.step()
        assert watch.is_off is False, "no answer says nothing about the clock"


def test_a_clock_that_no_time_server_has_kept_for_an_hour_raises_one_alarm(tmp_path: Path) -> None:
    """LOG-04: with and without a time server set; who keeps it is asked of the machine."""
    said: list[ClockState] = []
    with small_hub(tmp_path) as hub:
        watch = ClockWatch(hub.database, "", read=lambda: Timekeeping(said[-1]))
        states: tuple[ClockState, ...] = ("synchronised", "unsynchronised", "unsynchronised", "unknown", "synchronised")
        for state in states:
            said.append(state)
            if watch.unkept.since is not None:
                watch.unkept = replace(watch.unkept, since=now() - timedelta(hours=1))
            watch.not_before = 0.0
            watch.step()
        told = [event for event in hub.events() if event.startswith(("clock.", "security."))]
        assert told == ["clock.unkept", "security.alert", "clock.kept"]
        (alarm,) = hub.identity.alerts.every()
        assert alarm.kind == "clock_unkept"
