"""What ``dokuei desk`` says, in both languages."""

from typing import Final, Literal

Language = Literal["ja", "en"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("次の読影報告書に署名します", "You are about to sign this report"),
    "site": ("依頼施設", "For"),
    "study": ("検査", "Study"),
    "reader": ("読影医", "Reader"),
    "version": ("版", "Version"),
    "digest": ("版のダイジェスト（画面と同じか確認）", "Digest of the version (the page shows the same)"),
    "pin": ("カードのPIN（空欄で中止）", "PIN of the card (empty: nothing is signed)"),
    "nothing": ("中止しました。報告書は下書きのままです。", "Nothing was signed. The report is still a draft."),
    "signed": ("署名が受け付けられ、報告書が確定しました", "The signature was taken, and the report is final"),
    "preliminary": ("速報", "preliminary"),
    "original": ("初版", "final"),
    "amendment": ("修正", "amendment"),
    "withdrawal": ("取り下げ", "withdrawal"),
}


def said(word: str, language: Language) -> str:
    """A word in that language."""
    ja, en = WORDS[word]
    return en if language == "en" else ja
