"""C-ECHO and C-STORE from real senders: what is taken, what is refused, and what lies on the disk afterwards."""

import hashlib
import io
import subprocess
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
    generate_uid,
)

from dokuei.dicom.meta import build_meta
from dokuei.dicom.uids import STORABLE
from dokuei.errors import DokueiError
from dokuei.gateway.commitment import NO_SUCH_INSTANCE, Commitment, Reference
from dokuei.gateway.keep import Keeper
from dokuei.gateway.look import Origin
from dokuei.gateway.quarantine import Quarantine
from dokuei.gateway.spool import State, open_spool
from tests.makers.modality import association, send, storescu
from tests.makers.receiver import MR, Receiver, make_object, running_receiver, write_objects

_EXPLICIT = str(ExplicitVRLittleEndian)


def _save(found: object, path: Path) -> Path:
    found.save_as(path, enforce_file_format=True)  # type: ignore[attr-defined]
    return path


@pytest.mark.peer
@pytest.mark.usefixtures("dcmtk")
def test_dcmtk_is_answered_to_its_echo(receiver: Receiver) -> None:
    done = subprocess.run(["echoscu", "-aec", "DOKUEI", "localhost", str(receiver.port)], check=False)
    assert done.returncode == 0


@pytest.mark.peer
@pytest.mark.usefixtures("dcmtk")
@pytest.mark.parametrize("nodelay", [False, True])
def test_what_dcmtk_sends_lies_there_under_its_own_hash(receiver: Receiver, tmp_path: Path, *, nodelay: bool) -> None:
    sent = write_objects(tmp_path / "study", 5)
    assert storescu(receiver.port, tmp_path / "study", nodelay=nodelay).returncode == 0
    with receiver.spool() as spool:
        for uid in sent:
            found = spool.find(uid)
            assert found is not None
            assert found.state is State.RECEIVED
            assert (found.sending_ae, found.peer_address) == ("STORESCU", "127.0.0.1")
            assert hashlib.sha256(found.path.read_bytes()).hexdigest() == found.sha256 == found.path.stem
            assert dcmread(found.path).file_meta.SendingApplicationEntityTitle == "STORESCU"
        (study,) = spool.studies()
        assert (study.instances, study.state, study.modalities) == (5, "received", ("MR",))
    assert not list((receiver.home / "gateway" / ".incoming").iterdir())


@pytest.mark.peer
@pytest.mark.usefixtures("dcmtk")
def test_four_associations_at_once_each_get_their_objects_in(receiver: Receiver, tmp_path: Path) -> None:
    sent = [uid for n in range(4) for uid in write_objects(tmp_path / str(n), 20, rows=256)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda n: storescu(receiver.port, tmp_path / str(n)), range(4)))
    assert [one.returncode for one in done] == [0] * 4
    with receiver.spool() as spool:
        assert all(spool.find(uid) for uid in sent)
        assert len(spool.studies()) == 4


def test_the_same_bytes_again_are_a_success_and_kept_once(receiver: Receiver, tmp_path: Path) -> None:
    file = _save(make_object(), tmp_path / "a.dcm")
    statuses = send(receiver.port, file, file) + send(receiver.port, file, calling="OTHER")
    assert [status.Status for status in statuses] == [0, 0, 0]
    assert len(list((receiver.home / "gateway" / "spool").rglob("*.dcm"))) == 1
    with receiver.quarantine() as quarantine:
        assert quarantine.entries() == []


@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian, RLELossless]
)
def test_the_same_object_in_another_transfer_syntax_is_a_success(
    receiver: Receiver, tmp_path: Path, syntax: UID
) -> None:
    found = make_object()
    first = _save(found, tmp_path / "first.dcm")
    again = dcmread(first)
    if syntax == RLELossless:
        again.compress(RLELossless, generate_instance_uid=False)
        again.save_as(tmp_path / "again.dcm", enforce_file_format=True)
    else:
        again.file_meta.TransferSyntaxUID = syntax
        big = syntax == ExplicitVRBigEndian
        if big:
            again.PixelData = _swapped(again.PixelData)
        dcmwrite(
            tmp_path / "again.dcm",
            again,
            implicit_vr=syntax == ImplicitVRLittleEndian,
            little_endian=not big,
            enforce_file_format=True,
        )
    assert [s.Status for s in send(receiver.port, first, tmp_path / "again.dcm")] == [0, 0]
    assert len(list((receiver.home / "gateway" / "spool").rglob("*.dcm"))) == 1


