"""Rendered pictures over HTTP: parts, regions, sizes, documents, and what is not understood (PS3.18 8.3.5)."""

import imagecodecs
import numpy as np
import pytest
from dicomweb_client.api import DICOMwebClient
from pydicom.dataset import Dataset

from tests.integration.hub.archive.test_bulk_data import PDF, document, path_of
from tests.integration.hub.archive.test_undecodable import encoded, jpeg
from tests.makers.archive import SmallArchive, image, read_parts

# Four quarters, 20 rows x 40 columns: black, dark, light and white.
QUARTERS = np.repeat(np.repeat(np.array([[0, 1000], [3000, 4095]], np.uint16), 10, 0), 20, 1)
PNG = {"Accept": "image/png"}
PNGS = {"Accept": 'multipart/related; type="image/png"'}


@pytest.fixture
def quarters(archive: SmallArchive) -> tuple[SmallArchive, Dataset]:
    """One object of two frames, the second mirrored."""
    one = image(np.stack([QUARTERS, QUARTERS[:, ::-1]]), study="1.2.3", WindowCenter="2048", WindowWidth="4096")
    archive.stored(one)
    return archive, one


def test_frames_come_as_parts_and_several_of_them_only_so(quarters: tuple[SmallArchive, Dataset]) -> None:
    archive, one = quarters
    path = f"{path_of(one)}/frames"
    with archive.client() as client:
        parts = read_parts(client.get(f"{path}/2,1/rendered", headers=PNGS))
        shown = [imagecodecs.png_decode(body) for _, body in parts]
        assert [int(picture[0, 0]) for picture in shown] == [62, 0]
        assert parts[0][0]["content-type"] == "image/png"
        assert client.get(parts[0][0]["content-location"].partition("dicom-web")[2], headers=PNG).content == parts[0][1]
        assert len(read_parts(client.get(f"{path}/1/rendered", headers=PNGS))) == 1
        default = client.get(f"{path}/1,2/rendered")
        assert default.headers["content-type"].startswith('multipart/related; type="image/jpeg"')
        assert client.get(f"{path}/1,2/rendered", headers=PNG).status_code == 406
        assert client.get(f"{path}/1,3/rendered").status_code == 404
    other = DICOMwebClient(f"{archive.base}/dicom-web", headers={"Authorization": f"Bearer {archive.token()}"})
    ids = (str(one.StudyInstanceUID), str(one.SeriesInstanceUID), str(one.SOPInstanceUID))
    assert other.retrieve_instance_frames_rendered(*ids, [2], media_types=("image/png",)) == parts[0][1]


@pytest.mark.parametrize(
    ("viewport", "shape", "first"),
    [
        ("20,20", (10, 20), 0),
        ("80,80", (40, 80), 0),
        ("20,10,20,10,20,10", (10, 20), 255),
        ("20,10,20,0,20,10", (10, 20), 62),
        ("40,40,20,10", (20, 40), 255),
        ("40,40,,,-40,20", (20, 40), 62),
        ("40,40,0,0,40,-20", (20, 40), 187),
        ("9000,100", None, 0),
        ("20,20,30,0,20,10", None, 0),
        ("20,20,0,0,0,0", None, 0),
        ("20,20,1", (10, 20), 0),
        ("20", None, 0),
        ("1,2,3,4,5,6,7", None, 0),
    ],
)
def test_a_viewport_cuts_mirrors_and_scales(
    quarters: tuple[SmallArchive, Dataset], viewport: str, shape: tuple[int, int] | None, first: int
) -> None:
    archive, one = quarters
    with archive.client() as client:
        answer = client.get(f"{path_of(one)}/rendered", params={"viewport": viewport}, headers=PNG)
        if shape is None:
            assert answer.status_code == 400
            return
        picture = imagecodecs.png_decode(answer.content)
        assert picture.shape[:2] == shape
        assert abs(int(picture[0, 0]) - first) <= 1


def test_parameters_that_change_nothing_are_named_in_a_warning(quarters: tuple[SmallArchive, Dataset]) -> None:
    archive, one = quarters
    with archive.client() as client:
        strange = {"annotation": "patient", 'x"y': "1", "window": "2048,4096"}
        answer = client.get(f"{path_of(one)}/rendered", params=strange)
        assert answer.status_code == 200
        assert answer.headers["warning"].startswith("299 ")
        assert answer.headers["warning"].endswith('not supported: annotation, ?"')
        assert "warning" not in client.get(f"{path_of(one)}/rendered", params={"window": "2048,4096"}).headers


def test_a_document_is_its_own_picture_and_a_report_has_none(archive: SmallArchive) -> None:
    one, report = document(), document(b"x" * 2000, "text/xml")
    report.StudyInstanceUID = "1.2.4"
    archive.stored(one, report)
    with archive.client() as client:
        for accept in ("*/*", "application/pdf"):
            answer = client.get(f"{path_of(one)}/rendered", headers={"Accept": accept})
            assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
            assert answer.content == PDF * 99
        head = client.head(f"{path_of(one)}/rendered")
        assert head.headers["content-length"] == str(len(PDF) * 99)
        assert client.get(f"{path_of(one)}/rendered", headers={"Accept": "image/jpeg"}).status_code == 406
        for path in (path_of(report), "/studies/1.2.4"):
            assert client.get(f"{path}/rendered").status_code == 406


def test_a_study_is_one_picture_or_in_parts_all_there_are(archive: SmallArchive) -> None:
    """PS3.18 10.4.1.1.3."""
    broken = encoded([b"\xff\xd8 no JPEG \xff\xd9"], study="1.2.3", series="1.2.5")
    good = encoded([jpeg()], study="1.2.3", series="1.2.5")
    archive.stored(image(QUARTERS, study="1.2.3", series="1.2.4"), document(), good, broken)
    with archive.client() as client:
        assert client.get("/studies/1.2.3/rendered").headers["content-type"] == "image/jpeg"
        answer = client.get("/studies/1.2.3/rendered", headers=PNGS)
        assert answer.status_code == 206
        assert "2 objects are left out" in answer.headers["warning"]
        assert [imagecodecs.png_decode(body).shape[:2] for _, body in read_parts(answer)] == [(20, 40), (64, 48)]
        whole = client.get("/studies/1.2.3/series/1.2.4/rendered", headers=PNGS)
        assert (whole.status_code, "warning" in whole.headers) == (200, False)


def test_pictures_have_a_head_that_is_not_drawn(quarters: tuple[SmallArchive, Dataset]) -> None:
    archive, one = quarters
    with archive.client() as client:
        for path in (f"{path_of(one)}/rendered", "/studies/1.2.3/thumbnail", f"{path_of(one)}/frames/1,2/rendered"):
            head, answer = client.head(path), client.get(path)
            assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", answer.headers["etag"])
            assert "content-length" not in head.headers
            assert client.get(path, headers={"If-None-Match": head.headers["etag"]}).status_code == 304
