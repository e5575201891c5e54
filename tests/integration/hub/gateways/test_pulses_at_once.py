"""Two processes of the hub that hear of a pulse at one moment: both are answered, on both databases."""

from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from dokuei.hub.gateways.pulses import Pulses
from tests.makers.at_once import together
from tests.makers.people import small_hub

if TYPE_CHECKING:
    from dokuei.hub.gateways.model import Gateway

ROUNDS = 10


def test_a_pulse_that_begins_twice_or_under_anothers_uid_at_one_moment_breaks_nothing(
    tmp_path: Path, database_url: str
) -> None:
    nobodys = cast("Any", SimpleNamespace(holds=lambda *_: False, forget=lambda *_: None))
    with small_hub(tmp_path, url=database_url) as hub:
        pulses = Pulses(hub.database, nobodys)
        for number in range(ROUNDS):
            one, other = (cast("Gateway", SimpleNamespace(gateway_id=f"{number}{g}", site_id="kita")) for g in "ab")
            assert together(*2 * [partial(pulses.begin, one, f"1.2.{number}")]) == ["done", "done"]
            twice = (partial(pulses.begin, gateway, f"1.3.{number}") for gateway in (one, other))
            assert sorted(together(*twice)) == ["conflict", "done"]
