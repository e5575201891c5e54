"""How far a case has come, as far as the hub was told: by the gateway, by its manifest, by readers, by the PACS."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from dokuei.clock import now
from dokuei.hub.gateways.model import Gateway, GatewayState
from dokuei.transfer.protocol import StudyReport
from tests.makers.archive import image
from tests.makers.reading import ReadingRoom, reading_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path) as made:
        yield made


def _gateway(gateway_id: str, *studies: StudyReport) -> GatewayState:
    known = Gateway(gateway_id, "kita", f"門 {gateway_id}", "", now() + timedelta(days=1), now())
    told = [one.model_dump() for one in studies]
    return GatewayState(known, "1", 1, now(), "true", 0, 0, told, [])


def _way(client: httpx.Client, item: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/worklist/{item}/way")
    assert answer.status_code == 200, answer.text
    way: dict[str, Any] = answer.json()
    return way


def test_the_way_before_the_hub_is_what_the_gateway_tells(room: ReadingRoom) -> None:
    """The one that is stuck says why, in the gateway's words."""
    item = room.take_in(image(study="1.2.3"), closed=False)
    client = room.reader("reader.a")
    assert (_way(client, item)["gateway"], _way(client, item)["signed_for"]) == (None, None)
    stuck = StudyReport(study_instance_uid="1.2.3", state="problem", percent=50, error="the line is cut")
    room.gateways.extend([_gateway("1"), _gateway("2", stuck)])
    assert _way(client, item)["gateway"] == {
        "gateway_id": "2",
        "name": "門 2",
        "state": "problem",
        "error": "the line is cut",
        "left_bytes": 0,
        "done_at": "",
    }


def test_a_gateway_that_no_longer_speaks_of_a_study_signed_for_it(room: ReadingRoom) -> None:
    room.gateways.append(_gateway("1"))
    way = _way(room.reader("reader.a"), room.mammogram_case())
    sending = {"left_bytes": 0, "done_at": ""}
    assert way["gateway"] == {"gateway_id": "1", "name": "門 1", "state": "", "error": "", **sending}
    assert (way["signed_for"]["instances"], way["signed_for"]["verified"]) == (2, True)
    assert way["first_received_at"] <= way["last_received_at"] <= way["signed_for"]["at"]


def test_the_way_back_is_told_object_by_object(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    assert (_way(client, item)["held"], _way(client, item)["back"]) == ([], [])
    room.written(client, item)
    (held,) = _way(client, item)["held"]
    assert (held["display_name"], held["signed_at"]) == ("人 reader.a", None)
    assert held["claimed_at"] is not None
    room.signed(client, item, room.keys["reader.a"])
    room.carry_out()
    assert _way(client, item)["held"][0]["signed_at"] is not None
    assert [(one["kind"], one["delivered_at"]) for one in _way(client, item)["back"]] == [("pdf", None), ("sr", None)]
    pdf, sr = sorted(room.reports.pending_deliveries("kita"), key=lambda one: one.kind)
    room.reports.mark_delivered("kita", pdf.delivery_id, actor="gateway:1", destination="PACS")
    room.reports.note_delivery_failure("kita", sr.delivery_id, error="the PACS refused it")
    back = _way(client, item)["back"]
    assert [one["delivered_at"] is not None for one in back] == [True, False]
    assert [one["error"] for one in back] == ["", "the PACS refused it"]
