import pytest

from dokuei.cli.hl7_words import JAPANESE, in_words, result_in_words
from dokuei.errors import PeerRefusedError
from dokuei.gateway.hl7.answer import CONDITIONS
from dokuei.gateway.say import demand_accepted


def test_every_condition_has_words_in_japanese() -> None:
    assert set(JAPANESE) == set(CONDITIONS)
    assert in_words(101, "a patient without an ID", "ja") == "必須項目がありません（a patient without an ID）"
    assert in_words(101, "a patient without an ID", "en") == "a patient without an ID"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "応答がありません"),
        (b"thank you", "応答をHL7メッセージとして読めません"),
        (b"MSH|^~\\&|HIS", "応答にMSAがありません"),
        (b"MSH|^~\\&|HIS\rMSA|AA|2", "別のメッセージへの応答です"),
        (b"MSH|^~\\&|HIS\rMSA|AR|1", "受け取りを断られました（it answered AR）"),
    ],
)
def test_a_wrong_answer_has_words_in_japanese(answer: bytes | None, words: str) -> None:
    with pytest.raises(PeerRefusedError) as refused:
        demand_accepted(answer, expected_control_id="1", phase="a test")
    assert result_in_words(refused.value.what, "ja").startswith(words)
    assert result_in_words(refused.value.what, "en") == refused.value.what
