"""A lost database comes back as it was: order and moment of arrival, quarantine, and nothing that was removed."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from dokuei.clock import now
from dokuei.errors import NotFoundError, ProofError
from dokuei.hub.archive import tables
from dokuei.hub.archive.attributes import Level
from dokuei.hub.archive.model import Declared, Manifest, Progress, blob_key, manifest_key, receipt_key
from dokuei.hub.archive.query import Query
from dokuei.hub.archive.retention import Retention
from dokuei.hub.archive.service import ArchiveService
from dokuei.storage.db import hub_metadata, open_database, sqlite_url
from tests.makers.archive import GATEWAY, SmallArchive, image


@pytest.fixture
def lost(archive: SmallArchive, tmp_path: Path) -> Iterator[Callable[[], ArchiveService]]:
    """Another hub over the same files with a new, empty database; the files were restored without their times."""
    opened: list[ArchiveService] = []

    def lose() -> ArchiveService:
        for file in (archive.folder / "blobs").rglob("*.*"):
            os.utime(file, (2_000_000_000, 2_000_000_000))
        new = ArchiveService(open_database(sqlite_url(tmp_path / f"new{len(opened)}.sqlite")), archive.service.blobs)
        hub_metadata.create_all(new.database.engine)
        opened.append(new)
        return new

    yield lose
    for one in opened:
        one.database.close()


def rebuilt(service: ArchiveService) -> dict[str, Progress]:
    return {step.key: step for step in service.reindex(actor="person:1")}


def listed(service: ArchiveService, level: Level) -> list[str]:
    tag = {"study": "0020000D", "series": "0020000E", "instance": "00080018"}[level]
    found = service.search(level, Query(), site_id="kita", base="")
    return [json.loads(item)[tag]["Value"][0] for item in found.items]


def signed_for(study: str, *declared: Declared) -> Manifest:
    return Manifest(study, "1", verified=True, document=b"{}", signature=b"", declared=declared)


def test_moments_senders_and_order_of_arrival_survive(
    archive: SmallArchive, lost: Callable[[], ArchiveService]
) -> None:
    start = datetime(2025, 3, 1, 9, tzinfo=UTC)
    for day, study in enumerate(("1.2.9", "1.2.3", "1.2.7", "1.2.3")):
        batch = [archive.coded(image(study=study, series=f"{study}.1", number=10 * day + n)) for n in range(3)]
        moment = start + timedelta(days=day)
        archive.service.store_instances("kita", batch, actor=f"gateway:{day}", received_at=moment)
    archive.service.keep_missing_notes()
    archive.service.keep_receipts("kita", "1.2.3")
    new = lost()
    assert not [step for step in rebuilt(new).values() if step.error]
    for level in ("study", "instance"):
        assert listed(new, level) == listed(archive.service, level)
    columns = [tables.instance.c[name] for name in ("sop_instance_uid", "received_at", "received_from")]
    for service in (archive.service, new):
        assert service.expired_studies("kita", received_before=start + timedelta(days=2)) == ("1.2.9",)
    with archive.service.database.read() as before, new.database.read() as after:
        asked = select(*columns).order_by(columns[0])
        assert before.execute(asked).all() == after.execute(asked).all()


def test_a_study_that_grew_has_its_receipts_renewed_and_a_removed_one_leaves_none(archive: SmallArchive) -> None:
    blobs, key = archive.service.blobs, receipt_key("kita", "1.2.3")
    archive.stored(image(study="1.2.3"))
    archive.service.keep_receipts("kita", "1.2.3")
    first = blobs.read(key)
    archive.stored(image(study="1.2.3", number=2))
    archive.service.keep_receipts("kita", "1.2.3")
    assert len(blobs.read(key)) > len(first)
    archive.service.delete_study_images("kita", "1.2.3", actor="person:1", reason="term")
    assert not blobs.exists(key)
    archive.service.keep_receipts("kita", "1.2.3")
    assert not blobs.exists(key)


def test_an_unfinished_deletion_is_finished_and_not_undone(
    archive: SmallArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power goes between the transaction that removes a study and the removal of its files."""
    archive.stored(image(study="1.2.3"), image(study="1.2.4"))
    with monkeypatch.context() as cut:
        cut.setattr(Retention, "finish", lambda _: 0)
        archive.service.delete_study_images("kita", "1.2.3", actor="person:1", reason="term")
        assert len(list(archive.service.blobs.keys("archive"))) == 2
        rebuilt(archive.service)
        with pytest.raises(NotFoundError):
            archive.service.study_summary("kita", "1.2.3")
    rebuilt(archive.service)
    with pytest.raises(NotFoundError):
        archive.service.study_summary("kita", "1.2.3")
    assert len(list(archive.service.blobs.keys("archive"))) == 1


def test_what_was_removed_on_purpose_is_not_missed_after_the_database_was_lost(
    archive: SmallArchive, lost: Callable[[], ArchiveService]
) -> None:
    gone = archive.coded(image(study="1.2.3"))
    archive.service.store_instances("kita", [gone], actor=GATEWAY)
    archive.stored(image(study="1.2.4"))
    archive.service.delete_study_images("kita", "1.2.3", actor="person:1", reason="term")
    new = lost()
    for _ in range(2):  # the second time changes nothing
        assert not [step for step in rebuilt(new).values() if step.error]
        assert new.deletions() == archive.service.deletions()
    assert new.removed("kita", "1.2.3").has(gone.coded.sop_instance_uid, gone.coded.content_digest)
    assert listed(new, "study") == ["1.2.4"]


