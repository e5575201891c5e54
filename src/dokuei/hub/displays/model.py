"""A display, its calibrations, what a page reads of it, and what all that makes of it for a case (JRS-09)."""

import calendar
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal

from dokuei.display.limits import (
    LARGEST_PITCH_MM,
    MAMMOGRAPHY,
    MONTHS_MAMMOGRAPHY,
    MONTHS_OTHER,
    STANDARD,
    Grade,
    Measured,
    Shortfall,
    grade_needed,
    short_of_mammography,
    short_of_other,
)
from dokuei.errors import RequestError

Purpose = Literal["diagnostic", "reference"]
Mode = Literal["enforce", "warn", "off"]
State = Literal[
    "valid", "unknown", "retired", "unread", "other", "reference", "uncalibrated", "failed", "lapsed", "short"
]
LONGEST_TEXT: Final = 200
LONGEST_REASON: Final = 1_000
MOST_AT_DEVICE: Final = 6
READ_LASTS: Final = timedelta(hours=24)
_NOT_HERE: Final[frozenset[State]] = frozenset({"unread", "other"})
_PHASE: Final = "registering a display"


@dataclass(frozen=True)
class Reach:
    """Whose displays somebody may know of: those of sites, and of the reading centre or not."""

    site_ids: frozenset[str]
    centre: bool


@dataclass(frozen=True)
class Panel:
    """What stands on a display's plate, and where it stands; ``site_id`` None is the reading centre."""

    name: str
    maker: str
    model: str
    serial: str
    columns: int
    rows: int
    pitch_mm: float
    site_id: str | None = None
    place: str = ""
    purpose: Purpose = "diagnostic"


@dataclass(frozen=True)
class Display:
    """One that is registered; a retired one stays on record."""

    display_id: str
    panel: Panel
    registered_at: datetime
    registered_by: str
    retired_at: datetime | None = None
    retired_because: str = ""


@dataclass(frozen=True)
class Paper:
    """A maker's or company's own record, as it came."""

    name: str
    media_type: str
    size: int
    sha256: str
    blob_key: str


@dataclass(frozen=True)
class Reading:
    """What somebody read off a meter, with which, and for which grade; ``outsourced_to`` names a company (DISP-12)."""

    measured_on: date
    measured_by: str
    grade: Grade
    measured: Measured
    instrument: str
    outsourced_to: str = ""
    standard: str = STANDARD


@dataclass(frozen=True)
class Calibration:
    """A reading on record; ``failures`` are the limits of its grade that it misses, and it counts as failed."""

    calibration_id: str
    display_id: str
    reading: Reading
    failures: tuple[Shortfall, ...]
    recorded_at: datetime
    recorded_by: str
    recorded_by_name: str
    paper: Paper | None = None


@dataclass(frozen=True)
class Screen:
    """What a page reads of the screen that it is on: CSS pixels, and device pixels to each of them.

    ``screens``, ``left`` and ``top`` are known where the browser was allowed to tell.
    """

    width: int
    height: int
    pixel_ratio: float
    colour_depth: int
    screens: int | None = None
    left: int | None = None
    top: int | None = None

    @property
    def columns(self) -> int:
        """In device pixels."""
        return round(self.width * self.pixel_ratio)

    @property
    def rows(self) -> int:
        """In device pixels."""
        return round(self.height * self.pixel_ratio)

    def is_of(self, panel: Panel) -> bool:
        """Whether the panel's pixels are what the page sees, upright or turned.

        A CSS pixel is a whole number: what it rounds away is less than one of them.
        """
        slack = math.ceil(self.pixel_ratio) - 1
        return any(
            abs(self.columns - columns) <= slack and abs(self.rows - rows) <= slack
            for columns, rows in ((panel.columns, panel.rows), (panel.rows, panel.columns))
        )


@dataclass(frozen=True)
class Rules:
    """The centre's: whether mammograms are signed on a valid display only, and for how long a calibration counts.

    ``off`` is a waiver: why, who decided it and when stand in each report.
    """

    mode: Mode = "enforce"
    reason: str = ""
    months_mammography: int = MONTHS_MAMMOGRAPHY
    months_other: int = MONTHS_OTHER
    set_at: datetime | None = None
    set_by_name: str = ""


@dataclass(frozen=True)
class Use:
    """What is read: whether there are mammograms among it, else the grade that it takes."""

    mammography: bool
    needed: Grade


@dataclass(frozen=True)
class Seen:
    """What is known of a display that somebody sits at; ``elsewhere``: the page is on another of the same device."""

    display: Display | None = None
    calibration: Calibration | None = None
    screen: Screen | None = None
    screen_read_at: datetime | None = None
    elsewhere: bool = False

    @property
    def is_for_mammograms(self) -> bool:
        """Whether mammograms are looked at on it where it stands: for diagnosis, and fine enough."""
        panel = None if self.display is None else self.display.panel
        return panel is not None and panel.purpose == "diagnostic" and panel.pitch_mm <= LARGEST_PITCH_MM


@dataclass(frozen=True)
class Standing:
    """What that makes of it for a use; ``lacking`` says where the latest calibration falls short.

    Of several displays the one that decides; ``beside`` are the others that count.
    """

    state: State
    use: Use
    seen: Seen
    rules: Rules
    valid_until: date | None = None
    lacking: tuple[Shortfall, ...] = ()
    beside: "tuple[Standing, ...]" = ()

    @property
    def blocks(self) -> bool:
        """Whether nothing may be signed on it."""
        return self.rules.mode == "enforce" and self.use.mammography and self.state != "valid"


