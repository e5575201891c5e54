"""The verbs on contracts: each change is a new version with who, when and why."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import NotFoundError, OutsideContractError, RequestError, StaleError
from dokuei.hub.sites import store, store_contracts
from dokuei.hub.sites.contracts import Contract, Priority, Terms, Turnaround, Version, checked
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database
from dokuei.transfer.contract import ContractScope, refusal

LONGEST_REASON: Final = 1000
_PHASE: Final = "recording a contract"


@dataclass(frozen=True)
class Scribe:
    """Who writes: the trail's name and the one that a page shows."""

    actor: str
    name: str = ""


@dataclass(frozen=True)
class Contracting:
    """Contracts of all sites; who asks has seen to access."""

    database: Database

    def of_site(self, site_id: str) -> tuple[Contract, ...]:
        """All contracts of a site with all their versions."""
        with self.database.read() as connection:
            return store_contracts.of_site(connection, site_id)

    def of_sites(self, site_ids: Collection[str]) -> dict[str, tuple[Contract, ...]]:
        """The same of several."""
        with self.database.read() as connection:
            return store_contracts.of_sites(connection, site_ids)

    def record(self, site_id: str, terms: Terms, *, by: Scribe, because: str = "") -> Contract:
        """Write down a contract.

        Raises:
            NotFoundError: no such site.
            RequestError: terms that cannot stand.
        """
        with self.database.begin() as connection:
            _demand_site(connection, site_id, lock=True)
            version = recorded(connection, site_id, terms, by=by, because=because)
        return Contract((version,))

    def change(
        self, site_id: str, contract_id: str, terms: Terms, *, expected_version: int, by: Scribe, because: str
    ) -> Contract:
        """Add a version; those before it stay.

        Raises:
            NotFoundError: no such contract of that site.
            RequestError: terms that cannot stand, or no reason.
            StaleError: somebody changed it meanwhile.
        """
        terms = checked(terms)
        with self.database.begin() as connection:
            _demand_site(connection, site_id, lock=True)
            known = _found(connection, site_id, contract_id)
            _demand_version(known, expected_version)
            added = _next(connection, known, terms, by=by, because=_reason(because), event="contract.changed")
        return Contract((added, *known.versions))

    def terminate(
        self, site_id: str, contract_id: str, *, last_day: date, expected_version: int, by: Scribe, because: str
    ) -> Contract:
        """End a contract before its term; ``last_day`` still counts.

        Raises:
            NotFoundError: no such contract of that site.
            RequestError: a day outside its term, or no reason.
            StaleError: somebody changed it meanwhile.
        """
        with self.database.begin() as connection:
            _demand_site(connection, site_id, lock=True)
            known = _found(connection, site_id, contract_id)
            _demand_version(known, expected_version)
            before = known.present.terms
            if (before.valid_until and before.valid_until < last_day) or (
                before.valid_from and last_day < before.valid_from
            ):
                raise RequestError("a contract is terminated within its term", phase=_PHASE)
            ended = replace(before, terminated_on=last_day)
            added = _next(connection, known, ended, by=by, because=_reason(because), event="contract.terminated")
        return Contract((added, *known.versions))

    def scopes(self, site_id: str) -> tuple[ContractScope, ...]:
        """What a request is held against."""
        return tuple(one.present.terms.scope() for one in self.of_site(site_id))

    def demand(self, site_id: str, day: date, *, modalities: Sequence[str] = (), kind: str = "") -> None:
        """Nothing where a contract covers that.

        Raises:
            NotFoundError: no such site.
            OutsideContractError: none does; with the reason in both languages.
        """
        with self.database.read() as connection:
            _demand_site(connection, site_id)
        because = refusal(self.scopes(site_id), day, modalities=modalities, kind=kind)
        if because is not None:
            raise OutsideContractError(because.ja, because.en)

    def turnaround(self, site_id: str, day: date, priority: Priority) -> Turnaround | None:
        """What was agreed for that priority by the contract that covers the day; None where nothing was."""
        terms = (one.present.terms for one in self.of_site(site_id))
        covering = (one for one in terms if one.scope().covers(day))
        return next((found for one in covering if (found := one.turnaround(priority)) is not None), None)


def recorded(connection: Connection, site_id: str, terms: Terms, *, by: Scribe, because: str) -> Version:
    """The first version of a contract inside a transaction."""
    version = Version(uuid.uuid4().hex, site_id, 1, checked(terms), now(), by.actor, by.name, because.strip())
    store_contracts.add(connection, version)
    _note(connection, version, "contract.recorded")
    return version


def term_changed(connection: Connection, site_id: str, *, term: Mapping[str, date | None], by: Scribe) -> None:
    """Another term for the contract that began last, as the command line says it; a first one where there is none."""
    contracts = store_contracts.of_site(connection, site_id)
    before = contracts[0].present.terms if contracts else Terms()
    terms = replace(
        before,
        valid_from=term.get("contract_from", before.valid_from),
        valid_until=term.get("contract_until", before.valid_until),
    )
    because = "changed on the command line"
    if not contracts:
        recorded(connection, site_id, terms, by=by, because=because)
    elif terms != before:
        _next(connection, contracts[0], checked(terms), by=by, because=because, event="contract.changed")


def _next(connection: Connection, known: Contract, terms: Terms, *, by: Scribe, because: str, event: str) -> Version:
    present = known.present
    version = Version(
        present.contract_id, present.site_id, present.number + 1, terms, now(), by.actor, by.name, because
    )
    store_contracts.add(connection, version)
    _note(connection, version, event)
    return version


def _note(connection: Connection, version: Version, event: str) -> None:
    terms = version.terms
    hub_trail.append(
        connection,
        actor=version.actor,
        event=event,
        site_id=version.site_id,
        subject=version.contract_id,
        details={
            "version": version.number,
            "from": str(terms.valid_from or ""),
            "until": str(terms.last_day or ""),
            "modalities": ",".join(terms.modalities),
            "kinds": ",".join(terms.kinds),
            "because": version.because,
        },
    )


def _found(connection: Connection, site_id: str, contract_id: str) -> Contract:
    known = store_contracts.of_site(connection, site_id)
    found = next((one for one in known if one.present.contract_id == contract_id), None)
    if found is None:
        raise NotFoundError("no such contract", phase=_PHASE)
    return found


def _demand_site(connection: Connection, site_id: str, *, lock: bool = False) -> None:
    if store.find(connection, site_id, lock=lock) is None:
        raise NotFoundError(f"no site {site_id}", phase=_PHASE)


def _demand_version(known: Contract, expected_version: int) -> None:
    if known.present.number != expected_version:
        raise StaleError(
            f"the contract was changed meanwhile; it is at version {known.present.number} now",
            phase=_PHASE,
            remedy="load it again",
        )


def _reason(because: str) -> str:
    if not because.strip():
        raise RequestError("変更の理由が必要です / a change has a reason", phase=_PHASE)
    return because.strip()[:LONGEST_REASON]
