"""The reading centre's own category codes (99DOKUEI) as a hospital's system shows them: OBX-3 and OBX-5 in Japanese."""

import re
from typing import Final

_SCALES: Final = {
    "screening": "検診カテゴリー",
    "diagnostic": "診断カテゴリー",
    "screening_us": "超音波検診カテゴリー",
    "diagnostic_us": "超音波診断カテゴリー",
    "birads": "BI-RADSカテゴリー",
}
_EDITIONS: Final = {
    "mammography-4": "マンモグラフィガイドライン 第4版",
    "ultrasound-4": "乳房超音波診断ガイドライン 改訂第4版",
    "birads-5": "ACR BI-RADS 第5版",
}
_EDITION: Final = "category-edition"
_NAMES: Final = {
    "mg-category": "マンモグラフィカテゴリー",
    "us-category": "乳房超音波カテゴリー",
    "mr-category": "乳房MRIカテゴリー",
    "breast-category": "乳房画像カテゴリー",
    "111005": "BI-RADSカテゴリー",
    "examination-category": "検査全体のカテゴリー",
    _EDITION: "カテゴリーの版",
    "mg-screening": "マンモグラフィ検診カテゴリー",
    "mg-diagnostic": "マンモグラフィ診断カテゴリー",
    "us-screening_us": "乳房超音波検診カテゴリー",
    "us-diagnostic_us": "乳房超音波診断カテゴリー",
    "mg+us-screening": "マンモグラフィ・乳房超音波検診カテゴリー",
    "mg+us-diagnostic": "マンモグラフィ・乳房超音波診断カテゴリー",
}
_OF_SCALE: Final = re.compile(rf"({'|'.join(_SCALES)})-([0-9A-Z][0-9A-Z-]*)")


def category_name(code: str) -> str | None:
    """What is judged, by the code of its concept name; None for one that is no category's."""
    return _NAMES.get(code)


def category_value(code: str, *, of: str) -> str | None:
    """A category as its scale writes it, or the edition that it is from; None for any other code.

    ``of`` is the code of its concept name: ``birads-5`` is a category, and an edition under ``category-edition``.
    """
    if of == _EDITION:
        return _EDITIONS.get(code)
    found = _OF_SCALE.fullmatch(code)
    return None if found is None else f"{_SCALES[found[1]]} {found[2]}"
