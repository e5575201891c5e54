"""Checks of lines in SQL: one's own, and those that concern sites of whoever asks."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from dokuei.hub.lines.model import (
    Check,
    Checker,
    SetLimits,
    Whence,
    read_judged,
    read_limits,
    written_judged,
    written_limits,
)
from dokuei.hub.lines.tables import check, check_site, limits
from dokuei.line.measured import Measured

_MEASURED = tuple(Measured.__dataclass_fields__)
_WHENCE = tuple(Whence.__dataclass_fields__)
_THE_ONE = 1


def add(connection: Connection, new: Check, *, site_ids: Collection[str]) -> None:
    """Keep a check for ever, with the sites whose images go over this line."""
    measured = {name: getattr(new.measured, name) for name in _MEASURED}
    connection.execute(
        insert(check).values(
            check_id=new.check_id,
            line=new.line,
            kind=new.checker.kind,
            actor=new.checker.actor,
            name=new.checker.name[:200],
            at=new.at,
            judged=json.dumps(written_judged(new.judged)),
            **{name: getattr(new.whence, name) for name in _WHENCE},
            **{**measured, "down_bits": round(measured["down_bits"]), "up_bits": round(measured["up_bits"])},
        )
    )
    for site_id in sorted(site_ids):
        connection.execute(insert(check_site).values(check_id=new.check_id, site_id=site_id))


def own(connection: Connection, actor: str, *, at_most: int) -> tuple[Check, ...]:
    """What somebody measured themselves, the latest first."""
    asked = select(check).where(check.c.actor == actor).order_by(check.c.at.desc()).limit(at_most)
    return tuple(_check(row) for row in connection.execute(asked))


def last_of(connection: Connection, actor: str, device: str) -> Check | None:
    """What somebody measured last on a device."""
    asked = select(check).where(check.c.actor == actor, check.c.device == device)
    row = connection.execute(asked.order_by(check.c.at.desc()).limit(1)).one_or_none()
    return None if row is None else _check(row)


def at_sites(connection: Connection, site_ids: Collection[str], *, since: datetime, at_most: int) -> tuple[Check, ...]:
    """What was measured of lines that concern these sites, the latest first."""
    concerned = select(check_site.c.check_id).where(check_site.c.site_id.in_(sorted(site_ids)))
    asked = select(check).where(check.c.check_id.in_(concerned), check.c.at > since)
    return tuple(_check(row) for row in connection.execute(asked.order_by(check.c.at.desc()).limit(at_most)))


def present_limits(connection: Connection) -> SetLimits:
    """What holds now; the defaults where nobody has set any."""
    row = connection.execute(select(limits)).one_or_none()
    return SetLimits() if row is None else SetLimits(read_limits(json.loads(row.document)), row.set_at, row.set_by_name)


def put_limits(connection: Connection, new: SetLimits, *, actor: str) -> None:
    """What holds from now on; what held before stands in the trail."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values: dict[str, Any] = {
        "document": json.dumps(written_limits(new.limits)),
        "set_at": new.set_at,
        "set_by": actor,
        "set_by_name": new.set_by_name,
    }
    connection.execute(
        make(limits).values(id=_THE_ONE, **values).on_conflict_do_update(index_elements=["id"], set_=values)
    )


def _check(row: Row[Any]) -> Check:
    return Check(
        check_id=row.check_id,
        line=row.line,
        checker=Checker(row.kind, row.actor, row.name),
        whence=Whence(**{name: getattr(row, name) for name in _WHENCE}),
        at=row.at,
        measured=Measured(**{name: getattr(row, name) for name in _MEASURED}),
        judged=read_judged(json.loads(row.judged)),
    )
