"""A site's objects are seen with its token only; everything else answers as if there were nothing."""

import pytest
from pydicom.uid import UID

from tests.makers.archive import SmallArchive, image

PATHS = [
    "/studies",
    "/series",
    "/instances",
    "/studies/1.2.3",
    "/studies/1.2.3/metadata",
    "/studies/1.2.3/series",
    "/studies/1.2.3/instances",
    "/studies/1.2.3/series/1.2.4",
    "/studies/1.2.3/series/1.2.4/metadata",
    "/studies/1.2.3/series/1.2.4/instances",
    "/studies/1.2.3/series/1.2.4/instances/1.2.5",
    "/studies/1.2.3/series/1.2.4/instances/1.2.5/metadata",
    "/studies/1.2.3/series/1.2.4/instances/1.2.5/frames/1",
    "/studies/1.2.3/series/1.2.4/instances/1.2.5/rendered",
    "/studies/1.2.3/series/1.2.4/instances/1.2.5/thumbnail",
    "/studies/1.2.3/series/1.2.4/instances/1.2.5/frames/1/rendered",
    "/studies/1.2.3/series/1.2.4/instances/1.2.5/bulkdata/7FE00010",
    "/studies/1.2.3/thumbnail",
]


@pytest.fixture
def of_kita(archive: SmallArchive) -> SmallArchive:
    """One object of the site ``kita``."""
    one = image(study="1.2.3", series="1.2.4")
    one.SOPInstanceUID = UID("1.2.5")
    one.file_meta.MediaStorageSOPInstanceUID = UID("1.2.5")
    archive.stored(one)
    return archive


@pytest.mark.parametrize("path", PATHS)
def test_the_token_of_another_site_sees_nothing_and_cannot_tell_a_foreign_site_from_none(
    of_kita: SmallArchive, path: str
) -> None:
    with of_kita.client("minami", at="kita") as foreign, of_kita.client("minami", at="nowhere") as nowhere:
        answer, unknown = foreign.get(path), nowhere.get(path)
    assert answer.status_code == unknown.status_code == 404
    assert answer.json() == unknown.json()
    with of_kita.client("minami") as own:
        answer = own.get(path)
    assert answer.status_code == 404 or answer.json() == []


@pytest.mark.parametrize("path", PATHS)
def test_without_a_token_nobody_gets_anything(of_kita: SmallArchive, path: str) -> None:
    with of_kita.client() as client:
        answer = client.get(path, headers={"Authorization": ""})
        assert answer.status_code == 401
        assert client.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_a_foreign_token_can_neither_store_nor_read_the_viewers_document(of_kita: SmallArchive) -> None:
    content_type = 'multipart/related; type="application/dicom"; boundary=B'
    with of_kita.client("minami", at="kita") as foreign:
        stored = foreign.post("/studies", content=b"--B--\r\n", headers={"Content-Type": content_type})
        assert stored.status_code == 404
        assert foreign.get(f"{of_kita.base}/api/v1/sites/kita/studies/1.2.3/images").status_code == 404
        assert foreign.get(f"{of_kita.base}/api/v1/sites/kita/quarantine").status_code == 404


def test_without_a_site_in_the_address_the_tokens_only_site_is_meant(of_kita: SmallArchive) -> None:
    with of_kita.client() as client:
        address = f"{of_kita.base}/dicom-web/studies"
        assert len(client.get(address).json()) == 1
        assert client.get(f"{address}/1.2.3/metadata").status_code == 200
    with of_kita.client("minami") as client:
        assert client.get(address).json() == []
        assert client.get(f"{address}/1.2.3/metadata").status_code == 404


def test_what_is_not_there_is_a_problem_without_details(of_kita: SmallArchive) -> None:
    with of_kita.client() as client:
        for path in ("/studies/9.9", "/studies/9.9/metadata", "/studies/1.2.3/series/1.2.4/instances/9.9/frames/1"):
            answer = client.get(path)
            assert answer.status_code == 404
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["%00", "a%00b", "%E2%82%AC", "x' OR '1'='1", "..%2F..", "9" * 200, "%FF", "1.2.3 "])
def test_names_that_nothing_can_have_are_not_found_on_either_database(either_archive: SmallArchive, name: str) -> None:
    refused = 400 if "%00" in name else 404  # a NUL is refused before anything is looked up
    with either_archive.client() as client:
        for path in (
            f"/studies/{name}",
            f"/studies/{name}/metadata",
            f"/studies/{name}/series",
            f"/studies/1.2/series/{name}/instances",
            f"/studies/1.2/series/1.3/instances/{name}/frames/1",
            f"/studies/1.2/series/1.3/instances/{name}/bulkdata/{name}",
            f"/studies/{name}/thumbnail",
            f"{either_archive.base}/api/v1/sites/kita/studies/{name}/images",
            f"{either_archive.base}/sites/{name}/dicom-web/studies",
        ):
            assert client.get(path).status_code == refused, path
        assert client.get("/studies", params={"PatientID": "a\0b"}).status_code == 400
        assert client.get("/studies", params={"PatientID": "\ud7ff�", "PatientName": "'%_[\\"}).json() == []
