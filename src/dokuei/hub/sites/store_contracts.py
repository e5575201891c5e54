"""Contracts in SQL: versions are added, never changed."""

from collections.abc import Collection

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, insert, select

from dokuei.hub.sites.contracts import Contract, Terms, Version, grouped
from dokuei.hub.sites.tables import contract_version

_TERMS = TypeAdapter(Terms)


def add(connection: Connection, version: Version) -> None:
    """Keep the next version; one that is there already cannot be written over."""
    connection.execute(
        insert(contract_version).values(
            contract_id=version.contract_id,
            number=version.number,
            site_id=version.site_id,
            document=_TERMS.dump_json(version.terms).decode(),
            at=version.at,
            actor=version.actor,
            actor_name=version.actor_name[:200],
            because=version.because,
        )
    )


def of_sites(connection: Connection, site_ids: Collection[str]) -> dict[str, tuple[Contract, ...]]:
    """The contracts of some sites."""
    asked = select(contract_version).where(contract_version.c.site_id.in_(site_ids))
    found: dict[str, list[Version]] = {one: [] for one in site_ids}
    for row in connection.execute(asked):
        found[row.site_id].append(_version(row))
    return {site_id: grouped(versions) for site_id, versions in found.items()}


def of_site(connection: Connection, site_id: str) -> tuple[Contract, ...]:
    """The contracts of one."""
    return of_sites(connection, (site_id,))[site_id]


def _version(row: Row[tuple[object, ...]]) -> Version:
    return Version(
        contract_id=row.contract_id,
        site_id=row.site_id,
        number=row.number,
        terms=_TERMS.validate_json(row.document),
        at=row.at,
        actor=row.actor,
        actor_name=row.actor_name,
        because=row.because,
    )
