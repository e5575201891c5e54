"""A modality of the benches: dcmtk's storescu toward our gateway, and the wait until the hub has proved everything."""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from tests.makers.home import Home

_WAIT_SECONDS = 300
_LOOK_SECONDS = 0.25


def send(home: Home, images: Sequence[Path]) -> float:
    """One association with TCP_NODELAY; the seconds until the last acknowledgement."""
    gateway = home.endpoints()["gateway"]
    started = time.monotonic()
    subprocess.run(
        ["storescu", "-R", "-aec", gateway["ae_title"], gateway["host"], str(gateway["port"]), *map(str, images)],
        check=True,
        capture_output=True,
        env={"TCP_NODELAY": "1", "PATH": "/usr/bin:/bin", "DCMDICTPATH": "/usr/share/libdcmtk17/dicom.dic"},
    )
    return time.monotonic() - started


def wait_until_proved(client: httpx.Client, study_instance_uid: str, count: int) -> None:
    """Until the study's ledger says that ``count`` objects are proved at the hub and their gateway counted as many."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        answer = client.get(f"/api/v1/sites/hospital/studies/{study_instance_uid}/images")
        if answer.status_code == httpx.codes.OK:
            ledger = answer.json()["ledger"]
            if ledger["proved_instances"] == ledger["declared_instances"] == count:
                return
        time.sleep(_LOOK_SECONDS)
    raise SystemExit(f"{study_instance_uid} was not proved at the hub within {_WAIT_SECONDS} s")
