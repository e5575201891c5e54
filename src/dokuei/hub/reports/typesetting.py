"""A report on paper: A4 by typst, Japanese with the fonts that are there, and never a missing letter in silence."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typst

from dokuei.errors import ConfigurationError, RequestError
from dokuei.fonts import FONT, fonts_in, japanese_font
from dokuei.hub.reports.diagram import diagram
from dokuei.hub.reports.linked_images import names_of
from dokuei.hub.reports.model import KnownImage, Signature
from dokuei.hub.reports.stage_words import banner, circumstances
from dokuei.hub.reports.stages import kind_of
from dokuei.hub.reports.structure import Answer, written_texts
from dokuei.hub.reports.structured_words import (
    Said,
    answered,
    assessed_last,
    finding_line,
    said_of_examination,
    said_of_management,
    said_of_report,
    said_of_response,
    said_of_scale,
    structure_of,
)
from dokuei.hub.reports.wording import category, entered_line, place_line, qualification_line

_TEMPLATE = Path(__file__).with_name("report.typ")
_MOST_ROWS = 48
_PREFIX = 16
_VARIANT = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # choose among shapes of the letter before
_UNSEEN = frozenset("\n\t\u3000\u00a0\u200b ")
_METHODS = {"passkey": "鍵 (WebAuthn) / security key", "password": "パスワードとコード / password and code"}


def typeset(
    document: Mapping[str, Any], *, images: Sequence[KnownImage], signature: Signature, digest: str, time_zone: str
) -> bytes:
    """Set a signed version's document as PDF/A.

    Raises:
        ConfigurationError: the Japanese font is missing.
        RequestError: a letter of the reader's that the font does not have.
    """
    answers = tuple(Answer(**one) for one in document.get("answers", ()))
    demand_letters((document["findings"], document["impression"], *written_texts(structure_of(document), answers)))
    face = japanese_font()
    data = _printable(_data(document, images, signature, digest, ZoneInfo(time_zone)), face.letters)
    compiler = typst.Compiler(_TEMPLATE, font_paths=fonts_in(face.folder))
    made = compiler.compile(
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2u"],
        timestamp=int(signature.signed_at.timestamp()),
        pdf_tags=True,
    )
    if not isinstance(made, bytes):
        raise ConfigurationError("typst made no document", phase="typesetting")
    return made


def demand_letters(written: Iterable[str]) -> None:
    """Refuse letters that would print as nothing, while the reader who wrote them can write them otherwise.

    Raises:
        ConfigurationError: the Japanese font is missing.
        RequestError: names the letters.
    """
    letters = japanese_font().letters
    missing = sorted({x for text in written for x in text if x not in _UNSEEN and ord(x) not in letters})
    if missing:
        named = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing[:10])
        raise RequestError(
            f"letters that cannot be printed: {named}", phase="typesetting", remedy="write them otherwise"
        )


def _printable(value: Any, letters: frozenset[int]) -> Any:
    """What nobody here can write otherwise, as it can be printed: a letter without a shape shows as 〓 (geta)."""
    if isinstance(value, str):
        return "".join(_shape(letter, letters) for letter in value)
    if isinstance(value, Mapping):
        return {name: _printable(one, letters) for name, one in value.items()}
    if isinstance(value, Sequence):
        return [_printable(one, letters) for one in value]
    return value


def _shape(letter: str, letters: frozenset[int]) -> str:
    if letter in _UNSEEN or ord(letter) in letters:
        return letter
    return "" if unicodedata.category(letter) in {"Cc", "Cf"} or _VARIANT.fullmatch(letter) else "〓"


def _data(
    document: Mapping[str, Any], images: Sequence[KnownImage], signature: Signature, digest: str, zone: ZoneInfo
) -> dict[str, Any]:
    study, reader = document["study"], document["reader"]
    main, more = _name(document["patient"]["patient_name"])
    rows, note = _image_rows(document["images_read"], images)
    stands = banner(document)
    return {
        "font": FONT,
        "title": "読影報告書",
        "title_short": "読影報告書 Reading report",
        "labels": {"version": "第", "digest": "版ダイジェスト"},
        "number": f"{document['version']} 版",
        "not_for_primary_diagnosis": document["not_for_primary_diagnosis"],
        "facility": document["facility"],
        "site_name": document["site"]["name"],
        "patient": {
            "name_short": main,
            "name_main": main or "—",
            "name_more": more,
            "patient_id": document["patient"]["patient_id"],
            "birth_date": _day(document["patient"]["patient_birth_date"]),
            "sex": {"F": "女 F", "M": "男 M", "O": "その他 O"}.get(document["patient"]["patient_sex"], ""),
        },
        "study": {
            "date": _day(study["study_date"]),
            "accession_number": study["accession_number"],
            "modalities": " ".join(study["modalities"]),
            "description": study["study_description"],
            "referring_physician": study["referring_physician"].replace("^", " ").replace("=", " ").strip(),
        },
        "replaces": _replaces(document),
        "banner": None if stands is None else {"ja": stands.ja, "en": stands.en},
        "withdrawn": stands is not None and stands.withdrawn,
        "circumstances": [
            {"label": {"ja": one.label_ja, "en": one.label_en}, "ja": one.ja, "en": one.en if one.en != one.ja else ""}
            for one in circumstances(document)
        ],
        "categories": _categories(document),
        "structured": _structured(document),
        "findings": _lines(document["findings"]),
        "impression": _lines(document["impression"]),
        "reader": {
            "name": reader["display_name"],
            "name_more": reader.get("display_name_kana", ""),
            "qualification": qualification_line(reader),
            "place": place_line(document) if "reading_place" in document else "",
        },
        "entered_by": entered_line(document),
        "signed_at": f"{_local(signature.signed_at, zone)}",
        "method": _METHODS.get(signature.method, signature.method),
        "certificate": certificate_line(signature),
        "digest": digest,
        "digest_short": digest[:_PREFIX],
        "images_note": note,
        "images": rows,
    }


def _categories(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of each breast; of the examination where a form derives it, which earlier versions did not."""
    sides = [("右", "Right", document["category_right"]), ("左", "Left", document["category_left"])]
    whole = document.get("category_examination")
    shown = [*sides, ("検査全体", "Examination", whole)] if whole else sides
    return [{"side": ja, "side_en": en, "value": category(value)} for ja, en, value in shown]


