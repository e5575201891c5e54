"""Many at once, very large, and no room left: nothing is lost, doubled, or told to be what it is not."""

import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from dokuei.errors import DiskFullError
from dokuei.hub.archive.attributes import tag
from dokuei.hub.archive.model import Incoming, Stored
from dokuei.hub.archive.service import ArchiveService
from dokuei.storage.db import open_database
from dokuei.storage.filesystem import FilesystemBlobs
from tests.makers.archive import GATEWAY, SmallArchive, image

CONTENT_TYPE = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=B'}


def test_the_same_objects_over_several_processes_connections_are_stored_once(
    either_archive: SmallArchive, database_url: str
) -> None:
    sources = [image(study="1.2.3", number=number) for number in range(1, 9)]
    batches = [[either_archive.coded(source) for source in sources] for _ in range(4)]
    services = [
        ArchiveService(open_database(database_url), FilesystemBlobs(either_archive.folder / "blobs")) for _ in batches
    ]
    with ThreadPoolExecutor(len(batches)) as pool:
        storing = [
            pool.submit(service.store_instances, "kita", batch, actor=GATEWAY)
            for service, batch in zip(services, batches, strict=True)
        ]
        told = [one.result() for one in storing]
    for service in services:
        service.database.close()
    outcomes = [one.outcome for several in told for one in several if isinstance(one, Stored)]
    assert (outcomes.count("stored"), outcomes.count("known")) == (8, 24)
    summary = either_archive.service.study_summary("kita", "1.2.3")
    assert (summary.number_of_instances, summary.number_of_series, summary.number_of_frames) == (8, 8, 8)
    assert not [step for step in either_archive.service.verify(actor="system") if step.error]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB; only root may make one."""
    folder = tmp_path / "small-disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_and_what_was_stored_stays_and_more_goes_in_later(
    archive: SmallArchive, small_disk: Path
) -> None:
    service = ArchiveService(archive.service.database, FilesystemBlobs(small_disk))
    noise = np.random.default_rng(1).integers(0, 65535, (8, 512, 512), np.uint16)
    one = archive.coded(image(noise[:1], study="1.2.3", BitsStored=16, HighBit=15))
    service.store_instance("kita", one.source, one.coded, actor=GATEWAY)
    large = archive.coded(image(noise, study="1.2.3", number=2, BitsStored=16, HighBit=15))
    kept = archive.folder / "kept"
    shutil.copy(large.source, kept)
    with pytest.raises(DiskFullError):
        service.store_instance("kita", large.source, large.coded, actor=GATEWAY)
    assert service.study_summary("kita", "1.2.3").number_of_instances == 1
    assert not [step for step in service.verify(actor="system") if step.error]
    subprocess.run(["mount", "-o", "remount,size=30m", str(small_disk)], check=True)
    again = Incoming(large.source if large.source.exists() else kept, large.coded)
    assert service.store_instance("kita", again.source, again.coded, actor=GATEWAY).outcome == "stored"


def test_an_upload_that_does_not_fit_on_the_disk_is_a_problem(archive: SmallArchive, small_disk: Path) -> None:
    object.__setattr__(archive.service, "blobs", FilesystemBlobs(small_disk))
    noise = np.random.default_rng(1).integers(0, 65535, (16, 512, 512), np.uint16)
    data = archive.written(image(noise, BitsStored=16, HighBit=15)).read_bytes()
    body = b"--B\r\nContent-Type: application/dicom\r\n\r\n" + data + b"\r\n--B--\r\n"
    with archive.client() as client:
        answer = client.post("/studies", content=body, headers=CONTENT_TYPE)
        assert answer.status_code == 507
        assert answer.json()["type"] == "urn:dokuei:problem:disk-full"
    with archive.client() as client:  # the line of a refused upload ends with it
        assert client.get("/studies").json() == []
    assert not list((small_disk / "incoming").iterdir())


def test_a_large_upload_goes_through_little_memory(archive: SmallArchive) -> None:
    noise = np.random.default_rng(1).integers(0, 4000, (512, 512), np.uint16)
    data = archive.written(image(np.stack([noise] * 60))).read_bytes()
    count = 6

    def body() -> Iterator[bytes]:
        for _ in range(count):
            yield b"--B\r\nContent-Type: application/dicom\r\n\r\n"
            for at in range(0, len(data), 1 << 20):
                yield data[at : at + (1 << 20)]
            yield b"\r\n"
        yield b"--B--\r\n"

    before = _resident()
    with archive.client() as client:
        answer = client.post("/studies", content=body(), headers=CONTENT_TYPE)
        assert answer.status_code == 200, answer.text
        assert len(answer.json()[tag("ReferencedSOPSequence")]["Value"]) == count
        assert len(client.get("/instances").json()) == 1
    assert len(data) * count > 180 << 20
    assert _resident() - before < 150 << 20


def _resident() -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM"))
