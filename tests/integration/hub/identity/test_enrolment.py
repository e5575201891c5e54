"""One-time links: used once, gone after three days, and a key or a password with a code comes out of them."""

from datetime import timedelta

import pyotp

from dokuei.clock import now
from dokuei.hub.identity.enrolment import LINK_LASTS
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.identity.service import first_administrator_link
from tests.makers.authenticator import Authenticator
from tests.makers.people import GOOD_PASSWORD, ORIGIN, READER_OF_KITA, SmallHub, one_step_ago, sign_in


def mine(code: str) -> dict[str, str]:
    return {"X-Dokuei-Enrolment": code}


def test_a_link_gives_a_key_once(hub: SmallHub) -> None:
    person = hub.person("reader.a", READER_OF_KITA)
    code = hub.identity.people.link(person.person_id, actor="system")
    client, key = hub.client(), Authenticator(ORIGIN)
    assert client.get("/api/v1/enrolments", headers=mine(code)).json()["user_name"] == "reader.a"
    options = client.post("/api/v1/enrolments/passkey/options", headers=mine(code)).json()
    assert options["authenticatorSelection"]["userVerification"] == "required"
    made = client.post(
        "/api/v1/enrolments/passkey", headers=mine(code), json={"credential": key.create(options), "label": "USB"}
    )
    assert made.status_code == 204
    assert client.get("/api/v1/enrolments", headers=mine(code)).status_code == 404
    assert client.post("/api/v1/enrolments/passkey/options", headers=mine(code)).status_code == 404
    assert sign_in(client, key).status_code == 200


def test_a_key_made_without_user_verification_or_elsewhere_is_not_kept(hub: SmallHub) -> None:
    """AUTH-05: a key that asks for no PIN is not taken at enrolment either."""
    person = hub.person("reader.a", READER_OF_KITA)
    code = hub.identity.people.link(person.person_id, actor="system")
    client = hub.client()
    for key, origin in (
        (Authenticator(ORIGIN, verifies_user=False), None),
        (Authenticator(ORIGIN), "http://x.example"),
    ):
        options = client.post("/api/v1/enrolments/passkey/options", headers=mine(code)).json()
        made = key.create(options, origin=origin)
        assert (
            client.post("/api/v1/enrolments/passkey", headers=mine(code), json={"credential": made}).status_code == 422
        )
        assert (
            client.post("/api/v1/enrolments/passkey", headers=mine(code), json={"credential": made}).status_code == 422
        )
    assert client.get("/api/v1/enrolments", headers=mine(code)).status_code == 200


def test_an_answer_for_another_link_is_refused(hub: SmallHub) -> None:
    first = hub.identity.people.link(hub.person("reader.a").person_id, actor="system")
    second = hub.identity.people.link(hub.person("reader.b").person_id, actor="system")
    client = hub.client()
    made = Authenticator(ORIGIN).create(client.post("/api/v1/enrolments/passkey/options", headers=mine(first)).json())
    assert client.post("/api/v1/enrolments/passkey", headers=mine(second), json={"credential": made}).status_code == 422


def test_password_and_code_count_only_after_the_first_code(hub: SmallHub) -> None:
    person = hub.person("clerk.a", Grant(Role.CLERK, "kita"))
    code = hub.identity.people.link(person.person_id, actor="system")
    client = hub.client()
    assert client.post("/api/v1/enrolments/totp", headers=mine(code), json={"totp_code": "123456"}).status_code == 400
    answer = client.post("/api/v1/enrolments/password", headers=mine(code), json={"password": GOOD_PASSWORD}).json()
    assert answer["otpauth_uri"].startswith("otpauth://totp/")
    assert answer["qr_svg"].startswith("<svg")
    totp = pyotp.TOTP(answer["totp_secret"])
    typed = {"user_name": "clerk.a", "password": GOOD_PASSWORD, "totp_code": totp.now()}
    assert client.post("/api/v1/sign-in/password", json=typed).status_code == 401
    assert client.post("/api/v1/enrolments/totp", headers=mine(code), json={"totp_code": "000000"}).status_code == 400
    assert (
        client.post("/api/v1/enrolments/totp", headers=mine(code), json={"totp_code": one_step_ago(totp)}).status_code
        == 204
    )
    assert client.post("/api/v1/sign-in/password", json=typed).status_code == 200


def test_a_weak_password_is_refused_with_the_reason(hub: SmallHub) -> None:
    """AUTH-08: equal to the user name, made of the birth date, or a word that is tried first."""
    person = hub.person("yamada.hanako")
    code = hub.identity.people.link(person.person_id, actor="system")
    for weak in ("short", "yamada.hanako", "password123", "qwertyuiop", "letmein1"):
        answer = hub.client().post("/api/v1/enrolments/password", headers=mine(code), json={"password": weak})
        assert answer.status_code == 400, weak
        assert answer.json()["detail"]


def test_an_expired_a_foreign_and_an_older_link_open_nothing(hub: SmallHub) -> None:
    person = hub.person("reader.a", READER_OF_KITA)
    older = hub.identity.people.link(person.person_id, actor="system")
    expired = hub.identity.people.link(person.person_id, actor="system", lasts=timedelta(seconds=-1))
    for code in (older, expired, "x" * 43):
        assert hub.client().get("/api/v1/enrolments", headers=mine(code)).status_code == 404


def test_a_replacing_link_ends_the_lost_key_and_its_sessions(hub: SmallHub) -> None:
    lost = hub.key_of(person := hub.person("reader.a", READER_OF_KITA))
    client = hub.client()
    sign_in(client, lost)
    hub.identity.people.link(person.person_id, actor="system", replace=True)
    assert client.get("/api/v1/session").status_code == 401
    assert sign_in(hub.client(), lost).status_code == 401


def test_the_first_administrator_comes_from_a_link_until_there_is_one(hub: SmallHub) -> None:
    first = first_administrator_link(hub.identity.people, hub_url=ORIGIN)
    second = first_administrator_link(hub.identity.people, hub_url=ORIGIN)
    assert first is not None
    assert second is not None
    assert hub.client().get("/api/v1/enrolments", headers=mine(first.rsplit("#", 1)[1])).status_code == 404
    code = second.rsplit("#", 1)[1]
    assert hub.identity.enrolments.describe(code).expires_at <= now() + LINK_LASTS
    key = Authenticator(ORIGIN)
    made = key.create(hub.identity.enrolments.passkey_options(code))
    hub.identity.enrolments.passkey(code, made, label="")
    assert first_administrator_link(hub.identity.people, hub_url=ORIGIN) is None
    client = hub.client()
    assert "administer" in sign_in(client, key).json()["permissions"]
    added = client.post(
        "/api/v1/people",
        json={"user_name": "reader.z", "display_name": "読影 太郎", "grants": [{"role": "reader", "site_id": "kita"}]},
    )
    assert added.status_code == 201
    assert (
        hub.client().get("/api/v1/enrolments", headers=mine(added.json()["code"])).json()["display_name"] == "読影 太郎"
    )
