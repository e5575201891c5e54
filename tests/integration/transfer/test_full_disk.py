import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.transfer.conftest import Site
from tests.makers.gateway_worker import add_coded, study_uid


@pytest.fixture
def small_disk(site: Site) -> Iterator[Callable[[str], None]]:
    """The hub's place for what is arriving, on a file system of its own whose size the test sets."""
    place = site.hub.home / "hub" / "blobs" / "incoming"
    place.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip(f"no file system of its own may be mounted here: {made.stderr.decode().strip()}")

    def resize(size: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", str(place)], check=True)

    yield resize
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_at_the_hub_is_told_and_the_upload_goes_on_by_itself(
    site: Site, small_disk: Callable[[str], None]
) -> None:
    study = study_uid(1)
    coded = add_coded(site.worker.home, study, [500_000, 6_000_000])
    site.worker.start()
    deadline = time.monotonic() + 30
    while (report := site.worker.report(study)) is None or "no room" not in report.error:
        assert time.monotonic() < deadline, report
        time.sleep(0.1)
    assert report.state == "forwarding"
    assert _files_here(site.worker.home) == 2 * len(coded)
    small_disk("64m")
    site.worker.wait_at_hub(study)
    assert site.hub.held("kita", study) == {one.sop_instance_uid: one.content_digest for one in coded}


def _files_here(home: Path) -> int:
    return len(list((home / "gateway").rglob("*.dcm")))
