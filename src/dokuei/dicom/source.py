"""A Part 10 file as bytes that can be walked, whatever its size, its transfer syntax and its manners."""

import hashlib
import mmap
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from dokuei.dicom import meta, uids
from dokuei.dicom.elements import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    UNDEFINED,
    Buffer,
    Encoding,
    Walk,
    vr_of,
)
from dokuei.dicom.oddities import Oddity
from dokuei.errors import DokueiError, NotDicomError, TooLargeError, TruncatedError, UnsupportedError

_IN_MEMORY: Final = 48 << 20
_PIECE: Final = 1 << 20
_INFLATED_AT_LEAST: Final = 512 << 20
_INFLATED_RATIO: Final = 64
_IDENTIFYING_GROUP: Final = 0x0008
_SHORTEST: Final = 16


@dataclass(frozen=True)
class Source:
    """One open file. ``buffer[start:size]`` is its data set in ``encoding``; ``sha256`` is over the whole file.

    Large files are mapped, and their frames read with ``pixels`` so that the map's pages do not pile up.
    """

    buffer: Buffer
    size: int
    start: int
    encoding: Encoding
    syntax: uids.TransferSyntax
    meta: dict[int, bytes]
    sha256: str
    file: BinaryIO | None
    warnings: list[Oddity] = field(default_factory=list)

    def pixels(self, start: int, end: int) -> Buffer:
        """Bytes from ``start`` to ``end``: a view where the file is in memory, a read of their own where not."""
        if self.file is None:
            return memoryview(self.buffer)[start:end]
        self.file.seek(start)
        return self.file.read(end - start)


