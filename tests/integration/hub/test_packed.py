"""Answers to pages, packed: over a slow line a list is there in a tenth of the time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dokuei.hub.identity.model import Grant, Role
from tests.makers.whole_hub import SERIES, WholeHub, whole_hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHub]:
    with whole_hub(Path(tmp_path_factory.mktemp("hub"))) as hub:
        yield hub


def test_a_list_is_packed_for_who_takes_it_and_plain_for_who_does_not(hub: WholeHub) -> None:
    client = hub.signed_in("reader.packed", Grant(Role.READER, None))
    form = f"/api/v1/worklist/{client.get('/api/v1/worklist').json()['items'][0]['worklist_item_id']}/report/form"
    packed = client.get(form, headers={"Accept-Encoding": "gzip"})
    plain = client.get(form, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert int(packed.headers["Content-Length"]) * 2 < int(plain.headers["Content-Length"])
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_what_is_small_and_what_is_a_file_is_left_alone(hub: WholeHub) -> None:
    client = hub.signed_in("reader.small", Grant(Role.READER, None))
    assert "Content-Encoding" not in client.get("/api/v1/health", headers={"Accept-Encoding": "gzip"}).headers
    page = client.get("/", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in page.headers


def test_coded_frames_are_not_packed_again(hub: WholeHub) -> None:
    study = SERIES.study_instance_uid
    series = f"{study}.{SERIES.series}"
    with hub.client(hub.token("kita")) as client:
        found = client.get(f"/api/v1/sites/kita/studies/{study}/images").json()
        (first, *_) = found["series"][0]["instances"]
        wanted = {"series": series, "instance": first["sop_instance_uid"], "frame": 1, "begin": 0, "end": 200}
        asked = f"/api/v1/sites/kita/studies/{study}/frame-parts"
        answer = client.post(asked, json={"parts": [wanted]}, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200, answer.text
    assert "Content-Encoding" not in answer.headers
    assert len(answer.content) == 32 + 200
