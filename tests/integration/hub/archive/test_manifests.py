"""The manifests of several gateways about one study: beside each other in rows and files, together in the ledger."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import select, update

from dokuei.errors import NotFoundError, ProofError
from dokuei.hub.archive import tables
from dokuei.hub.archive.model import Declared, Manifest, blob_key, former_manifest_key, manifest_key
from dokuei.hub.archive.performed import Performed
from dokuei.hub.archive.service import ArchiveService
from dokuei.storage.db import hub_metadata, open_database, sqlite_url
from tests.makers.archive import GATEWAY, SmallArchive, image

_STUDY = "1.2.3"


def _declared(archive: SmallArchive, count: int) -> list[Declared]:
    """So many objects of the study, stored, as their gateway counts them."""
    incoming = [archive.coded(image(study=_STUDY, series="1.2.3.1", number=n)) for n in range(1, count + 1)]
    archive.service.store_instances("kita", incoming, actor=GATEWAY)
    return [Declared(one.coded.sop_instance_uid, 1, one.coded.content_digest) for one in incoming]


def _sign(archive: SmallArchive, signed_by: str, *declared: Declared, verified: bool = True) -> Manifest:
    manifest = Manifest(_STUDY, signed_by, verified=verified, document=b"{}", signature=b"", declared=declared)
    archive.service.record_manifest("kita", manifest, actor=f"gateway:{signed_by}")
    return manifest


def test_a_newer_manifest_replaces_its_own_gateways_older_one_only(either_archive: SmallArchive) -> None:
    archive, service = either_archive, either_archive.service
    one, two, three = _declared(archive, 3)
    _sign(archive, "1", one)
    _sign(archive, "2", two)
    assert (service.ledger("kita", _STUDY).declared_instances, service.ledger("kita", _STUDY).open) == (2, True)
    _sign(archive, "1", one, three)
    ledger = service.ledger("kita", _STUDY)
    assert (ledger.declared_instances, ledger.declared_frames, ledger.open, ledger.complete) == (3, 3, False, True)
    _sign(archive, "2", two, one)
    assert service.ledger("kita", _STUDY) == ledger, "an object that both declare is one object"
    _sign(archive, "2", two, verified=False)
    signed = service.signed_for("kita", _STUDY)
    assert signed is not None
    assert (signed.signed_by, signed.instances, signed.verified) == ("2", 3, False)
    with archive.client() as client:
        document = client.get(f"{archive.base}/api/v1/sites/kita/studies/{_STUDY}/images").json()
    assert document["manifest"] == {"signed_by": ["1", "2"], "verified": False}
    assert document["ledger"]["contradicted_instances"] == 0


def test_two_contents_under_one_uid_are_a_difference(either_archive: SmallArchive) -> None:
    archive, service = either_archive, either_archive.service
    one, two = _declared(archive, 2)
    _sign(archive, "1", one, two)
    assert service.ledger("kita", _STUDY).complete
    _sign(archive, "2", replace(two, content_digest="f" * 64))
    ledger = service.ledger("kita", _STUDY)
    assert (ledger.declared_instances, ledger.contradicted_instances, ledger.complete) == (2, 1, False)
    errors = {step.key: step.error for step in service.verify(actor="person:1")}
    wrong = {held.sop_instance_uid: held.sha256 for held in service.held_instances("kita", _STUDY)}
    assert isinstance(errors[blob_key("kita", wrong[two.sop_instance_uid])], ProofError)
    assert errors[blob_key("kita", wrong[one.sop_instance_uid])] is None


def test_what_another_gateway_announced_stays_announced(either_archive: SmallArchive) -> None:
    archive, service = either_archive, either_archive.service
    one, two = _declared(archive, 2)
    service.announce("kita", _STUDY, announced_by="1", instances=2)
    service.announce("kita", _STUDY, announced_by="2", instances=4)
    _sign(archive, "1", one, two)
    ledger = service.ledger("kita", _STUDY)
    assert (ledger.declared_instances, ledger.open) == (4, True)
    service.withdraw_announced("kita", announced_by="2")
    assert service.ledger("kita", _STUDY).complete


def test_objects_of_a_gateway_that_has_not_signed_yet_are_no_excess(either_archive: SmallArchive) -> None:
    archive, service = either_archive, either_archive.service
    (one,) = _declared(archive, 1)
    _sign(archive, "1", one)
    service.announce("kita", _STUDY, announced_by="2", instances=1)
    late = archive.coded(image(study=_STUDY, series="1.2.3.1", number=9))
    service.store_instances("kita", [late], actor="gateway:2")
    ledger = service.ledger("kita", _STUDY)
    assert (ledger.declared_instances, ledger.arrived_instances, ledger.open) == (2, 2, True)


def test_the_manifests_of_all_gateways_are_rebuilt_from_their_files(archive: SmallArchive, tmp_path: Path) -> None:
    """A file of before each gateway's was kept counts where its gateway has no newer one."""
    one, two, three = _declared(archive, 3)
    _sign(archive, "1", one)
    _sign(archive, "3", three)
    blobs = archive.service.blobs
    older = blobs.read(manifest_key("kita", _STUDY, "1"))
    _sign(archive, "1", one, two)
    for signed_by, former in (("1", older), ("3", blobs.read(manifest_key("kita", _STUDY, "3")))):
        blobs.replace(former_manifest_key("kita", _STUDY), former)
        if signed_by == "3":
            blobs.delete(manifest_key("kita", _STUDY, "3"))
        new = ArchiveService(open_database(sqlite_url(tmp_path / f"new{signed_by}.sqlite")), blobs)
        hub_metadata.create_all(new.database.engine)
        assert not [step for step in new.reindex(actor="person:1") if step.error]
        with new.database.read() as connection:
            rows = connection.execute(select(tables.manifest.c.signed_by, tables.manifest.c.declared_instances)).all()
        assert dict(map(tuple, rows)) == {"1": 2, "3": 1}
        assert new.ledger("kita", _STUDY).declared_instances == 3
        new.database.close()


