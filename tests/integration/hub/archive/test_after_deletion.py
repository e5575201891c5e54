"""What was served before a deletion is never served for what came after it: not across sites, not under old names."""

import httpx
import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UID
from sqlalchemy import select

from dokuei.errors import StaleError
from dokuei.hub.archive import tables
from dokuei.hub.archive.reading import Scope
from tests.makers.archive import GATEWAY, SmallArchive, image, read_parts

STORED = {"Accept": "application/octet-stream; transfer-syntax=*"}


def one_image(*, value: int, patient: str, study: str = "1.2.3") -> Dataset:
    """An object whose cells all have one value, always under the same series and SOP Instance UID of its study."""
    made = image(
        np.full((16, 16), value, np.uint16),
        study=study,
        series=f"{study}.1",
        patient_id=patient,
        patient_name=f"{patient}^Given",
        SOPInstanceUID=UID(f"{study}.1.1"),
    )
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    return made


def remove(archive: SmallArchive, site_id: str = "kita", study: str = "1.2.3") -> None:
    archive.service.delete_study_images(site_id, study, actor="person:1", reason="term")


def document(archive: SmallArchive, client: httpx.Client, site_id: str, study: str) -> httpx.Response:
    return client.get(f"{archive.base}/api/v1/sites/{site_id}/studies/{study}/images")


def test_another_site_never_gets_what_was_made_for_a_study_that_is_gone(archive: SmallArchive) -> None:
    archive.stored(one_image(value=1, patient="KITA"))
    with archive.client() as kita, archive.client("minami") as minami:
        base = f"{archive.base}/dicom-web/studies"
        for path in ("1.2.3", "1.2.3/series/1.2.3.1"):
            assert "KITA" in kita.get(f"{base}/{path}/metadata").text
        assert "KITA" in document(archive, kita, "kita", "1.2.3").text
        remove(archive)
        archive.stored(one_image(value=2, patient="MINAMI", study="1.2.9"), site_id="minami")
        for path in ("1.2.9", "1.2.9/series/1.2.9.1"):
            told = minami.get(f"{base}/{path}/metadata").text
            assert "MINAMI" in told
            assert "KITA" not in told
        told = document(archive, minami, "minami", "1.2.9").text
        assert "MINAMI" in told
        assert "KITA" not in told


def test_an_etag_never_confirms_another_patients_document_under_the_same_uids(either_archive: SmallArchive) -> None:
    """RFC 9110 8.8.1: a strong validator changes whenever the bytes do."""
    archive = either_archive
    paths = [f"{prefix}/metadata" for prefix in ("/studies/1.2.3", "/studies/1.2.3/series/1.2.3.1")]
    paths += ["/studies/1.2.3/series/1.2.3.1/instances/1.2.3.1.1/metadata"]
    paths += [f"{archive.base}/api/v1/sites/kita/studies/1.2.3/images"]
    archive.stored(one_image(value=1, patient="FIRST"))
    with archive.client() as client:
        before = {path: client.get(path).headers["etag"] for path in paths}
        for path, etag in before.items():
            assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
        remove(archive)
        archive.stored(one_image(value=1, patient="SECOND"))
        for path, etag in before.items():
            answer = client.get(path, headers={"If-None-Match": etag})
            assert answer.status_code == 200, path
            assert "SECOND" in answer.text
            assert "FIRST" not in answer.text


def test_frames_follow_what_came_under_the_same_uids_in_every_form(archive: SmallArchive) -> None:
    path = "/studies/1.2.3/series/1.2.3.1/instances/1.2.3.1.1/frames/1"
    archive.stored(one_image(value=1, patient="FIRST"))
    with archive.client() as client:
        assert client.get(path).status_code == 200
        etag = client.get(path, headers=STORED).headers["etag"]
        remove(archive)
        assert client.get(path, headers={**STORED, "If-None-Match": etag}).status_code == 404
        assert client.head(path, headers=STORED).status_code == 404
        archive.stored(one_image(value=2, patient="SECOND"))
        assert np.frombuffer(read_parts(client.get(path))[0][1], "<u2")[0] == 2
        again = client.get(path, headers={**STORED, "If-None-Match": etag})
        assert (again.status_code, again.headers["etag"] != etag) == (200, True)


def test_a_row_number_is_given_once(either_archive: SmallArchive) -> None:
    archive = either_archive

    def numbers() -> list[int]:
        with archive.service.database.read() as connection:
            return [
                connection.execute(select(table.c.id)).scalar_one()
                for table in (tables.study, tables.series, tables.instance)
            ]

    archive.stored(one_image(value=1, patient="FIRST"))
    before = numbers()
    remove(archive)
    archive.stored(one_image(value=1, patient="FIRST"))
    assert all(new > old for new, old in zip(numbers(), before, strict=True))


def test_a_body_is_never_newer_than_the_tag_it_goes_out_with(archive: SmallArchive) -> None:
    archive.stored(one_image(value=1, patient="FIRST"))
    documents = archive.service.metadata
    found = documents.find(Scope("kita", "1.2.3"), "http://base")
    more = image(study="1.2.3", series="1.2.3.1", patient_id="FIRST", number=2)
    archive.service.store_instances("kita", [archive.coded(more)], actor=GATEWAY)
    with pytest.raises(StaleError):
        documents.gzipped(found)
    assert documents.gzipped(documents.find(Scope("kita", "1.2.3"), "http://base"))
    found = documents.find(Scope("kita", "1.2.3"), "http://other")
    remove(archive)
    with pytest.raises(StaleError):
        documents.gzipped(found)
