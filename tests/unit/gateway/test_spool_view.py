"""How a study looks to staff."""

from collections import Counter

import pytest

from dokuei.gateway.spool_view import State, _summary


@pytest.mark.parametrize(
    ("states", "quarantined", "said"),
    [
        ({State.RECEIVED: 2}, 0, "received"),
        ({State.CODING: 1, State.CODED: 5}, 0, "received"),
        ({State.CODED: 6}, 0, "proved"),
        ({State.CODED: 3, State.FORWARDING: 3}, 0, "forwarding"),
        ({State.FORWARDED: 6}, 0, "forwarding"),
        ({State.PROVED: 5, State.FORWARDED: 1}, 0, "forwarding"),
        ({State.PROVED: 6}, 0, "at-hub"),
        ({State.PROVED: 1, State.REMOVED: 5}, 0, "at-hub"),
        ({State.CODED: 1, State.REMOVED: 5}, 0, "proved"),
        ({State.REMOVED: 6}, 0, "removed"),
        ({State.PROVED: 6}, 1, "problem"),
        ({State.PROVED: 5, State.REFUSED: 1}, 0, "problem"),
    ],
)
def test_at_the_hub_is_said_only_when_every_object_was_proved_there(
    states: dict[State, int], quarantined: int, said: str
) -> None:
    assert _summary(Counter(states), quarantined) == said
