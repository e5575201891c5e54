"""From the queue to the archive with nothing replaced: real coding, real proof, real line."""

import hashlib
import json
import threading
import time
from base64 import b64decode
from contextlib import closing
from pathlib import Path

from pydicom import dcmread

from dokuei.dicom.prove import inspect
from dokuei.gateway.enrol import identity_of
from dokuei.gateway.pipeline import Pipeline
from dokuei.gateway.pseudonyms import TRUE, Naming
from dokuei.gateway.spool import State, open_spool
from dokuei.hub.app import open_hub
from dokuei.storage.audit import hub_trail
from dokuei.transfer.manifest import verify_manifest
from tests.makers.gateway_hub import HubForGateways
from tests.makers.gateway_worker import Worker, add_received
from tests.makers.images import Series, write_series

_SERIES = Series(study=5, side=96)
_SIGNED = ("document", "signature")


def test_images_arrive_bit_exact_and_proved_with_a_manifest_that_their_gateway_signed(
    hub: HubForGateways, worker: Worker, tmp_path: Path
) -> None:
    """REC-11 REC-12: what the archive holds is what was received, and the signed manifest says the same."""
    files = write_series(tmp_path / "images", _SERIES, 24)
    add_received(worker.home, files)
    worker.start()
    worker.wait_at_hub(_SERIES.study_instance_uid)
    coded = {(one := inspect(path)).sop_instance_uid: (one, path) for path in hub.home.rglob("archive/kita/**/*.dcm")}
    assert len(coded) == len(files)
    for file in files:
        sent = dcmread(file)
        one, path = coded[sent.SOPInstanceUID]
        assert one.source_sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
        assert one.proof == "proved"
        assert one.frames[0].digest == hashlib.sha256(sent.PixelData).hexdigest()
        assert dcmread(path).PatientName == sent.PatientName
    _manifest_is_signed(hub, worker, len(files))
    _trail_is_told(hub)


def _trail_is_told(hub: HubForGateways) -> None:
    """LOG-08: who sent what, and that it went on, reaches the hub's trail by itself."""
    wanted = {"study.announced", "instances.received", "study.forwarded"}
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with hub.service.database.read() as connection:
            found = {name: [one.subject for one in hub_trail.named(connection, name)] for name in wanted}
        if all(found.values()):
            break
        time.sleep(0.2)
    assert found == {name: [_SERIES.study_instance_uid] for name in wanted}


def _manifest_is_signed(hub: HubForGateways, worker: Worker, count: int) -> None:
    archive = open_hub(hub.settings).archive
    ledger = archive.ledger("kita", _SERIES.study_instance_uid)
    assert ledger.complete
    assert not ledger.open
    assert (ledger.declared_instances, ledger.proved_instances) == (count, count)
    (kept,) = hub.home.rglob(f"manifests/kita/{_SERIES.study_instance_uid}/*.json")
    identity = identity_of(worker.home)
    text = {name: b64decode(value) for name, value in json.loads(kept.read_bytes()).items() if name in _SIGNED}
    document, signature = text["document"], text["signature"]
    manifest = verify_manifest(
        document, signature, identity.key().public_key(), expected_gateway_id=identity.demand().gateway_id
    )
    assert len(manifest.instances) == count


def test_more_images_of_a_closed_study_are_brought_and_closed_again(
    hub: HubForGateways, worker: Worker, tmp_path: Path
) -> None:
    files = write_series(tmp_path / "images", _SERIES, 6)
    study = _SERIES.study_instance_uid
    add_received(worker.home, files[:4])
    worker.start()
    worker.wait_at_hub(study)
    add_received(worker.home, files[4:])
    deadline = time.monotonic() + 30
    while (report := worker.report(study)) is None or (report.state, report.instances) != ("at-hub", 6):
        assert time.monotonic() < deadline, report
        time.sleep(0.1)
    assert len(list(hub.home.rglob("archive/kita/**/*.dcm"))) == 6


def test_coded_files_that_a_power_cut_took_or_spoilt_are_made_again(
    hub: HubForGateways, worker: Worker, tmp_path: Path
) -> None:
    """REC-12: they are not fsynced, because the originals are."""
    add_received(worker.home, write_series(tmp_path / "images", _SERIES, 5))
    with closing(open_spool(worker.home)) as spool:
        Pipeline(spool, threading.Event(), lambda: Naming(TRUE, None)).work_on(spool.claim(5, bytes_at_most=1 << 20))
        coded = [item.coded_path for item in spool.objects(_SERIES.study_instance_uid, states=[State.CODED])]
    gone, empty, cut, spoilt, _ = [path for path in coded if path is not None]
    gone.unlink()
    empty.write_bytes(b"")
    cut.write_bytes(cut.read_bytes()[:1000])
    spoilt.write_bytes(spoilt.read_bytes()[:-100] + bytes(100))
    worker.start()
    worker.wait_at_hub(_SERIES.study_instance_uid)
    stored = list(hub.home.rglob("archive/kita/**/*.dcm"))
    assert len(stored) == 5
    assert all(inspect(path).proof == "proved" for path in stored)


def test_an_object_that_cannot_be_coded_is_said_and_holds_back_none_of_the_others(
    hub: HubForGateways, worker: Worker, tmp_path: Path
) -> None:
    files = write_series(tmp_path / "images", _SERIES, 3)
    add_received(worker.home, files)
    broken = worker.home / "gateway" / "spool"
    original = next(broken.rglob(f"{hashlib.sha256(files[1].read_bytes()).hexdigest()}.dcm"))
    original.write_bytes(original.read_bytes()[:-5000])
    worker.start()
    deadline = time.monotonic() + 30
    while (report := worker.report(_SERIES.study_instance_uid)) is None or report.state != "problem":
        assert time.monotonic() < deadline, report
        time.sleep(0.1)
    while len(list(hub.home.rglob("archive/kita/**/*.dcm"))) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert original.exists()
    assert report.error
