"""What strangers and administrators send that no database keeps: refused, and never an error of ours."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from webauthn.helpers import bytes_to_base64url

from dokuei.hub.identity import store_people
from dokuei.hub.identity.model import Grant, Role
from tests.makers.people import SmallHub

ADMINISTRATOR = Grant(Role.ADMINISTRATOR, None)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/v1/enrolments/a%00b", None, 400),
        ("GET", "/api/v1/session?site_id=a%00b", None, 400),
        ("POST", "/api/v1/sign-in/password", {"user_name": "a\0b", "password": "x", "totp_code": "1"}, 422),
        ("POST", "/api/v1/sign-in/passkey", {"credential": {"id": "a\0b", "response": {}}}, 422),
    ],
)
def test_a_nul_from_a_stranger_is_refused(
    either_hub: SmallHub, method: str, path: str, body: dict[str, Any] | None, status: int
) -> None:
    assert either_hub.client().request(method, path, json=body).status_code == status


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/v1/people/a%00b/lock", None, 400),
        ("POST", "/api/v1/people", {"user_name": "nn.nn", "display_name": "a\0b", "grants": []}, 422),
        ("DELETE", "/api/v1/sessions/a%00b", None, 400),
    ],
)
def test_a_nul_from_somebody_signed_in_is_refused(
    either_hub: SmallHub, method: str, path: str, body: dict[str, Any] | None, status: int
) -> None:
    client = either_hub.signed_in("boss", ADMINISTRATOR)
    assert client.request(method, path, json=body).status_code == status


def test_a_key_answer_of_any_shape_is_a_failed_sign_in(hub: SmallHub) -> None:
    client = hub.client()
    challenge = client.post("/api/v1/sign-in/passkey/options").json()["challenge"]
    asked = bytes_to_base64url(json.dumps({"challenge": challenge}).encode())
    deep = bytes_to_base64url(b"[" * 100_000 + b"]" * 100_000)
    answers: tuple[dict[str, Any], ...] = (
        {"response": {"clientDataJSON": deep}},
        {"id": "\ud800", "response": {"clientDataJSON": asked}},
        {"id": [], "response": []},
    )
    for credential in answers:
        body = json.dumps({"credential": credential})
        answer = client.post("/api/v1/sign-in/passkey", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 401, credential


def test_two_administrators_who_add_one_name_at_once_leave_one_person(
    either_hub: SmallHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = [either_hub.signed_in(name, ADMINISTRATOR) for name in ("boss.a", "boss.b")]
    gate, real = Barrier(2), store_people.add

    def together(*arguments: Any, **named: Any) -> None:
        with suppress(BrokenBarrierError):
            gate.wait(2)
        real(*arguments, **named)

    monkeypatch.setattr(store_people, "add", together)
    body = {"user_name": "same.name", "display_name": "同じ名", "grants": []}
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda client: client.post("/api/v1/people", json=body).status_code, clients))
    assert sorted(answers) == [201, 409]
