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


def in_words(condition: int, reason: str, language: Literal["ja", "en"]) -> str:
    """The condition in this language, and what was recorded."""
    words = JAPANESE.get(condition)
    return reason if language == "en" or words is None else f"{words}（{reason}）"
