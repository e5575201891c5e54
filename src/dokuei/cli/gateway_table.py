"""How the gateway's state is shown on a terminal."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dokuei.cli.doctor_words import JAPANESE, SUBJECTS
from dokuei.cli.gateway_orders_table import steps_line, summary
from dokuei.cli.gateway_reports_table import plain_reports, reports_table, troubles_in_words
from dokuei.cli.gateway_sending_words import left_in_words, sending_in_words
from dokuei.cli.object_words import in_words, refused_in_words
from dokuei.cli.remedy_words import remedy_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from dokuei.gateway.doctor import Finding
    from dokuei.gateway.quarantine import Entry, Resolution
    from dokuei.gateway.status import GatewayStatus, StudyLine
    from dokuei.transfer.protocol import StudyReport

_WORDS = {
    "ja": {
        "gateway": "ゲートウェイ",
        "hub": "ハブ",
        "not enrolled": "未登録",
        "last contact": "最後の応答",
        "line": "ハブへの回線",
        "problem": "問題",
        "never": "なし",
        "study": "検査",
        "state": "状態",
        "instances": "枚数",
        "received": "受信",
        "accession": "受付番号",
        "modality": "種別",
        "why": "理由",
        "warnings": "注意",
        "odd": "{instances}枚中{number}枚",
        "number": "番号",
        "since": "日時",
        "from": "送信元",
        "times": "回数",
        "remedy": "対処",
        "bytes": "ファイル",
        "rival": "同じUIDの既存ファイル",
        "gone": "なし",
        "settled": "処理済み",
        "nothing waits": "隔離中のオブジェクトはありません",
        "waiting": "隔離 {number}件（うち一覧にない検査 {elsewhere}件）。確認と処理: "
        "dokuei gateway quarantine --home {home}",
        "discarded": "隔離 {number}: 削除しました",
        "kept": "隔離 {number}: 隔離フォルダに残して処理済みにしました",
        "retried": "隔離 {number}: 再処理に回しました",
        "removed": "うち{number}枚は保存期間の終了によりハブから削除",
        "refused files": "監視フォルダー: 受け付けられなかったファイル {number}件（refused フォルダーに理由あり）",
    },
    "en": {
        "odd": "{number} of {instances}",
        "accession": "accession number",
        "waiting": "{number} in quarantine ({elsewhere} of studies that are not in the list); to see and settle them: "
        "dokuei gateway quarantine --home {home}",
        "nothing waits": "nothing is in quarantine",
        "discarded": "quarantine {number}: removed",
        "kept": "quarantine {number}: settled, its bytes stay in quarantine",
        "retried": "quarantine {number}: let in once more",
        "removed": "{number} of them removed at the hub when their term was over",
        "refused files": "watched folder: {number} files could not be taken (the reasons are in its folder refused)",
    },
}
_STATES = {
    "ja": {
        "received": "受信済み",
        "proved": "変換・検証済み",
        "forwarding": "送信中",
        "at-hub": "ハブで検証済み",
        "removed": "保存期間の終了によりハブから削除",
        "problem": "問題あり",
    },
    "en": {},
}
_COLOURS = {"at-hub": "green", "problem": "red", "forwarding": "cyan"}
_MARKS = {"good": "[green]✓[/]", "warning": "[yellow]![/]", "bad": "[red]✗[/]"}


def tell_status(status: GatewayStatus, *, language: Literal["ja", "en"], as_json: bool) -> None:
    """The whole state, as tables or as JSON."""
    if as_json:
        typer.echo(json.dumps(_plain(status), ensure_ascii=False, indent=2))
        return
    console = Console(soft_wrap=True)
    console.print(_about(status, language))
    if status.studies:
        console.print(_studies(status.studies, language))
    if status.quarantined:
        listed = {line.report.study_instance_uid for line in status.studies}
        elsewhere = sum(entry.suspect.study_instance_uid not in listed for entry in status.refusals)
        waiting = _word("waiting", language)
        said = waiting.format(number=status.quarantined, elsewhere=elsewhere, home=status.home)
        console.print(f"[red]{escape(said)}[/]", highlight=False)
    words = summary(status.orders, status.results, home=str(status.home), language=language)
    for line in [*words, *steps_line(status.steps, language=language)]:
        console.print(escape(line), highlight=False)
    if (reports := reports_table(status.reports, language)) is not None:
        console.print(reports)
    for line in troubles_in_words(status.reports, language):
        console.print(f"[red]{escape(line)}[/]", highlight=False)
    if status.refused_files:
        said = _word("refused files", language).format(number=status.refused_files)
        console.print(f"[red]{escape(said)}[/]", highlight=False)


def tell_entries(entries: Sequence[Entry], *, language: Literal["ja", "en"], as_json: bool) -> None:
    """The quarantine, as a table or as JSON."""
    if as_json:
        typer.echo(json.dumps([_entry(entry) for entry in entries], ensure_ascii=False, indent=2))
        return
    if not entries:
        typer.echo(_word("nothing waits", language))
        return
    table = Table()
    for column in ("number", "since", "from", "times", "why", "remedy", "study", "settled"):
        table.add_column(_word(column, language), overflow="fold")
    for entry in entries:
        suspect = entry.suspect
        done = f"{entry.resolution} {entry.resolved_by}" if entry.resolved_at else ""
        why = refused_in_words(entry.code, entry.reason, language)
        cells = (why, remedy_in_words(entry.remedy, language), suspect.study_instance_uid, done)
        table.add_row(
            str(entry.id), _moment(entry.at), escape(suspect.sending_ae), str(entry.times), *map(escape, cells)
        )
    Console(soft_wrap=True).print(table)


def tell_entry(entry: Entry, rival: Path | None, *, language: Literal["ja", "en"]) -> None:
    """All that is known of one entry."""
    table = Table(show_header=False)
    for name, value in _entry(entry).items():
        if name != "path":
            table.add_row(name, escape(str("" if value is None else value)))
    table.add_row(_word("bytes", language), escape(str(entry.path or _word("gone", language))))
    if entry.suspect.known_sha256:
        table.add_row(_word("rival", language), escape(str(rival or _word("gone", language))))
    Console(soft_wrap=True).print(table)


def settled(number: int, resolution: Resolution, *, language: Literal["ja", "en"]) -> str:
    """What was done, in a line."""
    return _word("kept" if resolution == "settled" else resolution, language).format(number=number)


def tell_doctor(findings: Sequence[Finding], request: str, *, language: Literal["ja", "en"]) -> None:
    """What was found, and what to ask the IT department for."""
    table = Table(show_header=False, box=None)
    for _ in range(4):
        table.add_column(overflow="fold")
    for finding in findings:
        subject, what, remedy = _found(finding, language)
        table.add_row(_MARKS[finding.verdict], subject, escape(what), escape(remedy and f"→ {remedy}"))
    Console(soft_wrap=True).print(table)
    typer.echo(f"\n{request}")


def _found(finding: Finding, language: Literal["ja", "en"]) -> tuple[str, str, str]:
    if language == "en":
        return finding.subject, finding.what, finding.remedy
    what, remedy = (JAPANESE.get(one, one).format(**finding.values) for one in (finding.said, finding.to_do))
    return SUBJECTS.get(finding.subject, finding.subject), what, remedy


def _about(status: GatewayStatus, language: Literal["ja", "en"]) -> Table:
    table = Table(show_header=False, title="dokuei", title_justify="left")
    enrolled = status.enrolment
    who = _word("not enrolled", language) if enrolled is None else f"{enrolled.gateway_id} ({enrolled.site_id})"
    table.add_row(_word("gateway", language), who)
    if enrolled is not None:
        table.add_row(_word("hub", language), enrolled.hub_url)
    at = status.contact.last_contact_at
    table.add_row(_word("last contact", language), _word("never", language) if at is None else _moment(at))
    table.add_row(_word("line", language), sending_in_words(status.sending, language))
    if status.contact.error:
        table.add_row(_word("problem", language), f"[red]{status.contact.error}[/]")
    return table


def _studies(lines: Sequence[StudyLine], language: Literal["ja", "en"]) -> Table:
    table = Table()
    for column in ("study", "accession", "modality", "instances", "received", "state", "why"):
        table.add_column(_word(column, language), overflow="fold")  # other commands want a study's UID whole
    odd = any(line.report.warned_instances for line in lines)
    if odd:
        table.add_column(_word("warnings", language), overflow="fold")
    for line in lines:
        report = line.report
        state = f"{report.state} {_STATES[language].get(report.state, '')}".strip()
        shown = f"{state} {report.percent} %" if report.state == "forwarding" else state
        if report.removed and report.state != "removed":
            shown += f" ({_word('removed', language).format(number=report.removed)})"
        if left := left_in_words(report, language):
            shown += f"\n{left}"
        colour = _COLOURS.get(report.state, "default")
        table.add_row(
            report.study_instance_uid,
            line.accession_number,
            " ".join(line.modalities),
            str(report.instances),
            _moment(line.first_received_at),
            f"[{colour}]{shown}[/]",
            escape(" → ".join(filter(None, (report.error, remedy_in_words(report.remedy, language))))),
            *([_odd(report, language)] if odd else []),
        )
    return table


def _odd(report: StudyReport, language: Literal["ja", "en"]) -> str:
    """How many of a study's objects were odd as they came, and how; empty where none was."""
    if not report.warned_instances:
        return ""
    count = _word("odd", language).format(number=report.warned_instances, instances=report.instances)
    return escape("\n".join([count, *(in_words(warning, language) for warning in report.warnings)]))


