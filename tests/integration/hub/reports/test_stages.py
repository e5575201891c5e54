"""Preliminary and withdrawn reports through every output: each version kept, nothing overwritten, everybody told."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pydicom
import pypdfium2
import pytest

from dokuei.clock import now
from dokuei.gateway.hl7.charset import UTF_8
from dokuei.gateway.hl7.result import CHARSETS, Envelope, result_status, result_text
from dokuei.hub.identity.model import Grant, Role
from tests.makers.fhir import entries, fhir_room, system
from tests.makers.reading import TEXT, ReadingRoom
from tests.makers.structured import MASS, structure
from tests.makers.talk import events, say

GONE = "このレポートは取り下げられました"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ReadingRoom]:
    """On SQLite alone: neighbours run the same statements on both."""
    with fhir_room(tmp_path) as made:
        yield made


def objects(room: ReadingRoom, number: int) -> dict[str, pydicom.Dataset]:
    """What goes to the hospital's PACS of one version."""
    found: dict[str, pydicom.Dataset] = {}
    for one in room.reports.pending_deliveries("kita"):
        if one.number == number:
            known, data = room.reports.read_delivery("kita", one.delivery_id)
            found[known.kind] = pydicom.dcmread(io.BytesIO(data))
    return found


def oru(document: pydicom.Dataset) -> list[list[str]]:
    """The segments that the hospital's information system gets."""
    envelope = Envelope("DOKUEI", "", "HIS", "", "1", now(), CHARSETS[UTF_8])
    return [line.split("|") for line in result_text(document, None, envelope).split("\r") if line]


def pdf_text(client: httpx.Client, item: str, number: int) -> str:
    answer = client.get(f"/api/v1/worklist/{item}/report/pdf?number={number}")
    assert answer.status_code == 200
    pages = pypdfium2.PdfDocument(answer.content)
    return "".join(page.get_textpage().get_text_range() for page in pages).replace("\r\n", "")


def rewritten(room: ReadingRoom, client: httpx.Client, item: str, **changed: Any) -> httpx.Response:
    path = f"/api/v1/worklist/{item}/report"
    tag = client.get(path).headers["etag"]
    body = {**TEXT, "images_read": room.images_read(item), **changed}
    return client.put(path, json=body, headers={"If-Match": tag})


def called(client: httpx.Client, item: str, *, read_back: bool) -> httpx.Response:
    call = {"person": "佐藤医師", "number": "内線 4123", "at": now().isoformat(), "read_back": read_back}
    return say(client, item, "速報からの変更を伝えた。", kind="call_back", call_back=call)


def test_a_preliminary_report_goes_out_labelled_and_the_final_one_replaces_it(room: ReadingRoom) -> None:
    """REPORT-12: labelled on every output, kept, replaced; REPORT-02: final only when it is final."""
    item, his = room.mammogram_case(), system(room)
    client = room.reader("reader.a")
    room.written(client, item)
    published = room.signed(client, item, room.keys["reader.a"], preliminary=True)
    assert published.status_code == 200, published.text
    assert published.json()["signatures"][0]["kind"] == "preliminary"
    room.carry_out()
    case = client.get(f"/api/v1/worklist/{item}").json()
    assert (case["report_status"], case["status"]) == ("preliminary", "in_progress"), "the reader goes on writing"
    physician = room.reader("dr.kato", Grant(Role.REFERRING_PHYSICIAN, "kita"))
    seen = physician.get(f"/api/v1/worklist/{item}/report").json()
    assert (seen["status"], seen["impression"]) == ("preliminary", TEXT["impression"])
    assert "速報（暫定報告）：確定した報告ではありません" in pdf_text(physician, item, 1)
    sr = objects(room, 1)["sr"]
    assert (sr.PreliminaryFlag, sr.CompletionFlag, sr.VerificationFlag) == ("PRELIMINARY", "PARTIAL", "VERIFIED")
    assert result_status(sr) == "P"
    assert {one[11] for one in oru(sr) if one[0] == "OBX"} == {"P"}
    (diagnostic,) = entries(his.get("/fhir/DiagnosticReport"))
    assert diagnostic["status"] == "preliminary"
    assert {one["status"] for one in entries(his.get("/fhir/Observation"))} == {"preliminary"}
    outcome = physician.post(f"/api/v1/worklist/{item}/outcome/opened", json={"number": 1}).json()
    assert outcome["state"] == "read"

    assert room.signed(client, item, room.keys["reader.a"]).json()["status"] == "final"
    room.carry_out()
    assert client.get(f"/api/v1/worklist/{item}").json()["status"] == "completed"
    assert physician.get(f"/api/v1/worklist/{item}/outcome").json()["state"] == "unread", "the final is opened anew"
    final = objects(room, 2)["sr"]
    assert (final.PreliminaryFlag, final.CompletionFlag, result_status(final)) == ("FINAL", "COMPLETE", "F")
    before = final.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence[0]
    assert before.ReferencedSOPInstanceUID == sr.SOPInstanceUID
    (diagnostic,) = entries(his.get("/fhir/DiagnosticReport"))
    assert (diagnostic["status"], diagnostic["meta"]["versionId"]) == ("final", "2")
    text = pdf_text(client, item, 2)
    assert "速報からの変更" in text
    assert "訂正版" not in text
    versions = client.get(f"/api/v1/worklist/{item}/report/versions").json()
    assert [one["status"] for one in versions] == ["preliminary", "final"], "the preliminary one stays viewable"


