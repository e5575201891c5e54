"""Where files to be imported come from: folders, ZIP files, and the media that a DICOMDIR describes (PS3.10 8, PS3.11).

Names inside a ZIP file or a DICOMDIR are shown and compared, never written to.
"""

import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Final

from pydicom import dcmread
from pydicom.multival import MultiValue

from dokuei.dicom.meta import PREFIX, PREFIX_AT, START
from dokuei.errors import DokueiError, NotDicomError, TooLargeError, UnsupportedError

ZIP_MAGIC: Final = b"PK\x03\x04"
_ENTRIES: Final = 200_000
_RATIO: Final = 250  # black borders of a mammogram deflate well; nothing real reaches this over many megabytes
_RATIO_FROM: Final = 64 << 20
_ENCRYPTED: Final = 0x1
_DIRECTORY_BYTES: Final = 64 << 20
_PHASE: Final = "importing"


class UnreadableError(DokueiError):
    """What the operating system, or a link, keeps us from looking at: not taken, and not judged either."""

    code = "unreadable"


@dataclass(frozen=True)
class Source:
    """One file to be taken, or what is wrong with it before it is opened; ``size`` is for the progress bar."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]
    problem: DokueiError | None = None


def find(path: Path, opened: ExitStack) -> Iterator[Source]:
    """The files below a path: of a folder, a ZIP file, the medium a DICOMDIR stands on, or the file itself.

    ZIP files stay open until ``opened`` closes.
    """
    try:
        if _is_directory_file(path):
            path = path.parent
        is_folder, is_there = path.is_dir(), path.exists()
    except OSError as error:
        yield _unreadable(path, error)
        return
    if is_folder:
        yield from _walked(path, opened)
    elif is_there:
        yield from _file(path, opened)
    else:
        yield _problem(str(path), NotDicomError("there is no such file or folder", phase=_PHASE))


def _walked(path: Path, opened: ExitStack) -> Iterator[Source]:
    unreadable: list[OSError] = []
    root = path.resolve()
    for folder, folders, names in os.walk(path, onerror=unreadable.append):
        folders.sort()
        for link in (Path(folder) / name for name in folders if (Path(folder) / name).is_symlink()):
            if not link.resolve().is_relative_to(root):  # what lies inside is found where it lies
                yield _problem(str(link), UnreadableError("a link to a folder: name the folder itself", phase=_PHASE))
        for name in sorted(names):
            yield from _file(Path(folder) / name, opened)
    for error in unreadable:
        yield _unreadable(error.filename or path, error)


def _file(path: Path, opened: ExitStack) -> Iterator[Source]:
    try:
        if not path.is_file():
            if path.is_symlink():
                yield _problem(str(path), UnreadableError("a link that leads to no file", phase=_PHASE))
            return  # sockets and devices hold no object
        if _is_directory_file(path):
            yield from _missing_on_disk(path)
        elif not _is_part10(path) and (_begins_as_zip(path) or zipfile.is_zipfile(path)):
            yield from _zipped(path, opened)
        else:
            yield Source(str(path), path.stat().st_size, partial(_open, path))
    except OSError as error:
        yield _unreadable(path, error)


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _is_directory_file(path: Path) -> bool:
    return path.name.upper() == "DICOMDIR" and path.is_file()


def _is_part10(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(START)[PREFIX_AT:] == PREFIX


def _begins_as_zip(path: Path) -> bool:
    """Also where its end is missing, without which Python calls it no ZIP file."""
    with path.open("rb") as file:
        return file.read(len(ZIP_MAGIC)) == ZIP_MAGIC


def _zipped(path: Path, opened: ExitStack) -> Iterator[Source]:
    """The entries of a ZIP file, bounded by what it declares: its reader gives no more than that."""
    try:
        archive = opened.enter_context(zipfile.ZipFile(path))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        yield _problem(str(path), NotDicomError(f"a ZIP file that cannot be read ({error})", phase=_PHASE))
        return
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > _ENTRIES:
        yield _problem(str(path), TooLargeError(f"a ZIP file of more than {_ENTRIES} files", phase=_PHASE))
    elif _unfolds_too_far(sum(entry.file_size for entry in entries), path.stat().st_size):
        yield _problem(str(path), TooLargeError("a ZIP file that unfolds beyond reason", phase=_PHASE))
    else:
        for entry in entries:
            yield from _entry(path, archive, entry)


def _entry(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[Source]:
    name = f"{path}:{entry.filename}"
    if entry.flag_bits & _ENCRYPTED:
        yield _problem(name, UnsupportedError("encrypted inside its ZIP file", phase=_PHASE))
    elif _unfolds_too_far(entry.file_size, entry.compress_size):
        yield _problem(name, TooLargeError("unfolds beyond reason inside its ZIP file", phase=_PHASE))
    elif PurePosixPath(entry.filename).name.upper() == "DICOMDIR":
        folder = PurePosixPath(entry.filename).parent
        there = {_folded(PurePosixPath(one).parts) for one in archive.namelist()}
        directory = Source(name, entry.file_size, partial(archive.open, entry))
        yield from _missing(
            directory,
            lambda parts: _folded((*folder.parts, *parts)) in there,
            lambda parts: f"{path}:{folder.joinpath(*parts)}",
        )
    else:
        yield Source(name, entry.file_size, partial(archive.open, entry))


def _unfolds_too_far(size: int, compressed: int) -> bool:
    return size > _RATIO_FROM and size > _RATIO * compressed


def _missing_on_disk(path: Path) -> Iterator[Source]:
    there = {_folded(file.relative_to(path.parent).parts) for file in path.parent.rglob("*") if file.is_file()}
    directory = Source(str(path), path.stat().st_size, partial(_open, path))
    yield from _missing(
        directory, lambda parts: _folded(parts) in there, lambda parts: str(path.parent.joinpath(*parts))
    )


def _missing(
    directory: Source, is_there: Callable[[tuple[str, ...]], bool], name_of: Callable[[tuple[str, ...]], str]
) -> Iterator[Source]:
    """Files that a DICOMDIR names and the medium lacks; the others are found by walking (PS3.3 F.3.2)."""
    if directory.size > _DIRECTORY_BYTES:
        yield _problem(directory.name, TooLargeError("a DICOMDIR beyond reason", phase=_PHASE))
        return
    try:
        with directory.open() as file:
            records = dcmread(BytesIO(file.read())).get("DirectoryRecordSequence") or []
        named = [record.ReferencedFileID for record in records if record.get("ReferencedFileID")]
    except Exception as error:  # noqa: BLE001 - what pydicom says about a spoilt DICOMDIR has many names
        why = NotDicomError(f"a DICOMDIR that cannot be read ({type(error).__name__})", phase=_PHASE)
        yield _problem(directory.name, why)
        return
    for value in named:
        parts = tuple(map(str, value)) if isinstance(value, MultiValue) else (str(value),)
        if not is_there(parts):
            why = NotDicomError("named in the DICOMDIR and not on the medium", phase=_PHASE)
            yield _problem(name_of(parts), why)


def _folded(parts: tuple[str, ...]) -> tuple[str, ...]:
    """File systems of CDs change case and add version numbers."""
    return tuple(part.upper().split(";")[0].rstrip(".") for part in parts)


def _problem(name: str, error: DokueiError) -> Source:
    return Source(name, 0, partial(_nothing, name), error)


def _unreadable(path: str | Path, error: OSError) -> Source:
    why = UnreadableError(f"cannot be read: {error.strerror or type(error).__name__}", phase=_PHASE)
    return _problem(str(path), why)


def _nothing(name: str) -> IO[bytes]:
    raise FileNotFoundError(name)
