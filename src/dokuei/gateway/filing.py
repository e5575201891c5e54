"""Sealed PDFs and an index of them in a folder: each version a file of its own and a line more, nothing written over.

A file is complete before it has its name, and has its name before the index says so.
"""

import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydicom import dcmread
from pydicom.dataset import Dataset

from dokuei.dicom.encapsulated_pdf import pdf_inside
from dokuei.errors import DokueiError
from dokuei.gateway.deliver_tables import Held
from dokuei.gateway.filing_index import HEAD, Encoding, line_of, written
from dokuei.gateway.pacs import UNREADABLE, Outcome
from dokuei.storage.filesystem import fsync_folder
from dokuei.transfer.deliveries import OutletName, PlaceState

INDEX: Final = "index.csv"
_UNSAFE: Final = re.compile(r"[^0-9A-Za-z._-]+")
_REPORT_LETTERS: Final = 12
_NAME_LETTERS: Final = 40


@dataclass(frozen=True)
class FolderOutlet:
    """A folder that the hospital's system, or its people, look into."""

    folder: Path
    encoding: Encoding
    path_of: Callable[[str], Path]
    reidentify: Callable[[Dataset], Dataset]
    name: OutletName = "folder"
    taken_as: PlaceState = "stored"

    @property
    def destination(self) -> str:
        """Where its people find it."""
        return f"folder {self.folder}"[:200]

    def wants(self, one: Held) -> bool:
        """Documents, also those that were stamped anew."""
        return one.kind == "pdf"

    def bring(self, held: Sequence[Held]) -> tuple[Outcome, ...]:
        """One after the other, the oldest first: a line never overtakes an earlier one."""
        outcomes: list[Outcome] = []
        for one in held:
            outcomes.append(self._bring(one))
            if outcomes[-1].error and not self.folder.is_dir():
                outcomes += [Outcome(rest.delivery_id, error=outcomes[-1].error) for rest in held[len(outcomes) :]]
                break
        return tuple(outcomes)

    def _bring(self, one: Held) -> Outcome:
        if not self.folder.is_dir():  # never made here: behind a share that is not mounted nobody would find it
            return Outcome(one.delivery_id, error="the folder for reports is not there (is its share mounted?)")
        try:
            report = self.reidentify(dcmread(self.path_of(one.sha256)))
            name = file_name(report, one)
            pdf = pdf_inside(report)
            line = line_of(report, one, name)
        except UNREADABLE as error:
            ours = isinstance(error, DokueiError)  # any other error may name the patient
            why = str(error) if ours else f"the report cannot be read: {type(error).__name__}"
            return Outcome(one.delivery_id, error=why)
        try:
            if not self._put(name, pdf):
                return Outcome(one.delivery_id, error="a file of the report's name is there with other content")
            return Outcome(one.delivery_id, note=self._enter(one.delivery_id, line))
        except OSError as error:  # its text has the name of the file, and with it the patient's number
            why = f"the folder for reports cannot be written: {error.strerror or type(error).__name__}"
            return Outcome(one.delivery_id, error=why)

    def _put(self, name: str, data: bytes) -> bool:
        """The same file again is there already; another one under its name stays as it is."""
        target = self.folder / name
        if target.exists():
            return target.read_bytes() == data
        _write(target, data)
        return True

    def _enter(self, delivery_id: str, line: str) -> str:
        """A line more, once; what the encoding cannot write is told. The index may have been taken away meanwhile."""
        index = self.folder / INDEX
        before = index.read_bytes() if index.exists() else written(HEAD, self.encoding, first=True)[0]
        if delivery_id.encode("ascii") in before:
            return ""
        data, lost = written(line, self.encoding)
        _write(index, before + (b"" if before.endswith(b"\n") else b"\r\n") + data)
        return f"letters that Shift_JIS does not have, written as 〓: {lost}" if lost else ""


def file_name(report: Dataset, one: Held) -> str:
    """What sorts together belongs together: accession number, report, version, and how often it was stamped anew."""
    known = str(report.get("AccessionNumber", "") or report.get("StudyDate", "") or "study")
    known = _UNSAFE.sub("_", known).strip("._")[:_NAME_LETTERS] or "study"
    named = (one.report_id or one.delivery_id)[:_REPORT_LETTERS]
    stamps = f"_t{one.stamps}" if one.stamps else ""
    return f"{known}_{named}_v{one.version or int(report.get('InstanceNumber') or 1)}{stamps}.pdf"


def _write(target: Path, data: bytes) -> None:
    """Complete, then named; what is left of a write that failed is removed."""
    beside = target.with_name(f".{target.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    with suppress(OSError):  # not every share can sync a folder; the file itself is
        fsync_folder(target.parent)
