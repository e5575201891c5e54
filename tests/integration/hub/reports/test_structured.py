"""The form's fields on their way: saved, checked, signed, in the SR and on paper; over HTTP, on both databases."""

import io
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pydicom
import pypdfium2
import pytest
import rfc8785
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from sqlalchemy import select, update

from dokuei.hub.reports import store, wording
from dokuei.hub.reports.api_shapes import form_out
from dokuei.hub.reports.tables import version
from dokuei.hub.reports.verifying import verify_versions
from tests.makers.archive import MG, image
from tests.makers.reading import TEXT, ReadingRoom
from tests.makers.report_document import CASE
from tests.makers.structured import CALCIFICATION, MASS, linked, structure

US = "1.2.840.10008.5.1.4.1.1.6.1"
REPORT = "/api/v1/worklist/{}/report"


def saved(client: httpx.Client, item: str, room: ReadingRoom, number: int, **changed: Any) -> httpx.Response:
    body = {**TEXT, "images_read": room.images_read(item), **changed}
    return client.put(REPORT.format(item), json=body, headers={"If-Match": f'"{number}"'})


def named(response: httpx.Response) -> list[tuple[str, str]]:
    return [(one["check"], one["about"]) for one in response.json()["checks"]]


def two_sided(room: ReadingRoom) -> str:
    """One view of each breast, in one series."""
    study, series = generate_uid(), generate_uid()
    views = [
        image(study=study, series=series, sop_class=MG, modality="MG", number=number, ImageLaterality=side)
        for number, side in enumerate("RL", 1)
    ]
    return room.take_in(*views)


def opened(room: ReadingRoom, kind: str) -> pydicom.Dataset:
    waiting = next(one for one in room.reports.pending_deliveries("kita") if one.kind == kind)
    return pydicom.dcmread(io.BytesIO(room.reports.read_delivery("kita", waiting.delivery_id)[1]))


