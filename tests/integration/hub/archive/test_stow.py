"""STOW-RS: admission, coding and proof as for a gateway's objects, an answer for each, and nothing that crashes."""

from collections.abc import Iterable

import httpx
import numpy as np
import pydicom
import pytest
from dicomweb_client.api import DICOMwebClient

from dokuei.hub.archive.attributes import tag
from tests.makers.archive import SmallArchive, as_dataset, image, read_parts

FAILED, REFERENCED, OTHER = (
    tag(keyword) for keyword in ("FailedSOPSequence", "ReferencedSOPSequence", "OtherFailuresSequence")
)


def upload(
    client: httpx.Client, files: Iterable[bytes], *, path: str = "/studies", part: str = "application/dicom"
) -> httpx.Response:
    body = b"".join(b"--B\r\nContent-Type: " + part.encode() + b"\r\n\r\n" + one + b"\r\n" for one in files)
    content_type = 'multipart/related; type="application/dicom"; boundary=B'
    return client.post(path, content=body + b"--B--\r\n", headers={"Content-Type": content_type})


def as_bytes(archive: SmallArchive, dataset: pydicom.Dataset) -> bytes:
    return archive.written(dataset).read_bytes()


def test_uploaded_objects_are_stored_found_and_come_back_with_their_pixels(archive: SmallArchive) -> None:
    first, second = image(study="1.2.3"), image(study="1.2.3", number=2)
    with archive.client() as client:
        answer = upload(client, [as_bytes(archive, first), as_bytes(archive, second)])
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/dicom+json"
        told = answer.json()
        assert told[tag("RetrieveURL")]["Value"] == [f"{archive.base}/sites/kita/dicom-web/studies/1.2.3"]
        stored = told[REFERENCED]["Value"]
        assert {one[tag("ReferencedSOPInstanceUID")]["Value"][0] for one in stored} == {
            first.SOPInstanceUID,
            second.SOPInstanceUID,
        }
        assert FAILED not in told
        ((_, body),) = read_parts(client.get(stored[0][tag("RetrieveURL")]["Value"][0]))
        np.testing.assert_array_equal(as_dataset(body).pixel_array, first.pixel_array)
        again = upload(client, [as_bytes(archive, first)])
        assert again.status_code == 200
        assert len(client.get("/studies/1.2.3/instances").json()) == 2
    assert not list(archive.service.incoming_folder.iterdir())


def test_each_object_that_is_refused_is_named_with_its_reason(archive: SmallArchive) -> None:
    good, other, truncated = image(study="1.2.3"), image(study="1.2.3"), image(study="1.2.3", number=3)
    archive.stored(other)
    other.PixelData = bytes(reversed(other.PixelData))
    with archive.client() as client:
        files = [
            as_bytes(archive, good),
            as_bytes(archive, other),
            as_bytes(archive, truncated)[:-500],
            b"this is no DICOM object",
            b"",
        ]
        answer = upload(client, files)
    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert len(told[REFERENCED]["Value"]) == 1
    reasons = {
        one[tag("ReferencedSOPInstanceUID")]["Value"][0]: one[tag("FailureReason")]["Value"][0]
        for one in told.get(FAILED, {"Value": []})["Value"]
    }
    assert reasons[other.SOPInstanceUID] == 0xC010
    unnamed = [one[tag("FailureReason")]["Value"][0] for one in told[OTHER]["Value"]]
    assert len(unnamed) + len(reasons) == 4
    assert 0xC000 in unnamed
    assert all(one[tag("ErrorComment")]["Value"][0] for one in told[OTHER]["Value"])
    assert len(archive.service.quarantined("kita")) == 1


def test_an_odd_object_is_a_plain_success(archive: SmallArchive) -> None:
    """PS3.18 10.5.3: none of the Warning Reasons says what is odd here, and nothing of the object was changed."""
    odd = image(study="1.2.3")
    odd.PatientID = ""
    with archive.client() as client:
        answer = upload(client, [as_bytes(archive, odd)])
    assert answer.status_code == 200, answer.text
    (stored,) = answer.json()[REFERENCED]["Value"]
    assert tag("WarningReason") not in stored


def test_nothing_stored_is_a_conflict(archive: SmallArchive) -> None:
    with archive.client() as client:
        assert upload(client, [b"nothing"]).status_code == 409
        assert upload(client, [as_bytes(archive, image())], part="image/jpeg").status_code == 409


def test_objects_of_another_study_than_the_address_names_are_refused(archive: SmallArchive) -> None:
    with archive.client() as client:
        answer = upload(client, [as_bytes(archive, image(study="1.2.3"))], path="/studies/1.2.4")
        assert answer.status_code == 409
        assert answer.json()[FAILED]["Value"][0][tag("FailureReason")]["Value"] == [0xA900]
        assert upload(client, [as_bytes(archive, image(study="1.2.4"))], path="/studies/1.2.4").status_code == 200
        assert client.get("/studies/1.2.3/instances").json() == []


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ('multipart/related; type="application/dicom+json"; boundary=B', b"--B--\r\n", 415),
        ("multipart/related", b"", 400),
        ('multipart/related; type="application/dicom"; boundary=B', b"no boundary at all", 400),
        ('multipart/related; type="application/dicom"; boundary=B', b"", 400),
        ('multipart/related; type="application/dicom"; boundary=B', b"--B--\r\n", 400),
        ('multipart/related; type="application/dicom"; boundary=B', b"preamble\r\n--B--\r\n", 400),
        ('multipart/related; type="application/dicom"; boundary=B', b"x" * 100_000, 400),
        ('multipart/related; type="application/dicom"; boundary=B', b"--B\r\nContent-Type: application/dicom\r\n", 400),
        (
            'multipart/related; type="application/dicom"; boundary=B',
            b"--B\r\nContent-Type: application/dicom\r\n\r\nabc",
            400,
        ),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem_and_leaves_nothing(
    archive: SmallArchive, content_type: str, body: bytes, status: int
) -> None:
    with archive.client() as client:
        answer = client.post("/studies", content=body, headers={"Content-Type": content_type})
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        xml = {"Content-Type": content_type, "Accept": "application/dicom+xml"}
        assert client.post("/studies", content=body, headers=xml).status_code == 406
    assert not list(archive.service.incoming_folder.iterdir())


def test_another_makers_client_stores_objects(archive: SmallArchive) -> None:
    client = DICOMwebClient(
        f"{archive.base}/sites/kita/dicom-web", headers={"Authorization": f"Bearer {archive.token()}"}
    )
    answer = client.store_instances([image(study="1.2.3", number=number) for number in range(1, 5)])
    assert len(answer.ReferencedSOPSequence) == 4


@pytest.mark.parametrize("preamble", [b"\r\n", b"This is a multipart message.\r\n--A\r\n", b"x" * 5000 + b"\r\n"])
def test_text_before_the_first_boundary_means_nothing(archive: SmallArchive, preamble: bytes) -> None:
    """RFC 2046 5.1.1."""
    part = b"--B\r\nContent-Type: application/dicom\r\n\r\n" + as_bytes(archive, image(study="1.2.3"))
    content_type = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=B'}
    with archive.client() as client:
        answer = client.post("/studies", content=preamble + part + b"\r\n--B--\r\n", headers=content_type)
        assert answer.status_code == 200, answer.text
        assert len(client.get("/studies/1.2.3/instances").json()) == 1
