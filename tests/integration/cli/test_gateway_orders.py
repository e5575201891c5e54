"""``dokuei gateway orders`` and ``status``: what waits and what was refused, in both languages and for programs."""

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dokuei.cli.main import build
from dokuei.gateway import order_tables, result_tables
from dokuei.gateway.orders import Orders
from dokuei.gateway.result_tables import Unmade
from dokuei.gateway.spool import open_spool
from dokuei.settings import Hl7Settings
from dokuei.storage.audit import gateway_entries
from tests.makers.hospital import order, written

_BROKEN = written(order(patient_id="", control_id="77"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A gateway with an order that waits, one that the hub refused, a message not understood and a result not sent."""
    with closing(open_spool(tmp_path / "home")) as spool:
        orders = Orders(spool.database, Hl7Settings())
        for message in (written(order()), written(order(control_id="2", placer="P2")), _BROKEN):
            orders.take(message, peer_address="127.0.0.1")
        with spool.database.begin() as connection:
            second = order_tables.notices(connection, open_only=True, at_most=1)[0]
            order_tables.answered(
                connection,
                second.message_key,
                state="refused",
                reason="not in the contract",
                told_as="pseudonym",
                withheld="reason clinical_information",
            )
            unmade = Unmade("d" * 32, "1.2.3", "1.2.3.4", "0" * 64, reported=False, attempts=0)
            result_tables.keep(
                connection,
                unmade,
                control_id="dddd",
                status="F",
                body=b"x",
                made_at=datetime.now(UTC),
                error="it answered AE",
                attempts=3,
            )
    return tmp_path / "home"


def _run(home: Path, *words: str) -> Result:
    done = CliRunner().invoke(build(["gateway"]), ["gateway", *words, "--home", str(home)])
    assert done.exit_code == 0, done.output
    return done


def _told(home: Path, *words: str) -> str:
    return " ".join(_run(home, *words).output.replace("│", " ").split())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            [
                "waits for the hub",
                "refused by the hub not in the contract",
                "reason, clinical information",
                "no free text that may name a patient",
                "PID-3",
                "a patient without an ID",
                "final dddd not sent 3 it answered AE",
            ],
        ),
        (
            "ja",
            [
                "ハブへ送信待ち",
                "ハブが拒否",
                "依頼目的, 臨床情報",
                "患者を特定しうる文章はハブへ送りません",
                "必須項目がありません（a patient without an ID）",
                "確定 dddd 未送信 3",
            ],
        ),
    ],
)
def test_the_tables_say_it_in_the_hospitals_language(
    language: str, said: list[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOKUEI_LANGUAGE", language)
    monkeypatch.setenv("COLUMNS", "1000")
    told = _told(home, "orders")
    assert [one for one in said if one not in told] == []


def test_for_programs_and_in_the_status(home: Path) -> None:
    listed = json.loads(_run(home, "orders", "--json").output)
    assert [one["state"] for one in listed["orders"]] == ["refused", "waiting"]
    assert listed["refused"][0]["location"] == "PID-3"
    assert listed["results"][0]["error"] == "it answered AE"
    status = json.loads(_run(home, "status", "--json").output)
    assert status["orders"] == {"waiting": 1, "refused": 1, "quarantined": 1}
    assert status["results"] == {"waiting": 1, "sent": 0, "error": "it answered AE"}


def test_the_status_shows_what_is_not_sent(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOKUEI_LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "1000")
    told = _told(home, "status")
    assert "1 wait for the hub, 1 refused by it, 1 messages not understood" in told
    assert "HL7 results: 0 sent, 1 not sent: it answered AE" in told


def test_staff_sees_a_refused_message_as_it_came_and_settles_it(home: Path) -> None:
    done = CliRunner().invoke(build(["gateway"]), ["gateway", "orders", "show", "1", "--home", str(home)])
    assert done.stdout_bytes == _BROKEN
    _run(home, "orders", "settle", "1")
    assert json.loads(_run(home, "orders", "--json").output)["refused"] == []
    assert len(json.loads(_run(home, "orders", "--all", "--json").output)["refused"]) == 1
    again = CliRunner().invoke(build(["gateway"]), ["gateway", "orders", "settle", "1", "--home", str(home)])
    assert again.exit_code != 0
    with closing(open_spool(home)) as spool, spool.database.read() as connection:
        rows = connection.execute(gateway_entries.select()).all()
    assert rows[-1].event == "order.settled"
    assert rows[-1].actor.startswith("operator:")


def test_what_the_hub_refused_is_told_again_when_staff_says_so(home: Path) -> None:
    assert "1" in _run(home, "orders", "again").output
    assert [one["state"] for one in json.loads(_run(home, "orders", "--json").output)["orders"]] == ["waiting"] * 2
    assert "0" in _run(home, "orders", "again").output


def test_nothing_to_see_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOKUEI_LANGUAGE", "en")
    open_spool(tmp_path).close()
    assert "no order, message or result waits" in _told(tmp_path, "orders")
