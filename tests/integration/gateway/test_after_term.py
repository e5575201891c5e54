"""What a gateway and its hub make of a study whose images went by contract term, when more of it comes."""

import hashlib
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event

from sqlalchemy import delete, func, select, update

from dokuei.clock import now
from dokuei.gateway.enrol import identity_of
from dokuei.gateway.forward_tables import forward_study
from dokuei.gateway.keep import Keeper, Outcome
from dokuei.gateway.look import Origin
from dokuei.gateway.spool import Received, State, open_spool
from dokuei.hub.app import Hub
from dokuei.hub.archive import tables
from dokuei.hub.archive.model import Deletion
from dokuei.hub.terms import Terms
from dokuei.storage.audit import hub_entries
from dokuei.transfer.manifest import manifest_of, sign_manifest
from dokuei.transfer.protocol import StudyReport
from tests.makers.gateway_hub import HubForGateways
from tests.makers.gateway_worker import Worker, add_received
from tests.makers.images import Series, write_series

_SERIES = Series(study=9, side=64)
_STUDY = _SERIES.study_instance_uid


def _end_the_term(opened: Hub) -> Deletion:
    """The daily step of the hub's worker, a hundred days later."""
    with opened.archive.database.begin() as connection:
        connection.execute(update(tables.study).values(last_received_at=now() - timedelta(days=100)))
    (deletion,) = Terms(opened.archive, opened.sites).end_at("kita", 30, actor="system", stop=Event())
    return deletion


def _wait(worker: Worker, wanted: Callable[[StudyReport], bool], *, seconds: float = 40) -> StudyReport:
    deadline = time.monotonic() + seconds
    while (report := worker.report(_STUDY)) is None or not wanted(report):
        assert time.monotonic() < deadline, f"{report}\n{worker.log()[-3000:]}"
        time.sleep(0.1)
    return report


def _objects(worker: Worker) -> list[Received]:
    spool = open_spool(worker.home)
    with closing(spool.database):
        return spool.objects(_STUDY)


def _states(worker: Worker) -> list[State]:
    return [one.state for one in _objects(worker)]


def _send(worker: Worker, file: Path) -> Outcome:
    """Through the door that C-STORE and import use."""
    spool = open_spool(worker.home)
    with closing(spool.database), Keeper(spool) as keeper:
        incoming = keeper.begin()
        incoming.write(file.read_bytes())
        return keeper.keep(incoming, Origin())


def _unclosed(worker: Worker) -> None:
    """As if the hub's word about the manifest had been lost on the line."""
    spool = open_spool(worker.home)
    with closing(spool.database), spool.database.begin() as connection:
        connection.execute(delete(forward_study))


def _signed(worker: Worker) -> tuple[bytes, bytes]:
    """A manifest of all that the gateway has proved at the hub, and its signature."""
    identity = identity_of(worker.home)
    coded = [one.coded for one in _objects(worker) if one.coded is not None]
    document = manifest_of(_STUDY, coded, gateway_id=identity.demand().gateway_id, at=now()).document()
    return document, sign_manifest(document, identity.key())


def _manifests_taken(opened: Hub) -> int:
    with opened.archive.database.read() as connection:
        wanted = select(func.count()).where(hub_entries.c.event == "manifest.recorded")
        return connection.execute(wanted).scalar_one()


def test_a_late_object_of_a_removed_study_is_a_new_arrival_and_ends_at_the_hub(
    opened: Hub, worker: Worker, tmp_path: Path
) -> None:
    """The gateway says what is there and what was removed, and asks no more, not after a restart either."""
    files = write_series(tmp_path / "images", _SERIES, 4)
    add_received(worker.home, files[:3])
    worker.start()
    worker.wait_at_hub(_STUDY)
    deletion = _end_the_term(opened)
    assert deletion.number_of_instances == 3
    add_received(worker.home, files[3:])
    report = _wait(worker, lambda one: one.state == "at-hub" and one.removed == 3)
    assert (report.instances, report.error) == (4, "")
    assert _states(worker) == [State.REMOVED] * 3 + [State.PROVED]
    ledger = opened.archive.ledger("kita", _STUDY)
    assert (ledger.declared_instances, ledger.arrived_instances, ledger.open) == (1, 1, False)
    assert ledger.complete
    assert opened.archive.deletions("kita") == (deletion,)
    asked = _manifests_taken(opened)
    worker.stop()
    worker.start()
    time.sleep(4)
    assert worker.log().count("study.removed_at_hub") == 1
    assert "study.incomplete_at_hub" not in worker.log()
    assert _manifests_taken(opened) == asked
    assert [step.error for step in opened.archive.verify(actor="test")] == [None]


def test_what_its_sender_brings_again_after_the_term_is_a_new_arrival(
    opened: Hub, worker: Worker, tmp_path: Path
) -> None:
    """REC-11: it is acknowledged anew, so it has to be at the hub anew."""
    files = write_series(tmp_path / "images", _SERIES, 3)
    add_received(worker.home, files[:2])
    worker.start()
    worker.wait_at_hub(_STUDY)
    _end_the_term(opened)
    add_received(worker.home, files[2:])
    _wait(worker, lambda one: one.state == "at-hub" and one.removed == 2)
    assert [_send(worker, file) for file in files] == [Outcome.TAKEN, Outcome.TAKEN, Outcome.KNOWN]
    report = _wait(worker, lambda one: one.state == "at-hub" and one.removed == 0)
    assert report.instances == 3
    held = opened.archive.held_instances("kita", _STUDY)
    assert {one.source_sha256 for one in held} == {hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    assert opened.archive.ledger("kita", _STUDY).complete
    assert len(opened.archive.deletions("kita")) == 1


def test_a_study_that_was_removed_is_said_to_be_removed_also_where_the_gateway_had_not_heard_that_it_was_closed(
    hub: HubForGateways, opened: Hub, worker: Worker, tmp_path: Path
) -> None:
    """The hub tells of it; nothing is left to be closed: the gateway says so, and nobody keeps files or a manifest."""
    files = write_series(tmp_path / "images", _SERIES, 2)
    add_received(worker.home, files)
    worker.start()
    worker.wait_at_hub(_STUDY)
    _end_the_term(opened)
    assert not (hub.home / "hub" / "blobs" / "manifests" / "kita" / _STUDY).exists()
    assert _wait(worker, lambda one: one.state == "removed").removed == 2, "without anything new of the study"
    worker.stop()
    _unclosed(worker)
    worker.start()
    report = _wait(worker, lambda one: one.state == "removed")
    assert (report.instances, report.removed) == (2, 2)
    assert _states(worker) == [State.REMOVED] * 2
    assert not list((hub.home / "hub" / "blobs" / "manifests").rglob("*.json"))
    assert not list((worker.home / "gateway").rglob("*.dcm"))


def test_a_gateway_of_before_is_never_told_that_removed_objects_are_at_the_hub(
    opened: Hub, worker: Worker, tmp_path: Path
) -> None:
    """It reads ``state`` and ``lacking`` only: what was removed is among what is lacking."""
    files = write_series(tmp_path / "images", _SERIES, 3)
    add_received(worker.home, files[:2])
    worker.start()
    worker.wait_at_hub(_STUDY)
    worker.stop()
    gateway = opened.gateways.gateways({"kita"})[0].gateway
    _end_the_term(opened)
    answer = opened.gateways.intake.close_study(gateway, *_signed(worker))
    assert answer.state == "incomplete"
    assert sorted(answer.lacking) == sorted(answer.removed)
    assert len(answer.lacking) == 2
