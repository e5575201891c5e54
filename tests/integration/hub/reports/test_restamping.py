"""Time stamps that are renewed before their certificates end, and what shows while they cannot be."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from pydicom import dcmread
from sqlalchemy import select, update

from dokuei.dicom.encapsulated_pdf import pdf_inside
from dokuei.dicom.signature import data_set_of, signatures_of
from dokuei.errors import SignatureError
from dokuei.hub.reports import store
from dokuei.hub.reports.deliveries import Delivery
from dokuei.hub.reports.pades_verify import certificates, verify_seal
from dokuei.hub.reports.recorded import compared
from dokuei.hub.reports.restamping import AGAIN_AFTER, Restamping
from dokuei.hub.reports.tables import seal, version
from dokuei.hub.reports.verifying import verify_versions
from dokuei.settings import SealSettings
from dokuei.storage.audit import hub_entries
from tests.makers.authority import Authority, running_authority
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
    watch = room.reports.restamping.watch
    return Restamping(room.hub.database, room.blobs, room.seal, watch, moment=lambda: at)


def shown(room: ReadingRoom, item: str) -> tuple[dict[str, object], bytes]:
    client = room.reader(f"looks.{datetime.now(UTC).timestamp()}")
    signature = client.get(f"/api/v1/worklist/{item}/report").json()["signatures"][0]
    return signature["seal"], client.get(signature["pdf_url"]).content


def sr_stamp(room: ReadingRoom, item: str) -> str:
    """What is said of the structured report's time stamp."""
    with room.hub.database.read() as connection:
        (kept,) = store.every_version(connection)
    client = room.reader(f"asks.{datetime.now(UTC).timestamp()}")
    said: str = client.get(f"/api/v1/worklist/{item}/report").json()["signatures"][0]["sr_time_stamp"]
    assert said == kept.sealed.sr_time_stamp
    return said


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
    assert sr_stamp(room, item) == "stamped"
    sent = {one.kind: one.delivery_id for one in room.reports.pending_deliveries("kita")}
    (signature,) = signatures_of(data_set_of(room.reports.read_delivery("kita", sent["sr"])[1]))
    assert signature.holds
    assert signature.token is not None
    assert later(room, 0).step() == 1
    state, archived = shown(room, item)
    assert archived.startswith(first)
    assert len(archived) > len(first)
    assert (state["level"], state["stamps"], state["last_error"]) == ("B-LTA", 1, None)
    assert state["revocation"] == "unpublished"
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
        for file in (first, archived, again):
            assert [one.code for one in compared(connection, room.blobs, file)] == ["record_same"]
    with room.hub.database.begin() as connection:
        trail = connection.execute(select(hub_entries.c.sequence).where(hub_entries.c.event == "report.restamped"))
        last = trail.scalars().all()[-1]
        connection.execute(update(hub_entries).where(hub_entries.c.sequence == last).values(event="report.read"))
        (wrong,) = verify_versions(connection, room.blobs).wrong
        assert "no such file" in wrong.why


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
        assert sr_stamp(room, item) == "missing"
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
            "revocation": None,
        }


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    with running_authority(tmp_path / "authority") as running:
        yield running


def test_what_issuers_do_not_say_now_is_asked_again_and_a_revoked_seal_is_an_alarm(
    tmp_path: Path, database_url: str, authority: Authority
) -> None:
    """REC-20: the report is final at once; what vouches for it follows. Nothing is sealed with what was revoked."""
    issued, service = authority.issue("seal"), authority.issue("service", stamps=True)
    with running_stamper(tmp_path, issued=service) as stamper:
        chosen = SealSettings(
            certificate=issued.chain,
            private_key=issued.key_file,
            time_stamp_url=stamper.url,
            time_stamp_ca=authority.file,
        )
        with reading_room(tmp_path, url=database_url, seal=chosen) as room:
            authority.silent = {"crl", "ocsp"}
            item, first = signed(room)
            assert later(room, 0).step() == 1
            state, served = shown(room, item)
            assert (state["level"], state["revocation"], served) == ("B-T", "lacking", first)
            assert "did not say" in str(state["last_error"])
            authority.behave()
            assert later(room, 0).step() == 0
            assert later(room, AGAIN_AFTER / timedelta(days=1) + 0.01).step() == 1
            state, served = shown(room, item)
            assert (state["level"], state["revocation"], state["last_error"]) == ("B-LTA", "kept", None)
            assert room.seal.verify(served).good
            assert_a_revocation_ends_signing(room, authority, issued.certificate)
            assert room.seal.verify(shown(room, item)[1]).good, "it was sealed before"


def assert_a_revocation_ends_signing(room: ReadingRoom, authority: Authority, certificate: x509.Certificate) -> None:
    watch = room.reports.restamping.watch
    watch.step()
    authority.revoke(certificate, at=datetime.now(UTC) - timedelta(seconds=1))
    watch.step()
    assert room.hub.events().count("seal.revoked") == 0, "its issuer is not asked again yet"
    watch.hasten()
    watch.step()
    watch.hasten()
    watch.step()
    assert room.hub.events().count("seal.revoked") == 1, "said once"
    assert [one.kind for one in room.hub.identity.alerts.every()] == ["seal_revoked"]
    item = room.mammogram_case()
    client = room.reader("reader.b")
    room.written(client, item)
    refused = client.post(f"/api/v1/worklist/{item}/report/signature/begin", json={"preliminary": False})
    assert refused.status_code >= 400
    assert "was revoked" in refused.json()["detail"]
    assert client.get(f"/api/v1/worklist/{item}/report").json()["status"] == "draft", "what is written stays"
    authority.silent = {"crl", "ocsp"}
    watch.hasten()
    watch.step()
    with room.hub.database.read() as connection, pytest.raises(SignatureError, match="was revoked"):
        watch.demand_sealable(connection)
    authority.behave()
    watch.hasten()
    watch.step()
    assert room.hub.events().count("seal.good-again") == 1
    with room.hub.database.read() as connection:
        watch.demand_sealable(connection)


def test_a_report_that_was_sealed_after_the_revocation_says_so_and_is_not_archived(
    tmp_path: Path, authority: Authority
) -> None:
    issued = authority.issue("seal", says=("crl",))
    with running_stamper(tmp_path) as stamper:
        chosen = SealSettings(
            certificate=issued.chain,
            private_key=issued.key_file,
            time_stamp_url=stamper.url,
            time_stamp_ca=stamper.certificate,
        )
        with reading_room(tmp_path, seal=chosen) as room:
            room.reports.restamping.watch.step()
            authority.revoke(issued.certificate, at=datetime.now(UTC) - timedelta(hours=1))
            item, _ = signed(room)
            assert later(room, 0).step() == 1
            state, _ = shown(room, item)
            assert (state["level"], state["revocation"]) == ("B-T", "revoked")
            room.reports.restamping.watch.step()
            assert room.hub.events().count("seal.revoked") == 1, "the watch asks at once"


def test_nothing_is_sealed_with_a_certificate_that_has_ended(tmp_path: Path, authority: Authority) -> None:
    issued = authority.issue("seal", days=-0.01)
    chosen = SealSettings(certificate=issued.chain, private_key=issued.key_file)
    with (
        reading_room(tmp_path, seal=chosen) as room,
        room.hub.database.read() as connection,
        pytest.raises(SignatureError, match="has ended"),
    ):
        room.reports.restamping.watch.demand_sealable(connection)