def test_fields_are_saved_and_come_back_as_they_were_written(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    form = client.get(f"{REPORT.format(item)}/form").json()
    assert (form["method"], form["scale"]) == ("MG", "screening")
    assert {one["value"] for one in form["form"]["kinds"]} >= {"mass", "calcification", "fad", "distortion", "other"}
    given = structure(linked(MASS, room.images_read(item)), CALCIFICATION)
    assert room.written(client, item, structure=given).status_code == 200
    report = client.get(REPORT.format(item)).json()
    assert report["structure"]["findings"][0]["descriptors"] == MASS["descriptors"]
    assert report["structure"]["lexicon"] == form["version"]
    assert report["checks"] == []


@pytest.mark.parametrize(
    ("modalities", "scale", "wanted"),
    [
        (("MG",), "birads", "birads"),
        (("MG",), "", "screening"),
        (("US",), "diagnostic", "diagnostic_us"),
        (("MR",), "screening", "birads"),
        (("MG", "US"), "diagnostic", "diagnostic"),
        (("OT",), "birads", ""),
    ],
)
def test_the_centre_chooses_how_categories_are_given_where_the_method_offers_it(
    modalities: tuple[str, ...], scale: str, wanted: str
) -> None:
    form = form_out(replace(CASE, modalities=modalities), scale=scale)
    assert (form.scale, form.form is None) == (wanted, wanted == "")


@pytest.mark.parametrize(
    ("said", "scale", "wanted"),
    [
        ({"screening": True}, "diagnostic", "screening"),
        ({"screening": True}, "birads", "screening"),
        ({"screening": True, "diagnostic": True}, "diagnostic", "screening"),
        ({"diagnostic": True}, "screening", "diagnostic"),
        ({"diagnostic": True}, "birads", "birads"),
        ({"diagnostic": True, "modalities": ("US",)}, "screening", "diagnostic_us"),
    ],
)
def test_a_case_that_says_what_it_is_for_opens_with_the_scale_of_that(
    said: dict[str, Any], scale: str, wanted: str
) -> None:
    assert form_out(replace(CASE, **said), scale=scale).scale == wanted


@pytest.mark.parametrize(
    "wrong",
    [
        structure({**MASS, "kind": "cat"}),
        structure({**MASS, "descriptors": {"shape": "cube"}}),
        structure({**MASS, "place": {"clock": "13"}}),
        structure({**MASS, "category": "4A"}),
        structure({**MASS, "size_mm": [0]}),
        structure(MASS, MASS),
        structure(facts={"density": "e"}),
        structure(scale="birads"),
        structure(method="XX"),
        structure({**MASS, "note": "良性 😀"}),
    ],
)
def test_words_of_no_list_are_refused_and_nothing_is_lost(room: ReadingRoom, wrong: dict[str, Any]) -> None:
    """REPORT-08: one scale's category under another's name is nobody's."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    kept = room.written(client, item, structure=structure(MASS)).json()
    refused = saved(client, item, room, kept["version"], structure=wrong)
    assert refused.status_code in {400, 422}, refused.text
    assert client.get(REPORT.format(item)).json()["structure"] == kept["structure"]


def test_an_image_that_is_not_the_hospitals_is_refused_when_it_is_saved(room: ReadingRoom) -> None:
    """REC-15: a wrong digest is told at once, not at the signature; one that was true when it was kept is kept."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    read = room.images_read(item)
    for wrong in ({"digest": "0" * 64}, {"frame": 2}, {"sop_instance_uid": "1.2.3"}):
        refused = saved(client, item, room, 1, images_read=[{**read[0], **wrong}])
        assert refused.status_code == 422
    assert saved(client, item, room, 1).status_code == 200


def test_a_contradiction_is_named_then_mended_or_answered_and_the_reason_is_signed(room: ReadingRoom) -> None:
    """REPORT-06, REPORT-10: sides in text, code and image are compared; a contradiction cannot be finalised."""
    item = two_sided(room)
    client = room.reader("reader.a")
    read = room.images_read(item)
    left = next(one for one in read if side_of(room, item, one) == "L")
    wrong = structure(linked({**MASS, "side": "right"}, [left]), facts={}, recommendation="routine")
    named_now = named(room.written(client, item, structure=wrong))
    assert set(named_now) == {
        ("side_image", "finding:1"),
        ("fact_missing", "density"),
        ("category_recommendation", ""),
    }
    begin = f"{REPORT.format(item)}/signature/begin"
    refused = client.post(begin)
    assert refused.status_code == 400
    assert "side_image (finding:1)" in refused.json()["detail"]

    mended = structure(linked(MASS, [left]))
    answers = [
        {"check": "side_image", "about": "finding:1", "reason": "マーカーの貼り間違いを技師に確認した。"},
        {"check": "fact_missing", "about": "density", "reason": "もう要らない答え"},
    ]
    blank = [{**answers[0], "reason": " "}]
    assert saved(client, item, room, 1, structure=mended, answers=blank).status_code == 200
    assert client.post(begin).status_code == 400
    assert saved(client, item, room, 2, structure=mended, answers=answers).status_code == 200
    begun = client.post(begin).json()
    assert begun["document"]["answers"] == answers[:1]
    for shown in (
        "マーカーの貼り間違い",
        "スピキュラを伴う",
        "spiculated",
        "12×9.5 mm",
        "高濃度",
        "増大",
        MASS["note"],
    ):
        assert str(shown) in begun["text"]
    assert room.signed(client, item, room.keys["reader.a"]).status_code == 200


def side_of(room: ReadingRoom, item: str, read: dict[str, Any]) -> str:
    with room.hub.database.read() as connection:
        case = room.reports.drafting.cases.case(connection, item, "sole", site_ids=("kita",))
    known = room.reports.signing.images.of_study(case.site_id, case.study_instance_uid)
    return next(one.laterality for one in known if one.sop_instance_uid == read["sop_instance_uid"])


def test_images_that_nobody_opened_are_named(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    one = room.images_read(item)[:1]
    assert named(room.written(client, item, images_read=one)) == [("images_unopened", "")]
    assert client.post(f"{REPORT.format(item)}/signature/begin").status_code == 400
    reason = {"check": "images_unopened", "about": "", "reason": "同じ撮影の重複"}
    assert saved(client, item, room, 1, images_read=one, answers=[reason]).status_code == 200
    assert client.post(f"{REPORT.format(item)}/signature/begin").status_code == 200


def test_linked_images_are_named_in_what_is_signed_and_shown_beside_it(room: ReadingRoom) -> None:
    """REC-02: which image of which series, breast and view, not only how many."""
    item = room.mammogram_case(ImageLaterality="R", ViewPosition="MLO", SeriesNumber=3)
    client = room.reader("reader.a")
    room.written(client, item, structure=structure(linked(MASS, room.images_read(item)), CALCIFICATION))
    begun = client.post(f"{REPORT.format(item)}/signature/begin").json()
    names = [
        (f"MG、シリーズ 3 R-MLO、画像 {n}、フレーム 1、右 MLO", f"MG, series 3 R-MLO, image {n}, frame 1, Right MLO")
        for n in (1, 2)
    ]
    assert [begun["text"].count(f"画像: {ja}  /  Image: {en}") for ja, en in names] == [1, 1]
    assert sorted((one["ja"], one["en"]) for one in begun["linked_images"]) == names
    assert [one["view_position"] for one in begun["document"]["linked_images"]] == ["MLO", "MLO"]
    instances = {one["picture_url"].split("/")[-4] for one in begun["linked_images"]}
    assert instances == {one["sop_instance_uid"] for one in room.images_read(item)}
    signed = room.signed(client, item, room.keys["reader.a"])
    answer = client.get(signed.json()["signatures"][0]["pdf_url"])
    paper = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.content))
    assert all(ja in paper.replace("\r\n", "") for ja, _ in names)


