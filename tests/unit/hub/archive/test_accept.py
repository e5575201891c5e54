"""What a client can take decides how it is answered (PS3.18 8.7)."""

import pytest

from dokuei.dicom import uids
from dokuei.errors import NotAcceptableError
from dokuei.hub.archive.accept import (
    Choice,
    demand_json,
    file_choice,
    frame_choice,
    image_choice,
    media_type_of,
    octets_choice,
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
    assert image_choice("") == image_choice("*/*") == image_choice("image/*") == "image/jpeg"
    assert image_choice("image/png") == "image/png"
    assert image_choice("image/jpeg;q=0.1, image/png") == "image/png"
    with pytest.raises(NotAcceptableError):
        image_choice("image/gif")


def test_bulk_data_goes_out_in_parts_unless_alone_is_asked_for() -> None:
    assert octets_choice("")
    assert not octets_choice("application/octet-stream")
    with pytest.raises(NotAcceptableError):
        octets_choice("image/jpeg")


def test_every_storable_transfer_syntax_has_a_media_type() -> None:
    kinds = {media_type_of(uid).partition("/")[0] for uid in uids.STORABLE}
    assert kinds <= {"image", "video", "application"}
    for uid in (uids.HTJ2K, uids.JPEG_XL, uids.JPEG_2000, uids.JPEG_LS_NEAR, uids.RLE, uids.JPEG_EXTENDED):
        assert media_type_of(uid).startswith("image/"), uid
