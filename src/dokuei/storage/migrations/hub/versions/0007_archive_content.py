"""What a series consists of, as a digest; and on SQLite no row id of the archive is ever given out twice."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = ("study", "series", "instance", "archive_quarantine", "study_deletion")


def upgrade() -> None:
    op.add_column("series", sa.Column("content", sa.String(64), nullable=False, server_default=""))
    _digest_contents()
    op.drop_column("series", "revision")
    _settle("content", autoincrement=True)


def downgrade() -> None:
    op.add_column("series", sa.Column("revision", sa.Integer, nullable=False, server_default="0"))
    op.drop_column("series", "content")
    _settle("revision", autoincrement=False)


def _digest_contents() -> None:
    """The digest that storing would have written: each object's chained to those before it, in order of arrival."""
    connection = op.get_bind()
    series = sa.table("series", sa.column("id"), sa.column("content"))
    names = ("id", "series_key", "sop_instance_uid", "sha256", "attributes")
    instance = sa.table("instance", *(sa.column(name) for name in names))
    for key in connection.execute(sa.select(series.c.id)).scalars().all():
        members = sa.select(instance).where(instance.c.series_key == key).order_by(instance.c.id)
        content = ""
        for row in connection.execute(members):
            described = hashlib.sha256(row.attributes).hexdigest()
            content = hashlib.sha256(f"{content}/{row.sop_instance_uid}/{row.sha256}/{described}".encode()).hexdigest()
        connection.execute(sa.update(series).where(series.c.id == key).values(content=content))


def _settle(column: str, *, autoincrement: bool) -> None:
    """Take the new column's default away.

    SQLite makes its tables anew for that, and can say AUTOINCREMENT then only; old children go before their parents,
    so that no reference ever dangles.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.alter_column("series", column, server_default=None)
        return
    new, old = sa.MetaData(), sa.MetaData()
    for name in _TABLES:
        sa.Table(name, new, autoload_with=connection, sqlite_autoincrement=autoincrement)
    new.tables["series"].c[column].server_default = None
    for name in _TABLES:
        for index in new.tables[name].indexes:
            op.drop_index(str(index.name), name)
        op.rename_table(name, f"{name}_before")
    for name in _TABLES:
        new.tables[name].create(connection)
        before = sa.Table(f"{name}_before", old, autoload_with=connection)
        names = [one.name for one in new.tables[name].columns]
        rows = sa.select(*(before.c[one] for one in names)).order_by(before.c.id)
        connection.execute(sa.insert(new.tables[name]).from_select(names, rows))
    for name in ("instance", "series", "study", "archive_quarantine", "study_deletion"):
        op.drop_table(f"{name}_before")
