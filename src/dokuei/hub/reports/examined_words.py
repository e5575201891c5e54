"""What the examination of a report file found, in both languages."""

from typing import Final

EXAMINED: Final[dict[str, tuple[str, str]]] = {
    "no_report": ("読影報告書のファイルではありません", "this is no file of a report"),
    "unreadable": (
        "ファイルを読めません（壊れているか、変更されています）",
        "the file cannot be read: damaged or changed",
    ),
    "no_seal": ("封緘（電子署名）がありません", "there is no seal of ours in it"),
    "signed_range": ("封緘された範囲（バイト）", "sealed range in bytes"),
    "no_update": ("封緘後の追記はありません", "nothing was added after sealing"),
    "stamps_added": (
        "封緘後の追記は検証情報とタイムスタンプのみです",
        "only validation data and time stamps were added",
    ),
    "update_after": ("封緘後に内容の追記・変更があります", "the file was added to or changed after sealing"),
    "certificate": ("信頼する証明書です", "a trusted certificate"),
    "certificate_unknown": (
        "信頼できない証明書です（--ca で指定できます）",
        "a certificate that is not trusted (name it with --ca)",
    ),
    "time_stamp": ("タイムスタンプ", "time stamp"),
    "time_stamp_unknown": (
        "信頼できないタイムスタンプです（--tsa で指定できます）",
        "a time stamp that is not trusted (name it with --tsa)",
    ),
    "archive_stamp": ("保管用タイムスタンプ", "archive time stamp"),
    "archive_stamp_broken": ("保管用タイムスタンプを検証できません", "an archive time stamp does not hold"),
    "no_time_stamp": ("タイムスタンプはありません", "it has no time stamp"),
    "level": ("到達した水準", "level that it has reached"),
    "revocation_kept": ("失効していないことを示す情報がファイルにあります", "the file shows that it was not revoked"),
    "revocation_unpublished": (
        "発行者は失効情報を公開していません",
        "its issuer says nowhere whether it was revoked",
    ),
    "revocation_lacking": (
        "失効していないことを示す情報がファイルに足りません",
        "the file does not show whether it was revoked",
    ),
    "revocation_revoked": ("その時点で失効していた証明書です", "it was revoked by then"),
    "licence": ("証明書が保証する資格 (hcRole)", "licence that the certificate vouches for (hcRole)"),
    "physician_signed": ("医師本人の電子署名です", "the physician's own signature"),
    "physician_broken": ("医師本人の電子署名が正しくありません", "the physician's own signature does not hold"),
    "physician_licence": (
        "医師の証明書が保証する資格 (hcRole)",
        "licence that the physician's certificate vouches for (hcRole)",
    ),
    "physician_trusted": (
        "医師の証明書は信頼する認証局のものです",
        "an authority that is believed issued that certificate",
    ),
    "physician_unknown": (
        "医師の証明書は信頼する認証局のものではないか、有効期間外です",
        "no authority that is believed issued the physician's certificate, or it had ended",
    ),
    "physician_unasked": (
        "医師の証明書の認証局は確認していません（--hpki-ca で指定できます）",
        "who issued the physician's certificate was not asked (name it with --hpki-ca)",
    ),
    "bottom_line": ("封緘の検証に合格しません", "the seal does not pass as a whole"),
    "wrapper": (
        "封緘されているのは中の文書だけです（外側のDICOM項目の患者名などは対象外）",
        "the seal is the document's alone: names and numbers in the DICOM items around it are not sealed",
    ),
    "preamble": ("ファイル先頭の領域が書き換えられています", "the file's preamble was changed"),
    "head_wrong": ("ファイルのメタ情報が書き換えられています", "the file's meta information was changed"),
    "head_other": (
        "ファイルのメタ情報は他のシステムが書いたものです",
        "the file's meta information was written by another system",
    ),
    "no_signature": ("電子署名がありません", "there is no digital signature in it"),
    "content_changed": ("署名後に内容が変更されています", "the content was changed after signing"),
    "content_signed": ("内容は署名されたままです", "the content is what was signed"),
    "uncovered": ("署名されていないデータ要素が加えられています", "data elements were added that nobody signed"),
    "signed_at": ("署名日時", "signed at"),
    "reidentified": (
        "病院のゲートウェイが実名に戻して署名したものです",
        "signed by the hospital's gateway, under the true identity",
    ),
    "mac_missing": ("MACのない画像参照があります", "an image is referenced without its MAC"),
    "macs": ("MACで特定された画像の数", "images that are pinned by a MAC"),
    "image_read": ("読影された画像です", "this image was read"),
    "image_other": ("読影された画像と内容が異なります", "this is not the image that was read: its content differs"),
    "image_not_read": ("この報告書が読影した画像ではありません", "this report does not rest on this image"),
    "image_unreadable": ("画像を読めません", "the image cannot be read"),
    "record_same": ("センターの記録と完全に一致します", "it is, byte for byte, what the hub has on record"),
    "record_same_content": (
        "内容はセンターの記録と一致します（書き方だけが異なります）",
        "its content is what the hub has on record, written otherwise",
    ),
    "record_reidentified": (
        "センターの記録との違い（実名に戻した項目）",
        "differs from the hub's record where the identity was put back",
    ),
    "record_differs": ("センターの記録と異なります", "it differs from the hub's record"),
    "record_unknown": ("センターの記録にありません", "the hub has no record of it"),
    "record_broken": ("センターに保存されたファイル自体が変更されています", "the hub's own file was changed"),
    "stands": ("真正です", "it stands"),
    "falls": ("真正と確認できません", "it does not stand"),
}