def _swapped(data: bytes) -> bytes:
    swapped = bytearray(data)
    swapped[0::2], swapped[1::2] = data[1::2], data[0::2]
    return bytes(swapped)


@pytest.mark.parametrize("change", ["PixelData", "PatientID", "StudyInstanceUID"])
def test_other_content_under_a_known_uid_is_refused_kept_and_shown(
    receiver: Receiver, tmp_path: Path, change: str
) -> None:
    found = make_object()
    first = _save(found, tmp_path / "first.dcm")
    value = {"PixelData": bytes(len(found.PixelData)), "PatientID": "T2", "StudyInstanceUID": generate_uid()}[change]
    setattr(found, change, value)
    other = _save(found, tmp_path / "other.dcm")
    taken, refused, again = send(receiver.port, first, other, other)
    assert taken.Status == 0
    assert refused.Status == again.Status == 0xC010
    assert "SOP Instance UID" in refused.ErrorComment
    with receiver.quarantine() as quarantine:
        (entry,) = quarantine.entries()
        assert (entry.code, entry.times, entry.suspect.sending_ae) == ("other-content", 2, "MODALITY")
        assert entry.path is not None
        assert dcmread(entry.path)[change].value == value
    with receiver.spool() as spool:
        kept = spool.find(str(found.SOPInstanceUID))
        assert kept is not None
        assert entry.suspect.known_sha256 == kept.sha256
        assert dcmread(kept.path)[change].value != value
        state = spool.study_state(kept.study_instance_uid)
        assert state is not None
        assert state.state == ("received" if change == "StudyInstanceUID" else "problem")


def test_a_cut_off_object_is_refused_with_its_reason_and_kept(receiver: Receiver, tmp_path: Path) -> None:
    file = _save(make_object(), tmp_path / "whole.dcm")
    (tmp_path / "cut.dcm").write_bytes(file.read_bytes()[:-1000])
    (status,) = send(receiver.port, tmp_path / "cut.dcm")
    assert status.Status == 0xC001
    assert "(7FE0,0010) says it has 8192 bytes" in status.ErrorComment
    with receiver.quarantine() as quarantine:
        (entry,) = quarantine.entries()
        assert entry.code == "truncated"
        assert entry.path is not None
        assert entry.path.read_bytes().endswith(file.read_bytes()[-2000:-1000])
    (status,) = send(receiver.port, file)
    assert status.Status == 0, "the whole one is taken afterwards"


_DEFLATED = str(DeflatedExplicitVRLittleEndian)


def _deflated(found: Dataset, path: Path, *, wbits: int = -zlib.MAX_WBITS, cut: int = 0) -> Path:
    """A Part 10 file whose data set is deflated by hand, with or without zlib's head, whole or cut."""
    whole = io.BytesIO()
    found.save_as(whole, enforce_file_format=True)
    data = whole.getvalue()
    machine = zlib.compressobj(wbits=wbits)
    packed = machine.compress(data[data.index(b"\x08\x00\x05\x00CS") :]) + machine.flush()
    head = build_meta(
        sop_class_uid=str(found.SOPClassUID), sop_instance_uid=str(found.SOPInstanceUID), transfer_syntax_uid=_DEFLATED
    )
    path.write_bytes(head + packed[: max(0, len(packed) - cut)])
    return path


def test_a_bad_deflated_data_set_is_answered_and_kept(receiver: Receiver, tmp_path: Path) -> None:
    """Garbage and cut streams get a status with words, and the association goes on to the next object."""
    found = make_object()
    garbage = _deflated(found, tmp_path / "garbage.dcm", cut=1 << 20)
    garbage.write_bytes(garbage.read_bytes() + bytes(range(255, 0, -1)) * 10)
    cut = _deflated(found, tmp_path / "cut.dcm", cut=600)
    barely = _deflated(found, tmp_path / "barely.dcm", cut=4)
    statuses = send(receiver.port, garbage, cut, barely, _deflated(found, tmp_path / "whole.dcm"))
    assert [status.Status for status in statuses] == [0xC000, 0xC001, 0xC001, 0]
    assert "deflated" in statuses[0].ErrorComment
    with receiver.quarantine() as quarantine:
        entries = quarantine.entries()
        assert sorted(entry.code for entry in entries) == ["not-dicom", "truncated", "truncated"]
        assert all(entry.path is not None for entry in entries)


