"""What was acknowledged is there: after SIGKILL, on a full disk, with large objects; fsync comes before each answer."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.uid import generate_uid

from dokuei.clock import now
from dokuei.errors import StorageError
from dokuei.gateway.recover import recover
from dokuei.gateway.same import _aside
from dokuei.gateway.spool import State
from tests.makers.modality import association, send
from tests.makers.receiver import MR, Receiver, make_object, running_receiver, write_objects

_EXPLICIT = "1.2.840.10008.1.2.1"


def _acknowledged(said: str, files: list[Path]) -> list[str]:
    """SOP Instance UIDs of the files for which storescu saw a success."""
    taken: list[str] = []
    current = ""
    for line in said.splitlines():
        if found := re.search(r"Sending file: (.*)", line):
            current = found[1].strip()
        elif "Received Store Response (Success)" in line:
            taken.append(str(dcmread(current, stop_before_pixels=True).SOPInstanceUID))
    assert len(taken) <= len(files)
    return taken


@pytest.mark.peer
@pytest.mark.usefixtures("dcmtk")
@pytest.mark.parametrize("after", [0.15, 0.4, 0.8])
def test_after_sigkill_in_the_middle_every_acknowledged_object_is_there_once(tmp_path: Path, after: float) -> None:
    """Three moments of death; the sender then repeats everything, and nothing is there twice."""
    sent = write_objects(tmp_path / "study", 150, rows=256)
    files = sorted((tmp_path / "study").iterdir())
    receiver = Receiver(tmp_path / "home")
    receiver.start()
    command = ["storescu", "-v", "-aec", "DOKUEI", "+sd", "localhost", str(receiver.port), str(tmp_path / "study")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as sender:
        _until_some_are_taken(receiver)
        time.sleep(after)
        receiver.kill()
        said, _ = sender.communicate(timeout=60)
    taken = _acknowledged(said, files)
    receiver.start()
    try:
        with receiver.spool() as spool:
            (study,) = spool.studies()
            assert all(spool.find(uid) for uid in taken)
            assert len(taken) <= study.instances <= len(taken) + 1, "at most the one whose answer was cut off"
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0
        with receiver.spool() as spool:
            assert all(spool.find(uid) for uid in sent)
        assert len(list((receiver.home / "gateway" / "spool").rglob("*.dcm"))) == len(sent)
    finally:
        receiver.stop()


def _until_some_are_taken(receiver: Receiver) -> None:
    deadline = time.monotonic() + 30
    while not any((receiver.home / "gateway" / "spool").rglob("*.dcm")):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_files_without_rows_are_entered_torn_ones_go_and_lost_ones_are_told(tmp_path: Path) -> None:
    """As after a power cut: rows may be gone (they are not fsynced), files may be torn (if never acknowledged)."""
    write_objects(tmp_path / "study", 3)
    files = sorted((tmp_path / "study").iterdir())
    with running_receiver(tmp_path / "home") as receiver:
        send(receiver.port, *files, calling="MAMMO")
    with receiver.spool() as spool:
        kept = [spool.find(str(dcmread(file).SOPInstanceUID)) for file in files]
        assert kept[0] is not None
        assert kept[1] is not None
        assert kept[2] is not None
        with spool.database.begin() as connection:
            connection.exec_driver_sql("delete from received_object where id in (?, ?)", (kept[0].id, kept[1].id))
        torn = kept[1].path.read_bytes()[:-100]
        kept[1].path.write_bytes(torn)
        kept[2].path.unlink()
        (spool.folder / ".incoming" / "1-1.part").write_bytes(b"half an object")
        (spool.folder / ".incoming" / "1-2.whole").write_bytes(b"half a replacement")
        (spool.folder / ".incoming" / "tmpdead").mkdir()
        (spool.folder / ".incoming" / "tmpdead" / "coded.dcm").write_bytes(b"half a comparison")
        with _aside(spool.folder) as living:
            found = recover(spool)
            assert list((spool.folder / ".incoming").iterdir()) == [living]
        assert (found.entered, found.torn, found.unfinished, found.lost) == (1, 1, 3, 1)
        again = spool.find(kept[0].sop_instance_uid)
        assert again is not None
        assert (again.sha256, again.sending_ae, again.state) == (kept[0].sha256, "MAMMO", State.RECEIVED)
        assert abs((again.received_at - kept[0].received_at).total_seconds()) < 5
        assert spool.find(kept[1].sop_instance_uid) is None
        assert not kept[1].path.exists()
        lost = spool.find(kept[2].sop_instance_uid)
        assert lost is not None
        assert lost.state is State.REFUSED
        assert recover(spool).entered == 0
    with running_receiver(tmp_path / "home") as receiver:
        assert [status.Status for status in send(receiver.port, *files)] == [0, 0, 0]
        with receiver.spool() as spool:
            lost = spool.find(kept[2].sop_instance_uid)
            assert lost is not None
            assert lost.state is State.RECEIVED
            assert lost.path.exists()


@contextmanager
def _small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.mark.skipif(shutil.which("mount") is None, reason="mount is not here")
def test_on_a_full_disk_the_sender_is_told_nothing_taken_is_lost_and_intake_recovers(tmp_path: Path) -> None:
    write_objects(tmp_path / "study", 16, rows=1024)  # 2 MB each
    files = sorted((tmp_path / "study").iterdir())
    with (
        _small_disk(tmp_path / "disk", 24),
        running_receiver(tmp_path / "disk" / "home", {"DOKUEI_GATEWAY__KEEP_FREE_MB": "0"}) as receiver,
    ):
        statuses = [status.Status for status in send(receiver.port, *files)]
        assert set(statuses) == {0x0000, 0xA700}
        taken = [file for file, status in zip(files, statuses, strict=True) if status == 0]
        with receiver.spool() as spool:
            for file in taken:
                found = spool.find(str(dcmread(file).SOPInstanceUID))
                assert found is not None
                assert dcmread(found.path).PixelData == dcmread(file).PixelData
        assert not list((receiver.home / "gateway" / ".incoming").iterdir())
        with receiver.spool() as spool:  # the hub has proved them, so they may go
            for file in taken:
                spool.mark_forwarded([str(dcmread(file).SOPInstanceUID)])
            with spool.database.begin() as connection:
                connection.exec_driver_sql("update received_object set state = ?", (State.PROVED.value,))
            spool.purge(keep_originals=False)
        rest = files[len(taken) : len(taken) + 5]
        assert [status.Status for status in send(receiver.port, *rest)] == [0] * len(rest)


def test_below_the_room_that_coding_needs_senders_wait(tmp_path: Path) -> None:
    free_mb = shutil.disk_usage(tmp_path).free >> 20
    file = tmp_path / "a.dcm"
    make_object().save_as(file, enforce_file_format=True)
    with running_receiver(tmp_path / "home", {"DOKUEI_GATEWAY__KEEP_FREE_MB": str(free_mb * 2)}) as receiver:
        (status,) = send(receiver.port, file)
    assert status.Status == 0xA700
    assert "less room" in status.ErrorComment


@pytest.mark.peer
@pytest.mark.usefixtures("dcmtk")
def test_a_large_object_needs_no_memory_of_its_own(receiver: Receiver, tmp_path: Path) -> None:
    """A 400 MB multi-frame object: the acceptors' anonymous memory grows by less than 40 MB."""
    file = tmp_path / "large.dcm"
    make_object(rows=1024, frames=200).save_as(file, enforce_file_format=True)
    before = max(_anonymous_mb(pid) for pid in receiver.acceptors)
    command = ["storescu", "-aec", "DOKUEI", "localhost", str(receiver.port), str(file)]
    most = before
    with subprocess.Popen(command, env={**os.environ, "TCP_NODELAY": "1"}) as sender:
        while sender.poll() is None:
            most = max(most, *(_anonymous_mb(pid) for pid in receiver.acceptors))
            time.sleep(0.02)
    assert sender.returncode == 0
    assert most - before < 40
    with receiver.spool() as spool:
        (study,) = spool.studies()
    assert study.bytes > 400 << 20


