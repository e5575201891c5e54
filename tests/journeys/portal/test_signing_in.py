"""The doors of the portal in a real browser: one-time link, key, password and code, lock, sign-out."""

import re
import time

import pyotp
import pytest
from playwright.sync_api import Page, expect

from dokuei.hub.identity.model import Grant, Role
from tests.journeys.portal.conftest import READER, Visiting, Visitor
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser

PASSWORD = "Kumo-ga-tobu 7 hashi"
KEY = re.compile("passkey|パスキー")


def enrol_with_password(visitor: Visitor, link: str) -> pyotp.TOTP:
    page = visitor.page
    page.goto(link)
    page.get_by_role("button", name="パスワードと認証アプリを登録する").click()
    page.get_by_label("新しいパスワード", exact=True).fill(PASSWORD)
    page.get_by_label("新しいパスワード（確認）").fill(PASSWORD)
    page.get_by_role("button", name="次へ").click()
    expect(page.get_by_role("img", name="認証アプリ用のQRコード")).to_be_visible()
    secret = pyotp.TOTP((page.locator("code").text_content() or "").replace(" ", ""))
    page.get_by_label("認証コード（6桁）").fill(secret.at(int(time.time()) - 30))
    page.get_by_role("button", name="確認して完了").click()
    expect(page.get_by_role("status")).to_contain_text("登録完了")
    return secret


def sign_in_with_password(page: Page, *, user_name: str, password: str, code: str) -> None:
    page.get_by_role("button", name="パスワードと認証コードを使う").click()
    page.get_by_label("ユーザー名").fill(user_name)
    page.get_by_label("パスワード", exact=True).fill(password)
    page.get_by_label("認証コード（6桁）").fill(code)
    page.get_by_role("button", name="パスワードと認証コードでサインイン").click()


def test_a_key_enrolled_by_link_signs_in_and_the_link_is_spent(hub: BrowsedHub, visiting: Visiting) -> None:
    visitor = visiting("nobody yet")
    link = hub.link("reader1", "読影 花子", "ドクエイ ハナコ", READER)
    visitor.enrol_key(link)
    visitor.sign_in()
    expect(visitor.page.get_by_role("button", name="読影 花子")).to_be_visible()
    visitor.page.goto(link)
    expect(visitor.page.get_by_text("このリンクは使えません")).to_be_visible()


def test_a_key_without_its_holders_pin_does_not_sign_in(visiting: Visiting) -> None:
    """AUTH-05: a hardware token never signs in alone."""
    visitor = visiting("reader0", READER)
    visitor.page.context.clear_cookies()
    visitor.open("/sign-in")
    visitor.key.refuse_verification()
    visitor.page.get_by_role("button", name=KEY).click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("キーが使われませんでした", timeout=15_000)
    expect(visitor.page.get_by_role("heading", name="サインイン")).to_be_visible()


