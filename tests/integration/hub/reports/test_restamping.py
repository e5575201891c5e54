"""Time stamps that are renewed before their certificates end, and what shows while they cannot be."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from sqlalchemy import select

from dokuei.dicom.encapsulated_pdf import pdf_inside
from dokuei.hub.reports.model import Delivery
from dokuei.hub.reports.pades_verify import certificates, verify_seal
from dokuei.hub.reports.restamping import AGAIN_AFTER, Restamping
from dokuei.hub.reports.tables import seal, version
from dokuei.hub.reports.verifying import verify_versions
from dokuei.settings import SealSettings
from tests.makers.reading import ReadingRoom, reading_room
from tests.makers.stamper import Stamper, running_stamper


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Stamper]:
    with running_stamper(tmp_path) as running:
        yield running


@pytest.fixture
def room(tmp_path: Path, database_url: str, service: Stamper) -> Iterator[ReadingRoom]:
    chosen = SealSettings(time_stamp_url=service.url, time_stamp_ca=service.certificate)
    with reading_room(tmp_path, url=database_url, seal=chosen) as made:
        yield made


def signed(room: ReadingRoom) -> tuple[str, bytes]:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    answer = room.signed(client, item, room.keys["reader.a"])
    assert answer.status_code == 200, answer.text
    return item, client.get(answer.json()["pdf_url"]).content


def later(room: ReadingRoom, days: float) -> Restamping:
    """The worker's part, so many days from now."""
    at = datetime.now(UTC) + timedelta(days=days)
    return Restamping(room.hub.database, room.blobs, room.seal, moment=lambda: at)


def shown(room: ReadingRoom, item: str) -> tuple[dict[str, object], bytes]:
    client = room.reader(f"looks.{datetime.now(UTC).timestamp()}")
    signature = client.get(f"/api/v1/worklist/{item}/report").json()["signatures"][0]
    return signature["seal"], client.get(signature["pdf_url"]).content


def delivered_again(room: ReadingRoom) -> list[Delivery]:
    return [one for one in room.reports.pending_deliveries("kita") if one.stamps]


def assert_delivered_again(room: ReadingRoom) -> None:
    """The hospital's copy outlives its certificates too: another object, and the same version of the report."""
    (one,) = delivered_again(room)
    _, data = room.reports.read_delivery("kita", one.delivery_id)
    sent = {kept.kind: kept for kept in room.reports.pending_deliveries("kita") if not kept.stamps}
    assert set(sent) == {"sr", "pdf"}, "what went out first is still what it was"
    new, old = (
        dcmread(BytesIO(bytes_)) for bytes_ in (data, room.reports.read_delivery("kita", sent["pdf"].delivery_id)[1])
    )
    assert (one.number, one.stamps, one.status) == (1, 1, "final")
    assert new.SOPInstanceUID == one.sop_instance_uid != old.SOPInstanceUID
    assert (new.InstanceNumber, new.SeriesInstanceUID) == (old.InstanceNumber, old.SeriesInstanceUID)
    assert "same version" in new.DocumentTitle
    assert new.SourceInstanceSequence[-1].ReferencedSOPInstanceUID == old.SOPInstanceUID
    assert pdf_inside(new).startswith(pdf_inside(old))
    assert len(pdf_inside(new)) > len(pdf_inside(old))


def test_a_stamped_seal_is_archived_and_stamped_again_before_its_certificate_ends(room: ReadingRoom) -> None:
    """REC-20: the seal outlives its certificates, its sealed bytes unchanged, each stamp in the trail."""
    item, first = signed(room)
    assert shown(room, item)[0]["level"] == "B-T"
    assert later(room, 0).step() == 1
    state, archived = shown(room, item)
    assert archived.startswith(first)
    assert len(archived) > len(first)
    assert (state["level"], state["stamps"], state["last_error"]) == ("B-LTA", 1, None)
    assert room.seal.verify(archived).good
    assert later(room, 5).step() == 0
    assert delivered_again(room) == [], "the first archive stamp follows every signature and is not sent alone"
    assert later(room, 20).step() == 1
    state, again = shown(room, item)
    assert again.startswith(archived)
    assert state["stamps"] == 2
    verdict = room.seal.verify(again)
    assert verdict.good
    assert [one.good for one in verdict.archive_stamps] == [True, True]
    assert verdict.modification_level == "LTA_UPDATES"
    assert_delivered_again(room)
    report = room.reader("looks.again").get(f"/api/v1/worklist/{item}/report").json()
    assert [(one["kind"], one["stamps"]) for one in report["deliveries"]] == [("pdf", 0), ("sr", 0), ("pdf", 1)]
    assert room.hub.events().count("report.restamped") == 2
    with room.hub.database.read() as connection:
        assert verify_versions(connection, room.blobs).wrong == ()


