"""The hospital reads in its own language what was odd about an object, in the words of the reading centre's page."""

import json
from pathlib import Path
from typing import get_args

import dokuei
from dokuei.cli.object_words import JAPANESE, REFUSED_JAPANESE, in_words, refused_in_words
from dokuei.dicom.oddities import ODDITIES, Oddity

_VIEWER = Path(dokuei.__file__).parents[2] / "viewer" / "src"


def test_every_oddity_has_japanese_words() -> None:
    assert get_args(Oddity) == ODDITIES
    assert JAPANESE.keys() == set(ODDITIES)
    assert all(JAPANESE.values())


def test_the_command_and_the_page_say_the_same() -> None:
    rows = json.loads((_VIEWER / "images" / "warnings.json").read_text())
    page = json.loads((_VIEWER / "i18n" / "ja" / "gateways.json").read_text())["warning"]
    assert {words: page[key] for key, words in rows} == JAPANESE


def test_refusals_are_said_as_the_page_says_them() -> None:
    page = json.loads((_VIEWER / "i18n" / "ja" / "gateways.json").read_text())["refused"]
    assert {code: words for code, words in page.items() if code != "other"} == REFUSED_JAPANESE


def test_a_refusal_keeps_what_was_recorded_beside_its_kind() -> None:
    assert refused_in_words("truncated", "cut at 7", "ja") == "途中で切れています（cut at 7）"
    assert refused_in_words("truncated", "cut at 7", "en") == "cut at 7"
    assert refused_in_words("of next year", "cut at 7", "ja") == "cut at 7"


def test_what_is_not_known_stands_as_recorded() -> None:
    assert in_words("Patient ID is empty", "ja") == "患者IDが空"
    assert in_words("Patient ID is empty", "en") == "Patient ID is empty"
    assert in_words("a warning of next year", "ja") == "a warning of next year"
