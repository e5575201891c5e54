"""Which kind of reading is asked for stands in the worklist's own row; cases that have a request get it from there."""

import json
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0043"
branch_labels = None
depends_on = None

_ITEM = sa.table(
    "worklist_item",
    sa.column("site_id", sa.String),
    sa.column("study_instance_uid", sa.String),
    sa.column("request_kind", sa.String),
)
_LINK = sa.table(
    "request_link",
    sa.column("request_id", sa.String),
    sa.column("site_id", sa.String),
    sa.column("study_instance_uid", sa.String),
    sa.column("state", sa.String),
)
_REQUEST = sa.table(
    "reading_request",
    sa.column("request_id", sa.String),
    sa.column("state", sa.String),
    sa.column("document", sa.Text),
)


def upgrade() -> None:
    """A column more, filled from the requests that are joined to the case."""
    op.add_column("worklist_item", sa.Column("request_kind", sa.String(16), nullable=False, server_default=""))
    connection = op.get_bind()
    asked = (
        sa.select(_LINK.c.site_id, _LINK.c.study_instance_uid, _REQUEST.c.document)
        .join(_REQUEST, _REQUEST.c.request_id == _LINK.c.request_id)
        .where(_LINK.c.state.in_(["matched", "mismatch"]), _REQUEST.c.state != "canceled")
    )
    kinds: dict[tuple[str, str], set[str]] = defaultdict(set)
    for site_id, study_instance_uid, document in connection.execute(asked).all():
        kinds[site_id, study_instance_uid].add(json.loads(document).get("kind", ""))
    for (site_id, study_instance_uid), said in kinds.items():
        named = said - {""}
        if len(named) == 1:
            case = sa.and_(_ITEM.c.site_id == site_id, _ITEM.c.study_instance_uid == study_instance_uid)
            connection.execute(sa.update(_ITEM).where(case).values(request_kind=named.pop()))


def downgrade() -> None:
    """Without it."""
    op.drop_column("worklist_item", "request_kind")
