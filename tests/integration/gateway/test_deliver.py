"""Reports on their way into a PACS that refuses, is away, or forgets: nothing is lost, nothing is said too early."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydicom.dataset import Dataset
from sqlalchemy import Row, delete, insert, select, update

from dokuei.dicom.encapsulated_pdf import ENCAPSULATED_PDF
from dokuei.errors import NotFoundError
from dokuei.gateway import outlet_tables, trouble_tables
from dokuei.gateway.deliver import Deliverer
from dokuei.gateway.deliver_tables import deliver_object
from dokuei.gateway.link import Link
from dokuei.gateway.outlet_tables import deliver_outlet
from dokuei.gateway.trouble_tables import deliver_trouble
from dokuei.hub.reports.deliveries import DeliveryPlace
from dokuei.hub.reports.examining import Trusted, examine
from dokuei.hub.reports.recorded import compared
from dokuei.hub.reports.tables import delivery
from dokuei.settings import Destination, Settings
from dokuei.storage.audit import gateway_entries, gateway_trail
from dokuei.storage.db import Database, gateway_metadata, open_database, sqlite_url
from dokuei.transfer.deliveries import DELIVERIES_PATH
from tests.makers.delivering import Line, Pacs
from tests.makers.peers import free_port, orthanc_program, running_orthanc
from tests.makers.reading import ReadingRoom, reading_room


@dataclass
class Way:
    """Everything between a signed report and a PACS."""

    room: ReadingRoom
    line: Line
    deliverer: Deliverer
    pacs: Pacs

    def turn(self) -> None:
        """One round, with every wait over."""
        with self.deliverer.database.begin() as connection:
            connection.execute(update(deliver_object).values(not_before=None))
            connection.execute(update(deliver_trouble).values(not_before=deliver_trouble.c.since))
        self.deliverer.turn(self.line)  # type: ignore[arg-type] # the same verbs as the real client

    def rows(self) -> list[tuple[str, bool, bool, int, str]]:
        c = deliver_object.c
        with self.deliverer.database.read() as connection:
            rows = connection.execute(select(deliver_object).order_by(c.kind)).all()
        return [(r.kind, r.stored_at is not None, r.reported_at is not None, r.attempts, r.error) for r in rows]

    def at_hub(self) -> list[tuple[bool, str | None]]:
        with self.room.hub.database.read() as connection:
            rows = connection.execute(select(delivery).order_by(delivery.c.kind)).all()
        return [(row.delivered_at is not None, row.last_error) for row in rows]


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    with reading_room(tmp_path / "hub") as room:
        item = room.mammogram_case()
        client = room.reader("reader.a")
        room.written(client, item)
        assert room.signed(client, item, room.keys["reader.a"]).status_code == 200
        pacs = Pacs(free_port())
        yield Way(room, line := Line(room), deliverer(tmp_path, pacs.port, lambda: line), pacs)


def deliverer(folder: Path, port: int, make_client: Callable[[], Line]) -> Deliverer:
    gateway = Settings(home=folder).gateway.model_copy(
        update={"pacs": Destination(ae_title="PACS", host="127.0.0.1", port=port)}
    )
    settings = Settings(home=folder, gateway=gateway)
    return Deliverer(settings, opened(folder), Link(1.0, threading.Event()), make_client)  # type: ignore[arg-type] # as above


def opened(folder: Path) -> Database:
    database = open_database(sqlite_url(folder / "gateway" / "gateway.sqlite"))
    gateway_metadata.create_all(database.engine)
    return database


@pytest.fixture(autouse=True)
def _close(way: Way) -> Iterator[None]:
    yield
    way.deliverer.database.close()


def test_both_objects_are_stored_receipted_and_their_files_gone(way: Way) -> None:
    with way.pacs.running():
        way.turn()
    assert [(kind, stored, told) for kind, stored, told, *_ in way.rows()] == [("pdf", True, True), ("sr", True, True)]
    assert {one.Modality for one in way.pacs.stored} == {"SR", "DOC"}
    assert way.at_hub() == [(True, None), (True, None)]
    assert way.room.reports.pending_deliveries("kita") == ()
    assert list(way.deliverer.folder.glob("*.dcm")) == []
    with way.deliverer.database.read() as connection:
        assert gateway_trail.verify(connection).broken_at is None
        events = [row.event for row in connection.execute(select(gateway_entries))]
    assert events == ["report.stored", "report.stored"]


def test_a_pacs_that_is_away_gets_everything_when_it_is_back(way: Way) -> None:
    for _ in range(3):
        way.turn()
    assert [(stored, attempts) for _, stored, _, attempts, _ in way.rows()] == [(False, 3), (False, 3)]
    assert all("does not answer" in (error or "") for _, error in way.at_hub())
    with way.pacs.running():
        way.turn()
    assert len(way.pacs.stored) == 2
    assert way.at_hub() == [(True, None), (True, None)]


def test_a_refusal_shows_as_a_refusal_and_never_as_delivered(way: Way) -> None:
    way.pacs.status = 0xA700
    with way.pacs.running():
        way.turn()
        assert all("0xA700" in error for *_, error in way.rows())
        assert all(not done and "0xA700" in (error or "") for done, error in way.at_hub())
        way.pacs.status = 0x0000
        way.turn()
    assert way.at_hub() == [(True, None), (True, None)]


def test_what_a_pacs_says_of_a_patient_stays_in_the_hospital(way: Way) -> None:
    way.pacs.status, way.pacs.words = 0xA700, "no room for YAMADA^HANAKO"
    with way.pacs.running():
        way.turn()
    assert all(error.endswith("0xA700 no room for YAMADA^HANAKO") for *_, error in way.rows())
    assert {error for _, error in way.at_hub()} == {"the PACS did not store it: status 0xA700"}


def test_a_pacs_that_takes_only_one_kind_gets_that_one(way: Way) -> None:
    with way.pacs.running(ENCAPSULATED_PDF):
        way.turn()
    assert [stored for _, stored, *_ in way.rows()] == [True, False]
    assert [done for done, _ in way.at_hub()] == [True, False]


@pytest.mark.parametrize("status", [0x0111, 0xB000])
def test_a_duplicate_and_a_warning_count_as_stored(way: Way, status: int) -> None:
    way.pacs.status = status
    with way.pacs.running():
        way.turn()
    assert all(done for done, _ in way.at_hub())


def test_the_hub_away_after_the_store_is_told_later_and_nothing_is_stored_twice(way: Way) -> None:
    way.deliverer.fetch(way.line)  # type: ignore[arg-type] # as above
    way.line.cut = True
    with way.pacs.running():
        way.turn()
        assert [(stored, told) for _, stored, told, *_ in way.rows()] == [(True, False), (True, False)]
        way.line.cut = False
        way.turn()
    assert len(way.pacs.stored) == 2
    assert way.at_hub() == [(True, None), (True, None)]


def test_bytes_damaged_on_the_way_are_not_kept(way: Way) -> None:
    way.line.damage = True
    with way.pacs.running():
        way.turn()
        assert way.rows() == []
        way.line.damage = False
        way.turn()
    assert all(done for done, _ in way.at_hub())


def test_a_restart_after_any_step_goes_on_where_it_was(way: Way, tmp_path: Path) -> None:
    way.deliverer.fetch(way.line)  # type: ignore[arg-type] # as above
    again = deliverer(tmp_path, way.pacs.port, lambda: way.line)
    with way.pacs.running():
        assert again.fetch(way.line) == ()  # type: ignore[arg-type] # as above
        again.store()
    last = deliverer(tmp_path, way.pacs.port, lambda: way.line)
    last.report(way.line)  # type: ignore[arg-type] # as above
    for one in (again, last):
        one.database.close()
    assert len(way.pacs.stored) == 2
    assert way.at_hub() == [(True, None), (True, None)]


def test_a_receipt_that_the_hub_refuses_is_told_ever_more_rarely_and_seen(way: Way) -> None:
    """And told at last, once the hub knows of the delivery again."""
    waiting = way.room.reports.pending_deliveries("kita")
    way.deliverer.fetch(way.line)  # type: ignore[arg-type] # as above
    with way.room.hub.database.begin() as connection:
        rows = connection.execute(select(delivery)).mappings().all()
        connection.execute(delete(delivery))
    with way.pacs.running():
        for attempts in (1, 2, 3):
            way.turn()
            assert {(one.step, one.attempts) for one in troubles(way)} == {("receipt", attempts)}
            waits(way, timedelta(minutes=1))
            asked = list(way.line.paths)
            way.deliverer.turn(way.line)  # type: ignore[arg-type] # as above
            assert way.line.paths == [*asked, DELIVERIES_PATH], "nothing but what waits is asked"
        with way.deliverer.database.read() as connection:
            (told,) = outlet_tables.counts(connection, at_most=9).troubles
        assert (told.step, told.reports, "no such delivery" in told.error) == ("receipt", 2, True)
        with way.room.hub.database.begin() as connection:
            connection.execute(insert(delivery), [dict(row) for row in rows])
        way.turn()
    assert (len(waiting), way.at_hub(), troubles(way)) == (2, [(True, None), (True, None)], [])


def test_an_object_that_cannot_be_fetched_is_not_fetched_every_few_seconds(way: Way) -> None:
    way.line.damage = True
    way.turn()
    waits(way, timedelta(minutes=1))
    way.line.paths.clear()
    way.deliverer.turn(way.line)  # type: ignore[arg-type] # as above
    assert way.line.paths == [DELIVERIES_PATH]
    with way.room.hub.database.begin() as connection:
        connection.execute(update(delivery).values(delivered_at=datetime.now(UTC)))
    way.turn()
    assert troubles(way) == [], "nobody waits for these any more"


def troubles(way: Way) -> list[Row[Any]]:
    with way.deliverer.database.read() as connection:
        return list(connection.execute(select(deliver_trouble)))


def waits(way: Way, wait: timedelta) -> None:
    """As if the last attempts had been followed by a long wait."""
    with way.deliverer.database.begin() as connection:
        connection.execute(update(deliver_trouble).values(not_before=datetime.now(UTC) + wait))


def test_a_gateway_of_another_site_gets_nothing(way: Way) -> None:
    waiting = way.room.reports.pending_deliveries("kita")[0]
    way.line.site_id = "minami"
    assert way.deliverer.fetch(way.line) == ()  # type: ignore[arg-type] # as above
    assert way.rows() == []
    for path, more in (("object", ""), ("receipt", ', "state": "stored"')):
        body = f'{{"delivery_id": "{waiting.delivery_id}"{more}}}'.encode()
        with pytest.raises(NotFoundError):
            way.line.call("POST", f"/gateway/v1/deliveries/{path}", body)
    assert way.at_hub() == [(False, None), (False, None)]


def test_one_damaged_object_is_told_and_holds_no_other_back(way: Way) -> None:
    pdf = next(one for one in way.room.reports.pending_deliveries("kita") if one.kind == "pdf")
    way.line.damaged = pdf.delivery_id
    with way.pacs.running():
        for _ in range(2):
            way.turn()
        assert [kind for kind, *_ in way.rows()] == ["sr"]
        assert [done for done, _ in way.at_hub()] == [False, True]
        assert "damaged" in str(way.at_hub()[0][1])
        way.line.damaged = ""
        way.turn()
    assert [done for done, _ in way.at_hub()] == [True, True]


@pytest.mark.parametrize("unfit", [{"kind": "fhir"}, {"size": 1 << 40}, {"delivery_id": 7}])
def test_an_object_of_a_version_ahead_holds_no_other_back(way: Way, unfit: dict[str, Any]) -> None:
    pdf = next(one for one in way.room.reports.pending_deliveries("kita") if one.kind == "pdf")
    known = json.loads(way.line.call("POST", "/gateway/v1/deliveries", b"{}"))["objects"]
    way.line.more = [{**next(one for one in known if one["delivery_id"] == pdf.delivery_id), **unfit}]
    with way.room.hub.database.begin() as connection:
        connection.execute(update(delivery).values(delivered_at=datetime.now(UTC)).where(delivery.c.kind == "pdf"))
    with way.pacs.running():
        way.turn()
    assert [kind for kind, *_ in way.rows()] == ["sr"]
    assert way.at_hub()[1] == (True, None)


def test_what_a_pacs_took_and_never_commits_to_crowds_out_no_new_report(way: Way) -> None:
    """A hundred objects that wait for storage commitment, which never comes, and then another report is signed."""
    with way.room.hub.database.begin() as connection:
        first = connection.execute(select(delivery)).first()
        assert first is not None
        for number in range(150):
            more = {"delivery_id": f"{number:032x}", "sop_instance_uid": f"1.2.{number}", "stamps": number + 1}
            connection.execute(insert(delivery).values({**first._mapping, **more}))
    place = DeliveryPlace("pacs", "accepted", "PACS", "", datetime.now(UTC))
    for number in range(150):
        way.room.reports.note_delivery_failure("kita", f"{number:032x}", error="", places=[place])
    waiting = [{one.delivery_id for one in way.room.reports.pending_deliveries("kita")} for _ in range(20)]
    assert all({first.delivery_id} <= some and len(some) == 100 for some in waiting)
    assert len(frozenset[str]().union(*waiting)) == 152, "a gateway that lost its disk gets all of it again"


def test_news_that_the_hub_never_takes_crowds_out_no_other(way: Way) -> None:
    """A hub restored from a backup knows nothing of what was delivered since, and refuses to hear of it."""
    long_ago = datetime.now(UTC) - timedelta(days=9)
    with way.deliverer.database.begin() as connection:
        unknown = {"outlet": "pacs", "destination": "PACS", "note": "", "changed_at": long_ago}
        connection.execute(insert(deliver_outlet), [{**unknown, "delivery_id": f"{n:032x}"} for n in range(250)])
        outlet_tables.put(connection, "f" * 32, "pacs", state="accepted", destination="PACS")
        refused = outlet_tables.untold(connection)
        assert "f" * 32 not in refused
        for delivery_id in refused:
            trouble_tables.failed(connection, delivery_id, "receipt", "unknown", ceiling=60.0)
        assert "f" * 32 in outlet_tables.untold(connection, but=trouble_tables.resting(connection, "receipt"))


def test_an_object_too_large_for_any_gateway_is_noted_at_the_hub_and_the_others_go(way: Way) -> None:
    with way.room.hub.database.begin() as connection:
        connection.execute(update(delivery).values(size=1 << 40).where(delivery.c.kind == "pdf"))
    with way.pacs.running():
        way.turn()
    assert [done for done, _ in way.at_hub()] == [False, True]
    assert "cannot be delivered" in str(way.at_hub()[0][1])


@pytest.mark.parametrize("how", ["gone", "damaged"])
def test_a_kept_file_that_is_lost_is_fetched_again(way: Way, how: str) -> None:
    way.deliverer.fetch(way.line)  # type: ignore[arg-type] # as above
    for path in way.deliverer.folder.glob("*.dcm"):
        if how == "gone":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:-1] + b"?")
    with way.pacs.running():
        for _ in range(2):
            way.turn()
    assert way.at_hub() == [(True, None), (True, None)]


def test_an_object_that_makes_the_pacs_hang_up_leaves_the_others_to_another_association(way: Way) -> None:
    first = way.room.reports.pending_deliveries("kita")[0]
    way.pacs.hangs_up_on = first.sop_class_uid
    with way.pacs.running():
        way.turn()
    assert {done for done, _ in way.at_hub()} == {True, False}


def test_an_object_that_cannot_be_re_identified_is_told_and_the_other_goes(way: Way) -> None:
    def reidentify(dataset: Dataset) -> Dataset:
        if dataset.Modality == "SR":
            raise KeyError(dataset.PatientID)
        return dataset

    way.deliverer.reidentify = reidentify
    with way.pacs.running():
        way.turn()
    assert [done for done, _ in way.at_hub()] == [True, False]
    assert "P1" not in str(way.at_hub()[1][1])


@pytest.mark.peer
def test_another_makers_pacs_takes_them_and_takes_them_again(way: Way, tmp_path: Path) -> None:
    """REC-14: the signature inside outlives the PACS's storage."""
    if orthanc_program() is None:
        pytest.skip("Orthanc is not installed (setup/system.sh test installs it)")
    with running_orthanc(tmp_path / "pacs") as pacs:
        one = deliverer(tmp_path, pacs.dimse_port, lambda: way.line)
        one.turn(way.line)  # type: ignore[arg-type] # as above
        assert len(pacs.get("/instances")) == 2
        trusted = Trusted((way.room.seal.files.certificate,))
        for instance in pacs.get("/instances"):
            stored = httpx.get(f"{pacs.url}/instances/{instance}/file", timeout=30).content
            examined = examine(stored, trusted=trusted)
            assert examined.stands, (examined.kind, examined.remarks)
            with way.room.hub.database.read() as connection:
                recorded = compared(connection, way.room.blobs, stored)
            assert {one.code for one in recorded} <= {"record_same", "record_same_content"}
        one.database.close()
