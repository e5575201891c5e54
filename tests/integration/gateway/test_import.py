"""``dokuei import``: folders, ZIP files, media with a DICOMDIR, and what is none of these."""

import io
import shutil
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.fileset import FileSet

from dokuei.gateway.import_media import Report, import_media
from dokuei.gateway.quarantine import Quarantine
from dokuei.gateway.spool import Spool, open_spool
from tests.makers.receiver import make_object, write_objects


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return open_spool(tmp_path / "home")


def _take(spool: Spool, *paths: Path) -> Report:
    return import_media(paths, spool, actor="operator:test")


def _counts(report: Report) -> tuple[int, int, int]:
    return report.count("taken"), report.count("known already"), report.count("refused")


def test_a_folder_is_taken_byte_for_byte_and_known_the_second_time(spool: Spool, tmp_path: Path) -> None:
    sent = write_objects(tmp_path / "cd" / "deep" / "er", 4)
    (tmp_path / "cd" / "autorun.inf").write_text("[autorun]\nopen=viewer.exe\n" * 20)
    assert _counts(_take(spool, tmp_path / "cd")) == (4, 0, 1)
    again = _take(spool, tmp_path / "cd")
    assert _counts(again) == (0, 4, 1)
    assert list(again.refused()) == ["not a DICOM object"]
    for uid, file in zip(sent, sorted((tmp_path / "cd" / "deep" / "er").iterdir()), strict=True):
        found = spool.find(uid)
        assert found is not None
        assert found.path.read_bytes() == file.read_bytes()
    assert Quarantine(spool.database, spool.folder).entries() == []


def test_a_zip_file_is_taken_and_what_hides_in_it_is_refused(spool: Spool, tmp_path: Path) -> None:
    write_objects(tmp_path / "study", 3)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("x", b"x")
    with zipfile.ZipFile(tmp_path / "study.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted((tmp_path / "study").iterdir()):
            archive.write(file, f"../../outside/{file.name}")
        archive.writestr("inner.zip", inner.getvalue())
        archive.writestr("readme.txt", "nothing")
    report = _take(spool, tmp_path / "study.zip")
    assert _counts(report) == (3, 0, 2)
    assert set(report.refused()) == {"a ZIP file inside another: unpack it first", "not a DICOM object"}
    assert not (tmp_path.parent / "outside").exists()


def test_a_zip_bomb_is_refused_before_it_unfolds(spool: Spool, tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a", "w", force_zip64=True) as entry,
    ):
        for _ in range(128):
            entry.write(bytes(1 << 20))
    report = _take(spool, tmp_path / "bomb.zip")
    assert list(report.refused()) == ["a ZIP file that unfolds beyond reason"]


def test_a_damaged_zip_file_and_a_damaged_entry_are_refused(spool: Spool, tmp_path: Path) -> None:
    write_objects(tmp_path / "study", 2)
    files = sorted((tmp_path / "study").iterdir())
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            archive.write(file, file.name)
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[5000] ^= 0xFF  # inside the first entry's pixels
    (tmp_path / "a.zip").write_bytes(data)
    report = _take(spool, tmp_path / "a.zip")
    assert _counts(report) == (1, 0, 1)
    assert list(report.refused()) == ["cannot be read: BadZipFile"]
    (tmp_path / "cut.zip").write_bytes(bytes(data[:3000]))
    assert _counts(_take(spool, tmp_path / "cut.zip")) == (0, 0, 1)


def test_media_with_a_dicomdir_are_taken_and_what_it_lacks_is_told(spool: Spool, tmp_path: Path) -> None:
    medium = FileSet()
    for number in range(3):
        found = make_object(number=number)
        found.StudyID, found.SeriesNumber, found.StudyTime = "1", 1, "101500"
        found.AccessionNumber = ""
        medium.add(found)
    medium.write(tmp_path / "cd", use_existing=False)
    medium._stage["t"].cleanup()
    missing = next(file for file in (tmp_path / "cd").rglob("*") if file.is_file() and file.name != "DICOMDIR")
    missing.unlink()
    report = _take(spool, tmp_path / "cd" / "DICOMDIR")
    assert _counts(report) == (2, 0, 1)
    assert list(report.refused()) == ["named in the DICOMDIR and not on the medium"]
    assert report.refused()["named in the DICOMDIR and not on the medium"] == [str(missing)]


def test_an_object_without_meta_header_is_taken_and_a_cut_off_one_is_not(spool: Spool, tmp_path: Path) -> None:
    found = make_object()
    found.save_as(tmp_path / "whole.dcm", enforce_file_format=True)
    whole = (tmp_path / "whole.dcm").read_bytes()
    dataset = whole[whole.index(b"\x08\x00\x05\x00CS") :]
    (tmp_path / "bare.dcm").write_bytes(dataset)
    (tmp_path / "cut.dcm").write_bytes(whole[:-500])
    report = _take(spool, tmp_path / "bare.dcm", tmp_path / "nowhere")
    assert _counts(report) == (1, 0, 1)
    taken = spool.find(str(found.SOPInstanceUID))
    assert taken is not None
    assert taken.transfer_syntax_uid == "1.2.840.10008.1.2.1"
    cut = _take(spool, tmp_path / "cut.dcm")
    assert [line.reason for line in cut.lines] == ["(7FE0,0010) says it has 8192 bytes and 7692 are there"]


def test_odd_real_files_are_taken_or_refused_with_a_reason(spool: Spool, test_data: Path) -> None:
    """Every file has an outcome and every refusal a reason; nothing hangs."""
    report = _take(spool, test_data / "6-odd", test_data / "6-odd-charset", test_data / "7-ts")
    files = [
        file for part in ("6-odd", "6-odd-charset", "7-ts") for file in (test_data / part).rglob("*") if file.is_file()
    ]
    assert len(report.lines) >= len([file for file in files if file.name != "DICOMDIR"])
    assert all(line.reason for line in report.lines if line.what == "refused")
    assert report.count("taken") > 30
    assert not list((spool.folder / ".incoming").iterdir())


def test_the_command_ends_with_a_table(tmp_path: Path) -> None:
    open_spool(tmp_path / "home").close()
    write_objects(tmp_path / "study", 2)
    shutil.copy(next((tmp_path / "study").iterdir()), tmp_path / "study" / "copy.dcm")
    (tmp_path / "study" / "notes.txt").write_bytes(zlib.compress(b"notes"))
    done = subprocess.run(
        [sys.executable, "-m", "dokuei", "import", str(tmp_path / "study"), "--home", str(tmp_path / "home")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    rows = [[cell.strip() for cell in line.strip("│┃").split("│")] for line in done.stdout.splitlines() if "│" in line]
    assert ["taken", "2", ""] in rows
    assert ["known already", "1", ""] in rows
    assert ["refused", "1", "not a DICOM object: notes.txt"] in rows
    assert dcmread(next((tmp_path / "home" / "gateway" / "spool").rglob("*.dcm"))).Modality == "MR"
