"""How the gateway's state is shown on a terminal."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dokuei.gateway.doctor import Finding
    from dokuei.gateway.status import GatewayStatus, StudyLine

_WORDS = {
    "ja": {
        "gateway": "ゲートウェイ",
        "hub": "ハブ",
        "not enrolled": "未登録",
        "last contact": "最後の応答",
        "problem": "問題",
        "never": "なし",
        "study": "検査",
        "state": "状態",
        "instances": "枚数",
        "received": "受信",
        "accession": "受付番号",
        "modality": "種別",
        "why": "理由",
    },
    "en": {
        "accession": "accession number",
        "why": "",
    },
}
_STATES = {
    "ja": {
        "received": "受信済み",
        "proved": "変換・検証済み",
        "forwarding": "送信中",
        "at-hub": "ハブで検証済み",
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


def tell_doctor(findings: Sequence[Finding], request: str) -> None:
    """What was found, and what to ask the IT department for."""
    table = Table(show_header=False, box=None)
    for finding in findings:
        table.add_row(_MARKS[finding.verdict], finding.subject, finding.what, finding.remedy and f"→ {finding.remedy}")
    Console(soft_wrap=True).print(table)
    typer.echo(f"\n{request}")


def _about(status: GatewayStatus, language: str) -> Table:
    table = Table(show_header=False, title="dokuei", title_justify="left")
    enrolled = status.enrolment
    who = _word("not enrolled", language) if enrolled is None else f"{enrolled.gateway_id} ({enrolled.site_id})"
    table.add_row(_word("gateway", language), who)
    if enrolled is not None:
        table.add_row(_word("hub", language), enrolled.hub_url)
    at = status.contact.last_contact_at
    table.add_row(_word("last contact", language), _word("never", language) if at is None else _moment(at))
    if status.contact.error:
        table.add_row(_word("problem", language), f"[red]{status.contact.error}[/]")
    return table


def _studies(lines: Sequence[StudyLine], language: str) -> Table:
    table = Table()
    for column in ("study", "accession", "modality", "instances", "received", "state", "why"):
        table.add_column(_word(column, language))
    for line in lines:
        report = line.report
        state = f"{report.state} {_STATES[language].get(report.state, '')}".strip()
        shown = f"{state} {report.percent} %" if report.state == "forwarding" else state
        colour = _COLOURS.get(report.state, "default")
        table.add_row(
            report.study_instance_uid,
            line.accession_number,
            " ".join(line.modalities),
            str(report.instances),
            _moment(line.first_received_at),
            f"[{colour}]{shown}[/]",
            report.error,
        )
    return table


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
    }


def _word(word: str, language: str) -> str:
    return _WORDS[language].get(word, word)


def _moment(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
