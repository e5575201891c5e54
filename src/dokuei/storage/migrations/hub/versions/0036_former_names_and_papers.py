"""Requests are found by whom they named before a correction; papers of a study of their own wait for a request."""

import json

import sqlalchemy as sa
from alembic import op

from dokuei.dicom.folded import sought_in

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_GROUPS = ("ideographic", "phonetic", "alphabetic")
_AT_ONCE = 500


def upgrade() -> None:
    """Requests that were corrected already are found by what they said then too."""
    _find_by_former_names()
    op.add_column("request_study", sa.Column("papers_only", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("ix_request_study_papers_only", "request_study", ["site_id", "papers_only", "study_date"])
    op.create_table(
        "request_papers",
        sa.Column("request_id", sa.String(32), sa.ForeignKey("reading_request.request_id"), primary_key=True),
        sa.Column("study_instance_uid", sa.String(64), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("differences", sa.Text, nullable=False),
        sa.Column("settled_by", sa.String(200), nullable=True),
        sa.Column("settled_because", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_request_papers_study", "request_papers", ["site_id", "study_instance_uid"])
    op.add_column("worklist_item", sa.Column("performed", sa.String(16), nullable=False, server_default=""))
    op.add_column("worklist_item", sa.Column("performed_instances", sa.Integer, nullable=True))


def downgrade() -> None:
    """What is found by more words than before disturbs nobody."""
    op.drop_column("worklist_item", "performed_instances")
    op.drop_column("worklist_item", "performed")
    op.drop_table("request_papers")
    op.drop_index("ix_request_study_papers_only", "request_study")
    op.drop_column("request_study", "papers_only")


def _find_by_former_names() -> None:
    connection = op.get_bind()
    request = sa.table("reading_request", *map(sa.column, ("request_id", "version", "sought")))
    kept = sa.table("reading_request_version", *map(sa.column, ("request_id", "number", "document")))
    several = sa.select(request.c.request_id).where(request.c.version > 1).order_by(request.c.request_id)
    ids = list(connection.execute(several).scalars())
    told = sa.update(request).where(request.c.request_id == sa.bindparam("key")).values(sought=sa.bindparam("words"))
    for at in range(0, len(ids), _AT_ONCE):
        query = sa.select(kept).where(kept.c.request_id.in_(ids[at : at + _AT_ONCE]))
        documents: dict[str, list[str]] = {}
        for row in connection.execute(query.order_by(kept.c.request_id, kept.c.number.desc())):
            documents.setdefault(row.request_id, []).append(row.document)
        words = [{"key": key, "words": _sought(said)} for key, said in documents.items()]
        connection.execute(told, words)


def _sought(documents: list[str]) -> str:
    """Of all versions of one request, the latest first."""
    contents = [json.loads(one) for one in documents]
    patients = [one["patient"] for one in contents]
    named = [said for one in patients for said in (*(one["name"][group] for group in _GROUPS), one["patient_id"])]
    now_is = contents[0]
    numbers = (now_is["accession_number"], now_is["placer_order_number"], now_is["clinical"]["reason"])
    return sought_in(*dict.fromkeys((*named, *numbers)))
