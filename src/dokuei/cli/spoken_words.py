"""What the commands over a home folder say of their outcome, in the language of its settings (``language``)."""

from typing import Any, Final, Literal

from dokuei.settings import Settings

Language = Literal["ja", "en"]

JAPANESE: Final = {
    # dokuei audit
    "{part}: BROKEN at entry {entry}: {why}": "{part}: {entry}番目の記録で連鎖が壊れています: {why}",
    "{part}: {entries} entries, unbroken, head {head}": "{part}: 記録{entries}件、連鎖は正常、末尾 {head}",
    "reports: CHANGED: report {report} version {number}: {why}": "レポート: 改変あり: {report} 第{number}版: {why}",
    "reports: {versions} signed versions, {faults} faults; {by_key} by key, checked against its kept answer; "
    "{by_password} by password, for which this trail is the only proof": (
        "レポート: 署名済み{versions}版、異常{faults}件。キーによる署名{by_key}版（保存した応答と照合済み）、"
        "パスワードによる署名{by_password}版（証拠は監査証跡のみ）"
    ),
    # dokuei report
    "restored: report {report}, version {number}": "復元しました: レポート {report} 第{number}版",
    "NOT restored: report {report}, version {number}: {why}": (
        "復元できませんでした: レポート {report} 第{number}版: {why}"
    ),
    "{done} restored, {left} left": "復元{done}件、未復元{left}件",
    # dokuei emergency
    "user name    {value}": "ユーザー名      {value}",
    "first code   {value}": "1つ目のコード   {value}",
    "second code  {value}": "2つ目のコード   {value}",
    "until        {value} UTC": "有効期限        {value} UTC",
    "closed": "閉じました",
    "it was not open": "開いていませんでした",
    # dokuei archive
    "site {site} was in the archive and not in the register: registered with its id as its name": (
        "施設 {site} は保管庫にあり台帳にありませんでした。施設IDを名称として登録しました"
    ),
    "reindex": "再構築",
    "verify": "検証",
    "{good} files fit the database, {wrong} wrong": "データベースと一致{good}ファイル、異常{wrong}件",
    "{good} objects proved, {wrong} wrong": "検証済み{good}オブジェクト、異常{wrong}件",
    "{number} objects, {size} bytes removed": "{number}オブジェクト、{size}バイトを削除しました",
    "{number} studies would go": "削除の対象となる検査: {number}件",
    "{number} studies removed": "削除した検査: {number}件",
    "site": "施設ID",
    "study": "検査",
    "objects": "オブジェクト",
    "bytes": "バイト",
    "when (UTC)": "日時（UTC）",
    "by": "実施者",
    "why": "理由",
    "SOP Instance UID": "SOPインスタンスUID",
    "from": "送信元",
    "since": "日時",
    # dokuei site
    "changed": "変更しました",
    "zero-padded IDs: {rule}": "先頭に0を付けた患者ID: {rule}",
    "equal": "同じとみなす",
    "different": "別とみなす",
    "the one study that fits: {rule}": "該当する検査が1件だけのとき: {rule}",
    "matched": "自動で対応付ける",
    "proposed": "候補として示す",
    "read twice: {what}": "二重読影: {what}",
    "never": "なし",
    "mammograms": "マンモグラフィ",
    "due: {when}": "報告期限: {when}",
    "by request alone": "依頼ごとの期限のみ",
    "{days} working days, {at}": "{days}営業日、{at}",
    "closed on: {days}": "休業日: {days}",
    "images finalised by a technologist: {whether}": "技師による検像: {whether}",
    "yes": "あり",
    "no": "なし",
    # dokuei user, dokuei token
    "revoked": "取り消しました",
    "granted": "付与しました",
    "locked": "停止しました",
    "unlocked": "停止を解除しました",
    "licence {licence}, grade {grade}": "医籍登録番号 {licence}、検診マンモグラフィ読影認定 {grade}",
    "may sign reports": "レポートに署名できます",
}

# Why something does not hold, as the trail and the walk over signed versions name it: a part of a sentence.
REASONS: Final = {
    "the trail is empty, and there are rows that it must tell of": "証跡が空ですが、記録されているはずの行があります",
    "an entry is missing": "記録が欠けています",
    "an entry was altered, or put in place of another": "記録が書き換えられたか、別の記録と差し替えられています",
    "the trail is not the one whose end was recorded": "末尾を記録したものとは別の証跡です",
    "the end of the trail was cut": "証跡の末尾が切り取られています",
    "entries behind the recorded end": "記録された末尾より後に記録があります",
    "the version is gone": "版がありません",
    "the text is not the one with the signed digest": "本文が署名時のダイジェストと一致しません",
    "the audit trail knows of no such signature": "監査証跡にこの署名の記録がありません",
    "the key's answer does not stand for this text": "キーの応答がこの本文に対するものではありません",
    "the sealed file is gone or changed": "封印されたファイルがないか、変更されています",
    "the audit trail knows of no such file with later time stamps": (
        "監査証跡にこの追加タイムスタンプ付きファイルの記録がありません"
    ),
    "the file with its later time stamps is gone": "追加タイムスタンプ付きファイルがありません",
    "the file with its later time stamps is changed": "追加タイムスタンプ付きファイルが変更されています",
}
_NOT_AS_CHAINED: Final = " is not the one in the audit trail"


def said(english: str, language: Language, **filled: Any) -> str:
    """A word or a sentence in this language, its places filled.

    Raises:
        KeyError: the sentence has no Japanese.
    """
    return (english if language == "en" else JAPANESE[english]).format(**filled)


def spoken(settings: Settings, english: str, **filled: Any) -> str:
    """A word or a sentence as this home speaks."""
    return said(english, settings.language, **filled)


def reason_in_words(why: str, language: Language) -> str:
    """Why something does not hold; a reason that is not known here stands as it was recorded."""
    if language == "ja" and why.endswith(_NOT_AS_CHAINED):
        return f"{why.removesuffix(_NOT_AS_CHAINED)} が監査証跡の値と一致しません"
    return why if language == "en" else REASONS.get(why, why)
