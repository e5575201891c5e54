"""Orders and corrections of patients on their way to the worklist, in the transaction that keeps them."""

from datetime import datetime

from sqlalchemy import Connection

from dokuei.gateway.steps import tables
from dokuei.gateway.steps.schedule import Scheduled, Step, step_from
from dokuei.gateway.steps.tables import ScheduledRow
from dokuei.transfer.orders import Order, PatientCorrection

_OVER = frozenset({"completed", "discontinued"})


def heed_order(connection: Connection, order: Order, scheduled: Scheduled, *, at: datetime) -> Order:
    """A new step, other words for one, or one fewer; what a modality has finished stays finished.

    Only a change says that a number is another patient's from now on, as at the hub. Gives the order as the hub is to
    hear of it: with the Study Instance UID that modalities find in its step.
    """
    known = _known(connection, order)
    if order.action != "change":
        known = tuple(one for one in known if _is_of(one, order))
    if order.action == "cancel":
        tables.set_state(connection, [one.id for one in known if one.state not in _OVER], "canceled")
        return order
    open_ones = [one for one in known if one.state not in {*_OVER, "canceled"}]
    if not open_ones and not (known and order.action == "change"):
        step = step_from(order, scheduled, None)
        tables.put(connection, step, number=None, at=at)
        return _with_uid_of(step, order)
    for one in open_ones:
        tables.put(connection, step_from(order, scheduled, one.step), number=one.id, at=at)
    return _with_uid_of((open_ones or known)[-1].step, order)


def heed_correction(connection: Connection, correction: PatientCorrection, *, at: datetime) -> None:
    """The patient's steps under the surviving number, with the particulars as they are now."""
    patient = correction.patient
    numbers = [(patient.patient_id, patient.issuer_of_patient_id)]
    if correction.action == "merge":
        numbers.append((correction.prior_patient_id, correction.prior_issuer_of_patient_id))
    for number, issuer in numbers:
        for row in tables.of_patient(connection, number, issuer):
            tables.put(connection, row.step.of(patient), number=row.id, at=at)


def _with_uid_of(step: Step, order: Order) -> Order:
    if order.study_instance_uid:
        return order
    return order.model_copy(update={"worklist_study_instance_uid": step.study_instance_uid})


def _is_of(known: ScheduledRow, order: Order) -> bool:
    """An order may name its patient by a number that a merge has ended: the day of birth is held against it too."""
    here, said = known.step, order.patient
    same_number = here.patient_id.strip().lstrip("0") == said.patient_id.strip().lstrip("0")
    return same_number or not here.birth_date or not said.birth_date or here.birth_date == said.birth_date


def _known(connection: Connection, order: Order) -> tuple[ScheduledRow, ...]:
    """By both numbers, else by whichever one the step and the order share."""
    placer, accession = order.placer_order_number, order.accession_number
    exact = tables.named_by(connection, placer_order_number=placer or None, accession_number=accession or None)
    if exact or not (placer and accession):
        return exact
    return (
        *tables.named_by(connection, placer_order_number=placer, accession_number=""),
        *tables.named_by(connection, placer_order_number="", accession_number=accession),
    )
