"""The database can be rebuilt from the files: objects in the order in which they came, manifests, quarantine."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, groupby, islice
from pathlib import Path

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.dicom.dicom_json import to_json
from dokuei.dicom.prove import inspect
from dokuei.errors import DokueiError, NotFoundError, OtherContentError, ProofError
from dokuei.hub.archive import manifests, quarantine, receipts, removals, retention, store
from dokuei.hub.archive.attributes import describe
from dokuei.hub.archive.model import BULK_DATA, Progress, blob_key, quarantine_key
from dokuei.hub.archive.receipts import Receipt
from dokuei.hub.archive.storing import STUDY_CHANGED
from dokuei.storage import outbox
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database

_AT_ONCE = 32
_WORKERS = 2
_FROM = "reindex"
_PHASE = "rebuilding"
_FORMER_DEPTH = 2


@dataclass(frozen=True)
class Read:
    """One file as it was found: its site, and what it holds or why it cannot be taken."""

    key: str
    site_id: str
    new: store.NewInstance | None = None
    error: DokueiError | None = None

    @property
    def study(self) -> tuple[str, str]:
        """Site and study; a file that cannot be taken has none."""
        return self.site_id, "" if self.new is None else self.new.coded.study_instance_uid


@dataclass(frozen=True)
class Step:
    """One file done: its row was added, or was there, or why not."""

    key: str
    error: DokueiError | None = None
    added: bool = False


@dataclass(frozen=True)
class Rebuild:
    """Long work on the whole archive; each step says how far it is and what is wrong."""

    database: Database
    blobs: Blobs

    def reindex(self, *, actor: str) -> Iterator[Progress]:
        """Add the rows that are missing for the files that are here; rows and files that fit are left alone.

        What was removed on purpose is known first, and files of deletions that a cut left unfinished go, so that
        nothing removed comes back or is missed.
        """
        gone = [self._removal(key) for key in sorted(self.blobs.keys("removals"))]
        retention.Retention(self.database, self.blobs).finish()
        received, wrong = receipts.read_all(self.blobs)
        keys = sorted(self.blobs.keys("archive"), key=lambda key: (self._receipt(key, received).order, key))
        signed, aside = sorted(self.blobs.keys("manifests"), key=_age), list(self.blobs.keys("quarantine"))
        steps = chain(
            self._objects(keys, received),
            map(self._manifest, signed),
            map(self._quarantined, aside),
            (Step(key, error) for key, error in wrong.items()),
            gone,
        )
        total = len(keys) + len(signed) + len(aside) + len(wrong) + len(gone)
        added = 0
        for done, step in enumerate(steps, 1):
            added += step.added
            yield Progress(done, total, step.key, step.error)
        with self.database.begin() as connection:
            hub_trail.append(
                connection,
                actor=actor,
                event="archive.reindexed",
                details={"files": len(keys), "added": added, "finished_at": str(now())},
            )

    def _receipt(self, key: str, received: Mapping[str, Receipt]) -> Receipt:
        """When a file came: as it was noted, or by the file's own time where nobody noted it."""
        noted = received.get(key)
        if noted is not None:
            return noted
        return Receipt(_modified(self.blobs.path(key)), _FROM)

    def _objects(self, keys: Sequence[str], received: Mapping[str, Receipt]) -> Iterator[Step]:
        with ThreadPoolExecutor(_WORKERS) as pool:
            for batch in _batches(iter(keys)):
                read = pool.map(lambda key: self._read(key, received), batch)
                for (site_id, _), members in groupby(read, key=lambda one: one.study):
                    yield from self._add(site_id, list(members))

    def _read(self, key: str, received: Mapping[str, Receipt]) -> Read:
        site_id = key.split("/")[1]
        path = self.blobs.path(key)
        if path is None:
            return Read(key, site_id, error=NotFoundError("no plain file", phase=_PHASE, remedy="fetch it first"))
        try:
            coded = inspect(path)
            if blob_key(site_id, coded.sha256) != key:
                return Read(key, site_id, error=ProofError("the bytes are not what the name says", phase=_PHASE))
            described = describe(to_json(path, coded, bulk_data_uri=BULK_DATA))
        except DokueiError as error:
            return Read(key, site_id, error=error)
        came = self._receipt(key, received)
        return Read(key, site_id, store.NewInstance(coded, described, came.received_at, came.received_from))

    def _add(self, site_id: str, read: Sequence[Read]) -> Iterator[Step]:
        """Files of one study that came one after the other, in one transaction."""
        refused: dict[str, DokueiError] = {}
        with self.database.begin() as connection:
            leaving = retention.leaving(connection, site_id)
            here = {
                one.key: one.new
                for one in read
                if one.new is not None and one.key not in leaving and self.blobs.exists(one.key)
            }
            fresh = _fresh(connection, site_id, here, refused)
            store.add_instances(connection, site_id, list(fresh.values()))
            for study in {one.coded.study_instance_uid for one in fresh.values()}:
                payload = {"site_id": site_id, "study_instance_uid": study, "because": "reindexed"}
                outbox.put(connection, STUDY_CHANGED, payload)
        for one in read:
            yield Step(one.key, one.error or refused.get(one.key), added=one.key in fresh)

    def _removal(self, key: str) -> Step:
        try:
            with self.database.begin() as connection:
                removals.add_from_file(connection, key, self.blobs.read(key))
        except DokueiError as error:
            return Step(key, error)
        return Step(key)

    def _manifest(self, key: str) -> Step:
        try:
            manifest = manifests.from_bytes(self.blobs.read(key))
        except (KeyError, TypeError, ValueError):
            return Step(
                key, ProofError("not a manifest of ours", phase=_PHASE, remedy="have the gateway send it again")
            )
        except DokueiError as error:
            return Step(key, error)
        site_id = key.split("/")[1]
        if not manifests.key_fits(key, site_id, manifest):
            return Step(key, ProofError("a manifest of another study or signer than its name says", phase=_PHASE))
        with self.database.begin() as connection:
            known = manifests.signers(connection, site_id, manifest.study_instance_uid)
            if manifest.signed_by in {one.signed_by for one in known}:
                return Step(key)
            manifests.record(connection, site_id, manifest)
        return Step(key)

    def _quarantined(self, key: str) -> Step:
        """An object set aside keeps waiting for staff, though why it was set aside went with its entry."""
        site_id = key.split("/")[1]
        path = self.blobs.path(key)
        try:
            if path is None:
                raise NotFoundError("no plain file", phase=_PHASE, remedy="fetch it first")
            coded = inspect(path)
        except DokueiError as error:
            return Step(key, error)
        if quarantine_key(site_id, coded.sha256) != key:
            return Step(key, ProofError("the bytes are not what the name says", phase=_PHASE))
        at = _modified(path)
        reason = "found in quarantine without its entry"
        with self.database.begin() as connection:
            quarantine.note(connection, site_id, coded, reason=reason, received_from=_FROM, at=at)
        return Step(key)


def _fresh(
    connection: Connection, site_id: str, good: Mapping[str, store.NewInstance], refused: dict[str, DokueiError]
) -> dict[str, store.NewInstance]:
    """Those without a row; a second content under one UID is told, and has no place in the archive."""
    uids = [one.coded.sop_instance_uid for one in good.values()]
    known = {uid: held.content_digest for uid, held in store.held(connection, site_id, uids).items()}
    fresh: dict[str, store.NewInstance] = {}
    for key, one in good.items():
        uid = one.coded.sop_instance_uid
        if uid not in known:
            known[uid] = one.coded.content_digest
            fresh[key] = one
        elif known[uid] != one.coded.content_digest:
            refused[key] = OtherContentError("a second content under one UID", phase=_PHASE)
    return fresh


def _age(key: str) -> tuple[bool, str]:
    """Files of before each gateway's manifest was kept come last: a signer's newer one is in its own place."""
    return key.count("/") == _FORMER_DEPTH, key


def _modified(path: Path | None) -> datetime:
    try:
        return now() if path is None else datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:  # removed since it was listed
        return now()


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(keys, _AT_ONCE)):
        yield batch
