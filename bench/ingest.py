"""C-STORE beside Orthanc in one run: images a second up to the acknowledgement, with our fsync on.

    python bench/ingest.py [--rounds 3] [--json FILE]

Both servers are started fresh for each figure, on free ports and in temporary folders on the same disk; the sender is
dcmtk's storescu with its default sockets and with TCP_NODELAY=1. In the TCP_NODELAY rows Orthanc has it, too.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

_MR = "1.2.840.10008.5.1.4.1.1.4"
_MG = "1.2.840.10008.5.1.4.1.1.1.2"
_SERVE = """
import sys
from pathlib import Path
from dokuei.gateway.receiver import serve
from dokuei.logs import configure_logs
from dokuei.settings import read_settings
configure_logs(part="gateway-receiver")
serve(read_settings(Path(sys.argv[1])), ready=lambda endpoint: print(endpoint.port, flush=True))
"""


@dataclass(frozen=True)
class Work:
    """What is sent: ``count`` objects on each of ``associations`` connections."""

    name: str
    associations: int
    count: int
    nodelay: bool


@dataclass(frozen=True)
class Figure:
    """Medians over the rounds, images a second."""

    work: Work
    dokuei: float
    orthanc: float
    nothing_kept: float
    rounds: tuple[tuple[float, ...], ...]

    @property
    def ratio(self) -> float:
        """How many times Orthanc."""
        return self.dokuei / self.orthanc if self.orthanc else 0.0


WORKS = (
    Work("MRI 526 kB", 1, 250, nodelay=False),
    Work("MRI 526 kB", 1, 250, nodelay=True),
    Work("MRI 526 kB", 4, 125, nodelay=False),
    Work("MRI 526 kB", 4, 125, nodelay=True),
    Work("mammogram 27 MB", 1, 8, nodelay=False),
    Work("mammogram 27 MB", 1, 8, nodelay=True),
    Work("mammogram 27 MB", 4, 4, nodelay=True),
)


def run(*, quick: bool = False, rounds: int = 3, works: tuple[Work, ...] = WORKS) -> dict[str, Any]:
    """Measure all; for ``bench/run.py``. ``quick`` is one round."""
    rounds = 1 if quick else rounds
    with tempfile.TemporaryDirectory(prefix="dokuei-ingest-") as name:
        base = Path(name)
        figures = [_measure(base, work, rounds) for work in works]
    return {
        "what": "C-STORE up to the acknowledgement, images/s, median of rounds; Orthanc in the same run",
        "command": "python bench/ingest.py",
        "figures": [{**asdict(f), "ratio": round(f.ratio, 2)} for f in figures],
    }


def _measure(base: Path, work: Work, rounds: int) -> Figure:
    data = Path(tempfile.mkdtemp(dir=base))
    found: list[tuple[float, ...]] = []
    _make(data, work)
    for _ in range(rounds):
        # New folders each time, removed only at the end: ext4 searches long among inodes that were just freed
        with _dokuei(Path(tempfile.mkdtemp(dir=base))) as port:
            ours = _send(data, work, port, "DOKUEI")
        with _orthanc(Path(tempfile.mkdtemp(dir=base)), nodelay=work.nodelay) as port:
            theirs = _send(data, work, port, "ORTHANC")
        with _nothing_kept(nodelay=work.nodelay) as port:
            nothing_kept = _send(data, work, port, "STORESCP")
        found.append((round(ours, 1), round(theirs, 1), round(nothing_kept, 1)))
    medians = [round(statistics.median(column), 1) for column in zip(*found, strict=True)]
    figure = Figure(work, medians[0], medians[1], medians[2], tuple(found))
    print(_line(figure), flush=True)
    return figure


def _line(figure: Figure) -> str:
    work = figure.work
    sockets = "TCP_NODELAY" if work.nodelay else "default"
    return (
        f"{work.name:16} {work.associations} association{'s' if work.associations > 1 else ' '} {sockets:12} "
        f"dokuei {figure.dokuei:7.1f}/s   Orthanc {figure.orthanc:7.1f}/s   x {figure.ratio:.2f}   {figure.rounds}"
    )


def _send(data: Path, work: Work, port: int, called: str) -> float:
    environment = {**os.environ, **({"TCP_NODELAY": "1"} if work.nodelay else {})}
    environment.pop("TCP_NODELAY" if not work.nodelay else "", None)
    begin = time.perf_counter()
    senders = [
        subprocess.Popen(
            ["storescu", "-aec", called, "+sd", "localhost", str(port), str(data / str(number))],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for number in range(work.associations)
    ]
    for sender in senders:
        _, said = sender.communicate()
        if sender.returncode or said:
            raise SystemExit(f"storescu to {called} failed: {said.decode(errors='replace')[:500]}")
    return work.associations * work.count / (time.perf_counter() - begin)


@contextmanager
def _dokuei(home: Path) -> Iterator[int]:
    (home / "dokuei.toml").write_text("[gateway]\nport = 0\n")
    with subprocess.Popen([sys.executable, "-c", _SERVE, str(home)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None  # noqa: S101 - asked for above
        try:
            yield int(server.stdout.readline())
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate()


@contextmanager
def _orthanc(folder: Path, *, nodelay: bool) -> Iterator[int]:
    dicom, http = _free_port(), _free_port()
    settings = {
        "StorageDirectory": str(folder / "db"),
        "IndexDirectory": str(folder / "db"),
        "DicomPort": dicom,
        "HttpPort": http,
        "DicomAet": "ORTHANC",
        "RemoteAccessAllowed": False,
        "Plugins": [],
    }
    (folder / "orthanc.json").write_text(json.dumps(settings))
    environment = {**os.environ, **({"TCP_NODELAY": "1"} if nodelay else {})}
    log = (folder / "log").open("wb")
    with log, subprocess.Popen(["Orthanc", "orthanc.json"], cwd=folder, env=environment, stdout=log, stderr=log) as it:
        try:
            _wait(dicom)
            yield dicom
        finally:
            it.send_signal(signal.SIGTERM)


@contextmanager
def _nothing_kept(*, nodelay: bool) -> Iterator[int]:
    """The storescp of dcmtk, told to throw away what it gets: what a sender reaches when nothing is stored at all."""
    port = _free_port()
    environment = {**os.environ, **({"TCP_NODELAY": "1"} if nodelay else {})}
    with subprocess.Popen(["storescp", "--fork", "--ignore", str(port)], env=environment) as it:
        try:
            _wait(port)
            yield port
        finally:
            it.terminate()


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("Orthanc did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _make(folder: Path, work: Work) -> None:
    rows, columns = (512, 512) if work.name.startswith("MRI") else (4096, 3328)
    noise = np.random.default_rng(1)
    study = generate_uid()
    frame = noise.normal(600, 40, (rows, columns)).astype(np.int16)
    for association in range(work.associations):
        series = generate_uid()
        (folder / str(association)).mkdir(parents=True, exist_ok=True)
        for number in range(work.count):
            found = _header(_MR if rows == 512 else _MG, study, series, number)
            found.Rows, found.Columns = rows, columns
            found.PixelData = np.roll(frame, number * 7).tobytes()
            found.save_as(folder / str(association) / f"{number:05d}.dcm", enforce_file_format=True)


def _header(sop_class: str, study: str, series: str, number: int) -> Dataset:
    found = Dataset()
    found.file_meta = FileMetaDataset()
    found.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    found.SpecificCharacterSet = "ISO_IR 192"
    found.SOPClassUID, found.SOPInstanceUID = sop_class, generate_uid()
    found.StudyInstanceUID, found.SeriesInstanceUID = study, series
    found.PatientID, found.PatientName = "BENCH", "合成^花子"
    found.PatientBirthDate, found.PatientSex = "19700101", "F"
    found.StudyDate = found.SeriesDate = found.ContentDate = "20261101"
    found.StudyTime = found.SeriesTime = found.ContentTime = "101500"
    found.Modality = "MR" if sop_class == _MR else "MG"
    found.AccessionNumber, found.StudyID, found.SeriesNumber, found.InstanceNumber = "A1", "1", 1, number + 1
    found.StudyDescription, found.SeriesDescription = "Bench", "Series"
    found.ImagePositionPatient, found.ImageOrientationPatient = [0, 0, number], [1, 0, 0, 0, 1, 0]
    found.PixelSpacing, found.SliceThickness = [0.7, 0.7], 1.0
    found.WindowCenter, found.WindowWidth = 600, 1200
    found.SamplesPerPixel, found.PhotometricInterpretation = 1, "MONOCHROME2"
    found.BitsAllocated, found.BitsStored, found.HighBit, found.PixelRepresentation = 16, 16, 15, 1
    return found


def main() -> None:
    """Print the table and, if asked, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", help="only works whose name starts so")
    given = parser.parse_args()
    found = run(rounds=given.rounds, works=tuple(w for w in WORKS if w.name.startswith(given.only or "")))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