def test_a_manifest_of_another_signer_than_its_name_says_is_told(archive: SmallArchive, tmp_path: Path) -> None:
    (one,) = _declared(archive, 1)
    _sign(archive, "1", one)
    blobs = archive.service.blobs
    wrong = manifest_key("kita", _STUDY, "2")
    blobs.replace(wrong, blobs.read(manifest_key("kita", _STUDY, "1")))
    new = ArchiveService(open_database(sqlite_url(tmp_path / "new.sqlite")), blobs)
    hub_metadata.create_all(new.database.engine)
    assert [step.key for step in new.reindex(actor="person:1") if step.error] == [wrong]
    new.database.close()


def test_a_removed_study_leaves_no_manifest_and_what_it_removed_is_known(either_archive: SmallArchive) -> None:
    archive, service = either_archive, either_archive.service
    one, two = _declared(archive, 2)
    _sign(archive, "1", one)
    _sign(archive, "2", two)
    service.blobs.replace(former_manifest_key("kita", _STUDY), b"{}")
    service.delete_study_images("kita", _STUDY, actor="person:1", reason="term")
    assert not list(service.blobs.keys("manifests"))
    removed = service.removed("kita", _STUDY)
    assert removed.has(one.sop_instance_uid, one.content_digest)
    assert not removed.has(one.sop_instance_uid, "f" * 64)
    assert not service.removed("minami", _STUDY).has(one.sop_instance_uid, one.content_digest)


def test_what_was_removed_on_purpose_is_neither_counted_nor_missed(either_archive: SmallArchive) -> None:
    """A gateway of before signs for it all the same."""
    archive, service = either_archive, either_archive.service
    one, two = _declared(archive, 2)
    service.delete_study_images("kita", _STUDY, actor="person:1", reason="term")
    late = archive.coded(image(study=_STUDY, series="1.2.3.1", number=9))
    service.store_instances("kita", [late], actor=GATEWAY)
    _sign(archive, "1", one, two, Declared(late.coded.sop_instance_uid, 1, late.coded.content_digest))
    assert service.ledger("kita", _STUDY).complete
    assert service.ledger("kita", _STUDY).declared_instances == 1
    assert not [step for step in service.verify(actor="person:1") if step.error]
    _sign(archive, "1", one, replace(two, content_digest="f" * 64))
    assert isinstance(next(step.error for step in service.verify(actor="person:1") if step.error), NotFoundError)


def test_a_deletion_of_before_uids_were_noted_is_known_by_its_files(either_archive: SmallArchive) -> None:
    archive, service = either_archive, either_archive.service
    incoming = archive.coded(image(study=_STUDY))
    service.store_instances("kita", [incoming], actor=GATEWAY)
    service.delete_study_images("kita", _STUDY, actor="person:1", reason="term")
    with service.database.begin() as connection:
        connection.execute(update(tables.deletion).values(instances=None))
    coded = incoming.coded
    removed = service.removed("kita", _STUDY)
    assert removed.has(coded.sop_instance_uid, coded.content_digest, coded.sha256)
    assert not removed.has(coded.sop_instance_uid, coded.content_digest)


def test_what_a_modality_counts_is_missed_until_it_is_here(either_archive: SmallArchive) -> None:
    """IMG-13: the modality's own count of each series stands beside the sender's."""
    archive, service = either_archive, either_archive.service
    one, two = _declared(archive, 2)
    _sign(archive, "1", one, two)
    begun = Performed("1.2.9", _STUDY, "in_progress", 1, {})
    assert service.record_performed("kita", begun, actor=GATEWAY)
    assert service.ledger("kita", _STUDY).complete
    over = Performed("1.2.9", _STUDY, "completed", 2, {"1.2.3.1": 3})
    assert service.record_performed("minami", over, actor=GATEWAY)
    assert service.ledger("kita", _STUDY).complete, "another site's word"
    assert service.record_performed("kita", over, actor=GATEWAY)
    assert not service.record_performed("kita", begun, actor=GATEWAY), "an older word never replaces a newer one"
    ledger = service.ledger("kita", _STUDY)
    assert (ledger.declared_instances, ledger.arrived_instances, ledger.complete) == (3, 2, False)
    _sign(archive, "1", one, two, *_declared(archive, 1))
    assert service.ledger("kita", _STUDY).complete
    assert not service.ledger("kita", _STUDY).discontinued
    service.record_performed("kita", Performed("1.2.8", _STUDY, "discontinued", 1, {}), actor=GATEWAY)
    assert service.ledger("kita", _STUDY).discontinued
