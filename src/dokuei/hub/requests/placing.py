"""Placing a request, changing it, taking it back."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from dokuei.errors import ConflictError, ForbiddenError, NotFoundError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.requests import linking, store
from dokuei.hub.requests.identities import is_pseudonymous
from dokuei.hub.requests.model import (
    Content,
    ReadingRequest,
    Source,
    checked,
    demand_open,
    demand_reason,
    demand_version,
)
from dokuei.hub.requests.neighbours import Cases, Contracts
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database


@dataclass(frozen=True)
class Author:
    """Who places or changes: a person, or a hospital's system through its gateway."""

    actor: str
    name: str


@dataclass(frozen=True)
class Placing:
    """The verbs of whoever asks."""

    database: Database
    contracts: Contracts
    cases: Cases

    def place(self, principal: Principal, site_id: str, content: Content, *, source: Source) -> ReadingRequest:
        """Ask for a reading.

        Raises:
            NotFoundError: no such site for this person.
            ForbiddenError: no right to ask there, or no contract covers today (JRS-03).
            RequestError: it names nobody.
        """
        principal.demand(Permission.PLACE_REQUEST, site_id)
        with self.database.begin() as connection:
            return self.placed(connection, site_id, content, source=source, author=author_of(principal))

    def change(
        self, principal: Principal, request_id: str, content: Content, *, expected_version: int
    ) -> ReadingRequest:
        """Put other words in place of what was asked; what was asked before stays on record.

        Raises:
            NotFoundError: no such request at a site of theirs.
            ForbiddenError: no right to ask there, or no contract covers today.
            StaleError: somebody changed it meanwhile.
            ConflictError: it is canceled.
        """
        with self.database.begin() as connection:
            known = found(connection, principal, request_id, Permission.PLACE_REQUEST)
            demand_version(known, expected_version)
            kept = replace(
                content,
                filler_order_number=known.content.filler_order_number,
                study_instance_uid=known.content.study_instance_uid,
                worklist_study_instance_uids=known.content.worklist_study_instance_uids,
                kind=known.content.kind,
            )
            return self.changed(connection, known, kept, author=author_of(principal))

    def cancel(self, principal: Principal, request_id: str, because: str) -> ReadingRequest:
        """Take a request back.

        Raises:
            NotFoundError: no such request at a site of theirs.
            ForbiddenError: no right to ask there.
            RequestError: without a reason.
            ConflictError: it was answered already, or canceled.
        """
        because = demand_reason(because)
        with self.database.begin() as connection:
            known = found(connection, principal, request_id, Permission.PLACE_REQUEST)
            self.canceled(connection, known, because, author=author_of(principal))
        return replace(known, state="canceled", canceled_because=because, version=known.version + 1)

    def placed(
        self, connection: Connection, site_id: str, content: Content, *, source: Source, author: Author
    ) -> ReadingRequest:
        """The same inside a transaction, for whatever way it came."""
        checked(content)
        self._demand_allowed(site_id, content)
        return self.entered(connection, site_id, content, source=source, author=author)

    def entered(
        self, connection: Connection, site_id: str, content: Content, *, source: Source, author: Author
    ) -> ReadingRequest:
        """A new request, whatever the contract says: a trial is nobody's."""
        rules = linking.lock(connection, site_id)
        new = store.add(connection, site_id, content, source=source, actor=author.actor, actor_name=author.name)
        _note(connection, author, "request.placed", new, source=source)
        return linking.relink(connection, new, rules)

    def changed(
        self, connection: Connection, known: ReadingRequest, content: Content, *, author: Author, because: str = ""
    ) -> ReadingRequest:
        """The same inside a transaction; nothing is done where nothing differs."""
        demand_open(known)
        if content == known.content:
            return known
        checked(content)
        self._demand_allowed(known.site_id, content)
        return self.rewritten(connection, known, content, author=author, because=because)

    def rewritten(
        self, connection: Connection, known: ReadingRequest, content: Content, *, author: Author, because: str = ""
    ) -> ReadingRequest:
        """The next version, whatever the contract says: a correction of a patient waits for none."""
        rules = linking.lock(connection, known.site_id)
        late = self.is_signed(connection, known)
        changed = store.change(
            connection,
            known,
            content,
            after_signature=late,
            actor=author.actor,
            actor_name=author.name,
            because=because,
        )
        _note(connection, author, "request.changed", changed, version=changed.version, after_signature=late)
        return linking.relink(connection, changed, rules)

    def canceled(self, connection: Connection, known: ReadingRequest, because: str, *, author: Author) -> None:
        """The same inside a transaction."""
        demand_open(known)
        rules = linking.lock(connection, known.site_id)
        if self.is_signed(connection, known):
            raise ConflictError(
                "the report is signed already", phase="canceling a request", remedy="ask the reader for an amendment"
            )
        store.cancel(connection, known.request_id, because)
        _note(connection, author, "request.canceled", known, because=because)
        linking.withdrawn(connection, known, rules)

    def _demand_allowed(self, site_id: str, content: Content) -> None:
        self.contracts.demand(site_id, modalities=content.modality.replace("\\", ",").split(","), kind=content.kind)
        if self.contracts.wants_pseudonyms(site_id) and not is_pseudonymous(content.patient):
            raise ForbiddenError(
                "patients of this hospital are named by pseudonyms alone",
                phase="placing a request",
                remedy="let the hospital's system place it through the gateway",
            )

    def is_signed(self, connection: Connection, known: ReadingRequest) -> bool:
        """Whether a report about any of its studies stands."""
        joined = (one for one in known.links if one.state in {"matched", "mismatch"})
        return any(self.cases.is_signed(connection, known.site_id, one.study_instance_uid) for one in joined)


def author_of(principal: Principal) -> Author:
    """The person, as the record names them."""
    return Author(principal.actor, principal.display_name)


def found(connection: Connection, principal: Principal, request_id: str, permission: Permission) -> ReadingRequest:
    """One request that this person may do this with, held until the transaction ends.

    Raises:
        NotFoundError: no such request at a site of theirs.
        ForbiddenError: the permission is missing there.
    """
    known = store.find(connection, request_id, site_ids=principal.site_ids)
    if known is None:
        raise NotFoundError("no such request", phase="looking a request up")
    principal.demand(permission, known.site_id)
    linking.lock(connection, known.site_id)
    held = store.find(connection, request_id, site_ids={known.site_id}, lock=True)
    return held or known


def _note(
    connection: Connection, author: Author, event: str, request: ReadingRequest, **more: str | int | bool
) -> None:
    hub_trail.append(
        connection,
        actor=author.actor,
        event=event,
        site_id=request.site_id,
        subject=request.request_id,
        details=more,
    )
