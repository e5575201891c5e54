"""What a modality has done reaches the hub over the real, signed line, and is tried again while it cannot."""

import time
from contextlib import closing
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from sqlalchemy import select, update

from dokuei.gateway.enrol import enrol
from dokuei.gateway.spool import open_spool
from dokuei.gateway.steps import tables
from dokuei.gateway.steps.perform import INVALID_INSTANCE, Performing, StepError
from dokuei.gateway.steps.tell import tell_steps
from dokuei.hub.archive.tables import performed_step
from dokuei.hub.prepare import open_stores
from dokuei.settings import read_settings
from dokuei.transfer.performed import PerformedStep
from tests.makers.gateway_hub import running_hub
from tests.makers.gateway_worker import Worker


def _step(state: str) -> Dataset:
    planned = Dataset()
    planned.StudyInstanceUID = "1.2.3"
    found = Dataset()
    found.ScheduledStepAttributesSequence = [planned]
    found.PerformedProcedureStepID, found.PerformedStationAETitle = "1", "MAMMO1"
    found.PerformedProcedureStepStartDate, found.PerformedProcedureStepStartTime = "20261201", "0935"
    found.PerformedProcedureStepStatus, found.Modality = state, "MG"
    return found


def test_a_step_that_was_broken_off_is_known_at_the_hub(tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub", archive="whole") as hub:
        worker = Worker(tmp_path / "gateway", {"DOKUEI_GATEWAY__HUB_URL": f"https://localhost:{hub.port}"})
        worker.home.mkdir()
        enrol(worker.settings, hub.service.invite("kita", actor="test"))
        with closing(open_spool(worker.home)) as spool:
            performing = Performing(spool.database)
            performing.create("1.2.9", _step("IN PROGRESS"), calling_ae="MAMMO1")
            performing.change("1.2.9", _step("DISCONTINUED"), calling_ae="MAMMO1")
            worker.start()
            try:
                deadline = time.monotonic() + 60
                while True:
                    with spool.database.read() as connection:
                        if not tables.counts(connection).waiting:
                            break
                    assert time.monotonic() < deadline, worker.log()[-3000:]
                    time.sleep(0.1)
            finally:
                worker.kill()
        with (
            closing(open_stores(read_settings(hub.home, environment={})).database) as stored,
            stored.read() as connection,
        ):
            (row,) = connection.execute(select(performed_step)).all()
    assert (row.site_id, row.study_instance_uid, row.state, row.version) == ("kita", "1.2.3", "discontinued", 2)


class _Hub:
    """Takes whatever it is told."""

    def __init__(self) -> None:
        self.told: list[PerformedStep] = []

    def call(self, _method: str, _path: str, body: bytes) -> bytes:
        self.told.append(PerformedStep.read(body))
        return b""


def test_a_name_that_is_no_uid_is_refused_and_one_odd_step_holds_back_no_other(tmp_path: Path) -> None:
    with closing(open_spool(tmp_path / "gateway")) as spool:
        performing = Performing(spool.database)
        for name in ("abc", "1..2", "1." * 40):
            with pytest.raises(StepError) as refusal:
                performing.create(name, _step("IN PROGRESS"), calling_ae="MAMMO1")
            assert refusal.value.answer.status == INVALID_INSTANCE
        for name in ("1.2.8", "1.2.9"):
            performing.create(name, _step("IN PROGRESS"), calling_ae="MAMMO1")
        p = tables.performed_step.c
        with spool.database.begin() as connection:  # as an older version kept it
            connection.execute(
                update(tables.performed_step).where(p.sop_instance_uid == "1.2.8").values(series='{"abc": 1}')
            )
        hub = _Hub()
        assert tell_steps(spool.database, hub, name=str, ceiling=60.0) == 1  # type: ignore[arg-type] # of it all, call
        assert [one.step_uid for one in hub.told] == ["1.2.9"]
        with spool.database.read() as connection:
            (row,) = connection.execute(select(tables.performed_step).where(p.told_version < p.version)).all()
        assert (row.sop_instance_uid, row.attempts) == ("1.2.8", 1)
        assert row.not_before is not None
