"""Who answers for a hospital's unread reports is one person, named beside the outcomes; names in the register stay."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_REGISTER = sa.table("site_register", sa.column("site_id", sa.String), sa.column("document", sa.Text))


def upgrade() -> None:
    """A report manager who was only a name in the register is another responsible person there."""
    _rename("report_manager", "other")


def downgrade() -> None:
    """Back to the word that the register knew."""
    _rename("other", "report_manager")


def _rename(old: str, new: str) -> None:
    connection = op.get_bind()
    for site_id, document in connection.execute(sa.select(_REGISTER.c.site_id, _REGISTER.c.document)).all():
        said = json.loads(document)
        for one in said.get("responsible", ()):
            one["duty"] = new if one["duty"] == old else one["duty"]
        written = json.dumps(said, ensure_ascii=False)
        changed = sa.update(_REGISTER).where(_REGISTER.c.site_id == site_id).values(document=written)
        connection.execute(changed)
