"""What was on a reader's screen is kept, every series of the study beside it."""

import json
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from dokuei.storage.audit import hub_trail
from tests.makers.whole_hub import READER_OF_KITA, READER_OF_MINAMI, SERIES, WholeHub, whole_hub

_SERIES = f"{SERIES.study_instance_uid}.{SERIES.series}"
_PATH = "/api/v1/sites/kita/displays"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture(scope="module")
def reader(hub: WholeHub) -> Iterator[httpx.Client]:
    with closing(hub.signed_in("reader", READER_OF_KITA)) as client:
        yield client


def displayed(hub: WholeHub) -> list[dict[str, object]]:
    with hub.hub.stores.database.read() as connection:
        return [json.loads(one.details) for one in hub_trail.named(connection, "study.displayed")]


def told(series: dict[str, int], study: str = SERIES.study_instance_uid) -> dict[str, object]:
    return {"study_instance_uid": study, "series": series}


def test_who_displayed_how_much_of_each_series_is_on_record(hub: WholeHub, reader: httpx.Client) -> None:
    """LOG-11: with which series were displayed, per study and reader; what was not displayed shows too."""
    assert reader.post(_PATH, json=told({_SERIES: 1})).status_code == 204
    assert displayed(hub)[-1] == {"series": {_SERIES: {"shown": 1, "of": 2}}}
    assert reader.post(_PATH, json=told({})).status_code == 204
    assert displayed(hub)[-1] == {"series": {_SERIES: {"shown": 0, "of": 2}}}


def test_what_cannot_have_been_displayed_is_refused_and_leaves_nothing(hub: WholeHub, reader: httpx.Client) -> None:
    before = len(displayed(hub))
    assert reader.post(_PATH, json=told({_SERIES: 3})).status_code == 400
    assert reader.post(_PATH, json=told({"1.2.3": 1})).status_code == 404
    assert reader.post(_PATH, json=told({}, study="1.2.3")).status_code == 404
    assert reader.post(_PATH, json=told({_SERIES: -1})).status_code == 422
    with closing(hub.signed_in("stranger", READER_OF_MINAMI)) as stranger:
        assert stranger.post(_PATH, json=told({_SERIES: 1})).status_code == 404
        assert stranger.post(_PATH.replace("kita", "minami"), json=told({_SERIES: 1})).status_code == 404
    assert len(displayed(hub)) == before
