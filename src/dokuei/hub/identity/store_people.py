"""People and their roles, in SQL."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, insert, or_, select, update

from dokuei.clock import now
from dokuei.hub.identity.model import ROLE_PERMISSIONS, Grant, Listed, Permission, Person, Role
from dokuei.hub.identity.secrets import new_id
from dokuei.hub.identity.tables import passkey, password, person, role_grant

_FIELDS = tuple(Person.__dataclass_fields__)


def add(connection: Connection, new: Person, *, actor: str) -> None:
    """Enter a person."""
    values = {name: getattr(new, name) for name in _FIELDS}
    connection.execute(insert(person).values(**values, created_at=now(), created_by=actor))


def find(connection: Connection, person_id: str) -> Person | None:
    """One person by id."""
    return _one(connection.execute(select(person).where(person.c.person_id == person_id)).one_or_none())


def find_by_user_name(connection: Connection, user_name: str) -> Person | None:
    """One person by the name typed at sign-in."""
    return _one(connection.execute(select(person).where(person.c.user_name == user_name)).one_or_none())


def active(connection: Connection, person_id: str, *, today: date) -> Person | None:
    """The person, unless locked or ended (AUTH-15)."""
    query = select(person).where(person.c.person_id == person_id, _is_active(today))
    return _one(connection.execute(query).one_or_none())


def lock(connection: Connection, person_id: str, *, locked: bool) -> None:
    """Lock or unlock the account."""
    connection.execute(
        update(person).where(person.c.person_id == person_id).values(locked_at=now() if locked else None)
    )


def grant(connection: Connection, person_id: str, given: Grant, *, actor: str, ends_on: date | None) -> None:
    """Give a role."""
    connection.execute(
        insert(role_grant).values(
            grant_id=new_id(),
            person_id=person_id,
            role=given.role.value,
            site_id=given.site_id,
            granted_by=actor,
            granted_at=now(),
            ends_on=ends_on,
        )
    )


def revoke(connection: Connection, person_id: str, taken: Grant) -> bool:
    """Take a role back; whether there was one."""
    ended = connection.execute(update(role_grant).where(_held(person_id, taken)).values(revoked_at=now()))
    return ended.rowcount > 0


def set_grant_end(connection: Connection, person_id: str, given: Grant, *, ends_on: date | None) -> None:
    """Let a role that is held end on another day, or on none."""
    connection.execute(update(role_grant).where(_held(person_id, given)).values(ends_on=ends_on))


def set_end(connection: Connection, person_id: str, *, ends_on: date | None) -> None:
    """Let an account end with the contract, or on no day."""
    connection.execute(update(person).where(person.c.person_id == person_id).values(ends_on=ends_on))


def grants(connection: Connection, person_id: str, *, today: date) -> tuple[Grant, ...]:
    """The roles that a person holds now."""
    rows = connection.execute(
        select(role_grant.c.role, role_grant.c.site_id)
        .where(role_grant.c.person_id == person_id, _holds(today))
        .order_by(role_grant.c.role, role_grant.c.site_id)
    )
    return tuple(Grant(Role(row.role), row.site_id) for row in rows)


def someone_can_administer(connection: Connection, *, today: date) -> bool:
    """Whether any active administrator of the centre has a way to sign in."""
    query = (
        select(person.c.person_id)
        .join(role_grant, role_grant.c.person_id == person.c.person_id)
        .where(
            role_grant.c.role == Role.ADMINISTRATOR.value,
            role_grant.c.site_id.is_(None),
            _holds(today),
            _is_active(today),
            _has_proof(),
        )
        .limit(1)
    )
    return connection.execute(query).first() is not None


def every(connection: Connection, *, today: date) -> tuple[Listed, ...]:
    """All people by user name."""
    held: dict[str, list[Grant]] = defaultdict(list)
    asked = select(role_grant.c.person_id, role_grant.c.role, role_grant.c.site_id).where(_holds(today))
    for row in connection.execute(asked.order_by(role_grant.c.role, role_grant.c.site_id)):
        held[row.person_id].append(Grant(Role(row.role), row.site_id))
    rows = connection.execute(select(person, _has_proof().label("can_sign_in")).order_by(person.c.user_name))
    return tuple(
        Listed(_person(row), tuple(held[row.person_id]), bool(row.can_sign_in), row.created_at) for row in rows
    )


def holding(
    connection: Connection, permission: Permission, *, site_ids: Collection[str], today: date
) -> tuple[tuple[Person, Grant], ...]:
    """Active people with each role at those sites, or in the centre, that gives a permission; by user name."""
    roles = [role.value for role, given in ROLE_PERMISSIONS.items() if permission in given]
    rows = connection.execute(
        select(person, role_grant.c.role, role_grant.c.site_id)
        .join(role_grant, role_grant.c.person_id == person.c.person_id)
        .where(
            role_grant.c.role.in_(roles),
            or_(role_grant.c.site_id.is_(None), role_grant.c.site_id.in_(site_ids)),
            _holds(today),
            _is_active(today),
        )
        .order_by(person.c.user_name, role_grant.c.role, role_grant.c.site_id)
    )
    return tuple((_person(row), Grant(Role(row.role), row.site_id)) for row in rows)


def names(connection: Connection, person_ids: Iterable[str]) -> dict[str, str]:
    """Display names by id."""
    wanted = set(person_ids)
    rows = connection.execute(select(person.c.person_id, person.c.display_name).where(person.c.person_id.in_(wanted)))
    return {row.person_id: row.display_name for row in rows}


def some(connection: Connection, person_ids: Iterable[str]) -> tuple[Person, ...]:
    """Those of the given people that are known, by user name."""
    asked = select(person).where(person.c.person_id.in_(set(person_ids)))
    rows = connection.execute(asked.order_by(person.c.user_name))
    return tuple(_person(row) for row in rows)


def at_sites(connection: Connection, site_ids: Collection[str] | None) -> tuple[Person, ...]:
    """Who has or had a role at those sites or in the centre, by user name; everybody for None."""
    asked = select(person).order_by(person.c.user_name)
    if site_ids is not None:
        somewhere = or_(role_grant.c.site_id.is_(None), role_grant.c.site_id.in_(sorted(site_ids)))
        asked = asked.where(exists().where(role_grant.c.person_id == person.c.person_id, somewhere))
    return tuple(_person(row) for row in connection.execute(asked))


def _held(person_id: str, given: Grant) -> Any:
    site = role_grant.c.site_id.is_(None) if given.site_id is None else role_grant.c.site_id == given.site_id
    return and_(
        role_grant.c.person_id == person_id,
        role_grant.c.role == given.role.value,
        site,
        role_grant.c.revoked_at.is_(None),
    )


def _holds(today: date) -> Any:
    return and_(role_grant.c.revoked_at.is_(None), or_(role_grant.c.ends_on.is_(None), role_grant.c.ends_on >= today))


def _is_active(today: date) -> Any:
    return and_(person.c.locked_at.is_(None), or_(person.c.ends_on.is_(None), person.c.ends_on >= today))


def _has_proof() -> Any:
    return or_(
        exists().where(passkey.c.person_id == person.c.person_id, passkey.c.revoked_at.is_(None)),
        exists().where(password.c.person_id == person.c.person_id),
    )


def _one(row: Row[Any] | None) -> Person | None:
    return None if row is None else _person(row)


def _person(row: Row[Any]) -> Person:
    return Person(**{name: getattr(row, name) for name in _FIELDS})
