"""The hub is told of performed steps: what was counted, under the names by which it knows the study."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy import Row, or_, select, update

from dokuei.clock import now
from dokuei.errors import DokueiError, RequestError, UnreachableError
from dokuei.gateway.link import pause
from dokuei.gateway.steps.tables import performed_step
from dokuei.storage.db import Database
from dokuei.transfer.client import HubClient
from dokuei.transfer.performed import PERFORMED_PATH, PerformedStep

_AT_ONCE = 50
_PHASE = "telling the hub of performed steps"
_log = structlog.get_logger()


def tell_steps(database: Database, client: HubClient, *, name: Callable[[str], str], ceiling: float) -> int:
    """Tell what the hub does not know yet; gives how many it has taken. ``name`` is a UID as the hub knows it.

    Raises:
        UnreachableError: the hub could not be reached; everything waits.
    """
    p = performed_step.c
    due = or_(p.not_before.is_(None), p.not_before <= now())
    asked = select(performed_step).where(p.told_version < p.version, due).order_by(p.changed_at).limit(_AT_ONCE)
    with database.read() as connection:
        waiting = connection.execute(asked).all()
    told = 0
    for row in waiting:
        values: dict[str, object] = {"told_version": row.version, "not_before": None, "reason": ""}
        try:
            client.call("POST", PERFORMED_PATH, _step_of(row, name).write())
            told += 1
        except UnreachableError:
            raise
        except DokueiError as error:  # a hub one version behind knows no such path
            wait = timedelta(seconds=pause(row.attempts + 2, ceiling=ceiling))
            values = {"attempts": row.attempts + 1, "not_before": now() + wait, "reason": error.what[:1000]}
            _log.warning("step.not_told", why=error.code, attempts=row.attempts + 1)
        with database.begin() as connection:
            of_row = update(performed_step).where(p.sop_instance_uid == row.sop_instance_uid)
            connection.execute(of_row.values(**values))
    return told


def _step_of(row: Row[Any], name: Callable[[str], str]) -> PerformedStep:
    try:
        return PerformedStep(
            step_uid=name(row.sop_instance_uid),
            study_instance_uid=name(row.study_instance_uid),
            state=row.state,
            version=row.version,
            series={name(uid): count for uid, count in json.loads(row.series).items()},
        )
    except ValidationError as error:  # its own words hold values
        raise RequestError("a step that cannot be told: odd UIDs, or too many series", phase=_PHASE) from error
