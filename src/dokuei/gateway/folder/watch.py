"""The watched folder: each file is taken once, whole, and moved then; what a kill cuts off goes on where it was."""

import base64
import hashlib
import os
import stat
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import ConfigurationError
from dokuei.gateway import order_tables
from dokuei.gateway.contract import outside
from dokuei.gateway.folder.table import Line, TableError, read_table
from dokuei.gateway.steps.heed import heed_order
from dokuei.settings import FolderSettings
from dokuei.storage.audit import gateway_trail
from dokuei.storage.db import Database
from dokuei.storage.filesystem import fsync_folder, write_whole
from dokuei.transfer.contract import ContractScopes
from dokuei.transfer.orders import ATTACHMENT_BYTES, MOST_ATTACHED, AttachedFile, OrderNotice

DONE: Final = "done"
REFUSED: Final = "refused"
_SETTLED_SECONDS: Final = 2.0
_MISSING_SECONDS: Final = 120.0
_TABLE_BYTES: Final = 8 << 20
_ATTACHED_BYTES: Final = 128 << 20  # of all lines of a file: each keeps its own
_AT_ONCE: Final = 50
_BREATH_SECONDS: Final = 0.1  # of the longest that another writer waits between two looks whether it may
_STEM_BYTES: Final = 200  # of the 255 that a file's name may have
_SENDER: Final = "folder"
_log = structlog.get_logger()

_Look = tuple[int, int]


class NotYet(Exception):  # noqa: N818 - no error: somebody is still writing
    """A file that is still being written, or waits for one that is."""


