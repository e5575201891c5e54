"""The archive's verbs: each is one transaction, and each answers only for what is durable."""

import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, OperationalError

from dokuei.clock import now
from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.image_mac import ImageMac
from dokuei.errors import NotFoundError
from dokuei.hub.archive import ledgers, manifests, performed, quarantine, reading, receipts, removals, sides, store
from dokuei.hub.archive.accesses import Accesses
from dokuei.hub.archive.attributes import Level
from dokuei.hub.archive.decodable import Decodability
from dokuei.hub.archive.displays import Displayed, note_display
from dokuei.hub.archive.frames import FrameIndex
from dokuei.hub.archive.macs import macs_of_study
from dokuei.hub.archive.metadata import MetadataDocuments
from dokuei.hub.archive.model import (
    ArchivedInstance,
    Deletion,
    Found,
    HeldInstance,
    Incoming,
    Ledger,
    Manifest,
    Progress,
    Refused,
    SignedFor,
    Stored,
    StudySummary,
    manifest_key,
)
from dokuei.hub.archive.performed import Performed
from dokuei.hub.archive.pulses import PulseStudies
from dokuei.hub.archive.query import Query
from dokuei.hub.archive.reading import Scope
from dokuei.hub.archive.rebuild import Rebuild
from dokuei.hub.archive.recognising import Papers
from dokuei.hub.archive.rejections import FrameRejection, note_rejection
from dokuei.hub.archive.removals import Removed
from dokuei.hub.archive.retention import Expiry, InUse, Retention
from dokuei.hub.archive.search import Search
from dokuei.hub.archive.sides import Projection
from dokuei.hub.archive.storing import STUDY_CHANGED, Storing, storage_error
from dokuei.hub.archive.verify import Verify
from dokuei.hub.archive.viewer_document import ViewerDocuments
from dokuei.storage import outbox
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database