def _anonymous_mb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) >> 10  # type: ignore[index]


@pytest.mark.peer
@pytest.mark.usefixtures("dcmtk")
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_file_and_folder_are_fsynced_before_each_answer(receiver: Receiver, tmp_path: Path) -> None:
    """In the order of system calls of the thread that answers: write, fsync file, fsync folder, answer."""
    write_objects(tmp_path / "study", 20)
    trace = tmp_path / "trace"
    attach = [argument for pid in receiver.acceptors for argument in ("-p", str(pid))]
    calls = "trace=fsync,fdatasync,sendto,sendmsg,write,openat"
    with subprocess.Popen(
        ["strace", "-f", "-qq", "-o", str(trace), "-e", calls, *attach], stderr=subprocess.PIPE
    ) as it:
        time.sleep(1.0)
        done = subprocess.run(
            ["storescu", "-aec", "DOKUEI", "+sd", "localhost", str(receiver.port), str(tmp_path / "study")], check=False
        )
        it.send_signal(signal.SIGINT)
        _, said = it.communicate(timeout=10)
    if not trace.exists() or not trace.read_text():
        pytest.skip(f"strace may not attach here: {said.decode()[:200]}")
    assert done.returncode == 0
    by_thread: dict[str, list[str]] = {}
    for line in trace.read_text().splitlines():
        thread, call = line.split(maxsplit=1)
        if "resumed>" not in call:
            by_thread.setdefault(thread, []).append(call)
    answers = 0
    for calls_of_thread in by_thread.values():
        synced: list[str] = []
        for call in calls_of_thread:
            if call.startswith(("fsync(", "fdatasync(")):
                synced.append(call)
            elif ".part" in call:
                synced.clear()  # a new object
            elif re.match(r'sendto\(\d+, "\\4\\0', call):  # P-DATA-TF
                assert len(synced) >= 2, f"answered after {synced}"
                answers += 1
                synced.clear()
    assert answers == 20