def test_password_and_code_sign_in_and_a_wrong_one_says_only_that_it_failed(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    """AUTH-09: one message whether the name, the password or the code was wrong."""
    visitor = visiting("nobody yet")
    secret = enrol_with_password(visitor, hub.link("reader2", "読影 次郎", "", READER))
    page = visitor.page
    said = []
    for user_name, password, code in (("stranger", PASSWORD, secret.now()), ("reader2", "wrong words 9", "000000")):
        page.goto(f"{hub.url}/sign-in")
        sign_in_with_password(page, user_name=user_name, password=password, code=code)
        said.append(page.get_by_role("alert").text_content())
    assert said[0] == said[1]
    page.goto(f"{hub.url}/sign-in?next=%2Fsettings")
    sign_in_with_password(page, user_name="reader2", password=PASSWORD, code=secret.now())
    expect(page.get_by_role("heading", name="サインイン中の端末")).to_be_visible()


def test_a_place_that_was_asked_for_is_kept_over_sign_in_but_no_other_host(visiting: Visiting) -> None:
    visitor = visiting("reader3", READER)
    page = visitor.page
    page.context.clear_cookies()
    visitor.page.goto(f"{visitor.hub.url}/settings")
    page.wait_for_url(re.compile(r"/sign-in\?next="), timeout=5000)
    page.get_by_role("button", name=KEY).click()
    page.wait_for_url("**/settings")
    page.context.clear_cookies()
    page.goto(f"{visitor.hub.url}/sign-in?next=//example.org/")
    page.get_by_role("button", name=KEY).click()
    page.wait_for_url("**/worklist")


@pytest.mark.usefixtures("items")
def test_a_locked_page_shows_nothing_keeps_everything_and_needs_the_key_again(visiting: Visiting) -> None:
    """AUTH-11: blanked, not merely overlaid; the hub's session has ended too."""
    visitor = visiting("reader4", READER)
    page = visitor.page
    page.get_by_role("searchbox").fill("佐藤")
    expect(page.get_by_role("gridcell", name=re.compile("佐藤"))).to_have_count(2)
    page.get_by_role("button", name="試験 reader4").click()
    page.get_by_role("button", name="画面をロック").click()
    expect(page.get_by_role("heading", name="ロック中")).to_be_visible()
    expect(page.get_by_role("grid")).to_be_hidden()
    expect(page.get_by_text("佐藤", exact=False).first).to_be_hidden()
    page.wait_for_function("fetch('/api/v1/session').then((answer) => answer.status === 401)")
    page.get_by_role("button", name=KEY).click()
    expect(page.get_by_role("grid")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("佐藤")


def test_a_copied_session_opens_nothing_in_another_browser(hub: BrowsedHub, visiting: Visiting) -> None:
    """AUTH-12: every cookie and all of the local storage, taken to another browser, are worth nothing there."""
    owner = visiting("reader9", READER)
    owner.open("/worklist")
    state = owner.page.context.storage_state()
    assert any(one["name"] == "dokuei_session" for one in state["cookies"])
    browser = owner.page.context.browser
    assert browser is not None
    thief = browser.new_context(storage_state=state, locale="ja-JP")
    page = thief.new_page()
    page.goto(f"{hub.url}/worklist")
    page.wait_for_url(re.compile("/sign-in"))
    for path in ("/api/v1/session", "/api/v1/worklist", "/api/v1/worklist/held"):
        assert page.request.get(f"{hub.url}{path}").status == 401, path
    thief.close()
    owner.page.reload()
    expect(owner.page.get_by_role("navigation", name="メインメニュー")).to_be_visible()
    other_tab = owner.page.context.new_page()
    other_tab.goto(f"{hub.url}/worklist")
    expect(other_tab.get_by_role("navigation", name="メインメニュー")).to_be_visible()


def test_a_session_ended_from_another_machine_blanks_the_page(hub: BrowsedHub, visiting: Visiting) -> None:
    here, there = visiting("reader5", READER), visiting("nobody yet")
    there.enrol_key(hub.link_for("reader5"))
    there.sign_in()
    here.open("/settings")
    here.page.get_by_role("button", name="終了する").click()
    expect(here.page.get_by_role("row")).to_have_count(2)
    expect(there.page.get_by_role("heading", name="セッションが終了しました")).to_be_visible(timeout=15_000)
    expect(there.page.get_by_role("grid")).to_be_hidden()


def test_nothing_is_asked_of_another_host(items: list[str], visiting: Visiting) -> None:
    visitor = visiting("reader6", READER)
    for path in ("/worklist", "/gateways", f"/cases/{items[0]}", "/settings"):
        visitor.open(path)
    hosts = {url.split("/")[2] for url in visitor.asked if url.startswith("http")}
    assert hosts == {visitor.hub.url.split("/")[2]}


def test_who_may_not_see_the_worklist_comes_first_to_a_page_that_may_be_seen(visiting: Visiting) -> None:
    visitor = visiting("kanri2", Grant(Role.ADMINISTRATOR, None))
    page = visitor.page
    page.wait_for_url(re.compile(r"/(gateways|people)$"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("link", name="dokuei").first.click()
    page.wait_for_url(re.compile(r"/(gateways|people)$"))
