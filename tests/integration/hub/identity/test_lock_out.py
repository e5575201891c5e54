"""Guesses are bounded, and nobody locks somebody else out with them (AUTH-10)."""

from datetime import timedelta

import pyotp
import pytest

from dokuei.clock import now
from dokuei.hub.identity import proof
from dokuei.hub.identity.model import Grant, Person, Role
from tests.makers.people import GOOD_PASSWORD, SmallHub

HOME, STRANGE = "192.0.2.99", "198.51.100.1"


@pytest.fixture
def clerk(hub: SmallHub) -> tuple[Person, pyotp.TOTP]:
    person = hub.person("clerk.a", Grant(Role.CLERK, "kita"))
    return person, hub.password_of(person)


def guess(hub: SmallHub, person: Person, source: str, times: int = 1) -> None:
    for _ in range(times):
        assert not hub.identity.sign_in.passwords.holds(person.person_id, "wrong", "000000", source=source)


def right(hub: SmallHub, person: Person, totp: pyotp.TOTP, source: str) -> bool:
    return hub.identity.sign_in.passwords.holds(person.person_id, GOOD_PASSWORD, totp.now(), source=source)


def test_a_strangers_guesses_lock_the_place_they_come_from_only(
    hub: SmallHub, clerk: tuple[Person, pyotp.TOTP]
) -> None:
    """AUTH-10: five failures lock, and their owner signs in from elsewhere meanwhile."""
    person, totp = clerk
    guess(hub, person, STRANGE, 5)
    assert not right(hub, person, totp, STRANGE)
    assert right(hub, person, totp, HOME)


def test_guesses_from_everywhere_leave_open_the_place_where_its_owner_works(
    hub: SmallHub, clerk: tuple[Person, pyotp.TOTP]
) -> None:
    """AUTH-10: many addresses together get no more than twenty guesses in a quarter of an hour."""
    person, totp = clerk
    client = hub.client()
    typed = {"user_name": "clerk.a", "password": GOOD_PASSWORD, "totp_code": totp.now()}
    assert client.post("/api/v1/sign-in/password", json=typed).status_code == 200
    familiar = client.get("/api/v1/sessions").json()[0]["address"]
    for number in range(20):
        guess(hub, person, f"203.0.113.{number}")
    assert not hub.identity.sign_in.passwords.holds(person.person_id, GOOD_PASSWORD, _next(totp), source=HOME)
    assert hub.identity.sign_in.passwords.holds(person.person_id, GOOD_PASSWORD, _next(totp), source=familiar)


def test_the_lock_is_over_after_its_time(
    hub: SmallHub, clerk: tuple[Person, pyotp.TOTP], monkeypatch: pytest.MonkeyPatch
) -> None:
    """AUTH-10: nobody stays out for long."""
    person, totp = clerk
    monkeypatch.setattr(proof, "LOCKED_FOR", timedelta(0))
    guess(hub, person, STRANGE, 5)
    assert right(hub, person, totp, STRANGE)


def test_what_went_right_forgets_what_went_wrong(hub: SmallHub, clerk: tuple[Person, pyotp.TOTP]) -> None:
    person, totp = clerk
    guess(hub, person, HOME, 4)
    assert right(hub, person, totp, HOME)
    guess(hub, person, HOME, 4)
    assert hub.events().count("password.locked") == 0


def test_a_lock_is_told_to_its_owner_and_stands_in_the_trail(hub: SmallHub, clerk: tuple[Person, pyotp.TOTP]) -> None:
    """AUTH-10: the event is audited."""
    person, _ = clerk
    guess(hub, person, STRANGE, 9)
    assert hub.events().count("password.locked") == 1
    assert [alert.kind for alert in hub.identity.alerts.mine(person.person_id)] == ["password_locked"]


def _next(totp: pyotp.TOTP) -> str:
    """The next code: the present one is used."""
    return totp.at(now() + timedelta(seconds=30))
