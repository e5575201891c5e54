"""How the gateway stands, read from its own database: works while the hub, the line and the worker are away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.gateway import (
    forward_tables,
    line_tables,
    order_tables,
    outlet_tables,
    pulse_tables,
    result_tables,
    sending_tables,
)
from dokuei.gateway.enrol import Enrolment, identity_of
from dokuei.gateway.estimate import Estimate, LineKnown, estimates, sending_now
from dokuei.gateway.folder.watch import refused_files
from dokuei.gateway.forward_tables import Contact, StudyAtHub
from dokuei.gateway.order_tables import OrderCounts
from dokuei.gateway.outlet_tables import ReportCounts
from dokuei.gateway.quarantine import Entry, Quarantine
from dokuei.gateway.result_tables import ResultCounts
from dokuei.gateway.spool import Spool, State, StudyState, open_spool
from dokuei.gateway.steps import tables as steps
from dokuei.gateway.steps.tables import StepCounts
from dokuei.settings import SendingSettings, Settings
from dokuei.transfer.protocol import SendingReport, StudyReport
from dokuei.transfer.protocol import StudyState as StateName
from dokuei.transfer.pulses import Health, Pulse, judge, pulse_uid

_WHOLE = 100
_WORKER_ALIVE = timedelta(seconds=90)  # it waits so long at most for a hub that does not answer


@dataclass(frozen=True)
class StudyLine:
    """One study of the table."""

    report: StudyReport
    accession_number: str
    modalities: tuple[str, ...]
    priority: int
    first_received_at: datetime
    last_received_at: datetime
    at_hub_at: datetime | None


@dataclass(frozen=True)
class GatewayStatus:
    """All of it; ``refusals`` are the newest of the ``quarantined`` entries that wait for staff.

    ``refused_files`` of the watched folder wait for staff too.
    """

    home: Path
    enrolment: Enrolment | None
    certificate_not_after: datetime | None
    contact: Contact
    studies: tuple[StudyLine, ...]
    quarantined: int
    refusals: tuple[Entry, ...]
    orders: OrderCounts
    results: ResultCounts
    reports: ReportCounts
    steps: StepCounts
    refused_files: int
    health: Health
    sending: SendingReport


def gateway_status(settings: Settings, *, at_most: int = 50) -> GatewayStatus:
    """The state of this home folder's gateway."""
    identity = identity_of(settings.home)
    enrolment = identity.read()
    spool = open_spool(settings.home)
    try:
        lines = study_lines(spool, settings.gateway.sending, at_most=at_most)
        quarantine = Quarantine(spool.database, spool.folder)
        quarantined, refusals = quarantine.open_entries(), quarantine.entries()
        with spool.database.read() as connection:
            contact = forward_tables.contact(connection)
            orders, results = order_tables.counts(connection), result_tables.counts(connection)
            performed = steps.counts(connection)
            reports = outlet_tables.counts(connection, at_most=at_most)
            pulse = pulse_tables.last(connection)
            sent = sending_tables.latest(connection)
    finally:
        spool.database.close()
    return GatewayStatus(
        home=settings.home,
        enrolment=enrolment,
        certificate_not_after=None if enrolment is None else identity.certificate().not_valid_after_utc,
        contact=contact,
        studies=tuple(lines),
        quarantined=quarantined,
        refusals=tuple(refusals),
        orders=orders,
        results=results,
        reports=reports,
        steps=performed,
        refused_files=refused_files(settings.gateway.folder.path),
        health=_health(settings, pulse, contact, enrolled=enrolment is not None),
        sending=sending_now(sent, settings.gateway.sending, at=now()),
    )


def _health(settings: Settings, pulse: Pulse | None, contact: Contact, *, enrolled: bool) -> Health:
    """How the whole way stands; a worker that has never lived here is not missed before the gateway is enrolled."""
    if not settings.gateway.pulse_minutes or not enrolled:
        return Health(None, None)
    at = now()
    alive = contact.worker_at is not None and at - contact.worker_at <= _WORKER_ALIVE
    return judge(pulse, at=at, alive=alive, silent_part="worker")


def study_lines(spool: Spool, sending: SendingSettings, *, at_most: int) -> list[StudyLine]:
    """The newest studies, each with how far it is on its way to the hub and when it will be there."""
    enrolment = identity_of(spool.folder.parent).read()
    pulse = "" if enrolment is None else pulse_uid(enrolment.gateway_id, "study")
    studies = [one for one in spool.studies(at_most=at_most + 1) if one.study_instance_uid != pulse][:at_most]
    with spool.database.read() as connection:
        known = forward_tables.studies_at_hub(connection, [one.study_instance_uid for one in studies])
        ahead = _estimates(connection, sending)
    return [_line(one, known.get(one.study_instance_uid), ahead.get(one.study_instance_uid)) for one in studies]


def _estimates(connection: Connection, sending: SendingSettings) -> Mapping[str, Estimate]:
    """Of all studies that are to be sent, not of those alone that a page shows: each waits for the ones before it.

    Nobody knows when anything is done while the hub cannot be reached, or nothing is at work here.
    """
    contact, at = forward_tables.contact(connection), now()
    reached = not contact.error and contact.worker_at is not None and at - contact.worker_at <= _WORKER_ALIVE
    left = sending_tables.left(connection, forward_tables.under_way(connection))
    checked = line_tables.latest(connection, at_most=1)
    known = LineKnown(sending_tables.latest(connection), checked[0].measured.up_bytes if checked else None)
    return estimates(left, known, sending, at=at, reached=reached)


def study_reports(spool: Spool, sending: SendingSettings, *, at_most: int) -> list[StudyReport]:
    """The same as the hub is told."""
    return [line.report for line in study_lines(spool, sending, at_most=at_most)]


def _line(study: StudyState, known: StudyAtHub | None, estimate: Estimate | None) -> StudyLine:
    state, percent = _progress(study, known)
    report = StudyReport(
        study_instance_uid=study.study_instance_uid,
        state=state,
        percent=percent,
        instances=study.instances,
        bytes=study.bytes,
        error=study.error,
        remedy=study.remedy,
        warned_instances=study.warned_instances,
        warnings=list(study.warnings),
        removed=study.by_state.get(State.REMOVED, 0),
        left_bytes=0 if estimate is None else estimate.left,
        done_at="" if estimate is None or estimate.done_at is None else estimate.done_at.isoformat(),
    )
    return StudyLine(
        report=report,
        accession_number=study.accession_number,
        modalities=study.modalities,
        priority=study.priority,
        first_received_at=study.first_received_at,
        last_received_at=study.last_received_at,
        at_hub_at=None if known is None or state != "at-hub" else known.at_hub_at,
    )


def _progress(study: StudyState, known: StudyAtHub | None) -> tuple[StateName, int]:
    """A study is at the hub only when the hub has confirmed a manifest of everything that the study holds here.

    What the hub removed since by the contract's term is not part of that, and is said beside it.
    """
    state = cast("StateName", study.state)
    proved = study.by_state.get(State.PROVED, 0)
    meant = study.instances - study.by_state.get(State.REMOVED, 0)
    closed = known is not None and known.at_hub_at is not None and known.at_hub_instances == proved == meant
    if state == "at-hub":
        return ("at-hub", _WHOLE) if closed else ("forwarding", _WHOLE - 1)
    if state == "removed":
        return "removed", _WHOLE
    under_way = 0 if known is None else known.under_way_bytes
    percent = study.percent + (_WHOLE * under_way // study.bytes if study.bytes else 0)
    return state, min(percent, _WHOLE - 1)
