"""Bulk data: by its address, a span of it, as what it is, and never whole in memory."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from dicomweb_client.api import DICOMwebClient
from pydicom.dataset import Dataset

from dokuei.hub.archive.attributes import tag
from tests.makers.archive import SmallArchive, image, read_parts

OCTETS = {"Accept": "application/octet-stream"}
PDF = b"%PDF-1.7 a report, of odd length"
CELLS = np.random.default_rng(7).integers(0, 4000, (5, 33, 21), np.uint16)


def path_of(one: Dataset) -> str:
    return f"/studies/{one.StudyInstanceUID}/series/{one.SeriesInstanceUID}/instances/{one.SOPInstanceUID}"


def document(pdf: bytes = PDF * 99, mime: str = "application/pdf") -> Dataset:
    made = image(study="1.2.3", modality="DOC", sop_class="1.2.840.10008.5.1.4.1.1.104.1")
    for keyword in ("PixelData", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "SamplesPerPixel"):
        delattr(made, keyword)
    made.MIMETypeOfEncapsulatedDocument = mime
    made.EncapsulatedDocumentLength = len(pdf)
    made.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    return made


@pytest.mark.parametrize(
    "cells",
    [CELLS, CELLS.astype(np.uint8), np.random.default_rng(1).integers(0, 255, (3, 5, 7, 3), np.uint8)],
    ids=["16 bit", "8 bit, padded", "colour"],
)
def test_pixel_data_come_whole_and_in_spans_across_frames(archive: SmallArchive, cells: np.ndarray) -> None:
    one = image(cells)
    archive.stored(one)
    value, address = one.PixelData, f"{path_of(one)}/bulkdata/7FE00010"
    with archive.client() as client:
        whole = client.get(address, headers=OCTETS)
        assert whole.content == value
        assert whole.headers["content-length"] == str(len(value))
        assert read_parts(client.get(address))[0][1] == value
        frame = len(value) // len(cells)
        for first, last in ((0, 99), (frame - 3, frame + 3), (2 * frame, len(value) - 1), (len(value) - 1, 10**9)):
            part = client.get(address, headers={**OCTETS, "Range": f"bytes={first}-{last}"})
            assert part.status_code == 206
            assert part.content == value[first : last + 1]
            assert part.headers["content-range"] == f"bytes {first}-{min(last, len(value) - 1)}/{len(value)}"
            assert part.headers["etag"] == whole.headers["etag"]
        assert client.get(address, headers={**OCTETS, "Range": f"bytes={len(value)}-"}).status_code == 416
        head = client.head(address, headers=OCTETS)
        assert (head.status_code, head.headers["content-length"]) == (200, str(len(value)))
        assert "content-length" not in client.head(address).headers


def test_single_bits_come_whole_and_in_spans(archive: SmallArchive) -> None:
    one = image(np.random.default_rng(1).integers(0, 255, (1, 1, 40), np.uint8))
    one.Rows, one.Columns, one.NumberOfFrames = 9, 11, 3
    one.BitsAllocated = one.BitsStored = 1
    one.HighBit = 0
    archive.stored(one)
    with archive.client() as client:
        address = f"{path_of(one)}/bulkdata/7FE00010"
        assert client.get(address, headers=OCTETS).content == one.PixelData
        assert client.get(address, headers={**OCTETS, "Range": "bytes=11-30"}).content == one.PixelData[11:31]


def test_native_frames_alone_come_in_ranges(archive: SmallArchive) -> None:
    one = image(CELLS)
    archive.stored(one)
    with archive.client() as client:
        path = f"{path_of(one)}/frames/2"
        whole = client.get(path, headers=OCTETS)
        part = client.get(path, headers={**OCTETS, "Range": "bytes=0-99"})
        assert (part.status_code, part.content) == (206, CELLS[1].tobytes()[:100])
        assert part.headers["content-range"] == f"bytes 0-99/{len(whole.content)}"
        assert client.get(path, headers={**OCTETS, "Range": "bytes=99999999-"}).status_code == 416


def test_a_document_comes_as_what_it_says_it_is(archive: SmallArchive) -> None:
    one, page = document(), document(b"<script>" * 200, "text/html")
    archive.stored(one, page)
    with archive.client() as client:
        address = f"{path_of(one)}/bulkdata/00420011"
        answer = client.get(address, headers={"Accept": "application/pdf"})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.content == PDF * 99
        assert client.get(address, params={"accept": "application/pdf"}).content == PDF * 99
        parts = {"Accept": 'multipart/related; type="application/pdf"'}
        assert read_parts(client.get(address, headers=parts))[0] == (
            {"content-type": "application/pdf", "content-length": str(len(PDF) * 99)}
            | {"content-location": client.build_request("GET", address).url.path},
            PDF * 99,
        )
        assert client.get(address, headers={"Accept": "image/png"}).status_code == 406
        coded = "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.202"
        assert client.get(address, headers={"Accept": coded}).status_code == 406
        html = f"{path_of(page)}/bulkdata/00420011"
        assert client.get(html, headers={"Accept": "text/html"}).status_code == 406


def test_another_makers_client_follows_the_addresses_it_is_given(archive: SmallArchive) -> None:
    """dicomweb-client says Host without the port, which no answer may repeat."""
    one = image(CELLS)
    archive.stored(one)
    client = DICOMwebClient(f"{archive.base}/dicom-web", headers={"Authorization": f"Bearer {archive.token()}"})
    ids = (str(one.StudyInstanceUID), str(one.SeriesInstanceUID), str(one.SOPInstanceUID))
    metadata = client.retrieve_instance_metadata(*ids)
    assert client.retrieve_bulkdata(metadata[tag("PixelData")]["BulkDataURI"]) == [one.PixelData]
    (found,) = client.search_for_studies()
    assert found[tag("RetrieveURL")]["Value"] == [f"{archive.base}/dicom-web/studies/{ids[0]}"]


def test_no_answer_repeats_a_host_that_the_client_made_up(archive: SmallArchive) -> None:
    archive.stored(image(CELLS, study="1.2.3"))
    with archive.client() as client:
        for path in ("/studies", "/studies/1.2.3/metadata", "/studies/1.2.3/instances"):
            answer = client.get(path, headers={"Host": "evil.example"})
            assert archive.base in answer.text
            assert "evil.example" not in answer.text


def test_a_large_value_goes_through_little_memory(tmp_path: Path) -> None:
    """In a process of its own: 240 MB of pixels in 60 frames, read from their address, and HEAD reads none."""
    script = Path(__file__).parents[3] / "makers" / "large_bulk.py"
    said = subprocess.run([sys.executable, script, str(tmp_path)], capture_output=True, text=True, check=True)
    length, grown = map(int, said.stdout.split()[-2:])
    assert length == 60 * 1400 * 1400 * 2
    assert grown < 100 << 20
