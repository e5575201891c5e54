"""What a centre adds to the report form: own words that a signed report keeps, templates per site, snippets."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pydicom
import pypdfium2
import pytest

from dokuei.hub.identity.model import Grant, Role
from tests.makers.reading import ReadingRoom, reading_room
from tests.makers.structured import MASS, structure

ADMINISTRATOR = Grant(Role.ADMINISTRATOR, None)
WORD = {"method": "MG", "kind": "mass", "attribute": "shape", "ja": "金平糖状", "en": "burr-like"}
PHRASES = "/api/v1/report-phrases?site_id=kita"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path) as made:
        yield made


def shapes(client: httpx.Client, item: str) -> list[dict[str, str]]:
    form = client.get(f"/api/v1/worklist/{item}/report/form").json()["form"]
    mass = next(one for one in form["kinds"] if one["value"] == "mass")
    found: list[dict[str, str]] = next(one for one in mass["attributes"] if one["name"] == "shape")["values"]
    return found


def test_a_signed_report_keeps_the_own_words_that_it_was_signed_with(room: ReadingRoom) -> None:
    """REPORT-08: own words stand beside the coded ones; retiring one takes it from the form, never from a report."""
    chief, reader = room.reader("chief", ADMINISTRATOR), room.reader("reader.a")
    item = room.mammogram_case()
    added = chief.post("/api/v1/report-words", json=WORD)
    assert added.status_code == 201, added.text
    assert chief.post("/api/v1/report-words", json=WORD).status_code == 400, "it is there already"
    assert chief.post("/api/v1/report-words", json={**WORD, "attribute": "taste"}).status_code == 400
    (word,) = added.json()["words"]
    offered = shapes(reader, item)[-1]
    assert (offered["ja"], offered["en"]) == ("金平糖状", "burr-like")

    mass = {**MASS, "comparison": "", "descriptors": {"shape": offered["value"]}}
    wrong = {**mass, "descriptors": {"margin": offered["value"]}}
    assert room.written(reader, item, structure=structure(wrong)).status_code == 400, "a word of another list"
    assert room.written(reader, item, structure=structure(mass)).status_code == 200
    assert [one["retired"] for one in chief.delete(f"/api/v1/report-words/{word['word_id']}").json()["words"]] == [True]
    assert offered["value"] not in {one["value"] for one in shapes(reader, item)}
    signed = room.signed(reader, item, room.keys["reader.a"])
    assert signed.status_code == 200, signed.text
    report = signed.json()
    assert report["structure"]["own"] == {offered["value"]: {"ja": "金平糖状", "en": "burr-like"}}
    assert report["structure"]["lexicon"].endswith("+own.1")
    pages = pypdfium2.PdfDocument(reader.get(report["pdf_url"]).content)
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert "金平糖状" in "".join(text.split())
    sr = next(one for one in room.reports.pending_deliveries("kita") if one.kind == "sr")
    document = pydicom.dcmread(io.BytesIO(room.reports.read_delivery("kita", sr.delivery_id)[1]))
    assert "burr-like" in json.dumps(document.to_json_dict(), ensure_ascii=False)
    other = room.mammogram_case(patient_id="P2")
    late = room.written(reader, other, structure=structure(mass))
    assert late.status_code == 400, "a new report does not begin with a retired word"


def test_recommendations_comparisons_and_techniques_take_own_words_too(room: ReadingRoom) -> None:
    """REPORT-08: each in its own list only, and a report keeps what it was signed with."""
    chief, reader = room.reader("chief", ADMINISTRATOR), room.reader("reader.a")
    item = room.mammogram_case()
    given = {"kind": "", "method": ""}
    new = (
        {**given, "attribute": "recommendation", "ja": "当院の精検外来へ", "en": "our assessment clinic"},
        {**given, "attribute": "comparison", "ja": "他院画像と比較して不変", "en": "unchanged from images elsewhere"},
        {**given, "method": "MR", "attribute": "technique", "ja": "超高速撮像", "en": "ultrafast"},
    )
    for one in new:
        assert chief.post("/api/v1/report-words", json=one).status_code == 201, one
    for wrong in ({"attribute": "density", "method": "MG"}, {"attribute": "technique", "method": "MG"}):
        assert chief.post("/api/v1/report-words", json={**new[0], **wrong}).status_code == 400
    lists = chief.get("/api/v1/report-words").json()
    assert [one["ja"] for one in lists["lists"] if not one["kind"]] == ["乳房MRI · 撮像法", "推奨", "前回比較"]
    form = reader.get(f"/api/v1/worklist/{item}/report/form").json()
    recommended, compared = form["recommendations"][-1], form["comparisons"][-1]
    assert (recommended["ja"], compared["en"]) == ("当院の精検外来へ", "unchanged from images elsewhere")
    mass = {**MASS, "comparison": compared["value"]}
    swapped = structure({**mass, "comparison": recommended["value"]}, recommendation=compared["value"])
    assert room.written(reader, item, structure=swapped).status_code == 400
    fitting = structure(mass, recommendation=recommended["value"])
    assert room.written(reader, item, structure=fitting).status_code == 200
    for one in lists["words"]:
        chief.delete(f"/api/v1/report-words/{one['word_id']}")
    signed = room.signed(reader, item, room.keys["reader.a"])
    assert signed.status_code == 200, signed.text
    pages = pypdfium2.PdfDocument(reader.get(signed.json()["pdf_url"]).content)
    text = "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)
    assert "当院の精検外来へ" in text
    assert "他院画像と比較して不変" in text
    sr = next(one for one in room.reports.pending_deliveries("kita") if one.kind == "sr")
    document = pydicom.dcmread(io.BytesIO(room.reports.read_delivery("kita", sr.delivery_id)[1]))
    said = json.dumps(document.to_json_dict(), ensure_ascii=False)
    assert "our assessment clinic" in said
    assert "unchanged from images elsewhere" in said


def test_own_words_are_put_in_order(room: ReadingRoom) -> None:
    chief, reader = room.reader("chief", ADMINISTRATOR), room.reader("reader.a")
    item = room.mammogram_case()
    chief.post("/api/v1/report-words", json=WORD)
    words = chief.post("/api/v1/report-words", json={**WORD, "ja": "星形", "en": "stellate"}).json()["words"]
    order = {"ids": [one["word_id"] for one in reversed(words)]}
    assert [one["ja"] for one in chief.put("/api/v1/report-words/order", json=order).json()["words"]] == [
        "星形",
        "金平糖状",
    ]
    assert [one["ja"] for one in shapes(reader, item)[-2:]] == ["星形", "金平糖状"]
    assert chief.put("/api/v1/report-words/order", json={"ids": ["0"]}).status_code == 404


def test_snippets_are_ones_own_the_sites_or_the_centres(room: ReadingRoom) -> None:
    reader, other = room.reader("reader.a"), room.reader("reader.b")
    resident, centre = (
        room.reader("resident.a", Grant(Role.RESIDENT, "kita")),
        room.reader("centre.a", Grant(Role.READER, None)),
    )
    abroad = room.reader("reader.m", Grant(Role.READER, "minami"))
    mine = {"name": "乳腺症", "findings": "両側に乳腺症様変化。"}
    assert reader.post(PHRASES, json=mine).status_code == 201
    template = {"scope": "site", "kind": "template", "method": "MG", "name": "検診", "findings": "右：\n左："}
    assert resident.post(PHRASES, json=template).status_code == 403, "a site's template is for who signs there"
    assert reader.post(PHRASES, json=template).status_code == 201
    everybody = {"scope": "centre", "name": "推奨", "impression": "超音波検査をお勧めします。"}
    assert reader.post(PHRASES, json=everybody).status_code == 403
    assert centre.post(PHRASES, json=everybody).status_code == 201
    assert [one["name"] for one in reader.get(PHRASES).json()] == ["乳腺症", "検診", "推奨"]
    assert [(one["name"], one["mine"]) for one in other.get(PHRASES).json()] == [("検診", True), ("推奨", False)]
    assert [one["name"] for one in abroad.get(PHRASES.replace("kita", "minami")).json()] == ["推奨"]
    assert abroad.get(PHRASES).status_code == 404
    site = other.get(PHRASES).json()[0]["phrase_id"]
    assert resident.delete(f"/api/v1/report-phrases/{site}?site_id=kita").status_code == 403
    left = other.delete(f"/api/v1/report-phrases/{site}?site_id=kita").json()
    assert [one["name"] for one in left] == ["推奨"]
    assert reader.post(PHRASES, json={"name": "空", "findings": " "}).status_code == 400


def test_snippets_are_offered_in_the_order_that_their_owner_gave(room: ReadingRoom) -> None:
    reader = room.reader("reader.a")
    for name in ("一", "二", "三"):
        found = reader.post(PHRASES, json={"name": name, "findings": name}).json()
    ids = [one["phrase_id"] for one in reversed(found)]
    ordered = reader.put("/api/v1/report-phrases/order?site_id=kita", json={"ids": ids}).json()
    assert [one["name"] for one in ordered] == ["三", "二", "一"]