def test_a_deflated_data_set_with_zlibs_head_is_taken(receiver: Receiver, tmp_path: Path) -> None:
    found = make_object()
    (status,) = send(receiver.port, _deflated(found, tmp_path / "zlib.dcm", wbits=zlib.MAX_WBITS))
    assert status.Status == 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Rows": 300}, 0xC001),
        ({"NumberOfFrames": 2}, 0xC001),
        ({"Rows": 60000, "Columns": 60000}, 0xC002),
        ({"Rows": 63}, 0),
    ],
)
def test_pixels_that_are_too_short_are_refused_at_the_door(
    receiver: Receiver, tmp_path: Path, change: dict[str, int], expected: int
) -> None:
    """Nobody is told "taken" or "safe" of pixels that are plainly not there."""
    found = make_object()
    for name, value in change.items():
        setattr(found, name, value)
    (status,) = send(receiver.port, _save(found, tmp_path / "a.dcm"))
    assert status.Status == expected
    with receiver.quarantine() as quarantine:
        assert len(quarantine.entries()) == (1 if expected else 0)
    asked = Reference(str(MR), str(found.SOPInstanceUID))
    with receiver.spool() as spool:
        (judged,) = Commitment(spool).judge([asked])
    assert judged.reason == (NO_SUCH_INSTANCE if expected else 0)


def test_rows_that_stand_behind_the_pixels_are_found(receiver: Receiver, tmp_path: Path) -> None:
    """Elements out of order are taken with a warning; the first look at the pixels does not refuse them."""
    found = make_object()
    file = _save(found, tmp_path / "a.dcm")
    data = file.read_bytes()
    at = data.index(b"\x28\x00\x10\x00US\x02\x00")
    file.write_bytes(data[:at] + data[at + 10 :] + data[at : at + 10])
    (status,) = send(receiver.port, file)
    assert status.Status == 0


def test_what_nobody_foresaw_is_answered_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in our own code costs one object its 0x0000, not the association its life nor us the evidence."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("dokuei.gateway.keep.look", broken)
    spool = open_spool(tmp_path / "home")
    with Keeper(spool) as keeper:
        incoming = keeper.begin()
        incoming.head(
            sop_class_uid=str(MR),
            sop_instance_uid="1.2.3",
            transfer_syntax_uid=_EXPLICIT,
            sending_ae="A",
            receiving_ae="",
        )
        incoming.write(b"odd bytes")
        with pytest.raises(DokueiError, match="ZeroDivisionError") as raised:
            keeper.keep(incoming, Origin(_EXPLICIT, "A", "127.0.0.1", str(MR), "1.2.3"))
    assert raised.value.dimse_status == 0x0110
    (entry,) = Quarantine(spool.database, spool.folder).entries()
    assert (entry.code, entry.suspect.sop_instance_uid) == ("internal", "1.2.3")
    assert entry.path is not None
    assert entry.path.read_bytes().endswith(b"odd bytes")
    with spool.database.read() as connection:
        events = connection.exec_driver_sql("select event, actor from audit_entry").all()
    assert [tuple(row) for row in events] == [("instance.quarantined", "ae:A")]
    spool.close()


def test_an_object_that_is_not_what_the_request_says_is_refused(receiver: Receiver, tmp_path: Path) -> None:
    found = make_object()
    file = _save(found, tmp_path / "a.dcm")
    changed = dcmread(file)
    changed.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    changed.save_as(tmp_path / "b.dcm", enforce_file_format=False)
    (status,) = send(receiver.port, tmp_path / "b.dcm")
    assert status.Status == 0xA900


def test_every_registered_transfer_syntax_but_jpip_and_live_video_is_taken(receiver: Receiver) -> None:
    refused = ["1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.7.1"]
    with association(receiver.port, [(str(MR), uid) for uid in (*STORABLE, *refused)]) as made:
        accepted = {str(context.transfer_syntax[0]) for context in made.accepted_contexts}
    assert accepted == set(STORABLE)


