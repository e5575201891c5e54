"""Worklist and performed steps over real associations: orders in by HL7, DCMTK and pynetdicom as modalities."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from pynetdicom import AE
from sqlalchemy import select

from dokuei.gateway.spool import open_spool
from dokuei.gateway.steps import tables
from dokuei.storage.audit import gateway_trail
from tests.makers.hospital import ask, correction, order, said, written
from tests.makers.modality import association, hang_up
from tests.makers.peers import free_port
from tests.makers.receiver import Receiver

_WORKLIST = "1.2.840.10008.5.1.4.31"
_PERFORMED = "1.2.840.10008.3.1.2.3.3"
_SYNTAX = str(ExplicitVRLittleEndian)
_IPC = "IPC|{accession}^BYOIN|R1|{study}|S1|{modality}||||{station}"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[tuple[Receiver, int]]:
    port = free_port()
    running = Receiver(
        tmp_path / "home", {"DOKUEI_GATEWAY__HL7__PORT": str(port), "DOKUEI_GATEWAY__WORKLIST__DAYS_BACK": "365"}
    )
    running.start()
    yield running, port
    if running.process is not None and running.process.poll() is None:
        running.stop()


def place(
    port: int,
    *,
    accession: str = "A1",
    when: str = "20261201093000",
    station: str = "MAMMO1",
    modality: str = "MG",
    **more: Any,
) -> None:
    words = order(accession=accession, control_id=more.pop("control_id", accession), **more)
    words = words.replace("TQ1|1||||||20261201", f"TQ1|1||||||{when}")
    study = more.get("study", "1.2.392.1.5")
    words = re.sub(r"IPC\|.*", _IPC.format(accession=accession, study=study, modality=modality, station=station), words)
    assert said(ask(port, written(words)))[1] == "AA"


def findscu(folder: Path, port: int, *keys: str, options: tuple[str, ...] = ()) -> list[Dataset]:
    """DCMTK's query; its answers in their order."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("rsp*.dcm"):
        old.unlink()
    arguments = [argument for key in keys for argument in ("-k", key)]
    done = subprocess.run(
        ["findscu", "-W", "-X", "-aec", "DOKUEI", *options, *arguments, "localhost", str(port)],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "TCP_NODELAY": "1"},
    )
    assert done.returncode == 0, done.stderr
    return [dcmread(file, force=True) for file in sorted(folder.glob("rsp*.dcm"))]


def key(name: str, value: str = "") -> str:
    return f"ScheduledProcedureStepSequence[0].{name}={value}"


