"""``dokuei import``: folders, ZIP files and DICOMDIR media into the queue, whether or not the gateway runs.

Files are taken as they are, byte for byte.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, get_args

import structlog
from sqlalchemy.exc import OperationalError

from dokuei.dicom import uids
from dokuei.dicom.admit import admit
from dokuei.dicom.meta import CLASS, PREFIX, PREFIX_AT, START, parse_meta, text_of
from dokuei.dicom.source import open_source
from dokuei.errors import AdmissionError, DokueiError, NotDicomError, StorageError, UnsupportedError
from dokuei.gateway.import_sources import ZIP_MAGIC, Source, UnreadableError, find
from dokuei.gateway.incoming import Incoming
from dokuei.gateway.keep import Keeper, Outcome
from dokuei.gateway.look import Origin
from dokuei.gateway.spool import Spool
from dokuei.storage.audit import gateway_trail

_log = structlog.get_logger()
_PIECE: Final = 1 << 20
_HEAD: Final = 1 << 16
_BREAKS: Final = (LookupError, ValueError, TypeError, ArithmeticError, struct.error)  # of a header beyond belief

What = Literal["taken", "known already", "refused", "not taken"]
_ALL: Final[tuple[What, ...]] = get_args(What)


class NoObjectError(NotDicomError):
    """A file that begins like no object, such as the viewer that comes on a CD."""


@dataclass(frozen=True)
class Line:
    """What became of one file; ``no_object`` is for what no object begins like: a medium holds other files too.

    ``warnings`` say what is odd about a taken one (``dicom/oddities``).
    """

    name: str
    what: What
    reason: str = ""
    no_object: bool = False
    warnings: tuple[str, ...] = ()


@dataclass
class Report:
    """What became of all files; ``unrecorded`` says why the audit trail does not know of it."""

    lines: list[Line] = field(default_factory=list)
    unrecorded: str = ""

    @property
    def complete(self) -> bool:
        """Whether every object that was found is in the queue, and at least one was."""
        left = any(line.what in {"refused", "not taken"} and not line.no_object for line in self.lines)
        nothing = bool(self.lines) and not self.count("taken") + self.count("known already")
        return not (left or nothing or self.unrecorded)

    def count(self, what: What) -> int:
        """How many files."""
        return sum(line.what == what for line in self.lines)

    def refused(self, what: What = "refused") -> dict[str, list[str]]:
        """Names by reason, the most frequent reason first."""
        found: dict[str, list[str]] = {}
        for line in self.lines:
            if line.what == what:
                found.setdefault(line.reason, []).append(line.name)
        return _frequent_first(found)

    def warned(self) -> dict[str, list[str]]:
        """Names of taken files by warning, the most frequent warning first."""
        found: dict[str, list[str]] = {}
        for line in self.lines:
            for warning in line.warnings:
                found.setdefault(warning, []).append(line.name)
        return _frequent_first(found)


def import_media(
    paths: Sequence[Path],
    spool: Spool,
    *,
    actor: str,
    keep_free: int = 0,
    begin: Callable[[int, int], None] = lambda _files, _bytes: None,
    advance: Callable[[int], None] = lambda _bytes: None,
) -> Report:
    """Take everything below these paths; ``begin`` is told how much there is, ``advance`` each time some is done.

    A disk that takes no more ends the taking, not the report: what is left is "not taken", what was taken stays so.
    """
    report = Report()
    with ExitStack() as opened, Keeper(spool, keep_free=keep_free) as keeper:
        found = [source for path in paths for source in find(path, opened)]
        begin(len(found), sum(source.size for source in found))
        stopped = ""
        for source in found:
            try:
                line = Line(source.name, "not taken", stopped) if stopped else _line(keeper, source)
            except StorageError as error:
                stopped = error.what
                line = Line(source.name, "not taken", stopped)
            report.lines.append(line)
            advance(source.size)
    _record(spool, report, actor)
    return report


def _record(spool: Spool, report: Report, actor: str) -> None:
    details = {what.replace(" ", "_"): report.count(what) for what in _ALL}
    try:
        with spool.database.begin() as connection:
            gateway_trail.append(connection, actor=actor, event="media.imported", details=details)
    except OperationalError as error:  # on a full disk; the table is told all the same
        report.unrecorded = f"the audit trail could not be written: {error.orig}"


def _line(keeper: Keeper, source: Source) -> Line:
    try:
        return _take(keeper, source)
    except StorageError:
        raise
    except UnreadableError as error:
        return Line(source.name, "not taken", error.what)
    except DokueiError as error:
        return Line(source.name, "refused", error.what, no_object=isinstance(error, NoObjectError))
    except OSError as error:
        return Line(source.name, "not taken", f"cannot be read: {error.strerror or type(error).__name__}")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        return Line(source.name, "refused", f"cannot be read: {type(error).__name__}")


def _frequent_first(names: dict[str, list[str]]) -> dict[str, list[str]]:
    return dict(sorted(names.items(), key=lambda item: -len(item[1])))


def _take(keeper: Keeper, source: Source) -> Line:
    if source.problem is not None:
        raise source.problem
    with source.open() as file:
        head = file.read(_HEAD)
        incoming = keeper.begin()
        try:
            incoming.write(head)
            incoming.finish()
            _look_at_head(incoming, head)
            while piece := file.read(_PIECE):
                incoming.write(piece)
            incoming.finish()
            incoming.find_dataset()
            warnings, refusal = _looked_at(incoming)
            if keeper.keep(incoming, Origin()) != Outcome.TAKEN:
                return Line(source.name, "known already")
            if refusal:  # it is in the queue, and goes from there into quarantine
                return Line(source.name, "refused", f"{refusal} (its bytes are kept in quarantine)")
            return Line(source.name, "taken", warnings=warnings)
        finally:
            incoming.discard()


def _looked_at(incoming: Incoming) -> tuple[tuple[str, ...], str]:
    """What coding will find odd about an object, and why it will refuse it; told here because somebody waits."""
    try:
        return admit(incoming.path).warnings, ""
    except AdmissionError as error:
        return (), error.what
    except _BREAKS as error:  # to tell what is odd hinders no taking: coding will meet the same, and has its net
        _log.error("import.not_looked_at", exc_info=error)
        return (), ""


def _look_at_head(incoming: Incoming, head: bytes) -> None:
    """What is plainly no object is not copied further, and is no business of the quarantine.

    Raises:
        AdmissionError: no object begins so.
    """
    if head.startswith(ZIP_MAGIC):
        raise UnsupportedError("a ZIP file inside another: unpack it first", phase="importing")
    meta, _ = parse_meta(head, len(head))
    if text_of(meta, CLASS) == uids.MEDIA_STORAGE_DIRECTORY:
        raise UnsupportedError("a DICOMDIR is no object", phase="importing")
    if head[PREFIX_AT:START] == PREFIX:
        return
    try:
        with open_source(incoming.path, whole=False):
            return
    except AdmissionError as error:
        raise NoObjectError("not a DICOM object", phase="importing") from error