def test_storage_classes_known_retired_and_private_are_taken_and_others_not(receiver: Receiver) -> None:
    storage = [
        "1.2.840.10008.5.1.4.1.1.13.1.3",  # Breast Tomosynthesis
        "1.2.840.10008.5.1.4.1.1.88.50",  # Mammography CAD SR
        "1.2.840.10008.5.1.4.1.1.5",  # Nuclear Medicine, retired
        "1.2.840.10008.5.1.4.1.1.999.1",  # still to come
        "1.3.46.670589.11.0.0.12.1",  # Philips, private
    ]
    others = ["1.2.840.10008.5.1.4.1.2.1.1", "1.2.840.10008.5.1.4.38.1", "1.2.840.10008.1.3.10"]
    with association(receiver.port, [(uid, _EXPLICIT) for uid in storage + others]) as made:
        accepted = {str(context.abstract_syntax) for context in made.accepted_contexts}
    assert accepted == set(storage)


@pytest.mark.peer
@pytest.mark.usefixtures("dcmtk")
def test_a_wrong_called_ae_title_is_not_let_in(receiver: Receiver, tmp_path: Path) -> None:
    write_objects(tmp_path / "study", 1)
    done = storescu(receiver.port, tmp_path / "study", called="ELSEWHERE")
    assert done.returncode != 0
    assert "Called AE Title Not Recognized" in done.stderr + done.stdout


def test_with_a_list_of_peers_only_these_from_their_addresses_are_let_in(tmp_path: Path) -> None:
    """NET-13, NET-14: AE title and source address must match; a stranger gets no association and an audit entry."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "dokuei.toml").write_text(
        '[[gateway.peers]]\nae_title = "MAMMO"\naddress = "127.0.0.0/8"\n'
        '[[gateway.peers]]\nae_title = "FARAWAY"\naddress = "192.0.2.7"\n'
    )
    with running_receiver(home) as receiver:
        let_in = {}
        for title in ("MAMMO", "FARAWAY", "STRANGER"):
            with association(receiver.port, [(str(MR), _EXPLICIT)], calling=title) as made:
                let_in[title] = made.is_established
        receiver.stop()
        with receiver.spool() as spool, spool.database.read() as connection:
            rows = connection.exec_driver_sql("select event, details from audit_entry").all()
    assert let_in == {"MAMMO": True, "FARAWAY": False, "STRANGER": False}
    assert [row.event for row in rows] == ["association.rejected"] * 2
    assert "STRANGER" in rows[1].details


def test_real_objects_of_every_kind_are_taken_as_they_are(receiver: Receiver, test_data: Path) -> None:
    files = [
        "1-dbt/medcognetics__dicom-utils/tests/jpeg2k_3d.dcm",
        "1-mg/robyoung__dicom-test-files/data/WG04/J2KI/MG1_J2KI",
        "1-mg/fo-dicom__fo-dicom/Tests/FO-DICOM.Tests/Test_Data/GH133.dcm",
    ]
    statuses = send(receiver.port, *(test_data / file for file in files))
    assert [status.Status for status in statuses] == [0] * 3
    with receiver.spool() as spool:
        for file in files:
            original = dcmread(test_data / file)
            found = spool.find(str(original.SOPInstanceUID))
            assert found is not None
            assert dcmread(found.path).PixelData == original.PixelData


def test_an_acceptor_that_dies_is_replaced_and_nobody_else_notices(receiver: Receiver, tmp_path: Path) -> None:
    subprocess.run(["kill", "-KILL", str(receiver.acceptors[0])], check=True)
    file = _save(make_object(), tmp_path / "a.dcm")
    assert send(receiver.port, file)[0].Status == 0
    time.sleep(2)
    assert send(receiver.port, file)[0].Status == 0


def test_stopping_ends_idle_associations_and_takes_less_than_five_seconds(receiver: Receiver) -> None:
    with association(receiver.port, [(str(MR), _EXPLICIT)]) as made:
        assert made.is_established
        took = receiver.stop()
        time.sleep(0.3)
        assert made.is_aborted
    assert took < 5
