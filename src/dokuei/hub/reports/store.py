"""Reports in SQL. There is no statement here that changes or removes a signed version (REC-03)."""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, or_, select, update

from dokuei.clock import now
from dokuei.hub.reports.circumstances import read_compared, written_compared
from dokuei.hub.reports.model import (
    Case,
    Content,
    Draft,
    Frozen,
    ImageRead,
    Report,
    Signature,
    SignedVersion,
    demand_unchanged,
)
from dokuei.hub.reports.seal_model import KeptVersion, Sealed
from dokuei.hub.reports.structure import Answer, Structure, read, written, written_answers
from dokuei.hub.reports.tables import draft, frozen, report, version


def find(connection: Connection, worklist_item_id: str, role: str, *, lock: bool = False) -> Report | None:
    """The opinion under one role of a case; ``lock`` holds its row until the transaction ends."""
    query = select(report).where(report.c.worklist_item_id == worklist_item_id, report.c.role == role)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else Report(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping


def of_case(connection: Connection, worklist_item_id: str) -> tuple[Report, ...]:
    """Every opinion of a case."""
    rows = connection.execute(
        select(report).where(report.c.worklist_item_id == worklist_item_id).order_by(report.c.role)
    )
    return tuple(Report(**row._mapping) for row in rows)  # noqa: SLF001 - as above


def open_report(connection: Connection, case: Case, *, person_id: str) -> Report:
    """Begin an opinion."""
    new = Report(
        report_id=uuid.uuid4().hex,
        site_id=case.site_id,
        worklist_item_id=case.worklist_item_id,
        study_instance_uid=case.study_instance_uid,
        role=case.role,
        created_at=now(),
        created_by=person_id,
    )
    connection.execute(insert(report).values(**asdict(new)))
    return new


def is_unfinished(connection: Connection, site_id: str, study_instance_uid: str) -> bool:
    """Whether anything about a study is being written, or was begun and never signed."""
    signed = exists().where(version.c.report_id == report.c.report_id)
    writing = exists().where(draft.c.report_id == report.c.report_id, draft.c.open.is_(True))
    asked = select(report.c.report_id).where(
        report.c.site_id == site_id, report.c.study_instance_uid == study_instance_uid, or_(writing, ~signed)
    )
    return connection.execute(asked).first() is not None


def draft_of(connection: Connection, report_id: str) -> Draft | None:
    """What is being written, if anything is."""
    row = connection.execute(select(draft).where(draft.c.report_id == report_id, draft.c.open.is_(True))).one_or_none()
    return None if row is None else _draft(row)


def last_draft_version(connection: Connection, report_id: str) -> int:
    """How many saves there have been, so that counting goes on after a signature."""
    return connection.execute(select(draft.c.version).where(draft.c.report_id == report_id)).scalar() or 0


def save_draft(connection: Connection, new: Draft) -> None:
    """Keep what was typed, in place of what was typed before."""
    connection.execute(delete(draft).where(draft.c.report_id == new.report_id))
    connection.execute(
        insert(draft).values(
            report_id=new.report_id,
            version=new.version,
            findings=new.content.findings,
            impression=new.content.impression,
            category_right=new.content.category_right,
            category_left=new.content.category_left,
            images_read=json.dumps([[i.sop_instance_uid, i.frame, i.digest] for i in new.content.images_read]),
            entered_by=json.dumps(new.entered_by),
            updated_at=new.updated_at,
            updated_by=new.updated_by,
            open=True,
            structure=json.dumps(written(new.content.structure)),
            answers=json.dumps(written_answers(new.content.answers)),
            compared=json.dumps(written_compared(new.content.compared)),
            spoken_by=json.dumps(new.spoken_by),
        )
    )


def close_draft(connection: Connection, report_id: str) -> None:
    """It is signed: nothing is being written any more."""
    connection.execute(update(draft).where(draft.c.report_id == report_id).values(open=False))
    thaw(connection, report_id)


def thaw(connection: Connection, report_id: str) -> None:
    """What was shown is signed, or is not meant any more; what is being written goes on."""
    connection.execute(delete(frozen).where(frozen.c.report_id == report_id))


def freeze(connection: Connection, new: Frozen) -> None:
    """Keep the exact bytes that are shown for signing."""
    connection.execute(delete(frozen).where(frozen.c.report_id == new.report_id))
    connection.execute(insert(frozen).values(**asdict(new)))


def frozen_of(connection: Connection, report_id: str) -> Frozen | None:
    """The bytes that were shown last."""
    row = connection.execute(select(frozen).where(frozen.c.report_id == report_id)).one_or_none()
    return None if row is None else Frozen(**row._mapping)  # noqa: SLF001 - as above


def add_version(connection: Connection, signed: SignedVersion, sealed: Sealed) -> None:
    """Keep a signed version; the primary key refuses a second one under the same number."""
    connection.execute(
        insert(version).values(
            report_id=signed.report_id,
            number=signed.number,
            kind=signed.kind,
            canonical=signed.canonical,
            digest=signed.digest,
            signed_by=signed.signature.person_id,
            signer_name=signed.signature.display_name,
            signed_at=signed.signature.signed_at,
            method=signed.signature.method,
            evidence=_evidence(signed.signature),
            **asdict(sealed),
        )
    )


def evidence_digest(signature: Signature) -> str:
    """What the audit trail chains of a signature's evidence: swapped evidence would verify by itself."""
    return hashlib.sha256(_evidence(signature).encode()).hexdigest()


def is_signed(connection: Connection, report_id: str, *, digest: str, person_id: str) -> bool:
    """Whether a person has signed the version with this digest."""
    asked = select(version.c.number).where(version.c.report_id == report_id, version.c.digest == digest)
    return connection.execute(asked.where(version.c.signed_by == person_id)).first() is not None


def latest_number(connection: Connection, report_id: str) -> int | None:
    """The number of the version that holds now; None before the first."""
    asked = select(func.max(version.c.number)).where(version.c.report_id == report_id)
    number: int | None = connection.execute(asked).scalar_one()
    return number


def versions(connection: Connection, report_id: str) -> tuple[KeptVersion, ...]:
    """All signed versions, the first one first: each stays viewable.

    Raises:
        ProofError: the text of one is not the text that was signed.
    """
    rows = connection.execute(select(version).where(version.c.report_id == report_id).order_by(version.c.number))
    found = tuple(kept_version(row) for row in rows)
    for kept in found:
        demand_unchanged(kept.signed.canonical, kept.signed.digest)
    return found


def every_version(connection: Connection) -> Iterator[KeptVersion]:
    """All signed versions of all reports as they stand there, for whoever looks for changed ones."""
    rows = connection.execute(select(version).order_by(version.c.report_id, version.c.number))
    return (kept_version(row) for row in rows)


def content_of(signed: SignedVersion) -> Content:
    """What a signed version says."""
    value = json.loads(signed.canonical)
    return Content(
        findings=value["findings"],
        impression=value["impression"],
        category_right=value["category_right"],
        category_left=value["category_left"],
        images_read=tuple(ImageRead(**one) for one in value["images_read"]),
        structure=_structure(value.get("structure")),
        answers=tuple(Answer(**one) for one in value.get("answers", ())),
        compared=read_compared(value.get("compared_with", ())),
    )


def _draft(row: Row[Any]) -> Draft:
    return Draft(
        report_id=row.report_id,
        version=row.version,
        content=Content(
            findings=row.findings,
            impression=row.impression,
            category_right=row.category_right,
            category_left=row.category_left,
            images_read=tuple(ImageRead(*one) for one in json.loads(row.images_read)),
            structure=_structure(json.loads(row.structure)),
            answers=tuple(Answer(**one) for one in json.loads(row.answers)),
            compared=read_compared(json.loads(row.compared)),
        ),
        entered_by=tuple(json.loads(row.entered_by)),
        updated_at=row.updated_at,
        updated_by=row.updated_by,
        spoken_by=tuple(json.loads(row.spoken_by)),
    )


def _structure(value: Mapping[str, Any] | None) -> Structure:
    """Empty where it was written before there were fields."""
    return read(value) if value else Structure()


def _evidence(signature: Signature) -> str:
    return json.dumps(dict(signature.evidence), sort_keys=True)


def kept_version(row: Row[Any]) -> KeptVersion:
    """A row of the table of versions."""
    signature = Signature(row.signed_by, row.signer_name, row.signed_at, row.method, json.loads(row.evidence))
    return KeptVersion(
        SignedVersion(row.report_id, row.number, row.kind, row.canonical, row.digest, signature),
        Sealed(**{name: getattr(row, name) for name in Sealed.__dataclass_fields__}),
    )
