"""Storage Commitment from real requesters: on their own association, and on a new one (PS3.4 J)."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UID, generate_uid
from pynetdicom import AE, evt
from pynetdicom.association import Association

from tests.makers.modality import hang_up, send
from tests.makers.peers import free_port
from tests.makers.receiver import MR, make_object, running_receiver

_COMMITMENT = UID("1.2.840.10008.1.20.1")
_INSTANCE = UID("1.2.840.10008.1.20.1.1")


def _leave(event: Any) -> None:
    """Be gone with the first answer, before a report that follows on its heels is read."""
    event.assoc.dul.socket.close()


@dataclass
class Requester:
    """A modality that asks whether its images are safe, and takes the report wherever it comes."""

    reports: list[tuple[int, Dataset]] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)

    def take(self, event: Any) -> tuple[int, None]:
        """One N-EVENT-REPORT."""
        self.reports.append((event.event_type, event.event_information))
        self.came.set()
        return 0x0000, None

    def ask(self, port: int, asked: list[tuple[str, str]], *, wait: bool = True) -> str:
        """N-ACTION; the transaction UID."""
        entity = AE(ae_title="MODALITY")
        entity.add_requested_context(_COMMITMENT)
        handlers: list[Any] = [(evt.EVT_N_EVENT_REPORT, self.take) if wait else (evt.EVT_DIMSE_RECV, _leave)]
        made = entity.associate("127.0.0.1", port, ae_title="DOKUEI", evt_handlers=handlers)
        assert made.is_established
        transaction = self._action(made, asked)
        if wait:
            assert self.came.wait(20), "no report"
            time.sleep(0.2)
            made.release()
        hang_up(made)
        return transaction

    @staticmethod
    def _action(made: Association, asked: list[tuple[str, str]]) -> str:
        request = Dataset()
        request.TransactionUID = generate_uid()
        request.ReferencedSOPSequence = []
        for sop_class, sop_instance in asked:
            item = Dataset()
            item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, sop_instance
            request.ReferencedSOPSequence.append(item)
        status, _ = made.send_n_action(request, 1, _COMMITMENT, _INSTANCE)
        assert status.Status == 0
        return str(request.TransactionUID)

    @contextmanager
    def listening(self, port: int) -> Iterator[None]:
        """A listener for reports on a new association."""
        entity = AE(ae_title="MODALITY")
        entity.add_supported_context(_COMMITMENT, scu_role=True, scp_role=True)
        server = entity.start_server(
            ("127.0.0.1", port), block=False, evt_handlers=[(evt.EVT_N_EVENT_REPORT, self.take)]
        )
        try:
            yield
        finally:
            assert server is not None
            server.shutdown()


@pytest.fixture
def sent(tmp_path: Path) -> tuple[list[Path], list[str]]:
    """Two files, and their UIDs."""
    files, uids = [], []
    for number in range(2):
        found = make_object(number=number)
        files.append(tmp_path / f"{number}.dcm")
        found.save_as(files[-1], enforce_file_format=True)
        uids.append(str(found.SOPInstanceUID))
    return files, uids


def test_what_lies_here_is_confirmed_and_what_does_not_is_not(
    tmp_path: Path, sent: tuple[list[Path], list[str]]
) -> None:
    """REC-12: only what is durably held is called safe; every other instance comes back with its reason."""
    files, uids = sent
    requester = Requester()
    with running_receiver(tmp_path / "home") as receiver:
        send(receiver.port, *files)
        whole = requester.ask(receiver.port, [(str(MR), uid) for uid in uids])
        requester.came.clear()
        unknown, other_class = generate_uid(), "1.2.840.10008.5.1.4.1.1.2"
        requester.ask(receiver.port, [(str(MR), uids[0]), (str(MR), unknown), (other_class, uids[1])])
    (first_type, first), (second_type, second) = requester.reports
    assert first_type == 1
    assert first.TransactionUID == whole
    assert [item.ReferencedSOPInstanceUID for item in first.ReferencedSOPSequence] == uids
    assert "FailedSOPSequence" not in first
    assert second_type == 2
    assert [item.ReferencedSOPInstanceUID for item in second.ReferencedSOPSequence] == [uids[0]]
    assert [(i.ReferencedSOPInstanceUID, i.FailureReason) for i in second.FailedSOPSequence] == [
        (unknown, 0x0112),
        (uids[1], 0x0119),
    ]


def test_a_requester_that_left_is_told_on_a_new_association(tmp_path: Path, sent: tuple[list[Path], list[str]]) -> None:
    files, uids = sent
    port = free_port()
    home = tmp_path / "home"
    home.mkdir()
    (home / "dokuei.toml").write_text(f'[[gateway.peers]]\nae_title = "MODALITY"\ncommitment_port = {port}\n')
    requester = Requester()
    with running_receiver(home) as receiver, requester.listening(port):
        send(receiver.port, *files)
        transaction = requester.ask(receiver.port, [(str(MR), uid) for uid in uids], wait=False)
        assert requester.came.wait(30), "no report on a new association"
        time.sleep(1.0)
        with receiver.spool() as spool, spool.database.read() as connection:
            row = connection.exec_driver_sql("select reported_at, attempts from storage_commitment").one()
    assert [report.TransactionUID for _, report in requester.reports][-1] == transaction
    assert row.reported_at is not None


def test_a_request_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with running_receiver(tmp_path / "home") as receiver:
        entity = AE(ae_title="MODALITY")
        entity.add_requested_context(_COMMITMENT)
        made = entity.associate("127.0.0.1", receiver.port, ae_title="DOKUEI")
        empty = Dataset()
        empty.TransactionUID = generate_uid()
        status, _ = made.send_n_action(empty, 1, _COMMITMENT, _INSTANCE)
        wrong, _ = made.send_n_action(empty, 7, _COMMITMENT, _INSTANCE)
        made.release()
        hang_up(made)
    assert status.Status == 0xC000
    assert wrong.Status == 0x0123
