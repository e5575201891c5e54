"""What the archive's rows say, for retrieval, the worklist and the viewer; always within one site."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from dokuei.dicom import uids
from dokuei.errors import NotFoundError, StaleError
from dokuei.hub.archive import ledgers, performed, store_papers
from dokuei.hub.archive.attributes import tag
from dokuei.hub.archive.model import ArchivedInstance, PatientName, StudySummary
from dokuei.hub.archive.store import coded_of, unpack
from dokuei.hub.archive.tables import instance, series, study

_JOINED = instance.join(series, series.c.id == instance.c.series_key).join(study, study.c.id == series.c.study_key)
_IN_ORDER = (series.c.series_number, series.c.id, instance.c.instance_number, instance.c.id)
_WITHOUT_ATTRIBUTES = [column for column in instance.c if column.name != "attributes"]


@dataclass(frozen=True)
class Scope:
    """Which objects: a study, one series of it, or one object of that.

    Raises:
        NotFoundError: a name that no object can have; no database is asked for it.
    """

    site_id: str
    study_instance_uid: str
    series_instance_uid: str | None = None
    sop_instance_uid: str | None = None

    def __post_init__(self) -> None:
        """Names come from addresses, and may be anything."""
        for uid in (self.study_instance_uid, self.series_instance_uid, self.sop_instance_uid):
            if uid is not None and not uids.is_bearable(uid):
                raise NotFoundError("nothing here", phase="reading the archive")


@dataclass(frozen=True)
class SeriesContent:
    """A series and the digest of what is in it: what a document of it depends on."""

    series_instance_uid: str
    content: str


def archived(connection: Connection, scope: Scope) -> tuple[ArchivedInstance, ...]:
    """The objects of a scope, by series and instance number."""
    asked = select(*_WITHOUT_ATTRIBUTES, series.c.series_instance_uid, study.c.study_instance_uid)
    rows = connection.execute(within(asked.select_from(_JOINED), scope).order_by(*_IN_ORDER))
    return tuple(
        ArchivedInstance(row.site_id, coded_of(row), row.instance_number, row.rows, row.columns, row.received_at)
        for row in rows
    )


def series_contents(connection: Connection, scope: Scope) -> tuple[SeriesContent, ...]:
    """The series of a scope, in the order in which documents list them."""
    asked = select(series.c.series_instance_uid, series.c.content).select_from(
        series.join(study, study.c.id == series.c.study_key)
    )
    asked = asked.where(study.c.site_id == scope.site_id, study.c.study_instance_uid == scope.study_instance_uid)
    if scope.series_instance_uid is not None:
        asked = asked.where(series.c.series_instance_uid == scope.series_instance_uid)
    rows = connection.execute(asked.order_by(series.c.series_number, series.c.id))
    return tuple(SeriesContent(*row) for row in rows)


def attributes_of(connection: Connection, scope: Scope, *, expected_content: str) -> list[tuple[str, bytes]]:
    """SOP Instance UID and packed DICOM JSON of a series' objects (or of one of them), by instance number.

    Content and objects are asked for in one statement, so that they belong together on either database.

    Raises:
        StaleError: the series has changed since its content was asked for.
    """
    asked = select(series.c.content, instance.c.sop_instance_uid, instance.c.attributes).select_from(_JOINED)
    rows = connection.execute(within(asked, scope).order_by(instance.c.instance_number, instance.c.id)).all()
    gone = not rows and scope.sop_instance_uid is None
    if gone or any(row.content != expected_content for row in rows):
        raise StaleError("the series has changed meanwhile", phase="reading metadata", remedy="ask again")
    return [(row.sop_instance_uid, row.attributes) for row in rows]


def within(asked: Select[Any], scope: Scope) -> Select[Any]:
    """Limit a statement over instance, series and study to a scope."""
    asked = asked.where(study.c.site_id == scope.site_id, study.c.study_instance_uid == scope.study_instance_uid)
    if scope.series_instance_uid is not None:
        asked = asked.where(series.c.series_instance_uid == scope.series_instance_uid)
    if scope.sop_instance_uid is not None:
        asked = asked.where(instance.c.sop_instance_uid == scope.sop_instance_uid)
    return asked


def study_row(connection: Connection, site_id: str, study_instance_uid: str) -> Row[Any] | None:
    """The row of a study, without its attributes."""
    columns = [column for column in study.c if column.name != "attributes"]
    return connection.execute(
        select(*columns).where(study.c.site_id == site_id, study.c.study_instance_uid == study_instance_uid)
    ).one_or_none()


def study_summary(connection: Connection, site_id: str, study_instance_uid: str) -> StudySummary | None:
    """A study as worklist and reports list it; None where there is no such study."""
    row = study_row(connection, site_id, study_instance_uid)
    if row is None:
        return None
    modalities = connection.execute(
        select(series.c.modality)
        .where(series.c.study_key == row.id, series.c.modality != "")
        .distinct()
        .order_by(series.c.modality)
    ).scalars()
    performed_state, counted = performed.told(connection, site_id, study_instance_uid)
    return StudySummary(
        site_id=row.site_id,
        study_instance_uid=row.study_instance_uid,
        patient_id=row.patient_id,
        issuer_of_patient_id=row.issuer_of_patient_id,
        patient_name=patient_name(row),
        patient_birth_date=row.patient_birth_date,
        patient_sex=row.patient_sex,
        study_date=row.study_date,
        study_time=row.study_time,
        study_description=row.study_description,
        accession_number=row.accession_number,
        referring_physician=row.referring_physician_name,
        modalities=tuple(modalities),
        number_of_series=row.number_of_series,
        number_of_instances=row.number_of_instances,
        number_of_frames=row.number_of_frames,
        first_received_at=row.first_received_at,
        last_received_at=row.last_received_at,
        ledger=ledgers.of_study(connection, site_id, study_instance_uid),
        issuer_of_accession_number=_accession_issuer(connection, row.id),
        performed=performed_state,
        performed_instances=counted,
        papers_only=_papers_only(connection, row),
    )


def _papers_only(connection: Connection, row: Row[Any]) -> bool:
    papers = store_papers.papers_of(connection, row.site_id, row.study_instance_uid)
    return bool(papers and row.number_of_instances == sum(not one.to_be_read for one in papers))


def _accession_issuer(connection: Connection, study_key: int) -> str:
    """Whose accession number it is: the local name, else the universal one (PS3.3 C.7.2.1, table 10-17)."""
    packed = connection.execute(select(study.c.attributes).where(study.c.id == study_key)).scalar_one()
    sequence = unpack(packed).get(tag("IssuerOfAccessionNumberSequence"))
    item = next(iter((sequence or {}).get("Value") or ()), None) or {}
    for keyword in ("LocalNamespaceEntityID", "UniversalEntityID"):
        values = item.get(tag(keyword), {}).get("Value") or [""]
        if values[0]:
            return str(values[0])
    return ""


def patient_name(row: Row[Any]) -> PatientName:
    """The three groups of a study row."""
    return PatientName(row.patient_name_alphabetic, row.patient_name_ideographic, row.patient_name_phonetic)


def studies_of_patient(
    connection: Connection, site_id: str, patient_id: str, issuer_of_patient_id: str
) -> tuple[str, ...]:
    """All studies of one patient at one site, newest first: where priors come from."""
    return tuple(
        connection.execute(
            select(study.c.study_instance_uid)
            .where(
                study.c.site_id == site_id,
                study.c.patient_id == patient_id,
                study.c.issuer_of_patient_id == issuer_of_patient_id,
            )
            .order_by(study.c.study_date.desc(), study.c.study_time.desc(), study.c.id.desc())
        ).scalars()
    )


def studies_received_before(connection: Connection, site_id: str, moment: datetime) -> tuple[str, ...]:
    """Studies whose last object came before a moment, oldest first: those whose term may be over."""
    return tuple(
        connection.execute(
            select(study.c.study_instance_uid)
            .where(study.c.site_id == site_id, study.c.last_received_at < moment)
            .order_by(study.c.last_received_at)
        ).scalars()
    )


def sites(connection: Connection) -> tuple[str, ...]:
    """The sites that have studies."""
    return tuple(connection.execute(select(study.c.site_id).distinct().order_by(study.c.site_id)).scalars())


def total_size(connection: Connection, site_id: str) -> int:
    """Bytes of all coded files of a site."""
    return int(
        connection.execute(
            select(func.coalesce(func.sum(instance.c.size), 0)).where(instance.c.site_id == site_id)
        ).scalar_one()
    )