def certificate_line(signature: Signature) -> str:
    """Whose certificate signs the document itself, where the site wants that: name, licence and issuer."""
    kept = signature.evidence.get("certificate")
    if kept is None:
        return ""
    certificate = json.loads(kept)
    return f"{certificate['name']} ({', '.join(certificate['roles'])}) — {certificate['issuer']}"


def _structured(document: Mapping[str, Any]) -> dict[str, Any]:
    """The fields beside the text; empty lists where a version has none."""
    structure = structure_of(document)
    ordered = assessed_last(structure)
    facts = () if not structure.method else (said_of_examination if ordered else said_of_report)(structure)
    return {
        "assessed_last": ordered,
        "facts": _pairs(facts),
        "scale": _pairs([said_of_scale(structure)]) if ordered else [],
        "response": _pairs(said_of_response(document)),
        "management": _pairs(said_of_management(structure)) if ordered else [],
        "diagram": diagram(structure, font=FONT) if structure.method else "",
        "findings": [
            {
                "number": str(one.number),
                "ja": finding_line(structure, one, "ja"),
                "en": finding_line(structure, one, "en"),
                "images": list(names_of(document, one)),
                "note": one.note,
            }
            for one in structure.findings
        ],
        "answers": [{"ja": ja, "en": en, "reason": reason} for ja, en, reason in answered(document)],
    }


def _pairs(said: Iterable[Said]) -> list[dict[str, dict[str, str]]]:
    return [
        {name: {"ja": part["ja"], "en": part["en"]} for name, part in (("label", one.label), ("value", one.value))}
        for one in said
    ]


def _image_rows(read: Sequence[Mapping[str, Any]], images: Sequence[KnownImage]) -> tuple[list[dict[str, str]], str]:
    """A row an image; where there are very many, a row a series with one digest over all its digests."""
    by_uid = {image.sop_instance_uid: image for image in images}
    frames: dict[str, list[Mapping[str, Any]]] = {}
    for one in read:
        frames.setdefault(one["sop_instance_uid"], []).append(one)
    ordered = sorted((by_uid[uid] for uid in frames), key=_place)
    total = f"{len(ordered)} 画像 {len(read)} フレーム。 {len(ordered)} images, {len(read)} frames. "
    if len(ordered) <= _MOST_ROWS:
        rows = [_row([image], frames) for image in ordered]
        return rows, total + "ダイジェストは画素のSHA-256の先頭16桁。"
    grouped = [list(group) for _, group in groupby(ordered, key=lambda image: image.series_instance_uid)]
    return [_row(group, frames) for group in grouped], total + "シリーズごとに全フレームのダイジェストをまとめたもの。"


def _row(group: Sequence[KnownImage], frames: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, str]:
    first = group[0]
    digests = [one["digest"] for image in group for one in frames[image.sop_instance_uid]]
    single = len(digests) == 1
    name = " ".join(filter(None, (str(first.series_number or ""), first.series_description)))
    number = str(first.instance_number or "") if len(group) == 1 else f"{len(group)}"
    joined = digests[0] if single else hashlib.sha256("".join(digests).encode()).hexdigest()
    return {
        "modality": first.modality,
        "series": name,
        "image": number,
        "frames": str(len(digests)),
        "digest": joined[:_PREFIX],
    }


def _place(image: KnownImage) -> tuple[int, str, int, str]:
    return (image.series_number or 0, image.series_instance_uid, image.instance_number or 0, image.sop_instance_uid)


def _name(name: Mapping[str, str]) -> tuple[str, str]:
    written = [name[group].replace("^", " ").strip() for group in ("ideographic", "phonetic", "alphabetic")]
    filled = [group for group in written if group]
    return (filled[0], "  ".join(filled[1:])) if filled else ("", "")


def _replaces(document: Mapping[str, Any]) -> str:
    if document["replaces"] is None:
        return ""
    if document.get("withdraws"):
        return ""
    before = document["version"] - 1
    digest = document["replaces"][:_PREFIX]
    if kind_of(document) != "amendment":
        return f"第 {before} 版 ({digest}) に代わるものです。 Replaces version {before}."
    return f"訂正版: 第 {before} 版 ({digest}) に代わるものです。 Amended: replaces version {before}."


def _lines(text: str) -> list[str]:
    return [line.replace("\t", "    ") for line in text.rstrip().split("\n")] if text.strip() else []


def _day(written: str) -> str:
    """DA to ISO (PS3.5 6.2); what is no date stays as it came."""
    return f"{written[:4]}-{written[4:6]}-{written[6:]}" if len(written) == len("YYYYMMDD") else written


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")