def test_a_stamp_of_a_stranger_and_bytes_behind_the_last_stamp_are_refused(room: ReadingRoom) -> None:
    item, _ = signed(room)
    later(room, 0).step()
    archived = shown(room, item)[1]
    own = certificates(room.seal.files.certificate)
    assert not verify_seal(archived, trusted=own).good
    assert not room.seal.verify(archived + b"\n% added\n").good


def test_while_the_service_is_down_the_report_is_final_and_says_since_when(tmp_path: Path, database_url: str) -> None:
    with running_stamper(tmp_path) as gone:
        pass
    chosen = SealSettings(time_stamp_url=gone.url, time_stamp_ca=gone.certificate)
    with reading_room(tmp_path, url=database_url, seal=chosen) as room:
        item, first = signed(room)
        assert later(room, 0).step() == 1
        state, served = shown(room, item)
        assert served == first
        assert (state["level"], state["stamps"]) == ("B-B", 0)
        assert "time-stamp service" in str(state["last_error"])
        assert later(room, 0).step() == 0
        with running_stamper(tmp_path, name="back") as back:
            found = SealSettings(time_stamp_url=back.url, time_stamp_ca=back.certificate)
            with_service = later(room, AGAIN_AFTER / timedelta(days=1) + 0.01)
            object.__setattr__(with_service.sealer, "time_stamp_url", found.time_stamp_url)
            object.__setattr__(with_service.sealer, "time_stamp_ca", found.time_stamp_ca)
            assert with_service.step() == 1
        state, served = shown(room, item)
        assert (state["level"], state["last_error"]) == ("B-LTA", None)
        assert room.seal.verify(served).good


@pytest.mark.parametrize("how", ["changed", "gone"])
def test_what_is_not_what_was_sealed_is_not_stamped(room: ReadingRoom, how: str) -> None:
    first = signed(room)[1]
    with room.hub.database.read() as connection:
        key = connection.execute(select(version.c.pdf_key)).scalar_one()
    room.blobs.delete(key)
    if how == "changed":
        room.blobs.put(key, first.replace(b"/Rotate", b"/rotate", 1) + b" ")
    assert later(room, 0).step() == 1
    with room.hub.database.read() as connection:
        kept = connection.execute(select(seal)).one()
    assert kept.stamps == 0
    assert how in kept.last_error
    assert room.hub.events().count("report.restamped") == 0


def test_a_stamped_file_that_is_changed_is_not_served_and_named(room: ReadingRoom) -> None:
    item, _ = signed(room)
    later(room, 0).step()
    with room.hub.database.read() as connection:
        key = connection.execute(select(seal.c.blob_key)).scalar_one()
    data = bytearray(room.blobs.read(key))
    data[-20] ^= 1
    room.blobs.delete(key)
    room.blobs.put(key, bytes(data))
    client = room.reader("reader.b")
    assert client.get(f"/api/v1/worklist/{item}/report/pdf").status_code >= 400
    with room.hub.database.read() as connection:
        assert [one.why for one in verify_versions(connection, room.blobs).wrong] == [
            "the file with its later time stamps is changed"
        ]


def test_without_a_service_nothing_is_due(tmp_path: Path) -> None:
    with reading_room(tmp_path) as room:
        item, _ = signed(room)
        assert later(room, 5000).step() == 0
        assert shown(room, item)[0] == {
            "level": "B-B",
            "stamps": 0,
            "stamped_at": None,
            "renew_at": None,
            "last_error": None,
        }
