"""Sites and contracts in a real browser: recorded by the office, refused at the form, called at this hour."""

import re

import pytest
from playwright.sync_api import Page, expect

from dokuei.hub.identity.model import Grant, Role
from tests.journeys.portal.conftest import ADMINISTRATOR, READER, Visiting, Visitor
from tests.makers.browsed_hub import BrowsedHub
from tests.makers.requests import ASKED

pytestmark = pytest.mark.browser


NEW_CONTRACT = {
    "開始日": "2020-04-01",
    "モダリティ": "ＭＧ、us",
    "至急": "4",
    "料金": "1件 2,000円",
}


def register(page: Page) -> None:
    """A new hospital, of which nothing may be asked yet."""
    page.get_by_role("button", name="施設を登録").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("施設名", exact=True).fill("東海乳腺クリニック")
    dialog.get_by_label("施設ID").fill("tokai")
    dialog.get_by_role("button", name="施設を登録").click()
    expect(page.get_by_text("契約がありません")).to_be_visible()


def refused_at_the_form(staff: Visitor) -> None:
    """A mammogram where only ultrasound is agreed; what was typed stays."""
    staff.open("/requests/new")
    page = staff.page
    page.get_by_label("患者ID").fill("T-60")
    page.get_by_label("氏名（漢字）").fill("試験 花子")
    page.get_by_label("生年月日").fill("1970-01-01")
    page.locator("#gap-reason").fill("検診で要精査")
    page.get_by_role("button", name="読影を依頼する").click()
    expect(page.get_by_role("alert").last).to_contain_text("契約の範囲外のモダリティです: MG")
    expect(page.get_by_label("患者ID")).to_have_value("T-60")


def record(page: Page) -> None:
    """A contract, and another version of it."""
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="契約を登録").click()
    for label, words in NEW_CONTRACT.items():
        dialog.get_by_label(label, exact=True).fill(words)
    dialog.get_by_label("検診読影").check()
    dialog.get_by_role("button", name="記録する").click()
    card = page.locator("[data-contract=valid]")
    for words in ("2020-04-01", "MG, US", "検診読影", "至急: 4時間", "1件 2,000円"):
        expect(card).to_contain_text(words)
    card.get_by_role("button", name="契約を変更").click()
    dialog.get_by_label("モダリティ").fill("US")
    dialog.get_by_label("理由").fill("MGは院内で読影")
    dialog.get_by_role("button", name="記録する").click()
    card.get_by_text("版の履歴（2版）").click()
    expect(card.get_by_role("row", name=re.compile("MGは院内で読影"))).to_contain_text("MG, US → US")


def write_register(page: Page) -> None:
    """The hospital's entry, as it is typed in Japan."""
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="台帳を編集").click()
    dialog.get_by_label("医療機関コード").fill("０１-12345-678")
    dialog.get_by_label("送信側に必要な撮影・送信設備がある").check()
    dialog.get_by_role("button", name="責任者を追加").click()
    dialog.get_by_label("氏名").fill("報告 守")
    dialog.get_by_role("button", name="記録する").click()
    expect(page.get_by_text("0112345678")).to_be_visible()
    expect(page.locator("[data-standard=devices_adequate]")).to_contain_text("確認済み")


def name_contacts(staff: Visitor) -> None:
    """The hospital's own staff keeps them, and is reminded to try them."""
    staff.open("/hospitals/tokai")
    page, due = staff.page, staff.page.locator("[data-contacts-due=tokai]")
    expect(page.locator("[data-contract=valid]")).to_contain_text("US")
    expect(page.get_by_role("button", name="契約を変更")).to_have_count(0)
    dialog = page.get_by_role("dialog")
    for at, hours in enumerate(("平日日中", "夜間", "休日")):
        page.get_by_role("button", name="追加").nth(at).click()
        dialog.get_by_label("氏名・部署").fill(f"{hours}の当番")
        dialog.get_by_label("電話", exact=True).fill("０５２-111-2222 内線 30")
        dialog.get_by_role("button", name="記録する").click()
        expect(page.get_by_role("row", name=re.compile(f"{hours}の当番"))).to_contain_text("未試験")
    expect(due).to_contain_text("3件")
    row = page.get_by_role("row", name=re.compile("夜間の当番"))
    row.get_by_role("button", name="つながった").click()
    expect(row).to_contain_text("試験済み")
    expect(due).to_contain_text("2件")


def test_an_office_records_what_was_agreed_and_the_form_and_the_case_follow(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    """JRS-03, JRS-06, REPORT-14: register, contract with versions, refusal in words, whom to call."""
    office = visiting("office60", ADMINISTRATOR)
    office.open("/hospitals")
    register(office.page)
    staff = visiting("staff60", Grant(Role.SITE_STAFF, "tokai"))
    headers = {"X-Dokuei-Request": "1", "Content-Type": "application/json"}
    asked = {**ASKED, "site_id": "tokai"}
    refused = staff.ask("POST", "/api/v1/requests", data=asked, headers=headers)
    assert (refused.status, refused.json()["detail_ja"]) == (403, "この施設との契約が登録されていません")
    record(office.page)
    write_register(office.page)
    refused_at_the_form(staff)
    name_contacts(staff)
    office.open("/hospitals")
    compared = office.page.locator("[data-compared=tokai]")
    for words in ("US", "検診読影", "至急: 4時間", "夜間の当番", "052-111-2222"):
        expect(compared).to_contain_text(words)
    assert office.page.locator("[data-compared]").count() > 1
    staff.open("/hospitals")
    expect(staff.page.locator("[data-site=tokai]")).to_be_visible()
    expect(staff.page.locator("[data-compared]")).to_have_count(0)
    item = hub.mammogram_case(patient_id="T-61", site_id="tokai")
    reader = visiting("reader60", READER)
    reader.open(f"/cases/{item}")
    call = reader.page.locator("[data-whom-to-call]")
    expect(call).to_contain_text("の当番")
    number = call.get_by_role("link", name="052-111-2222 内線 30")
    expect(number).to_have_attribute("href", "tel:0521112222")
