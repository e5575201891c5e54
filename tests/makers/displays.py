"""Displays for tests: a waiver where a test is about something else, a real one with a calibration where it is not."""

from datetime import timedelta
from typing import Any

import httpx

from dokuei.clock import today
from dokuei.hub.displays.model import Rules
from dokuei.hub.displays.service import DisplaysService

PANEL = {
    "name": "読影室1",
    "maker": "EIZO",
    "model": "RX570",
    "serial": "12345678",
    "columns": 2560,
    "rows": 2048,
    "pitch_mm": 0.165,
}
SCREEN = {"width": 2560, "height": 2048, "pixel_ratio": 1.0, "colour_depth": 30}


def waive(displays: DisplaysService) -> None:
    """The centre asks for no display here: the test is about something else, and its reports say so."""
    displays.ruling.put(Rules(mode="off", reason="試験"), actor="system", name="試験")


def enforce(displays: DisplaysService) -> None:
    """What holds where nobody has said anything else."""
    displays.ruling.put(Rules(), actor="system", name="")


def measured(days_ago: int = 30, **changed: Any) -> dict[str, Any]:
    """A good calibration of some days ago."""
    made = {
        "measured_on": day(-days_ago),
        "measured_by": "測定 太郎",
        "instrument": "CA-310",
        "grade": "1A",
        "deviation": 6.5,
        "luminance_max": 500.0,
        "luminance_min": 1.2,
        "ambient": 0.2,
    }
    return {**made, **changed}


def day(ahead: int) -> str:
    """A day from today, as the centre's calendar has it."""
    return (today("Asia/Tokyo") + timedelta(days=ahead)).isoformat()


def registered(manager: httpx.Client, *readings: dict[str, Any], **changed: Any) -> str:
    """A display on the register with these calibrations; its id."""
    answer = manager.post("/api/v1/displays", json={**PANEL, **changed})
    assert answer.status_code == 201, answer.text
    display_id: str = answer.json()["display_id"]
    for one in readings:
        kept = manager.post(f"/api/v1/displays/{display_id}/calibrations", json=one)
        assert kept.status_code == 201, kept.text
    return display_id


def sit(reader: httpx.Client, *display_ids: str, **changed: Any) -> dict[str, Any]:
    """These displays stand at somebody's device, and their page reads the pixels of one."""
    reader.put("/api/v1/session/screen", json={**SCREEN, **changed}).raise_for_status()
    chosen = reader.put("/api/v1/session/display", json={"display_ids": list(display_ids)})
    standing: dict[str, Any] = chosen.raise_for_status().json()["standing"]
    return standing
