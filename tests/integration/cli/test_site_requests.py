"""How a hospital's requests are compared, from the command line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dokuei.cli.main import build
from dokuei.errors import NotFoundError
from dokuei.hub.prepare import open_stores, prepare_hub
from dokuei.settings import read_settings
from dokuei.storage.audit import hub_trail


def test_a_hospitals_way_of_writing_is_shown_and_changed_on_record(tmp_path: Path) -> None:
    prepare_hub(read_settings(tmp_path))

    def run(*arguments: str) -> str:
        spoken = {"DOKUEI_LANGUAGE": "en"}
        done = CliRunner().invoke(build(["site"]), ["site", *arguments, "--home", str(tmp_path)], env=spoken)
        if done.exception is not None:
            raise done.exception
        return done.output

    run("add", "kita", "--name", "北病院")
    assert run("requests", "kita") == "zero-padded IDs: equal\nthe one study that fits: proposed\n"
    assert "different" in run("requests", "kita", "--no-zero-padded-ids")
    changed = run("requests", "kita", "--accept-unique-match")
    assert changed == "zero-padded IDs: different\nthe one study that fits: matched\n"
    with pytest.raises(NotFoundError):
        run("requests", "nowhere", "--accept-unique-match")
    database = open_stores(read_settings(tmp_path)).database
    with database.read() as connection:
        entries = list(hub_trail.named(connection, "request.rules.changed"))
    database.close()
    assert [(one.site_id, one.details) for one in entries] == [
        ("kita", '{"zero_padded_ids":false}'),
        ("kita", '{"accept_unique_match":true}'),
    ]
