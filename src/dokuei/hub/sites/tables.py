"""Contracts version by version, the facility register, and whom to call."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Table, Text

from dokuei.storage.db import UtcDateTime, hub_metadata

contract_version = Table(
    "site_contract_version",
    hub_metadata,
    Column("contract_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("site_id", String(64), nullable=False),
    Column("document", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("actor_name", String(200), nullable=False),
    Column("because", Text, nullable=False),
)
Index("ix_site_contract_version_site_id", contract_version.c.site_id)

register = Table(
    "site_register",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String(200), nullable=False),
    Column("changed_by_name", String(200), nullable=False),
)

contact = Table(
    "site_contact",
    hub_metadata,
    Column("contact_id", String(32), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("hours", String(16), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("role", String(200), nullable=False),
    Column("telephone", String(40), nullable=False),
    Column("alternate", String(40), nullable=False),
    Column("note", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("tested_on", Date, nullable=True),
    Column("tested_by_name", String(200), nullable=False),
    Column("reached", Boolean, nullable=True),
    Column("ended_at", UtcDateTime, nullable=True),
)
Index("ix_site_contact_site_id", contact.c.site_id)

contact_reminder = Table(
    "site_contact_reminder",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("person_id", String(32), primary_key=True),
    Column("sent_at", UtcDateTime, nullable=False),
)
