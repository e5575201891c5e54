"""Words entered for somebody else never leave as final, and who stands for another's reading is said."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pydicom
import pypdfium2
import pytest
from sqlalchemy import select

from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.reports import service
from dokuei.hub.reports.examining import Trusted, examine
from dokuei.hub.reports.tables import version
from dokuei.storage.audit import hub_entries
from tests.makers.fhir import entries, fhir_room, system
from tests.makers.reading import TEXT, ReadingRoom
from tests.makers.talk import events

RESIDENT = Grant(Role.RESIDENT, "kita")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ReadingRoom]:
    with fhir_room(tmp_path) as made:
        yield made


def to_reader_b(client: httpx.Client, item: str) -> dict[str, str]:
    people: list[dict[str, str]] = client.get(f"/api/v1/worklist/{item}/readers").json()
    return next(one for one in people if "reader.b" in one["display_name"])


def awaiting(client: httpx.Client, item: str) -> bool:
    answer: bool = client.get(f"/api/v1/worklist/{item}").json()["awaiting_approval"]
    return answer


def test_what_a_resident_enters_awaits_approval_and_leaves_by_no_output(room: ReadingRoom) -> None:
    """REC-04: flagged with its author until a physician signs; no PDF, SR, ORU or FHIR of it before."""
    item, his = room.mammogram_case(), system(room)
    resident, reader = room.reader("resident.a", RESIDENT), room.reader("reader.a")
    physician = room.reader("dr.kato", Grant(Role.REFERRING_PHYSICIAN, "kita"))
    room.written(resident, item)
    room.carry_out()
    assert awaiting(reader, item)
    listed = reader.get("/api/v1/worklist").json()
    assert [one["worklist_item_id"] for one in listed["items"] if one["awaiting_approval"]] == [item]
    path = f"/api/v1/worklist/{item}/report"
    for wanted in ({}, {"preliminary": True}):
        assert resident.post(f"{path}/signature/begin", json=wanted).status_code == 403
    assert room.reports.pending_deliveries("kita") == (), "nothing for PACS and, since it is made of the SR, for HIS"
    assert entries(his.get("/fhir/DiagnosticReport")) == entries(his.get("/fhir/Observation")) == []
    assert physician.get(f"{path}/pdf").status_code == 404
    assert physician.get(path).json()["impression"] == ""

    resident.post(f"/api/v1/worklist/{item}/release")
    assert awaiting(reader, item), "given back is not approved"
    reader.post(f"/api/v1/worklist/{item}/claim")
    signed = room.signed(reader, item, room.keys["reader.a"]).json()
    room.carry_out()
    assert not awaiting(reader, item)
    assert signed["status"] == "final"
    (diagnostic,) = entries(his.get("/fhir/DiagnosticReport"))
    assert diagnostic["status"] == "final"
    assert {"display": "人 resident.a"} in diagnostic["resultsInterpreter"]


def test_nothing_becomes_final_by_itself(room: ReadingRoom) -> None:
    """REC-05: automatic finalisation does not exist: only what a person has proved becomes a version."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    room.carry_out()
    room.reports.restamping.step()
    with room.hub.database.read() as connection:
        assert connection.execute(select(version)).all() == []
    folder = Path(service.__file__).parents[1]
    written = {str(one.relative_to(folder)): one.read_text() for one in folder.rglob("*.py")}
    assert {name for name, text in written.items() if "add_version(" in text} == {
        "reports/store.py",
        "reports/deciding.py",
        "reports/store_restoring.py",  # versions that somebody has proved, out of a backup
    }
    for name in {name for name, text in written.items() if "write_version(" in text} - {"reports/deciding.py"}:
        assert ".proved(" in written[name], f"{name}: a version that nobody has proved"


@pytest.mark.parametrize("by_force", [False, True])
def test_who_finalises_for_another_is_said_with_the_reason(room: ReadingRoom, *, by_force: bool) -> None:
    """REC-06: an explicit delegated responsibility, with both people and the reason, in record and report."""
    item = room.mammogram_case()
    first, second = room.reader("reader.a"), room.reader("reader.b")
    room.written(first, item)
    chosen = to_reader_b(first, item)
    if by_force:
        chief = room.reader("chief", Grant(Role.ADMINISTRATOR, None))
        reason = {"role": "sole", "reason": "急病のため"}
        assert chief.post(f"/api/v1/worklist/{item}/take-away", json=reason).status_code == 204
        assert second.post(f"/api/v1/worklist/{item}/claim").status_code == 200
    else:
        offer = {"to_person_id": chosen["person_id"], "delegates": True}
        assert first.post(f"/api/v1/worklist/{item}/hand-over", json=offer).status_code == 400, "a reason is missing"
        offered = first.post(f"/api/v1/worklist/{item}/hand-over", json={**offer, "note": "急病のため"})
        assert offered.json()["offer"]["delegates"] is True
        assert second.post(f"/api/v1/worklist/{item}/hand-over/accept").status_code == 200
        assert events(room, "case.delegated")[0][3]["to"] == chosen["person_id"]
    begun = second.post(f"/api/v1/worklist/{item}/report/signature/begin").json()
    assert "人 reader.a に代わって確定" in begun["text"]
    (told,) = begun["document"]["delegations"]
    assert (told["from"]["display_name"], told["reason"]) == ("人 reader.a", "急病のため")
    assert told["ordered_by"]["display_name"] == ("人 chief" if by_force else "人 reader.a")
    signed = room.signed(second, item, room.keys["reader.b"]).json()
    assert any(one["label_ja"] == "代理確定" for one in signed["circumstances"])
    pages = pypdfium2.PdfDocument(second.get(signed["pdf_url"]).content)
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert "代理確定" in text
    assert "急病のため" in text


