"""Objects on their way in: bytes are written where they belong as they arrive, so that a cut loses only what flies.

A partial file's name is the digest that the whole must have; its length is how far it has come. Writing the same
bytes at the same place twice changes nothing, so two lines of one gateway (the dead one and the new one) do no harm.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dokuei.dicom.coded import CodedInstance
from dokuei.errors import RequestError
from dokuei.storage.filesystem import disk_full_told
from dokuei.transfer.chunks import Fragment, PieceReader


@dataclass(frozen=True)
class Partials:
    """The folder of what has not come whole yet, apart by site."""

    folder: Path

    def path(self, site_id: str, sha256: str) -> Path:
        """Where an object grows; site and digest were checked at the door."""
        return self.folder / site_id / f"{sha256}.part"

    def length(self, site_id: str, sha256: str) -> int:
        """How many bytes are here."""
        try:
            return self.path(site_id, sha256).stat().st_size
        except FileNotFoundError:
            return 0

    def drop(self, site_id: str, sha256: str) -> None:
        """Give an object's bytes up."""
        self.path(site_id, sha256).unlink(missing_ok=True)

    def is_whole(self, site_id: str, coded: CodedInstance) -> bool:
        """Whether the bytes are the announced ones."""
        with self.path(site_id, coded.sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == coded.sha256


@dataclass
class Arrived:
    """What a portion of an upload brought."""

    stored: dict[str, int] = field(default_factory=dict)
    whole: list[CodedInstance] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)


class Reception:
    """One upload: takes the stream apart and writes every byte to its place."""

    def __init__(self, partials: Partials, site_id: str, find: Callable[[str], CodedInstance | None]) -> None:
        self._partials = partials
        self._site_id = site_id
        self._find = find
        self._pieces = PieceReader()
        self._coded: CodedInstance | None = None
        self._descriptor = -1
        self._skipped: set[str] = set()

    def close(self) -> None:
        """Let the open file go."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor, self._coded = -1, None

    def feed(self, portions: Sequence[bytes]) -> Arrived:
        """Write what has arrived of the stream.

        Raises:
            RequestError: it is not made as agreed.
            DiskFullError: no room; what was written before stays.
        """
        told = Arrived()
        for portion in portions:
            for fragment in self._pieces.feed(portion):
                self._take(fragment, told)
        return told

    def _take(self, fragment: Fragment, told: Arrived) -> None:
        coded = self._open(fragment.sha256)
        if coded is None:
            if fragment.sha256 not in self._skipped:
                self._skipped.add(fragment.sha256)
                told.unwanted.append(fragment.sha256)
            return
        end = fragment.offset + len(fragment.data)
        if end > coded.size:
            raise RequestError("more bytes than the object was announced with", phase="reading an upload")
        if fragment.offset > os.fstat(self._descriptor).st_size:
            self._forget(told)
            return
        with disk_full_told():
            _write_all(self._descriptor, fragment.data, fragment.offset)
        told.stored[coded.sha256] = end
        if end == coded.size:
            told.whole.append(coded)
            self.close()

    def _open(self, sha256: str) -> CodedInstance | None:
        if self._coded is not None and self._coded.sha256 == sha256:
            return self._coded
        self.close()
        coded = None if sha256 in self._skipped else self._find(sha256)
        if coded is not None:
            path = self._partials.path(self._site_id, sha256)
            with disk_full_told():
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            self._coded = coded
        return coded

    def _forget(self, told: Arrived) -> None:
        """Bytes beyond a gap are worth nothing: the gateway asks again from where the file really ends."""
        if self._coded is not None:
            self._skipped.add(self._coded.sha256)
            told.unwanted.append(self._coded.sha256)
        self.close()


@contextlib.contextmanager
def reception(partials: Partials, site_id: str, find: Callable[[str], CodedInstance | None]) -> Iterator[Reception]:
    """A reception whose file is let go at the end."""
    opened = Reception(partials, site_id, find)
    try:
        yield opened
    finally:
        opened.close()


def _write_all(descriptor: int, data: memoryview, offset: int) -> None:
    while data:
        written = os.pwrite(descriptor, data, offset)
        data, offset = data[written:], offset + written
