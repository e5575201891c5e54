"""Blobs as plain files: written beside their place, fsynced, then renamed into it."""

import errno
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dokuei.errors import DiskFullError, NotFoundError, StorageError

_COPY_BYTES = 1 << 20
_TRIES = 100  # of writing into a folder that others remove


@contextmanager
def disk_full_told() -> Iterator[None]:
    """Turn ENOSPC and EDQUOT into the error that senders are answered with."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFullError(
                "no room left on the disk", phase="storing", remedy="free space; the sender keeps the object"
            ) from error
        raise


def fsync_folder(folder: Path) -> None:
    """Make a new or removed name in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path, *, mode: int = 0o777) -> None:
    """Make a folder and those above it that are missing, each a durable name in the one above it.

    A folder that is there already is believed to be durable: whoever made it made it so.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent, mode=mode)
    folder.mkdir(exist_ok=True, mode=mode)
    fsync_folder(folder.parent)


def write_whole(target: Path, reader: BinaryIO, *, settle: Callable[[Path, Path], object] = Path.replace) -> None:
    """Write a file that its owner alone reads, whole or not at all, durably; ``settle`` gives it its name."""
    descriptor, name = tempfile.mkstemp(prefix=".part-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as writer:
            shutil.copyfileobj(reader, writer, _COPY_BYTES)
            writer.flush()
            os.fsync(writer.fileno())
        settle(Path(name), target)
    finally:
        Path(name).unlink(missing_ok=True)
    fsync_folder(target.parent)


def _link_new(source: Path, target: Path) -> None:
    """Give finished bytes their name only where the name is free (a rename would take it from whoever has it)."""
    with suppress(FileExistsError):
        target.hardlink_to(source)
    source.unlink()


def _move(source: Path, target: Path) -> None:
    """A rename on the same disk, else a copy."""
    if source.stat().st_dev == target.parent.stat().st_dev:
        with source.open("rb") as file:
            os.fsync(file.fileno())
        source.replace(target)
        fsync_folder(target.parent)
        return
    with source.open("rb") as reader:
        write_whole(target, reader)
    source.unlink()


@dataclass(frozen=True)
class FilesystemBlobs:
    """Blobs under one root folder."""

    root: Path

    def put_file(self, key: str, source: Path) -> None:
        """Take a finished file; it is moved when on the same disk, copied otherwise."""
        self._write(key, lambda target: _move(source, target))

    def put(self, key: str, data: bytes) -> None:
        """Take bytes in memory; never over others."""
        self._write(key, lambda target: write_whole(target, io.BytesIO(data), settle=_link_new))
        if self._place(key).read_bytes() != data:
            raise StorageError("other bytes are kept under this key", phase="storing", remedy="nothing was written")

    def replace(self, key: str, data: bytes) -> None:
        """Put bytes in the place of others."""
        self._write(key, lambda target: write_whole(target, io.BytesIO(data)))

    def read(self, key: str, *, offset: int = 0, length: int | None = None) -> bytes:
        """A range of the bytes."""
        with self.open(key) as file:
            file.seek(offset)
            return file.read() if length is None else file.read(length)

    def open(self, key: str) -> BinaryIO:
        """A seekable reader."""
        try:
            return self._place(key).open("rb")
        except FileNotFoundError as error:
            raise NotFoundError("no such object in the store", phase="reading the archive") from error

    def path(self, key: str) -> Path | None:
        """The plain file itself."""
        return self._place(key)

    def exists(self, key: str) -> bool:
        """Whether the file is there."""
        return self._place(key).is_file()

    def delete(self, key: str) -> None:
        """Remove the file, and its folder where it was the last one in it, and make that durable."""
        target = self._place(key)
        try:
            target.unlink()
        except FileNotFoundError:
            return
        try:
            target.parent.rmdir()
        except OSError:  # there is more in it
            with suppress(FileNotFoundError):  # until somebody else has removed that
                fsync_folder(target.parent)
        else:
            fsync_folder(target.parent.parent)

    def keys(self, prefix: str) -> Iterator[str]:
        """All finished files below a prefix, in order."""
        found = (Path(folder, name) for folder, _, names in os.walk(self._place(prefix)) for name in names)
        for path in sorted(found):
            if not path.name.startswith("."):
                yield str(path.relative_to(self.root))

    def _write(self, key: str, write: Callable[[Path], object]) -> None:
        """Write under a key; again where the folder went meanwhile, with the last file that was in it."""
        target = self._place(key)
        with disk_full_told():
            for left in reversed(range(_TRIES)):
                try:
                    make_folder(target.parent)
                    write(target)
                except FileNotFoundError:  # that the folder is there now says nothing: somebody may have made it anew
                    if not left:
                        raise
                else:
                    return

    def _place(self, key: str) -> Path:
        place = self.root / key
        if not place.resolve().is_relative_to(self.root.resolve()):
            raise NotFoundError("a key that leads outside the store", phase="reading the archive")
        return place
