"""What a client can take, matched with what is stored (PS3.18 8.7; RFC 9110 12.5.1); remembered per header."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from dokuei.dicom import uids
from dokuei.errors import NotAcceptableError

Form = Literal["stored", "native"]

OCTETS: Final = "application/octet-stream"
DICOM: Final = "application/dicom"
PDF: Final = "application/pdf"
DICOM_JSON: Final = "application/dicom+json"
_MULTIPART: Final = "multipart/related"
_ANY: Final = "*/*"
_PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[^,;"]+|[,;]')
_MOST_HEADER: Final = 4096
_REMEMBERED: Final = 1024

_MEDIA_TYPES: Final = {
    uids.JPEG_BASELINE: "image/jpeg",
    uids.JPEG_EXTENDED: "image/jpeg",
    uids.JPEG_LOSSLESS: "image/jpeg",
    uids.JPEG_LOSSLESS_SV1: "image/jpeg",
    uids.JPEG_LS_LOSSLESS: "image/jls",
    uids.JPEG_LS_NEAR: "image/jls",
    uids.JPEG_2000_LOSSLESS: "image/jp2",
    uids.JPEG_2000: "image/jp2",
    "1.2.840.10008.1.2.4.92": "image/jpx",
    "1.2.840.10008.1.2.4.93": "image/jpx",
    uids.JPEG_XL_LOSSLESS: "image/jxl",
    uids.JPEG_XL_RECOMPRESSION: "image/jxl",
    uids.JPEG_XL: "image/jxl",
    uids.HTJ2K_LOSSLESS: "image/jphc",
    uids.HTJ2K_LOSSLESS_RPCL: "image/jphc",
    uids.HTJ2K: "image/jphc",
    uids.RLE: "image/dicom-rle",
    **dict.fromkeys((f"1.2.840.10008.1.2.4.{n}" for n in ("100", "100.1", "101", "101.1")), "video/mpeg"),
    **dict.fromkeys(
        (f"1.2.840.10008.1.2.4.{n}{f}" for n in range(102, 107) for f in ("", ".1")),
        "video/mp4",
    ),
    **dict.fromkeys(("1.2.840.10008.1.2.4.107", "1.2.840.10008.1.2.4.108"), "video/H265"),
}


@dataclass(frozen=True)
class MediaRange:
    """One alternative of an Accept header; ``content`` is what the parts of a multipart are."""

    content: str
    multipart: bool
    transfer_syntax: str | None
    quality: float


@dataclass(frozen=True)
class Choice:
    """How to answer: stored bytes or native cells, as parts or alone."""

    form: Form
    multipart: bool


def media_type_of(transfer_syntax_uid: str) -> str:
    """The media type of a frame's stored bytes (PS3.18 table 8.7.3-5)."""
    return _MEDIA_TYPES.get(transfer_syntax_uid, OCTETS)


@dataclass(frozen=True)
class ContentChoice:
    """How bulk data or a picture is answered: its media type, as a part or alone."""

    content: str
    multipart: bool


@lru_cache(_REMEMBERED)
def frame_choice(accept: str, transfer_syntax_uid: str, *, decodable: bool = True) -> Choice:
    """How frames of an object are answered; without a wish: parts of native cells, as the standard says.

    Raises:
        NotAcceptableError: nothing of what is stored or can be made is taken.
    """
    media_type = media_type_of(transfer_syntax_uid)
    native = transfer_syntax_uid == uids.EXPLICIT_LITTLE
    for wish in read_accept(accept, default=OCTETS):
        if wish.content == OCTETS and wish.transfer_syntax in {None, uids.EXPLICIT_LITTLE}:
            if native or decodable:
                return Choice("stored" if native else "native", wish.multipart)
            continue
        named = wish.content in {OCTETS, _x(media_type)} or _covers(wish.content, media_type)
        if named and _fits(wish, transfer_syntax_uid):
            return Choice("stored", wish.multipart)
    raise _not_acceptable(f"{media_type}; transfer-syntax={transfer_syntax_uid} or {OCTETS}")


@lru_cache(_REMEMBERED)
def file_choice(
    accept: str, transfer_syntax_uid: str, *, decodable: bool = True, has_pixels: bool = True, several: bool = False
) -> Choice:
    """How an object is answered as a Part 10 file; without a wish: Explicit VR Little Endian (PS3.18 8.7.3.4).

    ``native`` is also what comes of a file that is stored so: our own block of digests is then left out. An object
    without pixels fits any transfer syntax that is asked for, and ``several`` objects need parts.

    Raises:
        NotAcceptableError: nothing of what is stored or can be made is taken.
    """
    for wish in read_accept(accept, default=DICOM):
        if wish.content != DICOM or (several and not wish.multipart):
            continue
        if wish.transfer_syntax in {None, uids.EXPLICIT_LITTLE}:
            if decodable:
                return Choice("native", wish.multipart)
        elif _fits(wish, transfer_syntax_uid):
            return Choice("stored", wish.multipart)
        elif not has_pixels:
            return Choice("native", wish.multipart)
    raise _not_acceptable(f"{DICOM}; transfer-syntax={transfer_syntax_uid} or {uids.EXPLICIT_LITTLE}")


