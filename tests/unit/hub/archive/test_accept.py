"""What a client can take decides how it is answered (PS3.18 8.7)."""

import pytest

from dokuei.dicom import uids
from dokuei.errors import NotAcceptableError
from dokuei.hub.archive.accept import (
    Choice,
    ContentChoice,
    bulk_choice,
    demand_json,
    file_choice,
    frame_choice,
    gzip_is_taken,
    media_type_of,
    picture_choice,
)

RPCL, NATIVE, BASELINE = uids.HTJ2K_LOSSLESS_RPCL, uids.EXPLICIT_LITTLE, uids.JPEG_BASELINE


@pytest.mark.parametrize(
    ("accept", "stored", "expected"),
    [
        ("", RPCL, Choice("native", multipart=True)),
        ("*/*", RPCL, Choice("native", multipart=True)),
        ('multipart/related; type="*/*"', RPCL, Choice("native", multipart=True)),
        ("*/*", NATIVE, Choice("stored", multipart=True)),
        ('multipart/related; type="application/octet-stream"', RPCL, Choice("native", multipart=True)),
        (
            'multipart/related; type="application/octet-stream"; transfer-syntax=*',
            RPCL,
            Choice("stored", multipart=True),
        ),
        ("multipart/related; type=application/octet-stream; transfer-syntax=*", RPCL, Choice("stored", multipart=True)),
        (f'multipart/related; type="image/jphc"; transfer-syntax={RPCL}', RPCL, Choice("stored", multipart=True)),
        ('multipart/related; type="image/jphc"', RPCL, Choice("stored", multipart=True)),
        ("application/octet-stream; transfer-syntax=*", RPCL, Choice("stored", multipart=False)),
        ("application/octet-stream", RPCL, Choice("native", multipart=False)),
        ("image/jphc", RPCL, Choice("stored", multipart=False)),
        ("image/jpeg", BASELINE, Choice("stored", multipart=False)),
        (f"image/jpeg; transfer-syntax={BASELINE}", BASELINE, Choice("stored", multipart=False)),
        ("image/x-dicom-rle", uids.RLE, Choice("stored", multipart=False)),
        ('multipart/related; type="image/jpeg", image/jphc;q=0.1', RPCL, Choice("stored", multipart=False)),
        ("image/jphc;q=0.1, application/octet-stream;q=0.9", RPCL, Choice("native", multipart=False)),
        (f"application/octet-stream; transfer-syntax={NATIVE}", NATIVE, Choice("stored", multipart=False)),
    ],
)
def test_frames_go_out_in_the_best_form_that_is_taken(accept: str, stored: str, expected: Choice) -> None:
    assert frame_choice(accept, stored) == expected


@pytest.mark.parametrize(
    "accept",
    [
        "image/jpeg",
        "text/html",
        "image/jphc;q=0",
        f"image/jphc; transfer-syntax={uids.HTJ2K}",
        "multipart/mixed",
        ";;,",
    ],
)
def test_a_frame_in_a_form_that_cannot_be_made_is_refused(accept: str) -> None:
    with pytest.raises(NotAcceptableError):
        frame_choice(accept, RPCL)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", Choice("native", multipart=True)),
        ('multipart/related; type="application/dicom"', Choice("native", multipart=True)),
        ('multipart/related; type="application/dicom"; transfer-syntax=*', Choice("stored", multipart=True)),
        (f'multipart/related; type="application/dicom"; transfer-syntax={RPCL}', Choice("stored", multipart=True)),
        (f'multipart/related; type="application/dicom"; transfer-syntax={NATIVE}', Choice("native", multipart=True)),
        ("application/dicom; transfer-syntax=*", Choice("stored", multipart=False)),
        (
            f"application/dicom; transfer-syntax={BASELINE}, application/dicom; transfer-syntax={NATIVE}; q=0.5",
            Choice("native", multipart=False),
        ),
    ],
)
def test_files_go_out_as_stored_or_native(accept: str, expected: Choice) -> None:
    assert file_choice(accept, RPCL) == expected


def test_a_file_that_is_stored_natively_is_still_made_anew_without_our_digests() -> None:
    assert file_choice("", NATIVE) == Choice("native", multipart=True)
    assert file_choice("application/dicom; transfer-syntax=*", NATIVE) == Choice("stored", multipart=False)


def test_a_file_in_another_compressed_form_is_refused() -> None:
    with pytest.raises(NotAcceptableError):
        file_choice(f'multipart/related; type="application/dicom"; transfer-syntax={BASELINE}', RPCL)


def test_json_is_told_and_xml_is_not() -> None:
    for accept in ("", "application/dicom+json", "application/json", "*/*", "text/html, application/json;q=0.1"):
        demand_json(accept)
    for accept in ("application/dicom+xml", 'multipart/related; type="application/dicom+xml"', "text/html"):
        with pytest.raises(NotAcceptableError):
            demand_json(accept)


