"""What forwarding does when its own database takes no marks, and when patients come to be named in another way."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from dokuei.errors import DiskFullError, DokueiError, UnreachableError
from dokuei.gateway.forward import Forwarder
from dokuei.gateway.link import Link
from dokuei.gateway.pseudonyms import TRUE, Naming
from dokuei.gateway.sending import Sending, SendQueue
from dokuei.gateway.spool import Spool, State, open_spool
from dokuei.transfer.client import HubClient
from dokuei.transfer.protocol import Need, Needs, Offer, UploadEvent
from tests.makers.gateway_worker import add_coded, study_uid


@dataclass(frozen=True)
class _FullDatabase(Spool):
    """A queue whose database takes no mark so many times."""

    failures: list[str] = field(default_factory=list)

    def _fail(self) -> None:
        if self.failures:
            self.failures.pop()
            raise OperationalError("UPDATE", {}, sqlite3.OperationalError("database or disk is full"))

    def mark_proved(self, sop_instance_uids: list[str]) -> None:  # type: ignore[override] # this is all it is given
        self._fail()
        super().mark_proved(sop_instance_uids)

    def mark_to_forward_again(self, sop_instance_uids: list[str], error: DokueiError) -> None:  # type: ignore[override] # same
        self._fail()
        super().mark_to_forward_again(sop_instance_uids, error)


def _no_hub() -> HubClient:
    raise AssertionError("nobody is to be called")


def _forwarder(spool: Spool) -> tuple[Forwarder, list[Sending]]:
    """Two objects on their way."""
    link = Link(1.0, threading.Event())
    full = _FullDatabase(spool.database, spool.folder, ["full"])
    forwarder = Forwarder(full, spool.database, link, SendQueue(link.stop), _no_hub, False, lambda: Naming(TRUE, None))
    sending = []
    for item in spool.objects(study_uid(1)):
        assert item.coded is not None
        assert item.coded_path is not None
        sending.append(
            Sending(
                item.coded.sha256, item.sop_instance_uid, study_uid(1), item.coded_path, item.size, item.size, 0, 1, 0
            )
        )
    spool.mark_forwarding([one.sop_instance_uid for one in sending])
    forwarder.queue.add(sending)
    return forwarder, sending


def _states(spool: Spool) -> list[State]:
    return [item.state for item in spool.objects(study_uid(1))]


def test_a_judgement_that_could_not_be_noted_is_asked_for_again(tmp_path: Path) -> None:
    """The other object is still on its way, and stays there."""
    add_coded(tmp_path, study_uid(1), [100, 200])
    with closing(open_spool(tmp_path)) as spool:
        forwarder, sending = _forwarder(spool)
        forwarder.queue.lane().on_event(UploadEvent(event="judged", sha256=sending[0].sha256, verdict="proved"))
        with pytest.raises(OperationalError):
            forwarder.record()
        assert _states(spool) == [State.FORWARDING, State.FORWARDING]
        forwarder.take_back()
        assert _states(spool) == [State.CODED, State.FORWARDING], "the first one is offered again"


def test_a_cut_that_could_not_be_noted_leaves_nothing_in_nobodys_hand(tmp_path: Path) -> None:
    add_coded(tmp_path, study_uid(1), [100, 200])
    with closing(open_spool(tmp_path)) as spool:
        forwarder, _ = _forwarder(spool)
        with pytest.raises(OperationalError):
            forwarder.offer_again(None, forwarder.queue.cut())
        assert _states(spool) == [State.FORWARDING, State.FORWARDING]
        forwarder.take_back()
        assert _states(spool) == [State.CODED, State.CODED]


class _Hub:
    """Notes what is offered and lacks all of it."""

    def __init__(self) -> None:
        self.offers: list[Offer] = []

    def offer(self, offer: Offer) -> Needs:
        self.offers.append(offer)
        return Needs(needs=[Need(sha256=one.sha256, state="send") for one in offer.coded()])


class _TakenBackBefore(Spool):
    """A queue that was taken back just before the coding ended."""

    def code_anew(self, naming: str) -> int:
        assert naming == "pseudonym x"
        return 0


def _chosen(spool: Spool, label: str) -> Forwarder:
    link = Link(1.0, threading.Event())
    named = Naming(label, None)
    return Forwarder(spool, spool.database, link, SendQueue(link.stop), _no_hub, False, lambda: named)


def test_an_object_whose_coding_began_before_the_choice_is_not_offered(tmp_path: Path) -> None:
    """JRS-11: it ends with the former naming, just after what waited was taken back, and is coded anew."""
    add_coded(tmp_path, study_uid(1), [100, 200])
    with closing(open_spool(tmp_path)) as spool:
        hub = _Hub()
        _chosen(_TakenBackBefore(spool.database, spool.folder), "pseudonym x").offer(hub)  # type: ignore[arg-type] # the one verb
        assert hub.offers == []
        assert spool.code_anew("pseudonym x") == 2


def test_a_study_named_in_two_ways_is_sent_whole_in_the_last_one(tmp_path: Path) -> None:
    """JRS-11: a reader never takes one half of it for the whole."""
    add_coded(tmp_path, study_uid(1), [100, 200])
    with closing(open_spool(tmp_path)) as spool:
        spool.mark_proved([one.sop_instance_uid for one in spool.objects(study_uid(1))])
        forwarder = _chosen(spool, "pseudonym x")
        forwarder._to_close.add(study_uid(1))
        assert forwarder.close_studies(None)  # type: ignore[arg-type] # nothing is said
        assert _states(spool) == [State.RECEIVED, State.RECEIVED]


@pytest.mark.parametrize(
    ("error", "told"),
    [(DiskFullError("no room at the hub"), "no room at the hub"), (UnreachableError("the line broke"), "")],
)
def test_a_full_disk_at_the_hub_is_told_while_it_is_tried_again(tmp_path: Path, error: DokueiError, told: str) -> None:
    """Between two tries nobody would know why nothing moves; a line that broke is forgotten when it works again."""
    add_coded(tmp_path, study_uid(1), [100])
    with closing(open_spool(tmp_path)) as spool:
        uids = [one.sop_instance_uid for one in spool.objects(study_uid(1))]
        spool.mark_forwarding(uids)
        spool.mark_to_forward_again(uids, error)
        spool.mark_forwarding(uids)
        assert [told in item.error and bool(item.error) == bool(told) for item in spool.objects(study_uid(1))] == [True]
        spool.mark_proved(uids)
        assert [item.error for item in spool.objects(study_uid(1))] == [""]
