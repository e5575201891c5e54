"""Rights in a real browser: qualification, alarms, ways in without a key, roles on request, the certification."""

import re

import pytest
from playwright.sync_api import Page, expect

import dokuei
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.identity.qualification import ReaderProfile
from tests.journeys.portal.conftest import ADMINISTRATOR, READER, Visiting, Visitor
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser

KEY = re.compile("passkey|パスキー")


def menu(page: Page, person: str, item: str) -> None:
    """Choose something in the menu of one person's row."""
    page.get_by_role("row", name=re.compile(person)).get_by_role("button").click()
    page.get_by_role("menuitem", name=item).click()


def shown_codes(visitor: Visitor) -> list[str]:
    visitor.page.locator("[data-code]").first.wait_for()
    codes = [code.strip() for code in visitor.page.locator("[data-code]").all_text_contents()]
    visitor.page.get_by_role("dialog").get_by_role("button", name="閉じる").last.click()
    return codes


def test_a_reader_without_a_licence_knows_before_writing_and_signs_once_it_is_recorded(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    """JRS-01: the reason stands beside the empty report, not behind the key."""
    reader, admin = visiting("minarai", READER), visiting("kanri20", ADMINISTRATOR)
    person = hub.hub.identity.people.by_user_name("minarai").person_id
    hub.hub.identity.qualifications.record(person, ReaderProfile(), actor="system")
    item = hub.mammogram_case(patient_id="K-20")
    refused = reader.ask("POST", f"/api/v1/worklist/{item}/claim")
    assert refused.status == 403, "told before any work is done"
    reader.open(f"/cases/{item}")
    expect(reader.page.locator("[data-lacks=no_licence]")).to_contain_text("医籍登録番号が登録されていません")
    admin.open("/people")
    menu(admin.page, "minarai", "読影資格…")
    dialog = admin.page.get_by_role("dialog")
    dialog.get_by_label("医籍登録番号").fill("５４３２１０")
    dialog.get_by_label("検診マンモグラフィ読影認定", exact=True).select_option("AS")
    dialog.get_by_label("読影認定の期限").fill("2030-03-31")
    dialog.get_by_role("button", name="専門医を追加").click()
    dialog.get_by_label("専門医の名称").fill("放射線診断専門医")
    dialog.get_by_role("button", name="登録する").click()
    expect(dialog).to_have_count(0)
    reader.call("POST", f"/api/v1/worklist/{item}/claim")
    reader.open(f"/cases/{item}")
    expect(reader.page.get_by_role("textbox").first).to_be_visible()
    expect(reader.page.locator("[data-lacks]")).to_have_count(0)
    reader.open("/settings")
    mine = reader.page.locator("section", has_text="読影資格")
    for text in ("543210", "AS", "放射線診断専門医"):
        expect(mine).to_contain_text(text)


def test_a_second_sign_in_stands_over_its_owners_page_who_ends_it_from_there(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    """AUTH-01: shown to its owner within seconds, and the other machine is out within seconds."""
    here, there = visiting("reader21", READER), visiting("nobody yet")
    there.enrol_key(hub.link_for("reader21"))
    there.sign_in()
    bar = here.page.locator("[data-own-alert=signed_in_elsewhere]")
    expect(bar).to_contain_text("別の端末でもサインインしました", timeout=15_000)
    bar.get_by_role("button", name="その端末を終了").click()
    expect(there.page.get_by_role("heading", name="セッションが終了しました")).to_be_visible(timeout=20_000)
    expect(bar).to_have_count(0)


def test_who_lost_a_key_comes_in_with_two_codes_from_two_administrators(hub: BrowsedHub, visiting: Visiting) -> None:
    """AUTH-06: asked for by one, issued by another, and the lost key is worth nothing."""
    lost = visiting("reader22", READER)
    first, second = visiting("kanri22", ADMINISTRATOR), visiting("kanri23", ADMINISTRATOR)
    first.open("/people")
    menu(first.page, "reader22", "代替サインインを発行…")
    first.page.get_by_label("理由").fill("通勤中に紛失")
    first.page.get_by_label("鍵が他人の手に渡った可能性がある").check()
    first.page.get_by_role("button", name="1つ目のコードを発行").click()
    codes = shown_codes(first)
    expect(lost.page.get_by_role("heading", name="セッションが終了しました")).to_be_visible(timeout=20_000)
    first.open("/safety")
    row = first.page.get_by_role("row", name=re.compile("通勤中に紛失"))
    expect(row).to_contain_text("2人目の発行待ち")
    expect(row.get_by_role("button", name="2つ目を発行")).to_have_count(0)
    second.open("/safety")
    second.page.get_by_role("row", name=re.compile("通勤中に紛失")).get_by_role("button", name="2つ目を発行").click()
    codes += shown_codes(second)
    page = lost.page
    page.goto(f"{hub.url}/sign-in")
    page.get_by_role("button", name="パスワードと認証コードを使う").click()
    page.get_by_role("button", name="代替コードを使う").click()
    page.get_by_label("ユーザー名").fill("reader22")
    page.get_by_label("1つ目のコード").fill(codes[0])
    page.get_by_label("2つ目のコード").fill(codes[1])
    page.get_by_role("button", name="代替コードでサインイン").click()
    page.wait_for_url("**/worklist")
    expect(page.locator("[data-own-alert]")).to_be_visible(timeout=15_000)
    second.open("/safety")
    expect(second.page.get_by_role("region", name="警告", exact=True).first).to_contain_text(
        "代替コードでサインインしました"
    )
    second.page.get_by_role("row", name=re.compile("通勤中に紛失.*有効")).get_by_role("button", name="終了する").click()
    expect(page.get_by_role("heading", name="セッションが終了しました")).to_be_visible(timeout=20_000)


def test_the_emergency_account_is_opened_used_and_shut_under_everybodys_eyes(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    """AUTH-16: opened with a reason, an alarm at once, shut again."""
    admin, anybody = visiting("kanri24", ADMINISTRATOR), visiting("nobody yet")
    admin.open("/safety")
    admin.page.get_by_role("button", name="緊急用アカウントを開く…").click()
    admin.page.get_by_label("理由と使用者").fill("災害時訓練：当直医")
    admin.page.get_by_role("dialog").get_by_role("button", name="開く", exact=True).click()
    codes = shown_codes(admin)
    page = anybody.page
    page.goto(f"{hub.url}/sign-in")
    page.get_by_role("button", name="パスワードと認証コードを使う").click()
    page.get_by_role("button", name="代替コードを使う").click()
    page.get_by_label("ユーザー名").fill("emergency")
    page.get_by_label("1つ目のコード").fill(codes[0])
    page.get_by_label("2つ目のコード").fill(codes[1])
    page.get_by_role("button", name="代替コードでサインイン").click()
    page.wait_for_url("**/worklist")
    admin.open("/safety")
    expect(admin.page.get_by_text("緊急用アカウントが使われました").first).to_be_visible()
    row = admin.page.get_by_role("row", name=re.compile("災害時訓練.*緊急用：使用可能"))
    row.get_by_role("button", name="終了する").click()
    expect(page.get_by_role("heading", name="セッションが終了しました")).to_be_visible(timeout=20_000)


def test_a_role_is_asked_for_given_and_confirmed_on_three_peoples_pages(visiting: Visiting) -> None:
    """AUTH-14: request, grant, confirmation."""
    clerk, chief = visiting("jimu25", Grant(Role.CLERK, "kita")), visiting("bucho25", READER)
    admin = visiting("kanri25", ADMINISTRATOR)
    clerk.open("/settings")
    clerk.page.get_by_role("button", name="役割を申請…").click()
    dialog = clerk.page.get_by_role("dialog")
    dialog.get_by_label("役割").select_option("technologist")
    dialog.get_by_label("対象").select_option("kita")
    dialog.get_by_label("部署", exact=True).fill("放射線科")
    dialog.get_by_label("部署の責任者（ユーザー名）").fill("bucho25")
    dialog.get_by_role("button", name="申請する").click()
    expect(clerk.page.get_by_role("region", name="役割の申請と確認").first).to_contain_text("申請中")
    admin.open("/safety")
    row = admin.page.get_by_role("row", name=re.compile("jimu25"))
    row.get_by_role("button", name="付与").click()
    expect(row).to_contain_text("付与済・確認待ち")
    chief.open("/settings")
    mine = chief.page.get_by_role("row", name=re.compile("jimu25"))
    mine.get_by_role("button", name="確認する").click()
    expect(mine).to_contain_text("確認済")
    clerk.open("/worklist")
    assert "technologist" in clerk.call("GET", "/api/v1/session")["person"]["roles"]


def test_the_notice_goes_with_a_certification_of_this_version_and_comes_back(visiting: Visiting) -> None:
    """OPS-14: on every page, before sign-in too."""
    admin = visiting("kanri26", ADMINISTRATOR)
    page = admin.page
    notice = page.get_by_role("banner").get_by_text("一次診断には使用できません")
    admin.open("/safety")
    expect(notice).to_be_visible()
    for version, stands in (("0.0.0-other", True), (dokuei.__version__, False)):
        page.get_by_label("認証番号").fill("304ABBZX00001000")
        page.get_by_label("製造販売業者").fill("株式会社 例示")
        page.get_by_label("版（バージョン）").fill(version)
        page.get_by_role("button", name="登録", exact=True).click()
        expect(page.get_by_role("row", name=re.compile(re.escape(version)))).to_be_visible()
        expect(notice).to_have_count(1 if stands else 0)
    page.get_by_role("row", name=re.compile("この版に有効")).get_by_role("button", name="取り下げる").click()
    expect(notice).to_be_visible()


def test_the_lock_keeps_the_place_in_a_long_report_and_the_words_in_it(hub: BrowsedHub, visiting: Visiting) -> None:
    """AUTH-11: re-authentication in place; case, draft and scroll position stay."""
    visitor = visiting("reader27", READER)
    item = hub.mammogram_case(patient_id="K-27")
    visitor.call("POST", f"/api/v1/worklist/{item}/claim")
    visitor.open(f"/cases/{item}")
    page = visitor.page
    page.set_viewport_size({"width": 1280, "height": 500})
    words = "\n".join(f"所見 {number}" for number in range(40))
    page.get_by_label("所見").fill(words)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=15_000)
    main = page.locator("#content")
    main.evaluate("main => main.scrollTo(0, 180)")
    assert main.evaluate("main => main.scrollTop") == 180
    page.get_by_role("button", name="試験 reader27").click()
    page.get_by_role("button", name="画面をロック").click()
    expect(page.get_by_role("heading", name="ロック中")).to_be_visible()
    expect(page.get_by_label("所見")).to_be_hidden()
    page.wait_for_function("fetch('/api/v1/session').then((answer) => answer.status === 401)")
    page.get_by_role("button", name=KEY).click()
    expect(page.get_by_role("heading", name="ロック中")).to_have_count(0, timeout=15_000)
    expect(page.get_by_label("所見")).to_have_value(words)
    page.wait_for_timeout(500)
    assert page.url.endswith(f"/cases/{item}")
    assert main.evaluate("main => main.scrollTop") == 180
