import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dokuei.errors import NotFoundError, StorageError
from dokuei.storage import filesystem
from dokuei.storage.filesystem import FilesystemBlobs


@pytest.fixture
def blobs(tmp_path: Path) -> FilesystemBlobs:
    return FilesystemBlobs(tmp_path / "blobs")


def test_what_is_put_comes_back_whole_and_in_ranges(blobs: FilesystemBlobs) -> None:
    blobs.put("archive/a/1.dcm", b"0123456789")
    assert blobs.read("archive/a/1.dcm") == b"0123456789"
    assert blobs.read("archive/a/1.dcm", offset=3, length=4) == b"3456"
    assert list(blobs.keys("archive")) == ["archive/a/1.dcm"]


def test_a_file_is_taken_and_leaves_its_old_place(blobs: FilesystemBlobs, tmp_path: Path) -> None:
    source = tmp_path / "coded.dcm"
    source.write_bytes(b"coded")
    blobs.put_file("archive/b/2.dcm", source)
    assert not source.exists()
    assert blobs.read("archive/b/2.dcm") == b"coded"


def test_every_new_folder_is_made_durable_in_the_one_above_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(filesystem, "fsync_folder", synced.append)
    filesystem.make_folder(tmp_path / "a" / "b" / "c")
    filesystem.make_folder(tmp_path / "a" / "b" / "c")
    assert synced == [tmp_path, tmp_path / "a", tmp_path / "a" / "b"]


def test_deleting_twice_is_no_error(blobs: FilesystemBlobs) -> None:
    blobs.put("x/1", b"1")
    blobs.delete("x/1")
    blobs.delete("x/1")
    assert not blobs.exists("x/1")
    with pytest.raises(NotFoundError):
        blobs.read("x/1")


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "/etc/passwd"])
def test_no_key_leads_out_of_the_store(blobs: FilesystemBlobs, key: str) -> None:
    with pytest.raises(NotFoundError):
        blobs.read(key)


def test_a_key_that_is_taken_keeps_its_bytes(tmp_path: Path) -> None:
    """REC-03: of two who write under one key, neither takes the other's bytes away."""
    blobs = FilesystemBlobs(tmp_path)
    blobs.put("reports/1", b"one")
    blobs.put("reports/1", b"one")
    with pytest.raises(StorageError):
        blobs.put("reports/1", b"other")
    assert blobs.read("reports/1") == b"one"
    blobs.replace("reports/1", b"other")
    assert blobs.read("reports/1") == b"other"
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["1"]


def test_a_folder_goes_with_the_last_file_in_it_and_comes_back_with_the_next(blobs: FilesystemBlobs) -> None:
    blobs.put("manifests/kita/1.2/a", b"1")
    blobs.put("manifests/kita/1.2/b", b"2")
    blobs.delete("manifests/kita/1.2/a")
    assert list(blobs.keys("manifests")) == ["manifests/kita/1.2/b"]
    blobs.delete("manifests/kita/1.2/b")
    assert not (blobs.root / "manifests/kita/1.2").exists()
    assert (blobs.root / "manifests/kita").is_dir()
    blobs.put("manifests/kita/1.2/a", b"3")
    assert blobs.read("manifests/kita/1.2/a") == b"3"


def test_a_folder_that_goes_under_a_writers_hands_loses_nothing(blobs: FilesystemBlobs, tmp_path: Path) -> None:
    stop = threading.Event()

    def come_and_go() -> None:
        while not stop.is_set():
            blobs.put("m/other", b"x")
            blobs.delete("m/other")

    with ThreadPoolExecutor(1) as pool, contextlib.ExitStack() as ends:
        ends.callback(stop.set)
        other = pool.submit(come_and_go)
        for number in range(150):
            blobs.replace("m/mine", str(number).encode())
            assert blobs.read("m/mine") == str(number).encode()
            source = tmp_path / "source"
            source.write_bytes(b"file")
            blobs.put_file("m/file", source)
            blobs.delete("m/mine")
            blobs.delete("m/file")
        stop.set()
        other.result()
