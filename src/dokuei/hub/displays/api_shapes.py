"""The JSON that pages exchange with the hub about displays."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, FiniteFloat

from dokuei.display.limits import Grade, Measured, Shortfall
from dokuei.hub.displays.model import (
    LONGEST_REASON,
    LONGEST_TEXT,
    MOST_AT_DEVICE,
    Calibration,
    Display,
    Mode,
    Panel,
    Purpose,
    Reading,
    Rules,
    Screen,
    Standing,
    State,
)
from dokuei.hub.displays.registering import Kept
from dokuei.hub.identity.api_shapes import Shape

Luminance = Annotated[FiniteFloat, Field(gt=0, le=20_000)]
Pixels = Annotated[int, Field(ge=1, le=65_535)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class PanelShape(Shape):
    """What stands on a display's plate, and where it stands."""

    name: Text
    maker: Text
    model: Text
    serial: Text
    columns: Pixels
    rows: Pixels
    pitch_mm: Annotated[FiniteFloat, Field(gt=0, le=5)]
    site_id: str | None = Field(None, max_length=64)
    place: Text = ""
    purpose: Purpose = "diagnostic"

    def panel(self) -> Panel:
        """In the slice's words, without blanks around them."""
        return Panel(
            name=self.name.strip(),
            maker=self.maker.strip(),
            model=self.model.strip(),
            serial=self.serial.strip(),
            columns=self.columns,
            rows=self.rows,
            pitch_mm=self.pitch_mm,
            site_id=self.site_id,
            place=self.place.strip(),
            purpose=self.purpose,
        )


class CalibrationShape(Shape):
    """What somebody read off a meter."""

    measured_on: date
    measured_by: Text
    outsourced_to: Text = ""
    instrument: Text
    grade: Grade
    deviation: Annotated[FiniteFloat, Field(ge=0, le=1_000)]
    luminance_max: Luminance
    luminance_min: Luminance
    ambient: Annotated[FiniteFloat, Field(ge=0, le=20_000)]

    def reading(self) -> Reading:
        """In the slice's words."""
        return Reading(
            measured_on=self.measured_on,
            measured_by=self.measured_by.strip(),
            outsourced_to=self.outsourced_to.strip(),
            instrument=self.instrument.strip(),
            grade=self.grade,
            measured=Measured(self.deviation, self.luminance_max, self.luminance_min, self.ambient),
        )


class CalibrationPaperOut(BaseModel):
    """A record's paper."""

    name: str
    media_type: str
    size: int


class CalibrationOut(CalibrationShape):
    """A record, and what of its grade's limits it misses."""

    calibration_id: str
    standard: str
    luminance_ratio: float
    failures: list[Shortfall]
    recorded_at: datetime
    recorded_by: str
    paper: CalibrationPaperOut | None


class DisplayOut(PanelShape):
    """A display on the register."""

    display_id: str
    retired_at: datetime | None
    retired_because: str


class RegisteredDisplayOut(DisplayOut):
    """A display with its records, the latest first."""

    calibrations: list[CalibrationOut]


class DisplayManagerOut(BaseModel):
    """Somebody who looks after displays, at a site or in the reading centre."""

    name: str
    site_id: str | None


class DisplayRegisterOut(BaseModel):
    """The register, as far as the asker looks after it."""

    displays: list[RegisteredDisplayOut]
    managers: list[DisplayManagerOut]


class RetirementIn(Shape):
    """Why a display is read on no longer."""

    because: str = Field(min_length=1, max_length=LONGEST_REASON)


class DisplayRulesIn(Shape):
    """What holds from now on."""

    mode: Mode
    reason: str = Field("", max_length=LONGEST_REASON)
    months_mammography: int
    months_other: int


class DisplayRulesOut(BaseModel):
    """What holds, and who said so when."""

    mode: Mode
    reason: str
    months_mammography: int
    months_other: int
    set_at: datetime | None
    set_by: str


class DisplayGradesShape(Shape):
    """The grade that each modality takes at a site, beside mammography."""

    grades: dict[str, Grade] = Field(max_length=20)


