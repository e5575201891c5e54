"""A reading request's way in a real browser: placed on one page, joined with its images, read beside them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, ViewportSize, expect

from dokuei.hub.identity.model import Grant, Role
from tests.journeys.portal.conftest import READER, SIZE, Visiting, Visitor
from tests.journeys.portal.test_looks import LARGE, Album
from tests.makers.browsed_hub import BrowsedHub
from tests.makers.requests import changed

pytestmark = pytest.mark.browser

STAFF = Grant(Role.SITE_STAFF, "kita")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
PLACE = re.compile("読影を依頼する|Place the request")


def patient(patient_id: str, name: str = "佐藤^由美子", birth_date: str = "19680412") -> dict[str, Any]:
    return {
        "patient_id": patient_id,
        "issuer_of_patient_id": "",
        "name": {"alphabetic": "", "ideographic": name, "phonetic": "サトウ^ユミコ"},
        "birth_date": birth_date,
        "sex": "F",
    }


def placed(staff: Visitor, number: str, **values: Any) -> dict[str, Any]:
    """A request that is at the hub."""
    body = {**changed(accession_number=number, placer_order_number="", **values), "site_id": "kita"}
    answer: dict[str, Any] = staff.call("POST", "/api/v1/requests", data=body)
    return answer


def arrives(hub: BrowsedHub, number: str, patient_id: str, **elements: Any) -> str:
    """The images of an examination come; the case's id."""
    return hub.mammogram_case(
        **{
            "patient_id": patient_id,
            "patient_name": "Sato^Yumiko=佐藤^由美子=サトウ^ユミコ",
            "PatientBirthDate": "19680412",
            "AccessionNumber": number,
            **elements,
        }
    )


def fill_in(page: Page, number: str, patient_id: str) -> None:
    page.get_by_label("患者ID").fill(patient_id)
    page.get_by_role("radio", name="女").check(force=True)
    page.get_by_label("氏名（漢字）").fill("佐藤　由美子")
    page.get_by_label("フリガナ").fill("さとう ゆみこ")
    page.get_by_label("生年月日").fill("S43.4.12")
    page.get_by_label("検査番号").fill(number)
    page.get_by_label("検査日").fill("令和8年11月1日")
    page.get_by_label("依頼理由", exact=True).fill("右乳房のしこり")
    page.get_by_label("読影医への質問").fill("前回と比べて大きくなっていますか。")


def place_of(page: Page, name: str) -> Any:
    return page.get_by_role("group", name=re.compile("乳房の図")).get_by_role("button", name=name, exact=True)


