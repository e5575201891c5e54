"""The gateway's receiver as a process of its own, and objects to send to it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from dokuei.gateway.quarantine import Quarantine
from dokuei.gateway.spool import Spool, open_spool

MR = UID("1.2.840.10008.5.1.4.1.1.4")
_SERVE = """
import dataclasses, json, sys
from pathlib import Path
from dokuei.gateway.receiver import serve
from dokuei.logs import configure_logs
from dokuei.settings import read_settings
configure_logs(part="gateway-receiver")
serve(read_settings(Path(sys.argv[1])), ready=lambda e: print(json.dumps(dataclasses.asdict(e)), flush=True))
"""


@dataclass
class Receiver:
    """A running receiver; ``prefix`` may wrap it in another program, such as a limit."""

    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()
    process: "subprocess.Popen[str] | None" = None
    port: int = 0
    tls_port: int = 0
    acceptors: tuple[int, ...] = ()

    def start(self) -> None:
        """Start and wait for its endpoint."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "receiver.err").open("a") as err:
            self.process = subprocess.Popen(
                [*self.prefix, sys.executable, "-c", _SERVE, str(self.home)],
                env={**os.environ, "DOKUEI_GATEWAY__PORT": str(self.port), **self.environment},
                stdout=subprocess.PIPE,
                stderr=err,
                text=True,
                start_new_session=True,
            )
        assert self.process.stdout is not None
        line = next((line for line in self.process.stdout if line.startswith('{"ae_title"')), "")
        assert line, f"it did not start: {(self.home / 'receiver.err').read_text()[-3000:]}"
        endpoint = json.loads(line)
        self.port, self.tls_port, self.acceptors = endpoint["port"], endpoint["tls_port"], tuple(endpoint["pids"])

    def stop(self) -> float:
        """SIGTERM; the seconds it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=20)
        return time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL to it and all its acceptors, as a power switch would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=20)

    @contextmanager
    def spool(self) -> Iterator[Spool]:
        """Its queue, looked at from outside."""
        found = open_spool(self.home)
        try:
            yield found
        finally:
            found.database.close()

    @contextmanager
    def quarantine(self) -> Iterator[Quarantine]:
        """Its quarantine."""
        with self.spool() as spool:
            yield Quarantine(spool.database, spool.folder)


@contextmanager
def running_receiver(
    home: Path, environment: Mapping[str, str] | None = None, prefix: tuple[str, ...] = ()
) -> Iterator[Receiver]:
    """A receiver on a free port; stopped at the end."""
    receiver = Receiver(home, environment or {}, prefix)
    receiver.start()
    try:
        yield receiver
    finally:
        if receiver.process is not None and receiver.process.poll() is None:
            receiver.stop()


def make_object(
    *, study: str = "", series: str = "", sop_instance: str = "", number: int = 1, rows: int = 64, frames: int = 1
) -> Dataset:
    """A small MR image with noise; UIDs that are not given are new."""
    found = Dataset()
    found.file_meta = FileMetaDataset()
    found.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    found.SpecificCharacterSet = "ISO_IR 192"
    found.SOPClassUID = MR
    found.SOPInstanceUID = sop_instance or generate_uid()
    found.StudyDate, found.Modality = "20261101", "MR"
    found.PatientName, found.PatientID = "試験^花子", "T1"
    found.StudyInstanceUID = study or generate_uid()
    found.SeriesInstanceUID = series or generate_uid()
    found.InstanceNumber = number
    found.SamplesPerPixel, found.PhotometricInterpretation = 1, "MONOCHROME2"
    if frames > 1:
        found.NumberOfFrames = frames
    found.Rows = found.Columns = rows
    found.BitsAllocated = found.BitsStored = 16
    found.HighBit, found.PixelRepresentation = 15, 0
    pixels = np.random.default_rng(number).integers(0, 4000, (frames, rows, rows), dtype=np.uint16)
    found.PixelData = pixels.tobytes()
    return found


def write_objects(folder: Path, count: int, *, rows: int = 64) -> list[str]:
    """A series of files; their SOP Instance UIDs."""
    folder.mkdir(parents=True, exist_ok=True)
    study, series = generate_uid(), generate_uid()
    made = []
    for number in range(count):
        found = make_object(study=study, series=series, number=number + 1, rows=rows)
        found.save_as(folder / f"{number:04d}.dcm", enforce_file_format=True)
        made.append(str(found.SOPInstanceUID))
    return made
