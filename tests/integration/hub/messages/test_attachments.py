"""Files that go with messages: in by their first bytes, out as files."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import select

from dokuei.hub.messages.model import LARGEST_ATTACHMENT
from dokuei.hub.messages.tables import attachment
from tests.makers.reading import ReadingRoom
from tests.makers.talk import STAFF_OF_KITA, STAFF_OF_MINAMI, events, say, thread_of

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def attach(client: httpx.Client, item: str, data: bytes, name: str = "問診票.pdf", **headers: str) -> httpx.Response:
    named = {"X-Dokuei-File-Name": quote(name), "Content-Type": "text/html", **headers}
    return client.post(f"{thread_of(item)}/attachments", content=data, headers=named)


def sent(client: httpx.Client, item: str, *files: bytes) -> list[dict[str, Any]]:
    """A message with these files; how the thread shows them."""
    ids = [attach(client, item, one).json()["attachment_id"] for one in files]
    shown: list[dict[str, Any]] = say(client, item, "添付します。", attachments=ids).json()["messages"][-1][
        "attachments"
    ]
    return shown


def test_a_file_goes_with_a_message_and_comes_out_as_a_file(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
    pdf, png = sent(staff, item, PDF, PNG)
    assert (pdf["file_name"], pdf["media_type"], pdf["size"]) == ("問診票.pdf", "application/pdf", len(PDF))
    assert png["media_type"] == "image/png"
    answer = reader.get(pdf["url"])
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote('問診票.pdf')}"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "sandbox" in answer.headers["content-security-policy"]
    told = events(room, "attachment.stored", "attachment.read")
    assert [one[0] for one in told] == ["attachment.stored"] * 2 + ["attachment.read"]
    assert "問診票" not in str(told), "a file's name may be a patient's"


def test_what_is_no_pdf_png_or_jpeg_is_refused_whatever_it_says(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    reader = room.reader("reader.a")
    said = {"Content-Type": "application/pdf"}
    assert attach(reader, item, b"<html><script>alert(1)</script>", "x.pdf", **said).status_code == 415
    assert attach(reader, item, b"", "x.pdf", **said).status_code == 400
    assert attach(reader, item, PDF + bytes(LARGEST_ATTACHMENT)).status_code == 413
    with room.hub.database.read() as connection:
        assert connection.execute(select(attachment)).all() == []
    assert list(room.blobs.keys("messages")) == []


def test_a_file_name_leads_nowhere(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    reader = room.reader("reader.a")
    kept = attach(reader, item, PDF, "../../../etc/<b>passwd</b>.pdf\r\nSet-Cookie: x=1").json()
    assert "/" not in kept["file_name"]
    answer = reader.get(kept["url"])
    assert "set-cookie" not in answer.headers
    assert "\n" not in answer.headers["content-disposition"]
    assert attach(reader, item, PDF, "", **{"X-Dokuei-File-Name": "%ff%00"}).status_code == 200


def test_a_file_that_was_not_sent_is_its_bringers_alone(room: ReadingRoom) -> None:
    item, other = room.mammogram_case(), room.mammogram_case(patient_id="P2")
    reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
    kept = attach(reader, item, PDF).json()
    assert [one["attachment_id"] for one in reader.get(thread_of(item)).json()["unsent"]] == [kept["attachment_id"]]
    assert staff.get(thread_of(item)).json()["unsent"] == []
    assert staff.get(kept["url"]).status_code == 404
    assert staff.delete(kept["url"]).status_code == 404
    assert say(staff, item, "x", attachments=[kept["attachment_id"]]).status_code == 400
    assert say(reader, other, "x", attachments=[kept["attachment_id"]]).status_code == 400
    assert reader.delete(kept["url"]).status_code == 204
    assert reader.get(kept["url"]).status_code == 404
    assert list(room.blobs.keys("messages")) == []


def test_a_file_that_was_sent_stays(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    reader = room.reader("reader.a")
    (file,) = sent(reader, item, PDF)
    assert reader.delete(file["url"]).status_code == 404
    assert say(reader, item, "もう一度", attachments=[file["attachment_id"]]).status_code == 400
    assert reader.get(file["url"]).content == PDF


def test_a_file_of_another_site_is_not_there(room: ReadingRoom) -> None:
    """AUTH-13: not by its own address, and not through a case of one's own."""
    item, other = room.mammogram_case(), room.mammogram_case(site_id="minami", patient_id="P2")
    (file,) = sent(room.reader("reader.a"), item, PDF)
    stranger = room.reader("staff.b", STAFF_OF_MINAMI)
    assert stranger.get(file["url"]).status_code == 404
    assert stranger.get(f"{thread_of(other)}/attachments/{file['attachment_id']}").status_code == 404


def test_a_file_that_was_changed_on_the_disk_is_not_handed_out(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    reader = room.reader("reader.a")
    (file,) = sent(reader, item, PDF)
    (key,) = room.blobs.keys("messages")
    room.blobs.replace(key, PDF + b"changed")
    assert reader.get(file["url"]).status_code == 422


@pytest.mark.parametrize("size", [LARGEST_ATTACHMENT - len(PDF)])
def test_the_largest_that_is_taken_is_taken(room: ReadingRoom, size: int) -> None:
    item = room.mammogram_case()
    assert attach(room.reader("reader.a"), item, PDF + bytes(size)).status_code == 200
