"""The desk program against a hub that is not there, or is not what it should be."""

from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from dokuei.cli.card import Card
from dokuei.cli.desk import desk_app, sign_waiting
from dokuei.errors import ConfigurationError, DokueiError, PeerRefusedError, UnreachableError

WAITS = {
    "kind": "original",
    "number": 1,
    "site": "北病院",
    "study_date": "20261130",
    "modalities": ["MG"],
    "reader": "読影 花子",
    "version_digest": "d" * 64,
    "fingerprint": "f" * 64,
    "document_digest": "0" * 64,
    "expires_at": "2026-11-30T00:00:00Z",
}


def asked(answer: httpx.Response, said: list[str]) -> None:
    with httpx.Client(base_url="https://hub.test", transport=httpx.MockTransport(lambda _: answer)) as client:
        card = Card(Path("/nowhere/card.so"))
        sign_waiting(client, "AAAA-BBBB-CCCC", card, "en", ask_pin=lambda _: "1234", say=said.append)


@pytest.mark.parametrize(
    ("answer", "expected", "why"),
    [
        (httpx.Response(404, json={"detail": "no report waits under this code"}), PeerRefusedError, "no report waits"),
        (httpx.Response(502, text="<html>"), UnreachableError, "does not answer"),
        (httpx.Response(404, json=["nothing"]), PeerRefusedError, "404"),
        (httpx.Response(200, json={"ok": True}), UnreachableError, "no hub of dokuei"),
        (httpx.Response(200, json="welcome"), UnreachableError, "no hub of dokuei"),
        (httpx.Response(200, json={**WAITS, "document_digest": "none"}), UnreachableError, "no hub of dokuei"),
        (httpx.Response(200, json={**WAITS, "kind": "letter"}), UnreachableError, "no hub of dokuei"),
        (httpx.Response(200, json=WAITS), ConfigurationError, "there is no /nowhere/card.so"),
    ],
)
def test_what_goes_wrong_is_said_in_one_line(answer: httpx.Response, expected: type[DokueiError], why: str) -> None:
    with pytest.raises(expected, match=why):
        asked(answer, [])


def test_what_is_signed_is_shown_before_the_card_is_asked() -> None:
    said: list[str] = []
    with pytest.raises(ConfigurationError):
        asked(httpx.Response(200, json=WAITS), said)
    assert said[0] == "You are about to sign this report"
    assert any("d" * 64 in line for line in said)


@pytest.mark.parametrize("hub", ["http://hub.example.jp", "hub.example.jp", "ftp://hub.example.jp"])
def test_a_code_goes_out_encrypted_or_not_at_all(hub: str) -> None:
    run = CliRunner().invoke(desk_app, ["sign", "--hub", hub, "--module", "x", "--code", "AAAA"])
    assert isinstance(run.exception, ConfigurationError)