def test_an_association_cut_in_the_middle_leaves_nothing(receiver: Receiver, tmp_path: Path) -> None:
    file = tmp_path / "a.dcm"
    make_object(rows=1024).save_as(file, enforce_file_format=True)
    with association(receiver.port, [(str(MR), _EXPLICIT)]) as made:
        transport = made.dul.socket
        assert transport is not None
        assert transport.socket is not None
        transport.socket.sendall(b"\x04\x00\x00\x00\x00\x50")  # a P-DATA-TF PDU that never comes
        made.abort()
    time.sleep(0.5)
    assert not list((receiver.home / "gateway" / ".incoming").iterdir())
    assert send(receiver.port, file)[0].Status == 0


def test_work_in_hand_of_a_killed_worker_is_taken_up_again(tmp_path: Path) -> None:
    """Claims survive nothing; every verb may be repeated."""
    write_objects(tmp_path / "study", 2)
    with running_receiver(tmp_path / "home") as receiver:
        send(receiver.port, *sorted((tmp_path / "study").iterdir()))
    with receiver.spool() as spool:
        first, second = spool.claim(5, bytes_at_most=1 << 20)
        assert spool.claim() == []
        assert spool.release_claims() == 2
        urgent = generate_uid()
        spool.set_priority(urgent, 5)
        (again,) = spool.claim(5)
        assert again.id == first.id
        spool.put_back(first.sop_instance_uid, StorageError("not now", phase="coding"))
        waiting = spool.find(first.sop_instance_uid)
        assert waiting is not None
        assert (waiting.state, waiting.attempts, waiting.error_code) == (State.RECEIVED, 1, "storage")
        (after,) = spool.claim(5)
        assert after.id == second.id, "the one that was put back waits"
        assert after.received_at <= now()


def test_an_urgent_study_overtakes_also_with_what_is_still_to_come(tmp_path: Path) -> None:
    write_objects(tmp_path / "routine", 2)
    write_objects(tmp_path / "urgent", 2)
    routine, urgent = sorted((tmp_path / "routine").iterdir()), sorted((tmp_path / "urgent").iterdir())
    with running_receiver(tmp_path / "home") as receiver:
        send(receiver.port, *routine, urgent[0])
        study = str(dcmread(urgent[0]).StudyInstanceUID)
        with receiver.spool() as spool:
            spool.set_priority(study, 1)
        send(receiver.port, urgent[1])
    with receiver.spool() as spool:
        order = [item.study_instance_uid for item in spool.claim(5, bytes_at_most=1 << 20)]
    assert order[:2] == [study, study]
    assert study not in order[2:]


def test_a_receiver_that_was_killed_alone_leaves_its_port_to_the_next_one(tmp_path: Path) -> None:
    """Its acceptors notice and go, so that the modality finds the same port again."""
    file = tmp_path / "a.dcm"
    make_object().save_as(file, enforce_file_format=True)
    receiver = Receiver(tmp_path / "home")
    receiver.start()
    port = receiver.port
    assert receiver.process is not None
    receiver.process.kill()
    receiver.process.communicate(timeout=20)
    receiver.start()
    try:
        assert receiver.port == port
        assert send(port, file)[0].Status == 0
    finally:
        receiver.stop()


@pytest.mark.peer
@pytest.mark.usefixtures("dcmtk")
def test_a_stop_finishes_the_object_in_hand(receiver: Receiver, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        make_object(rows=1024, frames=60).save_as(tmp_path / f"{name}.dcm", enforce_file_format=True)
    files = sorted(tmp_path.glob("?.dcm"))
    command = ["storescu", "-v", "-aec", "DOKUEI", "localhost", str(receiver.port), *map(str, files)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as sender:
        incoming = receiver.home / "gateway" / ".incoming"
        deadline = time.monotonic() + 30
        while not any(_size(path) > 1 << 20 for path in incoming.glob("*.part")):
            assert time.monotonic() < deadline
            time.sleep(0.005)
        took = receiver.stop()
        said, _ = sender.communicate(timeout=60)
    assert took < 5
    taken = _acknowledged(said, files)
    assert 1 <= len(taken) < 3
    with receiver.spool() as spool:
        assert all(spool.find(uid) for uid in taken)
    assert not list(incoming.iterdir())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0  # it was settled between two looks
