"""Every frame proved again, every object compared with what its sender signed for: the whole archive, in batches."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from dokuei.clock import now
from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.prove import prove
from dokuei.errors import DokueiError, NotFoundError, ProofError
from dokuei.hub.archive import manifests, removals, store
from dokuei.hub.archive.model import Declared, Progress, blob_key, manifest_key
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database

_AT_ONCE = 32
_WORKERS = 2
_PHASE = "verifying the archive"


@dataclass(frozen=True)
class Row:
    """One object as its row tells of it, and as its senders counted it where that was signed for."""

    number: int
    site_id: str
    coded: CodedInstance
    declared: Collection[Declared]

    @property
    def key(self) -> str:
        """Where its file lies."""
        return blob_key(self.site_id, self.coded.sha256)


@dataclass(frozen=True)
class Verify:
    """Long work on the whole archive; each step says how far it is and what is wrong."""

    database: Database
    blobs: Blobs

    def verify(self, *, actor: str) -> Iterator[Progress]:
        """Each object, then each signed count of which something is not here.

        Rows may have been rebuilt from the very files they are compared with: what the sender signed has not.
        """
        with self.database.read() as connection:
            total = store.number_of_instances(connection)
        done = wrong = 0
        with ThreadPoolExecutor(_WORKERS) as pool:
            for rows in self._batches():
                for row, error in zip(rows, pool.map(self._fault, rows), strict=True):
                    done += 1
                    wrong += error is not None
                    yield Progress(done, max(total, done), row.key, error)
        lacking = self._lacking()
        for number, (key, missing) in enumerate(sorted(lacking.items()), done + 1):
            error = NotFoundError(
                f"{missing} objects that the sender signed for are not here",
                phase=_PHASE,
                remedy="send the study again, or wait until it is whole",
            )
            yield Progress(number, max(total, number), key, error)
        with self.database.begin() as connection:
            hub_trail.append(
                connection,
                actor=actor,
                event="archive.verified",
                details={"instances": done, "wrong": wrong, "incomplete": len(lacking), "finished_at": str(now())},
            )

    def _batches(self) -> Iterator[Sequence[Row]]:
        after = 0
        while True:
            with self.database.read() as connection:
                found = store.coded_after(connection, after, at_most=_AT_ONCE)
                studies = {(site_id, coded.study_instance_uid) for _, site_id, coded in found}
                declared = {study: manifests.declared_of(connection, *study) for study in studies}
            if not found:
                return
            after = found[-1][0]
            yield [
                Row(number, site_id, coded, declared[site_id, coded.study_instance_uid].get(coded.sop_instance_uid, ()))
                for number, site_id, coded in found
            ]

    def _fault(self, row: Row) -> DokueiError | None:
        path = self.blobs.path(row.key)
        if path is None or not path.exists():
            return NotFoundError("the file is gone", phase=_PHASE)
        try:
            prove(path, row.coded)
            _demand_declared(row.coded, row.declared)
        except DokueiError as error:
            return error
        return None

    def _lacking(self) -> Mapping[str, int]:
        """How many objects of each manifest are not here, by its key, those aside that were removed on purpose."""
        lacking: dict[str, int] = {}
        with self.database.read() as connection:
            for site_id, study_instance_uid, signed_by, declared in manifests.every(connection):
                held = {one.sop_instance_uid for one in store.held_of_study(connection, site_id, study_instance_uid)}
                removed = removals.of_study(connection, site_id, study_instance_uid)
                missing = [
                    one
                    for one in declared
                    if one.sop_instance_uid not in held and not removed.has(one.sop_instance_uid, one.content_digest)
                ]
                if missing:
                    lacking[manifest_key(site_id, study_instance_uid, signed_by)] = len(missing)
        return lacking


def _demand_declared(coded: CodedInstance, declared: Collection[Declared]) -> None:
    here = (coded.content_digest, len(coded.frames))
    if any((one.content_digest, one.number_of_frames) != here for one in declared):
        raise ProofError(
            f"{coded.sop_instance_uid} is not what its sender signed for",
            phase=_PHASE,
            remedy="have the gateway send it again",
        )
