"""Signing in over HTTP with real keys, passwords and codes."""

import base64
import json
import time

import httpx
import pytest
from sqlalchemy import select

from dokuei.hub.identity.guard import SESSION_COOKIE
from dokuei.hub.identity.model import ROLE_PERMISSIONS, Grant, Role
from dokuei.storage.audit import hub_entries
from tests.makers.authenticator import Authenticator
from tests.makers.people import GOOD_PASSWORD, ORIGIN, READER_OF_KITA, SmallHub, one_step_ago, sign_in


def events(hub: SmallHub) -> list[str]:
    with hub.database.read() as connection:
        return [row.event for row in connection.execute(select(hub_entries.c.event).order_by(hub_entries.c.sequence))]


def test_a_key_signs_in_and_the_session_says_who_and_where(hub: SmallHub) -> None:
    client = hub.signed_in("reader.a", READER_OF_KITA)
    session = client.get("/api/v1/session").json()
    assert session["person"]["user_name"] == "reader.a"
    assert session["person"]["roles"] == ["reader"]
    (site,) = session["sites"]
    assert (site["site_id"], site["name"], site["name_en"]) == ("kita", "北病院", "Kita Hospital")
    assert set(site["permissions"]) == set(session["permissions"]) == ROLE_PERMISSIONS[Role.READER]
    assert session["centre_permissions"] == []
    assert "report.sign" in session["permissions"]
    assert session["idle_lock_seconds"] == 600


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(hub: SmallHub) -> None:
    key = hub.key_of(hub.person("reader.a", READER_OF_KITA))
    client = hub.client()
    header = sign_in(client, key).headers["set-cookie"]
    assert "HttpOnly" in header
    assert "SameSite=strict" in header
    secure = hub.client()
    secure.base_url = httpx.URL(ORIGIN.replace("http:", "https:"))
    options = secure.post("/api/v1/sign-in/passkey/options").json()
    answer = secure.post("/api/v1/sign-in/passkey", json={"credential": key.get(options)})
    assert "Secure" in answer.headers["set-cookie"]


def test_a_key_without_user_verification_is_refused(hub: SmallHub) -> None:
    """AUTH-05: a token without PIN or biometry never signs in."""
    key = hub.key_of(hub.person("reader.a", READER_OF_KITA))
    key.verifies_user = False
    assert sign_in(hub.client(), key).status_code == 401


def test_a_page_of_another_origin_is_refused(hub: SmallHub) -> None:
    key = hub.key_of(hub.person("reader.a", READER_OF_KITA))
    assert sign_in(hub.client(), key, origin="http://localhost.evil.example").status_code == 401


def test_a_replayed_answer_is_refused(hub: SmallHub) -> None:
    key = hub.key_of(hub.person("reader.a", READER_OF_KITA))
    client = hub.client()
    answer = key.get(client.post("/api/v1/sign-in/passkey/options").json())
    assert client.post("/api/v1/sign-in/passkey", json={"credential": answer}).status_code == 200
    assert client.post("/api/v1/sign-in/passkey", json={"credential": answer}).status_code == 401


def test_a_copied_key_whose_counter_goes_back_is_refused(hub: SmallHub) -> None:
    key = hub.key_of(hub.person("reader.a", READER_OF_KITA))
    assert sign_in(hub.client(), key).status_code == 200
    key.keys[0].sign_count -= 1
    assert sign_in(hub.client(), key).status_code == 401


def test_a_key_that_nobody_enrolled_is_refused(hub: SmallHub) -> None:
    enrolled = hub.key_of(hub.person("reader.a", READER_OF_KITA))
    stranger = Authenticator(ORIGIN, keys=[*Authenticator(ORIGIN).keys])
    stranger.create({"rp": {"id": "localhost"}, "user": {"id": "eA"}, "challenge": "eA"})
    assert sign_in(hub.client(), stranger).status_code == 401
    assert sign_in(hub.client(), enrolled).status_code == 200


