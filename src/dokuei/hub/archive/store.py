"""The archive's rows: written in the caller's transaction, always within one site."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from dokuei.dicom.coded import CodedFrame, CodedInstance, LossyHistory
from dokuei.dicom.image_mac import ImageMac
from dokuei.hub.archive.attributes import Described, describe
from dokuei.hub.archive.model import HeldInstance, blob_key
from dokuei.hub.archive.patients import PatientIdentity
from dokuei.hub.archive.tables import instance, series, study
from dokuei.storage.rows import add_row

_AT_ONCE = 500


@dataclass(frozen=True)
class NewInstance:
    """One object ready for its row: proved, its file in the store."""

    coded: CodedInstance
    described: Described
    received_at: datetime
    received_from: str
    mac: ImageMac | None = None


@dataclass(frozen=True)
class Held:
    """What the store holds under one SOP Instance UID."""

    content_digest: str
    study_instance_uid: str


def pack(value: Any) -> bytes:
    """JSON for a column that nobody searches."""
    return zlib.compress(orjson.dumps(value), 1)


def unpack(data: bytes, *, renamed: tuple[str, str] | None = None) -> Any:
    """Read back what ``pack`` wrote, a text in it replaced by another."""
    plain = zlib.decompress(data)
    return orjson.loads(plain if renamed is None else plain.replace(renamed[0].encode(), renamed[1].encode()))


def held(connection: Connection, site_id: str, sop_instance_uids: Sequence[str]) -> dict[str, Held]:
    """Those of the given objects that are here."""
    found: dict[str, Held] = {}
    for at in range(0, len(sop_instance_uids), _AT_ONCE):
        rows = connection.execute(
            select(instance.c.sop_instance_uid, instance.c.content_digest, study.c.study_instance_uid)
            .join(series, series.c.id == instance.c.series_key)
            .join(study, study.c.id == series.c.study_key)
            .where(
                instance.c.site_id == site_id, instance.c.sop_instance_uid.in_(sop_instance_uids[at : at + _AT_ONCE])
            )
        )
        found.update({row[0]: Held(row[1], row[2]) for row in rows})
    return found


def held_of_study(connection: Connection, site_id: str, study_instance_uid: str) -> tuple[HeldInstance, ...]:
    """Everything that is here of a study."""
    rows = connection.execute(
        select(
            instance.c.sop_instance_uid,
            instance.c.content_digest,
            instance.c.source_sha256,
            instance.c.sha256,
            instance.c.proof,
        )
        .join(series, series.c.id == instance.c.series_key)
        .join(study, study.c.id == series.c.study_key)
        .where(study.c.site_id == site_id, study.c.study_instance_uid == study_instance_uid)
        .order_by(instance.c.id)
    )
    return tuple(HeldInstance(*row) for row in rows)


def patients(connection: Connection, site_id: str, study_instance_uids: Iterable[str]) -> dict[str, PatientIdentity]:
    """Whose the given studies are, as far as they are here."""
    columns = [study.c[field.name] for field in fields(PatientIdentity)]
    rows = connection.execute(
        select(study.c.study_instance_uid, *columns).where(
            study.c.site_id == site_id, study.c.study_instance_uid.in_(sorted(set(study_instance_uids)))
        )
    )
    return {row[0]: PatientIdentity(*row[1:]) for row in rows}


def add_instances(connection: Connection, site_id: str, new: Sequence[NewInstance]) -> None:
    """Rows for a batch; studies and series in a fixed order, so that two batches cannot wait for each other."""
    by_series: dict[tuple[str, str], list[NewInstance]] = {}
    for one in new:
        by_series.setdefault((one.coded.study_instance_uid, one.coded.series_instance_uid), []).append(one)
    studies = {uid: _study_row(connection, site_id, uid, new) for uid in sorted({study for study, _ in by_series})}
    for (study_instance_uid, series_instance_uid), members in sorted(by_series.items()):
        study_row = studies[study_instance_uid]
        series_row, is_new = _series_row(connection, site_id, study_row.id, series_instance_uid, members[0])
        values = [_instance_values(site_id, series_row.id, one) for one in members]
        connection.execute(insert(instance), values)
        content = _content_with(series_row.content, values)
        _count_in(connection, study_row.id, series_row.id, members, content=content, is_new=is_new)


def coded_of(row: Row[Any]) -> CodedInstance:
    """What a row of ``instance`` joined with its series and study says about the object, as its sender said it."""
    return CodedInstance(
        sop_instance_uid=row.sop_instance_uid,
        sop_class_uid=row.sop_class_uid,
        series_instance_uid=row.series_instance_uid,
        study_instance_uid=row.study_instance_uid,
        source_transfer_syntax_uid=row.source_transfer_syntax_uid,
        transfer_syntax_uid=row.transfer_syntax_uid,
        source_sha256=row.source_sha256,
        sha256=row.sha256,
        size=row.size,
        content_digest=row.content_digest,
        frames=frames_of(row.frames),
        proof=row.proof,
        reason=row.reason,
        lossy=None if row.lossy is None else LossyHistory.from_json(orjson.loads(row.lossy)),
    )


def frames_of(data: bytes) -> tuple[CodedFrame, ...]:
    """The frames of a row."""
    return tuple(CodedFrame.from_json(frame) for frame in unpack(data))


def coded_after(connection: Connection, key: int, *, at_most: int) -> list[tuple[int, str, CodedInstance]]:
    """The next objects of all sites in the order of arrival: row key, site, object (for ``archive verify``)."""
    rows = connection.execute(
        select(instance, series.c.series_instance_uid, study.c.study_instance_uid)
        .join(series, series.c.id == instance.c.series_key)
        .join(study, study.c.id == series.c.study_key)
        .where(instance.c.id > key)
        .order_by(instance.c.id)
        .limit(at_most)
    )
    return [(row.id, row.site_id, coded_of(row)) for row in rows]


def number_of_instances(connection: Connection) -> int:
    """How many objects are here in all."""
    return int(connection.execute(select(func.count()).select_from(instance)).scalar_one())


def needed_blobs(connection: Connection, site_id: str, keys: Sequence[str]) -> set[str]:
    """Those of the given files that objects of the site live in: the same object may have been sent again."""
    digests = [key.rsplit("/", 1)[-1].removesuffix(".dcm") for key in keys]
    needed: set[str] = set()
    for at in range(0, len(digests), _AT_ONCE):
        found = connection.execute(
            select(instance.c.sha256).where(
                instance.c.site_id == site_id, instance.c.sha256.in_(digests[at : at + _AT_ONCE])
            )
        ).scalars()
        needed.update(blob_key(site_id, digest) for digest in found)
    return needed


def remove_study(connection: Connection, site_id: str, study_instance_uid: str) -> tuple[int, list[str]] | None:
    """Take a study's rows away and tell bytes and blob keys that go with them; None where there is no such study."""
    key = connection.execute(
        select(study.c.id)
        .where(study.c.site_id == site_id, study.c.study_instance_uid == study_instance_uid)
        .with_for_update()
    ).scalar_one_or_none()
    if key is None:
        return None
    series_keys = select(series.c.id).where(series.c.study_key == key)
    rows = connection.execute(
        select(instance.c.sha256, instance.c.size).where(instance.c.series_key.in_(series_keys))
    ).all()
    connection.execute(delete(instance).where(instance.c.series_key.in_(series_keys)))
    connection.execute(delete(series).where(series.c.study_key == key))
    connection.execute(delete(study).where(study.c.id == key))
    return sum(row.size for row in rows), [blob_key(site_id, row.sha256) for row in rows]


