"""What coding does when something breaks: the object, the process, the database."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pydicom
import pytest
from sqlalchemy.exc import OperationalError

from dokuei.dicom.admit import admit
from dokuei.dicom.deidentify import Deidentification
from dokuei.dicom.intake import TakenIn
from dokuei.dicom.oddities import ODDITIES
from dokuei.dicom.profile import Profile
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.errors import DokueiError, StorageError
from dokuei.gateway import code_apart, pipeline
from dokuei.gateway.pipeline import Pipeline
from dokuei.gateway.pseudonyms import TRUE, Naming
from dokuei.gateway.quarantine import Quarantine
from dokuei.gateway.retry import retry
from dokuei.gateway.spool import Coded, Received, Spool, State, open_spool
from tests.makers.gateway_worker import add_received
from tests.makers.objects import SOP, STUDY, image, noise, save


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """A queue with one object in it."""
    add_received(tmp_path / "home", [save(tmp_path / "a.dcm", image(noise((8, 9))))])
    with closing(open_spool(tmp_path / "home")) as opened:
        yield opened


def _pipeline(spool: Spool) -> Pipeline:
    return Pipeline(spool, threading.Event(), lambda: Naming(TRUE, None))


def _take(spool: Spool) -> Received:
    (item,) = spool.claim()
    return item


def _one(spool: Spool) -> Received:
    item = spool.find(SOP)
    assert item is not None
    return item


def _died_with_it(spool: Spool, times: int) -> None:
    for _ in range(times):
        spool.release_claims([_take(spool).id])


@pytest.mark.parametrize("crashes", [1, 2, 50])
def test_a_worker_that_is_killed_on_purpose_marks_nothing(crashes: int, spool: Spool) -> None:
    _died_with_it(spool, crashes)
    _pipeline(spool).work_on([_take(spool)])
    found = _one(spool)
    assert (found.state, found.broke) == (State.CODED, 0)
    assert found.coded is not None
    assert found.coded.proof == "proved"


@pytest.mark.parametrize(("always", "state"), [(False, State.CODED), (True, State.REFUSED)])
def test_an_object_that_kills_whoever_codes_it_is_kept_as_it_came(
    always: bool,  # noqa: FBT001 - a case
    state: State,
    spool: Spool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And where even keeping it kills, it is refused with its bytes: nothing holds up the queue."""
    program = tmp_path / "deadly.py"
    program.write_text(
        "import os, signal, sys\n"
        "from dokuei.gateway.code_apart import main\n"
        f"if {always} or not sys.argv[4]:\n"
        "    os.kill(os.getpid(), signal.SIGSEGV)\n"
        "main(*sys.argv[1:])\n"
    )
    monkeypatch.setattr(code_apart, "PROGRAM", (str(program),))
    _died_with_it(spool, 2)
    _pipeline(spool).work_on([_take(spool)])
    found = _one(spool)
    assert found.state == state
    assert found.path.exists()
    if found.coded is not None:
        assert (found.coded.proof, found.coded.reason) == ("kept", "its decoder broke")
    else:
        assert [entry.code for entry in Quarantine(spool.database, spool.folder).entries()] == ["refused-object"]


def test_a_refusal_apart_is_the_same_refusal(spool: Spool) -> None:
    _one(spool).path.write_bytes(b"no DICOM at all" * 100)
    _died_with_it(spool, 2)
    _pipeline(spool).work_on([_take(spool)])
    assert (_one(spool).state, _one(spool).error_code) == (State.REFUSED, "not-dicom")


def _under(profile: Profile) -> Naming:
    return Naming(f"pseudonym {profile}", Deidentification(profile, Pseudonyms(b"k" * 32)))


def test_an_object_coded_apart_has_the_same_pseudonym(spool: Spool) -> None:
    """JRS-11: the process of its own is told the key, and by no argument of its command."""
    naming = _under(Profile(dates="shift"))
    item = _take(spool)
    here = Pipeline(spool, threading.Event(), lambda: naming).code(item, naming)
    spool.release_claims()
    _died_with_it(spool, 2)
    Pipeline(spool, threading.Event(), lambda: naming).work_on([_take(spool)])
    assert _one(spool).coded == here.coded
    assert here.coded.sop_instance_uid == Pseudonyms(b"k" * 32).uid(SOP)


