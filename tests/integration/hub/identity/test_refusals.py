"""What was refused is on record: by whom, what, once an hour; and no flood of strangers fills the trail."""

import json

import pytest
from sqlalchemy import select

from dokuei.hub.identity import refusals
from dokuei.storage.audit import hub_entries
from tests.makers.people import READER_OF_KITA, SmallHub, sign_in


def _refused(hub: SmallHub) -> list[tuple[str, dict[str, str]]]:
    asked = select(hub_entries.c.actor, hub_entries.c.details).where(hub_entries.c.event == "access.refused")
    with hub.database.read() as connection:
        return [(row.actor, json.loads(row.details)) for row in connection.execute(asked)]


def test_a_person_who_is_refused_a_route_is_on_record_once(hub: SmallHub) -> None:
    """LOG-01: use of a function that is not theirs."""
    person = hub.person("reader.a", READER_OF_KITA)
    client = hub.client()
    assert sign_in(client, hub.key_of(person)).status_code == 200
    for _ in range(3):
        assert client.get("/api/v1/people").status_code == 403
    ((actor, details),) = _refused(hub)
    assert actor.startswith("person:")
    assert details == {"because": "forbidden", "route": "GET /api/v1/people"}


def test_strangers_tokens_are_on_record_and_a_flood_of_them_is_bounded(
    hub: SmallHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LOG-01: the token itself is kept nowhere, for people paste others' secrets."""
    monkeypatch.setattr(refusals, "_STRANGERS_AN_HOUR", 3)
    client = hub.client()
    for number in range(5):
        answer = client.get("/api/v1/session", headers={"Authorization": f"Bearer dokuei_guess{number}"})
        assert answer.status_code == 401
    ((actor, details),) = _refused(hub)
    assert (actor, details["because"]) == ("nobody", "unknown token")
    assert "guess" not in json.dumps(details)
    for number in range(9):
        hub.identity.refusals.of_stranger(f"2001:db8:{number}::1")
    assert len(_refused(hub)) == 3
    assert client.get("/api/v1/session").status_code == 401
    assert len(_refused(hub)) == 3, "a page without a session is nobody's attempt"