@dataclass(frozen=True)
class ArchiveService:
    """Everything that is done with archived objects goes through here.

    ``wants_pseudonyms`` says of a site whether objects that name their patient are refused, ``nobodys`` which of its
    studies are no patient's and are found by no search.
    """

    database: Database
    blobs: Blobs
    wants_pseudonyms: Callable[[str], bool] = field(default=lambda _: False, repr=False)
    nobodys: Callable[[Connection, str], Collection[str]] = field(default=lambda *_: (), repr=False)

    def store_instance(
        self, site_id: str, source: Path, coded: CodedInstance, *, actor: str, received_at: datetime | None = None
    ) -> Stored:
        """Decode and prove an object, keep its file, then its rows, audit entry and event in one transaction.

        The same content again is ``known``. ``source`` is moved into the store, or removed where it is known.

        Raises:
            OtherContentError: other content under this SOP Instance UID, or a study of another patient; the file
                is in quarantine.
            ProofError: a frame is not what its digest says; the file stays at ``source``.
            StorageError: it could not be kept; call again with the same arguments.
        """
        (outcome,) = self.store_instances(site_id, [Incoming(source, coded)], actor=actor, received_at=received_at)
        if isinstance(outcome, Refused):
            raise outcome.error
        return outcome

    def store_instances(
        self,
        site_id: str,
        incoming: Sequence[Incoming],
        *,
        actor: str,
        received_at: datetime | None = None,
        pulses: frozenset[str] = frozenset(),
    ) -> tuple[Stored | Refused, ...]:
        """The same for a batch in one transaction, in the order given; one that is refused stops none of the others.

        ``pulses`` are those of its studies that are the test patient's.

        Raises:
            StorageError: the batch could not be kept; call again with the same arguments.
        """
        storing = Storing(
            self.database,
            self.blobs,
            site_id,
            actor,
            received_at or now(),
            pseudonymous=self.wants_pseudonyms(site_id),
            pulses=pulses,
        )
        try:
            return storing.take(incoming)
        except IntegrityError:
            # Another process stored one of these objects at the same moment: now it is known.
            return storing.take(incoming)
        except OperationalError as error:
            raise storage_error(error) from error

    def held_instances(self, site_id: str, study_instance_uid: str) -> tuple[HeldInstance, ...]:
        """What is here of a study already, by digest, so that it is not sent again; empty for an unknown study."""
        with self.database.read() as connection:
            return store.held_of_study(connection, site_id, study_instance_uid)

    def record_manifest(self, site_id: str, manifest: Manifest, *, actor: str, pulse: bool = False) -> Ledger:
        """Keep what a gateway signed about a study (its own later one replaces it) and say how the ledger stands.

        The manifest may come before, between or after the study's objects. That of a pulse is on no record.
        """
        uid = manifest.study_instance_uid
        self.blobs.replace(manifest_key(site_id, uid, manifest.signed_by), manifests.to_bytes(manifest))
        with self.database.begin() as connection:
            manifests.record(connection, site_id, manifest)
            if pulse:
                return ledgers.of_study(connection, site_id, uid)
            hub_trail.append(
                connection,
                actor=actor,
                event="manifest.recorded",
                site_id=site_id,
                subject=uid,
                details={"instances": len(manifest.declared), "verified": manifest.verified},
            )
            payload = {"site_id": site_id, "study_instance_uid": uid, "because": "manifest"}
            outbox.put(connection, STUDY_CHANGED, payload)
            return ledgers.of_study(connection, site_id, uid)

    def announce(self, site_id: str, study_instance_uid: str, *, announced_by: str, instances: int) -> None:
        """Remember how many objects a gateway holds of a study that it has not closed yet."""
        with self.database.begin() as connection:
            if manifests.announce(
                connection, site_id, study_instance_uid, announced_by=announced_by, instances=instances
            ):
                payload = {"site_id": site_id, "study_instance_uid": study_instance_uid, "because": "announced"}
                outbox.put(connection, STUDY_CHANGED, payload)

    def record_performed(self, site_id: str, told: Performed, *, actor: str) -> bool:
        """Keep what a modality counted and whether it broke off; False where that was known."""
        return performed.record(self.database, site_id, told, actor=actor, event=STUDY_CHANGED)

    def withdraw_announced(self, site_id: str, *, announced_by: str, study_instance_uid: str | None = None) -> None:
        """Wait no longer for what a gateway announced (of one study, or at all) and does not bring any more."""
        with self.database.begin() as connection:
            for study in manifests.withdraw(
                connection, site_id, announced_by=announced_by, study_instance_uid=study_instance_uid
            ):
                payload = {"site_id": site_id, "study_instance_uid": study, "because": "withdrawn"}
                outbox.put(connection, STUDY_CHANGED, payload)

    def removed(self, site_id: str, study_instance_uid: str) -> Removed:
        """Which objects of a study were here and were removed on purpose."""
        with self.database.read() as connection:
            return removals.of_study(connection, site_id, study_instance_uid)

    def ledger(self, site_id: str, study_instance_uid: str) -> Ledger:
        """What the sender counted beside what is here; all zero for an unknown study."""
        with self.database.read() as connection:
            return ledgers.of_study(connection, site_id, study_instance_uid)

    def study_summary(self, site_id: str, study_instance_uid: str) -> StudySummary:
        """A study as worklist and reports list it.

        Raises:
            NotFoundError: no such study at this site.
        """
        with self.database.read() as connection:
            summary = reading.study_summary(connection, site_id, study_instance_uid)
        if summary is None:
            raise NotFoundError("no such study", phase="reading the archive")
        return summary

    def signed_for(self, site_id: str, study_instance_uid: str) -> SignedFor | None:
        """Which gateway signed for a study, if any has."""
        with self.database.read() as connection:
            return manifests.signed_for(connection, site_id, study_instance_uid)

    def studies_of_patient(self, site_id: str, patient_id: str, issuer_of_patient_id: str) -> tuple[str, ...]:
        """The Study Instance UIDs of one patient at one site, newest first: where priors come from."""
        with self.database.read() as connection:
            return reading.studies_of_patient(connection, site_id, patient_id, issuer_of_patient_id)

    def instances(self, scope: Scope) -> tuple[ArchivedInstance, ...]:
        """The objects of a study, series or instance, by series and instance number.

        Raises:
            NotFoundError: nothing in this scope.
        """
        with self.database.read() as connection:
            found = reading.archived(connection, scope)
        if not found:
            raise NotFoundError("no such study, series or instance", phase="reading the archive")
        return found

    def projections_of(self, site_id: str, study_instance_uid: str) -> dict[str, Projection]:
        """Of which breast and in which view each mammogram of a study is, as far as it says."""
        with self.database.read() as connection:
            return sides.projections_of(connection, Scope(site_id, study_instance_uid))

    def image_macs(
        self, site_id: str, study_instance_uid: str, sop_instance_uids: Collection[str]
    ) -> dict[str, ImageMac]:
        """The MACs of these images of a study (PS3.3 C.17.2.1).

        Raises:
            ProofError: a stored frame is not what it was.
        """
        return macs_of_study(self.database, self.blobs, Scope(site_id, study_instance_uid), sop_instance_uids)

    def search(
        self,
        level: Level,
        query: Query,
        *,
        site_id: str,
        base: str,
        study: str | None = None,
        series: str | None = None,
    ) -> Found:
        """One page of a QIDO-RS search; ``base`` is the address of the site's DICOMweb, for Retrieve URLs."""
        with self.database.read() as connection:
            without = tuple(self.nobodys(connection, site_id))
            return Search(connection, site_id, level, query, base, study, series, without).found()

    def note_rejection(self, site_id: str, rejection: FrameRejection, *, actor: str) -> None:
        """Keep what a reading room would not show.

        Raises:
            NotFoundError: no such object at this site.
        """
        note_rejection(self.database, site_id, rejection, actor=actor)

    def note_display(self, site_id: str, displayed: Displayed, *, actor: str) -> None:
        """Keep which series of a study were on a screen, and how far.

        Raises:
            NotFoundError: no such study at this site, or no such series in it.
            RequestError: more frames than there are.
        """
        note_display(self.database, site_id, displayed, actor=actor)

    def quarantined(self, site_id: str) -> list[dict[str, Any]]:
        """What staff has to decide on, oldest first."""
        with self.database.read() as connection:
            return [dict(one) for one in quarantine.waiting(connection, site_id)]

    def delete_study_images(self, site_id: str, study_instance_uid: str, *, actor: str, reason: str) -> Deletion:
        """Remove a study's images by contract term; the deletion record and the audit entry stay.

        Raises:
            NotFoundError: no such study at this site.
        """
        return self._retention.delete_study(site_id, study_instance_uid, actor=actor, reason=reason)

    def expired_studies(self, site_id: str, *, received_before: datetime) -> tuple[str, ...]:
        """Studies that have had no new object since a moment: those whose term is over."""
        return self._retention.expired(site_id, received_before=received_before)

    def finish_deletions(self) -> int:
        """Remove files that a cut left behind after their deletion was recorded; for the worker, at every start."""
        return self._retention.finish()

    def reindex(self, *, actor: str) -> Iterator[Progress]:
        """Rebuild missing rows from the coded files; long, one step a file."""
        return Rebuild(self.database, self.blobs).reindex(actor=actor)

    def verify(self, *, actor: str) -> Iterator[Progress]:
        """Prove every frame of every object again; long, one step an object."""
        return Verify(self.database, self.blobs).verify(actor=actor)

    def sites(self) -> tuple[str, ...]:
        """The ids of the sites that have studies here, whether or not the register knows them."""
        with self.database.read() as connection:
            return reading.sites(connection)

    def keep_receipts(self, site_id: str, study_instance_uid: str) -> None:
        """Note beside a study's objects when they came; for the worker, after each change."""
        receipts.keep(self.database, self.blobs, site_id, study_instance_uid)

    def keep_missing_notes(self) -> None:
        """Receipts and records of removals for what nothing has changed since they are kept; for the worker, daily."""
        receipts.keep_missing(self.database, self.blobs)
        removals.keep_missing(self.database, self.blobs)

    def deletions(self, site_id: str | None = None) -> tuple[Deletion, ...]:
        """The records of removed studies, oldest first; of all sites unless one is named."""
        return self._retention.records(site_id)

    def removals_after(self, site_id: str, number: int, *, at_most: int) -> tuple[tuple[str, ...], int]:
        """The studies of a site that were removed since the removal of a number, and up to which that is."""
        return self._retention.after(site_id, number, at_most=at_most)

    def expire_study(
        self,
        site_id: str,
        study_instance_uid: str,
        *,
        received_before: datetime,
        in_use: InUse,
        actor: str,
        reason: str,
    ) -> Deletion | None:
        """Remove a study whose term is over, unless it has grown or is in use; judged where it is removed."""
        expiry = Expiry(received_before, in_use)
        return self._retention.expire_study(site_id, study_instance_uid, expiry, actor=actor, reason=reason)

    def file_of(self, instance: ArchivedInstance) -> Path:
        """The coded file of an object.

        Raises:
            NotFoundError: it is gone (deleted meanwhile).
        """
        path = self.blobs.path(instance.blob_key)
        if path is None or not path.exists():
            raise NotFoundError("no such instance", phase="reading the archive")
        return path

    def warm(self) -> None:
        """Ask each question of the readers' paths once, so that nobody's first image waits for SQL to be prepared."""
        nothing = Scope("", "0", "0", "0")
        with self.database.read() as connection:
            reading.archived(connection, nothing)
            reading.archived(connection, Scope("", "0", "0"))
            reading.series_contents(connection, nothing)
            reading.study_summary(connection, "", "")
            Search(connection, "", "study", Query(limit=1), "").found()

    @property
    def incoming_folder(self) -> Path:
        """Where uploads wait to be judged: on the same disk as the store, so that a file is moved and not copied."""
        folder = self.blobs.path("incoming")
        if folder is None:
            return Path(tempfile.gettempdir())
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    @cached_property
    def frames(self) -> FrameIndex:
        """The hot path's index, one for this process."""
        return FrameIndex(self.database, self.blobs)

    @cached_property
    def accesses(self) -> Accesses:
        """Who looked at what, as this process noted it."""
        return Accesses(self.database)

    @cached_property
    def decodability(self) -> Decodability:
        """Which objects can be handed out decoded, as this process found out."""
        return Decodability()

    @cached_property
    def metadata(self) -> MetadataDocuments:
        """Metadata documents, remembered by this process."""
        return MetadataDocuments(self.database)

    @cached_property
    def viewer_documents(self) -> ViewerDocuments:
        """The viewer's documents, remembered by this process."""
        return ViewerDocuments(self.database)

    @property
    def papers(self) -> Papers:
        """Papers among a study's objects."""
        return Papers(self.database)

    @property
    def pulses(self) -> PulseStudies:
        """The test patients' studies, which go without a record."""
        return PulseStudies(self.database, self.blobs)

    @property
    def _retention(self) -> Retention:
        return Retention(self.database, self.blobs)
