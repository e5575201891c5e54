"""How signed reports stand in the hospital's systems, as the gateway's status shows it on a terminal."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from dokuei.gateway.outlet_tables import Line, ReportCounts

_WORDS = {
    "ja": {
        "reports": "レポートの返送: 到着 {arrived}件、未着 {waiting}件",
        "study": "検査",
        "report": "レポート",
        "place": "返送先",
        "state": "状態",
        "since": "日時",
        "why": "理由",
        "sr": "構造化レポート",
        "pdf": "PDF",
        "version": "第{version}版",
        "stamped": "第{version}版・タイムスタンプ更新{stamps}回",
        "pacs": "PACS",
        "pages": "PACS（ページ画像）",
        "folder": "フォルダ",
        "his": "病院情報システム",
        "waiting": "返送待ち",
        "stored": "到着",
        "accepted": "受領済・PACSの保管確認待ち",
        "committed": "到着・PACSが保管を確認",
        "not-offered": "到着（PACSは保管確認に非対応）",
        "not-committed": "PACSが受領後に保管せず・再送中",
        "refused": "届いていません・再送中",
        "fetch": "ハブから受け取れないレポート: {reports}件（{since}から・間隔をあけて再試行中）: {error}",
        "receipt": "ハブが到着の報告を拒否: {reports}件（{since}から・間隔をあけて再送中）: {error}",
    },
    "en": {
        "reports": "reports on their way back: {arrived} arrived, {waiting} not yet",
        "sr": "structured report",
        "pdf": "PDF",
        "version": "version {version}",
        "stamped": "version {version}, stamped anew {stamps} times",
        "pacs": "PACS",
        "pages": "PACS (pages)",
        "his": "HIS",
        "waiting": "on its way",
        "stored": "arrived",
        "accepted": "taken; the PACS has not yet confirmed that it keeps it",
        "committed": "arrived; the PACS confirmed that it keeps it",
        "not-offered": "arrived; the PACS offers no storage commitment",
        "not-committed": "the PACS took it and does not keep it; it is sent again",
        "refused": "has not arrived; it is sent again",
        "fetch": "reports that cannot be brought from the hub: {reports} (since {since}; tried again): {error}",
        "receipt": "the hub refuses to hear where reports have arrived: {reports} (since {since}; told again): {error}",
    },
}
_COLOURS = {"committed": "green", "stored": "green", "not-committed": "red", "refused": "red", "accepted": "yellow"}


def reports_table(reports: ReportCounts, language: str) -> Table | None:
    """What has not arrived first; none where no report was ever brought."""
    if not reports.places:
        return None
    said = _word("reports", language).format(arrived=reports.arrived, waiting=reports.waiting)
    table = Table(title=said, title_justify="left")
    for column in ("study", "report", "place", "state", "since", "why"):
        table.add_column(_word(column, language), overflow="fold")
    for one in reports.places:
        form = _word("stamped" if one.stamps else "version", language).format(version=one.version, stamps=one.stamps)
        place = f"{_word(one.outlet, language)} {one.destination}".strip()
        colour = _COLOURS.get(one.state, "default")
        table.add_row(
            one.study_instance_uid,
            f"{_word(one.kind, language)} ({form})",
            escape(place),
            f"[{colour}]{_word(one.state, language)}[/]",
            f"{one.at.astimezone():%Y-%m-%d %H:%M:%S}",
            escape(one.reason),
        )
    return table


def troubles_in_words(reports: ReportCounts, language: str) -> list[str]:
    """What goes wrong between gateway and hub, a line each."""
    return [
        _word(one.step, language).format(
            reports=one.reports, since=f"{one.since.astimezone():%Y-%m-%d %H:%M:%S}", error=one.error
        )
        for one in reports.troubles
    ]


def plain_reports(reports: ReportCounts) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "arrived": reports.arrived,
        "waiting": reports.waiting,
        "places": [_plain(one) for one in reports.places],
        "troubles": [{**dataclasses.asdict(one), "since": one.since.isoformat()} for one in reports.troubles],
    }


def _plain(line: Line) -> dict[str, Any]:
    return {**dataclasses.asdict(line), "at": line.at.isoformat()}


def _word(word: str, language: str) -> str:
    return _WORDS[language].get(word, word)
