"""How rights come and go: asked for, given, confirmed, ended, and looked through once a month."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from dokuei.clock import now, today
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.identity.role_requests import UNCONFIRMED_FOR
from dokuei.hub.identity.tables import person, role_grant, session
from tests.makers.people import READER_OF_KITA, SmallHub, sign_in, small_hub

ADMINISTRATOR = Grant(Role.ADMINISTRATOR, None)
WANTED = {"grant": {"role": "reader", "site_id": "minami"}, "department": "放射線科", "manager": "chief"}


def decide(client: httpx.Client, request_id: str, step: str, *, yes: bool) -> int:
    return client.post(f"/api/v1/role-requests/{request_id}/{step}", json={"yes": yes}).status_code


def roles(client: httpx.Client) -> list[str]:
    found: list[str] = client.get("/api/v1/session").json()["person"]["roles"]
    return found


def asked(client: httpx.Client, **changed: object) -> str:
    answer = client.post("/api/v1/role-requests", json={**WANTED, **changed})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()[0]["request_id"]
    return found


def test_a_role_is_asked_for_given_and_confirmed_and_all_of_it_is_on_record(hub: SmallHub) -> None:
    """AUTH-14: request, grant, confirmation by the department's manager."""
    chief, office = hub.signed_in("chief", READER_OF_KITA), hub.signed_in("admin.a", ADMINISTRATOR)
    clerk = hub.signed_in("clerk.a", Grant(Role.CLERK, "kita"))
    request_id = asked(clerk)
    assert roles(clerk) == ["clerk"]
    assert decide(clerk, request_id, "decision", yes=True) == 403
    assert decide(chief, request_id, "confirmation", yes=True) == 404
    assert decide(office, request_id, "decision", yes=True) == 204
    assert roles(clerk) == ["clerk", "reader"]
    assert decide(clerk, request_id, "confirmation", yes=True) == 404
    assert decide(chief, request_id, "confirmation", yes=True) == 204
    (told,) = office.get("/api/v1/role-requests").json()
    assert told["state"] == "confirmed"
    assert (told["display_name"], told["manager"], told["decided_by"]) == ("人 clerk.a", "人 chief", "人 admin.a")
    for event in ("role.requested", "role.request.granted", "role.granted", "role.request.confirmed"):
        assert hub.events().count(event) >= 1
    with hub.database.read() as connection:
        ends = [row.ends_on for row in connection.execute(role_grant.select()) if row.site_id == "minami"]
    assert ends == [None]


def test_what_nobody_confirms_ends_by_itself(hub: SmallHub) -> None:
    """AUTH-14: a role that its department does not stand for does not stay."""
    hub.person("chief", READER_OF_KITA)
    office, clerk = hub.signed_in("admin.a", ADMINISTRATOR), hub.signed_in("clerk.a", Grant(Role.CLERK, "kita"))
    assert decide(office, asked(clerk), "decision", yes=True) == 204
    with hub.database.begin() as connection:
        ends = [row.ends_on for row in connection.execute(role_grant.select()) if row.site_id == "minami"]
        assert ends == [(now() + UNCONFIRMED_FOR).date()]
        over = update(role_grant).where(role_grant.c.site_id == "minami")
        connection.execute(over.values(ends_on=(now() - timedelta(days=1)).date()))
    hub.identity.access.forget_all()
    assert roles(clerk) == ["clerk"]


def test_a_manager_who_says_no_takes_it_back_at_once(hub: SmallHub) -> None:
    """AUTH-14: the department has the last word."""
    chief, office = hub.signed_in("chief", READER_OF_KITA), hub.signed_in("admin.a", ADMINISTRATOR)
    clerk = hub.signed_in("clerk.a", Grant(Role.CLERK, "kita"))
    request_id = asked(clerk)
    decide(office, request_id, "decision", yes=True)
    assert decide(chief, request_id, "confirmation", yes=False) == 204
    assert roles(clerk) == ["clerk"]
    assert decide(chief, request_id, "confirmation", yes=True) == 404


def test_nobody_gives_or_confirms_their_own(hub: SmallHub) -> None:
    """AUTH-14: three different people, and one's own request is never one's own decision."""
    hub.person("chief", READER_OF_KITA)
    office = hub.signed_in("admin.a", ADMINISTRATOR)
    own = asked(office)
    assert decide(office, own, "decision", yes=True) == 409
    clerk = hub.signed_in("clerk.a", Grant(Role.CLERK, "kita"))
    assert clerk.post("/api/v1/role-requests", json={**WANTED, "manager": "clerk.a"}).status_code == 400
    managed = asked(clerk, manager="admin.a")
    assert decide(office, managed, "decision", yes=True) == 409


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"manager": "nobody"}, 400),
        ({"department": " "}, 400),
        ({"grant": {"role": "reader", "site_id": "nowhere"}}, 400),
        ({"grant": {"role": "clerk", "site_id": "kita"}}, 409),
        ({"ends_on": "2020-01-01"}, 400),
        ({"person_id": "0" * 32}, 403),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(hub: SmallHub, changed: dict[str, object], status: int) -> None:
    hub.person("chief", READER_OF_KITA)
    clerk = hub.signed_in("clerk.a", Grant(Role.CLERK, "kita"))
    assert clerk.post("/api/v1/role-requests", json={**WANTED, **changed}).status_code == status


def test_the_same_is_not_asked_for_twice(hub: SmallHub) -> None:
    hub.person("chief", READER_OF_KITA)
    clerk = hub.signed_in("clerk.a", Grant(Role.CLERK, "kita"))
    asked(clerk)
    assert clerk.post("/api/v1/role-requests", json=WANTED).status_code == 409


