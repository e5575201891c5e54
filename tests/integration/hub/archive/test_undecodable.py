"""Objects that cannot be decoded here: refused or left out before an answer begins, never a broken connection."""

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID

from dokuei.dicom import uids
from tests.makers.archive import SmallArchive, as_dataset, image, read_parts

ANY = 'multipart/related; type="application/dicom"; transfer-syntax=*'
RPCL = f'multipart/related; type="application/dicom"; transfer-syntax={uids.HTJ2K_LOSSLESS_RPCL}'
CELLS = np.random.default_rng(3).integers(0, 255, (64, 48), np.uint8)


def jpeg(cells: np.ndarray = CELLS) -> bytes:
    return bytes(imagecodecs.jpeg8_encode(cells, level=90))


def encoded(frames: list[bytes], *, study: str, series: str) -> Dataset:
    made = image(np.stack([CELLS] * len(frames)), study=study, series=series)
    made.PixelData = encapsulate(frames)
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True
    made.file_meta.TransferSyntaxUID = UID(uids.JPEG_BASELINE)
    return made


def path_of(one: Dataset) -> str:
    return f"/studies/{one.StudyInstanceUID}/series/{one.SeriesInstanceUID}/instances/{one.SOPInstanceUID}"


@pytest.fixture
def mixed(archive: SmallArchive) -> tuple[SmallArchive, Dataset, Dataset]:
    """A study of an image, a JPEG that decodes, one whose second frame does not, and an object without pixels."""
    good = image(study="1.2.3", series="1.2.4")
    broken = encoded([jpeg(), b"\xff\xd8 this is no JPEG \xff\xd9"], study="1.2.3", series="1.2.5")
    report = image(study="1.2.3", series="1.2.6", modality="SR", sop_class="1.2.840.10008.5.1.4.1.1.88.33")
    for keyword in ("PixelData", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "SamplesPerPixel"):
        delattr(report, keyword)
    archive.stored(good, encoded([jpeg(), jpeg()], study="1.2.3", series="1.2.5"), broken, report)
    return archive, good, broken


def test_alone_it_is_refused_by_default_and_handed_out_as_stored(mixed: tuple[SmallArchive, Dataset, Dataset]) -> None:
    archive, _, broken = mixed
    with archive.client() as client:
        for accept in ("*/*", "application/dicom", 'multipart/related; type="application/dicom"'):
            for _ in range(2):  # tried, and remembered
                answer = client.get(path_of(broken), headers={"Accept": accept})
                assert answer.status_code == 406
                assert answer.headers["content-type"] == "application/problem+json"
                assert "decoded" in answer.json()["detail"]
        ((head, body),) = read_parts(client.get(path_of(broken), headers={"Accept": ANY}))
        assert head["content-type"].endswith(uids.JPEG_BASELINE)
        assert as_dataset(body).SOPInstanceUID == broken.SOPInstanceUID


def test_a_study_comes_without_it_and_says_so(mixed: tuple[SmallArchive, Dataset, Dataset]) -> None:
    """PS3.18 10.4.3: 206 where some instances cannot be had as asked for."""
    archive, _, broken = mixed
    with archive.client() as client:
        answer = client.get("/studies/1.2.3")
        assert answer.status_code == 206
        assert answer.headers["warning"].startswith("299 ")
        assert "1 object" in answer.headers["warning"]
        found = [as_dataset(body) for _, body in read_parts(answer)]
        assert len(found) == 3
        assert broken.SOPInstanceUID not in {one.SOPInstanceUID for one in found}
        both = f'multipart/related; type="application/dicom", {ANY}; q=0.5'
        whole = client.get("/studies/1.2.3", headers={"Accept": both})
        assert (whole.status_code, "warning" in whole.headers) == (200, False)
        kinds = [head["content-type"].rpartition("=")[2] for head, _ in read_parts(whole)]
        assert kinds.count(uids.JPEG_BASELINE) == 1
        assert len(kinds) == 4
        series = client.get("/studies/1.2.3/series/1.2.5", headers={"Accept": "application/dicom"})
        assert series.status_code == 406


def test_what_is_in_the_asked_encoding_comes_with_what_has_no_pixels(
    mixed: tuple[SmallArchive, Dataset, Dataset],
) -> None:
    archive, good, _ = mixed
    with archive.client() as client:
        answer = client.get("/studies/1.2.3", headers={"Accept": RPCL})
        assert answer.status_code == 206
        found = [as_dataset(body) for _, body in read_parts(answer)]
        assert {one.SOPClassUID for one in found} == {good.SOPClassUID, "1.2.840.10008.5.1.4.1.1.88.33"}
        report = client.get("/studies/1.2.3/series/1.2.6", headers={"Accept": RPCL})
        assert report.status_code == 200


def test_frames_are_refused_as_stored_or_native_before_the_first_goes_out(
    mixed: tuple[SmallArchive, Dataset, Dataset],
) -> None:
    archive, _, broken = mixed
    path = path_of(broken)
    with archive.client() as client:
        assert client.get(f"{path}/frames/1").status_code == 200
        for frames in ("2", "1,2"):
            answer = client.get(f"{path}/frames/{frames}")
            assert (answer.status_code, answer.headers["content-type"]) == (406, "application/problem+json"), frames
            both = 'multipart/related; type="application/octet-stream", multipart/related; type="image/jpeg"; q=0.5'
            stored = read_parts(client.get(f"{path}/frames/{frames}", headers={"Accept": both}))
            assert len(stored) == len(frames.split(","))
            assert stored[-1][1].startswith(b"\xff\xd8 this is no JPEG")
        bulk = client.get(f"{path}/bulkdata/7FE00010")
        assert (bulk.status_code, bulk.headers["content-type"]) == (406, "application/problem+json")


def test_the_connection_stays_whole_for_every_file_of_the_test_data(archive: SmallArchive, test_data: Path) -> None:
    """Video and retired processes among other objects."""
    files = [one for one in sorted(test_data.rglob("*.dcm")) if one.stat().st_size < 2 << 20][:40]
    with archive.client() as client:
        for file in files:
            body = b"--B\r\nContent-Type: application/dicom\r\n\r\n" + file.read_bytes() + b"\r\n--B--\r\n"
            kind = 'multipart/related; type="application/dicom"; boundary=B'
            client.post("/studies", content=body, headers={"Content-Type": kind})
        for study in client.get("/studies").json():
            answer = client.get(f"/studies/{study['0020000D']['Value'][0]}")
            assert answer.status_code in {200, 206, 406}
