"""Objects on their way in: bytes are written where they belong as they arrive, so that a cut loses only what flies.

A partial file's name is the digest that the whole must have; its length is how far it has come. Bytes that are here
are never written again, so two lines of one gateway (the dead one and the new one) do no harm, and what has come whole
cannot change under the eyes of whoever judges it. It stays until its row is in the archive: a cut or a kill in between
costs nothing.
"""

import contextlib
import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dokuei.dicom.coded import CodedInstance
from dokuei.errors import DiskFullError, RequestError
from dokuei.storage.filesystem import disk_full_told
from dokuei.transfer.chunks import Fragment, PieceReader

_PART, _WHOLE = ".part", ".whole"
_LOOK_AT_ROOM_BYTES = 32 << 20


@dataclass(frozen=True)
class Partials:
    """The folder of what is on its way, apart by site; ``keep_free`` bytes of its disk are left to the database."""

    folder: Path
    keep_free: int = 0
    writing: threading.Lock = field(default_factory=threading.Lock)

    def path(self, site_id: str, sha256: str) -> Path:
        """Where an object grows; site and digest were checked at the door."""
        return self.folder / site_id / f"{sha256}{_PART}"

    def to_judge(self, site_id: str, sha256: str) -> Path:
        """The whole object under a name of its own, which the archive may move away while the part stays."""
        path = self.path(site_id, sha256)
        whole = path.with_suffix(_WHOLE)
        whole.unlink(missing_ok=True)
        os.link(path, whole)
        return whole

    def demand_room(self) -> None:
        """Refuse more bytes before the last ones are gone, which the database needs too.

        Raises:
            DiskFullError: less is free than should stay.
        """
        if self.keep_free and shutil.disk_usage(self.folder.parent).free < self.keep_free:
            raise DiskFullError(
                "less room on the hub's disk than it keeps free", phase="upload", remedy="free space at the hub"
            )

    def length(self, site_id: str, sha256: str) -> int:
        """How many bytes are here."""
        try:
            return self.path(site_id, sha256).stat().st_size
        except FileNotFoundError:
            return 0

    def drop(self, site_id: str, sha256: str) -> None:
        """Give an object's bytes up, or forget them where the archive has them."""
        path = self.path(site_id, sha256)
        path.with_suffix(_WHOLE).unlink(missing_ok=True)
        path.unlink(missing_ok=True)

    def untouched_since(self, moment: float) -> list[tuple[str, str]]:
        """Site and digest of everything here that nobody has written to since (seconds of the epoch)."""
        found = {
            (file.parent.name, file.stem)
            for file in self.folder.glob("*/*")
            if file.suffix in {_PART, _WHOLE} and _changed_at(file) < moment
        }
        return sorted(found)

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
        self._until_look = 0

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
        if fragment.sha256 in self._skipped and not self._fits_again(fragment):
            return
        coded = self._open(fragment)
        if coded is None:
            self._skip(fragment.sha256, told)
            return
        end = fragment.offset + len(fragment.data)
        if end > coded.size:
            raise RequestError("more bytes than the object was announced with", phase="reading an upload")
        self._look_at_room(len(fragment.data))
        with self._partials.writing, disk_full_told():
            here = os.fstat(self._descriptor).st_size
            if fragment.offset <= here:
                _write_all(self._descriptor, fragment.data[here - fragment.offset :], here)
        if fragment.offset > here:
            self._skip(fragment.sha256, told)
            return
        told.stored[coded.sha256] = end
        if end == coded.size:
            told.whole.append(coded)
            self.close()

    def _open(self, fragment: Fragment) -> CodedInstance | None:
        """The offered object whose file is open now; nothing where it was not offered, or its first bytes are gone."""
        if self._coded is not None and self._coded.sha256 == fragment.sha256:
            return self._coded
        self.close()
        coded = self._find(fragment.sha256)
        if coded is None:
            return None
        path = self._partials.path(self._site_id, fragment.sha256)
        with disk_full_told():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._descriptor = os.open(path, os.O_WRONLY | (os.O_CREAT if fragment.offset == 0 else 0), 0o600)
            except FileNotFoundError:
                return None
        self._coded = coded
        return coded

    def _skip(self, sha256: str, told: Arrived) -> None:
        """Bytes beyond a gap are worth nothing: the gateway asks again from where the file really ends."""
        self._skipped.add(sha256)
        told.unwanted.append(sha256)
        self.close()

    def _fits_again(self, fragment: Fragment) -> bool:
        """Whether a skipped object comes anew, from where it ends here; else this is the rest of what was skipped."""
        if fragment.offset > self._partials.length(self._site_id, fragment.sha256):
            return False
        self._skipped.discard(fragment.sha256)
        return True

    def _look_at_room(self, coming: int) -> None:
        self._until_look -= coming
        if self._until_look < 0:
            self._partials.demand_room()
            self._until_look = _LOOK_AT_ROOM_BYTES


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


def _changed_at(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