@pytest.mark.parametrize("credential", [{}, {"id": 3}, {"response": None}, {"response": {"clientDataJSON": "!"}}])
def test_an_answer_of_no_shape_is_a_failed_sign_in(hub: SmallHub, credential: dict[str, object]) -> None:
    assert hub.client().post("/api/v1/sign-in/passkey", json={"credential": credential}).status_code == 401


def test_password_and_code_sign_in_and_neither_alone_does(hub: SmallHub) -> None:
    """AUTH-04: two factors of different kinds, never one."""
    totp = hub.password_of(hub.person("clerk.a", Grant(Role.CLERK, "kita")))
    client = hub.client()
    right = {"user_name": "Ｃlerk.A ", "password": GOOD_PASSWORD, "totp_code": totp.now()}
    for wrong in ({"totp_code": ""}, {"totp_code": "000000"}, {"password": ""}, {"password": GOOD_PASSWORD + "x"}):
        assert client.post("/api/v1/sign-in/password", json={**right, **wrong}).status_code == 401
    assert client.post("/api/v1/sign-in/password", json=right).status_code == 200
    assert client.get("/api/v1/session").status_code == 200


def test_a_code_is_taken_once(hub: SmallHub) -> None:
    totp = hub.password_of(hub.person("clerk.a", Grant(Role.CLERK, "kita")))
    typed = {"user_name": "clerk.a", "password": GOOD_PASSWORD, "totp_code": totp.now()}
    assert hub.client().post("/api/v1/sign-in/password", json=typed).status_code == 200
    assert hub.client().post("/api/v1/sign-in/password", json=typed).status_code == 401


def test_failures_look_the_same_and_take_as_long_whether_or_not_the_person_exists(hub: SmallHub) -> None:
    """AUTH-09: one message and one timing; processor time, so that a busy machine does not decide."""
    hub.password_of(hub.person("clerk.a", Grant(Role.CLERK, "kita")))
    client = hub.client()
    answers, times = [], []
    for user_name in ("clerk.a", "nobody.at.all", "clerk.a", "nobody.else"):
        started = time.process_time()
        answers.append(
            client.post(
                "/api/v1/sign-in/password",
                json={"user_name": user_name, "password": "wrong-wrong-1", "totp_code": "123456"},
            )
        )
        times.append(time.process_time() - started)
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert abs(times[2] - times[3]) < 0.35  # the first two also load what every later one finds loaded
    options = [client.post("/api/v1/sign-in/passkey/options", json={"user_name": n}).json() for n in ("clerk.a", "x")]
    assert all(not option.get("allowCredentials") for option in options)


def test_five_failures_lock_the_password_for_a_while(hub: SmallHub) -> None:
    """AUTH-10: locked, audited, and the right password does not help until the time is over."""
    totp = hub.password_of(hub.person("clerk.a", Grant(Role.CLERK, "kita")))
    right = {"user_name": "clerk.a", "password": GOOD_PASSWORD, "totp_code": totp.now()}
    for _ in range(5):
        assert hub.client().post("/api/v1/sign-in/password", json={**right, "password": "no"}).status_code == 401
    assert hub.client().post("/api/v1/sign-in/password", json=right).status_code == 401
    assert events(hub).count("password.locked") == 1
    assert events(hub).count("sign-in.failed") == 6


def test_a_locked_person_is_out_at_once_and_cannot_come_back(hub: SmallHub) -> None:
    key = hub.key_of(person := hub.person("reader.a", READER_OF_KITA))
    client = hub.client()
    sign_in(client, key)
    assert client.get("/api/v1/session").status_code == 200
    hub.identity.people.lock(person.person_id, actor="system")
    assert client.get("/api/v1/session").status_code == 401
    assert sign_in(hub.client(), key).status_code == 401


def test_nobody_locks_their_own_account(hub: SmallHub) -> None:
    """Of the last administrator nobody would be left to undo it."""
    client = hub.signed_in("admin.a", Grant(Role.ADMINISTRATOR, None))
    mine = client.get("/api/v1/session").json()["person"]["person_id"]
    assert client.post(f"/api/v1/people/{mine}/lock").status_code == 409
    assert client.get("/api/v1/session").status_code == 200


