"""What was on the screen reaches the trail when the room is left, by its own way out or with the page."""

import json
import time

import pytest

from dokuei.storage.audit import hub_trail
from tests.journeys.viewer.conftest import Room
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser


def displayed(hub: BrowsedHub, study: str) -> dict[str, dict[str, int]]:
    """What the trail tells last of a study, as soon as it tells anything."""
    for _ in range(200):
        with hub.hub.stores.database.read() as connection:
            told = [one for one in hub_trail.named(connection, "study.displayed") if one.subject == study]
        if told:
            series: dict[str, dict[str, int]] = json.loads(told[-1].details)["series"]
            return series
        time.sleep(0.1)
    raise AssertionError("the trail does not tell what was displayed")


@pytest.mark.parametrize("way", ["its own way out", "with the page"])
def test_the_series_that_were_shown_are_on_record_once_the_room_is_left(hub: BrowsedHub, room: Room, way: str) -> None:
    """LOG-11: per study and reader, from the reading room itself; what was not looked at shows."""
    room.open(hub.mammogram_case(patient_id=f"D-{len(way)}"))
    room.settle()
    study = room.page.locator("[data-reading-room]").get_attribute("data-study") or ""
    if way == "with the page":
        room.page.goto("about:blank")
    else:
        room.page.evaluate("history.pushState(null, '', '/worklist')")
        room.page.locator("[data-reading-room]").wait_for(state="detached")
    (series,) = displayed(hub, study).values()
    assert series == {"shown": 1, "of": 2}  # both hang in one viewport, and nobody scrolled to the second
