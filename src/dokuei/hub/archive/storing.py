"""How objects get in: decoded and proved, then the file, then rows, audit entry and event in one transaction."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.deidentify import is_deidentified
from dokuei.dicom.dicom_json import model_of
from dokuei.dicom.image_mac import ImageMac
from dokuei.dicom.prove import proved
from dokuei.errors import (
    AdmissionError,
    DiskFullError,
    DokueiError,
    IdentityError,
    OtherContentError,
    ProofError,
    StorageError,
)
from dokuei.hub.archive import quarantine, store
from dokuei.hub.archive.attributes import Described, JsonObject, describe, text
from dokuei.hub.archive.model import BULK_DATA, Incoming, Refused, Stored, blob_key, quarantine_key
from dokuei.hub.archive.patients import PatientIdentity
from dokuei.storage import outbox
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database

STUDY_CHANGED = "study.changed"
_PHASE = "storing in the archive"
_WORKERS = 2
_T = TypeVar("_T")


@dataclass(frozen=True)
class Judged:
    """An object on its way in; ``described`` once it has been decoded and proved."""

    incoming: Incoming
    described: Described | None = None
    mac: ImageMac | None = None
    known: bool = False
    refusal: DokueiError | None = None

    @property
    def fresh(self) -> bool:
        """Neither here already nor refused so far."""
        return not self.known and self.refusal is None


@dataclass(frozen=True)
class Storing:
    """Batches for one site from one sender; a ``pseudonymous`` one takes nothing that names its patient.

    ``pulses`` are studies of no patient: they come every few minutes, and the trail does not grow with them.
    """

    database: Database
    blobs: Blobs
    site_id: str
    actor: str
    received_at: datetime
    pseudonymous: bool = False
    pulses: frozenset[str] = frozenset()

    def take(self, incoming: Sequence[Incoming]) -> tuple[Stored | Refused, ...]:
        """All in the order given; an object that comes twice in one batch is judged after its first coming."""
        outcomes: dict[int, Stored | Refused] = {}
        waiting = list(enumerate(incoming))
        while waiting:
            first = {one.coded.sop_instance_uid: at for at, one in reversed(waiting)}
            turn = [(at, one) for at, one in waiting if first[one.coded.sop_instance_uid] == at]
            waiting = [(at, one) for at, one in waiting if first[one.coded.sop_instance_uid] != at]
            outcomes.update(zip((at for at, _ in turn), self._take([one for _, one in turn]), strict=True))
        return tuple(outcomes[at] for at in range(len(incoming)))

    def _take(self, incoming: Sequence[Incoming]) -> list[Stored | Refused]:
        with self.database.read() as connection:
            judged = self._conflicts(connection, [Judged(one) for one in incoming])
        judged = _side_by_side(self._look, judged)
        _side_by_side(self._keep, judged)
        with self.database.begin() as connection:
            judged = self._conflicts(connection, judged)
            self._write(connection, judged)
        _side_by_side(self._tidy, judged)
        return [self._outcome(one) for one in judged]

    def _conflicts(self, connection: Connection, judged: Sequence[Judged]) -> list[Judged]:
        """What is here already under the same UIDs decides; asked before the work and again inside the transaction."""
        coded = [one.incoming.coded for one in judged]
        known = store.held(connection, self.site_id, [one.sop_instance_uid for one in coded])
        patients = store.patients(connection, self.site_id, {one.study_instance_uid for one in coded})
        return [self._conflict(one, known.get(one.incoming.coded.sop_instance_uid), patients) for one in judged]

    @staticmethod
    def _conflict(one: Judged, held: store.Held | None, patients: dict[str, PatientIdentity]) -> Judged:
        coded = one.incoming.coded
        if not one.fresh:
            return one
        if held is not None:
            same = (held.content_digest, held.study_instance_uid) == (coded.content_digest, coded.study_instance_uid)
            return replace(one, known=True) if same else replace(one, refusal=_other_content())
        if one.described is not None:
            patient = PatientIdentity.of(one.described.study_columns)
            known = patients.get(coded.study_instance_uid, patient)
            if known.contradicts(patient):
                return replace(one, refusal=_other_patient())
            patients[coded.study_instance_uid] = known.completed_by(patient)
        return one

    def _look(self, one: Judged) -> Judged:
        """Decode and prove; the digests are the sender's, never made here (architecture: manifest)."""
        if not one.fresh:
            return one
        try:
            with proved(self._file(one.incoming), one.incoming.coded) as found:
                if self.pseudonymous and not is_deidentified(found.data_set):
                    return replace(one, refusal=_names_patient())
                attributes = model_of(found.data_set, bulk_data_uri=BULK_DATA)
            _agree(one.incoming.coded, attributes)
        except (AdmissionError, ProofError) as error:
            return replace(one, refusal=error)
        return replace(one, described=describe(attributes), mac=found.mac)

    def _file(self, incoming: Incoming) -> Path:
        """Where the bytes are: a batch that was cut after its files had moved finds them in the store."""
        if incoming.source.exists():
            return incoming.source
        path = self.blobs.path(blob_key(self.site_id, incoming.coded.sha256))
        if path is None or not path.exists():
            raise StorageError("an object's file is gone before it was stored", phase=_PHASE, remedy="send it again")
        return path

    def _keep(self, one: Judged) -> None:
        if one.fresh and one.incoming.source.exists():
            self.blobs.put_file(blob_key(self.site_id, one.incoming.coded.sha256), one.incoming.source)

    def _write(self, connection: Connection, judged: Sequence[Judged]) -> None:
        new = [
            store.NewInstance(one.incoming.coded, one.described, self.received_at, self.actor, one.mac)
            for one in judged
            if one.fresh and one.described is not None
        ]
        if not all(self.blobs.exists(blob_key(self.site_id, one.coded.sha256)) for one in new):
            raise StorageError("a file went away before its row was written", phase=_PHASE, remedy="send it again")
        store.add_instances(connection, self.site_id, new)
        for uid in sorted({one.coded.study_instance_uid for one in new}):
            self._tell(connection, uid, [one for one in new if one.coded.study_instance_uid == uid])
        for one in judged:
            if one.refusal is not None:
                self._note_refusal(connection, one, one.refusal)

    def _tell(self, connection: Connection, study_instance_uid: str, new: Sequence[store.NewInstance]) -> None:
        if study_instance_uid in self.pulses:
            return
        hub_trail.append(
            connection,
            actor=self.actor,
            event="instances.stored",
            site_id=self.site_id,
            subject=study_instance_uid,
            details={
                "instances": len(new),
                "frames": sum(len(one.coded.frames) for one in new),
                "sop_class_uids": sorted({one.coded.sop_class_uid for one in new}),
            },
        )
        outbox.put(
            connection,
            STUDY_CHANGED,
            {
                "site_id": self.site_id,
                "study_instance_uid": study_instance_uid,
                "because": "stored",
                "instances": len(new),
            },
        )

    def _note_refusal(self, connection: Connection, one: Judged, refusal: DokueiError) -> None:
        coded = one.incoming.coded
        hub_trail.append(
            connection,
            actor=self.actor,
            event="instance.refused",
            site_id=self.site_id,
            subject=coded.sop_instance_uid,
            details={"code": refusal.code, "why": refusal.what, "sha256": coded.sha256},
        )
        if isinstance(refusal, OtherContentError):
            self._set_aside(one.incoming)
            quarantine.note(connection, self.site_id, coded, reason=refusal.what, received_from=self.actor)

    def _set_aside(self, incoming: Incoming) -> None:
        self.blobs.put_file(quarantine_key(self.site_id, incoming.coded.sha256), self._file(incoming))

    @staticmethod
    def _tidy(one: Judged) -> None:
        """A file that is known already is not needed again."""
        if one.known:
            one.incoming.source.unlink(missing_ok=True)

    def _outcome(self, one: Judged) -> Stored | Refused:
        coded = one.incoming.coded
        if one.refusal is not None:
            return Refused(coded, one.refusal)
        return Stored(
            site_id=self.site_id,
            study_instance_uid=coded.study_instance_uid,
            series_instance_uid=coded.series_instance_uid,
            sop_instance_uid=coded.sop_instance_uid,
            sop_class_uid=coded.sop_class_uid,
            outcome="known" if one.known else "stored",
        )


