"""What was odd about objects, and why they were refused, in the hospital's language; the viewer uses the same words."""

from typing import Final, Literal

from dokuei.dicom.oddities import Oddity

JAPANESE: Final[dict[Oddity, str]] = {
    "no transfer syntax is named; it was recognised from the data set itself": "転送構文の記載がなく、データから判定",
    "the data set is not encoded as its transfer syntax says; it was read as it is": "転送構文の記載と形式が不一致",
    "the end of a sequence stands outside any sequence": "シーケンス外にシーケンス終端",
    "the data set is followed by padding": "データの後に余分なバイト",
    "data elements are not in ascending order": "データ要素がタグ番号の昇順でない",
    "some data elements have no value representation in an explicit data set": "値表現（VR）のないデータ要素",
    "the file meta information names another SOP Instance UID": "ファイルメタ情報のSOPインスタンスUIDが不一致",
    "sop_class_uid is not well-formed": "SOPクラスUIDの形式不正",
    "sop_instance_uid is not well-formed": "SOPインスタンスUIDの形式不正",
    "study_instance_uid is not well-formed": "検査インスタンスUIDの形式不正",
    "series_instance_uid is not well-formed": "シリーズインスタンスUIDの形式不正",
    "Patient ID is empty": "患者IDが空",
    "Patient ID is ill-formed": "患者IDの形式不正",
    "Specific Character Set has a term that is not known": "不明な文字集合の指定",
    "Patient's Name holds bytes that its character set does not explain": "患者氏名に文字集合で読めないバイト",
    "Study Date is ill-formed": "検査日付の形式不正",
    "Series Date is ill-formed": "シリーズ日付の形式不正",
    "Acquisition Date is ill-formed": "収集日付の形式不正",
    "Content Date is ill-formed": "コンテンツ日付の形式不正",
    "Patient's Birth Date is ill-formed": "患者の生年月日の形式不正",
    "Study Time is ill-formed": "検査時刻の形式不正",
    "Series Time is ill-formed": "シリーズ時刻の形式不正",
    "Acquisition Time is ill-formed": "収集時刻の形式不正",
    "Number of Frames is not positive": "フレーム数が正でない",
}

REFUSED_JAPANESE: Final = {
    "not-dicom": "DICOMオブジェクトではありません",
    "truncated": "途中で切れています",
    "too-large": "サイズまたは入れ子が受付の上限を超えています",
    "identity": "UIDまたは患者情報が欠けているか、形式が正しくありません",
    "unsupported": "受け付けていない転送構文またはオブジェクトです",
    "other-content": "同じUIDで異なる内容がすでにあります",
    "conflict": "同じ名前で異なる内容がすでにあります",
    "unproved": "画素を検証できませんでした",
}


def refused_in_words(code: str, reason: str, language: Literal["ja", "en"]) -> str:
    """Why an object was refused: its kind in this language, and what was recorded."""
    words = REFUSED_JAPANESE.get(code)
    return reason if language == "en" or words is None else f"{words}（{reason}）"


def in_words(warning: str, language: Literal["ja", "en"]) -> str:
    """A warning in this language; one that is not known here stands as it was recorded."""
    words = {str(recorded): japanese for recorded, japanese in JAPANESE.items()}
    return warning if language == "en" else words.get(warning, warning)
