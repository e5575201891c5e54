"""What was signed stays as it was signed: one version beside the other, and whatever was changed is found."""

import hashlib
import io
import json
import threading
from contextlib import nullcontext

import pydicom
import pytest
import rfc8785
from sqlalchemy import delete, select, update

import dokuei
from dokuei.hub.one_at_a_time import OneAtATime
from dokuei.hub.reports.deciding import Deciding
from dokuei.hub.reports.documents import Documents
from dokuei.hub.reports.tables import version
from dokuei.hub.reports.verifying import verify_versions
from dokuei.storage.audit import hub_trail
from tests.makers.reading import TEXT, ReadingRoom


def test_a_signed_version_never_changes_and_an_amendment_stands_beside_it(room: ReadingRoom) -> None:
    """REC-03: every edit after finalisation is a new version, the previous one stays viewable."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    first = room.signed(client, item, room.keys["reader.a"]).json()
    path = f"/api/v1/worklist/{item}/report"
    body = {**TEXT, "images_read": room.images_read(item)}
    assert client.put(path, json=body, headers={"If-Match": f'"{first["version"]}"'}).status_code == 409
    assert client.post(f"{path}/signature/begin").status_code == 409
    before = client.get(first["pdf_url"]).content

    draft = client.post(f"{path}/amendment").json()
    assert draft["status"] == "draft"
    assert draft["impression"] == TEXT["impression"]
    body["impression"] = "訂正: 良性。"
    saved = client.put(path, json=body, headers={"If-Match": f'"{draft["version"]}"'})
    assert saved.status_code == 200, saved.text
    second = room.signed(client, item, room.keys["reader.a"]).json()
    assert second["status"] == "amended"
    assert [one["number"] for one in second["signatures"]] == [1, 2]
    assert client.get(second["signatures"][0]["pdf_url"]).content == before
    room.carry_out()
    assert client.get(f"/api/v1/worklist/{item}").json()["report_status"] == "amended"
    with room.hub.database.read() as connection:
        kept = connection.execute(select(version).order_by(version.c.number)).all()
    assert json.loads(kept[1].canonical)["replaces"] == kept[0].digest
    amended = [d for d in room.reports.pending_deliveries("kita") if d.number == 2 and d.kind == "sr"]
    _, data = room.reports.read_delivery("kita", amended[0].delivery_id)
    predecessor = pydicom.dcmread(io.BytesIO(data)).PredecessorDocumentsSequence[0]
    original = next(d for d in room.reports.pending_deliveries("kita") if d.number == 1 and d.kind == "sr")
    referenced = predecessor.ReferencedSeriesSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID
    assert referenced == original.sop_instance_uid


def test_the_seal_says_not_for_primary_diagnosis_until_a_certification_is_recorded(room: ReadingRoom) -> None:
    """OPS-14: a site in evaluation signs, and its reports carry those words."""
    item, later = room.mammogram_case(), room.mammogram_case(patient_id="P2")
    client = room.reader("reader.a")
    room.written(client, item)
    shown = client.post(f"/api/v1/worklist/{item}/report/signature/begin").json()
    assert shown["document"]["not_for_primary_diagnosis"] is True
    certificate = {"number": "304ABBZX1", "holder": "読影株式会社", "actor": "system"}
    recorded = room.certifications.record(**certificate, version=dokuei.__version__)
    room.written(client, later)
    shown = client.post(f"/api/v1/worklist/{later}/report/signature/begin").json()
    assert shown["document"]["not_for_primary_diagnosis"] is False
    room.certifications.withdraw(recorded.certification_id, actor="system")
    room.certifications.record(**certificate, version="0.0.0")
    shown = client.post(f"/api/v1/worklist/{later}/report/signature/begin").json()
    assert shown["document"]["not_for_primary_diagnosis"] is True


def test_a_changed_file_is_not_served(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    report = room.signed(client, item, room.keys["reader.a"]).json()
    with room.hub.database.read() as connection:
        key = connection.execute(select(version.c.pdf_key)).scalar_one()
    path = room.blobs.path(key)
    assert path is not None
    data = bytearray(path.read_bytes())
    data[-10] ^= 1
    path.write_bytes(data)
    assert client.get(report["pdf_url"]).status_code == 422


def test_of_two_signatures_in_flight_one_stands_whole_and_nothing_is_left_of_the_other(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REC-03: what is served and delivered is what the winner sealed."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    path = f"/api/v1/worklist/{item}/report/signature"
    first, second = (client.post(f"{path}/begin").json() for _ in range(2))
    answers = [
        {"version_digest": one["version_digest"], "credential": room.keys["reader.a"].get(one["options"])}
        for one in (first, second)
    ]
    made, go_on, late = threading.Event(), threading.Event(), []
    real = Deciding.keep

    def held(deciding: Deciding, documents: Documents) -> None:
        if not made.is_set():
            made.set()
            go_on.wait(20)
        real(deciding, documents)

    monkeypatch.setattr(Deciding, "keep", held)
    # As two processes of a hub, neither of which knows what the other has in hand.
    monkeypatch.setattr(OneAtATime, "hold", lambda *_: nullcontext())
    other = room.hub.client()
    other.cookies = client.cookies
    thread = threading.Thread(target=lambda: late.append(other.post(path, json=answers[0]).status_code))
    thread.start()
    made.wait(20)
    assert client.post(path, json=answers[1]).status_code == 200
    go_on.set()
    thread.join(30)
    assert late == [200], "it is signed: that another process did it is nobody's concern"
    with room.hub.database.read() as connection:
        assert len(connection.execute(select(version)).all()) == 1
    assert client.get(f"/api/v1/worklist/{item}/report/pdf").status_code == 200
    waiting = room.reports.pending_deliveries("kita")
    assert len(waiting) == 2
    for one in waiting:
        assert hashlib.sha256(room.reports.read_delivery("kita", one.delivery_id)[1]).hexdigest() == one.sha256
    assert len(list(room.blobs.keys("reports"))) == 3


def test_a_version_altered_in_the_database_is_not_shown_and_not_amended(room: ReadingRoom) -> None:
    """REC-03 REC-16: the text of a signature is the text that was signed, or none."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    assert room.signed(client, item, room.keys["reader.a"]).status_code == 200
    alter(room, redigest=False)
    path = f"/api/v1/worklist/{item}/report"
    for answer in (client.get(path), client.post(f"{path}/amendment"), client.get(f"{path}/pdf")):
        assert answer.status_code == 422
        assert "異常なし" not in answer.text