def _side_by_side(work: Callable[[Judged], _T], judged: Sequence[Judged]) -> list[_T]:
    """Decoding, hashing and fsync release the interpreter: two objects at a time."""
    if len(judged) < _WORKERS:
        return [work(one) for one in judged]
    with ThreadPoolExecutor(_WORKERS) as pool:
        return list(pool.map(work, judged))


def _agree(coded: CodedInstance, attributes: JsonObject) -> None:
    """What the sender says an object is must be what the file says."""
    announced = {
        "StudyInstanceUID": coded.study_instance_uid,
        "SeriesInstanceUID": coded.series_instance_uid,
        "SOPInstanceUID": coded.sop_instance_uid,
        "SOPClassUID": coded.sop_class_uid,
    }
    for keyword, uid in announced.items():
        if text(attributes, keyword) != uid:
            raise IdentityError(f"{keyword} in the file is not what was announced", phase=_PHASE)


def storage_error(error: OperationalError) -> StorageError:
    """A database that cannot take a transaction now: the disk is full, or somebody holds the lock for too long."""
    if "full" in str(error.orig):
        return DiskFullError("no room left for the database", phase=_PHASE, remedy="free space; then send it again")
    return StorageError("the database did not take the batch", phase=_PHASE, remedy="send it again")


def _names_patient() -> ProofError:
    return ProofError(
        "it names its patient, and its site wants pseudonyms",
        phase=_PHASE,
        remedy="send it through the site's gateway, which gives it a pseudonym",
    )


def _other_content() -> OtherContentError:
    return OtherContentError(
        "other content under a SOP Instance UID that is here already",
        phase=_PHASE,
        remedy="it is in quarantine; staff decides which is right",
    )


def _other_patient() -> OtherContentError:
    return OtherContentError(
        "the study is here already with another patient's identity",
        phase=_PHASE,
        remedy="it is in quarantine; staff decides whose study it is",
    )