class ScreenShape(Shape):
    """What a page reads of its screen."""

    width: Pixels
    height: Pixels
    pixel_ratio: Annotated[FiniteFloat, Field(gt=0, le=100)]
    colour_depth: int = Field(ge=1, le=128)
    screens: int | None = Field(None, ge=1, le=64)
    left: int | None = Field(None, ge=-1_000_000, le=1_000_000)
    top: int | None = Field(None, ge=-1_000_000, le=1_000_000)


class DisplayChoiceIn(Shape):
    """Which displays stand at this device; none of them where it is empty."""

    display_ids: list[Annotated[str, Field(max_length=64)]] = Field(max_length=MOST_AT_DEVICE)


class JudgedDisplayOut(BaseModel):
    """A display of this device, and what it is worth."""

    state: State
    display: DisplayOut | None
    grade: Grade | None
    measured_on: date | None
    valid_until: date | None
    lacking: list[Shortfall]


class DisplayStandingOut(JudgedDisplayOut):
    """What somebody sits at, judged for a case or, where none is open, for mammograms.

    Of several displays the one that decides; ``beside`` are the others that count.
    """

    use: Literal["mammography", "other"]
    needed: Grade
    blocks: bool
    screen: ScreenShape | None
    rules: DisplayRulesOut
    beside: list[JudgedDisplayOut]


class OwnDisplayOut(BaseModel):
    """What stands at this device, and what could."""

    standing: DisplayStandingOut
    chosen: list[DisplayOut]
    choices: list[DisplayOut]


def display_out(known: Display) -> DisplayOut:
    """As JSON."""
    return DisplayOut(**_display(known))


def registered_out(kept: Kept) -> RegisteredDisplayOut:
    """As JSON."""
    return RegisteredDisplayOut(
        **_display(kept.display), calibrations=[calibration_out(one) for one in kept.calibrations]
    )


def calibration_out(known: Calibration) -> CalibrationOut:
    """As JSON."""
    reading, measured, paper = known.reading, known.reading.measured, known.paper
    return CalibrationOut(
        calibration_id=known.calibration_id,
        measured_on=reading.measured_on,
        measured_by=reading.measured_by,
        outsourced_to=reading.outsourced_to,
        instrument=reading.instrument,
        standard=reading.standard,
        grade=reading.grade,
        deviation=measured.deviation,
        luminance_max=measured.luminance_max,
        luminance_min=measured.luminance_min,
        luminance_ratio=measured.luminance_ratio,
        ambient=measured.ambient,
        failures=list(known.failures),
        recorded_at=known.recorded_at,
        recorded_by=known.recorded_by_name,
        paper=None
        if paper is None
        else CalibrationPaperOut(name=paper.name, media_type=paper.media_type, size=paper.size),
    )


def rules_out(rules: Rules) -> DisplayRulesOut:
    """As JSON."""
    return DisplayRulesOut(
        mode=rules.mode,
        reason=rules.reason,
        months_mammography=rules.months_mammography,
        months_other=rules.months_other,
        set_at=rules.set_at,
        set_by=rules.set_by_name,
    )


def standing_out(standing: Standing) -> DisplayStandingOut:
    """As JSON."""
    screen = standing.seen.screen
    return DisplayStandingOut(
        **_judged(standing),
        use="mammography" if standing.use.mammography else "other",
        needed="1A" if standing.use.mammography else standing.use.needed,
        blocks=standing.blocks,
        screen=None if screen is None else ScreenShape(**vars(screen)),
        rules=rules_out(standing.rules),
        beside=[JudgedDisplayOut(**_judged(one)) for one in standing.beside],
    )


def _judged(standing: Standing) -> dict[str, Any]:
    seen, reading = standing.seen, None if standing.seen.calibration is None else standing.seen.calibration.reading
    return {
        "state": standing.state,
        "display": None if seen.display is None else display_out(seen.display),
        "grade": None if reading is None else reading.grade,
        "measured_on": None if reading is None else reading.measured_on,
        "valid_until": standing.valid_until,
        "lacking": list(standing.lacking),
    }


def screen_of(read: ScreenShape) -> Screen:
    """In the slice's words."""
    return Screen(**read.model_dump())


def _display(known: Display) -> dict[str, object]:
    return {
        **vars(known.panel),
        "display_id": known.display_id,
        "retired_at": known.retired_at,
        "retired_because": known.retired_because,
    }
