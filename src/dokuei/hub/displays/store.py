"""Displays in SQL: whoever asks sees those of their own sites, and the centre's where they belong to it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, false, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from dokuei.clock import now
from dokuei.display.limits import Grade, Measured
from dokuei.hub.displays.model import Calibration, Display, Panel, Paper, Reach, Reading, Rules, Screen
from dokuei.hub.displays.tables import at_device, calibration, display, paper, rules, screen, site_grade
from dokuei.storage.rows import put_row

_SCREEN = tuple(Screen.__dataclass_fields__)
_MEASURED = tuple(Measured.__dataclass_fields__)
_RULES = ("mode", "reason", "months_mammography", "months_other", "set_at", "set_by_name")
_PAPER = tuple(Paper.__dataclass_fields__)


def add(connection: Connection, new: Display) -> None:
    """Keep a display."""
    panel = new.panel
    connection.execute(
        insert(display).values(
            display_id=new.display_id,
            name=panel.name,
            maker=panel.maker,
            model=panel.model,
            serial=panel.serial,
            pixel_columns=panel.columns,
            pixel_rows=panel.rows,
            pitch_mm=panel.pitch_mm,
            site_id=panel.site_id,
            place=panel.place,
            purpose=panel.purpose,
            registered_at=new.registered_at,
            registered_by=new.registered_by,
            retired_because="",
        )
    )


def is_known(connection: Connection, panel: Panel) -> bool:
    """Whether this very panel is registered, at whatever site."""
    asked = select(display.c.display_id).where(
        display.c.maker == panel.maker, display.c.model == panel.model, display.c.serial == panel.serial
    )
    return connection.execute(asked).first() is not None


def find(connection: Connection, display_id: str, *, reach: Reach) -> Display | None:
    """One display, if it is among those the asker may know of."""
    row = connection.execute(select(display).where(display.c.display_id == display_id, _in(reach))).one_or_none()
    return None if row is None else _display(row)


def displays(connection: Connection, *, reach: Reach) -> tuple[Display, ...]:
    """Those in use first, by name."""
    asked = select(display).where(_in(reach)).order_by(display.c.retired_at.is_not(None), display.c.name)
    return tuple(_display(row) for row in connection.execute(asked))


def retire(connection: Connection, display_id: str, *, actor: str, because: str) -> bool:
    """Let a display count no longer; whether it did."""
    retired = connection.execute(
        update(display)
        .where(display.c.display_id == display_id, display.c.retired_at.is_(None))
        .values(retired_at=now(), retired_by=actor, retired_because=because)
    )
    return retired.rowcount == 1


def add_calibration(connection: Connection, new: Calibration) -> None:
    """Keep a record for ever."""
    reading = new.reading
    connection.execute(
        insert(calibration).values(
            calibration_id=new.calibration_id,
            display_id=new.display_id,
            measured_on=reading.measured_on,
            measured_by=reading.measured_by,
            outsourced_to=reading.outsourced_to,
            standard=reading.standard,
            grade=reading.grade,
            instrument=reading.instrument,
            failures=" ".join(new.failures),
            recorded_at=new.recorded_at,
            recorded_by=new.recorded_by,
            recorded_by_name=new.recorded_by_name,
            **{name: getattr(reading.measured, name) for name in _MEASURED},
        )
    )


def calibrations(connection: Connection, display_ids: Iterable[str]) -> dict[str, tuple[Calibration, ...]]:
    """Display → its records, the latest first; who asks has looked the displays up."""
    asked = (
        select(calibration, *(paper.c[name].label(f"paper_{name}") for name in _PAPER))
        .outerjoin(paper, paper.c.calibration_id == calibration.c.calibration_id)
        .where(calibration.c.display_id.in_(list(display_ids)))
        .order_by(calibration.c.measured_on.desc(), calibration.c.recorded_at.desc())
    )
    found: dict[str, tuple[Calibration, ...]] = {}
    for row in connection.execute(asked):
        found[row.display_id] = (*found.get(row.display_id, ()), _calibration(row))
    return found


def add_paper(connection: Connection, calibration_id: str, new: Paper) -> None:
    """Keep a record's paper."""
    values = {name: getattr(new, name) for name in _PAPER}
    connection.execute(insert(paper).values(calibration_id=calibration_id, **values))


