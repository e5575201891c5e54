"""A reader at home whose line stalls, whose tab is killed and whose session ends: nothing typed is lost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect
from pydicom.uid import generate_uid

from tests.journeys.portal.conftest import READER, VirtualKey, Visiting, Visitor
from tests.makers.archive import image
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser

_SLICES = 6


def _slices(hub: BrowsedHub) -> str:
    study, series = generate_uid(), generate_uid()
    return hub.case(
        [image(study=study, series=series, number=number, patient_id="K-98") for number in range(1, _SLICES + 1)]
    )


@contextmanager
def _stalled(page: Page) -> Iterator[list[Route]]:
    """A line that takes everything and answers nothing: what was asked meanwhile hangs for ever."""
    hanging: list[Route] = []
    page.route("**/*", lambda route: hanging.append(route))  # noqa: PLW0108 - Playwright takes no built-in method
    yield hanging
    if not page.is_closed():
        page.unroute("**/*")


def _go_on_writing(page: Page, text: str) -> None:
    words = page.get_by_label("所見")
    words.press("Control+End")
    words.press_sequentially(text)


def _write_without_the_line(page: Page, text: str) -> None:
    began = time.monotonic()
    expect(page.locator("[data-line=gone]")).to_contain_text("この端末に保存", timeout=3000)
    assert time.monotonic() - began < 2.5
    _go_on_writing(page, text)


def _write_on(page: Page, text: str) -> None:
    """The same, whenever the page has seen that the line is gone."""
    expect(page.locator("[data-line=gone]")).to_be_visible(timeout=10_000)
    _go_on_writing(page, text)


def _place(page: Page) -> tuple[str | None, ...]:
    """How many viewports there are, and what the first shows, and how."""
    pane = page.locator("[data-pane=pane-0]")
    pane.and_(page.locator("[data-proved]")).wait_for(timeout=30_000)
    page.wait_for_timeout(300)
    window = pane.locator("[data-corner=window]").inner_text()
    return str(page.locator("[data-pane]").count()), pane.get_attribute("data-index"), window


def _in_another_tab(visitor: Visitor, path: str) -> Visitor:
    """The same browser and the same key."""
    context = visitor.page.context
    page = context.new_page()
    key = VirtualKey(context, page)
    key.take_over(visitor.key)
    page.goto(f"{visitor.hub.url}{path}")
    return Visitor(page, visitor.hub, visitor.user_name, key)


def _findings(visitor: Visitor, item: str) -> str:
    return str(visitor.call("GET", f"/api/v1/worklist/{item}/report")["findings"])


def test_a_line_that_stalls_and_a_tab_that_is_killed_lose_no_word_and_no_place(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    """AVAIL-11: reading and writing go on while the line is gone; all of it is at the hub when it is back."""
    first = visiting("reader98", READER)
    item = _slices(hub)
    first.call("POST", f"/api/v1/worklist/{item}/claim")
    room = f"/read/{item}"
    page = first.page
    page.goto(f"{hub.url}{room}")
    page.locator("[data-pane=pane-0][data-proved]").wait_for(timeout=30_000)
    for key in ("Shift+Digit2", "KeyX", "Equal", "ArrowDown", "ArrowDown", "ArrowDown", "KeyR"):
        page.keyboard.press(key)
    page.get_by_label("所見").fill("右")
    expect(page.locator("[data-save=saved]")).to_be_visible()

    with _stalled(page):
        _write_without_the_line(page, "乳房")
        expect(page.locator("[data-save=saving]")).to_be_attached()  # on its way for ever, on a line that stalls
    began = time.monotonic()
    expect(page.locator("[data-line=back][data-sent=sent]")).to_be_visible(timeout=5000)
    assert time.monotonic() - began < 2.5
    assert _findings(first, item) == "右乳房"

    # Killed while the line is gone, and the session ends meanwhile.
    place = _place(page)
    with _stalled(page) as hanging:
        _write_without_the_line(page, "に腫瘤")
        page.context.clear_cookies()
        second = _in_another_tab(first, room)
        for asked in hanging:  # they would reach the hub when the page is closed
            asked.abort()
        page.close()
    second.page.wait_for_url("**/sign-in?next=*")
    second.sign_in()
    expect(second.page.locator("[data-brought-back]")).to_be_visible(timeout=15_000)
    expect(second.page.get_by_label("所見")).to_have_value("右乳房に腫瘤")
    assert second.page.url == f"{hub.url}{room}"
    assert _place(second.page) == place
    expect(second.page.locator("[data-save=saved]")).to_be_visible(timeout=10_000)
    assert _findings(second, item) == "右乳房に腫瘤"

    third = _in_another_tab(second, room)
    _one_tab_writes(second, third, item)
    _both_texts_stand(second, third, item)


def test_a_case_that_is_left_while_the_line_is_gone_is_written_at_the_hub_all_the_same(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    """AVAIL-11, REC-04: what a page that is gone had not brought to the hub goes there without it."""
    reader = visiting("reader98b", READER)
    item = _slices(hub)
    reader.call("POST", f"/api/v1/worklist/{item}/claim")
    page = reader.page
    page.goto(f"{hub.url}/worklist")
    page.locator(f"#row-{item}").wait_for()
    page.evaluate("path => history.pushState(null, '', path)", f"/cases/{item}")  # as a link of the list does
    page.get_by_label("所見").fill("右")
    expect(page.locator("[data-save=saved]")).to_be_visible()
    with _stalled(page):
        _write_on(page, "乳房に腫瘤")
        page.locator("a[href='/worklist']").first.click()
        expect(page.get_by_label("所見")).to_have_count(0)
        with pytest.raises(AssertionError):  # not before the line is back
            expect(page.locator("[data-line=back]")).to_be_visible(timeout=1000)
    expect(page.locator("[data-line=back][data-sent=sent]")).to_be_visible(timeout=5000)
    assert _findings(reader, item) == "右乳房に腫瘤"


def test_words_of_before_wait_beside_where_their_key_came_late(hub: BrowsedHub, visiting: Visiting) -> None:
    """AVAIL-11: a line that flaps while a page loads does not make it forget what was typed on this computer."""
    first = visiting("reader98c", READER)
    item = _slices(hub)
    first.call("POST", f"/api/v1/worklist/{item}/claim")
    first.page.goto(f"{hub.url}/cases/{item}")
    first.page.get_by_label("所見").fill("右")
    expect(first.page.locator("[data-save=saved]")).to_be_visible()
    with _stalled(first.page) as hanging:
        _write_on(first.page, "乳房に腫瘤")
        page = _in_another_tab(first, "/").page
        for asked in hanging:
            asked.abort()
        first.page.close()
    keys = "**/api/v1/session/keys"
    page.route(keys, lambda route: route.abort())
    page.goto(f"{hub.url}/cases/{item}")
    _go_on_writing(page, "を疑う")
    expect(page.get_by_label("所見")).to_have_value("右を疑う")
    expect(page.locator("[data-beside]")).to_have_count(0)
    page.unroute(keys)
    beside = page.locator("[data-beside]")
    expect(beside).to_contain_text("右乳房に腫瘤", timeout=15_000)
    beside.get_by_role("button", name="現在の入力と入れ替える").click()
    expect(page.get_by_label("所見")).to_have_value("右乳房に腫瘤")
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=10_000)


def _one_tab_writes(second: Visitor, third: Visitor, item: str) -> None:
    """The other tab only reads until it is asked to write."""
    expect(third.page.locator("[data-pen=elsewhere]")).to_be_visible(timeout=15_000)
    expect(third.page.get_by_label("所見")).to_have_count(0)
    _go_on_writing(second.page, "あり")
    third.page.get_by_role("button", name="このタブで記入する").click()
    expect(third.page.get_by_label("所見")).to_have_value("右乳房に腫瘤あり", timeout=10_000)
    expect(second.page.locator("[data-pen=given]")).to_be_visible()
    _go_on_writing(third.page, "。")
    expect(third.page.locator("[data-save=saved]")).to_be_visible(timeout=10_000)
    second.page.wait_for_timeout(1500)
    assert _findings(third, item) == "右乳房に腫瘤あり。"


def _both_texts_stand(second: Visitor, third: Visitor, item: str) -> None:
    """Another device wrote while the line was gone: nothing is written over until somebody chooses."""
    page = third.page
    page.on("dialog", lambda dialog: dialog.accept())
    with _stalled(page):
        _write_without_the_line(page, "自宅")
        report = second.call("GET", f"/api/v1/worklist/{item}/report")
        version = {"If-Match": f'"{report["version"]}"'}
        second.call("PUT", f"/api/v1/worklist/{item}/report", data={"findings": "別の端末の文"}, headers=version)
    expect(page.locator("[data-line=back][data-sent=not_all]")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("alert")).to_contain_text("両方の内容を保持")
    page.reload()
    expect(page.get_by_label("所見")).to_have_value("右乳房に腫瘤あり。自宅", timeout=20_000)
    expect(page.get_by_role("alert")).to_contain_text("両方の内容を保持")
    assert _findings(second, item) == "別の端末の文"
