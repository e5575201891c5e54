"""Manifests, announcements and closed studies of each gateway beside each other; which objects a deletion removed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

_WHOSE = {"study_manifest": "signed_by", "study_announced": "announced_by", "gateway_study": "gateway_id"}


def upgrade() -> None:
    """An announcement of before belongs to nobody (an empty name): the next word of any gateway replaces it."""
    nobody = sa.Column("announced_by", sa.String(200), nullable=False, server_default="")
    op.add_column("study_announced", nobody)
    for name, whose in _WHOSE.items():
        _key(name, "site_id", "study_instance_uid", whose)
    op.add_column("study_deletion", sa.Column("instances", sa.LargeBinary, nullable=True))
    op.create_index("ix_study_deletion_study", "study_deletion", ["site_id", "study_instance_uid"])


def downgrade() -> None:
    """Of several gateways' words about one study, one stays."""
    op.drop_index("ix_study_deletion_study", "study_deletion")
    op.drop_column("study_deletion", "instances")
    for name, whose in _WHOSE.items():
        op.execute(
            f"DELETE FROM {name} WHERE {whose} <> (SELECT max(o.{whose}) FROM {name} o"  # noqa: S608 - names of our own
            f" WHERE o.site_id = {name}.site_id AND o.study_instance_uid = {name}.study_instance_uid)"
        )
        _key(name, "site_id", "study_instance_uid")
    op.drop_column("study_announced", "announced_by")


def _key(name: str, *columns: str) -> None:
    """Another primary key; SQLite makes its table anew for that, and none of these has a column that may be empty."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        former = sa.inspect(connection).get_pk_constraint(name)["name"]
        op.drop_constraint(str(former), name, type_="primary")
        op.create_primary_key(former, name, list(columns))
        return
    op.rename_table(name, f"{name}_before")
    before = sa.Table(f"{name}_before", sa.MetaData(), autoload_with=connection)
    names = [column.name for column in before.c]
    made = op.create_table(
        name,
        *(sa.Column(one.name, one.type, primary_key=one.name in columns, nullable=False) for one in before.c),
    )
    connection.execute(sa.insert(made).from_select(names, sa.select(before)))
    op.drop_table(before.name)