def test_sign_out_ends_the_session_and_says_how_long_it_lasted(hub: SmallHub) -> None:
    """LOG-01: sign-in time and duration are in the log."""
    client = hub.signed_in("reader.a", READER_OF_KITA)
    secret = client.cookies[SESSION_COOKIE]
    assert client.post("/api/v1/sign-out").status_code == 204
    client.cookies.set(SESSION_COOKIE, secret)
    assert client.get("/api/v1/session").status_code == 401
    with hub.database.read() as connection:
        ended = connection.execute(select(hub_entries).where(hub_entries.c.event == "session.ended")).one()
    assert '"because":"sign-out"' in ended.details
    assert '"seconds":' in ended.details


def test_sessions_elsewhere_are_listed_and_ended_from_here(hub: SmallHub) -> None:
    key = hub.key_of(hub.person("reader.a", READER_OF_KITA))
    here, there = hub.client(), hub.client()
    sign_in(here, key)
    sign_in(there, key)
    listed = here.get("/api/v1/sessions").json()
    assert [entry["current"] for entry in listed] == [False, True]
    assert here.delete(f"/api/v1/sessions/{listed[0]['session_id']}").status_code == 204
    assert there.get("/api/v1/session").status_code == 401
    assert here.get("/api/v1/session").status_code == 200
    stranger = hub.signed_in("reader.b", READER_OF_KITA)
    assert stranger.delete(f"/api/v1/sessions/{listed[1]['session_id']}").status_code == 404


def test_a_changing_request_from_another_page_is_refused(hub: SmallHub) -> None:
    client = hub.signed_in("reader.a", READER_OF_KITA)
    del client.headers["X-Dokuei-Request"]
    assert client.get("/api/v1/session").status_code == 200
    assert client.post("/api/v1/sign-out").status_code == 403
    assert client.post("/api/v1/sign-in/passkey/options").status_code == 403


def test_every_secret_in_the_database_is_hashed_or_sealed(hub: SmallHub) -> None:
    """AUTH-07: a dump of the database gives no reversible secret away."""
    totp = hub.password_of(hub.person("clerk.a", Grant(Role.CLERK, "kita")))
    client = hub.client()
    typed = {"user_name": "clerk.a", "password": GOOD_PASSWORD, "totp_code": totp.now()}
    client.post("/api/v1/sign-in/password", json=typed)
    connection = hub.database.engine.raw_connection()
    dump = "\n".join(connection.driver_connection.iterdump())  # type: ignore[union-attr] # sqlite3's own
    connection.close()
    for secret in (totp.secret, GOOD_PASSWORD, client.cookies[SESSION_COOKIE], one_step_ago(totp)):
        assert secret not in dump
        assert secret.encode().hex() not in dump.lower()
    assert "$argon2id$" in dump


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize("what", ["nested", "surrogate", "list", "number"])
def test_an_answer_that_no_browser_gives_fails_like_every_other_and_is_on_record(hub: SmallHub, what: str) -> None:
    """AUTH-09: whatever is sent instead of a key's answer, a stranger sees the one failure, and the trail has it."""
    client = hub.client()
    challenge = client.post("/api/v1/sign-in/passkey/options").json()["challenge"]
    told = _base64url(json.dumps({"challenge": challenge}).encode())
    credential = {
        "nested": {"id": "AAAA", "response": {"clientDataJSON": _base64url(b"[" * 20_000 + b"]" * 20_000)}},
        "surrogate": {"id": "\ud800", "response": {"clientDataJSON": told}},
        "list": {"id": ["AAAA"], "response": {"clientDataJSON": told}},
        "number": {"id": "AAAA", "response": {"clientDataJSON": 5}},
    }[what]
    body = json.dumps({"credential": credential})  # the escape goes over the wire as it is
    answer = client.post("/api/v1/sign-in/passkey", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 401, answer.text
    assert answer.json()["detail"] == "sign-in failed"
    assert events(hub)[-1] == "sign-in.failed"