_GH355 = "6-odd/fo-dicom__fo-dicom/Tests/FO-DICOM.Benchmark/Data/GH355.dcm"
_FACE = "6-odd/pydicom__pydicom-data/data_store/data/OT-PAL-8-face.dcm"


@pytest.mark.parametrize("crashes", [0, 2])
def test_what_is_odd_about_a_real_object_is_kept_with_it(crashes: int, tmp_path: Path, test_data: Path) -> None:
    """Also where it is coded in a process of its own."""
    file = test_data / _GH355
    add_received(tmp_path / "home", [file])
    with closing(open_spool(tmp_path / "home")) as spool:
        _died_with_it(spool, crashes)
        item = _take(spool)
        assert item.warnings == (), "nobody has looked yet"
        _pipeline(spool).work_on([item])
        found = spool.find(item.sop_instance_uid)
        assert found is not None
        assert found.state == State.CODED
        assert found.warnings == admit(file).warnings
        assert found.warnings[:2] == ("Patient ID is empty", "Study Date is ill-formed")


def test_a_study_tells_how_many_of_its_objects_are_odd_and_each_sentence_once(tmp_path: Path, test_data: Path) -> None:
    """From the most frequent one to the least; an object that is as it should be is not counted."""
    study = "1.2.826.0.1.3680043.8.498.7"
    files = []
    for number, source in enumerate((_GH355, _FACE)):
        made = pydicom.dcmread(test_data / source, force=True)
        made.StudyInstanceUID = study
        files.append(tmp_path / f"{number}.dcm")
        made.save_as(files[-1], enforce_file_format=True)
    files.append(save(tmp_path / "a.dcm", image(noise((8, 9)), StudyInstanceUID=study)))
    files.append(save(tmp_path / "b.dcm", image(noise((8, 9)), SOPInstanceUID="1.2.4", PatientID="")))
    add_received(tmp_path / "home", files)
    with closing(open_spool(tmp_path / "home")) as spool:
        while items := spool.claim():
            _pipeline(spool).work_on(items)
        told = {one.study_instance_uid: one for one in spool.studies()}
        assert (told[study].instances, told[study].warned_instances) == (3, 2)
        assert told[study].warnings[:3] == (
            "Patient ID is empty",
            "Study Date is ill-formed",
            "Study Time is ill-formed",
        )
        assert sorted(told[study].warnings[3:]) == list(told[study].warnings[3:]), "the rarer ones, by name"
        assert set(told[study].warnings) <= set(ODDITIES)
        (other,) = [one for uid, one in told.items() if uid != study]
        assert (other.warned_instances, sorted(other.warnings)) == (1, sorted(admit(files[-1]).warnings))


def test_another_choice_codes_what_waits_anew(spool: Spool) -> None:
    """An option, the mode or the key: what the hub has not got yet follows, and what was made before is gone."""
    naming = _under(Profile())
    Pipeline(spool, threading.Event(), lambda: naming).work_on([_take(spool)])
    before = _one(spool)
    assert spool.code_anew(naming.label) == 0
    changed = _under(Profile(descriptors=False))
    assert spool.code_anew(changed.label) == 1
    assert before.coded_path is not None
    assert not before.coded_path.exists()
    Pipeline(spool, threading.Event(), lambda: changed).work_on([_take(spool)])
    after = _one(spool)
    assert after.state == State.CODED
    assert after.coded != before.coded
    spool.mark_proved([SOP])
    assert spool.code_anew(TRUE) == 0, "what the hub has stays as it is"


def _due(spool: Spool) -> None:
    with sqlite3.connect(spool.folder / "gateway.sqlite") as connection:
        connection.execute("update received_object set not_before = null")
    connection.close()


