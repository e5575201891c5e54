"""Sessions and tokens over time: idle lock, what polling does not do, and how fast a change bites."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from dokuei.clock import monotonic, now
from dokuei.errors import NotFoundError, NotSignedInError, RequestError
from dokuei.hub.identity import tables
from dokuei.hub.identity.access import REMEMBERED_SECONDS, SESSION_LIFETIME, Kind
from dokuei.hub.identity.guard import SESSION_COOKIE
from dokuei.hub.identity.model import Grant, Permission, Role, Scope
from tests.makers.people import READER_OF_KITA, SmallHub, sign_in, small_hub


@contextmanager
def later(hub: SmallHub, by: timedelta) -> Iterator[None]:
    """As if all sessions had been used last that much earlier, and nothing were remembered."""
    s = tables.session
    with hub.database.begin() as connection:
        connection.execute(update(s).values(last_seen_at=now() - by))
    hub.identity.access.forget_all()
    yield


def test_a_session_locks_after_ten_idle_minutes_and_only_signing_in_opens_it(hub: SmallHub) -> None:
    """AUTH-11: idle lock, default 10 minutes."""
    client = hub.signed_in("reader.a", READER_OF_KITA)
    with later(hub, timedelta(minutes=9, seconds=50)):
        assert client.get("/api/v1/session").status_code == 200
    with later(hub, timedelta(minutes=10, seconds=1)):
        assert client.get("/api/v1/session").status_code == 401
    assert client.get("/api/v1/session").status_code == 401


def test_polling_does_not_keep_a_session_open_and_work_does(hub: SmallHub) -> None:
    """AUTH-11: a page that asks for news by itself is nobody at work."""
    client = hub.signed_in("reader.a", READER_OF_KITA)
    with later(hub, timedelta(minutes=8)):
        polled = client.get("/api/v1/session", headers={"X-Dokuei-Background": "1"})
        assert polled.status_code == 200
        assert seen_ago(hub) > timedelta(minutes=7)
        assert client.get("/api/v1/session").status_code == 200
        assert seen_ago(hub) < timedelta(minutes=1)


def seen_ago(hub: SmallHub) -> timedelta:
    with hub.database.read() as connection:
        (row,) = connection.execute(tables.session.select()).all()
    ago: timedelta = now() - row.last_seen_at
    return ago


def test_no_session_outlives_its_day(hub: SmallHub) -> None:
    client = hub.signed_in("reader.a", READER_OF_KITA)
    with hub.database.begin() as connection:
        connection.execute(update(tables.session).values(created_at=now() - SESSION_LIFETIME - timedelta(seconds=1)))
    hub.identity.access.forget_all()
    assert client.get("/api/v1/session").status_code == 401


def test_the_answer_of_the_last_seconds_is_believed_and_then_asked_again(hub: SmallHub) -> None:
    client = hub.signed_in("reader.a", READER_OF_KITA)
    secret = client.cookies[SESSION_COOKIE]
    access = hub.identity.access
    assert access.remembered("session", secret) is not None
    kept = access.memory["session", secret]
    assert monotonic() < kept.until <= monotonic() + REMEMBERED_SECONDS <= monotonic() + 5
    with hub.database.begin() as connection:
        connection.execute(update(tables.session).values(ended_at=now()))
    assert client.get("/api/v1/session").status_code == 200
    access.memory["session", secret] = replace(kept, until=monotonic() - 0.001)
    assert client.get("/api/v1/session").status_code == 401


def test_a_role_taken_back_is_gone_at_the_next_question(hub: SmallHub) -> None:
    person = hub.person("reader.a", READER_OF_KITA, Grant(Role.TECHNOLOGIST, "minami"))
    client = hub.client()
    sign_in(client, hub.key_of(person))
    assert [site["site_id"] for site in client.get("/api/v1/session").json()["sites"]] == ["kita", "minami"]
    hub.identity.people.revoke(person.person_id, READER_OF_KITA, actor="system")
    session = client.get("/api/v1/session").json()
    assert [site["site_id"] for site in session["sites"]] == ["minami"]
    assert "report.sign" not in session["permissions"]
    with pytest.raises(NotFoundError):
        hub.identity.people.revoke(person.person_id, READER_OF_KITA, actor="system")


def test_an_account_and_a_role_end_by_themselves_with_the_contract(hub: SmallHub) -> None:
    """AUTH-15: ends on a stored date."""
    person = hub.person("reader.a")
    hub.identity.people.grant(person.person_id, READER_OF_KITA, actor="system", ends_on=date(2020, 1, 1))
    client = hub.client()
    key = hub.key_of(person)
    assert sign_in(client, key).json()["permissions"] == []
    with hub.database.begin() as connection:
        connection.execute(update(tables.person).values(ends_on=date(2020, 1, 1)))
    hub.identity.access.forget_all()
    assert client.get("/api/v1/session").status_code == 401
    assert sign_in(hub.client(), key).status_code == 401


def test_a_token_is_shown_once_bound_to_its_site_and_ended_for_good(hub: SmallHub) -> None:
    tokens = hub.identity.tokens
    secret = tokens.create(scope=Scope.DICOMWEB, site_id="kita", label="OHIF", actor="system")
    assert secret.startswith("dokuei_")
    principal = hub.identity.access.look_up("token", secret)
    assert principal.site_ids == {"kita"}
    assert principal.may(Permission.STORE_IMAGES, "kita")
    (listed,) = tokens.every()
    assert listed.label == "OHIF"
    assert secret not in repr(listed)
    tokens.revoke(listed.token_id, actor="system")
    with pytest.raises(NotSignedInError):
        hub.identity.access.look_up("token", secret)
    with pytest.raises(NotFoundError):
        tokens.revoke(listed.token_id, actor="system")


def test_a_token_ends_on_its_day(hub: SmallHub) -> None:
    gone = hub.identity.tokens.create(
        scope=Scope.DICOMWEB, site_id="kita", label="", actor="system", expires_on=date(2020, 1, 1)
    )
    with pytest.raises(NotSignedInError):
        hub.identity.access.look_up("token", gone)


def test_with_several_sites_a_token_names_one_that_exists(hub: SmallHub) -> None:
    with pytest.raises(RequestError, match="several"):
        hub.identity.tokens.create(scope=Scope.DICOMWEB, site_id=None, label="", actor="system")
    with pytest.raises(NotFoundError):
        hub.identity.tokens.create(scope=Scope.DICOMWEB, site_id="nowhere", label="", actor="system")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer x", "bearer dokuei_x", "Token y"])
def test_whatever_is_no_token_is_nobody(hub: SmallHub, header: str) -> None:
    answer = hub.client().get("/api/v1/people", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_person_cannot_be_added_twice_or_given_a_role_nowhere(hub: SmallHub) -> None:
    administrator = hub.signed_in("admin.a", Grant(Role.ADMINISTRATOR, None))
    body = {"user_name": "reader.x", "display_name": "新人", "grants": [{"role": "reader", "site_id": "kita"}]}
    assert administrator.post("/api/v1/people", json=body).status_code == 201
    assert administrator.post("/api/v1/people", json=body).status_code == 409
    nowhere = {**body, "user_name": "reader.y", "grants": [{"role": "reader", "site_id": "nowhere"}]}
    assert administrator.post("/api/v1/people", json=nowhere).status_code == 400
    assert administrator.post("/api/v1/people", json={**body, "user_name": "shared"}).status_code == 400
    assert administrator.post("/api/v1/people", json={**body, "extra": 1}).status_code == 422
    names = [one["user_name"] for one in administrator.get("/api/v1/people").json()]
    assert names == ["admin.a", "reader.x"]


def test_identity_works_the_same_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    with small_hub(tmp_path, url=postgres_url) as hub:
        key = hub.key_of(hub.person("reader.a", READER_OF_KITA))
        client = hub.client()
        assert sign_in(client, key).json()["person"]["user_name"] == "reader.a"
        totp = hub.password_of(hub.person("clerk.a", Grant(Role.CLERK, "kita")))
        typed = {"user_name": "clerk.a", "password": "wrong", "totp_code": totp.now()}
        for _ in range(5):
            assert hub.client().post("/api/v1/sign-in/password", json=typed).status_code == 401
        assert client.post("/api/v1/sign-out").status_code == 204
        assert client.get("/api/v1/session").status_code == 401


@pytest.mark.parametrize("kind", ["token", "session"])
def test_whoever_guesses_secrets_waits_for_no_writer_and_holds_none_up(hub: SmallHub, kind: Kind) -> None:
    """A stranger's guess is answered by reading alone: it never queues for the one lock that saves people's work."""
    guessed = threading.Event()

    def guess() -> None:
        with pytest.raises(NotSignedInError):
            hub.identity.access.look_up(kind, "guessed")
        guessed.set()

    with hub.database.begin():
        guesser = threading.Thread(target=guess)
        guesser.start()
        assert guessed.wait(10)
    guesser.join()


def test_the_keys_of_what_a_browser_keeps_end_with_the_session(hub: SmallHub) -> None:
    """NET-17: what is left on a disk after sign-out opens for nobody."""
    person = hub.person("reader.a", READER_OF_KITA)
    key, client = hub.key_of(person), hub.client()
    sign_in(client, key).raise_for_status()
    answer = client.get("/api/v1/session/keys")
    assert answer.headers["cache-control"] == "no-store"
    first = answer.json()
    assert client.get("/api/v1/session/keys").json() == first
    client.post("/api/v1/sign-out", headers={"X-Dokuei-Request": "1"}).raise_for_status()
    assert client.get("/api/v1/session/keys").status_code == 401
    sign_in(client, key).raise_for_status()
    second = client.get("/api/v1/session/keys").json()
    assert second["images"] != first["images"]
    assert second["drafts"] == first["drafts"]