def test_a_final_report_that_differs_demands_a_call_that_was_read_back(room: ReadingRoom) -> None:
    """REPORT-12: a changed category triggers a receipt-confirmed notice, and the final report tells of both."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item, category_right="3", impression="右乳房の経過観察。")
    room.signed(client, item, room.keys["reader.a"], preliminary=True)
    saved = rewritten(room, client, item)
    assert {"check": "preliminary_changed", "about": "right", "answerable": True, "count": 0} in saved.json()["checks"]
    refused = client.post(f"/api/v1/worklist/{item}/report/signature/begin")
    assert refused.status_code == 400
    assert "preliminary_changed" in refused.text
    assert called(client, item, read_back=False).status_code == 200
    assert client.post(f"/api/v1/worklist/{item}/report/signature/begin").status_code == 400, "nobody confirmed it"
    assert called(client, item, read_back=True).status_code == 200
    assert room.signed(client, item, room.keys["reader.a"]).json()["status"] == "final"
    text = pdf_text(client, item, 2)
    assert "右 カテゴリー 3 → 4" in text
    assert "佐藤医師（内線 4123）" in text
    told = [str(one.get("TextValue", "")) for one in objects(room, 2)["sr"].ContentSequence]
    assert any("右 カテゴリー 3 → 4" in one for one in told)


def test_the_reader_says_whether_another_diagnosis_is_a_significant_change(room: ReadingRoom) -> None:
    """REPORT-12: another diagnosis or recommendation under the same category demands the call where it matters."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    begin = f"/api/v1/worklist/{item}/report/signature/begin"
    room.written(client, item)
    room.signed(client, item, room.keys["reader.a"], preliminary=True)
    saved = rewritten(room, client, item, impression="右乳房の線維腺腫の疑い。")
    (asked,) = saved.json()["checks"]
    assert asked["check"] == "preliminary_significant"
    for reason, refused in ((" ", True), ("perhaps", True), ("no", False), ("yes", True)):
        answer = {"check": "preliminary_significant", "about": asked["about"], "reason": reason}
        saved = rewritten(room, client, item, impression="右乳房の線維腺腫の疑い。", answers=[answer])
        answered = client.post(begin)
        assert (answered.status_code == 400) is refused, (reason, answered.text)
        if not refused:
            assert "診断または推奨（重大な変更ではない）" in answered.json()["text"]
    assert {one["check"] for one in saved.json()["checks"]} == {"preliminary_significant", "preliminary_changed"}
    assert called(client, item, read_back=True).status_code == 200
    other = rewritten(room, client, item, impression="右乳癌の疑い。", answers=[{**answer, "reason": "no"}])
    assert [one["about"] == asked["about"] for one in other.json()["checks"]] == [False], "judged of other words"
    assert client.post(begin).status_code == 400
    rewritten(room, client, item, impression="右乳房の線維腺腫の疑い。", answers=[answer])
    assert room.signed(client, item, room.keys["reader.a"]).json()["status"] == "final"
    text = pdf_text(client, item, 2)
    assert "診断または推奨（重大な変更）" in text
    assert "佐藤医師（内線 4123）" in text
    assert "はい / Yes" in text
    told = [str(one.get("TextValue", "")) for one in objects(room, 2)["sr"].ContentSequence]
    assert any("診断または推奨（重大な変更）" in one for one in told)