@pytest.mark.parametrize("how", ["nothing", "text", "text and digest", "evidence", "method", "file", "gone"])
def test_the_walk_over_signed_versions_finds_what_was_changed(room: ReadingRoom, how: str) -> None:
    """REC-03 REC-16: whoever can write to the database still cannot change a signed report unseen."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    assert room.signed(client, item, room.keys["reader.a"]).status_code == 200
    changes = {
        "text": lambda: alter(room, redigest=False),
        "text and digest": lambda: alter(room, redigest=True),
        "evidence": lambda: change(room, evidence="{}"),
        "method": lambda: change(room, method="password"),
        "file": lambda: room.blobs.replace(next(key for key in room.blobs.keys("reports") if "report.pdf" in key), b""),
        "gone": lambda: gone(room),
    }
    changes.get(how, lambda: None)()
    with room.hub.database.read() as connection:
        assert hub_trail.verify(connection).broken_at is None
        verdict = verify_versions(connection, room.blobs)
    assert bool(verdict.wrong) is (how != "nothing"), verdict
    if how == "nothing":
        assert (verdict.versions, verdict.by_key, verdict.by_password) == (1, 1, 0)


def change(room: ReadingRoom, **values: object) -> None:
    with room.hub.database.begin() as connection:
        connection.execute(update(version).values(**values))


def gone(room: ReadingRoom) -> None:
    with room.hub.database.begin() as connection:
        connection.execute(delete(version))


def alter(room: ReadingRoom, *, redigest: bool) -> None:
    """What somebody with the database's password could do."""
    with room.hub.database.read() as connection:
        kept = connection.execute(select(version)).one()
    text = rfc8785.dumps({**json.loads(kept.canonical), "findings": "異常なし", "category_right": "1"})
    change(room, canonical=text, digest=hashlib.sha256(text).hexdigest() if redigest else kept.digest)
