"""When a case was finished and when it changed last; by which words cases and requests are found; what is still to be done."""

import json
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from sqlalchemy import RowMapping

from dokuei.dicom.folded import sought_in

revision = "0031"
down_revision = "0029"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_INDEXES = {
    "accession_number": ["site_id", "accession_number"],
    "finished": ["site_id", "finished_at"],
    "touched": ["site_id", "touched_at"],
    "sought": ["site_id", "first_received_at", "sought"],
}
_SOUGHT = (
    "patient_name_ideographic",
    "patient_name_phonetic",
    "patient_name_alphabetic",
    "patient_id",
    "accession_number",
    "study_description",
)
_AT_ONCE = 1000


def upgrade() -> None:
    """Cases that are there already were finished when their last reading was signed, and changed long ago."""
    op.add_column("worklist_item", sa.Column("finished_at", _AT, nullable=True))
    op.add_column("worklist_item", sa.Column("touched_at", _AT, nullable=True))
    op.add_column("worklist_item", sa.Column("sought", sa.Text, nullable=False, server_default=""))
    op.execute(
        "UPDATE worklist_item SET finished_at = COALESCE((SELECT MAX(r.signed_at) FROM reading_role r"
        " WHERE r.worklist_item_id = worklist_item.worklist_item_id), last_received_at)"
        " WHERE status IN ('completed', 'canceled')"
    )
    _done()
    op.add_column("reading_request", sa.Column("sought", sa.Text, nullable=False, server_default=""))
    _find("worklist_item", "worklist_item_id", _SOUGHT, lambda row: sought_in(*(row[name] for name in _SOUGHT)))
    _find("reading_request", "request_id", ("document",), lambda row: _asked(row["document"]))
    for name, columns in _INDEXES.items():
        op.create_index(f"ix_worklist_item_{name}", "worklist_item", columns)
    op.create_index("ix_reading_request_sought", "reading_request", ["site_id", "placed_at", "sought"])


def downgrade() -> None:
    """Back to lists that read everything."""
    op.drop_index("ix_outcome_signed_done", "outcome_signed")
    for name in ("done_at", "read_at", "holds"):
        op.drop_column("outcome_signed", name)
    op.drop_index("ix_reading_request_sought", "reading_request")
    op.drop_column("reading_request", "sought")
    for name in _INDEXES:
        op.drop_index(f"ix_worklist_item_{name}", "worklist_item")
    for name in ("sought", "touched_at", "finished_at"):
        op.drop_column("worklist_item", name)


def _done() -> None:
    op.add_column("outcome_signed", sa.Column("holds", sa.Boolean, nullable=False, server_default=sa.true()))
    for name in ("read_at", "done_at"):
        op.add_column("outcome_signed", sa.Column(name, _AT, nullable=True))
    signed, mark = (
        sa.table(name, *(sa.column(column) for column in ("worklist_item_id", "number", *more)))
        for name, more in (("outcome_signed", ("holds", "read_at", "done_at")), ("outcome_mark", ("kind", "at")))
    )
    later = sa.alias(signed)
    op.execute(
        sa.update(signed)
        .where(
            sa.exists()
            .where(later.c.worklist_item_id == signed.c.worklist_item_id, later.c.number > signed.c.number)
            .correlate(signed)
        )
        .values(holds=sa.false())
    )
    for name, kind in (("read_at", "opened"), ("done_at", "acted")):
        first = sa.select(sa.func.min(mark.c.at)).where(
            mark.c.worklist_item_id == signed.c.worklist_item_id,
            mark.c.number == signed.c.number,
            mark.c.kind == kind,
        )
        op.execute(sa.update(signed).values({name: first.correlate(signed).scalar_subquery()}))
    columns = ["site_id", "holds", "done_at", "read_at"]
    op.create_index("ix_outcome_signed_done", "outcome_signed", columns)


def _find(table: str, key: str, columns: tuple[str, ...], sought: Callable[[RowMapping], str]) -> None:
    rows = sa.table(table, *(sa.column(name) for name in (key, "sought", *columns)))
    connection, last = op.get_bind(), ""
    while True:
        asked = sa.select(rows).where(rows.c[key] > last).order_by(rows.c[key])
        some = connection.execute(asked.limit(_AT_ONCE)).mappings().all()
        if not some:
            return
        last = some[-1][key]
        told = sa.update(rows).where(rows.c[key] == sa.bindparam("key")).values(sought=sa.bindparam("words"))
        connection.execute(told, [{"key": row[key], "words": sought(row)} for row in some])


def _asked(document: str) -> str:
    content = json.loads(document)
    patient = content["patient"]
    return sought_in(
        *(patient["name"][group] for group in ("ideographic", "phonetic", "alphabetic")),
        patient["patient_id"],
        content["accession_number"],
        content["placer_order_number"],
        content["clinical"]["reason"],
    )
