"""How orders and results by HL7 are shown on a terminal, and what of a pseudonymous site's orders stays here."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dokuei.cli.hl7_words import in_words, result_in_words
from dokuei.cli.remedy_words import remedy_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dokuei.gateway.order_tables import NoticeRow, OrderCounts, RefusalRow
    from dokuei.gateway.result_tables import Result, ResultCounts
    from dokuei.gateway.steps.tables import StepCounts

Language = Literal["ja", "en"]

_WORDS = {
    "ja": {
        "orders": "依頼・患者情報（HL7）",
        "refusals": "受け付けられなかったメッセージ（原文を保管）",
        "results": "結果の送信（HL7 ORU）",
        "number": "番号",
        "received": "受信",
        "sender": "送信元",
        "message": "メッセージ",
        "control": "制御ID",
        "wanted": "内容",
        "order": "依頼番号",
        "accession": "受付番号",
        "patient": "患者ID",
        "state": "状態",
        "why": "理由",
        "not told": "送らない項目",
        "location": "箇所",
        "remedy": "対処",
        "times": "回数",
        "settled": "処理済み",
        "study": "検査",
        "status": "区分",
        "attempts": "試行",
        "note": "備考",
        "nothing": "未処理の依頼・メッセージ・結果はありません",
        "waiting": "ハブへ送信待ち",
        "taken": "ハブで受付済み",
        "known": "ハブで受付済み（既知）",
        "refused": "ハブが拒否",
        "nothing asked": "読影に関する内容なし",
        "new": "新規",
        "change": "変更",
        "cancel": "取消",
        "update": "患者情報の更新",
        "merge": "患者IDの統合",
        "F": "確定",
        "C": "訂正",
        "sent": "送信済み",
        "unsent": "未送信",
        "unmade": "作成できません",
        "reason": "依頼目的",
        "clinical_information": "臨床情報",
        "requesting_physician": "依頼医",
        "requesting_department": "依頼科",
        "procedure.meaning": "検査名（コードは送る）",
        "pseudonyms": "仮名の施設では、患者を特定しうる文章はハブへ送りません（「送らない項目」）。"
        "原文はこのゲートウェイに残ります。",
        "orders line": "HL7: ハブへ送信待ち {waiting}件、ハブが拒否 {refused}件、"
        "受け付けられなかったメッセージ {quarantined}件",
        "steps line": "撮影装置: ワークリスト {scheduled}件、検査中 {in_progress}件、実施報告の送信待ち {waiting}件",
        "results line": "HL7 結果: 送信済み {sent}件、未送信 {waiting}件",
        "again": "ハブが拒否した{number}件をもう一度送ります",
        "more": "一覧: dokuei gateway orders --home {home}",
    },
    "en": {
        "orders": "orders and corrections (HL7)",
        "refusals": "messages that were not understood (their bytes are kept)",
        "results": "results (HL7 ORU)",
        "sender": "from",
        "control": "control ID",
        "order": "order number",
        "accession": "accession number",
        "patient": "patient ID",
        "not told": "held back",
        "nothing": "no order, message or result waits for anything",
        "waiting": "waits for the hub",
        "taken": "taken by the hub",
        "known": "known to the hub",
        "refused": "refused by the hub",
        "nothing asked": "asks nothing of a reader",
        "update": "update of a patient",
        "merge": "merge of two IDs",
        "F": "final",
        "C": "corrected",
        "unsent": "not sent",
        "unmade": "cannot be made",
        "clinical_information": "clinical information",
        "requesting_physician": "requesting physician",
        "requesting_department": "department",
        "procedure.meaning": "name of the procedure (its code is told)",
        "pseudonyms": "Under pseudonyms no free text that may name a patient is told to the hub (held back); "
        "it stays in this gateway.",
        "steps line": "modalities: {scheduled} on the worklist, {in_progress} in progress, "
        "{waiting} performed steps wait for the hub",
        "orders line": "HL7: {waiting} wait for the hub, {refused} refused by it, "
        "{quarantined} messages not understood",
        "results line": "HL7 results: {sent} sent, {waiting} not sent",
        "again": "{number} that the hub refused are told again",
        "more": "to see them: dokuei gateway orders --home {home}",
    },
}
_COLOURS = {"refused": "red", "waiting": "yellow", "unsent": "yellow", "unmade": "red"}


@dataclass(frozen=True)
class Found:
    """What is listed."""

    notices: Sequence[NoticeRow]
    refusals: Sequence[RefusalRow]
    results: Sequence[Result]


def tell_found(found: Found, *, language: Language, as_json: bool) -> None:
    """All three lists, as tables or as JSON."""
    if as_json:
        listed = {
            "orders": [_plain(one, without=("document",)) for one in found.notices],
            "refused": [_plain(one) for one in found.refusals],
            "results": [_plain(one) for one in found.results],
        }
        typer.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    if not (found.notices or found.refusals or found.results):
        typer.echo(_word("nothing", language))
        return
    console = Console(soft_wrap=True)
    if found.notices:
        console.print(_notices(found.notices, language))
        if any(one.withheld for one in found.notices):
            console.print(_word("pseudonyms", language))
    if found.refusals:
        console.print(_refusals(found.refusals, language))
    if found.results:
        console.print(_results(found.results, language))


def told_again(number: int, *, language: Language) -> str:
    """What was done, in a line."""
    return _word("again", language).format(number=number)


def summary(orders: OrderCounts, results: ResultCounts, *, home: str, language: Language) -> list[str]:
    """The lines of the gateway's status; none where HL7 was never used."""
    lines = []
    if orders.waiting or orders.refused or orders.quarantined:
        lines.append(_word("orders line", language).format(**dataclasses.asdict(orders)))
    if results.waiting or results.sent:
        said = _word("results line", language).format(sent=results.sent, waiting=results.waiting)
        lines.append(f"{said}: {result_in_words(results.error, language)}" if results.error else said)
    if orders.refused or orders.quarantined or results.waiting:
        lines.append(_word("more", language).format(home=home))
    return lines