def test_a_plain_hand_over_delegates_nothing(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    first, second = room.reader("reader.a"), room.reader("reader.b")
    room.written(first, item)
    to = to_reader_b(first, item)
    first.post(f"/api/v1/worklist/{item}/hand-over", json={"to_person_id": to["person_id"], "note": "交代"})
    second.post(f"/api/v1/worklist/{item}/hand-over/accept")
    begun = second.post(f"/api/v1/worklist/{item}/report/signature/begin").json()
    assert begun["document"]["delegations"] == []


def test_who_when_where_which_and_what_stand_in_the_trail_for_enterer_and_finaliser(room: ReadingRoom) -> None:
    """REC-08: both acts with actor, time, site, study, report and version, and no word of the patient."""
    item = room.mammogram_case()
    resident, reader = room.reader("resident.a", RESIDENT), room.reader("reader.a")
    room.written(resident, item)
    resident.post(f"/api/v1/worklist/{item}/release")
    reader.post(f"/api/v1/worklist/{item}/claim")
    report_id = room.signed(reader, item, room.keys["reader.a"]).json()["report_id"]
    with room.hub.database.read() as connection:
        rows = connection.execute(select(hub_entries).where(hub_entries.c.event.like("report.%"))).all()
    acts = {row.event: row for row in rows}
    entered, finalised = acts["report.saved"], acts["report.signed"]
    assert entered.actor != finalised.actor
    assert entered.at <= finalised.at
    for row in (entered, finalised):
        details = json.loads(row.details)
        assert (row.site_id, details["report_id"], details["version"]) == ("kita", report_id, 1)
        assert row.subject
        assert not any(word in row.details for word in ("山田", "P1", TEXT["impression"]))


def test_one_report_is_verified_without_any_other_patients_file(room: ReadingRoom) -> None:
    """REC-19: each sealed PDF and each SR stands alone: its own file and the seal's certificate are enough."""
    reader = room.reader("reader.a")
    files = []
    for number in ("P1", "P2"):
        item = room.mammogram_case(patient_id=number)
        room.written(reader, item)
        files.append(reader.get(room.signed(reader, item, room.keys["reader.a"]).json()["pdf_url"]).content)
    files += [room.reports.read_delivery("kita", one.delivery_id)[1] for one in room.reports.pending_deliveries("kita")]
    trusted = Trusted(signers=(room.seal.files.certificate,))
    for data in files:
        assert examine(data, trusted=trusted).stands
    srs = [pydicom.dcmread(io.BytesIO(data)) for data in files[2:]]
    assert {one.PatientID for one in srs} == {"P1", "P2"}
    assert not examine(files[0].replace(b"/Type", b"/Tipe", 1), trusted=trusted).stands


def test_a_text_by_speech_says_so_from_the_draft_to_the_paper(room: ReadingRoom) -> None:
    """REC-04: a speech engine enters for somebody; it is flagged with its author, and stays so in what is signed."""
    item = room.mammogram_case()
    reader, resident = room.reader("reader.a"), room.reader("resident.a", RESIDENT)
    path = f"/api/v1/worklist/{item}/report"
    typed = room.written(resident, item).json()
    assert typed["spoken_by"] == []
    body = {**TEXT, "images_read": room.images_read(item), "findings": "口述した所見。", "spoken": True}
    assert resident.put(path, json=body, headers={"If-Match": '"1"'}).json()["spoken_by"] == ["人 resident.a"]
    del body["spoken"]
    again = resident.put(path, json=body, headers={"If-Match": '"2"'}).json()
    assert again["spoken_by"] == ["人 resident.a"], "typing on does not make it typed"
    resident.post(f"/api/v1/worklist/{item}/release")
    reader.post(f"/api/v1/worklist/{item}/claim")
    reader.put(path, json=body, headers={"If-Match": '"3"'})
    room.signed(reader, item, room.keys["reader.a"]).raise_for_status()
    with room.hub.database.read() as connection:
        document = json.loads(connection.execute(select(version.c.canonical)).scalar_one())
    assert [(one["display_name"], one.get("by", "")) for one in document["entered_by"]] == [
        ("人 resident.a", "speech"),
        ("人 reader.a", ""),
    ]
    assert reader.get(path).json()["spoken_by"] == []
    paper = pypdfium2.PdfDocument(reader.get(f"{path}/pdf").content)
    text = "".join(page.get_textpage().get_text_range() for page in paper)
    assert "人 resident.a（音声入力 / by speech）、人 reader.a" in text.replace("\r\n", "")