def test_the_structured_report_holds_each_finding_as_codes_with_its_images(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    read = room.images_read(item)
    room.written(client, item, structure=structure(linked(MASS, read), CALCIFICATION))
    room.signed(client, item, room.keys["reader.a"])
    document = opened(room, "sr")
    findings = [one for one in everything(document) if one.get("RelationshipType") == "CONTAINS" and is_finding(one)]
    assert [one.ConceptCodeSequence[0].CodeValue for one in findings] == ["129788004", "309587003"]
    below = {one.ConceptNameCodeSequence[0].CodeMeaning: one for one in findings[0].ContentSequence}
    assert below["Margins"].ConceptCodeSequence[0].CodeValue == "129742005"
    assert below["Laterality"].ConceptCodeSequence[0].CodeMeaning == "Right"
    assert [float(below[name].MeasuredValueSequence[0].NumericValue) for name in ("Length", "Width")] == [12, 9.5]
    linked_to = [one for one in findings[0].ContentSequence if one.ValueType == "IMAGE"]
    assert {one.ReferencedSOPSequence[0].ReferencedSOPInstanceUID for one in linked_to} == {
        one["sop_instance_uid"] for one in read
    }
    assert any(one.get("TextValue") == TEXT["impression"] for one in everything(document))


def test_a_study_of_two_methods_is_one_report_with_the_findings_of_both(room: ReadingRoom) -> None:
    """REPORT-01: on paper and in the SR each finding stands under its own method's words, categories and figures."""
    study = generate_uid()
    views = image(study=study, series=generate_uid(), sop_class=MG, modality="MG", ImageLaterality="R")
    item = room.take_in(views, image(study=study, series=generate_uid(), sop_class=US, modality="US", Laterality="R"))
    client = room.reader("reader.a")
    path = f"{REPORT.format(item)}/form"
    form, alone = client.get(path).json(), client.get(f"{path}?method=US").json()
    assert [one["value"] for one in form["offered"]] == ["MG+US", "MG", "US"]
    assert (form["method"], alone["method"], alone["scale"]) == ("MG+US", "US", "screening_us")
    kinds = {one["value"]: one for one in form["form"]["kinds"]}
    assert "0" in kinds["US.mass"]["categories"]["screening"]
    assert "0" not in kinds["MG.mass"]["categories"]["screening"]
    seen = {"number": 2, "side": "right", "kind": "US.mass", "place": {"clock": "10"}, "size_mm": [12, 9, 8]}
    seen |= {"distance_mm": 35, "descriptors": {"halo": "present"}, "category": "4"}
    room.written(client, item, structure=structure({**MASS, "kind": "MG.mass"}, seen, method="MG+US"))
    begun = client.post(f"{REPORT.format(item)}/signature/begin").json()
    assert "右 腫瘤（US）" in begun["text"]
    assert "0.75" in begun["text"]
    room.signed(client, item, room.keys["reader.a"])
    document = opened(room, "sr")
    findings = [one for one in everything(document) if one.get("RelationshipType") == "CONTAINS" and is_finding(one)]
    assert [one.ConceptCodeSequence[0].CodeValue for one in findings] == ["129788004", "4147007"]
    below = {one.ConceptNameCodeSequence[0].CodeMeaning: one for one in findings[1].ContentSequence}
    assert [float(below[name].MeasuredValueSequence[0].NumericValue) for name in ("Width", "Depth")] == [12, 9]
    assert below["Ultrasound screening (Japan): category"].ConceptCodeSequence[0].CodeValue == "screening_us-4"


def is_finding(item: Dataset) -> bool:
    return bool(item.ValueType == "CODE" and item.ConceptNameCodeSequence[0].CodeMeaning == "Finding")


def everything(root: Dataset) -> list[Dataset]:
    return [one for item in root.get("ContentSequence", []) for one in (item, *everything(item))]


@pytest.mark.peer
def test_another_makers_program_reads_the_findings_without_the_pdf(room: ReadingRoom, tmp_path: Path) -> None:
    """REC-14: the SR is read by itself."""
    program = shutil.which("dsrdump")
    if program is None:
        pytest.skip("dcmtk is not installed")
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item, structure=structure(linked(MASS, room.images_read(item)), CALCIFICATION))
    room.signed(client, item, room.keys["reader.a"])
    file = tmp_path / "sr.dcm"
    opened(room, "sr").save_as(file)
    asked = [program, "--print-all-codes", "--print-long-values", str(file)]
    read = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=60)
    for word in ("Spiculated lesion", "Segmental calcification distribution", "12", "millimeter", TEXT["impression"]):
        assert word in read.stdout
    assert "error" not in read.stderr.lower(), read.stderr


