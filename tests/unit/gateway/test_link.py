import threading
import time

from dokuei.errors import DiskFullError, UnreachableError
from dokuei.gateway.link import Link, pause


def test_the_first_attempt_after_a_cut_is_made_at_once() -> None:
    assert pause(1, ceiling=60) == 0


def test_waits_grow_to_the_ceiling_and_never_beyond() -> None:
    assert all(pause(failures, ceiling=60) <= 60 for failures in range(2, 2000))
    assert min(pause(50, ceiling=60) for _ in range(200)) >= 30
    assert len({pause(9, ceiling=60) for _ in range(20)}) > 1


def test_whoever_gets_through_ends_everybodys_wait() -> None:
    link = Link(60.0, threading.Event())
    error = UnreachableError("no way")
    waiting = threading.Thread(target=link.wait_after, args=(error, 9))
    waiting.start()
    time.sleep(0.05)
    assert link.error
    link.succeeded()
    waiting.join(2)
    assert not waiting.is_alive()
    assert link.error == ""


def test_a_hub_that_was_reached_and_refused_is_left_alone_whoever_else_gets_through() -> None:
    """A full disk there must not be met with a flood from here."""
    stop = threading.Event()
    link = Link(60.0, stop)
    waiting = threading.Thread(target=link.wait_after, args=(DiskFullError("no room"), 9))
    waiting.start()
    for _ in range(5):
        link.succeeded()
        time.sleep(0.02)
    assert waiting.is_alive()
    stop.set()
    link.wake()
    waiting.join(2)
    assert not waiting.is_alive()
