"""What was refused and kept: staff sees it with its reason, and can settle it so that the study goes on."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from dokuei.errors import NotFoundError, OtherContentError, UnsupportedError
from dokuei.gateway.keep import Keeper
from dokuei.gateway.look import Origin
from dokuei.gateway.quarantine import Entry, Quarantine
from dokuei.gateway.retry import retry
from dokuei.gateway.spool import Spool, State, open_spool
from dokuei.gateway.status import gateway_status
from dokuei.settings import read_settings
from tests.makers.receiver import make_object

_BAD = UnsupportedError("decoders disagree", phase="coding", remedy="ask its maker")
_ME = "operator:test"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def spool(home: Path) -> Iterator[Spool]:
    found = open_spool(home)
    yield found
    found.close()


def _give(spool: Spool, found: Dataset, *, cut: int = 0) -> None:
    file = spool.folder / "given.dcm"
    found.save_as(file, enforce_file_format=True)
    with Keeper(spool) as keeper:
        incoming = keeper.begin()
        data = file.read_bytes()
        incoming.write(data[: len(data) - cut])
        incoming.finish()
        incoming.find_dataset()
        keeper.keep(incoming, Origin(sending_ae="MAMMO"))


def _refused_at_coding(spool: Spool) -> tuple[Dataset, Entry]:
    found = make_object()
    _give(spool, found)
    spool.mark_refused(str(found.SOPInstanceUID), _BAD)
    (entry,) = Quarantine(spool.database, spool.folder).entries()
    return found, entry


def _refused_at_the_door(spool: Spool) -> tuple[Dataset, Entry]:
    found = make_object()
    _give(spool, found)
    found.PatientID = "T2"
    with pytest.raises(OtherContentError):
        _give(spool, found)
    (entry,) = Quarantine(spool.database, spool.folder).entries()
    return found, entry


def _command(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "dokuei", "gateway", *arguments, "--home", str(home)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "COLUMNS": "300"},
    )


def _events(spool: Spool) -> list[tuple[str, str]]:
    with spool.database.read() as connection:
        rows = connection.exec_driver_sql("select event, actor from audit_entry order by sequence").all()
    return [(row.event, row.actor) for row in rows]


def _state(spool: Spool, found: Dataset) -> str:
    study = spool.study_state(str(found.StudyInstanceUID))
    return study.state if study else "unknown"


def test_the_studys_row_says_why_and_what_to_do(spool: Spool, home: Path) -> None:
    for refused in (_refused_at_coding, _refused_at_the_door):
        found, entry = refused(spool)
        status = gateway_status(read_settings(home, environment={}))
        (line,) = [s for s in status.studies if s.report.study_instance_uid == found.StudyInstanceUID]
        assert line.report.state == "problem"
        assert (line.report.error, line.report.remedy) == (entry.reason, entry.remedy)
        assert entry.reason
        assert entry.remedy
        Quarantine(spool.database, spool.folder).resolve(entry.id, actor=_ME, resolution="discarded")


def test_what_no_study_knows_is_told_by_the_status(spool: Spool, home: Path) -> None:
    with pytest.raises(Exception, match="8192 bytes"):
        _give(spool, make_object(), cut=1000)
    said = json.loads(_command(home, "status", "--json").stdout)
    assert said["studies"] == []
    assert said["quarantine"]["open"] == 1
    (entry,) = said["quarantine"]["entries"]
    assert (entry["code"], entry["sending_ae"]) == ("truncated", "MAMMO")
    assert "8192 bytes" in entry["reason"]
    table = _command(home, "status").stdout
    assert "隔離 1件" in table
    assert "dokuei gateway quarantine" in table


@pytest.mark.parametrize("resolution", ["discarded", "settled"])
def test_a_study_goes_on_once_an_object_that_coding_refused_is_settled(spool: Spool, resolution: str) -> None:
    found, entry = _refused_at_coding(spool)
    other = make_object(study=str(found.StudyInstanceUID), number=2)
    _give(spool, other)
    assert _state(spool, found) == "problem"
    quarantine = Quarantine(spool.database, spool.folder)
    quarantine.resolve(entry.id, actor=_ME, resolution=resolution)  # type: ignore[arg-type]  # one of the literals
    assert _state(spool, found) == "received"
    study = spool.study_state(str(found.StudyInstanceUID))
    assert study is not None
    assert study.instances == 1
    assert entry.path is not None
    assert not entry.path.exists(), "nothing of it stays in the queue"
    assert quarantine.path(entry.suspect.sha256).exists() == (resolution == "settled")
    assert quarantine.entries() == []
    assert (f"quarantine.{resolution}", _ME) in _events(spool)
    with pytest.raises(NotFoundError):
        quarantine.resolve(entry.id, actor=_ME, resolution="discarded")


def test_discarding_other_content_leaves_the_first_object_alone(spool: Spool) -> None:
    found, entry = _refused_at_the_door(spool)
    Quarantine(spool.database, spool.folder).resolve(entry.id, actor=_ME, resolution="discarded")
    assert entry.path is not None
    assert not entry.path.exists()
    kept = spool.find(str(found.SOPInstanceUID))
    assert kept is not None
    assert kept.path.exists()
    assert _state(spool, found) == "received"


def test_a_retry_gives_an_object_back_to_coding_which_may_refuse_it_again(spool: Spool) -> None:
    found, entry = _refused_at_coding(spool)
    retry(spool, entry.id, actor=_ME)
    assert _state(spool, found) == "received"
    (item,) = spool.claim()
    assert (item.sop_instance_uid, item.attempts, item.error) == (found.SOPInstanceUID, 0, "")
    spool.mark_refused(item.sop_instance_uid, _BAD)
    (again,) = Quarantine(spool.database, spool.folder).entries()
    assert (again.id, again.times) == (entry.id, 2)


def test_a_retry_goes_through_the_door_and_stays_open_where_that_refuses(spool: Spool) -> None:
    found, entry = _refused_at_the_door(spool)
    with pytest.raises(OtherContentError):
        retry(spool, entry.id, actor=_ME)
    quarantine = Quarantine(spool.database, spool.folder)
    assert [(one.id, one.times) for one in quarantine.entries()] == [(entry.id, 2)]
    spool.mark_refused(str(found.SOPInstanceUID), _BAD)
    first = next(one for one in quarantine.entries() if one.id != entry.id)
    quarantine.resolve(first.id, actor=_ME, resolution="discarded")
    retry(spool, entry.id, actor=_ME)
    taken = spool.find(str(found.SOPInstanceUID))
    assert taken is not None
    assert (taken.sha256, taken.state, taken.sending_ae) == (entry.suspect.sha256, State.RECEIVED, "MAMMO")
    assert taken.path.exists()
    assert quarantine.entries() == []
    assert not quarantine.path(taken.sha256).exists()


def test_the_corrected_form_of_a_refused_object_settles_its_entry(spool: Spool) -> None:
    found, _ = _refused_at_coding(spool)
    found.PatientID = "T2"
    _give(spool, found)
    assert _state(spool, found) == "received"


def test_the_commands_list_show_and_settle(spool: Spool, home: Path) -> None:
    found, entry = _refused_at_coding(spool)
    listed = json.loads(_command(home, "quarantine", "--json").stdout)
    assert [(one["id"], one["reason"], one["remedy"]) for one in listed] == [(entry.id, entry.reason, entry.remedy)]
    assert "decoders disagree" in _command(home, "quarantine").stdout
    shown = _command(home, "quarantine", "show", str(entry.id)).stdout
    assert str(entry.path) in shown
    assert str(found.PatientName) not in shown
    done = _command(home, "quarantine", "keep", str(entry.id))
    assert (done.returncode, done.stdout.strip()) == (0, f"隔離 {entry.id}: 隔離フォルダに残して処理済みにしました")
    assert json.loads(_command(home, "quarantine", "--json").stdout) == []
    assert len(json.loads(_command(home, "quarantine", "--json", "--all").stdout)) == 1
    again = _command(home, "quarantine", "discard", str(entry.id))
    assert again.returncode == 1
    assert "no such open entry" in again.stderr
    (event, actor) = _events(spool)[-1]
    assert event == "quarantine.settled"
    assert actor.startswith("operator:")
