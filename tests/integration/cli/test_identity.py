"""People, tokens, sites and the audit trail from the command line."""

import json
import re
import threading
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from typer.testing import CliRunner

from dokuei.cli.main import build
from dokuei.errors import ConflictError, DokueiError, RequestError
from dokuei.gateway.spool import open_spool
from dokuei.hub.app import open_hub
from dokuei.hub.events import work
from dokuei.hub.identity.model import Permission
from dokuei.hub.prepare import open_stores, prepare_hub
from dokuei.settings import read_settings
from dokuei.storage.audit import hub_entries, hub_head
from tests.makers.audit_schema import faults


class Commands:
    """``dokuei`` on one home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._app = build(["user", "token", "site", "audit"])

    def run(self, *arguments: str, expected: int = 0, language: str = "ja") -> str:
        spoken = {"COLUMNS": "220", "DOKUEI_LANGUAGE": language}
        done = CliRunner().invoke(self._app, [*arguments, "--home", str(self.home)], env=spoken)
        if isinstance(done.exception, DokueiError):
            raise done.exception
        assert done.exit_code == expected, done.output
        return done.output


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    prepare_hub(read_settings(tmp_path))
    return Commands(tmp_path)


def test_a_token_for_the_only_site_is_printed_once(commands: Commands) -> None:
    with pytest.raises(RequestError, match="no site yet"):
        commands.run("token", "create")
    commands.run("site", "add", "kita", "--name", "北病院")
    secret = commands.run("token", "create", "--scope", "dicomweb", "--label", "OHIF").split()[-1]
    listed = commands.run("token", "list")
    assert "OHIF" in listed
    assert secret not in listed
    found = re.search(r"\b[0-9a-f]{32}\b", listed)
    assert found is not None
    commands.run("token", "revoke", found.group())
    assert "無効" in commands.run("token", "list")
    commands.run("site", "add", "minami", "--name", "南病院")
    with pytest.raises(RequestError, match="several") as several:
        commands.run("token", "create")
    assert "kita, minami" in several.value.remedy
    assert commands.run("token", "create", "--site", "minami", "--days", "30").startswith("dokuei_")


def test_how_long_images_are_kept_is_set_and_shown_by_site(commands: Commands) -> None:
    commands.run("site", "add", "kita", "--name", "北病院")
    assert "期限なし" in commands.run("site", "list")
    commands.run("site", "change", "kita", "--keep-days", "365")
    assert "365日" in commands.run("site", "list")
    commands.run("site", "change", "kita", "--name", "新北病院")
    assert "365日" in commands.run("site", "list")
    with pytest.raises(RequestError, match="kept for"):
        commands.run("site", "change", "kita", "--keep-days", "-3")
    commands.run("site", "change", "kita", "--keep-days", "0")
    assert "期限なし" in commands.run("site", "list")
    commands.run("site", "add", "minami", "--name", "南病院", "--keep-days", "30")
    assert "30日" in commands.run("site", "list")


def test_a_person_is_added_with_roles_and_a_link(commands: Commands) -> None:
    commands.run("site", "add", "kita", "--name", "北病院")
    roles = ("--role", "reader", "--role", "technologist@kita")
    link = commands.run("user", "add", "reader.a", "--name", "読影 花子", "--birth-date", "1970-12-03", *roles)
    assert re.fullmatch(r"http://localhost:\d+/enrol#[\w-]{43}\s*", link)
    listed = commands.run("user", "list")
    assert "読影 花子" in listed
    assert "technologist@kita" in listed
    assert all(word in listed for word in ("ユーザー名", "未登録", "有効"))
    assert all(word in commands.run("user", "list", language="en") for word in ("user name", "not yet", "open"))
    commands.run("user", "revoke", "reader.a", "--role", "technologist@kita")
    commands.run("user", "grant", "reader.a", "--role", "auditor")
    assert "technologist" not in commands.run("user", "list")
    assert commands.run("user", "link", "reader.a", "--replace") != link
    assert "locked" in commands.run("user", "lock", "reader.a", language="en")
    assert "停止中" in commands.run("user", "list")
    assert "unlocked" in commands.run("user", "lock", "reader.a", "--undo", language="en")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("user", "add", "shared", "--name", "共用", "--role", "reader"), RequestError),
        (("user", "add", "a.b", "--name", "人", "--role", "king"), RequestError),
        (("user", "add", "a.b", "--name", "人", "--role", "reader@nowhere"), RequestError),
        (("user", "add", "a.b", "--name", "人", "--role", "reader", "--until", "tomorrow"), RequestError),
        (("site", "add", "Kita!", "--name", "北"), RequestError),
        (("site", "add", "kita", "--name", "北", "--mode", "nonsense"), RequestError),
    ],
)
def test_what_cannot_stand_is_refused_with_the_reason(
    commands: Commands, arguments: tuple[str, ...], error: type[DokueiError]
) -> None:
    with pytest.raises(error) as refused:
        commands.run(*arguments)
    assert refused.value.what


def test_a_site_is_registered_once_and_changed(commands: Commands) -> None:
    commands.run("site", "add", "kita", "--name", "北病院", "--from", "2026-04-01", "--until", "2027-03-31")
    with pytest.raises(ConflictError):
        commands.run("site", "add", "kita", "--name", "北病院")
    assert "仮名" not in commands.run("site", "list")
    commands.run("site", "change", "kita", "--mode", "pseudonym")
    listed = commands.run("site", "list")
    assert "仮名" in listed
    assert "北病院" in listed


def test_the_audit_trail_is_verified_anchored_and_exported(commands: Commands, tmp_path: Path) -> None:
    """LOG-03: alteration and a cut end are found; LOG-02: exported in the inspection's form."""
    anchor = tmp_path / "outside" / "anchor.jsonl"
    anchor.parent.mkdir()
    commands.run("site", "add", "kita", "--name", "北病院")
    commands.run("user", "add", "reader.a", "--name", "読影 花子", "--role", "reader")
    exported = commands.run("audit", "export").removeprefix("\ufeff").splitlines()
    assert exported[0].startswith("利用者ID,氏名,日時,分類,操作")
    assert any("利用者・権限,利用者を追加" in row for row in exported)
    assert any("監査証跡を書き出し" in row for row in exported)  # an export says of itself who took it
    messages = commands.run("audit", "export", "--dicom").splitlines()
    assert [faults(message.encode()) for message in messages] == [[]] * len(messages)
    assert len(messages) == len(exported)  # the heading of the one, the second export's own entry in the other
    line = json.loads(commands.run("audit", "head", "--anchor", str(anchor)))
    assert line["part"] == "hub"
    assert "unbroken" in commands.run("audit", "verify", "--anchor", str(anchor), language="en")

    database = open_stores(read_settings(commands.home)).database
    with database.begin() as connection:
        last = connection.execute(hub_head.select()).one().sequence
        connection.execute(delete(hub_entries).where(hub_entries.c.sequence == last))
        before = connection.execute(hub_entries.select().where(hub_entries.c.sequence == last - 1)).one()
        connection.execute(update(hub_head).values(sequence=last - 1, hash=before.hash))
    assert "unbroken" in commands.run("audit", "verify", language="en")
    assert f"BROKEN at entry {last}" in commands.run(
        "audit", "verify", "--anchor", str(anchor), expected=1, language="en"
    )
    with database.begin() as connection:
        connection.execute(update(hub_entries).where(hub_entries.c.sequence == 1).values(actor="person:9"))
    database.close()
    assert "BROKEN at entry 1: an entry was altered" in commands.run("audit", "verify", expected=1, language="en")