def _plain(status: GatewayStatus) -> dict[str, Any]:
    return {
        "enrolment": None if status.enrolment is None else dataclasses.asdict(status.enrolment),
        "certificate_not_after": _iso(status.certificate_not_after),
        "last_contact_at": _iso(status.contact.last_contact_at),
        "worker_at": _iso(status.contact.worker_at),
        "error": status.contact.error,
        "studies": [
            {
                **line.report.model_dump(),
                "accession_number": line.accession_number,
                "modalities": list(line.modalities),
                "priority": line.priority,
                "first_received_at": _iso(line.first_received_at),
                "at_hub_at": _iso(line.at_hub_at),
            }
            for line in status.studies
        ],
        "sending": status.sending.model_dump(),
        "orders": dataclasses.asdict(status.orders),
        "steps": dataclasses.asdict(status.steps),
        "refused_files": status.refused_files,
        "results": dataclasses.asdict(status.results),
        "reports": plain_reports(status.reports),
        "quarantine": {"open": status.quarantined, "entries": [_entry(entry) for entry in status.refusals]},
    }


def _entry(entry: Entry) -> dict[str, Any]:
    plain = dataclasses.asdict(entry)
    return {
        **{name: plain[name] for name in ("id", "code", "reason", "remedy", "times", "resolved_by", "resolution")},
        "at": _iso(entry.at),
        "resolved_at": _iso(entry.resolved_at),
        **plain["suspect"],
        "path": None if entry.path is None else str(entry.path),
    }


def _word(word: str, language: str) -> str:
    return _WORDS[language].get(word, word)


def _moment(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
