"""The hot path: a frame costs look-ups in memory and one ``pread``; the database is asked once a series."""

import os
from asyncio import Task, create_task
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from anyio import to_thread

from dokuei.errors import NotFoundError, StorageError
from dokuei.hub.archive import reading
from dokuei.hub.archive.accept import media_type_of
from dokuei.hub.archive.model import ArchivedInstance
from dokuei.hub.archive.reading import Scope
from dokuei.hub.archive.recent import Recent
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database

_PHASE: Final = "reading a frame"
_MOST_FRAMES: Final = 400_000
_IN_THE_LOOP: Final = 2 << 20  # below this, handing the read to a thread costs more than the read

SeriesKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class FrameFile:
    """One object as the hot path needs it: ``places`` are offset and length of each frame.

    Frames of single bits may share a byte (PS3.5 8.1.1); such bytes are no frame of their own.
    """

    instance: ArchivedInstance
    path: str | None
    places: tuple[tuple[int, int], ...]
    transfer_syntax_uid: str
    shared_bytes: bool
    content_type: str

    def etag(self, number: int) -> str:
        """A strong tag of a frame's stored bytes: the coded file's digest and the frame's number."""
        return f'"{self.instance.coded.sha256}-{number}"'

    def place(self, number: int) -> tuple[int, int]:
        """Offset and length of frame ``number``, from 1.

        Raises:
            NotFoundError: there is no such frame.
        """
        if not 1 <= number <= len(self.places):
            raise NotFoundError("no such frame", phase=_PHASE)
        return self.places[number - 1]


@dataclass(frozen=True)
class FrameIndex:
    """Where every frame of the series in use lies; one for a process, used from its event loop only."""

    database: Database
    blobs: Blobs
    series: Recent[SeriesKey, dict[str, FrameFile]] = field(default_factory=lambda: Recent(_MOST_FRAMES), repr=False)
    loading: dict[SeriesKey, Task[dict[str, FrameFile]]] = field(default_factory=dict, repr=False)

    def remembered(self, site_id: str, study: str, series: str, sop_instance_uid: str) -> FrameFile | None:
        """The object, if its series was used lately and its file is still there (the study may have been deleted)."""
        found = self.recent(site_id, study, series, sop_instance_uid)
        if found is None or found.path is None or os.path.exists(found.path):  # noqa: PTH110 - a third of Path.exists
            return found
        self.series.forget((site_id, study, series))
        return None

    def recent(self, site_id: str, study: str, series: str, sop_instance_uid: str) -> FrameFile | None:
        """The object, if its series was used lately: ``read`` will tell whether its file is still there."""
        held = self.series.get((site_id, study, series))
        return held.get(sop_instance_uid) if held else None

    async def find(self, site_id: str, study: str, series: str, sop_instance_uid: str) -> FrameFile:
        """The object, from memory where its series was used lately; an object that came since is looked for again.

        Raises:
            NotFoundError: no such object.
        """
        found = self.remembered(site_id, study, series, sop_instance_uid)
        if found is None:
            found = (await self._load((site_id, study, series))).get(sop_instance_uid)
        if found is None:
            raise NotFoundError("no such instance", phase=_PHASE)
        return found

    async def read(self, file: FrameFile, offset: int, length: int) -> bytes:
        """Bytes of an object's file.

        Raises:
            NotFoundError: the file is gone (the study was deleted meanwhile).
        """
        try:
            if file.path is None:
                key = file.instance.blob_key
                return await to_thread.run_sync(lambda: self.blobs.read(key, offset=offset, length=length))
            if length <= _IN_THE_LOOP:
                return _pread(file.path, offset, length)
            return await to_thread.run_sync(_pread, file.path, offset, length)
        except FileNotFoundError as error:
            coded = file.instance.coded
            self.series.forget((file.instance.site_id, coded.study_instance_uid, coded.series_instance_uid))
            raise NotFoundError("no such instance", phase=_PHASE) from error

    async def _load(self, key: SeriesKey) -> dict[str, FrameFile]:
        """Many requests for a new series at once ask the database once."""
        task = self.loading.get(key)
        if task is None:
            task = create_task(self._load_once(key))
            self.loading[key] = task
            task.add_done_callback(lambda _: self.loading.pop(key, None))
        return await task

    async def _load_once(self, key: SeriesKey) -> dict[str, FrameFile]:
        held = await to_thread.run_sync(self._from_database, Scope(*key))
        weight = sum(1 + len(file.places) for file in held.values())
        self.series.put(key, held, weight=weight)
        return held

    def _from_database(self, scope: Scope) -> dict[str, FrameFile]:
        with self.database.read() as connection:
            found = reading.archived(connection, scope)
        return {one.coded.sop_instance_uid: self._file(one) for one in found}

    def _file(self, one: ArchivedInstance) -> FrameFile:
        path = self.blobs.path(one.blob_key)
        syntax = one.coded.transfer_syntax_uid
        places = tuple((frame.offset, frame.length) for frame in one.coded.frames)
        return FrameFile(
            instance=one,
            path=None if path is None else str(path),
            places=places,
            transfer_syntax_uid=syntax,
            content_type=f"{media_type_of(syntax)}; transfer-syntax={syntax}",
            shared_bytes=any(start + length > after for (start, length), (after, _) in pairwise(places)),
        )


def _pread(path: str, offset: int, length: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        data = os.pread(descriptor, length, offset)
        while len(data) < length:
            more = os.pread(descriptor, length - len(data), offset + len(data))
            if not more:
                raise StorageError(
                    "a coded file is shorter than its row says", phase=_PHASE, remedy="verify the archive"
                )
            data += more
    finally:
        os.close(descriptor)
    return data
