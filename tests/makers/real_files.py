"""Every file of the test data through a running dokuei, and a table of what became of each.

``make real-files``, or ``python -m tests.makers.real_files [FOLDER]``. Each file goes to the gateway by C-STORE as it
is, or by ``dokuei import`` where it is no file that a modality could send; then it is looked for at the hub by QIDO-RS,
fetched by WADO-RS in Explicit VR Little Endian, and its pixels are compared with what another maker's decoder reads.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pydicom
from pydicom.encaps import generate_frames
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_file_meta_info
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from rich.console import Console
from rich.table import Table

from dokuei.dicom.uids import JPEG_LOSSLESS, JPEG_LOSSLESS_SV1, TRANSFER_SYNTAXES
from tests.makers.archive import as_dataset, read_parts
from tests.makers.data import data_folder
from tests.makers.home import Home, running_home
from tests.makers.modality import send

STORED = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}
SAME = {"identical", "as it came", "no pixels"}
SETTLED = {"at-hub", "problem"}
CANNOT_DECODE = (AttributeError, ValueError, NotImplementedError, RuntimeError, TypeError)
CANNOT_READ = (InvalidDicomError, OSError, AttributeError, ValueError, KeyError, EOFError, NotImplementedError)
_WAIT_SECONDS = 600.0
_SHOWN = 60
_WIDTH = 180  # columns where the table goes to a file


@dataclass
class Outcome:
    """What became of one file."""

    path: Path
    category: str
    way: str = "C-STORE"
    gateway: str = ""
    hub: str = ""
    pixels: str = ""
    sop_instance_uid: str = ""
    study_instance_uid: str = ""

    @property
    def taken(self) -> bool:
        """The gateway has answered for it."""
        return self.gateway == "taken"

    @property
    def good(self) -> bool:
        """At the hub with the pixels that it came with."""
        return self.taken and self.hub == "found" and self.pixels in SAME

    @property
    def reason(self) -> str:
        """Why it is not there, in the words that staff reads."""
        refused = self.hub if self.taken else self.gateway
        return refused.partition(":")[2].strip()


@dataclass
class Round:
    """Files that one home can hold: each UID once, one patient to a study."""

    outcomes: list[Outcome] = field(default_factory=list)
    _uids: set[str] = field(default_factory=set)
    _patients: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def takes(self, outcome: Outcome, patient: tuple[str, ...]) -> bool:
        """Whether it fits in; then it belongs to this round."""
        uid, study = outcome.sop_instance_uid, outcome.study_instance_uid
        if uid and (uid in self._uids or self._patients.get(study, patient) != patient):
            return False
        self._uids.add(uid)
        self._patients[study] = patient
        self.outcomes.append(outcome)
        return True


def all_files(test_data: Path) -> list[Outcome]:
    """Every row of the manifest, in its order."""
    with (test_data / "MANIFEST.tsv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [Outcome(test_data / row["path"], row["category"]) for row in rows]


def send_all(outcomes: Sequence[Outcome], folder: Path, *, told: Callable[[str], None] = lambda _: None) -> None:
    """Send everything and fill in what became of it; variants under one UID go to a fresh home each."""
    homes = rounds(outcomes)
    for number, one in enumerate(homes, 1):
        told(f"round {number} of {len(homes)}: {len(one.outcomes)} files")
        with running_home(folder / f"home-{number}") as home:
            for outcome in one.outcomes:
                _send(home, outcome)
            problems = _wait(home)
            with home.client() as client:
                for outcome in one.outcomes:
                    if outcome.taken:
                        _fetch(client, home.endpoints()["dicomweb"], outcome, problems)


def rounds(outcomes: Sequence[Outcome]) -> list[Round]:
    """As few homes, or sites, as can hold everything."""
    found: list[Round] = []
    for outcome in outcomes:
        patient = _read(outcome)
        if not any(one.takes(outcome, patient) for one in found):
            found.append(Round())
            found[-1].takes(outcome, patient)
    return found


def table(outcomes: Sequence[Outcome], test_data: Path) -> Table:
    """A line for each file."""
    shown = Table(title=f"{len(outcomes)} files", title_justify="left")
    for column in ("file", "way", "gateway", "hub", "pixels"):
        shown.add_column(column, overflow="fold")
    for outcome in outcomes:
        name = str(outcome.path.relative_to(test_data))
        short = name if len(name) <= _SHOWN else f"{name[: _SHOWN // 3]}…{name[-2 * _SHOWN // 3 :]}"
        shown.add_row(short, outcome.way, outcome.gateway, outcome.hub, outcome.pixels)
    return shown


def counts(outcomes: Sequence[Outcome]) -> Table:
    """How often each outcome was, by folder."""
    shown = Table(title="by folder", title_justify="left")
    for column in ("folder", "files", "gateway", "hub", "pixels"):
        shown.add_column(column)
    counted = Counter(
        (one.category, _class(one.gateway), one.hub.split(":", maxsplit=1)[0], one.pixels) for one in outcomes
    )
    for (category, gateway, hub, pixels), number in sorted(counted.items()):
        shown.add_row(category, str(number), gateway, hub, pixels)
    return shown


def _class(gateway: str) -> str:
    return gateway.split(":", maxsplit=1)[0]


def _read(outcome: Outcome) -> tuple[str, ...]:
    """Note the UIDs; gives whose image it is. What cannot be read is for the gateway to judge."""
    try:
        head = pydicom.dcmread(outcome.path, stop_before_pixels=True, force=True)
        outcome.sop_instance_uid = str(head.get("SOPInstanceUID", None) or "")
        outcome.study_instance_uid = str(head.get("StudyInstanceUID", None) or "")
        return tuple(str(head.get(name, "")) for name in ("PatientID", "PatientName", "PatientBirthDate", "PatientSex"))
    except CANNOT_READ:
        return ()


def _send(home: Home, outcome: Outcome) -> None:
    try:
        meta = read_file_meta_info(outcome.path)
        # A sender that goes by the file's meta group would name another object than the data set does.
        same = str(meta.get("MediaStorageSOPInstanceUID")) == outcome.sop_instance_uid
        sendable = same and bool(meta.get("MediaStorageSOPClassUID") and meta.get("TransferSyntaxUID"))
    except CANNOT_READ:
        sendable = False
    if not sendable:
        _import(home, outcome)
        return
    try:
        (status,) = send(home.endpoints()["gateway"]["port"], outcome.path)
    except (AssertionError, *CANNOT_READ) as error:
        outcome.way = f"C-STORE not possible: {error}"
        _import(home, outcome)
        return
    code = status.get("Status", None)
    if code is None:
        outcome.gateway = "no answer"
    elif code == 0:
        outcome.gateway = "taken"
    else:
        outcome.gateway = f"refused {code:04X}: {status.get('ErrorComment', '')}"


def _import(home: Home, outcome: Outcome) -> None:
    outcome.way = "import"
    done = subprocess.run(
        [sys.executable, "-m", "dokuei", "import", str(outcome.path), "--home", str(home.folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **home.environment, "COLUMNS": "400", "DOKUEI_LANGUAGE": "en"},
    )
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in done.stdout.splitlines() if "│" in line]
    rows = [(what, int(number), why) for what, number, why in cells if number.isdigit()]
    outcome.gateway = next(
        (what if what == "taken" else f"{what}: {why.rpartition(':')[0]}" for what, number, why in rows if number),
        f"nothing taken, and no reason given ({done.returncode})",
    )


def _wait(home: Home) -> dict[str, str]:
    """Until every study has ended one way or the other; the problems by study."""
    studies: list[dict[str, Any]] = []

    def settled() -> bool:
        studies[:] = json.loads(home.run("gateway", "status", "--json"))["studies"]
        return all(one["state"] in SETTLED for one in studies)

    home.wait_until(settled, seconds=_WAIT_SECONDS, what="settled")
    return {one["study_instance_uid"]: str(one["error"]) for one in studies if one["state"] == "problem"}


def _fetch(client: httpx.Client, base: str, outcome: Outcome, problems: dict[str, str]) -> None:
    found = client.get(f"{base}/instances", params={"SOPInstanceUID": outcome.sop_instance_uid}).json()
    if len(found) != 1:
        outcome.hub = f"{len(found)} found: {problems.get(outcome.study_instance_uid, '')}"
        return
    address = found[0]["00081190"]["Value"][0]
    back = client.get(address)
    if back.status_code == httpx.codes.NOT_ACCEPTABLE:  # nobody here can decode it: it is kept as it came
        outcome.hub = "found"
        outcome.pixels = "as it came" if _is_as_it_came(client, address, _source(outcome.path)) else "other bytes"
    elif back.status_code == httpx.codes.OK:
        outcome.hub = "found"
        outcome.pixels = compared(client, address, outcome.path, as_dataset(read_parts(back)[0][1]))
    else:
        outcome.hub = f"found, but answers {back.status_code}"


def compared(client: httpx.Client, address: str, path: Path, native: pydicom.Dataset) -> str:
    """How an object that came back in Explicit VR Little Endian compares with its source file."""
    source = _source(path)
    if "PixelData" not in source:
        return "no pixels"
    try:
        with tempfile.TemporaryDirectory() as folder:
            same = np.array_equal(_pixels(path, Path(folder)), native.pixel_array)
    except CANNOT_DECODE as error:
        same, why = False, f"{type(error).__name__}: {error}"
    else:
        why = "other pixels"
    if same:
        return "identical"
    syntax = TRANSFER_SYNTAXES[str(source.file_meta.TransferSyntaxUID)]
    if not syntax.encapsulated:
        return f"{why} ({syntax.name})"
    return "as it came" if _is_as_it_came(client, address, source) else f"{why} ({syntax.name})"


def _is_as_it_came(client: httpx.Client, address: str, source: pydicom.Dataset) -> bool:
    """Whether every frame is kept in the bytes that it came in; offset tables and padding may differ."""
    kept = as_dataset(read_parts(client.get(address, headers=STORED))[0][1])
    return _frames(kept) == _frames(source)


def _frames(one: pydicom.Dataset) -> list[bytes]:
    number = int(one.get("NumberOfFrames", None) or 1)
    return [frame.rstrip(b"\0") for frame in generate_frames(one.PixelData, number_of_frames=number)]


def _source(path: Path) -> pydicom.Dataset:
    """A file that names no transfer syntax is in the one that it was read as."""
    source = pydicom.dcmread(path, force=True)
    if "TransferSyntaxUID" not in source.file_meta:
        implicit = source.original_encoding[0]
        source.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    return source


def _pixels(path: Path, folder: Path) -> Any:
    """A source's pixels by another decoder than ours: pydicom's plugins, dcmtk for lossless JPEG."""
    source = _source(path)
    if str(source.file_meta.TransferSyntaxUID) in {JPEG_LOSSLESS, JPEG_LOSSLESS_SV1}:
        target = folder / "decoded.dcm"
        subprocess.run(["dcmdjpeg", str(path), str(target)], check=True, capture_output=True)
        source = pydicom.dcmread(target)
    return source.pixel_array


def main() -> None:
    """The command."""
    test_data = Path(sys.argv[1]) if len(sys.argv) > 1 else data_folder()
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    outcomes = all_files(test_data)
    with tempfile.TemporaryDirectory(prefix="dokuei-files-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's about the files' oddities
        send_all(outcomes, Path(folder), told=console.print)
    console.print(table(outcomes, test_data))
    console.print(counts(outcomes))


if __name__ == "__main__":
    main()
