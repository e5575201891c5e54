"""Documents and pictures with a request: kept as they are, and nothing that is not what it says."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dokuei.hub.identity.model import Grant, Role
from tests.makers.reading import ReadingRoom, reading_room
from tests.makers.requests import STAFF, asked

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made


def attach(client: httpx.Client, path: str, data: bytes, kind: str, name: str = "") -> httpx.Response:
    return client.post(f"{path}/attachments", params={"name": name}, content=data, headers={"Content-Type": kind})


def test_an_attachment_comes_back_byte_for_byte_as_what_it_is(room: ReadingRoom) -> None:
    staff, reader = room.reader("staff.a", STAFF), room.reader("reader.a")
    path = f"/api/v1/requests/{asked(staff)['request_id']}"
    assert attach(staff, path, PDF, "application/pdf", "../紹介状\u202e.pdf").status_code == 201
    answer = attach(staff, path, PNG, "image/png; charset=binary")
    assert [(one["number"], one["name"], one["size"]) for one in answer.json()["attachments"]] == [
        (1, "紹介状.pdf", len(PDF)),
        (2, "attachment.png", len(PNG)),
    ]
    one = reader.get(f"{path}/attachments/1")
    assert (one.content, one.headers["content-type"], one.headers["cache-control"]) == (
        PDF,
        "application/pdf",
        "no-store",
    )
    assert "filename*=UTF-8''%E7%B4%B9" in one.headers["content-disposition"]
    assert reader.get(f"{path}/attachments/3").status_code == 404


def test_the_same_again_is_one_attachment(room: ReadingRoom) -> None:
    staff = room.reader("staff.a", STAFF)
    path = f"/api/v1/requests/{asked(staff)['request_id']}"
    for _ in range(2):
        answer = attach(staff, path, PDF, "application/pdf")
    assert len(answer.json()["attachments"]) == 1


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"<html><script>alert(1)</script>", "text/html", 415),
        (b"<svg onload='alert(1)'/>", "image/svg+xml", 415),
        (b"<html>", "application/pdf", 415),
        (PDF, "image/png", 415),
        (b"", "application/pdf", 400),
        (PDF, "", 415),
        (PDF + b"x" * (13 << 20), "application/pdf", 201),
    ],
)
def test_what_is_not_what_it_says_is_refused(room: ReadingRoom, data: bytes, kind: str, status: int) -> None:
    """The size is held by the hub's limit of bodies, which a room of its own does not have."""
    staff = room.reader("staff.a", STAFF)
    path = f"/api/v1/requests/{asked(staff)['request_id']}"
    assert attach(staff, path, data, kind).status_code == status
    assert len(staff.get(path).json()["attachments"]) == (status == 201)


def test_a_request_has_twenty_attachments_at_most_and_a_canceled_one_gets_none(room: ReadingRoom) -> None:
    staff = room.reader("staff.a", STAFF)
    path = f"/api/v1/requests/{asked(staff)['request_id']}"
    for number in range(20):
        assert attach(staff, path, PDF + bytes([number]), "application/pdf").status_code == 201
    assert attach(staff, path, PDF, "application/pdf").status_code == 409
    staff.post(f"{path}/cancel", json={"because": "x"}).raise_for_status()
    assert attach(staff, path, PNG, "image/png").status_code == 409


def test_a_stranger_attaches_and_sees_nothing(room: ReadingRoom) -> None:
    staff, stranger = room.reader("staff.a", STAFF), room.reader("staff.b", Grant(Role.SITE_STAFF, "minami"))
    path = f"/api/v1/requests/{asked(staff)['request_id']}"
    attach(staff, path, PDF, "application/pdf").raise_for_status()
    assert attach(stranger, path, PNG, "image/png").status_code == 404
    assert stranger.get(f"{path}/attachments/1").status_code == 404
    assert attach(room.reader("reader.a"), path, PNG, "image/png").status_code == 403


def test_a_file_that_was_changed_on_disk_is_not_shown(room: ReadingRoom) -> None:
    staff = room.reader("staff.a", STAFF)
    placed = asked(staff)
    path = f"/api/v1/requests/{placed['request_id']}"
    attach(staff, path, PDF, "application/pdf").raise_for_status()
    key = f"requests/kita/{placed['request_id']}/{hashlib.sha256(PDF).hexdigest()}"
    room.blobs.replace(key, PDF + b" ")
    assert staff.get(f"{path}/attachments/1").status_code == 422