def test_a_study_that_came_again_after_its_removal_stays(
    archive: SmallArchive, lost: Callable[[], ArchiveService]
) -> None:
    archive.stored(image(study="1.2.3"))
    archive.service.delete_study_images("kita", "1.2.3", actor="person:1", reason="wrong patient")
    archive.stored(image(study="1.2.3"))
    new = lost()
    assert not [step for step in rebuilt(new).values() if step.error]
    assert listed(new, "study") == ["1.2.3"]
    assert len(list(new.blobs.keys("archive"))) == 1


def test_a_record_of_a_removal_from_before_they_were_files_gets_its_file(archive: SmallArchive) -> None:
    archive.stored(image(study="1.2.3"))
    archive.service.delete_study_images("kita", "1.2.3", actor="person:1", reason="term")
    blobs = archive.service.blobs
    (key,) = blobs.keys("removals")
    written = blobs.read(key)
    blobs.delete(key)
    archive.service.keep_missing_notes()
    assert blobs.read(key) == written


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"site_id": "kita"}', b"\xff"])
def test_a_broken_record_of_a_removal_is_told_and_stops_nothing(archive: SmallArchive, damage: bytes) -> None:
    archive.stored(image(study="1.2.3"), image(study="1.2.4"))
    archive.service.delete_study_images("kita", "1.2.3", actor="person:1", reason="term")
    (key,) = archive.service.blobs.keys("removals")
    archive.service.blobs.replace(key, damage)
    archive.service.blobs.replace("removals/minami/1.2.3/20260101T000000000000.json", damage)
    wrong = {name for name, step in rebuilt(archive.service).items() if step.error}
    assert wrong == {key, "removals/minami/1.2.3/20260101T000000000000.json"}


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"study_instance_uid": "1.2.3"}', b"\xff\xfe", b'{"declared": 1}']
)
def test_a_broken_file_beside_the_objects_is_told_and_stops_nothing(
    archive: SmallArchive, lost: Callable[[], ArchiveService], damage: bytes
) -> None:
    archive.stored(image(study="1.2.3"), image(study="1.2.4"))
    archive.service.keep_missing_notes()
    archive.service.record_manifest("kita", signed_for("1.2.3"), actor=GATEWAY)
    archive.service.record_manifest("kita", signed_for("1.2.4", Declared("1", 1, "a")), actor=GATEWAY)
    broken = {manifest_key("kita", "1.2.3", "1"), receipt_key("kita", "1.2.3")}
    for key in broken:
        archive.service.blobs.replace(key, damage)
    new = lost()
    steps = rebuilt(new)
    assert {key for key, step in steps.items() if isinstance(step.error, ProofError)} == broken
    assert {step.total for step in steps.values()} == {len(steps)}
    assert new.study_summary("kita", "1.2.3").number_of_instances == 1
    assert new.ledger("kita", "1.2.4").declared_instances == 1


def test_what_waits_in_quarantine_waits_again(archive: SmallArchive, lost: Callable[[], ArchiveService]) -> None:
    archive.stored(image(study="1.2.3", patient_id="P1"))
    other = archive.coded(image(study="1.2.3", patient_id="P2"))
    archive.service.store_instances("kita", [other], actor=GATEWAY)
    (before,) = archive.service.quarantined("kita")
    new = lost()
    assert not [step for step in rebuilt(new).values() if step.error]
    rebuilt(new)
    (after,) = new.quarantined("kita")
    for name in ("study_instance_uid", "sop_instance_uid", "blob_key"):
        assert after[name] == before[name]
    aside = Path(archive.folder / "blobs" / before["blob_key"])
    aside.write_bytes(b"not DICOM")
    assert rebuilt(lost())[before["blob_key"]].error is not None


def test_what_its_sender_did_not_sign_for_is_told_even_where_the_row_came_from_the_file(
    archive: SmallArchive, lost: Callable[[], ArchiveService]
) -> None:
    one, two, three = (image(study="1.2.3", number=number) for number in (1, 2, 3))
    archive.stored(one, two)
    held = {held.sop_instance_uid: held for held in archive.service.held_instances("kita", "1.2.3")}
    right, wrong = held[one.SOPInstanceUID], held[two.SOPInstanceUID]
    manifest = signed_for(
        "1.2.3",
        Declared(one.SOPInstanceUID, 1, right.content_digest),
        Declared(two.SOPInstanceUID, 1, "f" * 64),
        Declared(three.SOPInstanceUID, 1, "e" * 64),
    )
    archive.service.record_manifest("kita", manifest, actor=GATEWAY)
    new = lost()
    rebuilt(new)
    for service in (archive.service, new):
        steps = {step.key: step.error for step in service.verify(actor="person:1")}
        assert steps[blob_key("kita", right.sha256)] is None
        assert isinstance(steps[blob_key("kita", wrong.sha256)], ProofError)
        assert isinstance(steps[manifest_key("kita", "1.2.3", "1")], NotFoundError)
        assert len(steps) == 3


def test_without_receipts_the_files_own_times_are_taken(archive: SmallArchive, tmp_path: Path) -> None:
    archive.stored(image(study="1.2.3"))
    new = ArchiveService(open_database(sqlite_url(tmp_path / "new.sqlite")), archive.service.blobs)
    hub_metadata.create_all(new.database.engine)
    rebuilt(new)
    assert abs(new.study_summary("kita", "1.2.3").last_received_at - now()) < timedelta(minutes=5)
    new.database.close()