def test_a_modality_finds_what_the_hospital_ordered(gateway: tuple[Receiver, int], tmp_path: Path) -> None:
    """MRPET-05: the worklist that a modality asks for is made of the hospital's orders."""
    receiver, port = gateway
    place(port)
    place(
        port,
        accession="A2",
        placer="P2",
        study="1.2.392.1.6",
        when="20261203140000",
        station="MR1",
        modality="MR",
        patient_id="0009999",
        name="鈴木^桃子^^^^^L^I~スズキ^モモコ^^^^^L^P~SUZUKI^MOMOKO^^^^^L^A",
    )
    asked = (
        "PatientName",
        "PatientID",
        "AccessionNumber",
        "StudyInstanceUID",
        "RequestedProcedureDescription",
        "RequestedProcedureID",
        "PatientBirthDate",
        "PatientSex",
        "MedicalAlerts",
    )
    whole = (
        *asked,
        key("Modality"),
        key("ScheduledStationAETitle"),
        key("ScheduledProcedureStepStartDate"),
        key("ScheduledProcedureStepStartTime"),
        key("ScheduledProcedureStepID"),
    )

    def ids(*keys: str) -> list[str]:
        return [
            str(one.AccessionNumber) for one in findscu(tmp_path / "found", receiver.port, "AccessionNumber", *keys)
        ]

    first, second = findscu(tmp_path / "found", receiver.port, *whole)
    assert list(first.SpecificCharacterSet) == ["", "ISO 2022 IR 87"]
    assert str(first.PatientName) == "YAMADA^HANAKO=山田^花子=ヤマダ^ハナコ"
    assert (first.PatientID, first.PatientBirthDate, first.PatientSex) == ("0001234", "19700203", "F")
    assert (first.StudyInstanceUID, first.RequestedProcedureID) == ("1.2.392.1.5", "R1")
    assert first.RequestedProcedureDescription == "乳房撮影 両側"
    assert first.MedicalAlerts is None or first.MedicalAlerts == ""
    (step,) = first.ScheduledProcedureStepSequence
    assert (step.Modality, step.ScheduledStationAETitle, step.ScheduledProcedureStepID) == ("MG", "MAMMO1", "S1")
    assert (step.ScheduledProcedureStepStartDate, step.ScheduledProcedureStepStartTime) == ("20261201", "093000")
    assert "ReasonForTheRequestedProcedure" not in first
    assert second.AccessionNumber == "A2"

    for pattern in ("YAMADA*", "*=山田*", "*=*花子=*", "==ヤマダ*", "==ﾔﾏﾀﾞ*", "yamada^hanako", "YAMAD?^*"):
        encoded = ("SpecificCharacterSet=ISO_IR 192", f"PatientName={pattern}")
        assert ids(*encoded) == ["A1"], pattern
    assert ids("PatientName=TANAKA*") == []
    assert ids("PatientID=0009999") == ["A2"]
    assert ids("AccessionNumber=A1") == ["A1"]
    assert ids(key("Modality", "MR")) == ["A2"]
    assert ids(key("ScheduledStationAETitle", "MAMMO1"), key("Modality", "MG")) == ["A1"]
    assert ids(key("ScheduledProcedureStepStartDate", "20261201")) == ["A1"]
    assert ids(key("ScheduledProcedureStepStartDate", "20261202-")) == ["A2"]
    assert (
        ids(
            key("ScheduledProcedureStepStartDate", "20261201-20261203"),
            key("ScheduledProcedureStepStartTime", "1000-1300"),
        )
        == []
    )


def test_date_and_time_ranges_are_one_range(gateway: tuple[Receiver, int], tmp_path: Path) -> None:
    receiver, port = gateway
    for number, when in enumerate(("20261201093000", "20261202230000", "20261203140000"), 1):
        place(port, accession=f"A{number}", placer=f"P{number}", study=f"1.2.3.{number}", when=when)

    def ids(day: str, time: str) -> list[str]:
        keys = (key("ScheduledProcedureStepStartDate", day), key("ScheduledProcedureStepStartTime", time))
        return [
            str(one.AccessionNumber) for one in findscu(tmp_path / "found", receiver.port, "AccessionNumber", *keys)
        ]

    assert ids("20261201-20261203", "1000-1300") == ["A2"]
    assert ids("20261201-20261203", "0900-1400") == ["A1", "A2", "A3"]
    assert ids("20261201", "0900-1000") == ["A1"]


_LETTERS = [
    ("ISO_IR 192", "utf-8", "YAMADA^HANAKO=山田^花子=ヤマダ^ハナコ", "乳房撮影 両側"),
    ("ISO 2022 IR 6\\ISO 2022 IR 87", "iso2022_jp", "YAMADA^HANAKO=山田^花子=ヤマダ^ハナコ", "乳房撮影 両側"),
    ("ISO_IR 13", "shift_jis", "YAMADA^HANAKO", ""),
    ("ISO_IR 100", "latin-1", "YAMADA^HANAKO", ""),
]


