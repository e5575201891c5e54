"""Contracts version by version in the place of a site's term, the facility register, and whom to call."""

import json
import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Each site's term becomes the first version of a contract that covers everything, as it did."""
    _contracts()
    _register()
    _terms_to_contracts()
    with op.batch_alter_table("site") as site:
        site.drop_column("contract_until")
        site.drop_column("contract_from")


def _contracts() -> None:
    op.create_table(
        "site_contract_version",
        sa.Column("contract_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("because", sa.Text, nullable=False),
    )
    op.create_index("ix_site_contract_version_site_id", "site_contract_version", ["site_id"])


def _register() -> None:
    op.create_table(
        "site_register",
        sa.Column("site_id", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("changed_at", _AT, nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("changed_by_name", sa.String(200), nullable=False),
    )
    op.create_table(
        "site_contact",
        sa.Column("contact_id", sa.String(32), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("hours", sa.String(16), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(200), nullable=False),
        sa.Column("telephone", sa.String(40), nullable=False),
        sa.Column("alternate", sa.String(40), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("tested_on", sa.Date, nullable=True),
        sa.Column("tested_by_name", sa.String(200), nullable=False),
        sa.Column("reached", sa.Boolean, nullable=True),
        sa.Column("ended_at", _AT, nullable=True),
    )
    op.create_index("ix_site_contact_site_id", "site_contact", ["site_id"])


def _terms_to_contracts() -> None:
    connection = op.get_bind()
    site = sa.table("site", *(sa.column(one) for one in ("site_id", "created_by")), *_days())
    contract = sa.table(
        "site_contract_version",
        *(sa.column(one) for one in ("contract_id", "number", "site_id", "document", "actor", "actor_name", "because")),
        sa.column("at", _AT),
    )
    for row in connection.execute(sa.select(site)).all():
        days = {name: getattr(row, name) for name in ("contract_from", "contract_until")}
        terms = {
            "valid_from": days["contract_from"] and days["contract_from"].isoformat(),
            "valid_until": days["contract_until"] and days["contract_until"].isoformat(),
        }
        connection.execute(
            sa.insert(contract).values(
                contract_id=uuid.uuid4().hex,
                number=1,
                site_id=row.site_id,
                document=json.dumps(terms),
                at=datetime.now(UTC),
                actor=row.created_by,
                actor_name="",
                because="taken over from the register of sites",
            )
        )


def _days() -> tuple[sa.ColumnClause[object], ...]:
    return sa.column("contract_from", sa.Date), sa.column("contract_until", sa.Date)


def downgrade() -> None:
    """What the term was is in the versions alone: open ends come back."""
    op.add_column("site", sa.Column("contract_from", sa.Date, nullable=True))
    op.add_column("site", sa.Column("contract_until", sa.Date, nullable=True))
    op.drop_table("site_contact")
    op.drop_table("site_register")
    op.drop_table("site_contract_version")
