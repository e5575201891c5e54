"""The facility register and its contacts in SQL."""

from collections.abc import Collection
from datetime import date

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, insert, select, update

from dokuei.clock import now
from dokuei.hub.sites.register import Contact, Kept, Register
from dokuei.hub.sites.tables import contact, register

_REGISTER = TypeAdapter(Register)
_FIELDS = tuple(Contact.__dataclass_fields__)
_SAID = tuple(one for one in _FIELDS if one not in {"contact_id", "site_id"})


def entries(connection: Connection, site_ids: Collection[str]) -> dict[str, Kept]:
    """The entries of some sites; one that nobody has written is empty."""
    found = {one: Kept() for one in site_ids}
    for row in connection.execute(select(register).where(register.c.site_id.in_(site_ids))):
        said = _REGISTER.validate_json(row.document)
        found[row.site_id] = Kept(said, row.version, row.changed_at, row.changed_by_name)
    return found


def entry(connection: Connection, site_id: str) -> Kept:
    """The entry of one."""
    return entries(connection, (site_id,))[site_id]


def put_entry(connection: Connection, site_id: str, said: Register, *, over: int, actor: str, actor_name: str) -> bool:
    """Write the next version of an entry; whether it was still the one that it was written over."""
    values = {
        "version": over + 1,
        "document": _REGISTER.dump_json(said).decode(),
        "changed_at": now(),
        "changed_by": actor,
        "changed_by_name": actor_name[:200],
    }
    if over == 0:
        if connection.execute(select(register.c.version).where(register.c.site_id == site_id)).first() is not None:
            return False
        connection.execute(insert(register).values(site_id=site_id, **values))
        return True
    changed = connection.execute(
        update(register).where(register.c.site_id == site_id, register.c.version == over).values(**values)
    )
    return changed.rowcount == 1


def contacts(connection: Connection, site_ids: Collection[str]) -> dict[str, tuple[Contact, ...]]:
    """Whom to call at some sites, in order."""
    asked = (
        select(contact)
        .where(contact.c.site_id.in_(site_ids), contact.c.ended_at.is_(None))
        .order_by(contact.c.hours, contact.c.position, contact.c.contact_id)
    )
    found: dict[str, list[Contact]] = {one: [] for one in site_ids}
    for row in connection.execute(asked):
        found[row.site_id].append(_contact(row))
    return {site_id: tuple(those) for site_id, those in found.items()}


def contact_of(connection: Connection, site_id: str, contact_id: str) -> Contact | None:
    """One contact of a site, held until the transaction ends."""
    asked = select(contact).where(
        contact.c.site_id == site_id, contact.c.contact_id == contact_id, contact.c.ended_at.is_(None)
    )
    row = connection.execute(asked.with_for_update()).one_or_none()
    return None if row is None else _contact(row)


def add_contact(connection: Connection, new: Contact) -> None:
    """Keep one more."""
    connection.execute(insert(contact).values(**{name: getattr(new, name) for name in _FIELDS}))


def put_contact(connection: Connection, changed: Contact) -> None:
    """Write what is said of one now."""
    connection.execute(
        update(contact)
        .where(contact.c.site_id == changed.site_id, contact.c.contact_id == changed.contact_id)
        .values(**{name: getattr(changed, name) for name in _SAID})
    )


def note_test(connection: Connection, known: Contact, *, on: date, by: str, reached: bool) -> None:
    """A call was tried."""
    connection.execute(
        update(contact)
        .where(contact.c.contact_id == known.contact_id)
        .values(tested_on=on, tested_by_name=by[:200], reached=reached)
    )


def end_contact(connection: Connection, known: Contact) -> None:
    """Nobody calls this one any more; the row stays."""
    connection.execute(update(contact).where(contact.c.contact_id == known.contact_id).values(ended_at=now()))


def _contact(row: Row[tuple[object, ...]]) -> Contact:
    return Contact(**{name: getattr(row, name) for name in _FIELDS})