def test_where_roles_are_given_on_request_alone_no_administrator_gives_one_directly(tmp_path: Path) -> None:
    """AUTH-14: as the centre has set it."""
    with small_hub(tmp_path, roles_by_request=True) as hub:
        office = hub.signed_in("admin.a", ADMINISTRATOR)
        someone = hub.person("clerk.a")
        given = {"role": "reader", "site_id": "kita"}
        assert office.post(f"/api/v1/people/{someone.person_id}/grants", json=given).status_code == 409
        new = {"user_name": "new.one", "display_name": "新人", "grants": [given]}
        assert office.post("/api/v1/people", json=new).status_code == 409
        assert office.post("/api/v1/people", json={**new, "grants": []}).status_code == 201


def test_an_account_ends_on_the_day_that_an_administrator_sets(hub: SmallHub) -> None:
    """AUTH-15: with the contract; a day that is over bites at once."""
    office, reader = hub.signed_in("admin.a", ADMINISTRATOR), hub.signed_in("reader.a", READER_OF_KITA)
    who = reader.get("/api/v1/session").json()["person"]["person_id"]
    path = f"/api/v1/people/{who}/end"
    assert office.put(path, json={"ends_on": today("Asia/Tokyo").isoformat()}).status_code == 204
    assert reader.get("/api/v1/session").status_code == 200
    yesterday = (today("Asia/Tokyo") - timedelta(days=1)).isoformat()
    assert office.put(path, json={"ends_on": yesterday}).status_code == 204
    assert reader.get("/api/v1/session").status_code == 401
    assert office.put(path, json={"ends_on": None}).status_code == 204
    mine = office.get("/api/v1/session").json()["person"]["person_id"]
    assert office.put(f"/api/v1/people/{mine}/end", json={"ends_on": yesterday}).status_code == 409
    assert hub.events().count("person.end.set") == 3


def test_accounts_that_nobody_used_for_ninety_days_are_listed_monthly_and_reviewed(hub: SmallHub) -> None:
    """AUTH-15: who signed in lately, is new, locked or has no role is not among them."""
    office = hub.signed_in("admin.a", ADMINISTRATOR)
    hub.signed_in("reader.old", READER_OF_KITA)
    never, locked = hub.person("clerk.never", Grant(Role.CLERK, "kita")), hub.person("clerk.locked", READER_OF_KITA)
    hub.person("clerk.new", READER_OF_KITA)
    hub.identity.people.lock(locked.person_id, actor="system")
    old = now() - timedelta(days=91)
    with hub.database.begin() as connection:
        connection.execute(update(person).where(person.c.user_name != "clerk.new").values(created_at=old))
        reader = hub.identity.people.by_user_name("reader.old").person_id
        connection.execute(update(session).where(session.c.person_id == reader).values(created_at=old))
    (month,) = office.get("/api/v1/dormant-accounts").json()
    listed = {one["user_name"]: one["last_seen_at"] for one in month["accounts"]}
    assert set(listed) == {"reader.old", "clerk.never"}
    assert listed["clerk.never"] is None
    assert never.person_id in {one["person_id"] for one in month["accounts"]}
    assert office.post(f"/api/v1/dormant-accounts/{month['month']}/review").status_code == 204
    assert office.post(f"/api/v1/dormant-accounts/{month['month']}/review").status_code == 404
    assert office.get("/api/v1/dormant-accounts").json()[0]["reviewed_by"] == "人 admin.a"
    assert hub.events().count("accounts.dormant.listed") == 1
    assert hub.events().count("accounts.dormant.reviewed") == 1
    assert hub.identity.dormant.make() is False


def test_a_profile_is_recorded_by_an_administrator_and_seen_by_its_owner(hub: SmallHub) -> None:
    """JRS-02: licence, specialities, reading grade and their ends."""
    office, reader = hub.signed_in("admin.a", ADMINISTRATOR), hub.signed_in("reader.a", Grant(Role.RESIDENT, "kita"))
    who = reader.get("/api/v1/session").json()["person"]["person_id"]
    assert reader.get("/api/v1/session/profile").json()["lacks"] == ["no_licence"]
    profile = {
        "licence_number": "654321",
        "licence_until": None,
        "specialities": [{"name": "放射線診断専門医", "until": "2030-03-31"}],
        "mammography_grade": "AS",
        "mammography_until": "2029-12-31",
    }
    path = f"/api/v1/people/{who}/profile"
    assert reader.put(path, json=profile).status_code == 403
    assert office.put(path, json={**profile, "mammography_grade": "Z"}).status_code == 422
    assert office.put(path, json=profile).status_code == 200
    recorded = {**profile, "lacks": [], "certificate": None, "offered": None}
    assert reader.get("/api/v1/session/profile").json() == recorded
    assert office.get(path).json() == recorded
    assert office.put(f"/api/v1/people/{'0' * 32}/profile", json=profile).status_code == 404
    assert hub.events().count("qualification.recorded") == 1


@pytest.mark.parametrize(("zone", "status"), [("Etc/GMT+12", 200), ("Pacific/Kiritimati", 401)])
def test_a_last_day_ends_at_midnight_where_the_centre_is(tmp_path: Path, zone: str, status: int) -> None:
    """AUTH-14: in the west it is still the last day when in the east it is over: UTC is neither."""
    with small_hub(tmp_path, time_zone=zone) as hub:
        reader = hub.person("reader.a", READER_OF_KITA)
        key = hub.key_of(reader)
        with hub.database.begin() as connection:
            connection.execute(update(person).values(ends_on=today("Etc/GMT+12")))
        assert sign_in(hub.client(), key).status_code == status
