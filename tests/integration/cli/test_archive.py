"""``dokuei archive`` on a home folder of its own."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dokuei.cli.archive import archive_app
from dokuei.dicom.intake import intake
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.prepare import open_stores, prepare_hub
from dokuei.settings import read_settings
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
    done = CliRunner().invoke(archive_app, [*arguments, "--home", str(home)])
    assert done.exit_code == expected, done.output
    return done.output


def test_a_sound_archive_is_proved_and_a_damaged_one_is_told_with_an_exit_status(home: Path) -> None:
    assert "2 objects proved, 0 wrong" in run(home, "verify")
    damaged = next((home / "hub" / "blobs" / "archive").rglob("*.dcm"))
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    said = run(home, "verify", expected=1)
    assert "1 objects proved, 1 wrong" in said
    assert damaged.name in said


def test_a_lost_database_comes_back_from_the_files(home: Path) -> None:
    for file in (home / "hub").glob("hub.sqlite*"):
        file.unlink()
    prepare_hub(read_settings(home, environment={}))
    assert "2 files fit the database, 0 wrong" in run(home, "reindex")
    assert "2 objects proved, 0 wrong" in run(home, "verify")


def test_studies_are_removed_by_name_and_by_term(home: Path) -> None:
    assert "1 objects" in run(home, "delete", "1.2.3", "--site", "kita", "--reason", "asked for")
    assert "0 studies would go" in run(home, "expire", "--site", "kita", "--keep-days", "1", "--dry-run")
    assert "1 objects proved" in run(home, "verify")
    assert run(home, "quarantine", "--site", "kita")
