"""The verbs on the facility register and on whom to call (JRS-06, REPORT-14)."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from dokuei.errors import NotFoundError, RequestError, StaleError
from dokuei.hub.sites import store, store_register
from dokuei.hub.sites.contracting import Scribe
from dokuei.hub.sites.model import Site, checked
from dokuei.hub.sites.register import Contact, Kept, Register, checked_contact, checked_register
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

MOST_CONTACTS: Final = 60
_PHASE: Final = "keeping the register of hospitals"
_CONTACT_PHASE: Final = "keeping a hospital's contacts"


@dataclass(frozen=True)
class Registering:
    """The register of all sites; who asks has seen to access."""

    database: Database

    def entry(self, site_id: str) -> Kept:
        """What is on record of a site beside its names."""
        with self.database.read() as connection:
            return store_register.entry(connection, site_id)

    def entries(self, site_ids: Collection[str]) -> dict[str, Kept]:
        """The same of several."""
        with self.database.read() as connection:
            return store_register.entries(connection, site_ids)

    def contacts(self, site_ids: Collection[str]) -> dict[str, tuple[Contact, ...]]:
        """Whom to call at some sites."""
        with self.database.read() as connection:
            return store_register.contacts(connection, site_ids)

    def write(
        self, site_id: str, register: Register, *, name: str, name_en: str, expected_version: int, by: Scribe
    ) -> Kept:
        """Write an entry, with the site's names.

        Raises:
            NotFoundError: no such site.
            RequestError: an entry that cannot stand.
            StaleError: somebody wrote it meanwhile.
        """
        checked_register(register)
        with self.database.begin() as connection:
            known = _site(connection, site_id)
            named = checked(replace(known, name=name.strip(), name_en=name_en.strip()))
            before = store_register.entry(connection, site_id).register
            written = store_register.put_entry(
                connection, site_id, register, over=expected_version, actor=by.actor, actor_name=by.name
            )
            if not written:
                raise _stale(_PHASE)
            if named != known:
                store.change(connection, named)
            fields = [one for one in Register.__dataclass_fields__ if getattr(before, one) != getattr(register, one)]
            fields += ["name"] if (named.name, named.name_en) != (known.name, known.name_en) else []
            _note(connection, by, "site.register.changed", known, {"fields": ",".join(fields)})
            return store_register.entry(connection, site_id)

    def add_contact(self, site_id: str, contact: Contact, *, by: Scribe) -> Contact:
        """Name one more to call.

        Raises:
            NotFoundError: no such site.
            RequestError: one that cannot be called, or more than anybody calls.
        """
        new = checked_contact(replace(contact, contact_id=uuid.uuid4().hex, site_id=site_id, version=1))
        with self.database.begin() as connection:
            _site(connection, site_id)
            if len(store_register.contacts(connection, (site_id,))[site_id]) >= MOST_CONTACTS:
                raise RequestError(f"a hospital has at most {MOST_CONTACTS} contacts", phase=_CONTACT_PHASE)
            store_register.add_contact(connection, new)
            _note(connection, by, "site.contact.added", new, {"hours": new.hours})
        return new

    def change_contact(
        self, site_id: str, contact_id: str, said: dict[str, Any], *, expected_version: int, by: Scribe
    ) -> Contact:
        """Say something else of one; another number has never been tried.

        Raises:
            NotFoundError: no such contact of that site.
            RequestError: one that cannot be called.
            StaleError: somebody changed it meanwhile.
        """
        with self.database.begin() as connection:
            known = _contact(connection, site_id, contact_id)
            if known.version != expected_version:
                raise _stale(_CONTACT_PHASE)
            changed = checked_contact(replace(known, **said, version=known.version + 1))
            if (changed.telephone, changed.alternate) != (known.telephone, known.alternate):
                changed = replace(changed, tested_on=None, tested_by_name="", reached=None)
            store_register.put_contact(connection, changed)
            fields = [name for name in said if getattr(known, name) != getattr(changed, name)]
            _note(connection, by, "site.contact.changed", known, {"fields": ",".join(fields)})
        return changed

    def end_contact(self, site_id: str, contact_id: str, *, by: Scribe) -> None:
        """Take one off the list; it stays on record.

        Raises:
            NotFoundError: no such contact of that site.
        """
        with self.database.begin() as connection:
            known = _contact(connection, site_id, contact_id)
            store_register.end_contact(connection, known)
            _note(connection, by, "site.contact.ended", known, {"hours": known.hours})

    def test_contact(self, site_id: str, contact_id: str, *, on: date, today: date, reached: bool, by: Scribe) -> None:
        """Somebody tried to call one (REPORT-14).

        Raises:
            NotFoundError: no such contact of that site.
            RequestError: a day that is still to come.
        """
        if on > today:
            raise RequestError("試験日が未来の日付です / a test of a day to come", phase=_CONTACT_PHASE)
        with self.database.begin() as connection:
            known = _contact(connection, site_id, contact_id)
            store_register.note_test(connection, known, on=on, by=by.name, reached=reached)
            _note(connection, by, "site.contact.tested", known, {"on": on.isoformat(), "reached": reached})


def _site(connection: Connection, site_id: str) -> Site:
    known = store.find(connection, site_id, lock=True)
    if known is None:
        raise NotFoundError(f"no site {site_id}", phase=_PHASE)
    return known


def _contact(connection: Connection, site_id: str, contact_id: str) -> Contact:
    known = store_register.contact_of(connection, site_id, contact_id)
    if known is None:
        raise NotFoundError("no such contact", phase=_CONTACT_PHASE)
    return known


def _stale(phase: str) -> StaleError:
    return StaleError("somebody changed it meanwhile", phase=phase, remedy="load it again")


def _note(connection: Connection, by: Scribe, event: str, about: Site | Contact, details: dict[str, Any]) -> None:
    subject = about.contact_id if isinstance(about, Contact) else about.site_id
    hub_trail.append(connection, actor=by.actor, event=event, site_id=about.site_id, subject=subject, details=details)
