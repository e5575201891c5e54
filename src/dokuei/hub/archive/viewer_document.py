"""The viewer's document of a study: who, which series and objects, every frame's truth, and the ledger."""

import gzip
import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Row, select

from dokuei.errors import NotFoundError
from dokuei.hub.archive import ledgers, manifests, pedigree, reading, store_papers
from dokuei.hub.archive.manifests import Signer
from dokuei.hub.archive.model import Ledger
from dokuei.hub.archive.reading import Scope, SeriesContent
from dokuei.hub.archive.recent import Recent
from dokuei.hub.archive.store import frames_of
from dokuei.hub.archive.store_papers import Paper
from dokuei.hub.archive.tables import instance, series
from dokuei.hub.archive.viewer_shapes import (
    InstanceEntry,
    LedgerEntry,
    ObjectPedigree,
    SeriesEntry,
    SignedManifest,
    StudyImages,
)
from dokuei.storage.db import Database

_CAPACITY: Final = 32 << 20
_Key = tuple[str, str, str]


@dataclass(frozen=True)
class ViewerDocument:
    """The document, compressed, and the tag that changes with it."""

    etag: str
    gzipped: bytes


@dataclass(frozen=True)
class ViewerDocuments:
    """Makes the documents; one is kept until its study or manifest changes."""

    database: Database
    recent: Recent[_Key, ViewerDocument] = field(default_factory=lambda: Recent(_CAPACITY), repr=False)

    def of_study(self, site_id: str, study_instance_uid: str) -> ViewerDocument:
        """A study's document.

        Raises:
            NotFoundError: no such study at this site.
        """
        scope = Scope(site_id, study_instance_uid)
        with self.database.read() as connection:
            row = reading.study_row(connection, scope.site_id, scope.study_instance_uid)
            if row is None:
                raise NotFoundError("no such study", phase="reading the archive")
            signed = manifests.signers(connection, site_id, study_instance_uid)
            ledger = ledgers.of_study(connection, site_id, study_instance_uid)
            papers = store_papers.papers_of(connection, site_id, study_instance_uid)
            contents = reading.series_contents(connection, scope)
            key = (site_id, study_instance_uid, _facts(row, signed, ledger, contents, papers))
            held = self.recent.get(key)
            if held is not None:
                return held
            body = _document(connection, row, signed, ledger, papers)
        made = ViewerDocument(hashlib.sha256(body).hexdigest(), gzip.compress(body, 5, mtime=0))
        self.recent.put(key, made, weight=len(made.gzipped))
        return made

    def pedigree(self, site_id: str, study_instance_uid: str, sop_instance_uid: str) -> ObjectPedigree:
        """The way of one of its objects.

        Raises:
            NotFoundError: no such object in that study of this site.
        """
        scope = Scope(site_id, study_instance_uid, sop_instance_uid=sop_instance_uid)
        with self.database.read() as connection:
            return pedigree.of_object(connection, scope)


def _facts(
    row: Row[Any],
    signed: tuple[Signer, ...],
    ledger: Ledger,
    contents: tuple[SeriesContent, ...],
    papers: tuple[Paper, ...],
) -> str:
    """A digest of all that the document follows from; a row's number is given again and says nothing."""
    known = {name: value for name, value in row._mapping.items() if name != "id"}  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    return hashlib.sha256(repr((known, signed, ledger, contents, papers)).encode()).hexdigest()


def _document(
    connection: Connection, row: Row[Any], signed: tuple[Signer, ...], ledger: Ledger, papers: tuple[Paper, ...]
) -> bytes:
    name = reading.patient_name(row)
    document: StudyImages = {
        "site_id": row.site_id,
        "study_instance_uid": row.study_instance_uid,
        "patient": {
            "patient_id": row.patient_id,
            "issuer_of_patient_id": row.issuer_of_patient_id,
            "patient_name": {
                "alphabetic": name.alphabetic,
                "ideographic": name.ideographic,
                "phonetic": name.phonetic,
            },
            "patient_birth_date": row.patient_birth_date,
            "patient_sex": row.patient_sex,
        },
        "study_date": row.study_date,
        "study_time": row.study_time,
        "study_description": row.study_description,
        "accession_number": row.accession_number,
        "manifest": _signed(signed),
        "ledger": _ledger(ledger),
        "series": _series(connection, row.id, {one.sop_instance_uid: one for one in papers}),
    }
    return orjson.dumps(document)


def _signed(signed: tuple[Signer, ...]) -> SignedManifest | None:
    if not signed:
        return None
    return {"signed_by": [one.signed_by for one in signed], "verified": all(one.verified for one in signed)}


def _ledger(ledger: Ledger) -> LedgerEntry:
    return {
        "declared_instances": ledger.declared_instances,
        "declared_frames": ledger.declared_frames,
        "arrived_instances": ledger.arrived_instances,
        "arrived_frames": ledger.arrived_frames,
        "proved_instances": ledger.proved_instances,
        "open": ledger.open,
        "contradicted_instances": ledger.contradicted_instances,
        "discontinued": ledger.discontinued,
    }


def _series(connection: Connection, study_key: int, papers: dict[str, Paper]) -> list[SeriesEntry]:
    columns = [column for column in instance.c if column.name != "attributes"]
    rows = connection.execute(
        select(*columns)
        .select_from(instance.join(series))
        .where(series.c.study_key == study_key)
        .order_by(instance.c.instance_number, instance.c.id)
    )
    members: dict[int, list[InstanceEntry]] = {}
    for row in rows:
        members.setdefault(row.series_key, []).append(_instance(row, papers.get(row.sop_instance_uid)))
    listed = connection.execute(
        select(series).where(series.c.study_key == study_key).order_by(series.c.series_number, series.c.id)
    )
    return [
        {
            "series_instance_uid": row.series_instance_uid,
            "modality": row.modality,
            "series_number": row.series_number,
            "series_description": row.series_description,
            "body_part_examined": row.body_part_examined,
            "laterality": row.laterality,
            "instances": members.get(row.id, []),
        }
        for row in listed
    ]


def _instance(row: "Row[*tuple[Any, ...]]", paper: Paper | None) -> InstanceEntry:
    frames = frames_of(row.frames)
    return {
        "sop_instance_uid": row.sop_instance_uid,
        "sop_class_uid": row.sop_class_uid,
        "instance_number": row.instance_number,
        "number_of_frames": len(frames),
        "rows": row.rows,
        "columns": row.columns,
        "source_transfer_syntax_uid": row.source_transfer_syntax_uid,
        "transfer_syntax_uid": row.transfer_syntax_uid,
        "proof": row.proof,
        "reason": row.reason,
        "lossy": None if row.lossy is None else orjson.loads(row.lossy),
        "received_at": row.received_at.isoformat(),
        "paper": None if paper is None else paper.kind,
        "to_be_read": paper is None or paper.to_be_read,
        "frames": [
            {
                "length": frame.length,
                "digest": frame.digest,
                "digest_of": frame.digest_of,
                "resolution_ends": list(frame.resolution_ends),
            }
            for frame in frames
        ],
    }
