"""What a modality has done reaches the hub over the real, signed line, and is tried again while it cannot."""

import time
from contextlib import closing
from pathlib import Path

from pydicom.dataset import Dataset
from sqlalchemy import select

from dokuei.gateway.enrol import enrol
from dokuei.gateway.spool import open_spool
from dokuei.gateway.steps import tables
from dokuei.gateway.steps.perform import Performing
from dokuei.hub.archive.tables import performed_step
from dokuei.hub.prepare import open_stores
from dokuei.settings import read_settings
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