@dataclass
class Watcher:
    """One look after the other; ``seen`` is how files were at the last one."""

    database: Database
    settings: FolderSettings
    contract: Callable[[], ContractScopes | None] = lambda: None
    seen: dict[str, _Look] = field(default_factory=dict)
    stuck: set[str] = field(default_factory=set)

    @property
    def folder(self) -> Path:
        """What is watched.

        Raises:
            ConfigurationError: it is not there, or cannot be written to.
        """
        path = self.settings.path
        if path is None or not path.is_dir() or not os.access(path, os.W_OK):
            raise ConfigurationError(
                "the watched folder is not there, or cannot be written to",
                phase="watching the folder of requests",
                remedy="make it and let the gateway write in it, or correct [gateway.folder] path",
            )
        return path

    def turn(self) -> int:
        """Take what has come to rest; gives how many files were settled either way."""
        folder = self.folder
        for name in (DONE, REFUSED):
            (folder / name).mkdir(exist_ok=True)
        tables = sorted(one for one in folder.iterdir() if one.suffix.lower() == ".csv" and one.name[0] not in ".~")
        settled = sum(self._alone(one) for one in tables)
        self.seen = {one.name: look for one in folder.iterdir() if (look := _look(one)) is not None}
        return settled

    def _alone(self, table: Path) -> bool:
        """One file, of whose troubles (gone again, not to be moved) the others hear nothing."""
        try:
            settled = self._settle(table)
        except OSError as error:
            if table.name not in self.stuck:
                _log.error("folder.stuck", why=type(error).__name__, errno=error.errno)
            self.stuck.add(table.name)
            return False
        self.stuck.discard(table.name)
        return settled

    def _settle(self, table: Path) -> bool:
        try:
            data = self._resting(table, at_most=_TABLE_BYTES)
            lines = read_table(data, encoding=self.settings.encoding)
            names = {name for line in lines for name in line.files}
            if not self._move_was_cut(table, data, names):
                self._demand_covered(lines)
                self._keep(data, lines, self._files(table, lines))
        except NotYet:
            return False
        except TableError as error:
            self._refuse(table, error)
            return True
        for name in sorted(names):
            _move(table.parent / name, table.parent / DONE)
        _move(table, table.parent / DONE)
        return True

    def _move_was_cut(self, table: Path, data: bytes, names: set[str]) -> bool:
        """Whether this file was taken before, and a kill fell between the moves of what it names and its own."""
        if all(_look(table.parent / name) is not None for name in names):
            return False
        with self.database.read() as connection:
            return order_tables.is_kept(connection, f"{hashlib.sha256(data).hexdigest()}-")

    def _demand_covered(self, lines: tuple[Line, ...]) -> None:
        """What the hub would refuse is told beside the file, line by line (JRS-03)."""
        contract = self.contract()
        wrong = [
            f"{line.number}行目: {because}" for line in lines if (because := outside(contract, line.order)) is not None
        ]
        if wrong:
            raise TableError(*wrong[:100])

    def _resting(self, path: Path, *, at_most: int) -> bytes:
        """A file's bytes, once it has been the same at two looks and for a while."""
        before, look = self.seen.get(path.name), _look(path)
        if look is None or before != look or time.time() - look[1] / 1e9 < _SETTLED_SECONDS:
            raise NotYet
        if look[0] > at_most:
            raise TableError(f"ファイルが大きすぎます（{at_most >> 20} MBまで）: {path.suffix}")
        try:
            data = path.read_bytes()
        except PermissionError:
            raise NotYet from None
        if _look(path) != look:
            raise NotYet
        return data

    def _files(self, table: Path, lines: tuple[Line, ...]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        wrong = []
        for line in lines:
            if len(line.files) > MOST_ATTACHED:
                wrong.append(f"{line.number}行目: 「添付」は{MOST_ATTACHED}個までです")
                continue
            for name in line.files:
                try:
                    found[name] = found.get(name) or self._pdf(table, name)
                except TableError as error:
                    wrong += [f"{line.number}行目: {reason}" for reason in error.reasons]
        if sum(len(found.get(name, b"")) for line in lines for name in line.files) > _ATTACHED_BYTES:
            wrong.append(f"「添付」のPDFが多すぎます（1ファイルの全行で{_ATTACHED_BYTES >> 20} MBまで）")
        if wrong:
            raise TableError(*wrong[:100])
        return found

    def _pdf(self, table: Path, name: str) -> bytes:
        path = table.parent / name
        if _look(path) is None:
            if time.time() - table.stat().st_mtime < _MISSING_SECONDS:
                raise NotYet
            raise TableError("「添付」のPDFが見つかりません")
        data = self._resting(path, at_most=ATTACHMENT_BYTES)
        if not data.startswith(b"%PDF-"):
            raise TableError("「添付」のファイルがPDFではありません")
        return data

    def _keep(self, data: bytes, lines: tuple[Line, ...], files: dict[str, bytes]) -> None:
        """Some lines in each transaction, so that images need not wait; cut off in the middle, the file goes on there.

        A file whose move was cut short says nothing new.
        """
        digest = hashlib.sha256()
        for name in sorted(files):
            digest.update(hashlib.sha256(files[name]).digest())
        key, at, added = f"{hashlib.sha256(data).hexdigest()}-{digest.hexdigest()}", now(), 0
        for start in range(0, len(lines), _AT_ONCE):
            if start:
                time.sleep(_BREATH_SECONDS)
            with self.database.begin() as connection:
                some = [_order_kept(connection, key, at, one, files) for one in lines[start : start + _AT_ONCE]]
                if any(some):
                    gateway_trail.append(
                        connection, actor=_SENDER, event="order.received", details={"notices": sum(some), "key": key}
                    )
            added += sum(some)
        _log.info("folder.taken", orders=len(lines), new=added, files=len(files))

    def _refuse(self, table: Path, error: TableError) -> None:
        """Why, beside it: the text first, so that no file lies there without its reason."""
        refused = table.parent / REFUSED
        target = _free(refused / table.name, table)
        text = (
            "このファイルは受け付けられませんでした。直して、もう一度フォルダーに置いてください。\r\n"
            "This file was not taken. Mend it and put it into the folder again.\r\n\r\n"
        )
        body = (text + "\r\n".join(error.reasons) + "\r\n").encode("utf-8-sig")
        write_whole(target.with_name(f"{target.name}.txt"), BytesIO(body))
        with self.database.begin() as connection:
            gateway_trail.append(
                connection, actor=_SENDER, event="order.quarantined", details={"reasons": len(error.reasons)}
            )
            table.rename(target)  # what cannot be moved is not on record again at every look
        fsync_folder(refused)
        fsync_folder(table.parent)
        _log.warning("folder.refused", reasons=len(error.reasons))


def _order_kept(connection: Connection, key: str, at: datetime, line: Line, files: Mapping[str, bytes]) -> bool:
    """One line on its way to the hub and to the worklist; False where it was kept before."""
    message_key = f"{key}/{line.number}"
    if order_tables.say_again(connection, message_key, at=at):
        return False
    attached = [AttachedFile(name=name, content=base64.b64encode(files[name]).decode()) for name in line.files]
    order = heed_order(connection, line.order, line.scheduled, at=at).model_copy(update={"attachments": attached})
    notice = OrderNotice(message_key=message_key, source="folder", received_at=at, order=order)
    return order_tables.add_notice(
        connection,
        message_key=message_key,
        received_at=at,
        sending_application=_SENDER,
        message_type="CSV",
        action=order.action,
        patient_id=order.patient.patient_id,
        placer_order_number=order.placer_order_number,
        accession_number=order.accession_number,
        study_instance_uid=order.expected_study_instance_uid,
        document=notice.model_dump_json(),
        state="waiting",
    )


def refused_files(path: Path | None) -> int:
    """How many files lie among the refused, each with its reason beside it, until staff takes them away."""
    try:
        names = [] if path is None else [one.name for one in (path / REFUSED).iterdir()]
    except OSError:
        return 0
    return sum(one.lower().endswith(".csv") for one in names)


def _look(path: Path) -> _Look | None:
    """Size and time of a plain file; links lead out of the folder and are none."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def _move(path: Path, folder: Path) -> None:
    if path.exists():
        path.rename(_free(folder / path.name, path))
        fsync_folder(folder)
        fsync_folder(path.parent)


def _free(target: Path, source: Path) -> Path:
    """A name that nothing has: what lies there already stays; the same again after a kill has the same name."""
    target = target.with_name(_fitting(target.stem) + target.suffix)
    if not target.exists():
        return target
    mark = hashlib.sha256(source.read_bytes()).hexdigest()[:8]
    named = target.with_name(f"{target.stem}.{mark}{target.suffix}")
    number = 1
    while named.exists():
        number += 1
        named = target.with_name(f"{target.stem}.{mark}-{number}{target.suffix}")
    return named


def _fitting(stem: str) -> str:
    """As much of a name as leaves room for a mark and another ending."""
    while len(os.fsencode(stem)) > _STEM_BYTES:
        stem = stem[:-1]
    return stem
