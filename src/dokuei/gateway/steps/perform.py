"""Modality Performed Procedure Step as a provider: what was done, what was made, and that it ended (PS3.4 F.7)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from pydicom.dataset import Dataset
from sqlalchemy import Connection, insert, select, update

from dokuei.clock import now
from dokuei.dicom.uids import is_bearable
from dokuei.errors import TooLargeError
from dokuei.gateway.identifiers import read_identifier
from dokuei.gateway.receive_association import Answer, Association
from dokuei.gateway.receive_messages import N_CREATE_RQ, Command
from dokuei.gateway.receive_negotiation import PERFORMED_STEP
from dokuei.gateway.steps.schedule import new_uid
from dokuei.gateway.steps.tables import StepState, performed_step, set_state, step_of
from dokuei.storage.audit import gateway_trail
from dokuei.storage.db import Database

INVALID_VALUE: Final = 0x0106
PROCESSING_FAILURE: Final = 0x0110
DUPLICATE: Final = 0x0111
NO_SUCH_INSTANCE: Final = 0x0112
INVALID_INSTANCE: Final = 0x0117
NO_SUCH_CLASS: Final = 0x0118
MISSING_ATTRIBUTE: Final = 0x0120
MISSING_VALUE: Final = 0x0121
NO_LONGER_UPDATED: Final = 0xA506  # an Error ID beside 0110 (PS3.4 F.7.2.2.2)
_STATES: Final[dict[str, StepState]] = {
    "IN PROGRESS": "in_progress",
    "COMPLETED": "completed",
    "DISCONTINUED": "discontinued",
}
_DEMANDED: Final = (
    "ScheduledStepAttributesSequence",
    "PerformedProcedureStepID",
    "PerformedStationAETitle",
    "PerformedProcedureStepStartDate",
    "PerformedProcedureStepStartTime",
    "PerformedProcedureStepStatus",
    "Modality",
)
_FIXED: Final = frozenset({"ScheduledStepAttributesSequence", "PerformedStationAETitle", "PerformedProcedureStepID"})
_DATASET_BYTES: Final = 8 << 20
_NOT_TO_BE_READ: Final = frozenset(  # mammograms for processing, raw data
    {"1.2.840.10008.5.1.4.1.1.1.2.1", "1.2.840.10008.5.1.4.1.1.66"}
)
_IMAGES: Final = ("ReferencedImageSequence", "ReferencedNonImageCompositeSOPInstanceSequence")
_log = structlog.get_logger()


class StepError(Exception):
    """A message that is answered with a status of its own."""

    def __init__(self, status: int, comment: str, *, error_id: int = 0) -> None:
        super().__init__(comment)
        self.answer = Answer(status, comment, error_id=error_id)


@dataclass(frozen=True)
class Performing:
    """Keeps performed steps, and moves the worklist by them."""

    database: Database

    def begin(self, association: Association, context_id: int, command: Command) -> "Step":
        """An N-CREATE or N-SET starts."""
        return Step(self, association, context_id, command)

    def create(self, sop_instance_uid: str, told: Dataset, *, calling_ae: str) -> None:
        """A step has begun.

        Raises:
            StepError: the standard's status for what is wrong with it.
        """
        if not is_bearable(sop_instance_uid):
            raise StepError(INVALID_INSTANCE, "no SOP Instance UID")
        _demand(told)
        if _status(told) != "in_progress":
            raise StepError(INVALID_VALUE, "a step begins IN PROGRESS")
        planned = told.ScheduledStepAttributesSequence[0]
        study = str(planned.get("StudyInstanceUID") or "")
        if not is_bearable(study):
            raise StepError(MISSING_VALUE if not study else INVALID_VALUE, "Study Instance UID")
        accession = str(planned.get("AccessionNumber") or "").strip()
        patient = str(told.get("PatientID") or "").strip()
        at = now()
        with self.database.begin() as connection:
            if _known(connection, sop_instance_uid) is not None:
                raise StepError(DUPLICATE, "this step is known already")
            scheduled = step_of(connection, study_instance_uid=study, accession_number=accession, patient_id=patient)
            connection.execute(
                insert(performed_step).values(
                    sop_instance_uid=sop_instance_uid,
                    study_instance_uid=study,
                    accession_number=accession[:256],
                    patient_id=patient[:64],
                    scheduled_step_id=scheduled,
                    station_ae_title=str(told.PerformedStationAETitle).strip()[:16],
                    state="in_progress",
                    series=json.dumps(counted(told)),
                    document=told.to_json(),
                    created_at=at,
                    changed_at=at,
                    version=1,
                )
            )
            _move(connection, scheduled, "in_progress")
            _note(connection, calling_ae, "in_progress", study, scheduled)

    def change(self, sop_instance_uid: str, told: Dataset, *, calling_ae: str) -> None:
        """A step goes on, or is over.

        Raises:
            StepError: the standard's status for what is wrong with it.
        """
        with self.database.begin() as connection:
            known = _known(connection, sop_instance_uid)
            if known is None:
                raise StepError(NO_SUCH_INSTANCE, "no step of this name was begun here")
            if known.state != "in_progress":
                raise StepError(
                    PROCESSING_FAILURE, "the step is over and no longer updated", error_id=NO_LONGER_UPDATED
                )
            state = _status(told) if "PerformedProcedureStepStatus" in told else known.state
            whole = Dataset.from_json(known.document)
            for element in told:
                if element.keyword not in _FIXED:
                    whole[element.tag] = element
            if state == "completed" and not whole.get("PerformedSeriesSequence"):
                raise StepError(MISSING_ATTRIBUTE, "a completed step names its series")
            connection.execute(
                update(performed_step)
                .where(performed_step.c.sop_instance_uid == sop_instance_uid)
                .values(
                    state=state,
                    series=json.dumps(counted(whole)),
                    document=whole.to_json(),
                    changed_at=now(),
                    version=known.version + 1,
                    attempts=0,
                    not_before=None,
                )
            )
            _move(connection, known.scheduled_step_id, state)
            _note(connection, calling_ae, state, known.study_instance_uid, known.scheduled_step_id)


@dataclass(frozen=True)
class Step:
    """One N-CREATE or N-SET on its way in."""

    performing: Performing
    association: Association
    context_id: int
    command: Command
    _data: bytearray = field(default_factory=bytearray)

    def write(self, piece: memoryview) -> None:
        """It lists images at most; a bound keeps it so."""
        if len(self._data) + len(piece) > _DATASET_BYTES:
            raise TooLargeError("a performed step without end", phase="performed procedure step")
        self._data.extend(piece)

    def finish(self) -> Answer:
        """Keep it, then answer."""
        creating = self.command.field == N_CREATE_RQ
        if self.command.sop_class_uid != PERFORMED_STEP:
            return Answer(NO_SUCH_CLASS, "not a performed procedure step")
        uid = self.command.sop_instance_uid or (new_uid() if creating else "")
        calling = self.association.agreement.calling_ae
        try:
            told = self._read()
            if creating:
                self.performing.create(uid, told, calling_ae=calling)
            else:
                self.performing.change(uid, told, calling_ae=calling)
        except StepError as refusal:
            _log.warning("step.refused", calling=calling, status=refusal.answer.status, why=str(refusal))
            return refusal.answer
        return Answer(0, sop_instance_uid=uid)

    def discard(self) -> None:
        """Nothing was kept."""

    def _read(self) -> Dataset:
        syntax = self.association.context(self.context_id).transfer_syntax
        if not self._data:
            raise StepError(MISSING_ATTRIBUTE, "no data set")
        try:
            told = read_identifier(bytes(self._data), sop_class_uid=PERFORMED_STEP, transfer_syntax_uid=syntax)
            told.decode()
            plain = Dataset.from_json(told.to_json())  # every value is read now, and is kept as UTF-8
        except Exception as error:
            raise StepError(PROCESSING_FAILURE, "a data set that cannot be read") from error
        return plain


def counted(told: Dataset) -> dict[str, int]:
    """Series Instance UID → how many objects to be read the modality says it made: raw data often stays where it is."""
    made: dict[str, set[str]] = {}
    for series in told.get("PerformedSeriesSequence") or []:
        uid = str(series.get("SeriesInstanceUID") or "")
        if is_bearable(uid):
            made.setdefault(uid, set()).update(_objects(series))
    return {uid: len(objects) for uid, objects in made.items()}


def _objects(series: Dataset) -> Iterable[str]:
    for keyword in _IMAGES:
        for item in series.get(keyword) or []:
            uid = str(item.get("ReferencedSOPInstanceUID") or "")
            if uid and str(item.get("ReferencedSOPClassUID") or "") not in _NOT_TO_BE_READ:
                yield uid


def _demand(told: Dataset) -> None:
    for keyword in _DEMANDED:
        if keyword not in told:
            raise StepError(MISSING_ATTRIBUTE, keyword)
        if told.get(keyword) in (None, "") or (keyword == _DEMANDED[0] and not told.get(keyword)):
            raise StepError(MISSING_VALUE, keyword)


def _status(told: Dataset) -> StepState:
    said = str(told.get("PerformedProcedureStepStatus") or "").strip()
    if said not in _STATES:
        raise StepError(INVALID_VALUE if said else MISSING_VALUE, "Performed Procedure Step Status")
    return _STATES[said]


def _known(connection: Connection, sop_instance_uid: str) -> Any:
    asked = select(performed_step).where(performed_step.c.sop_instance_uid == sop_instance_uid)
    return connection.execute(asked).one_or_none()


def _move(connection: Connection, scheduled: int | None, state: StepState) -> None:
    """The worklist's line goes with it; what was discontinued is no longer to be done."""
    if scheduled is not None:
        set_state(connection, [scheduled], state)


def _note(connection: Connection, calling_ae: str, state: str, study: str, scheduled: int | None) -> None:
    gateway_trail.append(
        connection,
        actor=f"modality:{calling_ae}",
        event=f"step.{state}",
        subject=study,
        details={"ordered": scheduled is not None},
    )
