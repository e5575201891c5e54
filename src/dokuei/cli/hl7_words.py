"""Why a message was not taken, in the hospital's language, after HL7's own table of conditions (0357)."""

from typing import Final, Literal

JAPANESE: Final = {
    100: "セグメントがないか、順序が正しくありません",
    101: "必須項目がありません",
    102: "値の形式が正しくありません",
    103: "受け付けていない値です",
    200: "受け付けていないメッセージ種別です",
    201: "受け付けていないイベントです",
    202: "本番（P）のメッセージではありません",
    203: "受け付けていない版です",
    207: "ゲートウェイで受け取れませんでした",
}

RESULT_JAPANESE: Final = {
    "it did not answer": "応答がありません",
    "it hung up before it had answered": "応答の前に切断されました",
    "its answer is no HL7 message that can be read": "応答をHL7メッセージとして読めません",
    "its answer acknowledges nothing (no MSA)": "応答にMSAがありません",
    "its answer is to another message (MSA-2)": "別のメッセージへの応答です（MSA-2）",
    "it answered": "受け取りを断られました",
    "does not answer": "接続できません",
    "does not speak TLS as is set": "設定どおりのTLSで通信できません",
    "the report cannot be read": "レポートを読めません",
}


def result_in_words(error: str, language: Literal["ja", "en"]) -> str:
    """Why a result is not sent, in this language, and what was recorded."""
    words = next((japanese for english, japanese in RESULT_JAPANESE.items() if english in error), None)
    return error if language == "en" or words is None else f"{words}（{error}）"


def in_words(condition: int, reason: str, language: Literal["ja", "en"]) -> str:
    """The condition in this language, and what was recorded."""
    words = JAPANESE.get(condition)
    return reason if language == "en" or words is None else f"{words}（{reason}）"
