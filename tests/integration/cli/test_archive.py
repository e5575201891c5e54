"""``dokuei archive`` on a home folder of its own."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from dokuei.cli.archive import archive_app
from dokuei.dicom.intake import intake
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.prepare import open_stores, prepare_hub
from dokuei.settings import read_settings
from dokuei.storage.audit import hub_entries
from tests.makers.archive import GATEWAY, image


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A prepared home with two studies of the site ``kita``."""
    settings = read_settings(tmp_path, environment={})
    prepare_hub(settings)
    stores = open_stores(settings)
    archive = ArchiveService(stores.database, stores.blobs)
    for number, study in enumerate(("1.2.3", "1.2.4"), 1):
        source, target = tmp_path / "source.dcm", tmp_path / "coded.dcm"
        image(study=study, number=number).save_as(source, enforce_file_format=True)
        archive.store_instance("kita", target, intake(source, target), actor=GATEWAY)
    stores.database.close()
    return tmp_path


def run(home: Path, *arguments: str, expected: int = 0) -> str:
    done = CliRunner().invoke(archive_app, [*arguments, "--home", str(home)], env={"DOKUEI_LANGUAGE": "en"})
    assert done.exit_code == expected, done.output
    return done.output


def real(home: Path, *arguments: str) -> str:
    """The program itself, in a process of its own."""
    command = [sys.executable, "-m", "dokuei", *arguments, "--home", str(home)]
    spoken = {**os.environ, "DOKUEI_LANGUAGE": "en"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=spoken)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_a_sound_archive_is_proved_and_a_damaged_one_is_told_with_an_exit_status(home: Path) -> None:
    assert "2 objects proved, 0 wrong" in run(home, "verify")
    damaged = next((home / "hub" / "blobs" / "archive").rglob("*.dcm"))
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    said = run(home, "verify", expected=1)
    assert "1 objects proved, 1 wrong" in said
    assert damaged.name in said


def test_a_lost_database_comes_back_from_the_files_with_a_door_for_every_site(home: Path) -> None:
    """Everything here is the real program: nothing prepares a database for it."""
    for file in (home / "hub").glob("hub.sqlite*"):
        file.unlink()
    assert "0 objects proved, 0 wrong" in real(home, "archive", "verify")
    for file in (home / "hub").glob("hub.sqlite*"):
        file.unlink()
    said = real(home, "archive", "reindex")
    assert "2 files fit the database, 0 wrong" in said
    assert "site kita was in the archive and not in the register: registered" in said
    assert "registered" not in real(home, "archive", "reindex")
    assert "2 objects proved, 0 wrong" in real(home, "archive", "verify")
    assert "kita" in real(home, "site", "list")
    assert real(home, "token", "create", "--scope", "dicomweb").startswith("dokuei_")
    stores = open_stores(read_settings(home, environment={}))
    with stores.database.read() as connection:
        (entry,) = connection.execute(select(hub_entries).where(hub_entries.c.event == "site.added")).all()
    stores.database.close()
    assert (entry.site_id, json.loads(entry.details)["because"]) == ("kita", "found in the archive")


def test_the_records_of_removed_studies_are_listed(home: Path) -> None:
    assert json.loads(run(home, "deletions", "--json")) == []
    run(home, "delete", "1.2.3", "--site", "kita", "--reason", "asked for")
    listed = run(home, "deletions")
    assert "1.2.3" in listed
    assert "asked for" in listed
    (record,) = json.loads(run(home, "deletions", "--json", "--site", "kita"))
    assert (record["study_instance_uid"], record["number_of_instances"]) == ("1.2.3", 1)
    assert record["deleted_by"].startswith("operator:")
    assert datetime.fromisoformat(record["deleted_at"]).tzinfo is not None
    assert json.loads(run(home, "deletions", "--json", "--site", "minami")) == []


def test_studies_are_removed_by_name_and_by_term(home: Path) -> None:
    assert "1 objects" in run(home, "delete", "1.2.3", "--site", "kita", "--reason", "asked for")
    assert "0 studies would go" in run(home, "expire", "--site", "kita", "--keep-days", "1", "--dry-run")
    assert "1 objects proved" in run(home, "verify")
    assert run(home, "quarantine", "--site", "kita")
