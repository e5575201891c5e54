"""Text that nobody types: by the browser's own speech engine, and by engines that type as a keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from dokuei.hub.identity.model import Grant, Role
from tests.journeys.portal.conftest import READER, Visiting, Visitor
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser

DICTATED = (
    "右乳房 U・外側に、長径12 mmの不整形腫瘤を認める。辺縁はスピキュラを伴い、前回（2025-11-10）より増大している。\n"
    "左乳房に異常所見なし。腋窩リンパ節の腫大なし。Right breast: irregular mass, 12 x 9 mm. "
) * 12
# An engine of the browser's shape that hears on this machine: what it hears is said by the test.
ENGINE = """
window.SpeechRecognition = class {
  static available = async ({ processLocally }) => (processLocally === true ? window.heardHere : "available");
  static install = async () => { window.heardHere = "available"; return true; };
  #local = false;
  get processLocally() { return this.#local; }
  set processLocally(local) { this.#local = local; }
  start() {
    if (!this.#local) throw new Error("elsewhere");
    window.engine = this;
    this.heard = true;
    this.onaudiostart();
  }
  stop() { this.heard = false; this.onend(); }
  abort() { this.heard = false; }
  say(transcript) { this.onresult({ resultIndex: 0, results: [{ isFinal: true, length: 1, 0: { transcript } }] }); }
};
"""


def in_hand(visitor: Visitor, hub: BrowsedHub, patient_id: str) -> tuple[Page, str]:
    """A case of somebody's own, its page open."""
    item = hub.mammogram_case(patient_id=patient_id)
    visitor.call("POST", f"/api/v1/worklist/{item}/claim")
    visitor.open(f"/cases/{item}")
    visitor.page.get_by_label("所見").wait_for()
    return visitor.page, f"/api/v1/worklist/{item}/report"


def test_without_an_engine_here_nothing_is_offered_and_engines_that_type_lose_no_letter(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    visitor = visiting("kobetsu", READER)
    page, path = in_hand(visitor, hub, "D-1")
    here = page.evaluate(
        "'SpeechRecognition' in window ? SpeechRecognition.available({ langs: ['ja-JP'], processLocally: true }) : ''"
    )
    assert here != "available", "a browser with an engine and its language on this machine: nothing to see here"
    expect(page.get_by_role("button", name=re.compile("^音声入力 "))).to_have_count(0)
    visitor.open("/settings")
    expect(page.get_by_role("region", name="音声入力")).to_contain_text(
        re.compile("認識できないため|言語データを取得すると")
    )
    assert [url for url in visitor.asked if not url.startswith((hub.url, "data:", "blob:"))] == []

    page.go_back()
    findings = page.get_by_label("所見")
    findings.click()
    for line in DICTATED.splitlines(keepends=True):
        page.keyboard.type(line)
    page.get_by_label("診断").click()
    cdp = page.context.new_cdp_session(page)
    for word in ("にゅうがん", "乳癌の", "乳癌の疑い。"):
        cdp.send("Input.imeSetComposition", {"text": word, "selectionStart": len(word), "selectionEnd": len(word)})
    cdp.send("Input.insertText", {"text": "乳癌の疑い。"})
    page.keyboard.insert_text("要精検。")
    expect(findings).to_have_value(DICTATED)
    expect(page.locator("[data-save=saved]")).to_be_visible(timeout=20_000)
    kept = visitor.call("GET", path)
    assert (kept["findings"], kept["impression"], kept["spoken_by"]) == (DICTATED, "乳癌の疑い。要精検。", [])


def test_an_engine_here_writes_at_the_cursor_and_hears_nothing_once_somebody_turns_away(
    hub: BrowsedHub, visiting: Visiting
) -> None:
    """REC-04: what a speech engine wrote is flagged with its author; a clerk's awaits the physician."""
    visitor = visiting("kojutsu", Grant(Role.RESIDENT, None))
    page = visitor.page
    page.add_init_script(f"window.heardHere = 'downloadable'; {ENGINE}")
    page, path = in_hand(visitor, hub, "D-2")
    page.get_by_role("button", name="音声入力の準備").click()
    page.get_by_role("dialog").get_by_role("button", name="言語データを取得").click()
    expect(page.get_by_role("button", name=re.compile("^音声入力 "))).to_be_visible()

    def say(words: str) -> None:
        page.evaluate("words => window.engine.say(words)", words)

    findings = page.get_by_label("所見")
    findings.fill("左乳房に異常なし。")
    page.keyboard.press("Home")
    page.keyboard.press("Alt+Shift+KeyV")
    expect(page.get_by_role("button", name="音声入力を終了")).to_be_visible()
    say("右乳房に腫瘤を認めるまる")
    say("改行")
    expect(findings).to_have_value("右乳房に腫瘤を認める。\n左乳房に異常なし。")
    page.keyboard.press("Control+z")
    expect(findings).to_have_value("左乳房に異常なし。")
    page.keyboard.press("Control+y")
    expect(findings).to_have_value("右乳房に腫瘤を認める。\n左乳房に異常なし。")
    expect(page.locator("[data-spoken]")).to_contain_text("音声入力を含む下書き", timeout=20_000)

    page.get_by_label("診断").focus()
    assert page.evaluate("window.engine.heard") is False
    say("席を離れた後の言葉")
    page.get_by_role("button", name=re.compile("^音声入力 ")).click()
    assert page.evaluate("window.engine.heard") is True
    page.get_by_role("button", name=re.compile("kojutsu")).click()
    page.get_by_role("button", name="画面をロック").click()
    expect(page.get_by_role("heading", name="ロック中")).to_be_visible()
    assert page.evaluate("window.engine.heard") is False
    say("ロックした後の言葉")
    page.get_by_role("button", name=re.compile("パスキー")).click()
    expect(findings).to_be_visible(timeout=15_000)
    kept = visitor.call("GET", path)
    assert kept["findings"] == "右乳房に腫瘤を認める。\n左乳房に異常なし。"
    assert (kept["impression"], kept["spoken_by"]) == ("", ["試験 kojutsu"])