def steps_line(steps: StepCounts, *, language: Language) -> list[str]:
    """The line of the gateway's status; none where nothing is ordered."""
    counts = dataclasses.asdict(steps)
    return [_word("steps line", language).format(**counts)] if any(counts.values()) else []


def _notices(rows: Sequence[NoticeRow], language: Language) -> Table:
    held = any(one.withheld for one in rows)
    names = ("received", "sender", "message", "wanted", "order", "accession", "patient", "state", "why")
    table = _table("orders", (*names, "not told") if held else names, language)
    for one in rows:
        state = "nothing asked" if one.state == "nothing" else one.state
        kept = [_word(name, language) for name in one.withheld.split()]
        cells = (
            one.sending_application,
            f"{one.message_type} {one.control_id}",
            _word(one.action, language),
            one.placer_order_number,
            one.accession_number,
            one.patient_id,
        )
        table.add_row(
            _moment(one.received_at),
            *map(escape, cells),
            _coloured(state, language),
            escape(one.reason),
            *([", ".join(kept)] if held else []),
        )
    return table


def _refusals(rows: Sequence[RefusalRow], language: Language) -> Table:
    names = ("number", "received", "sender", "message", "times", "location", "why", "remedy", "settled")
    table = _table("refusals", names, language)
    for one in rows:
        sender = one.sending_application or one.peer_address
        done = f"{_moment(one.resolved_at)} {one.resolved_by}" if one.resolved_at else ""
        why = in_words(one.condition, one.reason, language)
        cells = (one.location, why, remedy_in_words(one.remedy, language), done)
        message = f"{one.message_type} {one.control_id}".strip()
        table.add_row(
            str(one.id),
            _moment(one.at),
            escape(sender),
            escape(message),
            str(one.times),
            *map(escape, cells),
        )
    return table


def _results(rows: Sequence[Result], language: Language) -> Table:
    table = _table("results", ("study", "status", "control", "state", "attempts", "why", "note"), language)
    for one in rows:
        state = "unmade" if one.made_at is None else "unsent" if one.sent_at is None else "sent"
        table.add_row(
            one.study_instance_uid,
            _word(one.status, language) if one.status else "",
            one.control_id,
            _coloured(state, language),
            str(one.attempts),
            escape(result_in_words(one.error, language)),
            escape(one.note),
        )
    return table


def _table(title: str, columns: Sequence[str], language: Language) -> Table:
    table = Table(title=_word(title, language), title_justify="left")
    for column in columns:
        table.add_column(_word(column, language), overflow="fold")
    return table


def _coloured(state: str, language: Language) -> str:
    return f"[{_COLOURS.get(state, 'default')}]{_word(state, language)}[/]"


def _plain(row: NoticeRow | RefusalRow | Result, *, without: Sequence[str] = ()) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in dataclasses.asdict(row).items()
        if name not in without
    }


def _word(word: str, language: str) -> str:
    return _WORDS[language].get(word, word)


def _moment(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"
