"""One object on its way to disk: written and hashed as it comes, so that 600 MB need no more memory than 1 kB."""

import errno
import fcntl
import hashlib
import itertools
import mmap
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dokuei.dicom.elements import Buffer
from dokuei.dicom.meta import RECEIVING_AE, SENDING_AE, SOURCE_AE, build_meta, parse_meta
from dokuei.errors import DiskFullError, DokueiError, StorageError
from dokuei.storage.filesystem import fsync_folder

FOLDER: Final = ".incoming"
SUFFIX: Final = ".part"
_HEAD_BYTES: Final = 1 << 16
_TO_DISK_BYTES: Final = 4 << 20
_numbers = itertools.count()


class Incoming:
    """A Part 10 file that grows. A failure while writing is kept and raised at ``finish``: the sender talks on."""

    def __init__(
        self, path: Path, descriptor: int, *, settled: bool = False, failure: DokueiError | None = None
    ) -> None:
        self.path = path
        self.size = 0
        self.dataset_offset = 0
        self._descriptor = descriptor
        self._settled = settled
        self._failure = failure
        self._hash = hashlib.sha256()

    @classmethod
    def begin(cls, folder: Path, *, keep_free: int = 0) -> "Incoming":
        """A new file; ``folder`` is the gateway's, ``keep_free`` bytes of its disk are left to coding and forwarding.

        The lock tells ``recover`` that somebody is at work on it.
        """
        path = folder / FOLDER / f"{os.getpid()}-{next(_numbers)}{SUFFIX}"
        try:
            with _told():
                _check_room(folder, keep_free)
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except StorageError as error:
            return cls(path, -1, failure=error)
        return cls(path, descriptor)

    @classmethod
    def adopt(cls, path: Path) -> "Incoming":
        """A file that lies in its place already, read once for its hash; it is never removed by ``discard``."""
        found = cls(path, os.open(path, os.O_RDWR | os.O_CLOEXEC), settled=True)
        found.read_through()
        return found

    def read_through(self) -> None:
        """Size, hash and data set of what lies on the disk."""
        self.find_dataset()
        with self.path.open("rb") as file:
            self._hash = hashlib.file_digest(file, "sha256")
            self.size = os.fstat(file.fileno()).st_size

    def find_dataset(self) -> None:
        """Where the data set begins in a file that was written with its own head."""
        with self.path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        self.dataset_offset = parse_meta(head, len(head))[1]

    def head(
        self, *, sop_class_uid: str, sop_instance_uid: str, transfer_syntax_uid: str, sending_ae: str, receiving_ae: str
    ) -> None:
        """Begin with preamble and file meta information (PS3.10 7.1), made once from the command."""
        self.write(
            build_meta(
                sop_class_uid=sop_class_uid,
                sop_instance_uid=sop_instance_uid,
                transfer_syntax_uid=transfer_syntax_uid,
                application_entities={SOURCE_AE: sending_ae, SENDING_AE: sending_ae, RECEIVING_AE: receiving_ae},
            )
        )
        self.dataset_offset = self.size

    def write(self, piece: Buffer) -> None:
        """Take the next bytes."""
        if self._failure is not None:
            return
        self._hash.update(piece)
        try:
            written = os.write(self._descriptor, piece)
            while written < len(piece):
                written += os.write(self._descriptor, memoryview(piece)[written:])
        except OSError as error:
            self._failure = _failure(error)
            os.ftruncate(self._descriptor, 0)  # give the room back at once; the rest is still on its way
            return
        before, self.size = self.size, self.size + written
        self._begin_to_disk(before)

    def _begin_to_disk(self, before: int) -> None:
        """Let the disk work while the rest is still on its way: less is left to wait for before the answer.

        Linux starts to write back what it is told will not be needed; pages not yet written stay in the cache.
        """
        begin, end = before // _TO_DISK_BYTES, self.size // _TO_DISK_BYTES
        if end > begin and hasattr(os, "posix_fadvise"):
            start, length = begin * _TO_DISK_BYTES, (end - begin) * _TO_DISK_BYTES
            os.posix_fadvise(self._descriptor, start, length, os.POSIX_FADV_DONTNEED)

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of what was written so far."""
        return self._hash.hexdigest()

    def finish(self) -> None:
        """Raise what went wrong while writing.

        Raises:
            DiskFullError: no room; nothing is kept.
        """
        if self._failure is not None:
            raise self._failure

    @contextmanager
    def dataset(self) -> Iterator[memoryview]:
        """The encoded data set as it lies in the page cache; not copied."""
        length = self.size - self.dataset_offset
        if length <= 0:
            yield memoryview(b"")
            return
        with mmap.mmap(self._descriptor, self.size, prot=mmap.PROT_READ) as mapped:
            whole = memoryview(mapped)
            view = whole[self.dataset_offset :]
            try:
                yield view
            finally:
                view.release()
                whole.release()

    def settle(self, target: Path) -> None:
        """Give the file its place, then fsync file and folder: one journal commit makes both durable.

        A hard link never replaces: where the same bytes lie already, another association may have answered for
        them, and they stay.
        """
        with _told():
            if self.path != target:
                try:
                    os.link(self.path, target)
                except FileExistsError:
                    self._join(target)
                self.path.unlink()
            self.path, self._settled = target, True
            os.fsync(self._descriptor)
            fsync_folder(target.parent)

    def discard(self) -> None:
        """Close it; what was not settled goes."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        if not self._settled:
            self.path.unlink(missing_ok=True)

    def _join(self, target: Path) -> None:
        with target.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == self.sha256:
                os.fsync(file.fileno())
                return
        os.link(self.path, beside := self.path.with_suffix(".whole"))  # torn by a power cut: nobody was answered
        beside.replace(target)


@contextmanager
def _told() -> Iterator[None]:
    """Whatever the disk says, as the error that senders are answered with."""
    try:
        yield
    except OSError as error:
        raise _failure(error) from error


def _failure(error: OSError) -> StorageError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFullError(
            "no room left on the disk", phase="receiving", remedy="free space; the sender keeps the object"
        )
    return StorageError(
        f"the disk took no more: {errno.errorcode.get(error.errno or 0, 'unknown')}",
        phase="receiving",
        remedy="look at the gateway's disk; the sender keeps the object",
    )


def _check_room(folder: Path, keep_free: int) -> None:
    if keep_free and shutil.disk_usage(folder).free < keep_free:
        raise DiskFullError(
            "less room on the disk than coding and forwarding need",
            phase="receiving",
            remedy="free space, or let the hub take what waits; the sender keeps the object",
        )
