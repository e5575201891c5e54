from dokuei.cli.hl7_words import JAPANESE, in_words
from dokuei.gateway.hl7.answer import CONDITIONS


def test_every_condition_has_words_in_japanese() -> None:
    assert set(JAPANESE) == set(CONDITIONS)
    assert in_words(101, "a patient without an ID", "ja") == "必須項目がありません（a patient without an ID）"
    assert in_words(101, "a patient without an ID", "en") == "a patient without an ID"
