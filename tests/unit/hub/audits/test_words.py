"""The inspection form and the pages say the same words."""

import json
from pathlib import Path
from typing import Any

import pytest

from dokuei.dicom.audit_events import meaning_of
from dokuei.hub.audits.words import EVENTS, GROUPS, event_word
from dokuei.settings import RepositorySettings

_DOCS = Path(__file__).parents[4] / "docs"
_ELSEWHERE = {"Begin Transferring DICOM Instances"}  # named below the table
_CATALOGUES = Path(__file__).parents[4] / "viewer" / "src" / "i18n"


def flat(tree: dict[str, Any], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in tree.items():
        found |= flat(value, f"{before}{name}.") if isinstance(value, dict) else {f"{before}{name}": value}
    return found


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_pages_have_a_word_for_each_event_of_the_form(language: str) -> None:
    """LOG-02: one set of words."""
    catalogue = json.loads((_CATALOGUES / language / "audit.json").read_text(encoding="utf-8"))
    events, groups = flat(catalogue["event"]), catalogue["group"]
    assert set(events) == {event.replace("-", "_") for event in EVENTS}
    assert set(groups) == {group.value for group in GROUPS}
    if language == "ja":
        assert events == {event.replace("-", "_"): word for event, word in EVENTS.items()}
        assert groups == {group.value: word for group, word in GROUPS.items()}


def test_the_conformance_statement_names_every_event_and_how_it_is_reported() -> None:
    """LOG-09: PS3.15 A.5 c) to e): which events are detected, how reporting is set up and processed."""
    statement = (_DOCS / "conformance.md").read_text(encoding="utf-8")
    table = (_DOCS / "audit-events.md").read_text(encoding="utf-8")
    for event in EVENTS:
        meaning = meaning_of(event)
        assert f"| `{event}` | {meaning.event.meaning} ({meaning.event.value}) |" in table, event
        assert f"| {meaning.event.meaning} |" in statement or meaning.event.meaning in _ELSEWHERE, event
    for setting in RepositorySettings.model_fields:
        assert f"`{setting}`" in statement or f"`audit.repository.{setting}`" in statement, setting
    assert "audit-events.md" in statement


def test_an_event_without_a_word_stands_by_its_name() -> None:
    assert event_word("thing.of-next-year") == "thing.of-next-year"
