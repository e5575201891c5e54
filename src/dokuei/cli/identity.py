"""``dokuei user``, ``dokuei token``: people, their links, and tokens for other programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer
from rich.console import Console
from rich.table import Table

from dokuei.cli.endpoints import read_endpoints
from dokuei.cli.options import Home, day, operator
from dokuei.cli.ports import with_remembered_ports
from dokuei.cli.sites import site_app
from dokuei.cli.spoken_words import spoken
from dokuei.clock import now
from dokuei.errors import RequestError
from dokuei.hub.identity.access import Access
from dokuei.hub.identity.model import Grant, Role, Scope
from dokuei.hub.identity.people import People
from dokuei.hub.identity.qualification import LACK_WORDS, Lack
from dokuei.hub.identity.qualifications import Qualifications
from dokuei.hub.identity.service import IDLE_LOCK, enrolment_link
from dokuei.hub.identity.tokens import Tokens
from dokuei.hub.prepare import open_stores
from dokuei.hub.sites import store as sites_store
from dokuei.settings import Settings, read_settings

__all__ = ["site_app", "token_app", "user_app"]

token_app = typer.Typer(no_args_is_help=True, help="Tokens for programs: DICOMweb, FHIR, metrics.")
user_app = typer.Typer(no_args_is_help=True, help="People and their sign-in links.")

UserName = Annotated[str, typer.Argument(help="The name typed at sign-in.")]
Roles = Annotated[
    list[str], typer.Option("--role", help="ROLE@SITE, or ROLE alone for the reading centre (every site).")
]


_JAPANESE: Final = {
    "label": "名前",
    "scope": "用途",
    "site": "施設ID",
    "made": "作成日",
    "by": "作成者",
    "last used": "最終使用日",
    "state": "状態",
    "id": "ID",
    "never": "未使用",
    "ended": "無効",
    "until {day}": "{day} まで",
    "open": "有効",
    "user name": "ユーザー名",
    "name": "氏名",
    "roles": "役割",
    "can sign in": "サインイン",
    "yes": "可",
    "not yet": "未登録",
    "locked": "停止中",
}


@dataclass(frozen=True)
class _Verbs:
    settings: Settings
    people: People
    tokens: Tokens
    qualifications: Qualifications

    def word(self, english: str, **filled: Any) -> str:
        """A word as this home speaks."""
        said = english if self.settings.language == "en" else _JAPANESE[english]
        return said.format(**filled)

    def table(self, *columns: str) -> Table:
        """A table under these headings."""
        return Table(*map(self.word, columns))


@contextmanager
def _opened(home: Path) -> Iterator[_Verbs]:
    settings = read_settings(home)
    database = open_stores(settings).database
    access = Access(database, sites_store.names, IDLE_LOCK, settings.seal.time_zone)
    try:
        yield _Verbs(settings, People(database, access), Tokens(database, access), Qualifications(database, access))
    finally:
        database.close()


@token_app.command("create")
def create_token(
    *,
    home: Home,
    scope: Annotated[Scope, typer.Option(help="What the token is for.")] = Scope.DICOMWEB,
    site: Annotated[str, typer.Option(help="The site it opens; needed where there is more than one.")] = "",
    label: Annotated[str, typer.Option(help="Whose or what for.")] = "",
    days: Annotated[int, typer.Option(help="Days until it ends; 0: no end.", min=0)] = 0,
) -> None:
    """Make a token and print it, once."""
    expires_on = (now() + timedelta(days=days)).date() if days else None
    with _opened(home) as verbs:
        secret = verbs.tokens.create(
            scope=scope, site_id=site or None, label=label, actor=operator(), expires_on=expires_on
        )
    typer.echo(secret)


@token_app.command("list")
def list_tokens(home: Home) -> None:
    """All tokens; their secrets are not kept."""
    with _opened(home) as verbs:
        word = verbs.word
        table = verbs.table("label", "scope", "site", "made", "by", "last used", "state")
        table.add_column(word("id"), overflow="fold", min_width=32)
        for token in verbs.tokens.every():
            ended = token.revoked_at is not None or (
                token.expires_on is not None and token.expires_on < verbs.people.access.today
            )
            used = f"{token.last_used_at:%Y-%m-%d}" if token.last_used_at else word("never")
            table.add_row(
                token.label,
                token.scope.value,
                token.site_id,
                f"{token.created_at:%Y-%m-%d}",
                token.created_by,
                used,
                word("ended") if ended else _until(verbs, token.expires_on),
                token.token_id,
            )
    Console(soft_wrap=True).print(table)


@token_app.command("revoke")
def revoke_token(home: Home, token_id: Annotated[str, typer.Argument(help="The id that the list shows.")]) -> None:
    """End a token; it opens nothing after five seconds."""
    with _opened(home) as verbs:
        verbs.tokens.revoke(token_id, actor=operator())
    typer.echo(spoken(read_settings(home), "revoked"))


@user_app.command("add")
def add_user(
    *,
    home: Home,
    user_name: UserName,
    name: Annotated[str, typer.Option(help="The name that reports and lists show.")],
    role: Roles,
    kana: Annotated[str, typer.Option(help="The name in kana.")] = "",
    language: Annotated[Literal["ja", "en"], typer.Option(help="Of the pages.")] = "ja",
    birth_date: Annotated[str, typer.Option(help="YYYY-MM-DD; only so that passwords made of it are refused.")] = "",
    until: Annotated[str, typer.Option(help="YYYY-MM-DD: the account ends with the contract.")] = "",
) -> None:
    """Add an individual and print the one-time link by which they get a key or a password."""
    with _opened(home) as verbs:
        person = verbs.people.add(
            user_name=user_name,
            display_name=name,
            display_name_kana=kana,
            language=language,
            birth_date=day(birth_date),
            ends_on=day(until),
            grants=[_grant(text) for text in role],
            actor=operator(),
        )
        typer.echo(_link(verbs, verbs.people.link(person.person_id, actor=operator())))


@user_app.command("link")
def link_user(
    home: Home,
    user_name: UserName,
    replace: Annotated[bool, typer.Option("--replace", help="End the keys and the password of before (loss).")] = False,
) -> None:
    """Print a new one-time link for somebody."""
    with _opened(home) as verbs:
        person = verbs.people.by_user_name(user_name)
        typer.echo(_link(verbs, verbs.people.link(person.person_id, actor=operator(), replace=replace)))


@user_app.command("list")
def list_users(home: Home) -> None:
    """All people with their roles."""
    with _opened(home) as verbs:
        word = verbs.word
        table = verbs.table("user name", "name", "roles", "can sign in", "state")
        for listed in verbs.people.every():
            held = " ".join(f"{g.role.value}@{g.site_id}" if g.site_id else g.role.value for g in listed.grants)
            table.add_row(
                listed.person.user_name,
                listed.person.display_name,
                held,
                word("yes" if listed.can_sign_in else "not yet"),
                word("locked") if listed.person.locked_at else _until(verbs, listed.person.ends_on),
            )
    Console(soft_wrap=True).print(table)


@user_app.command("lock")
def lock_user(
    home: Home,
    user_name: UserName,
    undo: Annotated[bool, typer.Option("--undo", help="Unlock.")] = False,
) -> None:
    """Lock an account and end its sessions."""
    with _opened(home) as verbs:
        person = verbs.people.by_user_name(user_name)
        verbs.people.lock(person.person_id, actor=operator(), locked=not undo)
    typer.echo(spoken(read_settings(home), "unlocked" if undo else "locked"))


@user_app.command("grant")
def grant_user(home: Home, user_name: UserName, role: Roles) -> None:
    """Give roles."""
    with _opened(home) as verbs:
        person = verbs.people.by_user_name(user_name)
        for text in role:
            verbs.people.grant(person.person_id, _grant(text), actor=operator())
    typer.echo(spoken(read_settings(home), "granted"))


@user_app.command("revoke")
def revoke_user(home: Home, user_name: UserName, role: Roles) -> None:
    """Take roles back."""
    with _opened(home) as verbs:
        person = verbs.people.by_user_name(user_name)
        for text in role:
            verbs.people.revoke(person.person_id, _grant(text), actor=operator())
    typer.echo(spoken(read_settings(home), "revoked"))


@user_app.command("profile")
def profile_user(
    *,
    home: Home,
    user_name: UserName,
    licence: Annotated[str, typer.Option(help="医籍登録番号: without one nobody signs reports.")] = "",
    grade: Annotated[str, typer.Option(help="検診マンモグラフィ読影認定: AS, A, B, C or D.")] = "",
    grade_until: Annotated[str, typer.Option(help="YYYY-MM-DD: the grade's last day.")] = "",
) -> None:
    """Show what a physician is qualified for, after recording what is named; the rest stays."""
    with _opened(home) as verbs:
        person = verbs.people.by_user_name(user_name)
        profile = verbs.qualifications.of(person.person_id)
        named: dict[str, Any] = {
            "licence_number": licence,
            "mammography_grade": grade,
            "mammography_until": day(grade_until),
        }
        changed = {name: value for name, value in named.items() if value}
        if changed:
            profile = replace(profile, **changed)
            verbs.qualifications.record(person.person_id, profile, actor=operator())
        lacking = profile.lacks(today=verbs.people.access.today, grade_needed=False)
        settings = verbs.settings
    licence, grade = profile.licence_number or "-", profile.mammography_grade or "-"
    typer.echo(spoken(settings, "licence {licence}, grade {grade}", licence=licence, grade=grade))
    typer.echo("; ".join(_lack(settings, lack) for lack in lacking) or spoken(settings, "may sign reports"))


def _lack(settings: Settings, lack: Lack) -> str:
    """What is lacking, of its two languages the one that this home speaks."""
    japanese, _, english = LACK_WORDS[lack].partition(" / ")
    return english if settings.language == "en" else japanese


def _until(verbs: _Verbs, last_day: date | None) -> str:
    return verbs.word("open") if last_day is None else verbs.word("until {day}", day=last_day)


def _grant(text: str) -> Grant:
    role, _, site_id = text.partition("@")
    try:
        return Grant(Role(role), site_id or None)
    except ValueError as error:
        raise RequestError(
            f"no role {role}", phase="reading the command", remedy=", ".join(known.value for known in Role)
        ) from error


def _link(verbs: _Verbs, code: str) -> str:
    running = read_endpoints(verbs.settings.home).get("hub")
    return enrolment_link(running or with_remembered_ports(verbs.settings).hub.url, code)
