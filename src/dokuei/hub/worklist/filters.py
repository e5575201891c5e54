"""Filters that somebody keeps for themselves: they choose among what the person may see, and open nothing."""

from dataclasses import dataclass

from dokuei.errors import ConflictError, NotFoundError, RequestError
from dokuei.hub.identity.model import Principal
from dokuei.hub.worklist import store_filters
from dokuei.hub.worklist.store_filters import SavedFilter
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

LONGEST_NAME = 60
MOST = 30


@dataclass(frozen=True)
class Filters:
    """The verbs on one's own filters."""

    database: Database

    def mine(self, principal: Principal) -> tuple[SavedFilter, ...]:
        """All that this person keeps."""
        with self.database.read() as connection:
            return store_filters.of_person(connection, principal.person_id or "")

    def keep(self, principal: Principal, name: str, chosen: dict[str, str]) -> SavedFilter:
        """Keep a filter, in place of one of the same name.

        Raises:
            RequestError: no name, or one of control characters.
            ConflictError: more than anybody finds again.
        """
        name = name.strip()
        if not name or len(name) > LONGEST_NAME or any(ord(letter) < ord(" ") for letter in name):
            raise RequestError(f"a filter has a name of 1 to {LONGEST_NAME} letters", phase="keeping a filter")
        person_id = principal.person_id or ""
        with self.database.begin() as connection:
            kept = store_filters.put(connection, person_id, name, chosen)
            if store_filters.count(connection, person_id) > MOST:
                raise ConflictError(f"at most {MOST} filters", phase="keeping a filter", remedy="delete one first")
            hub_trail.append(connection, actor=principal.actor, event="worklist.filter-kept", subject=kept.filter_id)
        return kept

    def forget(self, principal: Principal, filter_id: str) -> None:
        """Delete one's own filter.

        Raises:
            NotFoundError: this person has no such filter.
        """
        with self.database.begin() as connection:
            if not store_filters.remove(connection, principal.person_id or "", filter_id):
                raise NotFoundError("no such filter", phase="deleting a filter")
            hub_trail.append(connection, actor=principal.actor, event="worklist.filter-deleted", subject=filter_id)