def _study_row(connection: Connection, site_id: str, uid: str, new: Sequence[NewInstance]) -> Row[Any]:
    members = [one for one in new if one.coded.study_instance_uid == uid]
    first = members[0]
    asked = select(study).where(study.c.site_id == site_id, study.c.study_instance_uid == uid).with_for_update()
    row = connection.execute(asked).one_or_none()
    if row is None:
        values = {
            **first.described.study_columns,
            "site_id": site_id,
            "study_instance_uid": uid,
            "attributes": pack(first.described.study),
            "number_of_series": 0,
            "number_of_instances": 0,
            "number_of_frames": 0,
            "revision": 0,
            "first_received_at": first.received_at,
            "last_received_at": first.received_at,
        }
        add_row(connection, study, key=("site_id", "study_instance_uid"), **values)  # another process may be first
        row = connection.execute(asked).one()
    _fill_gaps(connection, row, members)
    return row


def _fill_gaps(connection: Connection, row: Row[Any], members: Sequence[NewInstance]) -> None:
    """The first object of a study may know less of it than later ones (a structured report before the images).

    The first value that came stays; the columns always say what the attributes say.
    """
    known = unpack(row.attributes)
    gained: dict[str, Any] = {}
    for one in members:
        for tag, element in one.described.study.items():
            if "Value" in element and "Value" not in known.get(tag, {}):
                gained.setdefault(tag, element)
    if not gained:
        return
    completed = {**known, **gained}
    columns = describe(completed).study_columns
    connection.execute(update(study).where(study.c.id == row.id).values(**columns, attributes=pack(completed)))


