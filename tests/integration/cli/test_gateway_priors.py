"""``dokuei gateway priors``: the ledger in both languages and for programs, asked once more, and its rules."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from dokuei.cli.main import build
from dokuei.clock import now
from dokuei.errors import NotFoundError
from dokuei.gateway.priors import tables
from dokuei.gateway.priors.rules import Current, Found, Person
from dokuei.gateway.spool import open_spool
from dokuei.storage.audit import gateway_entries

_PERSON = Person("0042", "", "19700101", "F")
_REASON = "PACSは2画像のうち1画像を送信できませんでした / the PACS could not send 1 of 2 objects"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A gateway whose PACS has two earlier studies of a patient: one arrived, one is refused and waits for an hour."""
    later = now() + timedelta(hours=1)
    with closing(open_spool(tmp_path / "home")) as spool, spool.database.begin() as connection:
        current = Current("9.9", "20261130", ("MG",))
        tables.put(connection, _PERSON, current, number=None, at=now() - timedelta(days=1))
        (one,) = tables.of_patient(connection, "0042")
        said = [
            Found("1.1", _PERSON, "20250401", ("MG",), "マンモ[1]", (), 4),
            Found("1.2", _PERSON, "20240401", ("US",)),
        ]
        tables.answered(connection, one, said, others=1)
        arrived, refused = tables.priors_of(connection, [one.id])[one.id]
        tables.note(connection, arrived, state="arrived")
        tables.note(connection, refused, state="refused", reason=_REASON, attempts=5, not_before=later)
    return tmp_path / "home"


def _told(home: Path, *words: str, language: str = "ja") -> str:
    spoken = {"COLUMNS": "220", "DOKUEI_LANGUAGE": language}
    done = CliRunner().invoke(build(["gateway"]), ["gateway", "priors", *words, "--home", str(home)], env=spoken)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_the_ledger_is_listed_in_both_languages_and_for_programs(home: Path) -> None:
    """IMG-12: what exists and what is here, and why not."""
    japanese, english = _told(home), _told(home, language="en")
    assert all(word in japanese for word in ("0042", "マンモ[1]", "ハブに到着", "送信できませんでした", "1件を除外"))
    assert all(word in english for word in ("20261130 MG", "at the hub", "could not send 1 of 2", "cannot be brought"))
    assert "送信できませんでした" not in english
    (one,) = json.loads(_told(home, "--json", "--patient", "0042"))
    assert [study["state"] for study in one["studies"]] == ["arrived", "refused"]
    assert "照会はありません" in _told(home, "--patient", "7")


def test_a_patient_is_asked_for_once_more_and_what_was_refused_is_tried_again(home: Path) -> None:
    assert "照会し直します" in _told(home, "again", "0042")
    with closing(open_spool(home)) as spool, spool.database.read() as connection:
        (one,) = tables.to_ask(connection, since=now() - timedelta(minutes=1))
        events = connection.execute(select(gateway_entries.c.event, gateway_entries.c.actor)).all()
        waits = [row.not_before for row in connection.execute(select(tables.study))]
    assert (one.person.patient_id, one.state) == ("0042", "waiting")
    assert [row.event for row in events] == ["priors.wanted"]
    assert events[0].actor.startswith("operator:")
    assert waits == [None, None]
    with pytest.raises(NotFoundError, match="not asked about this patient"):
        _told(home, "again", "7")


def test_the_rules_are_said_in_words(home: Path) -> None:
    assert "今回 MG → 過去 MG: 部位 問わない、10年以内、新しい順に4件まで" in _told(home, "rules")
    (home / "dokuei.toml").write_text('[gateway.priors]\nretrieve = "off"\n')
    assert "no earlier studies" in _told(home, "rules", language="en")


@pytest.mark.parametrize("section", ["gateway.pacs", "gateway.priors.pacs"])
def test_where_no_pacs_is_set_the_rules_say_that_nothing_is_brought(home: Path, section: str) -> None:
    assert _told(home, "rules").startswith("過去検査は取得されません: PACSが未設定です")
    assert _told(home, "rules", language="en").startswith("no earlier studies are brought: no PACS is set")
    (home / "dokuei.toml").write_text(f'[{section}]\nae_title = "PACS"\nhost = "127.0.0.1"\nport = 104\n')
    assert "未設定" not in _told(home, "rules")