def test_answers_are_in_the_letters_of_the_query(gateway: tuple[Receiver, int], tmp_path: Path) -> None:
    receiver, port = gateway
    place(port)
    for said_by_query, codec, name, description in _LETTERS:
        keys = (f"SpecificCharacterSet={said_by_query}", "PatientName", "RequestedProcedureDescription")
        (found,) = findscu(tmp_path / "found", receiver.port, *keys)
        terms = found.SpecificCharacterSet
        assert ([terms] if isinstance(terms, str) else list(terms)) == said_by_query.split("\\")
        assert str(found.PatientName) == name
        assert (found.RequestedProcedureDescription or "") == description
        assert name.encode(codec) in next((tmp_path / "found").glob("rsp*.dcm")).read_bytes()


def test_what_is_changed_merged_and_canceled_shows(gateway: tuple[Receiver, int], tmp_path: Path) -> None:
    receiver, port = gateway
    place(port)
    place(port, control="XO", control_id="c2", when="20261205100000")
    (found,) = findscu(
        tmp_path / "found", receiver.port, "PatientName", "PatientID", key("ScheduledProcedureStepStartDate")
    )
    assert found.ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate == "20261205"
    ask(port, written(correction(event="A40", patient_id="777", prior="0001234")))
    (found,) = findscu(tmp_path / "found", receiver.port, "PatientName", "PatientID")
    assert (found.PatientID, str(found.PatientName)) == ("777", "=鈴木^花子")
    place(port, control="CA", control_id="c3")
    assert findscu(tmp_path / "found", receiver.port, "PatientName") == []


def test_a_query_is_canceled_and_the_association_goes_on(gateway: tuple[Receiver, int], tmp_path: Path) -> None:
    receiver, port = gateway
    for number in range(60):
        place(port, accession=f"A{number}", placer=f"P{number}", study=f"1.2.3.{number}")
    assert len(findscu(tmp_path / "found", receiver.port, "AccessionNumber")) == 60
    identifier = Dataset()
    identifier.AccessionNumber = ""
    with association(receiver.port, [(_WORKLIST, _SYNTAX)]) as made:
        statuses = []
        for status, _ in made.send_c_find(identifier, _WORKLIST, msg_id=7):
            statuses.append(int(status.Status))
            if len(statuses) == 1:
                made.send_c_cancel(7, query_model=_WORKLIST)
        assert statuses[-1] in {0xFE00, 0x0000}
        assert statuses[:-1] == [0xFF00] * (len(statuses) - 1)
        again = [int(status.Status) for status, _ in made.send_c_find(identifier, _WORKLIST, msg_id=8)]
        assert again == [0xFF00] * 60 + [0]


def test_a_query_that_is_none_has_a_status_and_keeps_the_association(gateway: tuple[Receiver, int]) -> None:
    receiver, _ = gateway
    wrong = Dataset()
    item = Dataset()
    item.add_new(0x00400002, "LO", "tomorrow")
    wrong.ScheduledProcedureStepSequence = [item]
    with association(receiver.port, [(_WORKLIST, _SYNTAX)]) as made:
        assert [int(status.Status) for status, _ in made.send_c_find(wrong, _WORKLIST)] == [0xA900]
        fine = Dataset()
        fine.PatientID = ""
        assert [int(status.Status) for status, _ in made.send_c_find(fine, _WORKLIST)] == [0]


def _begun(study: str, accession: str = "A1") -> Dataset:
    found = Dataset()
    planned = Dataset()
    planned.StudyInstanceUID, planned.AccessionNumber = study, accession
    found.SpecificCharacterSet = "ISO_IR 192"
    found.ScheduledStepAttributesSequence = [planned]
    found.PatientName, found.PatientID = "試験^花子", "0001234"
    found.PerformedProcedureStepID, found.PerformedStationAETitle = "1", "MAMMO1"
    found.PerformedProcedureStepStartDate, found.PerformedProcedureStepStartTime = "20261201", "0935"
    found.PerformedProcedureStepStatus, found.Modality = "IN PROGRESS", "MG"
    found.PerformedSeriesSequence = []
    return found


