"""The daily walk by itself: its result, the first broken record by its number, and what the anchor says."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from dokuei.hub.audits.checking import AnchorState, Checking
from dokuei.hub.audits.service import AuditsService, StoppedWalkError, stopping
from dokuei.hub.audits.tables import check
from dokuei.hub.audits.watching import Watching
from dokuei.storage.anchor import Anchored, write_anchor
from dokuei.storage.audit import Head, hub_entries, hub_trail
from tests.makers.whole_hub import WholeHub, whole_hub


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[WholeHub]:
    with whole_hub(tmp_path / "hub") as running:
        yield running


@pytest.fixture
def audits(hub: WholeHub, tmp_path: Path) -> AuditsService:
    return replace(hub.hub.audits, checking=Checking(hub.hub.stores.database, tmp_path / "anchor.jsonl"))


def events(hub: WholeHub, event: str) -> int:
    with hub.hub.stores.database.read() as connection:
        return len(list(hub_trail.named(connection, event)))


def head(hub: WholeHub) -> Head:
    with hub.hub.stores.database.read() as connection:
        return hub_trail.head(connection)


def test_a_walk_leaves_its_result_and_an_entry(hub: WholeHub, audits: AuditsService) -> None:
    """LOG-03: verified daily."""
    end = head(hub)
    done = audits.checking.run()
    assert (done.entries, done.head, done.broken_at) == (end.sequence, end.hash, None)
    assert audits.state().check == done
    assert events(hub, "audit.verified") == 1


def test_the_first_broken_record_is_named_and_raises_an_alert(hub: WholeHub, audits: AuditsService) -> None:
    """LOG-03: alteration is found; LOG-07: Security Alert."""
    with hub.hub.stores.database.begin() as connection:
        connection.execute(update(hub_entries).where(hub_entries.c.sequence == 2).values(actor="person:somebody"))
    done = audits.checking.run()
    assert done.broken_at == 2
    assert events(hub, "audit.broken") == 1
    with hub.hub.stores.database.begin() as connection:
        connection.execute(delete(hub_entries).where(hub_entries.c.sequence == 2))
    assert audits.checking.run().why == "an entry is missing"


def test_the_anchor_is_held_against_the_trail(hub: WholeHub, audits: AuditsService, tmp_path: Path) -> None:
    """LOG-03: a cut end shows against what was written down outside."""
    anchor = tmp_path / "anchor.jsonl"
    assert hub.hub.audits.state().anchor.state is AnchorState.OFF
    assert audits.state().anchor.state is AnchorState.UNREADABLE
    write_anchor(anchor, Anchored("gateway", Head(5, "0" * 64)))
    assert audits.state().anchor.state is AnchorState.EMPTY
    write_anchor(anchor, Anchored("hub", head(hub)))
    known = audits.state().anchor
    assert (known.state, known.sequence) == (AnchorState.HOLDS, head(hub).sequence)
    assert known.at is not None
    assert audits.checking.run().anchors == 1
    write_anchor(anchor, Anchored("hub", Head(head(hub).sequence + 9, "a" * 64)))
    assert audits.state().anchor.state is AnchorState.DIFFERS
    done = audits.checking.run()
    assert (done.broken_at is not None, done.why) == (True, "the end of the trail was cut")
    anchor.write_text("not an anchor\n")
    assert audits.state().anchor.state is AnchorState.UNREADABLE


def test_the_worker_walks_once_a_day_and_says_when_it_began_and_ended(hub: WholeHub, audits: AuditsService) -> None:
    """LOG-07: Application Activity."""
    for _ in range(2):
        stop = threading.Event()
        thread = Watching(audits, stop).start()
        for _ in range(200):
            if audits.state().check is not None:
                break
            time.sleep(0.05)
        stop.set()
        thread.join(20)
        assert not thread.is_alive()
    with hub.hub.stores.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(check)) == 1
    assert events(hub, "application.started") == 2
    assert events(hub, "application.stopped") == 2
    assert audits.checking.run().broken_at is None


def test_a_walk_ends_when_the_process_is_told_to_stop(audits: AuditsService) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedWalkError):
        audits.checking.run(between=stopping(stop))
    assert audits.state().check is None