def test_a_request_is_placed_joined_with_its_images_and_read_beside_them(hub: BrowsedHub, visiting: Visiting) -> None:
    """JRS-08: question, history and palpation travel with the request; nothing of it lies in the browser's storage."""
    staff = visiting("uketsuke1", STAFF)
    page = staff.page
    staff.open("/requests/new")
    fill_in(page, "REQ-1", "R-0001")
    expect(page.get_by_label("フリガナ")).to_have_value("サトウ ユミコ")
    expect(page.get_by_text(re.compile(r"1968-04-12 · 昭和43年4月12日 · \d+歳"))).to_be_visible()
    place_of(page, "右 10時").click()
    page.get_by_role("radio", name="乳頭分泌").check(force=True)
    place_of(page, "左 乳輪部").click()
    page.get_by_label("右 10時 しこりの補足").fill("約15 mm")
    page.locator("input[type=file]").set_input_files(
        {"name": "紹介状.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert not [word for word in ("佐藤", "R-0001", "しこり", "19680412") if word in kept]
    page.get_by_role("button", name=PLACE).click()
    page.wait_for_url(re.compile(r"/requests/[0-9a-f]{32}$"))
    expect(page.get_by_role("heading", name="画像を待っています")).to_be_visible()
    expect(page.get_by_role("link", name="紹介状.pdf").first).to_be_visible()

    item = arrives(hub, "REQ-1", "R-0001")
    expect(page.get_by_role("heading", name="画像と照合済です")).to_be_visible(timeout=20_000)
    reader = visiting("yomite1", READER)
    reader.open(f"/cases/{item}")
    expect(reader.page.get_by_text("前回と比べて大きくなっていますか。")).to_be_visible()
    reader.call("POST", f"/api/v1/worklist/{item}/claim")
    reads_beside_images(reader, item)


def reads_beside_images(reader: Visitor, item: str) -> None:
    page = reader.page
    page.goto(f"{reader.hub.url}/read/{item}")
    panel = page.get_by_role("complementary", name="読影依頼")
    expect(panel).to_contain_text("右乳房のしこり", timeout=20_000)
    for words in ("前回と比べて大きくなっていますか。", "右 10時 しこり（約15 mm）", "左 乳輪部 乳頭分泌"):
        expect(panel).to_contain_text(words)
    expect(panel.get_by_role("img", name="右 10時 しこり（約15 mm）、左 乳輪部 乳頭分泌")).to_be_visible()
    address = panel.get_by_role("link", name="紹介状.pdf").get_attribute("href") or ""
    answer = reader.ask("GET", address)
    assert (answer.body(), answer.headers["content-type"]) == (PDF, "application/pdf")
    page.keyboard.press("Shift+KeyQ")
    expect(panel).to_have_count(0)
    page.keyboard.press("Shift+KeyQ")
    expect(panel).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("読影依頼を表示／隠す")


def test_another_patient_under_the_same_number_is_not_read_until_somebody_decides(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    """REC-10: a mismatch blocks; both identities are shown, and the reason stays."""
    staff, reader = visiting("uketsuke2", STAFF), visiting("yomite2", READER)
    request = placed(staff, "REQ-2", patient=patient("R-0002", "齋藤^由美", "19680421"))
    item = arrives(hub, "REQ-2", "R-0002")
    page = staff.page
    staff.open("/requests?state=mismatch")
    row = page.get_by_role("row", name=re.compile("齋藤"))
    expect(row).to_contain_text("氏名、生年月日", timeout=20_000)
    refused = reader.ask("POST", f"/api/v1/worklist/{item}/claim")
    assert refused.status == 409, refused.text()
    reader.open("/worklist")
    blocked = reader.page.get_by_role("row", name=re.compile("佐藤.*照合待ち"))
    blocked.click()
    preview = reader.page.get_by_role("complementary", name="選択中の検査")
    expect(preview.get_by_role("alert")).to_contain_text("読影と署名はできません")
    expect(preview.get_by_role("button", name="読影を開始")).to_have_count(0)

    row.get_by_role("link").click()
    card = page.get_by_role("region", name=re.compile("患者が一致しません"))
    for words in ("齋藤 由美", "佐藤 由美子", "1968-04-21", "1968-04-12", "R-0002"):
        expect(card).to_contain_text(words)
    expect(card.get_by_role("row", name=re.compile("氏名.*不一致"))).to_be_visible()
    expect(card.get_by_role("row", name=re.compile("患者ID.*不一致"))).to_have_count(0)
    card.get_by_role("button", name="同じ患者と確認した").click()
    expect(card).to_contain_text("理由を入力してください。")
    assert staff.call("GET", f"/api/v1/requests/{request['request_id']}")["state"] == "mismatch"
    card.get_by_label("判断の理由").fill("改姓。放射線科 山本技師に電話で確認した。")
    card.get_by_role("button", name="同じ患者と確認した").click()
    expect(page.get_by_role("heading", name="画像と照合済です")).to_be_visible()
    expect(page.get_by_text("放射線科 山本技師に電話で確認した。")).to_be_visible()
    reader.page.wait_for_timeout(500)
    reader.call("POST", f"/api/v1/worklist/{item}/claim")


def test_images_of_another_request_are_parted_from_this_one_and_a_proposal_is_accepted(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    staff = visiting("uketsuke3", STAFF)
    wrong = placed(staff, "REQ-3", patient=patient("R-0003", "髙橋^恵", "19751120"))
    item = arrives(hub, "REQ-3", "R-0033")
    page = staff.page
    staff.open(f"/requests/{wrong['request_id']}")
    card = page.get_by_role("region", name=re.compile("患者が一致しません"))
    card.get_by_label("判断の理由").fill("検査番号の打ち間違い。")
    card.get_by_role("button", name="画像との対応を外す").click()
    expect(page.get_by_role("heading", name="画像を待っています")).to_be_visible()

    right = placed(staff, "", patient=patient("R-0033"))
    staff.open(f"/requests/{right['request_id']}")
    proposed = page.get_by_role("region", name=re.compile("候補の検査が1件"))
    proposed.get_by_role("button", name="この検査と照合").click(timeout=20_000)
    expect(page.get_by_role("heading", name="画像と照合済です")).to_be_visible()
    assert staff.call("GET", f"/api/v1/worklist/{item}/request")["request_id"] == right["request_id"]


def test_what_is_begun_is_kept_over_other_pages_and_not_closed_unseen(visiting: Visiting) -> None:
    staff = visiting("uketsuke4", STAFF)
    page = staff.page
    staff.open("/requests/new")
    page.get_by_label("患者ID").fill("R-0004")
    page.get_by_role("link", name="読影依頼").first.click()
    page.get_by_role("link", name="続きを書く").click()
    expect(page.get_by_label("患者ID")).to_have_value("R-0004")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.evaluate("setTimeout(() => location.reload())")
    page.wait_for_timeout(1000)
    assert asked == ["beforeunload"]
    expect(page.get_by_label("患者ID")).to_have_value("R-0004")
    page.get_by_role("button", name="書きかけを破棄").click()
    page.wait_for_url("**/requests")
    expect(page.get_by_text("書きかけの依頼があります")).to_have_count(0)


def test_what_is_known_of_a_patient_is_taken_over_by_number(visiting: Visiting) -> None:
    staff = visiting("uketsuke10", STAFF)
    page = staff.page
    placed(staff, "REQ-10", patient=patient("R-0010", "西園寺^薫子", "19820703"))
    staff.open("/requests/new")
    page.get_by_label("患者ID").fill("Ｒ－００１０")
    page.get_by_role("button", name="患者と既往を引き継ぐ").click()
    expect(page.get_by_label("氏名（漢字）")).to_have_value("西園寺 薫子")
    expect(page.get_by_label("生年月日")).to_have_value("1982-07-03")
    expect(page.get_by_label("病理結果")).to_have_value("線維腺腫")
    expect(page.get_by_label("依頼理由", exact=True)).to_have_value("")
    expect(page.get_by_role("button", name="患者と既往を引き継ぐ")).to_have_count(0)


def test_what_is_missing_is_named_at_its_field_and_nothing_is_sent(visiting: Visiting) -> None:
    staff = visiting("uketsuke5", STAFF)
    page = staff.page
    staff.open("/requests/new")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_label("生年月日").fill("S64.1.8")
    page.get_by_role("button", name=PLACE).click()
    for words in ("患者IDを入力", "氏名を入力", "生年月日を日付として読み取れません", "依頼理由を入力"):
        expect(page.get_by_text(words)).to_have_count(2)
    page.get_by_role("button", name=re.compile("依頼理由を入力")).click()
    expect(page.get_by_label("依頼理由", exact=True)).to_be_focused()
    assert sent == []
    page.locator("input[type=file]").set_input_files({"name": "a.html", "mimeType": "text/html", "buffer": b"<p>"})
    expect(page.get_by_role("alert")).to_contain_text("a.html")


def test_the_diagram_is_marked_by_keys_alone_but_not_while_an_input_method_composes(visiting: Visiting) -> None:
    staff = visiting("uketsuke6", STAFF)
    page = staff.page
    staff.open("/requests/new")
    place_of(page, "右 12時").focus()
    page.keyboard.press("ArrowDown")
    expect(place_of(page, "右 乳輪部")).to_be_focused()
    page.keyboard.press("Space")
    expect(place_of(page, "右 乳輪部")).to_have_attribute("aria-pressed", "true")
    composing = (
        "(one) => one.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    place_of(page, "右 乳輪部").evaluate(composing)
    expect(place_of(page, "右 乳輪部")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(place_of(page, "右 乳輪部")).to_have_attribute("aria-pressed", "false")


def test_a_placed_request_is_saved_as_it_is_typed_and_never_over_another_text(visiting: Visiting) -> None:
    staff = visiting("uketsuke7", STAFF)
    page = staff.page
    request = placed(staff, "REQ-7", patient=patient("R-0007"))
    path = f"/api/v1/requests/{request['request_id']}"
    staff.open(f"/requests/{request['request_id']}")
    page.get_by_role("button", name="依頼を修正").click()
    reason = page.get_by_label("依頼理由", exact=True)
    reason.click()
    cdp = page.context.new_cdp_session(page)
    cdp.send("Input.imeSetComposition", {"text": "しゅりゅう", "selectionStart": 5, "selectionEnd": 5})
    page.wait_for_timeout(1500)
    assert staff.call("GET", path)["version"] == 1
    cdp.send("Input.insertText", {"text": "腫瘤"})
    expect(page.locator("[data-save=saved]")).to_be_visible()
    kept = staff.call("GET", path)
    assert "腫瘤" in kept["clinical"]["reason"]
    assert kept["patient"]["birth_date"] == "19680412"
    body = changed(accession_number="REQ-7", placer_order_number="", patient=patient("R-0007"))
    body["clinical"] = {**body["clinical"], "reason": "他の端末の文"}
    staff.call("PUT", path, data=body, headers={"If-Match": f'"{kept["version"]}"'})
    reason.fill("この端末の文")
    expect(page.get_by_role("alert")).to_contain_text("他の場所でこの依頼が変更されました")
    assert staff.call("GET", path)["clinical"]["reason"] == "他の端末の文"
    page.get_by_role("button", name="自分の内容を採用").click()
    page.get_by_role("button", name="修正を終える").click()
    expect(page.get_by_role("button", name="依頼を修正")).to_be_visible()
    assert staff.call("GET", path)["clinical"]["reason"] == "この端末の文"


def test_a_request_is_canceled_with_a_reason_and_who_may_not_sees_none(visiting: Visiting) -> None:
    staff = visiting("uketsuke8", STAFF)
    request = placed(staff, "REQ-8", patient=patient("R-0008"))
    page = staff.page
    staff.open(f"/requests/{request['request_id']}")
    page.get_by_role("button", name="依頼を取り消す").click()
    page.get_by_label("理由", exact=True).fill("患者が来院しなかった。")
    page.get_by_role("button", name="依頼を取り消す").click()
    expect(page.get_by_text("患者が来院しなかった。")).to_be_visible()
    expect(page.get_by_role("button", name="依頼を修正")).to_have_count(0)
    stranger = visiting("yosomono8", Grant(Role.SITE_STAFF, "minami"))
    stranger.open(f"/requests/{request['request_id']}")
    expect(stranger.page.get_by_text("見つかりません。")).to_be_visible()
    auditor = visiting("kansa8", Grant(Role.AUDITOR, None))
    auditor.open("/requests")
    expect(auditor.page.get_by_role("link", name="読影依頼")).to_have_count(0)


@pytest.fixture(params=["ja", "en"])
def language(request: pytest.FixtureRequest) -> str:
    language: str = request.param
    return language


def test_how_the_pages_of_requests_look(hub: BrowsedHub, visiting: Visiting, pictures: Path, language: str) -> None:
    """Every page and state in both languages and sizes: axe-core has nothing to complain of."""
    staff = visiting(f"look-request-{language}", STAFF, READER, language=language)
    album = Album(staff, language, pictures)
    names = {state: f"LOOK-{state}-{language}" for state in ("mismatch", "matched", "waiting")}
    requests = {
        "waiting": placed(staff, names["waiting"], patient=patient(f"W-{language}"), priority="urgent"),
        "mismatch": placed(staff, names["mismatch"], patient=patient(f"M-{language}", "齋藤^由美", "19680421")),
        "matched": placed(staff, names["matched"], patient=patient(f"D-{language}")),
    }
    items = {
        "mismatch": arrives(hub, names["mismatch"], f"M-{language}"),
        "matched": arrives(hub, names["matched"], f"D-{language}"),
    }
    size = (SIZE, LARGE)
    album.visit("requests", "/requests", sizes=size)
    album.visit("requests-empty", "/requests?state=proposed")
    album.visit("requests-nothing-found", "/requests", lambda page: page.get_by_role("searchbox").fill("zzz"))
    album.visit("request-new", "/requests/new", sizes=size)
    album.visit("request-gaps", "/requests/new", lambda page: page.get_by_role("button", name=PLACE).click())
    for state, one in requests.items():
        album.visit(f"request-{state}", f"/requests/{one['request_id']}", sizes=size)
    album.visit("request-unknown", "/requests/0123456789abcdef0123456789abcdef")
    staff.open(f"/requests/{requests['waiting']['request_id']}")
    staff.page.get_by_role("button", name=re.compile("依頼を修正|Change the request")).click()
    album.look("request-edit", sizes=(*size, ViewportSize(width=390, height=844)))
    album.visit("case-requested", f"/cases/{items['matched']}", sizes=size)
    album.visit("worklist-requested", "/worklist", sizes=size)
    beside = re.compile("^(読影依頼|Reading request)$")
    for state, item in items.items():
        room = f"/read/{item}"
        album.visit(f"room-{state}", room, lambda page: page.get_by_role("complementary", name=beside).wait_for())


def test_nothing_of_a_patient_stands_in_an_address(visiting: Visiting) -> None:
    staff = visiting("uketsuke9", STAFF)
    request = placed(staff, "REQ-9", patient=patient("R-0009"))
    staff.open("/requests")
    staff.page.get_by_role("searchbox").fill("R-0009")
    staff.page.get_by_role("link", name=re.compile("佐藤")).click()
    staff.page.get_by_role("heading", level=1).wait_for()
    assert request["request_id"] in staff.page.url
    words = ("R-0009", "19680412", "REQ-9", json.dumps("佐藤"))
    assert not [url for url in staff.asked for word in words if word in url]