def _ended(state: str, series: dict[str, int]) -> Dataset:
    found = Dataset()
    found.PerformedProcedureStepStatus = state
    found.PerformedSeriesSequence = []
    for uid, images in series.items():
        made = Dataset()
        made.SeriesInstanceUID = uid
        made.ReferencedImageSequence = []
        for _ in range(images):
            image = Dataset()
            image.ReferencedSOPClassUID, image.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.1.2", generate_uid()
            made.ReferencedImageSequence.append(image)
        found.PerformedSeriesSequence.append(made)
    return found


def test_a_performed_step_moves_the_worklist_and_counts_its_images(
    gateway: tuple[Receiver, int], tmp_path: Path
) -> None:
    """IMG-13: the modality says how many images it made, and the standard's statuses answer what cannot be."""
    receiver, port = gateway
    place(port)
    uid, series = generate_uid(), generate_uid()
    status_key = key("ScheduledProcedureStepStatus")
    with association(receiver.port, [(_PERFORMED, _SYNTAX)]) as made:
        wrong_start = _begun("1.2.392.1.5")
        wrong_start.PerformedProcedureStepStatus = "COMPLETED"
        assert made.send_n_create(wrong_start, _PERFORMED, uid)[0].Status == 0x0106
        lacking = _begun("1.2.392.1.5")
        del lacking.Modality
        assert made.send_n_create(lacking, _PERFORMED, uid)[0].Status == 0x0120
        assert made.send_n_set(_ended("COMPLETED", {series: 4}), _PERFORMED, uid)[0].Status == 0x0112
        assert made.send_n_create(_begun("1.2.392.1.5"), _PERFORMED, uid)[0].Status == 0
        assert made.send_n_create(_begun("1.2.392.1.5"), _PERFORMED, uid)[0].Status == 0x0111
        (found,) = findscu(tmp_path / "found", receiver.port, "AccessionNumber", status_key)
        assert found.ScheduledProcedureStepSequence[0].ScheduledProcedureStepStatus == "STARTED"
        assert made.send_n_set(_ended("DONE", {series: 4}), _PERFORMED, uid)[0].Status == 0x0106
        assert made.send_n_set(_ended("COMPLETED", {}), _PERFORMED, uid)[0].Status == 0x0120
        assert made.send_n_set(_ended("COMPLETED", {series: 4}), _PERFORMED, uid)[0].Status == 0
        late, _ = made.send_n_set(_ended("COMPLETED", {series: 5}), _PERFORMED, uid)
        assert (late.Status, late.ErrorID) == (0x0110, 0xA506)
    assert findscu(tmp_path / "found", receiver.port, "AccessionNumber") == []
    with closing(open_spool(receiver.home)) as spool, spool.database.read() as connection:
        assert gateway_trail.verify(connection).broken_at is None
        (row,) = connection.execute(select(tables.performed_step)).all()
        assert (row.state, row.study_instance_uid, row.scheduled_step_id) == ("completed", "1.2.392.1.5", 1)
        assert row.series == f'{{"{series}": 4}}'
        assert tables.counts(connection).waiting == 1


def test_a_step_without_a_name_is_given_one(gateway: tuple[Receiver, int]) -> None:
    """PS3.7 10.1.5: the instance's UID may be left to the provider."""
    receiver, _ = gateway
    entity = AE(ae_title="MODALITY")
    entity.add_requested_context(_PERFORMED, _SYNTAX)
    made = entity.associate("127.0.0.1", receiver.port, ae_title="DOKUEI")
    status, _ = made.send_n_create(_begun("1.2.3"), _PERFORMED, None)
    assert status.Status == 0
    made.release()
    hang_up(made)
    with closing(open_spool(receiver.home)) as spool, spool.database.read() as connection:
        assert connection.execute(select(tables.performed_step.c.sop_instance_uid)).scalar_one().startswith("2.25.")
