"""``dokuei import``: folders, ZIP files, media with a DICOMDIR, and what is none of these."""

import io
import os
import shutil
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.fileset import FileSet

from dokuei.dicom.admit import Admitted
from dokuei.dicom.oddities import ODDITIES
from dokuei.errors import DiskFullError
from dokuei.gateway import import_media as media
from dokuei.gateway.import_media import Report, import_media
from dokuei.gateway.incoming import Incoming
from dokuei.gateway.pipeline import Pipeline
from dokuei.gateway.pseudonyms import TRUE, Naming
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
    (line,) = _take(spool, tmp_path / "cut.zip").lines
    assert (line.what, line.reason.startswith("a ZIP file that cannot be read")) == ("refused", True)


def _medium(folder: Path) -> list[Path]:
    """Three objects with a DICOMDIR; the files of the objects."""
    medium = FileSet()
    for number in range(3):
        found = make_object(number=number)
        found.StudyID, found.SeriesNumber, found.StudyTime = "1", 1, "101500"
        found.AccessionNumber = ""
        medium.add(found)
    medium.write(folder, use_existing=False)
    medium._stage["t"].cleanup()
    return [file for file in sorted(folder.rglob("*")) if file.is_file() and file.name != "DICOMDIR"]


def test_media_with_a_dicomdir_are_taken_and_what_it_lacks_is_told(spool: Spool, tmp_path: Path) -> None:
    missing = _medium(tmp_path / "cd")[0]
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


def test_what_coding_will_refuse_is_said_while_somebody_waits_and_its_bytes_stay(spool: Spool, tmp_path: Path) -> None:
    found = make_object()
    found.Rows = 0
    found.save_as(tmp_path / "flat.dcm", enforce_file_format=True)
    (line,) = _take(spool, tmp_path / "flat.dcm").lines
    assert (line.what, line.reason.startswith("rows, columns, samples or bits are not above 0")) == ("refused", True)
    Pipeline(spool, threading.Event(), lambda: Naming(TRUE, None)).work_on(spool.claim())
    (entry,) = Quarantine(spool.database, spool.folder).entries()
    assert entry.path is not None
    assert entry.path.read_bytes() == (tmp_path / "flat.dcm").read_bytes()


def _as_nobody(tmp_path: Path, paths: list[Path]) -> "subprocess.CompletedProcess[str]":
    """The command as a user whom file modes bind; root reads everything."""
    if os.geteuid() != 0:
        return _command(tmp_path, *paths)
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not here, and root may read everything")
    return _command(tmp_path, *paths, prefix=["setpriv", "--bounding-set=-all", "--inh-caps=-all"])


def _command(
    tmp_path: Path, *paths: Path, prefix: Sequence[str] = (), language: str = "en"
) -> "subprocess.CompletedProcess[str]":
    open_spool(tmp_path / "home").close()
    command = [*prefix, sys.executable, "-m", "dokuei", "import", *map(str, paths), "--home", str(tmp_path / "home")]
    environment = {**os.environ, "DOKUEI_LANGUAGE": language}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment)


def _rows(done: "subprocess.CompletedProcess[str]") -> list[list[str]]:
    lines = [line for line in done.stdout.splitlines() if "│" in line]
    return [[cell.strip() for cell in line.strip("│┃").split("│")] for line in lines]


def test_what_cannot_be_read_is_told_and_stops_nothing(tmp_path: Path) -> None:
    """One unreadable file among others costs that file, and the command says so at its end."""
    write_objects(tmp_path / "cd" / "a", 3)
    write_objects(tmp_path / "cd" / "locked", 1)
    write_objects(tmp_path / "elsewhere", 1)
    (tmp_path / "cd" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "cd" / "again").symlink_to(tmp_path / "cd" / "a")
    (tmp_path / "cd" / "nowhere.dcm").symlink_to(tmp_path / "gone")
    (tmp_path / "cd" / "a" / "0001.dcm").chmod(0)
    (tmp_path / "cd" / "locked").chmod(0)
    try:
        done = _as_nobody(tmp_path, [tmp_path / "cd"])
    finally:
        (tmp_path / "cd" / "locked").chmod(0o700)
    rows = _rows(done)
    assert ["taken", "2", ""] in rows, done.stdout + done.stderr
    assert ["not taken", "2", "cannot be read: Permission denied: 0001.dcm, locked"] in rows
    assert ["not taken", "1", "a link to a folder: name the folder itself: link"] in rows
    assert ["not taken", "1", "a link that leads to no file: nowhere.dcm"] in rows
    assert done.returncode == 1


