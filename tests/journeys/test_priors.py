"""Earlier studies come by themselves: a study by C-STORE, its priors out of the PACS, both before the reader.

The PACS is an Orthanc with three earlier mammograms of the patient, one of which it cannot send.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import expect
from pydicom.uid import UID

from tests.journeys.portal.conftest import READER, Visiting, pictures, visiting
from tests.journeys.test_the_whole_loop import Loop, complete
from tests.makers.archive import MG, image
from tests.makers.home import running_home
from tests.makers.hospital import InformationSystem
from tests.makers.peers import Orthanc, orthanc_program, running_orthanc

pytestmark = [pytest.mark.browser, pytest.mark.peer, pytest.mark.timeout(600)]
__all__ = ["pictures", "visiting"]  # fixtures of the portal's journeys, used here

_UNSENDABLE: Final = UID("1.2.840.10008.5.1.4.39.1")  # no image, and of no study: the gateway takes none
_WORDS: Final = {
    "ja": ("過去検査 3件のうち2件、1件は取得不可", "取得不可"),
    "en": ("2 of 3 priors, 1 refused", "refused"),
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    if orthanc_program() is None:
        pytest.skip("Orthanc is not installed (setup/system.sh test installs it)")
    folder = tmp_path_factory.mktemp("priors")
    with ExitStack() as stack:
        pacs = stack.enter_context(running_orthanc(folder / "pacs", ae_title="PACS"))
        for number, day in enumerate(("20230401", "20240401", "20250401"), 1):
            put(pacs, folder, number, day)
        places = {
            "DOKUEI_GATEWAY__PULSE_MINUTES": "0",
            "DOKUEI_GATEWAY__PACS__AE_TITLE": pacs.ae_title,
            "DOKUEI_GATEWAY__PACS__HOST": "127.0.0.1",
            "DOKUEI_GATEWAY__PACS__PORT": str(pacs.dimse_port),
        }
        home = stack.enter_context(running_home(folder / "home", places))
        pacs.knows("DOKUEI", home.endpoints()["gateway"]["port"])
        yield Loop(home, pacs, InformationSystem())


def put(pacs: Orthanc, folder: Path, number: int, day: str) -> None:
    """Both breasts of an earlier round; of the first, an object that cannot come."""
    study, series = f"2.25.88{number}", f"2.25.88{number}.1"
    for at, side in enumerate(("R", "L"), 1):
        about: dict[str, Any] = {"ImageLaterality": side, "ViewPosition": "MLO", "StudyDescription": "マンモグラフィ"}
        one = image(study=study, series=series, sop_class=MG, modality="MG", number=at, patient_id="P1", **about)
        one.StudyDate = day
        if number == 1:
            one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = _UNSENDABLE
        file = folder / f"{number}-{at}.dcm"
        one.save_as(file, enforce_file_format=True)
        pacs.put(file)


def test_priors_are_there_before_anybody_asks(hub: Loop, visiting: Visiting, pictures: Path) -> None:
    """IMG-12: found, fetched and shown; what cannot come is said to be, in the list and beside the images."""
    reader = visiting("reader-ja", READER, language="ja")
    study = hub.send("1")
    item = complete(hub, reader, study)

    def case() -> dict[str, Any]:
        found: dict[str, Any] = reader.call("GET", f"/api/v1/worklist/{item}")
        return found

    def settled() -> bool:
        now = case()
        awaited = (now["prior_ledger"] or {"awaited": []})["awaited"]
        return len(now["priors"]) == 2 and [one["state"] for one in awaited] == ["refused"]

    hub.home.wait_until(settled, seconds=90, what="two priors here and one refused")
    assert [one["study_date"] for one in case()["priors"]] == ["20250401", "20240401"]
    listed = reader.call("GET", "/api/v1/worklist")["items"]
    assert [one["worklist_item_id"] for one in listed] == [item], "what came to be compared with is nobody's to read"

    for language in ("ja", "en"):
        sentence, refused = _WORDS[language]
        page = reader.page
        page.evaluate("language => localStorage.setItem('dokuei.language', language)", language)
        reader.open("/worklist")
        page.get_by_role("row").filter(has_text=re.compile("山田|Yamada")).first.click()
        expect(page.locator("[data-prior-ledger]")).to_contain_text(sentence)
        page.locator("[data-prior-ledger]").scroll_into_view_if_needed()
        page.screenshot(path=pictures / f"priors-worklist-{language}.png")
        reader.call("POST", f"/api/v1/worklist/{item}/claim")
        page.goto(f"{hub.url}/read/{item}")
        page.locator("[data-reading-room]").wait_for(timeout=60_000)
        expect(page.locator("[data-prior-awaited=refused]")).to_contain_text(refused)
        expect(page.locator("nav [data-prior-ledger]")).to_contain_text(sentence)
        expect(page.locator("nav section h2[data-prior]")).to_have_count(3)
        page.locator("nav [data-prior-ledger]").scroll_into_view_if_needed()
        page.screenshot(path=pictures / f"priors-room-{language}.png")
