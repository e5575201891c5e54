"""The audit trail: appended in the same transaction as what it tells of, each entry chained to the one before.

A chain alone does not show a cut tail; ``head`` is what goes to an anchor outside.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import rfc8785
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Text,
    insert,
    inspect,
    literal,
    select,
    table,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from dokuei.clock import now
from dokuei.storage.db import UtcDateTime, gateway_metadata, hub_metadata

Detail: TypeAlias = "str | int | float | bool | Sequence[Detail] | Mapping[str, Detail] | None"

_ZERO = "0" * 64
_VERIFY_AT_ONCE = 1000


def _tables(metadata: MetaData) -> tuple[Table, Table]:
    entries = Table(
        "audit_entry",
        metadata,
        Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
        Column("at", UtcDateTime, nullable=False),
        Column("actor", String(200), nullable=False),
        Column("event", String(100), nullable=False),
        Column("site_id", String(64), nullable=True),
        Column("subject", String(200), nullable=True),
        Column("details", Text, nullable=False),
        Column("hash", String(64), nullable=False),
    )
    head = Table(
        "audit_head",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("sequence", BigInteger, nullable=False),
        Column("hash", String(64), nullable=False),
    )
    return entries, head


hub_entries, hub_head = _tables(hub_metadata)
gateway_entries, gateway_head = _tables(gateway_metadata)
for _sought in ((), ("actor",), ("subject",), ("site_id",), ("event",), ("actor", "event"), ("actor", "site_id")):
    _names = (*_sought, "at")  # newest first among what an auditor looks for; ties are told apart by their number
    Index(f"ix_audit_entry_{'_'.join(_names)}", *(hub_entries.c[name] for name in _names))


@dataclass(frozen=True)
class Head:
    """The last entry's number and hash."""

    sequence: int
    hash: str


@dataclass(frozen=True)
class Verdict:
    """What a walk along the chain found; ``broken_at`` is the first entry that does not fit, ``why`` says how."""

    entries: int
    head: Head
    broken_at: int | None
    why: str = ""


@dataclass(frozen=True)
class Entry:
    """One entry as it is exported: who, when, what, where, on what (LOG-02)."""

    sequence: int
    at: datetime
    actor: str
    event: str
    site_id: str | None
    subject: str | None
    details: str


