"""Storage Commitment toward the hospital's PACS: what it took has arrived when it says that it keeps it (PS3.4 J)."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import AE, evt
from pynetdicom.association import Association
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation
from sqlalchemy import select, update

from dokuei.clock import now
from dokuei.dicom.encapsulated_pdf import ENCAPSULATED_PDF
from dokuei.dicom.secondary_capture import SECONDARY_CAPTURE
from dokuei.dicom.sr import ENHANCED_SR
from dokuei.gateway.commitment_heard import hear
from dokuei.gateway.commitment_tables import commitment_request
from dokuei.gateway.outlet_tables import deliver_outlet
from dokuei.settings import Destination, ReportFolderSettings
from dokuei.storage.audit import gateway_entries, hub_entries
from tests.integration.gateway.test_outlets import Hospital, hospital, signed
from tests.makers.delivering import Pacs
from tests.makers.peers import free_port, orthanc_program, running_orthanc
from tests.makers.receiver import running_receiver

__all__ = ["hospital", "signed"]  # fixtures of the neighbour, used here
_COMMITMENT = UID("1.2.840.10008.1.20.1")
_INSTANCE = UID("1.2.840.10008.1.20.1.1")
_NO_SUCH_OBJECT = 0x0112
Make = Callable[..., Hospital]


def report_of(request: Dataset, *, failing: int = 0, without: str = "") -> Dataset:
    """What a PACS says of a request: all kept, all failed for a reason, or one of them left out."""
    told = Dataset()
    told.TransactionUID = request.TransactionUID
    items = [one for one in request.ReferencedSOPSequence if one.ReferencedSOPInstanceUID != without]
    for one in items if failing else ():
        one.FailureReason = failing
    if items:
        setattr(told, "FailedSOPSequence" if failing else "ReferencedSOPSequence", items)
    return told


@dataclass
class KeepingPacs(Pacs):
    """A PACS that is asked whether it keeps what it took, and answers as it is told; ``silent``: it says nothing."""

    silent: bool = False
    failing: int = 0
    refusing: int = 0
    hanging: threading.Event | None = None
    asked: list[Dataset] = field(default_factory=list)

    @contextmanager
    def running(self, *sop_classes: str) -> Iterator["KeepingPacs"]:
        entity = AE("PACS")
        for sop_class in sop_classes or (ENHANCED_SR, ENCAPSULATED_PDF, SECONDARY_CAPTURE):
            entity.add_supported_context(sop_class)
        entity.add_supported_context(_COMMITMENT)
        handlers: list[Any] = [(evt.EVT_C_STORE, self._take), (evt.EVT_N_ACTION, self._ask)]
        server = entity.start_server(("127.0.0.1", self.port), block=False, evt_handlers=handlers)
        assert server is not None
        try:
            yield self
        finally:
            server.shutdown()

    def _ask(self, event: evt.Event) -> tuple[int, None]:
        if self.refusing:
            return self.refusing, None
        self.asked.append(event.action_information)
        if self.hanging is not None:
            self.hanging.wait(30)
        if not self.silent:
            threading.Thread(target=self._tell, args=(event.assoc, self.asked[-1])).start()
        return 0x0000, None

    def _tell(self, association: Association, request: Dataset) -> None:
        """After the answer to the request, on the same association."""
        time.sleep(0.1)
        told = report_of(request, failing=self.failing)
        association.send_n_event_report(told, 2 if self.failing else 1, _COMMITMENT, _INSTANCE)

    def told_later(self, port: int, told: Dataset, *, calling: str = "PACS") -> int:
        """The status that the gateway's door gives to a report on an association of the PACS's own."""
        role = SCP_SCU_RoleSelectionNegotiation()
        role.sop_class_uid, role.scu_role, role.scp_role = _COMMITMENT, False, True
        entity = AE(calling)
        entity.add_requested_context(_COMMITMENT)
        made = entity.associate("127.0.0.1", port, ae_title="DOKUEI", ext_neg=[role])
        assert made.is_established
        assert made.accepted_contexts[0].as_scp
        status, _ = made.send_n_event_report(told, 1, _COMMITMENT, _INSTANCE)
        made.release()
        return int(status.Status)


def there(port: int, commitment: str = "when-offered") -> Destination:
    return Destination(ae_title="PACS", host="127.0.0.1", port=port, commitment=commitment)


@pytest.fixture
def pacs() -> KeepingPacs:
    return KeepingPacs(free_port())


def turn(one: Hospital) -> None:
    """One round, with every wait over."""
    with one.deliverer.database.begin() as connection:
        connection.execute(update(deliver_outlet).values(not_before=None))
    one.turn()


def places(one: Hospital) -> dict[str, tuple[str, str]]:
    """What the hub was told of the PACS: state and reason, by kind."""
    return {kind: told for (kind, outlet), told in one.places().items() if outlet == "pacs"}


def arrived(one: Hospital) -> set[bool]:
    return {done for done, _ in one.at_hub().values()}


def events(one: Hospital) -> list[str]:
    with one.deliverer.database.read() as connection:
        return [row.event for row in connection.execute(select(gateway_entries).order_by(gateway_entries.c.sequence))]


def test_what_the_pacs_commits_to_on_the_same_association_has_arrived(hospital: Make, pacs: KeepingPacs) -> None:
    """REC-14: asked by class and instance as they lie there, and not before that is anything called arrived."""
    one = hospital(pacs=there(pacs.port))
    with pacs.running():
        turn(one)
        turn(one)
    asked = {item.ReferencedSOPInstanceUID for request in pacs.asked for item in request.ReferencedSOPSequence}
    assert asked == {stored.SOPInstanceUID for stored in pacs.stored}
    assert len(pacs.asked) == len(pacs.stored) == 2
    assert set(places(one).values()) == {("committed", "")}
    assert arrived(one) == {True}
    assert events(one) == 2 * ["report.stored"] + 2 * ["report.committed"]
    with one.room.hub.database.read() as connection:
        rows = connection.execute(select(hub_entries).where(hub_entries.c.event == "report.place_changed")).all()
    assert {row.actor for row in rows} == {"gateway:g1"}


def test_what_the_pacs_took_and_does_not_keep_is_sent_again_until_it_keeps_it(
    hospital: Make, pacs: KeepingPacs
) -> None:
    one = hospital(pacs=there(pacs.port))
    pacs.failing = _NO_SUCH_OBJECT
    with pacs.running():
        turn(one)
        assert {state for state, _ in places(one).values()} == {"not-committed"}
        assert all("0x0112 no such object" in reason for _, reason in places(one).values())
        assert arrived(one) == {False}
        assert len(list(one.deliverer.folder.glob("*.dcm"))) == 2
        with one.deliverer.database.begin() as connection:
            connection.execute(update(deliver_outlet).values(not_before=now() + timedelta(minutes=1)))
        one.turn()
        assert len(pacs.stored) == 2, "its time has not come"
        turn(one)
        assert len(pacs.stored) == 4
        assert arrived(one) == {False}
        pacs.failing = 0
        turn(one)
    assert len(pacs.stored) == 6
    assert set(places(one).values()) == {("committed", "")}
    assert arrived(one) == {True}
    assert list(one.deliverer.folder.glob("*.dcm")) == []


def test_a_kept_file_lost_while_the_pacs_was_asked_is_fetched_again(hospital: Make, pacs: KeepingPacs) -> None:
    one = hospital(pacs=there(pacs.port))
    pacs.failing = _NO_SUCH_OBJECT
    with pacs.running():
        turn(one)
        for path in one.deliverer.folder.glob("*.dcm"):
            path.unlink()
        pacs.failing = 0
        turn(one)
        turn(one)
    assert arrived(one) == {True}


def test_a_report_of_the_pacs_is_taken_whenever_it_comes_and_from_nobody_else(
    hospital: Make, pacs: KeepingPacs, tmp_path: Path
) -> None:
    """A silent PACS: nothing has arrived, it is asked again, and its late answer to any request counts once."""
    (tmp_path / "dokuei.toml").write_text(
        f'[gateway.pacs]\nae_title = "PACS"\nhost = "localhost"\nport = {pacs.port}\n'
    )
    with running_receiver(tmp_path) as receiver, pacs.running():
        one = hospital(pacs=there(pacs.port))
        one.deliverer.asker.listen_seconds = 0.2
        pacs.silent = True
        turn(one)
        one.turn()
        assert len(pacs.asked) == 2, "it may think for a while"
        assert set(places(one).values()) == {("accepted", "")}
        receiver.kill()
        receiver.start()
        turn(one)
        assert all(state == "accepted" and "has not answered" in reason for state, reason in places(one).values())
        assert len(pacs.asked) == 4
        assert len(pacs.stored) == 2
        first, second, *again = (report_of(request) for request in pacs.asked)
        assert pacs.told_later(receiver.port, first, calling="STRANGER") == 0x0124
        unknown, unfit = report_of(pacs.asked[0]), Dataset()
        unknown.TransactionUID = "2.25.1"
        unfit.RetrieveAETitle = "PACS"
        assert pacs.told_later(receiver.port, unknown) == 0x0115
        assert pacs.told_later(receiver.port, unfit) == 0xC000
        one.turn()
        assert arrived(one) == {False}
        assert [pacs.told_later(receiver.port, told) for told in (first, second)] == [0, 0]
        later = [report_of(request, failing=_NO_SUCH_OBJECT) for request in pacs.asked[2:]]
        assert [pacs.told_later(receiver.port, told) for told in later] == [0, 0], "heard, and over"
        one.turn()
    assert len(again) == 2
    assert set(places(one).values()) == {("committed", "")}
    assert arrived(one) == {True}
    with one.deliverer.database.read() as connection:
        open_ones = select(commitment_request).where(commitment_request.c.answered_at.is_(None))
        assert connection.execute(open_ones).all() == []


def test_a_report_that_leaves_an_object_out_does_not_commit_to_it(hospital: Make, pacs: KeepingPacs) -> None:
    one = hospital(pacs=there(pacs.port), report_objects=("pages",))
    pacs.silent = True
    with pacs.running():
        one.deliverer.asker.listen_seconds = 0.1
        turn(one)
    (request,) = pacs.asked
    pages = [str(item.ReferencedSOPInstanceUID) for item in request.ReferencedSOPSequence]
    assert {item.ReferencedSOPClassUID for item in request.ReferencedSOPSequence} == {SECONDARY_CAPTURE}
    assert hear(one.deliverer.database, report_of(request, without=pages[0])) == 0
    with one.deliverer.database.read() as connection:
        row = connection.execute(select(deliver_outlet)).one()
    assert (row.outlet, row.state) == ("pages", "not-committed")
    assert f"not named in its report (1 of {len(pages)})" in row.reason


def test_a_pacs_that_refuses_to_be_asked_has_not_committed(hospital: Make, pacs: KeepingPacs) -> None:
    one = hospital(pacs=there(pacs.port))
    pacs.refusing = 0x0213
    with pacs.running():
        turn(one)
    assert all(state == "accepted" and "0x0213" in reason for state, reason in places(one).values())
    assert arrived(one) == {False}


def test_while_a_pacs_hangs_on_the_question_the_other_places_have_theirs(
    hospital: Make, pacs: KeepingPacs, tmp_path: Path
) -> None:
    """It is waited for once, and briefly; its answer counts whenever it comes."""
    (tmp_path / "reports").mkdir()
    reports = ReportFolderSettings(path=tmp_path / "reports")
    one = hospital(pacs=there(pacs.port), report_folder=reports)
    one.deliverer.asker.patience_seconds = 0.5
    pacs.hanging = threading.Event()
    with pacs.running():
        turn(one)
        assert {state for state, _ in places(one).values()} == {"accepted"}
        assert [told for (_, outlet), told in one.places().items() if outlet == "folder"] == [("stored", "")]
        began = time.monotonic()
        one.turn()
        assert time.monotonic() - began < 5
        assert len(pacs.asked) == 1, "the one question hangs, and no second one is asked beside it"
        pacs.hanging.set()
        until = time.monotonic() + 30
        while events(one).count("report.committed") < 2:
            assert time.monotonic() < until
            time.sleep(0.1)
        one.turn()
    assert set(places(one).values()) == {("committed", "")}
    assert arrived(one) == {True}


@pytest.mark.parametrize(
    ("commitment", "state", "reason"),
    [("when-offered", "not-offered", ""), ("required", "accepted", "which is required"), ("off", "stored", "")],
)
def test_a_pacs_that_offers_no_commitment_is_a_normal_state_unless_it_is_required(
    hospital: Make, commitment: str, state: str, reason: str
) -> None:
    plain = Pacs(free_port())
    one = hospital(pacs=there(plain.port, commitment))
    with plain.running():
        turn(one)
    assert {known for known, _ in places(one).values()} == {state}
    assert arrived(one) == {not reason}
    assert all(reason in said for _, said in places(one).values())


@pytest.mark.peer
def test_another_makers_pacs_commits(hospital: Make, tmp_path: Path) -> None:
    """Orthanc reports on an association of its own, to the gateway's door."""
    if orthanc_program() is None:
        pytest.skip("Orthanc is not installed (setup/system.sh test installs it)")
    with running_orthanc(tmp_path / "pacs") as orthanc:
        place = f'[gateway.pacs]\nae_title = "PACS"\nhost = "127.0.0.1"\nport = {orthanc.dimse_port}\n'
        (tmp_path / "dokuei.toml").write_text(place)
        with running_receiver(tmp_path) as receiver:
            one = hospital(pacs=there(orthanc.dimse_port))
            turn(one)
            assert all(state == "accepted" and "did not answer" in reason for state, reason in places(one).values())
            assert arrived(one) == {False}
            orthanc.knows("DOKUEI", receiver.port)
            turn(one)
            assert set(places(one).values()) == {("committed", "")}
            assert arrived(one) == {True}
