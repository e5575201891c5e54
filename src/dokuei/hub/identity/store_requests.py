"""Requests for roles, in SQL."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Role, RoleRequest
from dokuei.hub.identity.secrets import new_id
from dokuei.hub.identity.tables_rights import role_request

_MOST_LISTED = 200
_WAITING = ("requested", "granted")


def add(
    connection: Connection,
    *,
    person_id: str,
    wanted: Grant,
    ends_on: date | None,
    department: str,
    reason: str,
    manager_id: str,
    actor: str,
) -> str:
    """Keep a new one."""
    request_id = new_id()
    connection.execute(
        insert(role_request).values(
            request_id=request_id,
            person_id=person_id,
            role=wanted.role.value,
            site_id=wanted.site_id,
            ends_on=ends_on,
            department=department,
            reason=reason,
            manager_id=manager_id,
            requested_by=actor,
            requested_at=now(),
            state="requested",
        )
    )
    return request_id


def find(connection: Connection, request_id: str) -> RoleRequest | None:
    """One of them, its row held until the transaction ends."""
    row = connection.execute(
        select(role_request).where(role_request.c.request_id == request_id).with_for_update()
    ).one_or_none()
    return None if row is None else _request(row)


def is_waiting(connection: Connection, person_id: str, wanted: Grant) -> bool:
    """Whether the same was asked for and nobody has decided."""
    site = role_request.c.site_id.is_(None) if wanted.site_id is None else role_request.c.site_id == wanted.site_id
    query = select(role_request.c.request_id).where(
        role_request.c.person_id == person_id,
        role_request.c.role == wanted.role.value,
        site,
        role_request.c.state == "requested",
    )
    return connection.execute(query.limit(1)).first() is not None


def decide(connection: Connection, request_id: str, *, state: str, actor: str) -> None:
    """The administrator's word."""
    connection.execute(
        update(role_request)
        .where(role_request.c.request_id == request_id)
        .values(state=state, decided_by=actor, decided_at=now())
    )


def confirm(connection: Connection, request_id: str, *, state: str) -> None:
    """The manager's word."""
    connection.execute(
        update(role_request).where(role_request.c.request_id == request_id).values(state=state, confirmed_at=now())
    )


def of_person(connection: Connection, person_id: str) -> tuple[RoleRequest, ...]:
    """What somebody asked for, gets, or has to confirm."""
    mine = or_(
        role_request.c.person_id == person_id,
        role_request.c.requested_by == f"person:{person_id}",
        role_request.c.manager_id == person_id,
    )
    return _listed(connection, select(role_request).where(mine))


def latest(connection: Connection) -> tuple[RoleRequest, ...]:
    """All of them."""
    return _listed(connection, select(role_request))


def _listed(connection: Connection, query: Any) -> tuple[RoleRequest, ...]:
    waiting_first = role_request.c.state.not_in(_WAITING)
    rows = connection.execute(query.order_by(waiting_first, role_request.c.requested_at.desc()).limit(_MOST_LISTED))
    return tuple(_request(row) for row in rows)


def _request(row: Row[Any]) -> RoleRequest:
    values = {name: getattr(row, name) for name in RoleRequest.__dataclass_fields__ if name != "wanted"}
    return RoleRequest(wanted=Grant(Role(row.role), row.site_id), **values)