@dataclass(frozen=True)
class Trail:
    """One database's trail."""

    entries: Table
    head_table: Table

    def append(
        self,
        connection: Connection,
        *,
        actor: str,
        event: str,
        site_id: str | None = None,
        subject: str | None = None,
        details: Mapping[str, Detail] | None = None,
    ) -> None:
        """Add one entry inside the caller's transaction (who, what, where, on what).

        ``subject`` names the object (a study's UID, a report's id); patient fields never go in.
        """
        head = self._locked_head(connection)
        at = now()
        text = rfc8785.dumps(dict(details or {})).decode()
        sequence = head.sequence + 1
        digest = _chained(head.hash, sequence, at, actor, event, site_id, subject, text)
        connection.execute(
            insert(self.entries).values(
                sequence=sequence,
                at=at,
                actor=actor,
                event=event,
                site_id=site_id,
                subject=subject,
                details=text,
                hash=digest,
            )
        )
        connection.execute(
            update(self.head_table).where(self.head_table.c.id == 1).values(sequence=sequence, hash=digest)
        )

    def head(self, connection: Connection) -> Head:
        """The last entry's number and hash, for an anchor outside."""
        row = connection.execute(select(self.head_table.c.sequence, self.head_table.c.hash)).one_or_none()
        return Head(0, _ZERO) if row is None else Head(row.sequence, row.hash)

    def verify(
        self, connection: Connection, *, anchors: Iterable[Head] = (), between: Callable[[], None] = lambda: None
    ) -> Verdict:
        """Walk the chain from the first entry; every anchored head must still lie on it.

        The trail may grow meanwhile: the head of before the walk must lie on the chain, the one of after it may not
        be behind the chain's end. ``between`` is called after each thousand entries, and ends the walk by raising.
        """
        before = self.head(connection)
        expected: dict[int, set[str]] = {}
        for head in (*anchors, before):
            expected.setdefault(head.sequence, set()).add(head.hash)
        walked, broken, why = self._walk(connection, expected, between)
        after = self.head(connection)
        if broken is None and walked.sequence < max(expected):
            broken, why = walked.sequence + 1, "the end of the trail was cut"
        if broken is None and walked.sequence > after.sequence:
            broken, why = after.sequence + 1, "entries behind the recorded end"
        return Verdict(walked.sequence, after, broken, why)

    def since(self, connection: Connection, first: datetime, last: datetime) -> Iterator[Entry]:
        """Entries of a time span in their order, for an inspection (立入検査)."""
        columns = [self.entries.c[name] for name in Entry.__dataclass_fields__]
        rows = connection.execute(
            select(*columns)
            .where(self.entries.c.at >= first, self.entries.c.at < last)
            .order_by(self.entries.c.sequence)
        )
        for row in rows:
            yield Entry(*row)

    def after(self, connection: Connection, sequence: int, *, at_most: int) -> tuple[Entry, ...]:
        """The entries that follow one, in their order."""
        columns = [self.entries.c[name] for name in Entry.__dataclass_fields__]
        rows = connection.execute(
            select(*columns).where(self.entries.c.sequence > sequence).order_by(self.entries.c.sequence).limit(at_most)
        )
        return tuple(Entry(*row) for row in rows)

    def named(self, connection: Connection, event: str) -> Iterator[Entry]:
        """All entries of one event in their order."""
        columns = [self.entries.c[name] for name in Entry.__dataclass_fields__]
        asked = select(*columns).where(self.entries.c.event == event).order_by(self.entries.c.sequence)
        for row in connection.execute(asked):
            yield Entry(*row)

    def is_emptied(self, connection: Connection, witnesses: Collection[str] | None) -> bool:
        """Whether there are rows that an empty trail does not tell of; in any table unless some are named."""
        own = {self.entries.name, self.head_table.name, "alembic_version"}
        names = set(inspect(connection).get_table_names() if witnesses is None else witnesses) - own
        return any(
            connection.execute(select(literal(1)).select_from(table(name)).limit(1)).first() is not None
            for name in sorted(names)
        )

    def _walk(
        self, connection: Connection, expected: Mapping[int, set[str]], between: Callable[[], None]
    ) -> tuple[Head, int | None, str]:
        walked = Head(0, _ZERO)
        while rows := self._after(connection, walked.sequence):
            for row in rows:
                sequence = walked.sequence + 1
                if row.sequence != sequence:
                    return walked, sequence, "an entry is missing"
                digest = _chained(
                    walked.hash, sequence, row.at, row.actor, row.event, row.site_id, row.subject, row.details
                )
                if digest != row.hash:
                    return walked, sequence, "an entry was altered, or put in place of another"
                if expected.get(sequence, {digest}) != {digest}:
                    return walked, sequence, "the trail is not the one whose end was recorded"
                walked = Head(sequence, digest)
            between()
        return walked, None, ""

    def _after(self, connection: Connection, sequence: int) -> Sequence[Row[Any]]:
        return connection.execute(
            select(self.entries)
            .where(self.entries.c.sequence > sequence)
            .order_by(self.entries.c.sequence)
            .limit(_VERIFY_AT_ONCE)
        ).all()

    def _locked_head(self, connection: Connection) -> Head:
        """The head, held until the caller's transaction ends: writers queue here, so the chain never forks."""
        query = select(self.head_table).where(self.head_table.c.id == 1).with_for_update()
        row = connection.execute(query).one_or_none()
        if row is None:
            make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            first = make(self.head_table).values(id=1, sequence=0, hash=_ZERO).on_conflict_do_nothing()
            connection.execute(first)
            row = connection.execute(query).one()
        return Head(row.sequence, row.hash)


hub_trail = Trail(hub_entries, hub_head)
gateway_trail = Trail(gateway_entries, gateway_head)


def _chained(previous: str, sequence: int, at: datetime, *fields: str | None) -> str:
    body = rfc8785.dumps([previous, sequence, at.isoformat(), *fields])
    return hashlib.sha256(body).hexdigest()
