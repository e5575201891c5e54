"""What is kept can be rebuilt from files, proved again, declared for by a gateway, and removed with a record."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from dokuei.clock import now
from dokuei.errors import NotFoundError
from dokuei.hub.archive import tables
from dokuei.hub.archive.model import Declared, Manifest, blob_key
from dokuei.hub.archive.service import ArchiveService
from dokuei.storage.audit import hub_entries
from dokuei.storage.db import hub_metadata, open_database, sqlite_url
from dokuei.storage.outbox import outbox
from tests.makers.archive import GATEWAY, SmallArchive, image, read_parts


def manifest_of(study: str, *declared: Declared) -> Manifest:
    return Manifest(
        study_instance_uid=study,
        signed_by="1",
        verified=True,
        document=b"the signed bytes",
        signature=b"\x00\xffsignature",
        declared=declared,
    )


def test_the_database_is_rebuilt_from_the_coded_files_alone(either_archive: SmallArchive, tmp_path: Path) -> None:
    either_archive.stored(image(study="1.2.3"), image(study="1.2.3", number=2), image(study="1.2.4"))
    either_archive.stored(image(np.zeros((2, 8, 8, 3), np.uint8), study="1.2.3", patient_id="M"), site_id="minami")
    old = either_archive.service
    old.record_manifest("kita", manifest_of("1.2.3", Declared("1.2.5", 1, "d" * 64)), actor=GATEWAY)
    new = ArchiveService(open_database(sqlite_url(tmp_path / "new.sqlite")), old.blobs)
    hub_metadata.create_all(new.database.engine)
    steps = list(new.reindex(actor="person:1"))
    assert [(step.done, step.total, step.error) for step in steps] == [(n, 5, None) for n in range(1, 6)]
    for site, study in (("kita", "1.2.3"), ("kita", "1.2.4"), ("minami", "1.2.3")):
        before, after = old.study_summary(site, study), new.study_summary(site, study)
        assert (before.patient_name, before.number_of_frames) == (after.patient_name, after.number_of_frames)
        assert before.ledger == replace(after.ledger, open=before.ledger.open), "who sent an object is in no file"
        assert sorted(map(repr, old.held_instances(site, study))) == sorted(map(repr, new.held_instances(site, study)))
    assert not [step for step in new.reindex(actor="person:1") if step.error]
    assert new.study_summary("kita", "1.2.3").number_of_instances == 2
    new.database.close()


def test_a_file_that_is_none_of_ours_is_told_and_left_alone(archive: SmallArchive) -> None:
    (stored,) = archive.stored(image(study="1.2.3"))
    (held,) = archive.service.held_instances("kita", stored.study_instance_uid)
    root = archive.folder / "blobs" / "archive" / "kita"
    (root / "ff").mkdir(exist_ok=True)
    (root / "ff" / f"{'f' * 64}.dcm").write_bytes(b"not DICOM")
    shutil.copy(root / held.sha256[:2] / f"{held.sha256}.dcm", root / "ff" / f"{'e' * 64}.dcm")
    errors = {step.key[-10:]: step.error for step in archive.service.reindex(actor="person:1")}
    assert errors[f"{'f' * 6}.dcm"] is not None
    assert errors[f"{'e' * 6}.dcm"] is not None
    assert errors[f"{held.sha256[-6:]}.dcm"] is None
    assert (root / "ff" / f"{'f' * 64}.dcm").exists()


def test_every_frame_is_proved_again_and_damage_is_named(archive: SmallArchive) -> None:
    archive.stored(*(image(study="1.2.3", number=number) for number in range(1, 5)))
    assert not [step for step in archive.service.verify(actor="person:1") if step.error]
    held = archive.service.held_instances("kita", "1.2.3")
    keys = [blob_key("kita", one.sha256) for one in held]
    damaged, gone = (archive.folder / "blobs" / key for key in keys[:2])
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    gone.unlink()
    steps = list(archive.service.verify(actor="person:1"))
    assert {step.key for step in steps if step.error} == set(keys[:2])
    assert [step.done for step in steps] == [1, 2, 3, 4]
    with archive.service.database.read() as connection:
        events = connection.execute(select(hub_entries.c.event)).scalars().all()
    assert events.count("archive.verified") == 2


def test_the_ledger_sets_what_was_declared_beside_what_is_here(archive: SmallArchive) -> None:
    service = archive.service
    one, two = image(study="1.2.3"), image(np.zeros((5, 8, 8), np.uint16), study="1.2.3")
    declared = tuple(
        Declared(coded.sop_instance_uid, len(coded.frames), coded.content_digest)
        for coded in (archive.coded(one).coded, archive.coded(two).coded)
    )
    ledger = service.record_manifest("kita", manifest_of("1.2.3", *declared), actor=GATEWAY)
    assert (ledger.declared_instances, ledger.arrived_instances, ledger.complete) == (2, 0, False)
    archive.stored(one)
    assert not service.ledger("kita", "1.2.3").complete
    archive.stored(two)
    ledger = service.ledger("kita", "1.2.3")
    assert (ledger.declared_frames, ledger.arrived_frames, ledger.proved_instances) == (6, 6, 2)
    assert ledger.complete
    assert service.ledger("minami", "1.2.3").declared_instances is None
    with archive.client() as client:
        document = client.get(f"{archive.base}/api/v1/sites/kita/studies/1.2.3/images").json()
        assert document["manifest"] == {"signed_by": ["1"], "verified": True}
        service.record_manifest("kita", manifest_of("1.2.3", declared[0]), actor=GATEWAY)
        document = client.get(f"{archive.base}/api/v1/sites/kita/studies/1.2.3/images").json()
    assert document["ledger"]["declared_instances"] == 1


def test_a_deleted_study_leaves_a_record_and_nothing_else(either_archive: SmallArchive) -> None:
    """LOG-07: Study Deleted is among the events that are covered."""
    service = either_archive.service
    one = image(study="1.2.3", series="1.2.4")
    either_archive.stored(one, image(study="1.2.9"))
    service.record_manifest("kita", manifest_of("1.2.3"), actor=GATEWAY)
    path = f"/studies/1.2.3/series/1.2.4/instances/{one.SOPInstanceUID}/frames/1"
    with either_archive.client() as client:
        assert client.get(path).status_code == 200
        deletion = service.delete_study_images("kita", "1.2.3", actor="person:1", reason="end of contract")
        assert (deletion.number_of_instances, deletion.size > 0) == (1, True)
        assert client.get(path).status_code == 404
        stored = "application/octet-stream; transfer-syntax=*"
        assert client.get(path, headers={"Accept": stored}).status_code == 404
        assert client.get("/studies/1.2.3/metadata").status_code == 404
        assert len(client.get("/studies").json()) == 1
        with pytest.raises(NotFoundError):
            service.delete_study_images("kita", "1.2.3", actor="person:1", reason="again")
        assert len(list(service.blobs.keys("archive"))) == 1
        assert not list(service.blobs.keys("manifests"))
        with service.database.read() as connection:
            (record,) = connection.execute(select(tables.deletion)).all()
            entry = connection.execute(select(hub_entries).where(hub_entries.c.event == "study.deleted")).one()
            events = connection.execute(select(outbox.c.payload)).scalars().all()
        assert (record.deleted_by, record.reason) == ("person:1", "end of contract")
        assert record.blobs_removed_at is not None
        assert (entry.subject, entry.actor) == ("1.2.3", "person:1")
        assert '"because": "deleted"' in events[-1]
        either_archive.stored(one)
        assert read_parts(client.get(path))[0][1] == one.PixelData


def test_a_deletion_that_was_cut_before_its_files_went_is_finished_without_what_came_again(
    archive: SmallArchive,
) -> None:
    kept, gone = image(study="1.2.3"), image(study="1.2.3", number=2)
    archive.stored(kept, gone)
    files = {path.name: path.read_bytes() for path in (archive.folder / "blobs" / "archive").rglob("*.dcm")}
    archive.service.delete_study_images("kita", "1.2.3", actor="person:1", reason="term")
    archive.stored(kept)
    with archive.service.database.begin() as connection:
        connection.execute(tables.deletion.update().values(blobs_removed_at=None))
    for name, data in files.items():
        place = archive.folder / "blobs" / "archive" / "kita" / name[:2] / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(data)
    assert archive.service.finish_deletions() == 1
    (held,) = archive.service.held_instances("kita", "1.2.3")
    assert list(archive.service.blobs.keys("archive")) == [blob_key("kita", held.sha256)]
    assert archive.service.finish_deletions() == 0


def test_studies_whose_term_is_over_are_those_without_new_objects(archive: SmallArchive) -> None:
    long_ago = now() - timedelta(days=400)
    batch = [archive.coded(image(study="1.2.3")), archive.coded(image(study="1.2.4"))]
    archive.service.store_instances("kita", batch, actor=GATEWAY, received_at=long_ago)
    archive.stored(image(study="1.2.4", number=2))
    year_ago = now() - timedelta(days=365)
    assert archive.service.expired_studies("kita", received_before=year_ago) == ("1.2.3",)
    assert archive.service.expired_studies("minami", received_before=year_ago) == ()
