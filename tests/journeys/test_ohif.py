"""Another maker's viewer, as it is published, reads from our DICOMweb."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.makers.archive import SmallArchive, image, served, small_archive
from tests.makers.ohif import ohif_app, ohif_folder

pytestmark = [pytest.mark.browser, pytest.mark.peer]
_SIDE = 256


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[SmallArchive]:
    with small_archive(tmp_path) as running:
        yield running


def _disc(number: int) -> np.ndarray:
    """A bright disc on a dark ground, so that a picture that was drawn can be told from one that was not."""
    y, x = np.mgrid[:_SIDE, :_SIDE] - _SIDE / 2
    return np.where(np.hypot(x, y) < _SIDE / 3, 3000 + number, 100).astype(np.uint16)


@pytest.mark.timeout(180)
def test_ohif_lists_and_draws_a_study_from_our_archive(archive: SmallArchive, page: Page) -> None:
    folder = ohif_folder()
    if folder is None:
        pytest.skip("OHIF's build is not here: setup/peers.sh fetches it")
    first = image(_disc(1), number=1)
    study, series = first.StudyInstanceUID, first.SeriesInstanceUID
    archive.stored(first, *[image(_disc(n), study=study, series=series, number=n) for n in (2, 3)])
    asked: list[tuple[str, int]] = []
    with served(ohif_app(folder, hub=archive.base, token=archive.token(), asked=asked)) as base:
        page.goto(f"{base}/")
        page.get_by_text("Yamada, Hanako").first.wait_for(timeout=60_000)
        page.goto(f"{base}/viewer?StudyInstanceUIDs={study}")
        page.locator("canvas").first.wait_for(timeout=60_000)
        page.wait_for_function(
            """() => [...document.querySelectorAll('canvas')].some((canvas) => {
                if (canvas.width < 200) return false;
                const copy = document.createElement('canvas');
                copy.width = canvas.width; copy.height = canvas.height;
                const context = copy.getContext('2d');
                context.drawImage(canvas, 0, 0);
                const at = (x, y) => context.getImageData(x * copy.width, y * copy.height, 1, 1).data[0];
                return at(0.5, 0.5) > 200 && at(0.01, 0.5) < 60;
            })""",
            timeout=90_000,
        )
    frames = [status for path, status in asked if "/frames/" in path]
    assert frames
    assert set(frames) <= {200, 206}
    assert {status for _, status in asked} <= {200, 204, 206}
