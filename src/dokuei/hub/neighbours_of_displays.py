"""What reports ask of the register of displays, and what displays ask of cases."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from dokuei.errors import NotFoundError
from dokuei.hub.displays.model import Standing
from dokuei.hub.displays.service import DisplaysService
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.reports.circumstances import DisplayUsed
from dokuei.hub.reports.neighbours import Images
from dokuei.hub.worklist.service import WorklistService


@dataclass(frozen=True)
class ReportDisplays:
    """Reports ask what somebody sits at."""

    displays: DisplaysService

    def at(self, principal: Principal, *, site_id: str, modalities: Collection[str]) -> DisplayUsed:
        """What somebody sits at now, judged for what a case of that site takes."""
        standing = self.displays.sitting.standing(principal, site_id=site_id, modalities=modalities)
        return DisplayUsed(_said(standing, ZoneInfo(self.displays.sitting.time_zone)), standing.blocks)


@dataclass(frozen=True)
class CasesOnDisplays:
    """Displays ask of which site a case is, and what is read in it."""

    worklist: WorklistService
    images: Images

    def __call__(self, principal: Principal, worklist_item_id: str) -> tuple[str, tuple[str, ...]]:
        """Site and modalities of a case; mammograms are such by their SOP class too.

        Raises:
            NotFoundError: no such case at a site of theirs.
        """
        sites = principal.sites_with(Permission.READ_WORKLIST)
        with self.worklist.database.read() as connection:
            study = self.worklist.case_in(connection, worklist_item_id, site_ids=sites).study
        try:
            known = self.images.of_study(study.site_id, study.study_instance_uid)
        except NotFoundError:  # nothing has come yet, or the images were removed
            known = ()
        found = ("MG",) if any(image.is_mammogram for image in known) else ()
        return study.site_id, (*study.modalities, *found)


def _said(standing: Standing, zone: ZoneInfo) -> dict[str, Any]:
    """As a report's document keeps it."""
    return {
        **_judged(standing),
        "use": "mammography" if standing.use.mammography else "other",
        "rule": standing.rules.mode,
        "waiver": _waiver(standing, zone),
        "screen": _screen(standing),
        "beside": [_judged(one) for one in standing.beside],
    }


def _judged(standing: Standing) -> dict[str, Any]:
    """One display of the device."""
    display, calibration = standing.seen.display, standing.seen.calibration
    return {
        "state": standing.state,
        "class": "" if display is None else display.panel.purpose,
        "display": None
        if display is None
        else {name: getattr(display.panel, name) for name in ("name", "maker", "model", "serial", "columns", "rows")},
        "calibration": None
        if calibration is None or standing.valid_until is None
        else {
            "standard": calibration.reading.standard,
            "grade": calibration.reading.grade,
            "measured_on": calibration.reading.measured_on.isoformat(),
            "valid_until": standing.valid_until.isoformat(),
        },
        "lacking": list(standing.lacking),
    }


def _waiver(standing: Standing, zone: ZoneInfo) -> dict[str, str] | None:
    rules = standing.rules
    if rules.mode != "off" or rules.set_at is None:
        return None
    return {"reason": rules.reason, "by": rules.set_by_name, "on": rules.set_at.astimezone(zone).date().isoformat()}


def _screen(standing: Standing) -> dict[str, Any] | None:
    read = standing.seen.screen
    if read is None:
        return None
    return {
        "columns": read.columns,
        "rows": read.rows,
        "pixel_ratio": read.pixel_ratio,
        "colour_depth": read.colour_depth,
        "screens": read.screens,
    }