def test_what_nobody_foresaw_is_put_before_staff_in_the_end(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> TakenIn:
        raise KeyError(24)

    monkeypatch.setattr(pipeline, "take_in", broken)
    monkeypatch.setattr(pipeline, "code_apart", broken)
    for attempt in range(1, 4):
        assert _one(spool).state == State.RECEIVED, attempt
        _pipeline(spool).work_on([_take(spool)])
        _due(spool)
    found = _one(spool)
    assert found.state == State.REFUSED
    assert "KeyError" in found.error
    assert found.path.exists()
    monkeypatch.undo()
    (entry,) = Quarantine(spool.database, spool.folder).entries()
    retry(spool, entry.id, actor="test")
    _pipeline(spool).work_on([_take(spool)])
    assert _one(spool).state == State.CODED


def test_what_passes_is_tried_for_ever(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> TakenIn:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(pipeline, "take_in", away)
    for _ in range(6):
        _pipeline(spool).work_on([_take(spool)])
        assert (_one(spool).state, _one(spool).error_code) == (State.RECEIVED, "storage")
        _due(spool)


@dataclass(frozen=True)
class _FullDatabase(Spool):
    """A queue whose database takes no mark so many times."""

    failures: list[str] = field(default_factory=list)

    def _fail(self) -> None:
        if self.failures:
            self.failures.pop()
            raise OperationalError("UPDATE", {}, sqlite3.OperationalError("database or disk is full"))

    def mark_coded(self, made: Sequence[Coded]) -> None:
        self._fail()
        super().mark_coded(made)

    def put_back(self, sop_instance_uid: str, error: DokueiError, *, unforeseen: bool = False) -> None:
        self._fail()
        super().put_back(sop_instance_uid, error, unforeseen=unforeseen)

    def mark_refused(self, sop_instance_uid: str, error: DokueiError) -> None:
        self._fail()
        super().mark_refused(sop_instance_uid, error)


def _full(spool: Spool, times: int = 2) -> _FullDatabase:
    return _FullDatabase(spool.database, spool.folder, ["full"] * times)


def test_a_full_database_loses_no_claim(spool: Spool) -> None:
    _pipeline(_full(spool)).work_on([_take(spool)])
    assert _one(spool).state == State.CODED


def test_a_full_database_loses_no_refusal(spool: Spool) -> None:
    _one(spool).path.write_bytes(b"no DICOM at all" * 100)
    _pipeline(_full(spool)).work_on([_take(spool)])
    assert _one(spool).state == State.REFUSED


def test_a_full_database_loses_nothing_that_is_put_back(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> TakenIn:
        raise StorageError("not now", phase="coding")

    monkeypatch.setattr(pipeline, "take_in", away)
    _pipeline(_full(spool)).work_on([_take(spool)])
    assert (_one(spool).state, _one(spool).error_code) == (State.RECEIVED, "storage")


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Spool]:
    """A queue with eleven objects, the fourth of them large."""
    files = []
    for number in range(11):
        pixels = noise((900, 900) if number == 3 else (8, 9))
        files.append(save(tmp_path / f"{number}.dcm", image(pixels, SOPInstanceUID=f"1.2.3.{number}")))
    add_received(tmp_path / "home", files)
    with closing(open_spool(tmp_path / "home")) as opened:
        yield opened


def test_small_objects_are_claimed_together_and_large_ones_alone(many: Spool) -> None:
    claimed = [[item.sop_instance_uid for item in many.claim(8, bytes_at_most=1 << 20)] for _ in range(3)]
    names = [f"1.2.3.{number}" for number in range(11)]
    assert claimed == [names[:3], names[3:4], names[4:]]
    assert many.claim(8) == []


def test_what_was_not_at_hand_when_the_worker_died_is_no_suspect(many: Spool) -> None:
    first, *_ = many.claim(3, bytes_at_most=1 << 20)
    folder = many.folder / "coded"
    folder.mkdir()
    (folder / f".coding-{first.id}.dcm").touch()
    assert many.release_claims(pipeline.sweep(folder)) == 3
    assert [item.broke for item in many.claim(3, bytes_at_most=1 << 20)] == [1, 0, 0]
    assert list(folder.iterdir()) == []


def test_all_of_them_are_coded_and_marked(many: Spool) -> None:
    _pipeline(many).work_on(many.claim(8, bytes_at_most=8 << 20))
    states = [item.state for item in many.objects(STUDY)]
    assert states == [State.CODED] * 8 + [State.RECEIVED] * 3


def test_one_that_breaks_holds_back_none_of_those_claimed_with_it(many: Spool) -> None:
    items = many.claim(3, bytes_at_most=1 << 20)
    items[1].path.write_bytes(b"no DICOM at all" * 100)
    _pipeline(many).work_on(items)
    states = [item.state for item in many.objects(STUDY)]
    assert states[:3] == [State.CODED, State.REFUSED, State.CODED]


def test_a_stop_does_not_wait_for_a_full_database(spool: Spool) -> None:
    working = _pipeline(_full(spool, 1000))
    working.stop.set()
    working.work_on([_take(spool)])
    assert _one(spool).state == State.CODING
    assert spool.release_claims() == 1