def _series_row(
    connection: Connection, site_id: str, study_key: int, uid: str, first: NewInstance
) -> tuple[Row[Any], bool]:
    asked = select(series).where(series.c.study_key == study_key, series.c.series_instance_uid == uid).with_for_update()
    row = connection.execute(asked).one_or_none()
    if row is not None:
        return row, False
    values = {
        **first.described.series_columns,
        "study_key": study_key,
        "site_id": site_id,
        "series_instance_uid": uid,
        "attributes": pack(first.described.series),
        "number_of_instances": 0,
        "content": "",
    }
    connection.execute(insert(series).values(values))
    return connection.execute(asked).one(), True


def _instance_values(site_id: str, series_key: int, one: NewInstance) -> dict[str, Any]:
    coded = one.coded
    return {
        **one.described.instance_columns,
        "series_key": series_key,
        "site_id": site_id,
        "sop_instance_uid": coded.sop_instance_uid,
        "sop_class_uid": coded.sop_class_uid,
        "number_of_frames": len(coded.frames),
        "source_transfer_syntax_uid": coded.source_transfer_syntax_uid,
        "transfer_syntax_uid": coded.transfer_syntax_uid,
        "source_sha256": coded.source_sha256,
        "sha256": coded.sha256,
        "size": coded.size,
        "content_digest": coded.content_digest,
        "proof": coded.proof,
        "reason": coded.reason,
        "lossy": None if coded.lossy is None else orjson.dumps(coded.lossy.to_json()).decode(),
        "frames": pack([frame.to_json() for frame in coded.frames]),
        "attributes": pack(one.described.instance),
        "received_at": one.received_at,
        "received_from": one.received_from,
        "mac": None if one.mac is None else orjson.dumps(one.mac.to_json()).decode(),
    }


def _content_with(content: str, values: Sequence[Mapping[str, Any]]) -> str:
    """A series' content digest after these objects: each one's file and description, chained in order of arrival."""
    for one in values:
        described = hashlib.sha256(one["attributes"]).hexdigest()
        chained = f"{content}/{one['sop_instance_uid']}/{one['sha256']}/{described}"
        content = hashlib.sha256(chained.encode()).hexdigest()
    return content


def _count_in(
    connection: Connection,
    study_key: int,
    series_key: int,
    members: Sequence[NewInstance],
    *,
    content: str,
    is_new: bool,
) -> None:
    connection.execute(
        update(series)
        .where(series.c.id == series_key)
        .values(number_of_instances=series.c.number_of_instances + len(members), content=content)
    )
    connection.execute(
        update(study)
        .where(study.c.id == study_key)
        .values(
            number_of_series=study.c.number_of_series + int(is_new),
            number_of_instances=study.c.number_of_instances + len(members),
            number_of_frames=study.c.number_of_frames + sum(len(one.coded.frames) for one in members),
            revision=study.c.revision + 1,
            last_received_at=max(one.received_at for one in members),
        )
    )
