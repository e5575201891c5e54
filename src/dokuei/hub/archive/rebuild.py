"""The database can be rebuilt from the files, and every frame proved again: both walk the whole archive in batches."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.dicom_json import to_json
from dokuei.dicom.prove import inspect, prove
from dokuei.errors import DokueiError, NotFoundError, OtherContentError, ProofError
from dokuei.hub.archive import manifests, store
from dokuei.hub.archive.attributes import describe
from dokuei.hub.archive.model import BULK_DATA, Progress, blob_key
from dokuei.hub.archive.storing import STUDY_CHANGED
from dokuei.storage import outbox
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database

_AT_ONCE = 32
_WORKERS = 2
_FROM = "reindex"


@dataclass(frozen=True)
class Read:
    """One file as it was found: its site, and what it holds or why it cannot be taken."""

    key: str
    site_id: str
    new: store.NewInstance | None = None
    error: DokueiError | None = None


@dataclass(frozen=True)
class Rebuild:
    """Long work on the whole archive; each step says how far it is and what is wrong."""

    database: Database
    blobs: Blobs

    def reindex(self, *, actor: str) -> Iterator[Progress]:
        """Add the rows that are missing for the files that are here; rows and files that fit are left alone."""
        keys = list(self.blobs.keys("archive"))
        done = added = 0
        with ThreadPoolExecutor(_WORKERS) as pool:
            for batch in _batches(iter(keys)):
                read = list(pool.map(self._read, batch))
                refused, stored = self._add(read)
                added += stored
                for one in read:
                    done += 1
                    yield Progress(done, len(keys), one.key, one.error or refused.get(one.key))
        self._restore_manifests()
        self._note(actor, "archive.reindexed", {"files": len(keys), "added": added})

    def verify(self, *, actor: str) -> Iterator[Progress]:
        """Decode every frame of every object and compare it with what its sender signed for."""
        with self.database.read() as connection:
            total = store.number_of_instances(connection)
        done = wrong = after = 0
        with ThreadPoolExecutor(_WORKERS) as pool:
            while True:
                with self.database.read() as connection:
                    rows = store.coded_after(connection, after, at_most=_AT_ONCE)
                if not rows:
                    break
                after = rows[-1][0]
                for progress in pool.map(lambda row: self._verified(row[1], row[2]), rows):
                    done += 1
                    wrong += progress.error is not None
                    yield Progress(done, max(total, done), progress.key, progress.error)
        self._note(actor, "archive.verified", {"instances": done, "wrong": wrong})

    def _verified(self, site_id: str, coded: CodedInstance) -> Progress:
        key = blob_key(site_id, coded.sha256)
        path = self.blobs.path(key)
        if path is None or not path.exists():
            return Progress(0, 0, key, NotFoundError("the file is gone", phase="verifying the archive"))
        try:
            prove(path, coded)
        except DokueiError as error:
            return Progress(0, 0, key, error)
        return Progress(0, 0, key)

    def _read(self, key: str) -> Read:
        site_id = key.split("/")[1]
        path = self.blobs.path(key)
        if path is None:
            return Read(key, site_id, error=NotFoundError("no plain file", phase="rebuilding", remedy="fetch it first"))
        try:
            coded = inspect(path)
            if blob_key(site_id, coded.sha256) != key:
                return Read(key, site_id, error=ProofError("the bytes are not what the name says", phase="rebuilding"))
            described = describe(to_json(path, coded, bulk_data_uri=BULK_DATA))
        except DokueiError as error:
            return Read(key, site_id, error=error)
        received_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return Read(key, site_id, store.NewInstance(coded, described, received_at, _FROM))

    def _add(self, read: Sequence[Read]) -> tuple[dict[str, DokueiError], int]:
        refused: dict[str, DokueiError] = {}
        added = 0
        with self.database.begin() as connection:
            for site_id in sorted({one.site_id for one in read}):
                good = {one.key: one.new for one in read if one.site_id == site_id and one.new is not None}
                fresh = _fresh(connection, site_id, good, refused)
                store.add_instances(connection, site_id, fresh)
                added += len(fresh)
                for study in sorted({one.coded.study_instance_uid for one in fresh}):
                    payload = {"site_id": site_id, "study_instance_uid": study, "because": "reindexed"}
                    outbox.put(connection, STUDY_CHANGED, payload)
        return refused, added

    def _restore_manifests(self) -> None:
        for key in self.blobs.keys("manifests"):
            manifest = manifests.from_bytes(self.blobs.read(key))
            site_id = key.split("/")[1]
            with self.database.begin() as connection:
                if not manifests.is_recorded(connection, site_id, manifest.study_instance_uid):
                    manifests.record(connection, site_id, manifest)

    def _note(self, actor: str, event: str, details: dict[str, int]) -> None:
        with self.database.begin() as connection:
            hub_trail.append(connection, actor=actor, event=event, details={**details, "finished_at": str(now())})


def _fresh(
    connection: Connection, site_id: str, good: Mapping[str, store.NewInstance], refused: dict[str, DokueiError]
) -> list[store.NewInstance]:
    """Those without a row; a second content under one UID is told, and has no place in the archive."""
    uids = [one.coded.sop_instance_uid for one in good.values()]
    known = {uid: held.content_digest for uid, held in store.held(connection, site_id, uids).items()}
    fresh = []
    for key, one in good.items():
        uid = one.coded.sop_instance_uid
        if uid not in known:
            known[uid] = one.coded.content_digest
            fresh.append(one)
        elif known[uid] != one.coded.content_digest:
            refused[key] = OtherContentError("a second content under one UID", phase="rebuilding")
    return fresh


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(keys, _AT_ONCE)):
        yield batch
