"""People and what they may do: added, invited, given roles, locked; each change has an actor."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from dokuei.errors import ConflictError, NotFoundError, RequestError
from dokuei.hub.identity import store_access, store_credentials, store_people
from dokuei.hub.identity.access import Access, end_session
from dokuei.hub.identity.enrolment import LINK_LASTS
from dokuei.hub.identity.model import (
    EMERGENCY,
    Grant,
    Language,
    Listed,
    Permission,
    Person,
    Role,
    checked_person,
    user_name_as_typed,
)
from dokuei.hub.identity.secrets import new_id, new_secret
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database
from dokuei.storage.lately import HOUR, Lately

FIRST_ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class People:
    """The verbs on people."""

    database: Database
    access: Access
    by_request: bool = False
    looked: Lately = field(default_factory=lambda: Lately(HOUR), repr=False)

    def add(
        self,
        *,
        user_name: str,
        display_name: str,
        grants: Iterable[Grant],
        actor: str,
        display_name_kana: str = "",
        language: Language = "ja",
        birth_date: date | None = None,
        affiliation_site_id: str | None = None,
        ends_on: date | None = None,
    ) -> Person:
        """Enter an individual with roles.

        Raises:
            RequestError: an account that names nobody or everybody, or a role at an unknown site.
            ConflictError: the user name is taken, or roles are given on request alone here.
        """
        person = checked_person(
            Person(
                person_id=new_id(),
                user_name=user_name_as_typed(user_name),
                display_name=display_name.strip(),
                display_name_kana=display_name_kana.strip(),
                language=language,
                birth_date=birth_date,
                affiliation_site_id=affiliation_site_id,
                ends_on=ends_on,
            )
        )
        grants = tuple(grants)
        self._demand_direct(grants, actor)
        with self.database.begin() as connection:
            if store_people.find_by_user_name(connection, person.user_name) is not None:
                raise ConflictError(f"there is a {person.user_name} already", phase="adding a person")
            try:
                store_people.add(connection, person, actor=actor)
            except IntegrityError as error:
                raise ConflictError(f"there is a {person.user_name} already", phase="adding a person") from error
            hub_trail.append(connection, actor=actor, event="person.added", subject=person.person_id)
            for given in grants:
                self._grant(connection, person.person_id, given, actor=actor, ends_on=None)
        return person

    def grant(self, person_id: str, given: Grant, *, actor: str, ends_on: date | None = None) -> None:
        """Give a role at a site, or in the centre.

        Raises:
            NotFoundError: no such person.
            RequestError: no such site.
            ConflictError: roles are given on request alone here.
        """
        self._demand_direct((given,), actor)
        with self.database.begin() as connection:
            self._known(connection, person_id)
            self._grant(connection, person_id, given, actor=actor, ends_on=ends_on)
        self.access.forget_all()

    def revoke(self, person_id: str, taken: Grant, *, actor: str) -> None:
        """Take a role back.

        Raises:
            NotFoundError: the person does not hold it.
        """
        with self.database.begin() as connection:
            if not store_people.revoke(connection, person_id, taken):
                raise NotFoundError("no such role", phase="taking a role back")
            hub_trail.append(
                connection,
                actor=actor,
                event="role.revoked",
                site_id=taken.site_id,
                subject=person_id,
                details={"role": taken.role.value},
            )
        self.access.forget_all()

    def link(self, person_id: str, *, actor: str, replace: bool = False, lasts: timedelta = LINK_LASTS) -> str:
        """Make a one-time enrolment code; ``replace`` ends the keys and the password that the person had (loss).

        Raises:
            NotFoundError: no such person.
        """
        code = new_secret()
        with self.database.begin() as connection:
            _demand_usual(self._known(connection, person_id))
            if replace:
                store_credentials.revoke_passkeys(connection, person_id)
                store_credentials.remove_password(connection, person_id)
                self._end_sessions(connection, person_id, actor=actor, because="credentials replaced")
            store_access.add_enrolment(connection, code, person_id=person_id, actor=actor, lasts=lasts)
            hub_trail.append(
                connection, actor=actor, event="enrolment.invited", subject=person_id, details={"replace": replace}
            )
        self.access.forget_all()
        return code

    def lock(self, person_id: str, *, actor: str, locked: bool = True) -> None:
        """Lock an account and end its sessions, or unlock it.

        Raises:
            NotFoundError: no such person.
            ConflictError: it is their own account, which nobody might be left to unlock.
        """
        if locked and actor == f"person:{person_id}":
            raise ConflictError("nobody locks their own account", phase="locking an account", remedy="ask another one")
        with self.database.begin() as connection:
            _demand_usual(self._known(connection, person_id))
            store_people.lock(connection, person_id, locked=locked)
            if locked:
                self._end_sessions(connection, person_id, actor=actor, because="locked")
            event = "person.locked" if locked else "person.unlocked"
            hub_trail.append(connection, actor=actor, event=event, subject=person_id)
        self.access.forget_all()

    def set_end(self, person_id: str, ends_on: date | None, *, actor: str) -> None:
        """Let an account end with the contract; on a day that is over its sessions end now (AUTH-15).

        Raises:
            NotFoundError: no such person.
            ConflictError: it is their own account.
        """
        if ends_on is not None and actor == f"person:{person_id}":
            raise ConflictError("nobody ends their own account", phase="ending an account", remedy="ask another one")
        with self.database.begin() as connection:
            _demand_usual(self._known(connection, person_id))
            store_people.set_end(connection, person_id, ends_on=ends_on)
            if ends_on is not None and ends_on < self.access.today:
                self._end_sessions(connection, person_id, actor=actor, because="account ended")
            details = {"ends_on": None if ends_on is None else ends_on.isoformat()}
            hub_trail.append(connection, actor=actor, event="person.end.set", subject=person_id, details=details)
        self.access.forget_all()

    def every(self) -> tuple[Listed, ...]:
        """All people."""
        with self.database.read() as connection:
            return store_people.every(connection, today=self.access.today)

    def holding(self, permission: Permission, site_ids: Collection[str]) -> tuple[tuple[Person, Grant], ...]:
        """Active people with each role at those sites, or in the centre, that gives a permission; by user name."""
        with self.database.read() as connection:
            return store_people.holding(connection, permission, site_ids=site_ids, today=self.access.today)

    def looked_up(self, *, actor: str) -> tuple[Listed, ...]:
        """All people for somebody's eyes, which is noted once an hour."""
        if not self.looked.holds(actor):
            with self.database.begin() as connection:
                hub_trail.append(connection, actor=actor, event="people.listed")
            self.looked.keep(actor)
        return self.every()

    def by_user_name(self, user_name: str) -> Person:
        """One person.

        Raises:
            NotFoundError: no such person.
        """
        with self.database.read() as connection:
            person = store_people.find_by_user_name(connection, user_name_as_typed(user_name))
        if person is None:
            raise NotFoundError(f"no person {user_name}", phase="looking a person up")
        return person

    def names(self, person_ids: Iterable[str]) -> dict[str, str]:
        """Display names by id, for lists in other slices."""
        with self.database.read() as connection:
            return store_people.names(connection, person_ids)

    def some(self, person_ids: Iterable[str]) -> tuple[Person, ...]:
        """Those of the given people that are known, by user name."""
        with self.database.read() as connection:
            return store_people.some(connection, person_ids)

    def first_administrator_code(self) -> str | None:
        """A one-time code for the first administrator, as long as nobody can administer; the one before ends."""
        with self.database.read() as connection:
            if store_people.someone_can_administer(connection, today=self.access.today):
                return None
            person = store_people.find_by_user_name(connection, FIRST_ADMINISTRATOR)
        if person is None:
            person = self.add(
                user_name=FIRST_ADMINISTRATOR,
                display_name="管理者 (Administrator)",
                grants=[Grant(Role.ADMINISTRATOR, None)],
                actor="system",
            )
        return self.link(person.person_id, actor="system")

    def _demand_direct(self, grants: Collection[Grant], actor: str) -> None:
        """Whoever sits at the hub's own machine may always: nobody else could let the first ones in (AUTH-14)."""
        if grants and self.by_request and actor.startswith("person:"):
            raise ConflictError(
                "roles are given on request here",
                phase="giving a role",
                remedy="ask for it, give it, have it confirmed",
            )

    def _grant(self, connection: Connection, person_id: str, given: Grant, *, actor: str, ends_on: date | None) -> None:
        if given.site_id is not None and given.site_id not in self.access.site_names(connection):
            raise RequestError(f"no site {given.site_id}", phase="giving a role")
        if given in store_people.grants(connection, person_id, today=self.access.today):
            return
        store_people.grant(connection, person_id, given, actor=actor, ends_on=ends_on)
        hub_trail.append(
            connection,
            actor=actor,
            event="role.granted",
            site_id=given.site_id,
            subject=person_id,
            details={"role": given.role.value},
        )

    @staticmethod
    def _end_sessions(connection: Connection, person_id: str, *, actor: str, because: str) -> None:
        for session in store_access.sessions_of(connection, person_id):
            end_session(connection, session, actor=actor, because=because)

    @staticmethod
    def _known(connection: Connection, person_id: str) -> Person:
        person = store_people.find(connection, person_id)
        if person is None:
            raise NotFoundError("no such person", phase="looking a person up")
        return person


def _demand_usual(person: Person) -> None:
    """The emergency account has no key, no password and no other end than its opening's (AUTH-16)."""
    if person.user_name == EMERGENCY:
        raise ConflictError("this is the emergency account", phase="changing an account", remedy="open it, or end it")
