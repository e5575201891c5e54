"""``dokuei demo``: a whole hospital and reading centre to look at, with synthetic women and people to sign in as."""

import json
import secrets
import shutil
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pyotp
import typer
from rich.console import Console
from rich.table import Table

from dokuei.cli.endpoints import read_endpoints
from dokuei.cli.options import NewHome
from dokuei.cli.start import Started, run
from dokuei.cli.up import tell
from dokuei.clock import now
from dokuei.errors import ConfigurationError, NotFoundError
from dokuei.settings import Settings
from dokuei.storage.pki import write_secret

if TYPE_CHECKING:
    from dokuei.hub.displays.service import DisplaysService
    from dokuei.hub.identity.model import Grant
    from dokuei.hub.identity.people import People
    from dokuei.hub.identity.service import IdentityService

_ACTOR = "system"
_SITE_NAME, _SITE_NAME_EN = "みどり丘病院（デモ）", "Midorigaoka Hospital (demo)"
# user name, name, kana, role, at the hospital (True) or in the reading centre (False)
_PEOPLE = (
    ("yomi", "読影 よみ", "ドクエイ ヨミ", "reader", False),
    ("giken", "技研 あや", "ギケン アヤ", "technologist", True),
    ("shuji", "主治 けいこ", "シュジ ケイコ", "referring_physician", True),
    ("kanri", "管理 まもる", "カンリ マモル", "administrator", False),
    ("kansa", "監査 しずか", "カンサ シズカ", "auditor", False),
)


def demo(
    home: NewHome,
    code: Annotated[bool, typer.Option("--code", help="Only print how to sign in, with the present codes.")] = False,
) -> None:
    """Start everything with the demo cases; a second start keeps what is there."""
    if code:
        _tell_people(home)
        return
    cases = _make_cases(home)
    run(home, when_ready=lambda started: _load(started, cases))


def _make_cases(home: Path) -> Path:
    from dokuei.cli.phantom import made_with_bars

    return made_with_bars(home / "demo" / "cases").root


def _load(started: Started, cases: Path) -> None:
    home = started.settings.home
    if not _people_file(home).exists():
        make_people(started.settings)
    _tell_people(home)
    tell(started)
    if not (home / "demo" / "loaded").exists():
        gateway = read_endpoints(home)["gateway"]
        threading.Thread(target=_send, args=(home, cases, gateway), name="demo-load", daemon=True).start()


def _send(home: Path, cases: Path, gateway: dict[str, Any]) -> None:
    """Send the cases as a modality would, by C-STORE to our own gateway."""
    from dokuei.cli.send import send_folder

    sent = send_folder(cases, host=gateway["host"], port=gateway["port"], called_ae_title=gateway["ae_title"])
    (home / "demo" / "loaded").write_text(f"{sent}\n")
    sys.stdout.write(f"demo: {sent} images sent to the gateway; they appear in the worklist as they are proved\n")
    sys.stdout.flush()


def make_people(settings: Settings) -> None:
    """People who can sign in, one for each kind of work, and what the hospital asks for.

    Those that an interrupted start left behind get a password that is known.
    """
    from dokuei.cli.demo_requests import place_requests
    from dokuei.hub.app import open_hub
    from dokuei.hub.identity.model import Grant, Role

    hub = open_hub(settings)
    try:
        site = hub.sites.every()[0]
        hub.sites.change(site.site_id, actor=_ACTOR, name=_SITE_NAME, name_en=_SITE_NAME_EN)
        place_requests(hub, site.site_id)
        _waive_displays(hub.displays)
        made = []
        for user_name, name, kana, role, at_site in _PEOPLE:
            grant = Grant(Role(role), site.site_id if at_site else None)
            link = _link(hub.identity.people, grant, user_name=user_name, name=name, kana=kana)
            if grant.role is Role.READER:
                _license(hub.identity, user_name)
            password = f"{secrets.token_urlsafe(9)}-{secrets.randbelow(90) + 10}"
            secret = hub.identity.enrolments.password(link, password).secret
            hub.identity.enrolments.confirm(link, pyotp.TOTP(secret).now())
            made.append({"user_name": user_name, "role": role, "password": password, "totp_secret": secret})
    finally:
        hub.stores.database.close()
    write_secret(_people_file(settings.home), json.dumps(made).encode())


def _license(identity: "IdentityService", user_name: str) -> None:
    """A reader who may sign: invented papers, as everything in the demo is."""
    from dokuei.hub.identity.qualification import ReaderProfile, Speciality

    profile = ReaderProfile(
        licence_number="999999",
        specialities=(Speciality("放射線診断専門医（デモ）"),),
        mammography_grade="A",
        mammography_until=(now() + timedelta(days=5 * 365)).date(),
    )
    person = identity.people.by_user_name(user_name)
    identity.qualifications.record(person.person_id, profile, actor=_ACTOR)


def _waive_displays(displays: "DisplaysService") -> None:
    """Nobody knows on which display a demonstration is looked at: reports say so, instead of naming an invented one."""
    from dokuei.hub.displays.model import Rules

    reason = "デモンストレーション（表示装置は測定していません） / demonstration: no display was measured"
    displays.ruling.put(Rules(mode="off", reason=reason), actor=_ACTOR, name="dokuei demo")


def _link(people: "People", grant: "Grant", *, user_name: str, name: str, kana: str) -> str:
    try:
        person = people.by_user_name(user_name)
    except NotFoundError:
        person = people.add(
            user_name=user_name, display_name=name, display_name_kana=kana, grants=[grant], actor=_ACTOR
        )
    return people.link(person.person_id, actor=_ACTOR, replace=True)


def _tell_people(home: Path) -> None:
    file = _people_file(home)
    if not file.exists():
        raise ConfigurationError("no demo has been started here", phase="demo", remedy=f"dokuei demo --home {home}")
    table = Table(title="sign in as", title_justify="left")
    for heading in ("role", "user name", "password", "code now"):
        table.add_column(heading)
    for person in json.loads(file.read_text()):
        table.add_row(person["role"], person["user_name"], person["password"], pyotp.TOTP(person["totp_secret"]).now())
    console = Console(soft_wrap=True)
    console.print(table)
    console.print(f"codes change every 30 seconds: {_program()} demo --code --home {home}")
    sys.stdout.flush()


def _program() -> str:
    """How this very program is called again from a terminal."""
    return "dokuei" if shutil.which("dokuei") else f"{sys.executable} -m dokuei"


def _people_file(home: Path) -> Path:
    return home / "demo" / "people.json"