def use_of(modalities: Collection[str], at_site: Mapping[str, Grade]) -> Use:
    """What a case of these modalities takes."""
    return Use(mammography=MAMMOGRAPHY in modalities, needed=grade_needed(modalities, at_site))


def standing_at(sat: Sequence[Seen], use: Use, rules: Rules, *, moment: datetime, today: date) -> Standing:
    """Judge all displays of a device: those that the page may be on, and for mammograms all that are for these.

    One that does not hold decides. Where the page is on none of them, nothing is known of where images were shown.
    """
    judged = [standing_of(one, use, rules, moment=moment, today=today) for one in sat]
    here = [one for one in judged if one.state not in _NOT_HERE]
    if not here:
        return replace(judged[0], beside=tuple(judged[1:]))
    others = [one.seen for one in judged if one.state in _NOT_HERE and use.mammography and one.seen.is_for_mammograms]
    elsewhere = [standing_of(replace(one, elsewhere=True), use, rules, moment=moment, today=today) for one in others]
    counting = [*here, *elsewhere]
    deciding = next((one for one in counting if one.state != "valid"), here[0])
    return replace(deciding, beside=tuple(one for one in counting if one is not deciding))


def standing_of(seen: Seen, use: Use, rules: Rules, *, moment: datetime, today: date) -> Standing:
    """Judge: what is not known for certain is not valid."""
    until = None if seen.calibration is None else valid_until(seen.calibration, use, rules)
    lacking = _lacking(seen, use)
    state = _state(seen, until, lacking, moment=moment, today=today)
    return Standing(state, use, seen, rules, until, lacking)


def _state(seen: Seen, until: date | None, lacking: tuple[Shortfall, ...], *, moment: datetime, today: date) -> State:
    state = _state_of_panel(seen, moment=moment)
    if state is not None:
        return state
    if seen.calibration is None or until is None:
        return "uncalibrated"
    if seen.calibration.failures:
        return "failed"
    if until < today:
        return "lapsed"
    return "short" if lacking else "valid"


def _state_of_panel(seen: Seen, *, moment: datetime) -> State | None:
    """What stands against the panel itself, whatever was measured."""
    if seen.display is None:
        return "unknown"
    if seen.display.retired_at is not None:
        return "retired"
    if not seen.elsewhere:
        if seen.screen is None or seen.screen_read_at is None or seen.screen_read_at + READ_LASTS < moment:
            return "unread"
        if not seen.screen.is_of(seen.display.panel):
            return "other"
    return "reference" if seen.display.panel.purpose == "reference" else None


def _lacking(seen: Seen, use: Use) -> tuple[Shortfall, ...]:
    if seen.display is None or seen.calibration is None:
        return ()
    reading = seen.calibration.reading
    if use.mammography:
        return short_of_mammography(reading.measured, reading.grade, pitch_mm=seen.display.panel.pitch_mm)
    return short_of_other(reading.measured, reading.grade, needed=use.needed)


def valid_until(calibration: Calibration, use: Use, rules: Rules) -> date:
    """The last day on which it counts (DISP-06)."""
    months = rules.months_mammography if use.mammography else rules.months_other
    return _months_later(calibration.reading.measured_on, months)


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def checked_panel(panel: Panel) -> Panel:
    """Refuse a display that nobody could find again.

    Raises:
        RequestError: with the reason.
    """
    named = {"name": panel.name, "maker": panel.maker, "model": panel.model, "serial": panel.serial}
    empty = [name for name, text in named.items() if not text.strip()]
    if empty:
        raise RequestError(f"empty: {', '.join(empty)}", phase=_PHASE)
    return panel


def checked_reading(reading: Reading, *, today: date) -> Reading:
    """Refuse a measurement that nobody can have made.

    Raises:
        RequestError: with the reason.
    """
    measured, wrong = reading.measured, None
    if reading.measured_on > today:
        wrong = "a measurement of a day to come"
    elif not (reading.measured_by.strip() and reading.instrument.strip()):
        wrong = "who measured, and with which device, must be named"
    elif measured.luminance_max <= measured.luminance_min:
        wrong = "the brightest grey is no brighter than the darkest"
    elif measured.ambient > measured.luminance_min:
        wrong = "the room's light is part of the darkest grey and cannot be more"
    if wrong:
        raise RequestError(wrong, phase="recording a calibration")
    return reading


def checked_rules(rules: Rules) -> Rules:
    """Refuse rules weaker than DISP-06, and a waiver without a reason.

    Raises:
        RequestError: with the reason.
    """
    wrong = None
    if not 1 <= rules.months_mammography <= MONTHS_MAMMOGRAPHY:
        wrong = f"for mammography a calibration counts for 1 to {MONTHS_MAMMOGRAPHY} months"
    elif not 1 <= rules.months_other <= MONTHS_OTHER:
        wrong = f"a calibration counts for 1 to {MONTHS_OTHER} months"
    elif rules.mode == "off" and not rules.reason.strip():
        wrong = "a waiver needs its reason: it stands in every report"
    if wrong:
        raise RequestError(wrong, phase="setting the rules of displays")
    return rules
