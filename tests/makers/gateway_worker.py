"""A gateway's worker in a process of its own, and a queue filled with coded objects for it to forward.

Run as ``python tests/makers/gateway_worker.py HOME`` with settings in the environment.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import FrameType

from sqlalchemy import insert

from dokuei.clock import now
from dokuei.dicom.admit import admit
from dokuei.dicom.coded import CodedFrame, CodedInstance
from dokuei.gateway.spool import Coded, Spool, State, open_spool
from dokuei.gateway.spool_tables import received_object
from dokuei.gateway.worker import work
from dokuei.settings import Settings, read_settings
from dokuei.transfer.protocol import StudyReport

EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
MR = "1.2.840.10008.5.1.4.1.1.4"


def study_uid(number: int) -> str:
    return f"2.25.{1000 + number}"


def coded_bytes(spool: Spool, study: str, number: int, size: int, *, reason: str = "") -> CodedInstance:
    """Random bytes in the place of a coded file, described as a coded object would be."""
    data = os.urandom(size)
    digest = hashlib.sha256(data).hexdigest()
    path = spool.coded_path(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return CodedInstance(
        sop_instance_uid=f"{study}.1.{number}",
        sop_class_uid=MR,
        series_instance_uid=f"{study}.1",
        study_instance_uid=study,
        source_transfer_syntax_uid=EXPLICIT_LITTLE,
        transfer_syntax_uid=EXPLICIT_LITTLE,
        source_sha256=digest,
        sha256=digest,
        size=size,
        content_digest=digest,
        frames=(CodedFrame(0, min(size, 10), digest, "pixels", ()),),
        proof="proved",
        reason=reason,
        lossy=None,
    )


def add_coded(home: Path, study: str, sizes: list[int], *, priority: int = 0, reason: str = "") -> list[CodedInstance]:
    """A study in the queue, coded and waiting to be forwarded; its originals lie in the spool."""
    spool = open_spool(home)
    coded = [coded_bytes(spool, study, number, size, reason=reason) for number, size in enumerate(sizes, 1)]
    for one in coded:
        original = spool.original_path(one.source_sha256)
        original.parent.mkdir(parents=True, exist_ok=True)
        original.write_bytes(b"original")
    if priority:
        spool.set_priority(study, priority)
    at = now() - timedelta(seconds=3)
    with spool.database.begin() as connection:
        connection.execute(
            insert(received_object),
            [
                {
                    "sop_instance_uid": one.sop_instance_uid,
                    "series_instance_uid": one.series_instance_uid,
                    "study_instance_uid": one.study_instance_uid,
                    "sop_class_uid": one.sop_class_uid,
                    "transfer_syntax_uid": EXPLICIT_LITTLE,
                    "modality": "MR",
                    "sha256": one.source_sha256,
                    "size": one.size,
                    "received_at": at,
                    "changed_at": at,
                    "state": State.RECEIVED,
                    "priority": priority,
                }
                for one in coded
            ],
        )
    spool.mark_coded([Coded(one.sop_instance_uid, one) for one in coded])
    spool.database.close()
    return coded


def add_received(home: Path, files: list[Path]) -> None:
    """Part 10 files in the queue as if they had just been received."""
    spool = open_spool(home)
    at = now() - timedelta(seconds=3)
    rows = []
    for file in files:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        original = spool.original_path(digest)
        original.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, original)
        admitted = admit(file)
        one = admitted.identity
        rows.append(
            {
                "sop_instance_uid": one.sop_instance_uid,
                "series_instance_uid": one.series_instance_uid,
                "study_instance_uid": one.study_instance_uid,
                "sop_class_uid": one.sop_class_uid,
                "transfer_syntax_uid": admitted.transfer_syntax_uid,
                "modality": one.modality,
                "patient_id": one.patient_id,
                "sha256": digest,
                "size": file.stat().st_size,
                "received_at": at,
                "changed_at": at,
                "state": State.RECEIVED,
            }
        )
    with spool.database.begin() as connection:
        connection.execute(insert(received_object), rows)
    spool.database.close()


@dataclass
class Worker:
    """A gateway's worker of one home folder."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def settings(self) -> Settings:
        return read_settings(self.home, environment=self.environment)

    def start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "worker.out").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, __file__, str(self.home)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, **self.environment},
            )

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(20)
            self.process = None

    def log(self) -> str:
        return (self.home / "worker.out").read_text() if (self.home / "worker.out").exists() else ""

    def report(self, study: str) -> StudyReport | None:
        from dokuei.gateway.status import gateway_status  # noqa: PLC0415 - the worker process itself needs none of it

        lines = gateway_status(self.settings).studies
        return next((line.report for line in lines if line.report.study_instance_uid == study), None)

    def wait_at_hub(self, study: str, *, seconds: float = 60.0, poll: Callable[[], None] = lambda: None) -> None:
        """Wait until the gateway says that the hub has it all."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            report = self.report(study)
            if report is not None and report.state == "at-hub":
                return
            poll()
            time.sleep(0.1)
        raise AssertionError(f"{self.report(study)}\n{self.log()[-4000:]}")


def _main(home: str) -> None:
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    work(read_settings(Path(home)), stop=stop)


if __name__ == "__main__":
    _main(*sys.argv[1:])
