"""Kill and cut at random; in the end every acknowledged image is at the hub, bit-exact, once."""

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from pydicom import dcmread
from pydicom.uid import MRImageStorage
from pynetdicom import AE

from tests.makers.cutter import Cutter
from tests.makers.home import Home, running_home
from tests.makers.images import Series, write_series
from tests.makers.peers import free_port

_SERIES = Series(study=77, side=96)

# The modality's library drops its socket unclosed where a connection is refused; ours run in processes of their own.
pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")


@dataclass
class Modality:
    """Sends until each image is acknowledged, as a modality's queue does."""

    home: Home
    waiting: list[Path]
    acknowledged: set[str] = field(default_factory=set)

    def run(self) -> None:
        while self.waiting:
            try:
                self._one_association()
            except (OSError, RuntimeError, ValueError):
                time.sleep(0.2)

    def _one_association(self) -> None:
        gateway = self.home.endpoints().get("gateway")
        if gateway is None:
            time.sleep(0.1)
            return
        ae = AE("MODALITY")
        ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 5
        ae.add_requested_context(MRImageStorage)
        association = ae.associate(gateway["host"], gateway["port"], ae_title=gateway["ae_title"])
        if not association.is_established:
            time.sleep(0.2)
            return
        while self.waiting and association.is_established:
            image = dcmread(self.waiting[0])
            if association.send_c_store(image).get("Status", -1) == 0:
                self.acknowledged.add(image.SOPInstanceUID)
                self.waiting.pop(0)
        if association.is_established:
            association.release()


class Trouble:
    """SIGKILLs a random process of gateway or hub, or cuts the line, again and again."""

    def __init__(self, home: Home, line: Cutter, *, kills: int, pause: tuple[float, float], seed: int) -> None:
        self._home, self._line, self._kills, self._pause = home, line, kills, pause
        self._random = random.Random(seed)  # noqa: S311 - where to strike, not a secret
        self.killed: list[str] = []

    def run(self) -> None:
        while len(self.killed) < self._kills:
            time.sleep(self._random.uniform(*self._pause))
            program = self._random.choice(["gateway", "hub"])
            pids = self._home.pids().get(program, [])
            if not pids:
                continue
            try:
                os.kill(self._random.choice(pids), signal.SIGKILL)
            except ProcessLookupError:
                continue
            self.killed.append(program)
            if self._random.random() < 0.5:
                self._line.cut()


@contextmanager
def _home_behind_a_line(folder: Path) -> Iterator[tuple[Home, Cutter]]:
    line = Cutter(target=0, port=free_port())
    line.start()
    try:
        with running_home(folder, {"DOKUEI_GATEWAY__HUB_URL": f"https://localhost:{line.port}"}) as home:
            line.target = home.ports()["hub_gateways"]
            yield home, line
    finally:
        line.close()


def _run(folder: Path, *, images: int, kills: int, pause: tuple[float, float], seed: int) -> None:
    files = write_series(folder / "images", _SERIES, images)
    with _home_behind_a_line(folder / "home") as (home, line):
        token = home.token()
        modality = Modality(home, list(files))
        trouble = Trouble(home, line, kills=kills, pause=pause, seed=seed)
        threads = [threading.Thread(target=modality.run), threading.Thread(target=trouble.run)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(modality.acknowledged) == images
        assert len(trouble.killed) == kills
        _all_there_once(home, token, files, modality.acknowledged)


def _all_there_once(home: Home, token: str, files: list[Path], acknowledged: set[str]) -> None:
    study = _SERIES.study_instance_uid
    with home.client(token) as client:

        def arrived() -> bool:
            try:
                answer = client.get(f"/dicom-web/studies/{study}/instances", params={"limit": 10000})
            except httpx.HTTPError:  # the last kill may have struck who answers
                return False
            return answer.status_code == 200 and len(answer.json()) >= len(acknowledged)

        home.wait_until(arrived, seconds=120, what="at the hub")
        found = client.get(f"/dicom-web/studies/{study}/instances", params={"limit": 10000}).json()
        uids = [one["00080018"]["Value"][0] for one in found]
        assert sorted(uids) == sorted(acknowledged)
        for file in files:
            sent = dcmread(file)
            where = f"/dicom-web/studies/{study}/series/{sent.SeriesInstanceUID}/instances/{sent.SOPInstanceUID}"
            accept = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1'
            answer = client.get(where, headers={"Accept": accept}).raise_for_status()
            body = answer.content.split(b"\r\n\r\n", 1)[1]
            assert dcmread(BytesIO(body)).PixelData == sent.PixelData
        home.wait_until(
            lambda: "at hub" in home.run("gateway", "status").replace("-", " "), what="closed at the gateway"
        )


@pytest.mark.timeout(600)
def test_killed_and_cut_at_random_nothing_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    """REC-12: nothing acknowledged is lost, whatever is killed or cut between modality and archive."""
    _run(tmp_path, images=60, kills=6, pause=(0.5, 2.0), seed=1)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", [2, 3])
def test_fifty_kills_lose_nothing(tmp_path: Path, seed: int) -> None:
    """REC-12: the long form."""
    _run(tmp_path, images=1500, kills=50, pause=(0.3, 6.0), seed=seed)
