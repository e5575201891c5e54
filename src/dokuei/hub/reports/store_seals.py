"""How far each version's sealed file has come with its time stamps: beside the version, which never changes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from dokuei.hub.reports.seal_model import CertificateState, KeptVersion, SealState
from dokuei.hub.reports.store import kept_version
from dokuei.hub.reports.tables import report, seal, sealing_certificate, version
from dokuei.storage.rows import put_row

_FIELDS = tuple(SealState.__dataclass_fields__)


@dataclass(frozen=True)
class Due:
    """A version whose sealed file wants a time stamp; ``state`` is None where nobody has looked at it yet."""

    kept: KeptVersion
    state: SealState | None
    site_id: str
    study_instance_uid: str


def of_report(connection: Connection, report_id: str) -> dict[int, SealState]:
    """The states of a report's versions by number."""
    rows = connection.execute(select(seal).where(seal.c.report_id == report_id))
    return {row.number: SealState(**{name: getattr(row, name) for name in _FIELDS}) for row in rows}


def every(connection: Connection) -> dict[tuple[str, int], SealState]:
    """The states of all versions."""
    found = (SealState(**{name: getattr(row, name) for name in _FIELDS}) for row in connection.execute(select(seal)))
    return {(one.report_id, one.number): one for one in found}


def due(connection: Connection, *, moment: datetime, tried_before: datetime, at_most: int) -> tuple[Due, ...]:
    """Versions without a state, and those whose time has come; what failed just now waits."""
    joined = version.join(report, report.c.report_id == version.c.report_id).outerjoin(
        seal, and_(seal.c.report_id == version.c.report_id, seal.c.number == version.c.number)
    )
    waits = and_(seal.c.tried_at.is_not(None), seal.c.tried_at >= tried_before)
    asked = (
        select(version, report.c.site_id, report.c.study_instance_uid)
        .select_from(joined)
        .where(or_(seal.c.report_id.is_(None), and_(seal.c.renew_at <= moment, ~waits)))
        .order_by(seal.c.tried_at.is_not(None), version.c.signed_at)
        .limit(at_most)
    )
    rows = connection.execute(asked).all()
    states = _some(connection, [row.report_id for row in rows])
    return tuple(
        Due(kept_version(row), states.get((row.report_id, row.number)), row.site_id, row.study_instance_uid)
        for row in rows
    )


def put(connection: Connection, state: SealState) -> None:
    """Keep a state in place of the one before."""
    put_row(connection, seal, **asdict(state))


def certificate(connection: Connection, sha256: str) -> CertificateState | None:
    """What is known of a sealing certificate."""
    query = select(sealing_certificate).where(sealing_certificate.c.sha256 == sha256)
    row = connection.execute(query).one_or_none()
    return None if row is None else CertificateState(*row)


def put_certificate(connection: Connection, state: CertificateState) -> None:
    """Keep what was heard in place of what was known."""
    put_row(connection, sealing_certificate, **asdict(state))


def _some(connection: Connection, report_ids: Sequence[str]) -> dict[tuple[str, int], SealState]:
    rows = connection.execute(select(seal).where(seal.c.report_id.in_(sorted(set(report_ids)))))
    found = (SealState(**{name: getattr(row, name) for name in _FIELDS}) for row in rows)
    return {(one.report_id, one.number): one for one in found}