def test_the_anchor_of_the_settings_is_read_without_being_named(commands: Commands, tmp_path: Path) -> None:
    """LOG-03: a cut end is found by a plain verify, and an emptied trail is not called unbroken."""
    anchor = tmp_path / "anchor.jsonl"
    (commands.home / "dokuei.toml").write_text(f'[audit]\nanchor = "{anchor}"\n', encoding="utf-8")
    commands.run("site", "add", "kita", "--name", "北病院")
    commands.run("site", "change", "kita", "--name", "北総合病院")
    hub = open_hub(read_settings(commands.home))
    stop = threading.Event()
    threading.Timer(1.0, stop.set).start()
    work(hub, stop=stop)
    assert "unbroken" in commands.run("audit", "verify", language="en")
    database = hub.stores.database
    with database.begin() as connection:
        connection.execute(delete(hub_entries).where(hub_entries.c.sequence > 1))
        first = connection.execute(hub_entries.select()).one()
        connection.execute(update(hub_head).values(sequence=1, hash=first.hash))
    assert "BROKEN at entry 2: the end of the trail was cut" in commands.run(
        "audit", "verify", expected=1, language="en"
    )
    anchor.unlink()
    (commands.home / "dokuei.toml").unlink()
    with database.begin() as connection:
        connection.execute(delete(hub_entries))
        connection.execute(delete(hub_head))
    assert "the trail is empty" in commands.run("audit", "verify", expected=1, language="en")
    database.close()


def test_a_hub_that_has_done_nothing_yet_has_an_empty_trail_and_is_sound(commands: Commands) -> None:
    assert "hub: 0 entries, unbroken" in commands.run("audit", "verify", language="en")


def test_a_home_with_a_gateway_alone_is_verified_and_gets_no_hub(tmp_path: Path) -> None:
    home = tmp_path / "gateway-only"
    open_spool(home).close()
    before = {str(one) for one in home.rglob("*")}
    told = Commands(home).run("audit", "verify", language="en")
    assert told.startswith("gateway: 0 entries, unbroken")
    assert "hub" not in {one.name for one in home.iterdir()}
    assert not {one for one in home.rglob("*") if "hub" in one.name and str(one) not in before}


def test_an_anchor_that_is_none_is_said(commands: Commands, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("hello")
    for anchor in (wrong, tmp_path / "nowhere"):
        with pytest.raises(RequestError):
            commands.run("audit", "verify", "--anchor", str(anchor))


def test_permissions_are_named_in_one_spelling() -> None:
    assert all(re.fullmatch(r"[a-z]+(\.[a-z]+)?", permission.value) for permission in Permission)
