"""How the ledger of earlier studies, and the rules behind it, are shown on a terminal."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dokuei.gateway.priors.tables import Prior, Search
    from dokuei.settings import PriorRule, PriorSettings

Language = Literal["ja", "en"]

_WORDS = {
    "ja": {
        "patient": "患者ID",
        "for": "今回の検査",
        "asked": "照会日時",
        "state": "状態",
        "studies": "過去検査",
        "why": "理由",
        "nothing": "過去検査の照会はありません",
        "waiting": "PACSへ照会待ち",
        "answered": "PACSが回答",
        "failing": "PACSへ照会できません・再試行中",
        "exists": "未取得",
        "requested": "取得中",
        "arrived": "ハブに到着",
        "refused": "取得できません・再試行中",
        "others": "別の患者の回答 {others}件を除外",
        "again": "PACSへ照会し直します",
        "off": "過去検査は取得しません（gateway.priors.retrieve = off）",
        "no pacs": "過去検査は取得されません: PACSが未設定です。"
        "dokuei.toml の gateway.priors.pacs または gateway.pacs に設定すると、次の規則で取得します",
        "recent": "直近{days}日の検査は過去検査に含めません",
        "any": "すべて",
        "breast": "乳房（部位の記載なしを含む）",
        "rule": "今回 {current} → 過去 {priors}: 部位 {part}、{years}年以内、新しい順に{most}件まで",
        "any part": "問わない",
    },
    "en": {
        "patient": "patient ID",
        "for": "new study",
        "studies": "earlier studies",
        "nothing": "the PACS was asked about nobody yet",
        "waiting": "the PACS is to be asked",
        "answered": "the PACS has answered",
        "failing": "the PACS cannot be asked; tried again",
        "exists": "not brought yet",
        "requested": "being brought",
        "arrived": "at the hub",
        "refused": "cannot be brought; tried again",
        "others": "{others} answers named another patient and were left out",
        "again": "the PACS is asked once more",
        "off": "no earlier studies are brought (gateway.priors.retrieve = off)",
        "no pacs": "no earlier studies are brought: no PACS is set. "
        "Set gateway.priors.pacs or gateway.pacs in dokuei.toml, and they are brought by these rules",
        "recent": "a study of the last {days} days is no earlier one",
        "breast": "breast, or not said",
        "rule": "new {current} → earlier {priors}: body part {part}, within {years} years, the latest {most}",
        "any part": "any",
    },
}


def tell_ledger(
    asked: Sequence[Search], found: Mapping[int, Sequence[Prior]], *, language: Language, as_json: bool
) -> None:
    """A line for each study, under whom it is of; or as JSON."""
    if as_json:
        typer.echo(json.dumps([_plain(one, found[one.id]) for one in asked], ensure_ascii=False, indent=2))
        return
    if not asked:
        typer.echo(_word("nothing", language))
        return
    table = Table()
    for column in ("patient", "for", "asked", "state", "studies", "why"):
        table.add_column(_word(column, language), overflow="fold")
    for one in asked:
        current = one.current
        counted = _word("others", language).format(others=one.others) if one.others else ""
        about = (one.person.patient_id, " ".join(filter(None, (current.study_date, *current.modalities))))
        why = " ".join(filter(None, (_said(one.reason, language), counted)))
        at = f"{one.wanted_at.astimezone():%Y-%m-%d %H:%M:%S}"
        table.add_row(*map(escape, (*about, at, _word(one.state, language), "", why)))
        for prior in found[one.id]:
            named = " ".join(filter(None, (prior.study_date, *prior.modalities, prior.description)))
            cells = (_word(prior.state, language), named, _said(prior.reason, language))
            table.add_row("", "", "", *map(escape, cells))
    Console(soft_wrap=True).print(table)


def asked_again(language: Language) -> str:
    """What was done, in a line."""
    return _word("again", language)


def rules_in_words(settings: PriorSettings, language: Language, *, asked: bool) -> list[str]:
    """What is brought for what, a line each; that nothing is comes first where no PACS is ``asked``."""
    if settings.retrieve == "off":
        return [_word("off", language)]
    recent = _word("recent", language).format(days=settings.least_days)
    unasked = [] if asked else [_word("no pacs", language)]
    return [*unasked, *(_rule(one, language) for one in settings.rules), recent]


def _rule(one: PriorRule, language: Language) -> str:
    return _word("rule", language).format(
        current=" ".join(one.current) or _word("any", language),
        priors=" ".join(one.priors),
        part=_word("breast" if one.body_part == "breast" else "any part", language),
        years=one.years,
        most=one.most,
    )


def _said(reason: str, language: Language) -> str:
    """A reason stands in both languages, Japanese first."""
    japanese, _, english = reason.partition(" / ")
    return english if language == "en" and english else japanese


def _plain(one: Search, found: Sequence[Prior]) -> dict[str, Any]:
    plain = dataclasses.asdict(one)
    moments = {name: plain[name].isoformat() for name in ("wanted_at", "changed_at")}
    return {**plain, **moments, "studies": [dataclasses.asdict(prior) for prior in found]}


def _word(word: str, language: Language) -> str:
    return _WORDS[language].get(word, word)