@lru_cache(_REMEMBERED)
def bulk_choice(accept: str, media_type: str = OCTETS) -> ContentChoice:
    """How bulk data is answered: as octets, little endian, or as the ``media_type`` that a document itself names.

    Raises:
        NotAcceptableError: neither is taken.
    """
    for wish in read_accept(accept, default=OCTETS):
        if wish.content == OCTETS and wish.transfer_syntax in {None, "*", uids.EXPLICIT_LITTLE}:
            return ContentChoice(OCTETS, wish.multipart)
        if media_type != OCTETS and _covers(wish.content, media_type):
            return ContentChoice(media_type, wish.multipart)
    raise _not_acceptable(OCTETS if media_type == OCTETS else f"{media_type} or {OCTETS}")


@lru_cache(_REMEMBERED)
def picture_choice(accept: str, *, several: bool = False) -> ContentChoice:
    """The consumer format of a rendered frame: JPEG unless PNG is wished for first (PS3.18 8.7.4).

    Raises:
        NotAcceptableError: neither is taken, or ``several`` are to come and no parts are taken.
    """
    for wish in read_accept(accept, default="image/jpeg"):
        parts = wish.multipart or (several and (not accept.strip() or _ANY in accept))
        if several and not parts:
            continue
        if wish.content in {"image/jpeg", "image/*", _ANY}:
            return ContentChoice("image/jpeg", parts)
        if wish.content == "image/png":
            return ContentChoice(wish.content, parts)
    raise _not_acceptable('multipart/related; type="image/jpeg"' if several else "image/jpeg or image/png")


@lru_cache(_REMEMBERED)
def demand_pdf(accept: str) -> None:
    """A document is rendered as the PDF that it is (PS3.18 8.7.4).

    Raises:
        NotAcceptableError: the client wants something else.
    """
    if not any(_covers(wish.content, PDF) and not wish.multipart for wish in read_accept(accept, default=PDF)):
        raise _not_acceptable(PDF)


@lru_cache(_REMEMBERED)
def demand_json(accept: str) -> None:
    """Metadata and search results are told in JSON.

    Raises:
        NotAcceptableError: the client wants something else (XML is not made).
    """
    taken = {DICOM_JSON, "application/json", "application/*", _ANY}
    if not any(wish.content in taken and not wish.multipart for wish in read_accept(accept, default=DICOM_JSON)):
        raise _not_acceptable(DICOM_JSON)


@lru_cache(_REMEMBERED)
def gzip_is_taken(accept_encoding: str) -> bool:
    """Whether gzip is among the codings that are taken; ``q=0`` says that it is not (RFC 9110 12.5.3)."""
    qualities = {wish.content: wish.quality for wish in _wishes(accept_encoding, default="")}
    return qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0))) > 0


def read_accept(accept: str, *, default: str) -> tuple[MediaRange, ...]:
    """The alternatives, the most wished for first; none and ``*/*`` mean the resource's default media type."""
    found = _wishes(accept, default)
    if not found and not accept.strip():
        found = [_media_range([_ANY], default) or MediaRange(default, multipart=False, transfer_syntax=None, quality=1)]
    return tuple(sorted((one for one in found if one.quality > 0), key=lambda one: -one.quality))


def _wishes(accept: str, default: str) -> list[MediaRange]:
    return [made for one in _alternatives(accept[:_MOST_HEADER]) if (made := _media_range(one, default)) is not None]


def _alternatives(accept: str) -> list[list[str]]:
    alternatives: list[list[str]] = [[]]
    piece = ""
    for lexeme in [*_PIECE.findall(accept), ","]:
        if lexeme not in {",", ";"}:
            piece += lexeme
            continue
        if piece.strip():
            alternatives[-1].append(piece.strip())
        piece = ""
        if lexeme == ",":
            alternatives.append([])
    return [one for one in alternatives if one]


def _media_range(pieces: list[str], default: str) -> MediaRange | None:
    name = pieces[0].lower()
    parameters: dict[str, str] = {}
    for piece in pieces[1:]:
        key, _, value = piece.partition("=")
        parameters[key.strip().lower()] = value.strip().strip('"')
    try:
        quality = float(parameters.get("q", "1"))
    except ValueError:
        return None
    if name in {_ANY, "multipart/*"}:
        return MediaRange(default, default in {OCTETS, DICOM}, None, quality)
    multipart = name == _MULTIPART
    content = parameters.get("type", default).lower() if multipart else name
    if content in {_ANY, "application/*"} and (content == _ANY or _covers(content, default)):
        content = default
    return MediaRange(content, multipart, parameters.get("transfer-syntax") or None, quality)


def _fits(wish: MediaRange, transfer_syntax_uid: str) -> bool:
    if wish.transfer_syntax is None:
        return wish.content not in {OCTETS, DICOM}
    return wish.transfer_syntax in {"*", transfer_syntax_uid}


def _covers(wished: str, media_type: str) -> bool:
    """Whether a media type is meant, by its name or by ``image/*`` and the like (RFC 9110 12.5.1)."""
    return wished == media_type or (wished.endswith("/*") and media_type.startswith(wished[:-1]))


def _x(media_type: str) -> str:
    """``image/dicom-rle`` was ``image/x-dicom-rle``, and is still asked for by that name."""
    return media_type.replace("/", "/x-", 1)


def _not_acceptable(offered: str) -> NotAcceptableError:
    return NotAcceptableError("none of the accepted media types can be made", remedy=f"ask for {offered}")