def test_the_paper_shows_diagram_findings_and_reasons(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item, structure=structure(MASS, CALCIFICATION))
    report = room.signed(client, item, room.keys["reader.a"]).json()
    pdf = pypdfium2.PdfDocument(client.get(report["pdf_url"]).content)
    text = "".join(page.get_textpage().get_text_range() for page in pdf).replace(" ", "")
    for word in ("病変", "右腫瘤", "スピキュラを伴う", "spiculated", "12×9.5mm", "区域性", "乳腺散在", "組織診"):
        assert word in text
    item = room.mammogram_case(patient_id="P9")
    room.written(
        client, item, structure=structure(), category_right="1", category_left="1", findings="", impression="異常なし"
    )
    plain = room.signed(client, item, room.keys["reader.a"]).json()
    other = pypdfium2.PdfDocument(client.get(plain["pdf_url"]).content)
    drawn = [sum(one.type in {2, 5} for one in paper[0].get_objects(max_depth=4)) for paper in (pdf, other)]
    assert drawn[0] > drawn[1] + 10


def test_a_version_of_before_the_fields_stays_what_it_was(room: ReadingRoom) -> None:
    """REC-03: readable, amendable and verifiable, byte for byte."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item)
    with pytest.MonkeyPatch.context() as patched:
        real = wording.document

        def as_before(**given: Any) -> dict[str, Any]:
            made = real(**given)
            return {**without(made, "structure", "answers"), "schema": "dokuei.report.version/1"}

        patched.setattr(wording, "document", as_before)
        room.signed(client, item, room.keys["reader.a"])
    with room.hub.database.read() as connection:
        kept = connection.execute(select(version)).one()
        assert json.loads(kept.canonical)["schema"] == "dokuei.report.version/1"
        assert verify_versions(connection, room.blobs).wrong == ()
    report = client.get(REPORT.format(item)).json()
    assert (report["findings"], report["structure"]["method"]) == (TEXT["findings"], "")
    draft = client.post(f"{REPORT.format(item)}/amendment").json()
    assert draft["findings"] == TEXT["findings"]
    assert saved(client, item, room, draft["version"], structure=structure(MASS)).status_code == 200
    assert room.signed(client, item, room.keys["reader.a"]).json()["status"] == "amended"
    with room.hub.database.read() as connection:
        assert (
            connection.execute(select(version.c.canonical).where(version.c.number == 1)).scalar_one() == kept.canonical
        )
        assert verify_versions(connection, room.blobs).wrong == ()


def without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: one for name, one in value.items() if name not in names}


def test_a_changed_field_of_a_signed_version_is_found(room: ReadingRoom) -> None:
    item = room.mammogram_case()
    client = room.reader("reader.a")
    room.written(client, item, structure=structure(MASS))
    room.signed(client, item, room.keys["reader.a"])
    with room.hub.database.begin() as connection:
        kept = store.every_version(connection)
        document = json.loads(next(iter(kept)).signed.canonical)
        document["structure"]["findings"][0]["side"] = "left"
        connection.execute(update(version).values(canonical=rfc8785.dumps(document)))
    with room.hub.database.read() as connection:
        assert {one.why for one in verify_versions(connection, room.blobs).wrong} >= {
            "the text is not the one with the signed digest"
        }
    assert client.get(REPORT.format(item)).status_code == 422


def test_category_5_waits_for_a_recorded_call_or_a_reason(room: ReadingRoom) -> None:
    """重要所見: who was called, when, and that it was read back, stands in the case's thread."""
    item = room.mammogram_case()
    client = room.reader("reader.a")
    written = room.written(client, item, category_right="5").json()
    assert {"check": "critical_uncalled", "about": "right", "answerable": True, "count": 0} in written["checks"]
    assert client.post(f"/api/v1/worklist/{item}/report/signature/begin").status_code == 400
    call = {"person": "佐藤医師", "number": "2345", "at": datetime.now(UTC).isoformat(), "read_back": True}
    body = {"message_id": uuid4().hex, "kind": "call_back", "text": "右カテゴリー5を伝えた。", "call_back": call}
    told = client.post(f"/api/v1/worklist/{item}/messages", json=body)
    assert told.status_code < 300, told.text
    signed = room.signed(client, item, room.keys["reader.a"])
    assert signed.status_code == 200, signed.text
