"""The centre's rules: set by its administrators, held from the next moment on, and never below the guideline."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from dokuei.clock import now
from dokuei.hub.identity import tables
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.identity.places import Place, Places
from tests.makers.people import GOOD_PASSWORD, READER_OF_KITA, SmallHub

RULES = "/api/v1/centre-rules"
USUAL = {
    "password_form": "second_factor",
    "password_length": 8,
    "password_days": 60,
    "idle_lock_minutes": 10,
    "dormant_days": 90,
}
CHIEF = Grant(Role.ADMINISTRATOR, None)


WEAKER: tuple[dict[str, Any], ...] = (
    {"password_form": "long", "password_length": 12},
    {"password_form": "second_factor", "password_length": 7},
    {"password_form": "changed", "password_length": 7},
    {"password_form": "changed", "password_days": 61},
    {"password_form": "none"},
    {"idle_lock_minutes": 0},
    {"idle_lock_minutes": 61},
    {"dormant_days": 91},
    {"password_length": 65},
)


def test_nothing_weaker_than_the_guideline_can_be_set(hub: SmallHub) -> None:
    """AUTH-02: a policy below the three forms cannot be configured; AUTH-11 and AUTH-15 have their bounds too."""
    chief = hub.signed_in("chief", CHIEF)
    for weak in WEAKER:
        assert chief.put(RULES, json={**USUAL, **weak}).status_code in {400, 422}, weak
    assert chief.get(RULES).json() == USUAL


def test_a_password_must_be_what_the_rules_say_from_the_next_one_on(hub: SmallHub) -> None:
    """AUTH-02: the form is a setting, on record."""
    chief = hub.signed_in("chief", CHIEF)
    long = {**USUAL, "password_form": "long", "password_length": 13}
    assert chief.put(RULES, json=long).json() == long
    person = hub.person("reader.a", READER_OF_KITA)
    code = hub.identity.people.link(person.person_id, actor="system")
    page = hub.client()
    answers = {
        typed: page.post(
            "/api/v1/enrolments/password", json={"password": typed}, headers={"X-Dokuei-Enrolment": code}
        ).status_code
        for typed in ("Kumo7tobu!", "kumogatobuhashi", "Kumo-ga-tobu 7 hashi")
    }
    assert list(answers.values()) == [400, 400, 200], answers
    assert "centre.rules-set" in hub.events()


def test_an_old_password_opens_nothing_where_passwords_are_changed(hub: SmallHub) -> None:
    """AUTH-02: the third form, 8 letters changed every two months; whoever has shown both factors is told why."""
    chief = hub.signed_in("chief", CHIEF)
    person = hub.person("reader.a", READER_OF_KITA)
    secret = hub.password_of(person)
    chief.put(RULES, json={**USUAL, "password_form": "changed", "password_days": 60})
    with hub.database.begin() as connection:
        connection.execute(update(tables.password).values(set_at=now() - timedelta(days=61)))
    typed = {"user_name": "reader.a", "password": GOOD_PASSWORD, "totp_code": secret.now()}
    refused = hub.client().post("/api/v1/sign-in/password", json=typed)
    assert refused.status_code == 401
    assert "must be changed" in refused.json()["detail"]
    stranger = hub.client().post("/api/v1/sign-in/password", json={**typed, "password": "falsch"})
    assert "changed" not in stranger.text, "nobody else is told"


def test_pages_lock_after_what_was_set_last(hub: SmallHub) -> None:
    """AUTH-11: the time is the administrator's; it holds for sessions that are open already."""
    chief, reader = hub.signed_in("chief", CHIEF), hub.signed_in("reader.a", READER_OF_KITA)
    chief.put(RULES, json={**USUAL, "idle_lock_minutes": 3})
    assert reader.get("/api/v1/session").json()["idle_lock_seconds"] == 180
    with hub.database.begin() as connection:
        connection.execute(update(tables.session).values(last_seen_at=now() - timedelta(minutes=3, seconds=1)))
    hub.identity.access.forget_all()
    assert reader.get("/api/v1/session").status_code == 401


def test_accounts_are_dormant_after_what_was_set_last(hub: SmallHub) -> None:
    """AUTH-15: at most 90 days."""
    hub.signed_in("chief", CHIEF).put(RULES, json={**USUAL, "dormant_days": 30})
    hub.signed_in("reader.a", READER_OF_KITA)
    with hub.database.begin() as connection:
        connection.execute(update(tables.session).values(created_at=now() - timedelta(days=31)))
        connection.execute(update(tables.person).values(created_at=now() - timedelta(days=31)))
    assert hub.identity.dormant.make()
    (month,) = hub.identity.dormant.months()
    assert month.after_days == 30
    assert "reader.a" in {one.user_name for one in month.accounts}


def test_only_administrators_of_the_centre_see_and_set_them(hub: SmallHub) -> None:
    for name, grant in (("reader.a", READER_OF_KITA), ("chief.kita", Grant(Role.ADMINISTRATOR, "kita"))):
        client = hub.signed_in(name, grant)
        assert client.get(RULES).status_code == 403
        assert client.put(RULES, json=USUAL).status_code == 403


def test_where_somebody_reads_follows_from_the_network_until_they_say_otherwise(hub: SmallHub) -> None:
    """JRS-05: the facility's own networks are known; from elsewhere is elsewhere."""
    places = Places(hub.database, ("10.1.0.0/16", "2001:db8::/32"))
    assert [places.at(one) for one in ("10.1.2.3", "10.2.0.1", "2001:db8::5", "nonsense")] == [
        Place.FACILITY,
        Place.REMOTE,
        Place.FACILITY,
        Place.UNKNOWN,
    ]
    assert Places(hub.database).at("10.1.2.3") is Place.UNKNOWN
    client = hub.signed_in("reader.a", READER_OF_KITA)
    assert client.put("/api/v1/session/place", json={"place": "moon"}).status_code in {400, 422}
    assert client.put("/api/v1/session/place", json={"place": "facility"}).status_code == 200
    assert hub.signed_in("reader.b", READER_OF_KITA).get("/api/v1/session/place").json() == {"place": ""}
