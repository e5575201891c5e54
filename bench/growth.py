"""Resident memory over a 60-frame tomosynthesis and ten studies that are sent, proved and read frame by frame.

python bench/run.py growth
"""

import tempfile
from pathlib import Path
from typing import Any

import httpx

from bench.modality import send, wait_until_proved
from bench.resident import Watch, resident_mb
from bench.web_data import DBT_STUDY, Sizes, make
from tests.makers.home import Home, running_home
from tests.makers.images import Series, write_series

_STORED = {"Accept": "application/octet-stream; transfer-syntax=*"}
_SIDE = 512


def run(*, quick: bool = False) -> dict[str, Any]:
    """One object of many frames, then study after study; what both programs hold after each."""
    studies, images = (3, 40) if quick else (10, 250)
    with tempfile.TemporaryDirectory(prefix="dokuei-bench-") as name, running_home(Path(name) / "home") as home:
        folder = Path(name)
        (dbt,) = make(folder / "dbt", Sizes(series=0, small_studies=0, dbt_frames=8 if quick else 60))
        watch = Watch(home)
        with home.client() as client:
            send(home, [dbt])
            wait_until_proved(client, DBT_STUDY, 1)
            _read(client, DBT_STUDY)
            tomosynthesis = {"source_bytes": dbt.stat().st_size, "peak_mb": watch.stop()}
            watch = Watch(home)
            after = [_one_study(home, client, folder, Series(study=n, side=_SIDE), images) for n in range(studies)]
        return {
            "what": f"60 frames in one object, then {studies} studies of {images} MR images: sent, proved, read",
            "command": "python bench/run.py growth",
            "tomosynthesis": tomosynthesis,
            "after_each_study_mb": after,
            "peak_mb": watch.stop(),
            "growth_from_the_third_study_mb": {
                program: after[-1][program] - after[min(2, studies - 1)][program] for program in after[-1]
            },
        }


def _one_study(home: Home, client: httpx.Client, folder: Path, series: Series, images: int) -> dict[str, int]:
    files = write_series(folder / f"study-{series.study}", series, images)
    send(home, files)
    wait_until_proved(client, series.study_instance_uid, images)
    _read(client, series.study_instance_uid)
    for file in files:
        file.unlink()
    return resident_mb(home)


def _read(client: httpx.Client, study_instance_uid: str) -> None:
    """Every frame as stored, and the metadata, as a viewer fetches them."""
    found = client.get(f"/dicom-web/studies/{study_instance_uid}/metadata").raise_for_status().json()
    for one in found:
        series, instance = one["0020000E"]["Value"][0], one["00080018"]["Value"][0]
        for frame in range(1, int(one.get("00280008", {"Value": [1]})["Value"][0]) + 1):
            where = f"/dicom-web/studies/{study_instance_uid}/series/{series}/instances/{instance}/frames/{frame}"
            client.get(where, headers=_STORED).raise_for_status()
