"""The register of hospitals in a home folder, opened for one command, and the words in which it is shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.table import Table

from dokuei.clock import now
from dokuei.hub.prepare import open_stores
from dokuei.hub.sites.service import SitesService
from dokuei.settings import read_settings

SiteId = Annotated[str, typer.Argument(help="Slug: small letters, digits and hyphens; it stays for ever.")]
Language = Literal["ja", "en"]

_JAPANESE: Final = {
    "site": "施設ID",
    "name": "名称",
    "contract": "契約",
    "images kept": "画像の保存",
    "identity": "患者識別",
    "state": "状態",
    "none": "なし",
    "without a term": "期限なし",
    "{days} days": "{days}日間",
    "true": "実名",
    "pseudonym": "仮名",
    "term": "期間",
    "modalities": "モダリティ",
    "readings": "読影の種類",
    "turnaround": "報告期限",
    "fee": "料金",
    "version": "版",
    "every": "すべて",
    "valid": "有効",
    "coming": "開始前",
    "over": "期間終了",
    "terminated": "解約",
    "screening": "検診読影",
    "diagnostic": "診断読影",
    "second_reading": "第二読影",
    "consultation": "コンサルテーション",
    "routine": "通常",
    "high": "優先",
    "urgent": "至急",
    "{amount} working days": "{amount}営業日",
    "{amount} hours": "{amount}時間",
    "contact": "連絡先ID",
    "hours": "時間帯",
    "role": "役職",
    "telephone": "電話",
    "otherwise": "予備の電話",
    "last tried": "最終試験日",
    "weekday": "平日日勤",
    "night": "夜間",
    "holiday": "休日",
    "never": "未試験",
    "{day}, reached": "{day} 応答あり",
    "{day}, not reached": "{day} 応答なし",
    "nobody is named": "連絡先の登録はありません",
}


@dataclass(frozen=True)
class Opened:
    """The register, and in which language its tables are."""

    sites: SitesService
    language: Language
    today: date

    def word(self, english: str, **filled: Any) -> str:
        """A word or a sentence as this home speaks."""
        said = english.replace("_", " ") if self.language == "en" else _JAPANESE[english]
        return said.format(**filled)

    def table(self, *columns: str) -> Table:
        """A table under these headings."""
        table = Table()
        for column in columns:
            table.add_column(self.word(column), overflow="fold")
        return table


@contextmanager
def opened(home: Path) -> Iterator[Opened]:
    """The register of a home folder."""
    settings = read_settings(home)
    database = open_stores(settings).database
    try:
        today = now().astimezone(ZoneInfo(settings.seal.time_zone)).date()
        yield Opened(SitesService(database), settings.language, today)
    finally:
        database.close()


def plain(text: object) -> str:
    """What somebody has typed, shown as it is."""
    return escape(str(text))


def given(**particulars: Any) -> dict[str, Any]:
    """What was named on the command line; the rest stays as it is."""
    return {name: value for name, value in particulars.items() if value not in ("", None, [])}