def test_pictures_are_jpeg_unless_png_is_wished_for_first() -> None:
    for accept in ("", "*/*", "image/*"):
        assert picture_choice(accept) == ContentChoice("image/jpeg", multipart=False)
    assert picture_choice("image/png").content == "image/png"
    assert picture_choice("image/jpeg;q=0.1, image/png").content == "image/png"
    with pytest.raises(NotAcceptableError):
        picture_choice("image/gif")


def test_several_pictures_need_parts() -> None:
    parts = 'multipart/related; type="image/png"'
    assert picture_choice(parts) == ContentChoice("image/png", multipart=True)
    assert picture_choice("", several=True) == ContentChoice("image/jpeg", multipart=True)
    assert picture_choice(f"image/jpeg, {parts}; q=0.1", several=True) == ContentChoice("image/png", multipart=True)
    with pytest.raises(NotAcceptableError):
        picture_choice("image/jpeg", several=True)


def test_bulk_data_goes_out_in_parts_unless_alone_is_asked_for() -> None:
    assert bulk_choice("") == ContentChoice("application/octet-stream", multipart=True)
    assert bulk_choice("application/octet-stream") == ContentChoice("application/octet-stream", multipart=False)
    assert bulk_choice(f"application/octet-stream; transfer-syntax={NATIVE}").content == "application/octet-stream"
    for accept in ("image/jpeg", "application/pdf", f"application/octet-stream; transfer-syntax={RPCL}"):
        with pytest.raises(NotAcceptableError):
            bulk_choice(accept)


def test_a_document_goes_out_as_what_it_says_it_is() -> None:
    pdf = "application/pdf"
    assert bulk_choice(pdf, pdf) == ContentChoice(pdf, multipart=False)
    assert bulk_choice(f'multipart/related; type="{pdf}"', pdf) == ContentChoice(pdf, multipart=True)
    assert bulk_choice("", pdf) == ContentChoice("application/octet-stream", multipart=True)


def test_what_cannot_be_decoded_goes_out_only_as_stored() -> None:
    both = f"application/octet-stream, image/jpeg; transfer-syntax={BASELINE}; q=0.5"
    assert frame_choice(both, BASELINE).form == "native"
    assert frame_choice(both, BASELINE, decodable=False) == Choice("stored", multipart=False)
    stored = f"application/dicom; transfer-syntax={NATIVE}, application/dicom; transfer-syntax=*; q=0.1"
    assert file_choice(stored, BASELINE, decodable=False) == Choice("stored", multipart=False)
    for accept in ("", "*/*", "application/dicom"):
        with pytest.raises(NotAcceptableError):
            file_choice(accept, BASELINE, decodable=False)
    with pytest.raises(NotAcceptableError):
        frame_choice("", BASELINE, decodable=False)


def test_objects_without_pixels_fit_any_transfer_syntax() -> None:
    wish = f'multipart/related; type="application/dicom"; transfer-syntax={RPCL}'
    assert file_choice(wish, NATIVE, has_pixels=False, several=True) == Choice("native", multipart=True)
    with pytest.raises(NotAcceptableError):
        file_choice(wish, NATIVE)


def test_several_objects_need_parts() -> None:
    wish = 'application/dicom, multipart/related; type="application/dicom"; q=0.5'
    assert not file_choice(wish, RPCL).multipart
    assert file_choice(wish, RPCL, several=True).multipart


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("image/*", Choice("stored", multipart=False)),
        ('multipart/related; type="image/*"', Choice("stored", multipart=True)),
        ("application/*", Choice("native", multipart=False)),
        ("application/*; transfer-syntax=*", Choice("stored", multipart=False)),
    ],
)
def test_ranges_of_media_types_are_understood(accept: str, expected: Choice) -> None:
    """RFC 9110 12.5.1."""
    assert frame_choice(accept, RPCL) == expected


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.1", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0, *", False),
        ("br", False),
        ("", False),
        ("not-gzip", False),
    ],
)
def test_gzip_is_used_where_it_is_taken(accept: str, *, taken: bool) -> None:
    """RFC 9110 12.5.3."""
    assert gzip_is_taken(accept) is taken


def test_every_storable_transfer_syntax_has_a_media_type() -> None:
    kinds = {media_type_of(uid).partition("/")[0] for uid in uids.STORABLE}
    assert kinds <= {"image", "video", "application"}
    for uid in (uids.HTJ2K, uids.JPEG_XL, uids.JPEG_2000, uids.JPEG_LS_NEAR, uids.RLE, uids.JPEG_EXTENDED):
        assert media_type_of(uid).startswith("image/"), uid