def test_what_is_final_or_stays_in_the_centre_is_never_preliminary(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    resident = room.reader("resident.a", Grant(Role.RESIDENT, "kita"))
    path = f"/api/v1/worklist/{item}/report"
    room.written(client, item)
    assert resident.post(f"{path}/signature/begin", json={"preliminary": True}).status_code == 403
    room.signed(client, item, room.keys["reader.a"])
    client.post(f"{path}/amendment")
    assert client.post(f"{path}/signature/begin", json={"preliminary": True}).status_code == 409


def test_a_withdrawal_is_a_signed_version_that_every_receiver_hears_of(room: ReadingRoom) -> None:
    """REPORT-02: entered-in-error with its text, related Observations too; HL7 X and W; the old stays viewable."""
    item, his = room.mammogram_case(), system(room)
    client = room.reader("reader.a")
    physician = room.reader("dr.kato", Grant(Role.REFERRING_PHYSICIAN, "kita"))
    room.written(client, item, structure=structure({**MASS, "comparison": ""}))
    assert room.signed(client, item, room.keys["reader.a"]).status_code == 200
    room.carry_out()
    observed = {one["id"] for one in entries(his.get("/fhir/Observation"))}
    physician.post(f"/api/v1/worklist/{item}/outcome/opened", json={"number": 1})
    assert client.post(f"/api/v1/worklist/{item}/report/withdrawal/begin", json={"reason": " "}).status_code == 400
    done = room.withdrawn(client, item, room.keys["reader.a"])
    assert done.status_code == 200, done.text
    assert (done.json()["status"], done.json()["findings"]) == ("withdrawn", "")
    room.carry_out()

    assert client.get(f"/api/v1/worklist/{item}").json()["report_status"] == "withdrawn"
    assert physician.get(f"/api/v1/worklist/{item}/outcome").json()["state"] == "unread", "to be opened anew"
    text = pdf_text(physician, item, 2)
    assert GONE in text
    assert "患者取り違え" in text
    assert TEXT["impression"] not in text
    assert TEXT["impression"] in pdf_text(physician, item, 1), "the old stays viewable"
    sr = objects(room, 2)["sr"]
    said = json.dumps(sr.to_json_dict(), ensure_ascii=False)
    assert GONE in said
    assert TEXT["impression"] not in said
    assert "CurrentRequestedProcedureEvidenceSequence" not in sr
    lines = oru(sr)
    assert next(one for one in lines if one[0] == "OBR")[25] == "X"
    assert {one[11] for one in lines if one[0] == "OBX"} == {"W"}
    (diagnostic,) = entries(his.get("/fhir/DiagnosticReport"))
    assert (diagnostic["status"], diagnostic["conclusion"]) == ("entered-in-error", GONE)
    withdrawn = entries(his.get("/fhir/Observation"))
    assert {one["id"] for one in withdrawn} == observed
    assert {one["status"] for one in withdrawn} == {"entered-in-error"}
    assert len(room.reports.pending_deliveries("kita")) == 4, "both versions, each object once"
    (event,) = events(room, "report.withdrawn")
    assert event[3]["version"] == 2
    assert "患者取り違え" not in json.dumps(event[3], ensure_ascii=False)


def test_after_a_withdrawal_the_right_report_can_still_be_given(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    room.signed(client, item, room.keys["reader.a"])
    room.withdrawn(client, item, room.keys["reader.a"])
    path = f"/api/v1/worklist/{item}/report"
    again = client.post(f"{path}/withdrawal/begin", json={"reason": "もう一度"})
    assert again.status_code == 409
    assert client.post(f"{path}/amendment").json()["impression"] == TEXT["impression"], "the words are not lost"
    assert rewritten(room, client, item, impression="右乳癌の疑い。").status_code == 200
    assert room.signed(client, item, room.keys["reader.a"]).json()["status"] == "amended"
    room.carry_out()
    assert client.get(f"/api/v1/worklist/{item}").json()["report_status"] == "amended"
    assert result_status(objects(room, 3)["sr"]) == "C"


def test_only_the_signer_or_a_reader_of_the_centre_withdraws(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    other, centre = room.reader("reader.b"), room.reader("chief", Grant(Role.READER, None))
    path = f"/api/v1/worklist/{item}/report/withdrawal"
    assert client.post(f"{path}/begin", json={"reason": "x"}).status_code == 409, "nothing is signed yet"
    room.signed(client, item, room.keys["reader.a"])
    assert other.post(f"{path}/begin", json={"reason": "x"}).status_code == 403
    stranger = room.reader("reader.m", Grant(Role.READER, "minami"))
    assert stranger.post(f"{path}/begin", json={"reason": "x"}).status_code == 404
    begun = client.post(f"{path}/begin", json={"reason": "誤記"}).json()
    assert centre.post(path, json={"version_digest": begun["version_digest"], "password": "x"}).status_code == 409
    done = room.withdrawn(centre, item, room.keys["chief"])
    assert done.json()["signatures"][-1]["display_name"] == "人 chief"
    late = {"version_digest": begun["version_digest"], "credential": room.keys["reader.a"].get(begun["options"])}
    assert client.post(path, json=late).status_code == 409, "one of two withdrawals stands"


def test_a_preliminary_report_is_withdrawn_and_what_is_being_written_goes_on(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    room.signed(client, item, room.keys["reader.a"], preliminary=True)
    assert room.withdrawn(client, item, room.keys["reader.a"], "別の患者の画像").status_code == 200
    kept = client.get(f"/api/v1/worklist/{item}/report").json()
    assert (kept["status"], kept["impression"]) == ("draft", TEXT["impression"])
    assert room.signed(client, item, room.keys["reader.a"]).json()["status"] == "final"
