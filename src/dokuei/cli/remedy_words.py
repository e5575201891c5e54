"""What now, in the hospital's language: the remedies that tables of objects, studies and messages show."""

from typing import Final, Literal

REMEDIES_JAPANESE: Final = {
    "Ask for its frames one by one.": "フレームを1枚ずつ要求してください",
    "Ask for them in the encoding that they are stored in.": "保管されている符号化のまま要求してください",
    "Ask the sender to split the object.": "送信元に分割を依頼してください",
    "Ask the sender to tile it.": "送信元にタイル分割を依頼してください",
    "Import the folder that it stands in; its files are found.": (
        "フォルダーごと取り込んでください（中のファイルは見つかります）"
    ),
    "It stays in the hospital. Let the sender choose a lossless transfer syntax, or JPEG or JPEG 2000.": (
        "院内に保持しています。送信元で可逆の転送構文、またはJPEGかJPEG 2000を選んでください"
    ),
    "It stays in the hospital. Send it without burned-in text, or let the site allow such pictures.": (
        "院内に保持しています。文字の焼き込みなしで送るか、施設の設定で許可してください"
    ),
    "Let the sender choose a transfer syntax from the conformance statement.": (
        "送信元で、適合性宣言にある転送構文を選んでください"
    ),
    "No known object nests so deep: check the program that wrote it.": (
        "入れ子が深すぎます。作成したプログラムを確認してください"
    ),
    "Only DICOM objects are taken: choose another file.": (
        "DICOMオブジェクトのみ受け付けます。別のファイルを選んでください"
    ),
    "Send the object in another transfer syntax.": "別の転送構文で送信してください",
    "The bytes are kept: try it again after an update, and report it.": (
        "データは保持しています。更新後に再処理し、開発元に知らせてください"
    ),
    "The copy is discarded: send the object again from its source.": (
        "複製は破棄しました。送信元から送り直してください"
    ),
    "The object cannot be filed without it: correct it at the modality or PACS and send again.": (
        "これがないと保管できません。モダリティまたはPACSで修正して送り直してください"
    ),
    "The object is cut off or its lengths are wrong: send it again from its source.": (
        "途中で切れているか、長さが正しくありません。送信元から送り直してください"
    ),
    "The object is cut off: send it again from its source.": "途中で切れています。送信元から送り直してください",
    "The object is damaged: send it again from its source.": "壊れています。送信元から送り直してください",
    "The pixel data are cut off: send the object again from its source.": (
        "画素データが途中で切れています。送信元から送り直してください"
    ),
    "The pixels cannot be understood without it: correct it at the modality and send again.": (
        "これがないと画素を解釈できません。モダリティで修正して送り直してください"
    ),
    "compare both in quarantine; the first one stays as it is": (
        "隔離の両方を比べてください（先に届いたものはそのままです）"
    ),
    "correct MSH-18, or set [gateway.hl7] character_set where the sender declares none": (
        "MSH-18を修正してください。送信元が宣言しない場合は [gateway.hl7] character_set を設定"
    ),
    "ISO IR87, UNICODE UTF-8 or ASCII in MSH-18": "MSH-18 は ISO IR87、UNICODE UTF-8、ASCII のいずれかにしてください",
    "correct MSH-6 at the sender, or [gateway.hl7] facility": (
        "送信元でMSH-6を修正するか、[gateway.hl7] facility を修正してください"
    ),
    "correct it at its source and send it again": "送信元で修正して送り直してください",
    "correct the sender; the object is in quarantine": (
        "送信元の設定を修正してください（オブジェクトは隔離にあります）"
    ),
    "dokuei gateway orders lists them": "dokuei gateway orders で一覧できます",
    "dokuei gateway quarantine lists them": "dokuei gateway quarantine で一覧できます",
    "free memory": "メモリーを空けてください",
    "free space, or let the hub take what waits; the sender keeps the object": (
        "空き容量を確保するか、送信待ちがハブに届くまでお待ちください（送信元に残っています）"
    ),
    "free space; the sender keeps the object": "空き容量を確保してください（送信元に残っています）",
    "have it sent again, and discard the entry": "送り直してもらい、この項目は削除してください",
    "import the folder it stands in": "そのファイルがあるフォルダーを取り込んでください",
    "it is coded again by itself": "自動で符号化し直します",
    "it is tried again; see the log": "自動で再試行します。ログを確認してください",
    "it waits: restore this gateway's database from a backup, or run the gateway that sent the study": (
        "待機しています。このゲートウェイのデータベースを復元するか、検査を送ったゲートウェイを動かしてください"
    ),
    "list it in [gateway.hl7] sending_applications": "[gateway.hl7] sending_applications に追加してください",
    "list it in [gateway.hl7] sending_facilities": "[gateway.hl7] sending_facilities に追加してください",
    "look at both in quarantine, correct the UID at the sender and send again": (
        "隔離の両方を確認し、送信元でUIDを修正して送り直してください"
    ),
    "look at the gateway's disk and log": "ゲートウェイのディスクとログを確認してください",
    "look at the gateway's disk; the sender keeps the object": (
        "ゲートウェイのディスクを確認してください（送信元に残っています）"
    ),
    "look at the sending interface; the bytes are kept": (
        "送信側のインターフェースを確認してください（電文は保持しています）"
    ),
    "look for its reason in the log of this program; it is tried again by itself": (
        "理由をこのプログラムのログで確認してください。自動で再試行します"
    ),
    "see the log": "ログを確認してください",
    "see the log; the object is in quarantine": "ログを確認してください（オブジェクトは隔離にあります）",
    "send it again": "送り直してください",
    "send it again from its source": "送信元から送り直してください",
    "send it again later": "後で送り直してください",
    "send it again, whole": "全体を送り直してください",
}


def remedy_in_words(remedy: str, language: Literal["ja", "en"]) -> str:
    """A remedy in this language; one that is not known here stands as it was recorded."""
    return remedy if language == "en" else REMEDIES_JAPANESE.get(remedy, remedy)
