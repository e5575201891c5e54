"""A role is asked for, given by an administrator, and confirmed by the asking department's manager (AUTH-14)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import ConflictError, NotFoundError, RequestError
from dokuei.hub.identity import store_people, store_requests
from dokuei.hub.identity.access import Access
from dokuei.hub.identity.model import EMERGENCY, Grant, Person, RoleRequest, user_name_as_typed
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

UNCONFIRMED_FOR: Final = timedelta(days=14)
_PHASE: Final = "asking for a role"


@dataclass(frozen=True)
class RoleRequests:
    """The verbs on requests for roles."""

    database: Database
    access: Access

    def ask(
        self,
        person_id: str,
        wanted: Grant,
        *,
        department: str,
        reason: str,
        manager: str,
        ends_on: date | None,
        actor: str,
    ) -> str:
        """Ask for a role, for oneself or (an administrator) for somebody; ``manager`` is a user name.

        Raises:
            NotFoundError: no such person.
            RequestError: no such site or manager, no department, or an end that is over.
            ConflictError: the role is held, or asked for already.
        """
        today = self.access.today
        with self.database.begin() as connection:
            person = self._active(connection, person_id)
            confirmer = store_people.find_by_user_name(connection, user_name_as_typed(manager))
            wrong = self._wrong_role(connection, person, wanted, department, ends_on)
            wrong = wrong or self._wrong_manager(connection, person, confirmer)
            if wrong or confirmer is None:
                raise RequestError(wrong or "no such manager", phase=_PHASE)
            held = wanted in store_people.grants(connection, person_id, today=today)
            if held or store_requests.is_waiting(connection, person_id, wanted):
                raise ConflictError("this role is held, or asked for already", phase=_PHASE)
            request_id = store_requests.add(
                connection,
                person_id=person_id,
                wanted=wanted,
                ends_on=ends_on,
                department=department.strip(),
                reason=reason.strip(),
                manager_id=confirmer.person_id,
                actor=actor,
            )
            _note(connection, "role.requested", actor, self._find(connection, request_id))
        return request_id

    def decide(self, request_id: str, *, given: bool, actor: str) -> None:
        """An administrator gives the role or refuses it; given, it ends by itself unless it is confirmed in time.

        Raises:
            NotFoundError: nothing waits under this id.
            ConflictError: it is the administrator's own.
        """
        with self.database.begin() as connection:
            asked = self._waiting(connection, request_id, "requested")
            if actor in {f"person:{asked.person_id}", f"person:{asked.manager_id}"}:
                raise ConflictError(
                    "neither for oneself, nor as the one who confirms", phase="giving a role", remedy="ask another one"
                )
            store_requests.decide(connection, request_id, state="granted" if given else "refused", actor=actor)
            _note(connection, "role.request.granted" if given else "role.request.refused", actor, asked)
            if given:
                self._active(connection, asked.person_id)
                self._give(connection, asked, actor=actor)
        self.access.forget_all()

    def confirm(self, request_id: str, *, person_id: str, confirmed: bool) -> None:
        """The department's manager says that this is right, or takes it back at once.

        Raises:
            NotFoundError: nothing waits for this person under this id.
        """
        actor = f"person:{person_id}"
        with self.database.begin() as connection:
            asked = self._waiting(connection, request_id, "granted")
            if asked.manager_id != person_id:
                raise NotFoundError("no such request", phase="confirming a role")
            store_requests.confirm(connection, request_id, state="confirmed" if confirmed else "rejected")
            _note(connection, "role.request.confirmed" if confirmed else "role.request.rejected", actor, asked)
            if confirmed:
                store_people.set_grant_end(connection, asked.person_id, asked.wanted, ends_on=asked.ends_on)
            elif store_people.revoke(connection, asked.person_id, asked.wanted):
                _note(connection, "role.revoked", actor, asked)
        self.access.forget_all()

    def mine(self, person_id: str) -> tuple[RoleRequest, ...]:
        """What somebody asked for, or has to confirm."""
        with self.database.read() as connection:
            return store_requests.of_person(connection, person_id)

    def every(self) -> tuple[RoleRequest, ...]:
        """All of them: those that wait first."""
        with self.database.read() as connection:
            return store_requests.latest(connection)

    def _give(self, connection: Connection, asked: RoleRequest, *, actor: str) -> None:
        provisional = (now() + UNCONFIRMED_FOR).date()
        ends_on = provisional if asked.ends_on is None else min(provisional, asked.ends_on)
        if asked.wanted in store_people.grants(connection, asked.person_id, today=self.access.today):
            return
        store_people.grant(connection, asked.person_id, asked.wanted, actor=actor, ends_on=ends_on)
        _note(connection, "role.granted", actor, asked)

    def _wrong_role(
        self, connection: Connection, person: Person, wanted: Grant, department: str, ends_on: date | None
    ) -> str | None:
        if wanted.site_id is not None and wanted.site_id not in self.access.site_names(connection):
            return f"no site {wanted.site_id}"
        if person.user_name == EMERGENCY:
            return "the emergency account has the roles that it has"
        if not department.strip():
            return "name the department"
        return "the role would have ended already" if ends_on is not None and ends_on < self.access.today else None

    def _wrong_manager(self, connection: Connection, person: Person, confirmer: Person | None) -> str | None:
        active = confirmer and store_people.active(connection, confirmer.person_id, today=self.access.today)
        if active is None:
            return "no such manager"
        return "nobody confirms their own role" if active.person_id == person.person_id else None

    def _active(self, connection: Connection, person_id: str) -> Person:
        person = store_people.active(connection, person_id, today=self.access.today)
        if person is None:
            raise NotFoundError("no such person", phase=_PHASE)
        return person

    @staticmethod
    def _find(connection: Connection, request_id: str) -> RoleRequest:
        asked = store_requests.find(connection, request_id)
        if asked is None:
            raise NotFoundError("no such request", phase=_PHASE)
        return asked

    def _waiting(self, connection: Connection, request_id: str, state: str) -> RoleRequest:
        asked = self._find(connection, request_id)
        if asked.state != state:
            raise NotFoundError("no such request", phase=_PHASE)
        return asked


def _note(connection: Connection, event: str, actor: str, asked: RoleRequest) -> None:
    hub_trail.append(
        connection,
        actor=actor,
        event=event,
        site_id=asked.wanted.site_id,
        subject=asked.person_id,
        details={"role": asked.wanted.role.value, "request_id": asked.request_id, "manager": asked.manager_id},
    )
