"""What a reading room would not show is on record at the hub."""

import json

import pytest
from sqlalchemy import select

from dokuei.storage.audit import hub_entries
from tests.makers.archive import SmallArchive, image

EVENTS = "/api/v1/sites/kita/viewer-events"


def told(archive: SmallArchive) -> dict[str, object]:
    """What a viewer tells of an object that is here."""
    (stored,) = archive.stored(image(study="1.2.3"))
    return {
        "kind": "frame.rejected",
        "study_instance_uid": "1.2.3",
        "sop_instance_uid": stored.sop_instance_uid,
        "frame": 1,
        "expected": "a" * 64,
        "found": "b" * 64,
        "detail": "codec exception",
    }


def test_a_rejected_frame_is_kept_in_the_trail_with_both_digests(archive: SmallArchive) -> None:
    """IMG-01 LOG-01: unequal digests are told to the hub, and it remembers which frame and what was found."""
    event = told(archive)
    with archive.client() as client:
        assert client.post(f"{archive.base}{EVENTS}", json=event).status_code == 204
    with archive.hub.database.read() as connection:
        entry = connection.execute(select(hub_entries).where(hub_entries.c.event == "frame.rejected")).one()
    assert (entry.site_id, entry.subject) == ("kita", event["sop_instance_uid"])
    assert entry.actor.startswith("token:")
    assert json.loads(entry.details) == {name: event[name] for name in ("frame", "expected", "found", "detail")}


@pytest.mark.parametrize(
    ("change", "status"),
    [({"sop_instance_uid": "1.2.9"}, 404), ({"found": "x"}, 422), ({"kind": "other"}, 422), ({"frame": 0}, 422)],
)
def test_what_is_not_here_or_makes_no_sense_is_not_kept(
    archive: SmallArchive, change: dict[str, object], status: int
) -> None:
    event = {**told(archive), **change}
    with archive.client() as client:
        assert client.post(f"{archive.base}{EVENTS}", json=event).status_code == status
    with archive.hub.database.read() as connection:
        assert not connection.execute(select(hub_entries).where(hub_entries.c.event == "frame.rejected")).all()


def test_another_sites_token_tells_nothing_here(archive: SmallArchive) -> None:
    event = told(archive)
    with archive.client("minami") as client:
        assert client.post(f"{archive.base}{EVENTS}", json=event).status_code == 404