def at(connection: Connection, device: str, *, reach: Reach) -> tuple[Display, ...]:
    """Which displays stand at a device, as far as the asker may know of them; by name."""
    asked = select(display).join(at_device, at_device.c.display_id == display.c.display_id)
    there = asked.where(at_device.c.device == device, _in(reach)).order_by(display.c.name, display.c.display_id)
    return tuple(_display(row) for row in connection.execute(there))


def choose(connection: Connection, device: str, display_ids: Collection[str], *, reach: Reach, actor: str) -> None:
    """From now on these stand at a device; those that the asker may not know of stay as they are."""
    known = select(display.c.display_id).where(_in(reach))
    others = (at_device.c.display_id.not_in(display_ids), at_device.c.display_id.in_(known))
    connection.execute(delete(at_device).where(at_device.c.device == device, *others))
    for display_id in display_ids:
        put_row(connection, at_device, device=device, display_id=display_id, chosen_at=now(), chosen_by=actor)


def screen_of(connection: Connection, session_id: str) -> tuple[Screen, datetime] | None:
    """What the page of a session read last, and when."""
    row = connection.execute(select(screen).where(screen.c.session_id == session_id)).one_or_none()
    return None if row is None else (Screen(**{name: getattr(row, name) for name in _SCREEN}), row.read_at)


def put_screen(connection: Connection, session_id: str, read: Screen) -> None:
    """What it reads now."""
    values = {name: getattr(read, name) for name in _SCREEN}
    put_row(connection, screen, session_id=session_id, read_at=now(), **values)


def present_rules(connection: Connection) -> Rules:
    """What holds now; the strictest where nobody has set any."""
    row = connection.execute(select(rules)).one_or_none()
    return Rules() if row is None else Rules(**{name: getattr(row, name) for name in _RULES})


def put_rules(connection: Connection, new: Rules, *, actor: str) -> None:
    """What holds from now on; what held before stands in the trail."""
    values = {name: getattr(new, name) for name in _RULES}
    put_row(connection, rules, id=1, set_by=actor, **values)


def grades(connection: Connection, site_id: str) -> dict[str, Grade]:
    """Modality → the grade that a site is content with, where it has said so."""
    asked = select(site_grade).where(site_grade.c.site_id == site_id)
    return {row.modality: row.grade for row in connection.execute(asked)}


def put_grades(connection: Connection, site_id: str, wanted: Mapping[str, Grade]) -> None:
    """What a site is content with from now on."""
    connection.execute(delete(site_grade).where(site_grade.c.site_id == site_id))
    for modality, grade in wanted.items():
        put_row(connection, site_grade, site_id=site_id, modality=modality, grade=grade)


def _in(reach: Reach) -> ColumnElement[bool]:
    of_centre = display.c.site_id.is_(None) if reach.centre else false()
    return or_(display.c.site_id.in_(reach.site_ids), of_centre)


def _display(row: Row[Any]) -> Display:
    panel = Panel(
        name=row.name,
        maker=row.maker,
        model=row.model,
        serial=row.serial,
        columns=row.pixel_columns,
        rows=row.pixel_rows,
        pitch_mm=row.pitch_mm,
        site_id=row.site_id,
        place=row.place,
        purpose=row.purpose,
    )
    return Display(row.display_id, panel, row.registered_at, row.registered_by, row.retired_at, row.retired_because)


def _calibration(row: Row[Any]) -> Calibration:
    reading = Reading(
        measured_on=row.measured_on,
        measured_by=row.measured_by,
        grade=row.grade,
        measured=Measured(**{name: getattr(row, name) for name in _MEASURED}),
        instrument=row.instrument,
        outsourced_to=row.outsourced_to,
        standard=row.standard,
    )
    kept = None if row.paper_sha256 is None else Paper(**{name: getattr(row, f"paper_{name}") for name in _PAPER})
    return Calibration(
        calibration_id=row.calibration_id,
        display_id=row.display_id,
        reading=reading,
        failures=tuple(row.failures.split()),
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        recorded_by_name=row.recorded_by_name,
        paper=kept,
    )