@contextmanager
def open_source(path: Path, *, whole: bool = True) -> Iterator[Source]:
    """Open a file as a ``Source``; without ``whole`` only what is asked for is read, and there is no ``sha256``.

    Raises:
        NotDicomError: neither a Part 10 file nor plainly a data set.
        UnsupportedError: a transfer syntax that is not taken.
        TooLargeError: deflated far beyond what an object can hold.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        if size < _SHORTEST:
            raise _not_dicom("the file is empty" if size == 0 else "the file is too short to be an object")
        if size <= _IN_MEMORY and whole:
            data = file.read()
            digest = hashlib.sha256(data).hexdigest()
            with _understood(data, size, digest, None) as source:
                yield source
            return
        digest = hashlib.file_digest(file, "sha256").hexdigest() if whole else ""
        with (
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
            memoryview(mapped) as view,
            _understood(view, size, digest, file) as source,
        ):
            yield source


@contextmanager
def _understood(data: Buffer, size: int, digest: str, file: BinaryIO | None) -> Iterator[Source]:
    values, start = meta.parse_meta(data, size)
    named = meta.text_of(values, meta.TRANSFER_SYNTAX)
    warnings: list[Oddity] = []
    if named:
        syntax = _accepted(named)
    else:
        syntax = _guess_syntax(data, start, size)
        warnings.append("no transfer syntax is named; it was recognised from the data set itself")
    if syntax.deflated:
        with _inflated(data, start, size) as (buffer, length, inflated):
            yield Source(buffer, length, 0, EXPLICIT_LITTLE, syntax, values, digest, inflated, warnings)
        return
    encoding = Encoding(explicit=syntax.explicit, little=syntax.little)
    if named and not _begins(data, start, size, encoding):
        encoding = _mended(data, start, size, encoding, warnings)
    yield Source(data, size, start, encoding, syntax, values, digest, file, warnings)


def _accepted(uid: str) -> uids.TransferSyntax:
    syntax = uids.TRANSFER_SYNTAXES.get(uid)
    if syntax is None or syntax.kind is uids.Kind.REFUSED:
        name = f"{syntax.name} ({uid})" if syntax else uid
        raise UnsupportedError(
            f"transfer syntax {name} is not taken",
            phase="admission",
            remedy="Let the sender choose a transfer syntax from the conformance statement.",
        )
    return syntax


def _begins(data: Buffer, start: int, size: int, encoding: Encoding) -> bool:
    """Whether a data set in this encoding plausibly starts here: its first elements read, ascend and are known."""
    walk = Walk(data, min(size, start + _PIECE))
    last = -1
    seen = 0
    try:
        position = start
        while seen < 3 and position < walk.size:  # noqa: PLR2004 - the first few settle it
            tag, vr, value, length = walk.header(position, size, encoding)
            wrong = tag <= last or tag >> 16 == 0 or (seen == 0 and tag >> 16 > _IDENTIFYING_GROUP)
            if wrong or walk.switched or (encoding.explicit and not vr):
                return False
            if length == UNDEFINED:
                return vr_of(tag) == "SQ"
            if value + length > size:
                return False
            last, position, seen = tag, value + length, seen + 1
    except DokueiError:
        return False
    return seen > 0


def _mended(data: Buffer, start: int, size: int, named: Encoding, warnings: list[Oddity]) -> Encoding:
    """The encoding that the bytes are in, where it is plainly not the one that the file names."""
    for other in (EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG):
        same = other.explicit == named.explicit and other.little == named.little
        if not same and _begins(data, start, size, other):
            warnings.append("the data set is not encoded as its transfer syntax says; it was read as it is")
            return other
    return named


def _guess_syntax(data: Buffer, start: int, size: int) -> uids.TransferSyntax:
    for uid, encoding in (
        (uids.EXPLICIT_LITTLE, EXPLICIT_LITTLE),
        (uids.IMPLICIT_LITTLE, IMPLICIT_LITTLE),
        (uids.EXPLICIT_BIG, EXPLICIT_BIG),
    ):
        if _begins(data, start, size, encoding):
            return uids.TRANSFER_SYNTAXES[uid]
    raise _not_dicom("neither a DICOM prefix nor a data set")


def _not_dicom(what: str) -> NotDicomError:
    return NotDicomError(what, phase="admission", remedy="Only DICOM objects are taken: choose another file.")


@contextmanager
def _inflated(data: Buffer, start: int, size: int) -> Iterator[tuple[Buffer, int, BinaryIO | None]]:
    """The inflated data set (PS3.5 A.5), in a nameless file where it is large: a small file may hold gigabytes."""
    limit = max(_INFLATED_AT_LEAST, _INFLATED_RATIO * size)
    with tempfile.TemporaryFile() as file, memoryview(data) as whole, whole[start:size] as deflated:
        total = 0
        for piece in _inflate(deflated):
            total += len(piece)
            if total > limit:
                raise TooLargeError(
                    f"the deflated data set holds more than {limit >> 20} MB",
                    phase="admission",
                    remedy="Send the object in another transfer syntax.",
                )
            file.write(piece)
        file.flush()
        if total <= _IN_MEMORY:
            file.seek(0)
            yield file.read(), total, None
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as view:
            yield view, total, file


def _inflate(data: memoryview) -> Iterator[bytes]:
    """Raw deflate, or with the zlib header that some writers add; a cut one is told at its end (RFC 1951 3.2.3)."""
    header = bytes(data[:2])
    zlib_header = len(header) == 2 and header[0] & 0x0F == 8 and int.from_bytes(header, "big") % 31 == 0  # noqa: PLR2004 - RFC 1950
    machine = zlib.decompressobj(zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)
    try:
        for start in range(0, len(data), _PIECE):
            piece = bytes(data[start : start + _PIECE])  # a view that an error carries would hold the file's map open
            while piece and not machine.eof:
                yield machine.decompress(piece, _PIECE)
                piece = machine.unconsumed_tail
        yield machine.flush()
    except zlib.error as error:
        raise _not_dicom(f"the deflated data set cannot be inflated ({error})") from error
    if not machine.eof:
        raise TruncatedError(
            "the deflated data set ends before its last block",
            phase="admission",
            remedy="The object is cut off: send it again from its source.",
        )
