"""Lines over HTTP: bytes to measure by, checks that are judged and kept, and who sees them."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from dokuei.cli.main import build
from dokuei.hub.archive import weights
from dokuei.hub.identity.model import Grant, Role
from dokuei.line.judge import DEFAULT
from dokuei.line.measured import Measured
from dokuei.line.sizes import KINDS
from dokuei.storage.audit import hub_trail
from tests.makers.archive import ServedBy, served
from tests.makers.reading import reading_room
from tests.makers.whole_hub import READER_OF_KITA, READER_OF_MINAMI, WholeHub, whole_hub

FOUND = {
    "down_bits": 94e6,
    "up_bits": 40e6,
    "round_trip_ms": 9.5,
    "round_trip_loaded_ms": 30.0,
    "jitter_ms": 0.8,
    "loss": 0.001,
    "path_mtu": 1500,
    "seconds": 9.1,
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


def checked(client: httpx.Client, **changed: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/line/checks", json={**FOUND, **changed})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_bytes_come_and_go_as_they_are_and_no_more_than_a_round(hub: WholeHub) -> None:
    """NET-20: incompressible, uncached, limited in size."""
    with hub.client(hub.token("kita")) as client:
        down = client.get("/api/v1/line/down?bytes=300000", headers={"Accept-Encoding": "gzip"})
        assert (len(down.content), down.headers["content-length"]) == (300_000, "300000")
        assert "content-encoding" not in down.headers
        assert down.headers["cache-control"] == "no-store"
        assert client.post("/api/v1/line/up", content=down.content).json() == {"bytes": 300_000}
        assert client.get("/api/v1/line/ping").status_code == 204
        for path in ("?bytes=0", "?bytes=99999999999", ""):
            assert client.get(f"/api/v1/line/down{path}").status_code in {400, 422}, path
        assert client.post("/api/v1/line/up", content=b"").status_code == 400
    with hub.client() as stranger:
        assert stranger.get("/api/v1/line/down?bytes=1").status_code == 401
        assert stranger.post("/api/v1/line/up", content=b"1").status_code == 401


def test_nobody_measures_without_an_end(hub: WholeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """NET-20: so many bytes in a while; who else measures is not held up."""
    monkeypatch.setattr(hub.hub.lines.meter, "budget", 1 << 20)
    with closing(hub.signed_in("greedy", READER_OF_KITA)) as greedy, hub.client(hub.token("minami")) as other:
        statuses = [greedy.get("/api/v1/line/down?bytes=400000").status_code for _ in range(4)]
        assert statuses == [200, 200, 429, 429]
        assert other.get("/api/v1/line/down?bytes=1").status_code == 200


def test_a_check_is_judged_kept_and_on_record(hub: WholeHub) -> None:
    """NET-20: verdict, time and place; the worklist asks what it is worth now."""
    with closing(hub.signed_in("yomi", READER_OF_KITA)) as reader:
        assert reader.get("/api/v1/session/line").json() == {"state": "none", "last": None}
        kept = checked(reader)
        assert [one["kind"] for one in kept["judged"]] == list(KINDS)
        assert {one["kind"]: one["verdict"] for one in kept["judged"]}["mammography"] == "fit"
        assert (kept["kind"], kept["name"], kept["place"]) == ("reader", "yomi", "")
        assert kept["measured"] == FOUND
        standing = reader.get("/api/v1/session/line").json()
        assert (standing["state"], standing["last"]) == (kept["verdict"], kept)
        checked(reader, down_bits=1e5)
        assert reader.get("/api/v1/session/line").json()["state"] == "unfit"
        assert [one["verdict"] for one in reader.get("/api/v1/line/checks").json()] == ["unfit", kept["verdict"]]
    with hub.hub.stores.database.read() as connection:
        entries = list(hub_trail.named(connection, "line.checked"))
    assert json.loads(entries[-1].details)["verdict"] == "unfit"


@pytest.mark.parametrize(
    "wrong",
    [{"down_bits": 0}, {"down_bits": 1e300}, {"loss": 1.5}, {"path_mtu": 9}, {"seconds": -1}, {"who": "me"}],
)
def test_what_nobody_can_have_measured_is_refused(hub: WholeHub, wrong: dict[str, Any]) -> None:
    with hub.client(hub.token("kita")) as client:
        answer = client.post("/api/v1/line/checks", content=json.dumps({**FOUND, **wrong}))
        assert answer.status_code in {400, 422}


def test_lines_are_seen_by_those_whose_images_go_over_them(hub: WholeHub) -> None:
    """NET-20, AUTH-13: the site sees its gateway's line and its readers'; another site sees neither."""
    gateway = hub.hub.lines.checking.record_gateway(
        "g1", "北の門", Measured(50e6, 20e6, 12, 20, 1), site_id="kita", address="192.0.2.9"
    )
    assert gateway.whence.address_range == "192.0.2.0/24"
    with (
        closing(hub.signed_in("kita-reader", READER_OF_KITA)) as kita,
        closing(hub.signed_in("kita-colleague", READER_OF_KITA)) as colleague,
        closing(hub.signed_in("minami-reader", READER_OF_MINAMI)) as minami,
    ):
        checked(kita)
        seen = kita.get("/api/v1/lines").json()
        assert {"北の門", "kita-reader"} <= {one["name"] for one in seen}
        ranges = {one["name"]: one["address_range"] for one in colleague.get("/api/v1/lines").json()}
        assert (ranges["北の門"], ranges["kita-reader"]) == ("192.0.2.0/24", ""), "where somebody reads is their own"
        assert next(one for one in seen if one["name"] == "kita-reader")["address_range"]
        assert {one["name"] for one in minami.get("/api/v1/lines").json()}.isdisjoint({"北の門", "kita-reader"})
        assert minami.get("/api/v1/line/checks").json() == []


def test_limits_are_the_centres_and_say_what_studies_weigh(hub: WholeHub) -> None:
    """NET-20: defaults until an administrator sets others; lines are judged by them from then on."""
    with (
        closing(hub.signed_in("kanri", Grant(Role.ADMINISTRATOR, None))) as office,
        closing(hub.signed_in("yomi2", READER_OF_KITA)) as reader,
    ):
        known = reader.get("/api/v1/line-limits").json()
        assert (known["set_at"], known["kinds"]["mammography"]["first"]) == (None, DEFAULT.kinds["mammography"].first)
        assert known["sizes"]["mammography"]["studies"] == 0, "one study says nothing of the next"
        wanted = {"kinds": known["kinds"], "prefetch_seconds": 0}
        assert reader.put("/api/v1/line-limits", json=wanted).status_code == 403
        wanted["kinds"]["mammography"] = {"first": 0.1, "scrollable": 0.1, "whole": 0.1}
        told = office.put("/api/v1/line-limits", json=wanted).json()
        assert (told["set_by"], told["prefetch_seconds"]) == ("kanri", 0)
        assert {one["kind"]: one["verdict"] for one in checked(reader)["judged"]}["mammography"] == "unfit"
        wanted["kinds"]["mammography"] = {"first": 3, "scrollable": 2, "whole": 1}
        assert office.put("/api/v1/line-limits", json=wanted).status_code == 400
        del wanted["kinds"]["mammography"]
        assert office.put("/api/v1/line-limits", json=wanted).status_code == 400


def test_the_archive_tells_what_its_studies_weigh_and_nothing_of_test_patients(hub: WholeHub) -> None:
    with hub.hub.stores.database.read() as connection:
        (known,) = weights.newest(connection, lambda *_: ())
        assert known.patient[0] == "kita"
        assert known.frames > 0
        assert known.bytes > 0
        assert 0 < known.first_share <= known.coarse_share <= 1
        uid = connection.exec_driver_sql("SELECT study_instance_uid FROM study").scalar_one()
        assert list(weights.newest(connection, lambda *_: (uid,))) == []


def test_a_report_says_over_which_line_it_was_read(tmp_path: Path, database_url: str) -> None:
    """NET-20: what was measured on this device within a day, and what it is worth for this study."""
    with reading_room(tmp_path, url=database_url) as room:
        reader, item = room.reader("yomi", Grant(Role.READER, None)), room.mammogram_case()
        checked(reader, down_bits=1e6)
        assert room.written(reader, item).status_code == 200
        assert room.signed(reader, item, room.keys["yomi"]).status_code == 200
        said = reader.get(f"/api/v1/worklist/{item}/report").json()["circumstances"]
        (line,) = [one for one in said if one["label_en"] == "Line used"]
        assert line["ja"].startswith("下り 1.0 / 上り 40.0 Mbit/s、往復 10 ms、損失 0.1 %、")
        assert line["en"].endswith("warning: not fit by the centre's limits")


@pytest.mark.parametrize("by", ["granian", "plain"])
def test_the_command_line_measures_what_no_page_can_see(hub: WholeHub, by: ServedBy) -> None:
    """NET-20: loss and path MTU from both kernels, judged and kept by the hub."""
    token = hub.token("kita")
    with served(hub.app, by=by) as url:
        counters = httpx.get(f"{url}/api/v1/line/connection", headers={"Authorization": f"Bearer {token}"}).json()
        assert counters["counters"]["path_mtu"] > 0, "the hub finds its own end"
        told = CliRunner().invoke(build(["line"]), ["line", "check", "--hub", url, "--token", token])
        assert told.exit_code == 0, told.output
        assert "path MTU" in told.output
        assert "not known" not in told.output
        assert "mammogram, 4 views" in told.output
        with pytest.raises(Exception, match="401"):
            CliRunner().invoke(build(["line"]), ["line", "check", "--hub", url, "--token", "x"], catch_exceptions=False)
    with hub.client(token) as client:
        (kept, *_) = client.get("/api/v1/line/checks").json()
    assert (kept["kind"], kept["address_range"], kept["measured"]["path_mtu"] > 0) == ("program", "127.0.0.0/24", True)
