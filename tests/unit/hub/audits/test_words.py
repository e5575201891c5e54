"""The inspection form and the pages say the same words."""

import json
from pathlib import Path
from typing import Any

import pytest

from dokuei.hub.audits.words import EVENTS, GROUPS, event_word

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


def test_an_event_without_a_word_stands_by_its_name() -> None:
    assert event_word("thing.of-next-year") == "thing.of-next-year"
