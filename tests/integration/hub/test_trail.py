"""The audit trail has each step of everybody, and one entry for what a page does every few seconds."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from dokuei.clock import monotonic
from dokuei.hub.identity.model import Grant, Role
from dokuei.storage import lately
from dokuei.storage.audit import hub_entries
from dokuei.storage.db import Database
from tests.makers.people import GOOD_PASSWORD
from tests.makers.reading import TEXT, ReadingRoom, reading_room
from tests.makers.whole_hub import READER_OF_KITA, SERIES, WholeHub, whole_hub


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path) as made:
        yield made


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[WholeHub]:
    with whole_hub(tmp_path) as made:
        yield made


def _entries(database: Database, event: str) -> list[tuple[str, str | None, str]]:
    query = select(hub_entries.c.actor, hub_entries.c.site_id, hub_entries.c.details)
    with database.read() as connection:
        found = connection.execute(query.where(hub_entries.c.event == event).order_by(hub_entries.c.sequence))
        return [(row.actor, row.site_id, row.details) for row in found]


def _later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    monkeypatch.setattr(lately, "monotonic", lambda: monotonic() + by.total_seconds())


def test_a_signature_that_does_not_hold_is_on_record(room: ReadingRoom) -> None:
    """LOG-01: whoever tries to sign with a forged answer or a wrong password leaves a trace, and no secret."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    path = f"/api/v1/worklist/{item}/report/signature"
    begun = client.post(f"{path}/begin").json()
    forged = room.keys["reader.a"].get(begun["options"])
    forged["response"]["signature"] = "AAAA"
    for presented in ({"credential": forged}, {"password": GOOD_PASSWORD, "totp_code": "123456"}):
        answer = client.post(path, json={"version_digest": begun["version_digest"], **presented})
        assert answer.status_code == 422, answer.text
    (_, site, by_key), (_, _, by_password) = _entries(room.hub.database, "signature.failed")
    assert site == "kita"
    assert '"method":"passkey"' in by_key
    assert '"method":"password"' in by_password
    assert GOOD_PASSWORD not in by_password


def test_reading_and_saving_a_report_are_on_record_now_and_then(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LOG-01: a draft saved at each keystroke is one entry a minute, a report looked at one an hour."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    path = f"/api/v1/worklist/{item}/report"
    client.get(path)
    assert _entries(room.hub.database, "report.read") == []  # nothing was written yet
    room.written(client, item)
    _save(client, path)
    client.get(path)
    client.get(path)
    assert len(_entries(room.hub.database, "report.saved")) == 1
    assert len(_entries(room.hub.database, "report.read")) == 1
    _later(monkeypatch, timedelta(minutes=2))
    _save(client, path)
    client.get(path)
    assert '"version":3' in _entries(room.hub.database, "report.saved")[1][2]
    assert len(_entries(room.hub.database, "report.read")) == 1
    _later(monkeypatch, timedelta(minutes=62))
    client.get(path)
    other = room.reader("reader.b")
    other.get(path)
    assert len({actor for actor, _, _ in _entries(room.hub.database, "report.read")}) == 2
    assert len(_entries(room.hub.database, "report.read")) == 3


def _save(client: httpx.Client, path: str) -> None:
    version = client.get(path).json()["version"]
    assert client.put(path, json=TEXT, headers={"If-Match": f'"{version}"'}).status_code == 200


def test_looking_through_lists_of_patients_is_on_record_once_an_hour(
    hub: WholeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LOG-01: the worklist and DICOMweb's searches show patients too; what was searched for is not kept."""
    database = hub.hub.stores.database
    with closing(hub.signed_in("reader.a", READER_OF_KITA)) as reader, hub.client(hub.token("kita")) as program:
        for _ in range(3):
            assert reader.get("/api/v1/worklist").status_code == 200
            found = program.get("/dicom-web/studies", params={"PatientID": SERIES.patient_id})
            assert found.status_code == 200
            program.get(f"/dicom-web/studies/{SERIES.study_instance_uid}/series")
        (worklist,) = _entries(database, "worklist.read")
        (query,) = _entries(database, "archive.queried")
        assert worklist[:2] == (worklist[0], "kita")
        assert worklist[0].startswith("person:")
        assert query[0].startswith("token:")
        assert SERIES.patient_id not in query[2]
        _later(monkeypatch, timedelta(minutes=61))
        reader.get("/api/v1/worklist")
        assert len(_entries(database, "worklist.read")) == 2


def test_the_list_of_people_is_on_record(hub: WholeHub) -> None:
    """LOG-01: who looked all people up."""
    with closing(hub.signed_in("admin", Grant(Role.ADMINISTRATOR, None))) as administrator:
        for _ in range(2):
            assert administrator.get("/api/v1/people").status_code == 200
    ((actor, site, _),) = _entries(hub.hub.stores.database, "people.listed")
    assert actor.startswith("person:")
    assert site is None
