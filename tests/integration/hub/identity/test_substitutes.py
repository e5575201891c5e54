"""The ways in for bad days: a substitute for a lost key, and the emergency account."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from dokuei.clock import now
from dokuei.errors import ConflictError
from dokuei.hub.identity.model import EMERGENCY, Grant, Role
from dokuei.hub.identity.tables import session
from dokuei.hub.identity.tables_rights import substitute
from tests.makers.people import READER_OF_KITA, SmallHub, sign_in

ADMINISTRATOR = Grant(Role.ADMINISTRATOR, None)


def ask(office: httpx.Client, person_id: str, **more: object) -> httpx.Response:
    return office.post("/api/v1/substitutes", json={"person_id": person_id, "reason": "鍵を自宅に", **more})


def enter(client: httpx.Client, user_name: str, first: str, second: str) -> httpx.Response:
    body = {"user_name": user_name, "first_code": first, "second_code": second}
    return client.post("/api/v1/sign-in/substitute", json=body)


def issued(hub: SmallHub, person_id: str, **more: object) -> tuple[str, str]:
    """Both halves, from two administrators."""
    asked = ask(hub.signed_in("admin.a", ADMINISTRATOR), person_id, **more).json()
    other = hub.signed_in("admin.b", ADMINISTRATOR)
    return asked["code"], other.post(f"/api/v1/substitutes/{asked['substitute_id']}/issue").json()["code"]


def test_two_administrators_open_the_account_of_somebody_without_a_key(hub: SmallHub) -> None:
    """AUTH-06: both halves together, and neither alone, whichever way they are typed."""
    person = hub.person("reader.a", READER_OF_KITA)
    first, second = issued(hub, person.person_id)
    for wrong in ((first, first), (second, first), (first, ""), ("", second)):
        assert enter(hub.client(), "reader.a", *wrong).status_code == 401
    client = hub.client()
    assert enter(client, "reader.a", first.lower().replace("-", " "), second).status_code == 200
    assert client.get("/api/v1/session").json()["person"]["user_name"] == "reader.a"
    assert client.get("/api/v1/sessions").json()[0]["method"] == "substitute"
    assert [one.kind for one in hub.identity.alerts.mine(person.person_id)] == ["substitute_used"]
    for event in ("substitute.requested", "substitute.issued", "security.alert"):
        assert event in hub.events()


def test_it_takes_two_and_neither_is_the_person_it_is_for(hub: SmallHub) -> None:
    """AUTH-06: issued by two persons."""
    office, other = hub.signed_in("admin.a", ADMINISTRATOR), hub.signed_in("admin.b", ADMINISTRATOR)
    mine, theirs = (client.get("/api/v1/session").json()["person"]["person_id"] for client in (office, other))
    assert ask(office, mine).status_code == 409
    for_other = ask(office, theirs).json()["substitute_id"]
    assert office.post(f"/api/v1/substitutes/{for_other}/issue").status_code == 409
    assert other.post(f"/api/v1/substitutes/{for_other}/issue").status_code == 409
    assert office.get("/api/v1/substitutes").json()[0]["state"] == "waiting"
    assert ask(office, theirs, hours=25).status_code == 422
    assert ask(office, "0" * 32).status_code == 404


def test_it_ends_by_itself_and_takes_its_sessions_along(hub: SmallHub) -> None:
    """AUTH-06: at most 24 hours."""
    person = hub.person("reader.a", READER_OF_KITA)
    first, second = issued(hub, person.person_id, hours=24)
    client = hub.client()
    assert enter(client, "reader.a", first, second).status_code == 200
    with hub.database.begin() as connection:
        connection.execute(update(substitute).values(expires_at=now() - timedelta(seconds=1)))
        connection.execute(
            update(session).where(session.c.method == "substitute").values(expires_at=now() - timedelta(seconds=1))
        )
    hub.identity.access.forget_all()
    assert client.get("/api/v1/session").status_code == 401
    assert enter(hub.client(), "reader.a", first, second).status_code == 401
    assert hub.identity.substitutes.close_expired() == 1
    assert hub.identity.substitutes.close_expired() == 0


def test_a_lost_key_is_worth_nothing_from_then_on_and_a_forgotten_one_stays(hub: SmallHub) -> None:
    office = hub.signed_in("admin.a", ADMINISTRATOR)
    for user_name, lost, still in (("reader.a", False, 200), ("reader.b", True, 401)):
        key = hub.key_of(person := hub.person(user_name, READER_OF_KITA))
        assert ask(office, person.person_id, lost=lost).status_code == 201
        assert sign_in(hub.client(), key).status_code == still


def test_five_wrong_codes_shut_the_substitute_for_a_while(hub: SmallHub) -> None:
    """AUTH-10: guesses are bounded here too."""
    person = hub.person("reader.a", READER_OF_KITA)
    first, second = issued(hub, person.person_id)
    for _ in range(5):
        assert hub.identity.substitutes.judge(person.person_id, first, "wrong", address="") is None
    assert enter(hub.client(), "reader.a", first, second).status_code == 401


def test_the_emergency_account_sleeps_until_it_is_opened_and_sleeps_again_afterwards(hub: SmallHub) -> None:
    """AUTH-16: disabled in normal operation, an alert at once when used, unusable after the return to normal."""
    office = hub.signed_in("admin.a", ADMINISTRATOR)
    opened = office.post("/api/v1/emergency", json={"reason": "停電後の復旧", "hours": 2}).json()
    codes = (opened["first_code"], opened["second_code"])
    client = hub.client()
    assert enter(client, EMERGENCY, *codes).status_code == 200
    permissions = set(client.get("/api/v1/session").json()["permissions"])
    assert permissions == {"images.read", "worklist.read", "report.read", "request.read", "messages.read"}
    assert [one["kind"] for one in office.get("/api/v1/alerts").json()] == ["emergency_used", "emergency_opened"]
    assert office.post(f"/api/v1/substitutes/{opened['substitute_id']}/end").status_code == 204
    assert client.get("/api/v1/session").status_code == 401
    assert enter(hub.client(), EMERGENCY, *codes).status_code == 401
    account = hub.identity.people.by_user_name(EMERGENCY)
    assert account.locked_at is not None


def test_the_emergency_account_is_shut_by_itself_after_its_hours(hub: SmallHub) -> None:
    """AUTH-16: nobody has to think of it."""
    opened = hub.identity.substitutes.open_emergency(reason="災害", hours=1, actor="system")
    with hub.database.begin() as connection:
        connection.execute(update(substitute).values(expires_at=now() - timedelta(seconds=1)))
    assert enter(hub.client(), EMERGENCY, opened.first_code, opened.second_code).status_code == 401
    hub.identity.substitutes.close_expired()
    assert hub.identity.people.by_user_name(EMERGENCY).locked_at is not None


def test_nobody_gives_the_emergency_account_a_key_of_its_own(hub: SmallHub) -> None:
    """AUTH-16: its only way in is an opening."""
    hub.identity.substitutes.open_emergency(reason="災害", hours=1, actor="system")
    account = hub.identity.people.by_user_name(EMERGENCY)
    with pytest.raises(ConflictError):
        hub.identity.people.link(account.person_id, actor="system")
    office = hub.signed_in("admin.a", ADMINISTRATOR)
    assert ask(office, account.person_id).status_code == 409
    assert office.post(f"/api/v1/people/{account.person_id}/lock?locked=false").status_code == 409