def test_a_full_disk_ends_with_the_table_of_what_was_taken_before(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_objects(tmp_path / "cd", 4)
    calls = iter([None, None, DiskFullError("no room left on the disk", phase="receiving")])

    def finish(_incoming: Incoming) -> None:
        if (error := next(calls, None)) is not None:
            raise error

    monkeypatch.setattr(Incoming, "find_dataset", finish)
    report = _take(spool, tmp_path / "cd")
    assert [line.what for line in report.lines] == ["taken", "taken", "not taken", "not taken"]
    assert {line.reason for line in report.lines if line.what == "not taken"} == {"no room left on the disk"}
    assert not report.complete


def test_a_dicomdir_in_a_zip_file_tells_what_is_missing_too(spool: Spool, tmp_path: Path) -> None:
    files = _medium(tmp_path / "cd")
    with zipfile.ZipFile(tmp_path / "cd.zip", "w") as archive:
        for file in [tmp_path / "cd" / "DICOMDIR", *files[1:]]:
            archive.write(file, f"disc/{file.relative_to(tmp_path / 'cd')}")
    report = _take(spool, tmp_path / "cd.zip")
    assert _counts(report) == (2, 0, 1)
    lacking = f"{tmp_path / 'cd.zip'}:disc/{files[0].relative_to(tmp_path / 'cd')}"
    assert report.refused() == {"named in the DICOMDIR and not on the medium": [lacking]}
    assert not report.complete


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


_FACE = "6-odd/pydicom__pydicom-data/data_store/data/OT-PAL-8-face.dcm"
_NAMED = "6-odd-charset/fo-dicom__fo-dicom/Tests/FO-DICOM.Tests/Test_Data/charset/chrJapMulti.dcm"


def test_what_is_odd_about_real_files_is_said_of_those_taken(spool: Spool, test_data: Path) -> None:
    """Each line has the warnings that coding will find; known already and refused ones have none."""
    paths = [test_data / "6-odd", test_data / "6-odd-charset"]
    report = _take(spool, *paths)
    taken = [line for line in report.lines if line.what == "taken"]
    odd = [line.name for line in taken if line.warnings]
    assert str(test_data / _FACE) in odd
    assert len(odd) < len(taken)
    assert [line for line in report.lines if line.warnings and line.what != "taken"] == []
    warned = report.warned()
    assert next(iter(warned)) == "Patient ID is empty"
    assert str(test_data / _NAMED) in warned["the file meta information names another SOP Instance UID"]
    assert set(warned) <= set(ODDITIES)
    assert _take(spool, *paths).warned() == {}


def test_the_table_says_what_is_odd_about_which_files(tmp_path: Path, test_data: Path) -> None:
    open_spool(tmp_path / "home").close()
    (tmp_path / "cd").mkdir()
    for name in (_FACE, _NAMED):
        shutil.copy(test_data / name, tmp_path / "cd")
    done = _command(tmp_path, tmp_path / "cd")
    assert done.returncode == 0, done.stderr
    rows = _rows(done)
    assert ["taken", "2", ""] in rows
    assert ["with a warning", "1", "Study Date is ill-formed: OT-PAL-8-face.dcm"] in rows
    known = _rows(_command(tmp_path, tmp_path / "cd", language="ja"))
    assert ["取り込み済み", "0", ""] in known
    assert ["受信済み", "2", ""] in known


def test_an_object_that_nobody_can_look_at_closer_is_taken(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Path) -> Admitted:
        raise KeyError(24)

    write_objects(tmp_path / "study", 1)
    monkeypatch.setattr(media, "admit", broken)
    assert _counts(_take(spool, tmp_path / "study")) == (1, 0, 0)


def test_the_command_ends_with_a_table(tmp_path: Path) -> None:
    open_spool(tmp_path / "home").close()
    write_objects(tmp_path / "study", 2)
    shutil.copy(next((tmp_path / "study").iterdir()), tmp_path / "study" / "copy.dcm")
    (tmp_path / "study" / "notes.txt").write_bytes(zlib.compress(b"notes"))
    done = _command(tmp_path, tmp_path / "study")
    assert done.returncode == 0, done.stderr
    rows = _rows(done)
    assert ["taken", "2", ""] in rows
    assert ["known already", "1", ""] in rows
    assert ["refused", "1", "not a DICOM object: notes.txt"] in rows
    assert dcmread(next((tmp_path / "home" / "gateway" / "spool").rglob("*.dcm"))).Modality == "MR"
