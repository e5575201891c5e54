"""Images go by themselves when their site's term is over, never under somebody's hands, and leave their record."""

import os
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from dokuei.clock import now
from dokuei.errors import NotFoundError, StorageError
from dokuei.hub import terms as terms_module
from dokuei.hub.events import work
from dokuei.hub.terms import Daily, Terms
from dokuei.storage.audit import hub_entries
from tests.makers.archive import image
from tests.makers.reading import ReadingRoom, reading_room
from tests.makers.whole_hub import SERIES, whole_hub

GOING_ON = threading.Event()


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made


def terms(room: ReadingRoom) -> Terms:
    return Terms(room.archive, room.hub.sites)


def is_here(room: ReadingRoom, study: str, site_id: str = "kita") -> bool:
    try:
        room.archive.study_summary(site_id, study)
    except NotFoundError:
        return False
    return True


def later(monkeypatch: pytest.MonkeyPatch, days: float) -> datetime:
    moment = now() + timedelta(days=days)
    monkeypatch.setattr(terms_module, "now", lambda: moment)
    return moment


def canceled(room: ReadingRoom, study: str, site_id: str = "kita") -> None:
    """Nobody is to read it any more."""
    room.worklist.study_gone(site_id, study)


def test_without_a_term_nothing_is_ever_removed(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    room.take_in(image(study="1.2.3", modality="MG"))
    canceled(room, "1.2.3")
    later(monkeypatch, 40_000)
    assert terms(room).end(actor="system", stop=GOING_ON) == ()
    assert is_here(room, "1.2.3")


def test_each_sites_own_term_counts_from_the_last_object(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    """LOG-07: what is removed by term is recorded like what is removed by hand."""
    room.hub.sites.change("kita", actor="system", keep_days=30)
    for site_id in ("kita", "minami"):
        room.take_in(image(study="1.2.3", modality="MG"), site_id=site_id)
        canceled(room, "1.2.3", site_id)
    later(monkeypatch, 29.9)
    assert terms(room).end(actor="system", stop=GOING_ON) == ()
    later(monkeypatch, 30.1)
    (gone,) = terms(room).end(actor="system", stop=GOING_ON)
    assert (gone.site_id, gone.number_of_instances, gone.deleted_by) == ("kita", 1, "system")
    assert gone.reason == "term of 30 days is over"
    assert room.archive.deletions() == (gone,)
    assert (is_here(room, "1.2.3"), is_here(room, "1.2.3", "minami")) == (False, True)
    assert not list(room.blobs.keys("archive/kita"))
    with room.hub.database.read() as connection:
        (entry,) = connection.execute(select(hub_entries).where(hub_entries.c.event == "study.deleted")).all()
    assert (entry.actor, entry.site_id, entry.subject) == ("system", "kita", "1.2.3")


def test_what_somebody_still_works_with_stays(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    room.hub.sites.change("kita", actor="system", keep_days=30)
    item = room.mammogram_case()
    (study,) = room.archive.expired_studies("kita", received_before=now() + timedelta(days=1))
    client = room.reader("reader.a")
    later(monkeypatch, 31)

    def stays() -> bool:
        return terms(room).due("kita", 30) == () == terms(room).end(actor="system", stop=GOING_ON)

    assert stays()  # it waits on the worklist
    room.written(client, item)
    assert stays()  # somebody reads it
    signed = room.signed(client, item, room.keys["reader.a"])
    assert signed.status_code in {200, 201}, signed.text
    room.carry_out()
    assert terms(room).due("kita", 30) == (study,)
    assert client.post(f"/api/v1/worklist/{item}/report/amendment").status_code in {200, 201}
    assert stays()  # the report is being amended
    assert is_here(room, study)


def test_a_study_that_grows_between_listing_and_removal_stays(room: ReadingRoom) -> None:
    room.take_in(image(study="1.2.3", modality="MG"))
    canceled(room, "1.2.3")
    before = now()
    room.take_in(image(study="1.2.3", modality="MG", number=2))
    assert (
        room.archive.expire_study(
            "kita", "1.2.3", received_before=before, in_use=lambda *_: False, actor="system", reason="term"
        )
        is None
    )
    assert is_here(room, "1.2.3")


def test_the_step_is_taken_at_the_start_and_once_on_each_day_and_again_after_a_failure(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.hub.sites.change("kita", actor="system", keep_days=1)
    room.take_in(image(study="1.2.3", modality="MG"))
    canceled(room, "1.2.3")
    daily = Daily(terms(room))
    daily.step(stop=GOING_ON)
    assert is_here(room, "1.2.3")
    moment = later(monkeypatch, 2)

    def broken(_: Terms, **__: object) -> None:
        raise StorageError("no", phase="testing")

    with monkeypatch.context() as failing:
        failing.setattr(Terms, "end", broken)
        daily.step(stop=GOING_ON)
    daily.step(stop=GOING_ON)
    assert is_here(room, "1.2.3")
    monkeypatch.setattr(terms_module, "now", lambda: moment + timedelta(minutes=11))
    daily.step(stop=GOING_ON)
    assert not is_here(room, "1.2.3")
    room.take_in(image(study="1.2.4", modality="MG"))
    canceled(room, "1.2.4")
    daily.step(stop=GOING_ON)
    assert is_here(room, "1.2.4")


def test_the_hubs_worker_takes_the_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with whole_hub(tmp_path) as whole:
        hub = whole.hub
        (study,) = hub.archive.expired_studies("kita", received_before=now() + timedelta(days=1))
        hub.worklist.study_gone("kita", study)
        hub.sites.change("kita", actor="system", keep_days=30)
        later(monkeypatch, 31)
        stop = threading.Event()
        worker = threading.Thread(target=lambda: work(hub, stop=stop))
        worker.start()
        for _ in range(200):
            if hub.archive.deletions():
                break
            stop.wait(0.05)
        stop.set()
        worker.join(10)
        (gone,) = hub.archive.deletions("kita")
        assert gone.study_instance_uid == study
        assert SERIES.patient_id not in repr(gone)


def test_uploads_that_were_given_up_are_swept_by_the_days_work(tmp_path: Path) -> None:
    """What a gateway began to send and never finished does not fill the disk for ever."""
    with whole_hub(tmp_path) as hub:
        intake = hub.hub.gateways.intake
        abandoned = intake.partials.path("kita", "a" * 64)
        abandoned.parent.mkdir(parents=True, exist_ok=True)
        abandoned.write_bytes(b"half an object")
        os.utime(abandoned, (0, 0))
        stop = threading.Event()
        threading.Timer(1.0, stop.set).start()
        work(hub.hub, stop=stop)
        assert not abandoned.exists()
