"""Who saw what of whom: lists and exports of the trail, within what the asker may see, each use on record."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import NotFoundError, RequestError
from dokuei.hub.audits import store
from dokuei.hub.audits.inspection import Form, rows_of
from dokuei.hub.audits.model import Asked, KnownStudy, Line, Page
from dokuei.hub.audits.naming import Naming
from dokuei.hub.audits.neighbours import Patients
from dokuei.hub.identity import store_people
from dokuei.hub.identity.model import Permission, Person, Principal
from dokuei.storage.audit import Detail, hub_trail
from dokuei.storage.db import Database
from dokuei.storage.lately import HOUR, Lately

_AT_ONCE = 1000
_MOST_STUDIES = 200
_MOST_NAMED = 20


@dataclass(frozen=True)
class Wish:
    """What is asked for, as it stands in the page's address: identifiers alone, no patient's data.

    ``whole_patient`` widens ``study`` (at ``site_id``) to every study of the same patient.
    """

    asked: Asked = field(default_factory=Asked)
    site_id: str | None = None
    study: str | None = None
    whole_patient: bool = False

    def told(self) -> dict[str, Detail]:
        """How the wish stands in the trail."""
        asked = self.asked
        values: dict[str, Detail] = {
            "from": asked.first.isoformat() if asked.first else None,
            "until": asked.last.isoformat() if asked.last else None,
            "actor": asked.actor,
            "group": asked.group.value if asked.group else None,
            "study": self.study,
            "whole_patient": self.whole_patient or None,
        }
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class Listing:
    """Reads the trail for an auditor; in the centre all of it, at a site that site's entries."""

    database: Database
    naming: Naming
    patients: Patients
    noted: Lately = field(default_factory=lambda: Lately(HOUR), repr=False)

    def page(self, principal: Principal, wish: Wish, *, before: int | None, at_most: int) -> Page:
        """Some entries, the newest first; that they were looked at is noted once an hour for each wish.

        Raises:
            NotFoundError: a site that is none of theirs.
        """
        sites = scope(principal, wish.site_id)
        self._note(principal, wish)
        with self.database.read() as connection:
            asked = self._asked(connection, wish, sites)
            found = store.page(connection, asked, beside=before, at_most=at_most + 1)
            lines = self.naming.lines(connection, found[:at_most])
        return Page(lines, lines[-1].sequence if len(found) > at_most else None)

    def export(self, principal: Principal, wish: Wish, form: Form) -> Iterator[bytes]:
        """The inspection form (LOG-02), oldest first, in pieces; that it was taken is on record before the first.

        Raises:
            NotFoundError: a site that is none of theirs.
        """
        sites = scope(principal, wish.site_id)
        self.note_export(wish, actor=principal.actor, site_id=wish.site_id)
        return rows_of(self.lines(wish, sites), form)

    def note_export(self, wish: Wish, *, actor: str, site_id: str | None = None) -> None:
        """Say that somebody takes entries out of the hub."""
        with self.database.begin() as connection:
            hub_trail.append(
                connection,
                actor=actor,
                event="audit.exported",
                site_id=site_id,
                subject=wish.study,
                details=wish.told(),
            )

    def lines(self, wish: Wish, sites: frozenset[str] | None) -> Iterator[Line]:
        """Everything that is asked for up to now, a block at a time: no view of the database is held meanwhile."""
        with self.database.read() as connection:
            asked = self._asked(connection, wish, sites)
        asked = replace(asked, last=min(asked.last or now(), now()))
        beside = None
        while True:
            with self.database.read() as connection:
                found = store.page(connection, asked, beside=beside, at_most=_AT_ONCE, forward=True)
                lines = self.naming.lines(connection, found)
            yield from lines
            if len(found) < _AT_ONCE:
                return
            beside = found[-1].sequence

    def people(self, principal: Principal) -> tuple[Person, ...]:
        """Whom an auditor may ask for: in the centre everybody, at a site who has or had a role there."""
        sites = scope(principal, None)
        with self.database.read() as connection:
            return store_people.at_sites(connection, sites)

    def seek(self, principal: Principal, text: str) -> tuple[KnownStudy, ...]:
        """Studies of a patient's number, an accession number or a UID; on record, without what was typed.

        Raises:
            RequestError: nothing was typed.
        """
        wanted = text.strip()
        if not wanted:
            raise RequestError("nothing to look for", phase="looking for a patient")
        sites = scope(principal, None)
        with self.database.begin() as connection:
            found = self.patients.sought(connection, wanted, site_ids=sites, at_most=_MOST_STUDIES)
            details: dict[str, Detail] = {"studies": [one.study_instance_uid for one in found[:_MOST_NAMED]]}
            hub_trail.append(connection, actor=principal.actor, event="audit.patient-sought", details=details)
        return found

    def _note(self, principal: Principal, wish: Wish) -> None:
        act = (principal.actor, wish.site_id or "", repr(sorted(wish.told().items())))
        if self.noted.holds(*act):
            return
        with self.database.begin() as connection:
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="audit.read",
                site_id=wish.site_id,
                subject=wish.study,
                details=wish.told(),
            )
        self.noted.keep(*act)

    def _asked(self, connection: Connection, wish: Wish, sites: frozenset[str] | None) -> Asked:
        subjects: tuple[str, ...] | None = None
        if wish.study is not None:
            subjects = (wish.study,)
            if wish.whole_patient and wish.site_id is not None:
                subjects = self.patients.same_patient(connection, wish.site_id, wish.study) or subjects
        return replace(wish.asked, subjects=subjects, site_ids=sites)


def scope(principal: Principal, site_id: str | None) -> frozenset[str] | None:
    """The sites whose entries somebody may see: None is the whole trail.

    Raises:
        NotFoundError: a site that is none of theirs; an unknown one answers alike.
    """
    if Permission.READ_AUDIT in principal.centre_permissions:
        if site_id is not None and site_id not in principal.site_ids:
            raise NotFoundError("nothing here", phase="checking access")
        return None if site_id is None else frozenset({site_id})
    sites = principal.sites_with(Permission.READ_AUDIT)
    if site_id is None:
        return sites
    if site_id not in sites:
        raise NotFoundError("nothing here", phase="checking access")
    return frozenset({site_id})
