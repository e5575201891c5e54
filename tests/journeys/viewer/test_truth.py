"""A viewport never shows what is not proved, and says what it shows; a broken line heals by itself."""

import hashlib
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Route, expect
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit, generate_uid

from dokuei.hub.archive.reading import Scope
from tests.journeys.viewer.conftest import FRAMES, Room, frames_in
from tests.makers.archive import MG, image
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser


def series(count: int = 4, **elements: Any) -> list[Any]:
    """A small series of noise."""
    study, one = generate_uid(), generate_uid()
    return [image(study=study, series=one, number=number, **elements) for number in range(1, count + 1)]


def mammogram(number: int = 1, *, patient_id: str = "T9", **elements: Any) -> Any:
    """Large enough to be shown as a preview while it comes."""
    cells = np.random.default_rng(number).integers(0, 4096, (1600, 1200), np.uint16)
    seen = {"ImageLaterality": "R", "ViewPosition": "CC"}
    return image(cells, sop_class=MG, modality="MG", patient_id=patient_id, number=number, **seen, **elements)


def test_one_flipped_bit_on_the_way_is_never_shown_and_is_healed_by_fetching_again(hub: BrowsedHub, room: Room) -> None:
    """IMG-01: the digest of the decoded pixels is compared with that of the source before anything is shown."""
    item = hub.case(series(patient_id="T1"))
    tampered: list[str] = []

    def tamper(route: Route) -> None:
        answer = route.fetch()
        body = bytearray(answer.body())
        for _, begin, end in frames_in(route, bytes(body)):
            if not tampered:
                tampered.append(route.request.url)
                body[(begin + end) // 2] ^= 4
        route.fulfill(response=answer, body=bytes(body))

    room.page.route(FRAMES, tamper)
    room.open(item)
    room.settle()
    assert len(tampered) == 1
    assert "原画像と一致" in room.corner("truth")


def test_a_frame_that_stays_wrong_is_marked_and_the_others_come(hub: BrowsedHub, room: Room) -> None:
    """IMG-01: unequal digests: not shown as diagnostic, refetched, red, told to the hub."""
    objects = series(patient_id="T2")
    item = hub.case(objects)
    events: list[Any] = []
    room.page.on("request", lambda one: events.append(one.post_data_json) if "viewer-events" in one.url else None)

    def tamper(route: Route) -> None:
        answer = route.fetch()
        body = bytearray(answer.body())
        for instance, _, end in frames_in(route, bytes(body)):
            if instance == objects[0].SOPInstanceUID:
                wrong.append(route.request.url)
                body[end - 30] ^= 1
        route.fulfill(response=answer, body=bytes(body))

    wrong: list[str] = []
    room.page.route(FRAMES, tamper)
    room.begin(item)
    pane = room.page.locator("[data-pane=pane-0]")
    expect(pane.locator("[role=alert]")).to_contain_text("画素が原画像と一致しません", timeout=30_000)
    assert pane.get_attribute("data-failed") == "true"
    assert pane.get_attribute("data-drawn") is None
    assert len(wrong) == 2, "once, and once more"
    expect(room.page.locator("[data-ledger]")).to_contain_text("3", timeout=20_000)
    assert {event["kind"] for event in events} == {"frame.rejected"}
    assert events[0]["expected"] != events[0]["found"]
    room.press("ArrowDown")
    room.settle("pane-0")
    room.page.unroute(FRAMES)
    room.press("ArrowUp")
    pane.get_by_role("button", name="再取得").click()
    room.settle("pane-0")


def test_a_hub_that_fails_is_asked_again_until_it_answers(hub: BrowsedHub, room: Room) -> None:
    """AVAIL-11: an answer that is not 200 or 206 is no end."""
    item = hub.case(series(patient_id="T3"))
    failures: list[int] = []

    def fail(route: Route) -> None:
        if len(failures) < 6:
            failures.append(1)
            route.fulfill(status=503, body="")
        else:
            route.continue_()

    room.page.route(FRAMES, fail)
    room.open(item)
    room.settle()
    assert len(failures) == 6


def test_a_line_that_breaks_says_so_and_goes_on_by_itself(hub: BrowsedHub, room: Room) -> None:
    item = hub.case(series(12, patient_id="T4"))
    cut = True
    room.page.route(FRAMES, lambda route: route.abort() if cut else route.continue_())
    room.begin(item)
    expect(room.page.locator("[data-pane=pane-0]")).to_contain_text("回線が中断しました", timeout=20_000)
    cut = False
    room.settle()
    expect(room.page.locator("[data-ledger]")).to_contain_text("12 画像 すべて到着", timeout=30_000)


def test_a_mammogram_shows_as_a_marked_preview_until_it_is_whole(hub: BrowsedHub, room: Room) -> None:
    """IMG-04: a preview is marked per viewport until the last byte is decoded, and cannot be measured."""
    view = mammogram()
    item = hub.case([view])
    (coded,) = hub.hub.archive.instances(Scope("kita", str(view.StudyInstanceUID)))
    cdp = room.page.context.new_cdp_session(room.page)
    room.open(hub.case(series(1, patient_id="T5")))
    line = {"offline": False, "latency": 20, "downloadThroughput": 300_000, "uploadThroughput": 300_000}
    cdp.send("Network.emulateNetworkConditions", line)
    room.begin(item)
    pane = room.page.locator("[data-pane=pane-0]")
    expect(pane).to_have_attribute("data-preview", "true", timeout=40_000)
    expect(pane.locator("[data-corner=truth]")).to_contain_text("プレビュー")
    assert pane.get_attribute("data-proved") is None
    width = room.page.evaluate("getComputedStyle(document.querySelector('[data-preview]'), '::after').borderTopWidth")
    assert width == "7px"
    room.press("KeyT")
    expect(pane.locator("[data-corner=truth]")).to_be_visible()
    expect(pane.locator("[data-corner=identity]")).to_be_hidden()
    room.press("KeyT")
    cdp.send("Network.emulateNetworkConditions", {**line, "downloadThroughput": -1, "latency": 0})
    room.settle()
    assert pane.get_attribute("data-preview") is None
    ranges = room.page.evaluate(
        "performance.getEntriesByType('resource').filter(e => e.name.includes('/frames/')).map(e => e.encodedBodySize)"
    )
    # Of an answer that is not read to its end the browser may count nothing.
    assert sum(ranges) <= coded.coded.frames[0].length, "no byte of the frame was fetched twice"


def test_a_preview_that_was_passed_by_is_whole_when_the_reader_comes_back(hub: BrowsedHub, room: Room) -> None:
    """IMG-04: what is drawn is what is said of it, also where the whole image came while nobody looked."""
    study, one = generate_uid(), generate_uid()
    item = hub.case([mammogram(number, patient_id="T12", study=study, series=one) for number in range(1, 7)])
    cdp = room.page.context.new_cdp_session(room.page)
    room.open(hub.case(series(1, patient_id="T5")))
    line = {"offline": False, "latency": 20, "downloadThroughput": 600_000, "uploadThroughput": 600_000}
    cdp.send("Network.emulateNetworkConditions", line)
    room.begin(item)
    room.page.wait_for_timeout(800)
    room.press(*["KeyF"] * 5)
    cdp.send("Network.emulateNetworkConditions", {**line, "downloadThroughput": -1, "latency": 0})
    expect(room.page.locator("[data-ledger]")).not_to_contain_text("検証", timeout=60_000)

    def pass_by(key: str) -> dict[str, NDArray[np.uint8]]:
        seen = {}
        for _ in range(6):
            room.settle("pane-0")
            seen[room.page.locator("[data-pane=pane-0]").get_attribute("data-index") or ""] = room.still()
            room.press(key)
        return seen

    back, again = pass_by("KeyD"), pass_by("KeyF")
    assert sorted(back) == sorted(again) == ["0", "1", "2", "3", "4", "5"]
    assert [index for index in back if not np.array_equal(back[index], again[index])] == []


def test_a_case_that_was_left_before_its_first_image_opens_again(hub: BrowsedHub, room: Room) -> None:
    """AVAIL-11: what was waited for when the case was left is asked for anew, without loading the page again."""
    item = hub.case(series(3, patient_id="T10"))
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    room.page.route(FRAMES, hold)
    room.begin(item)
    expect(room.page.locator("[data-pane=pane-0]")).to_be_visible()
    room.page.wait_for_timeout(500)
    assert waiting
    room.press("Shift+Escape")
    room.page.wait_for_url("**/worklist")
    room.page.unroute(FRAMES)
    room.page.go_back()
    room.settle()


def test_what_came_lossy_says_so_on_the_image(hub: BrowsedHub, room: Room) -> None:
    """IMG-03: LOSSY n:1 and the method stand on the image for good; its pedigree says all of its way."""
    cells = np.random.default_rng(1).integers(0, 255, (64, 64), np.uint8)
    lossy = image(cells, patient_id="T6", LossyImageCompression="01", LossyImageCompressionRatio="8.5")
    lossy.LossyImageCompressionMethod = "ISO_10918_1"
    lossy_frame = bytes(imagecodecs.jpeg8_encode(cells, level=60))
    lossy.PixelData = encapsulate([lossy_frame])
    lossy["PixelData"].VR = "OB"
    lossy.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    room.open(hub.case([lossy]))
    room.settle()
    truth = room.corner("truth")
    assert "非可逆 8.5:1 JPEG" in truth
    assert "受信データと一致" in truth
    room.press("Shift+KeyS")
    pedigree = room.page.get_by_role("dialog")
    for said in ("受信データと一致：はい", "非可逆圧縮 JPEG 8.5:1", "なし（受信時のまま", "このブラウザーで復号"):
        expect(pedigree).to_contain_text(said)
    digest = hashlib.sha256(lossy_frame).hexdigest()
    expect(pedigree).to_contain_text(digest)
    room.press("Escape")
    expect(pedigree).to_have_count(0)
    room.press("KeyT")
    expect(room.page.locator("[data-corner=truth]")).to_be_hidden()


def test_why_an_image_is_as_it_came_is_said_in_japanese_and_as_recorded_one_click_away(
    hub: BrowsedHub, room: Room
) -> None:
    """The reason is recorded in English once and for all; the reader is told in the page's language."""
    cells = np.random.default_rng(2).integers(-128, 127, (64, 64), np.int8)
    room.open(hub.case([image(cells.view(np.uint8), patient_id="T14", PixelRepresentation=1)]))
    room.settle()
    corner = room.page.locator("[data-corner=truth]")
    expect(corner).to_contain_text("原符号化のまま：符号付き 8 ビット画素")
    expect(corner.locator("[lang=en]")).to_have_count(0)
    corner.get_by_role("button").click()
    expect(corner.locator("[lang=en]")).to_have_text("signed 8 bit, which decoders widen")
    assert room.page.evaluate("document.activeElement === document.body")


def test_a_frame_that_the_hub_does_not_have_says_so_in_japanese(hub: BrowsedHub, room: Room) -> None:
    """What was answered is one click behind the words."""
    room.page.route(FRAMES, lambda route: route.fulfill(status=404))
    room.begin(hub.case([mammogram(patient_id="T15")]))
    alert = room.page.locator("[data-pane=pane-0]").get_by_role("alert")
    expect(alert).to_contain_text("ハブにこの画像がありません（HTTP 404）")
