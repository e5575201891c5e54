"""検像 and the papers of a study, in real browsers: confirmed by name, marked, papers with the request."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from pydicom.uid import generate_uid

from dokuei.hub.archive.papers import SECONDARY_CAPTURES
from dokuei.hub.identity.model import Grant, Role
from tests.journeys.portal.conftest import READER, Visiting, Visitor
from tests.makers.archive import MG, image
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def finalised(hub: BrowsedHub) -> Iterator[None]:
    hub.hub.sites.change("kita", actor="system", images_finalised=True)
    yield
    hub.hub.sites.change("kita", actor="system", images_finalised=False)


def shot(visitor: Visitor, name: str) -> None:
    """A picture to look at, where somebody wants one."""
    folder = os.environ.get("DOKUEI_TEST_PICTURES")
    if folder:
        visitor.page.screenshot(path=Path(folder) / f"{name}.png")


def test_a_technologist_confirms_and_the_reader_sees_it_with_the_papers(hub: BrowsedHub, visiting: Visiting) -> None:
    """REC-09: unfinalised images are marked on list and case; the papers of the study stand with its request."""
    study = generate_uid()
    whose: dict[str, Any] = {
        "study": study,
        "patient_name": "Oda^Haru=小田^春=オダ^ハル",
        "patient_id": "K-41",
        "StudyDate": "20261130",
    }
    view = image(sop_class=MG, modality="MG", SeriesDescription="R-MLO", **whose)
    form = image(sop_class=SECONDARY_CAPTURES[0], modality="OT", SeriesDescription="検査依頼票", **whose)
    item = hub.case([view, form], "kita")
    staff = visiting("gishi", Grant(Role.TECHNOLOGIST, "kita"))
    page = staff.page
    staff.open("/worklist")
    row = page.get_by_role("row", name="小田")
    expect(row).to_contain_text("検像待ち")
    row.click()
    shot(staff, "finalise-list-ja")
    page.get_by_role("button", name="検像を確定…").click()
    dialog = page.get_by_role("dialog")
    save = dialog.get_by_role("button", name="確定する")
    expect(save).to_be_disabled()
    for words in ("患者が正しい", "左右が正しい", "撮影方向がそろっている", "2件で全部である"):
        dialog.get_by_label(words).check()
    dialog.get_by_label("読影医への申し送り").fill("左は術後のため撮影なし")
    shot(staff, "finalise-dialog-ja")
    save.click()
    expect(page.get_by_text("左は術後のため撮影なし")).to_be_visible()
    shot(staff, "finalised-ja")
    staff.open("/requests")
    page.get_by_role("button", name="書類の規則…").click()
    expect(page.get_by_label("語（、で区切る）").first).to_have_value("依頼、オーダ票、request form、order form")
    shot(staff, "paper-rules-ja")
    page.get_by_role("dialog").get_by_role("button", name="保存する").click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    staff.call("POST", f"/api/v1/worklist/{item}/finalisation/reopen", data={"reason": "wrong side"})
    reader = visiting("reader41", READER, language="en")
    reader.open(f"/cases?study_instance_uid={study}")
    reader.page.wait_for_url(f"**/cases/{item}")
    expect(reader.page.get_by_text("Check again")).to_be_visible()
    expect(reader.page.get_by_role("link", name="検査依頼票")).to_be_visible()
    reader.page.get_by_text("Record so far").click()
    expect(reader.page.get_by_role("listitem").filter(has_text="Confirmed by")).to_be_visible()
    shot(reader, "case-en")
