"""What is more than a slip is on record, shown to its owner and to the office."""

import httpx
import pytest

from dokuei.hub.identity.model import Grant, Role
from tests.makers.authenticator import Authenticator
from tests.makers.people import ORIGIN, READER_OF_KITA, SmallHub, sign_in

ADMINISTRATOR = Grant(Role.ADMINISTRATOR, None)


def kinds(client: httpx.Client, path: str = "/api/v1/session/alerts") -> list[str]:
    return [one["kind"] for one in client.get(path).raise_for_status().json()]


def test_a_second_sign_in_is_shown_to_its_owner_who_ends_it_or_says_that_it_was_theirs(hub: SmallHub) -> None:
    """AUTH-01: one account at two machines raises an alert."""
    key = hub.key_of(hub.person("reader.a", READER_OF_KITA))
    here, there = hub.client(), hub.client()
    sign_in(here, key)
    assert kinds(here) == []
    there.headers["User-Agent"] = "Other Browser"
    sign_in(there, key)
    (told,) = here.get("/api/v1/session/alerts").json()
    assert told["kind"] == "signed_in_elsewhere"
    assert told["device"] == "Other Browser"
    assert here.delete(f"/api/v1/sessions/{told['session_id']}").status_code == 204
    assert there.get("/api/v1/session").status_code == 401
    assert here.post(f"/api/v1/session/alerts/{told['alert_id']}/seen").status_code == 204
    assert kinds(here) == []
    stranger = hub.signed_in("reader.b", READER_OF_KITA)
    assert stranger.post(f"/api/v1/session/alerts/{told['alert_id']}/seen").status_code == 404


@pytest.mark.parametrize("kind", ["key_copied", "key_unverified", "key_elsewhere", "key_replayed"])
def test_a_genuine_key_where_none_should_be_is_refused_and_alarms(hub: SmallHub, kind: str) -> None:
    """AUTH-05: a copied key, one without its PIN, one used on another page, and an answer given twice."""
    office = hub.signed_in("admin.a", ADMINISTRATOR)
    key = hub.key_of(hub.person("reader.a", READER_OF_KITA))
    client = hub.client()
    assert sign_in(client, key).status_code == 200
    if kind == "key_copied":
        key.keys[0].sign_count -= 1
        refused = sign_in(hub.client(), key)
    elif kind == "key_unverified":
        key.verifies_user = False
        refused = sign_in(hub.client(), key)
    elif kind == "key_elsewhere":
        refused = sign_in(hub.client(), key, origin="http://localhost.evil.example")
    else:
        answer = key.get(client.post("/api/v1/sign-in/passkey/options").json())
        assert client.post("/api/v1/sign-in/passkey", json={"credential": answer}).status_code == 200
        refused = hub.client().post("/api/v1/sign-in/passkey", json={"credential": answer})
    assert refused.status_code == 401
    assert kinds(office, "/api/v1/alerts") == [kind]
    assert kind in kinds(client)
    assert hub.events().count("security.alert") >= 1


def test_a_key_of_another_site_is_refused_even_where_it_was_kept(hub: SmallHub) -> None:
    """AUTH-05: its answer names the other site's host."""
    key = hub.key_of(hub.person("reader.a", READER_OF_KITA))
    key.keys[0].rp_id = "other.example"
    office = hub.signed_in("admin.a", ADMINISTRATOR)
    assert sign_in(hub.client(), key).status_code == 401
    assert kinds(office, "/api/v1/alerts") == ["key_elsewhere"]


def test_whoever_invents_answers_raises_no_alarm(hub: SmallHub) -> None:
    """A stranger who knows a key's name must not be able to cry wolf."""
    key = hub.key_of(hub.person("reader.a", READER_OF_KITA))
    forger = Authenticator(ORIGIN)
    forger.create({"rp": {"id": "localhost"}, "user": {"id": "eA"}, "challenge": "eA"})
    forger.keys[0].credential_id = key.keys[0].credential_id
    forger.verifies_user = False
    office = hub.signed_in("admin.a", ADMINISTRATOR)
    assert sign_in(hub.client(), forger).status_code == 401
    assert kinds(office, "/api/v1/alerts") == []
    assert "sign-in.failed" in hub.events()


def test_an_alert_is_settled_once_by_an_administrator(hub: SmallHub) -> None:
    key = hub.key_of(hub.person("reader.a", READER_OF_KITA))
    key.verifies_user = False
    sign_in(hub.client(), key)
    office = hub.signed_in("admin.a", ADMINISTRATOR)
    (alert,) = office.get("/api/v1/alerts").json()
    assert alert["display_name"] == "人 reader.a"
    assert office.post(f"/api/v1/alerts/{alert['alert_id']}/settled").status_code == 204
    assert office.post(f"/api/v1/alerts/{alert['alert_id']}/settled").status_code == 404
    assert office.get("/api/v1/alerts").json()[0]["seen_at"] is not None
    assert hub.events().count("security.alert-seen") == 1
