"""Orders of a hospital's system that waits for the answer (FHIR): several at once are one decision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from dokuei.errors import ConflictError, NotFoundError, StaleError
from dokuei.hub.requests import linking, store, store_progress, store_versions
from dokuei.hub.requests.model import ReadingRequest, Source, demand_version
from dokuei.hub.requests.notices import Ordered, demand_same_patient, named_by, over
from dokuei.hub.requests.placing import Author, Placing
from dokuei.hub.requests.progress import stands_at
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

Outcome = Literal["placed", "changed", "known", "canceled"]
_PHASE = "taking an order"
_CANCELED = "canceled by the hospital's system"


@dataclass(frozen=True)
class Said:
    """One order; ``request_id`` where the system names the request itself, with the version it has seen.

    ``expected_steps`` is how far the request had come when that version was seen.
    """

    ordered: Ordered
    request_id: str | None = None
    expected_version: int | None = None
    expected_steps: int = 0


@dataclass(frozen=True)
class Taken:
    """What became of one order; ``after_signature`` where it came when the report was signed already."""

    request: ReadingRequest
    outcome: Outcome
    after_signature: bool = False


Keep = Callable[[Connection, int, Taken], None]


@dataclass(frozen=True)
class Exchange:
    """The verb on orders that are answered at once."""

    database: Database
    placing: Placing

    def take(
        self, site_id: str, orders: Sequence[Said], *, source: Source, author: Author, keep: Keep
    ) -> tuple[Taken, ...]:
        """Take all or none; ``keep`` writes in the same transaction what the caller keeps of each.

        Raises:
            NotFoundError, ForbiddenError: no such site or request, or outside the contract.
            ConflictError: signed or canceled already, or a number of somebody else's request.
            StaleError: another version than the one that was seen is there now.
            RequestError: an order that names nobody.
        """
        with self.database.begin() as connection:
            linking.lock(connection, site_id)
            taken = tuple(self._one(connection, site_id, one, source, author) for one in orders)
            for place, one in enumerate(taken):
                keep(connection, place, one)
        return taken

    def note_refusal(self, site_id: str, because: str, *, source: Source, author: Author) -> None:
        """On record by itself, since nothing else of the attempt stays."""
        with self.database.begin() as connection:
            hub_trail.append(
                connection,
                actor=author.actor,
                event="request.refused",
                site_id=site_id,
                details={"source": source, "because": because},
            )

    def _one(self, connection: Connection, site_id: str, said: Said, source: Source, author: Author) -> Taken:
        content = said.ordered.content
        known = self._known(connection, site_id, said)
        if said.ordered.action == "cancel":
            return self._cancel(connection, site_id, said, known, author)
        if known is None:
            placed = self.placing.placed(connection, site_id, content, source=source, author=author)
            return Taken(_now(connection, placed), "placed")
        demand_same_patient(connection, known, content)
        changed = self.placing.changed(connection, known, over(known.content, content), author=author)
        late = self.placing.is_signed(connection, changed)
        if changed.version == known.version:
            return Taken(known, "known", late)
        return Taken(_now(connection, changed), "changed", late)

    def _cancel(
        self, connection: Connection, site_id: str, said: Said, known: ReadingRequest | None, author: Author
    ) -> Taken:
        if known is None:
            content = said.ordered.content
            before = store_versions.canceled_by_number(
                connection,
                site_id,
                placer_order_number=content.placer_order_number,
                accession_number=content.accession_number,
            )
            if before is None:
                raise ConflictError("no open request has this number", phase=_PHASE)
            return Taken(before, "known")
        if known.state == "canceled":
            return Taken(known, "known")
        demand_same_patient(connection, known, said.ordered.content, former_too=True)
        self.placing.canceled(connection, known, _CANCELED, author=author)
        return Taken(_now(connection, known), "canceled")

    @staticmethod
    def _known(connection: Connection, site_id: str, said: Said) -> ReadingRequest | None:
        if said.request_id is None:
            known = named_by(connection, site_id, said.ordered.content)
        else:
            known = store.find(connection, said.request_id, site_ids={site_id}, lock=True)
            if known is None:
                raise NotFoundError("no such request", phase=_PHASE)
        if known is not None and said.expected_version is not None:
            demand_version(known, said.expected_version)
            _demand_steps(connection, known, said.expected_steps)
        return known


def _demand_steps(connection: Connection, known: ReadingRequest, expected_steps: int) -> None:
    steps = store_progress.steps(connection, {known.request_id}).get(known.request_id, ())
    if stands_at(steps, known.version)[1] != expected_steps:
        raise StaleError("the request has come further meanwhile", phase=_PHASE, remedy="load it again")


def _now(connection: Connection, request: ReadingRequest) -> ReadingRequest:
    """As it stands after what was written."""
    return store.find(connection, request.request_id, site_ids={request.site_id}) or request
