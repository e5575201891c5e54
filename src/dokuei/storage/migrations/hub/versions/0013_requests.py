"""Reading requests, the studies that they are about, and what they say of cases."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_PATIENT = (
    "patient_id",
    "issuer_of_patient_id",
    "patient_name_alphabetic",
    "patient_name_ideographic",
    "patient_name_phonetic",
    "patient_birth_date",
    "patient_sex",
)
_SIGNS = str.maketrans("", "", " -‐‑–—−ー")


def upgrade() -> None:
    """Studies that are here already can be asked for like those that come."""
    _requests()
    _parts()
    _studies()
    op.add_column("worklist_item", sa.Column("request_state", sa.String(16), nullable=False, server_default="none"))
    op.add_column("worklist_item", sa.Column("request_reason", sa.Text, nullable=False, server_default=""))
    op.add_column("worklist_item", sa.Column("requested_priority", sa.String(16), nullable=True))
    _known_studies()


def downgrade() -> None:
    for column in ("requested_priority", "request_reason", "request_state"):
        op.drop_column("worklist_item", column)
    for table in (
        "request_patient_merge",
        "request_study",
        "request_notice",
        "request_attachment",
        "request_link",
        "reading_request_version",
        "reading_request",
        "request_site",
    ):
        op.drop_table(table)


def _text(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text, nullable=False) for name in names)


def _of_request() -> sa.Column[str]:
    return sa.Column("request_id", sa.String(32), sa.ForeignKey("reading_request.request_id"), primary_key=True)


def _index(table: str, name: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{name}", table, ["site_id", *columns])


def _requests() -> None:
    op.create_table(
        "request_site",
        sa.Column("site_id", sa.String(64), primary_key=True),
        sa.Column("zero_padded_ids", sa.Boolean, nullable=False),
        sa.Column("accept_unique_match", sa.Boolean, nullable=False),
    )
    op.create_table(
        "reading_request",
        sa.Column("request_id", sa.String(32), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("priority", sa.String(16), nullable=False),
        sa.Column("due_at", _AT, nullable=True),
        *_text("accession_number", "placer_order_number", "patient_key"),
        sa.Column("examination_date", sa.String(8), nullable=False),
        sa.Column("study_instance_uid", sa.String(64), nullable=False),
        sa.Column("placed_at", _AT, nullable=False),
        sa.Column("placed_by", sa.String(200), nullable=False),
        sa.Column("placed_by_name", sa.String(200), nullable=False),
        sa.Column("changed_after_signature", sa.Boolean, nullable=False),
        sa.Column("canceled_because", sa.Text, nullable=False),
    )
    _index("reading_request", "state", "state", "placed_at", "request_id")
    _index("reading_request", "placed_at", "placed_at", "request_id")
    for column in ("accession_number", "placer_order_number", "patient_key", "study_instance_uid"):
        _index("reading_request", column, column)
    op.create_table(
        "reading_request_version",
        _of_request(),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("because", sa.Text, nullable=False),
    )


def _parts() -> None:
    op.create_table(
        "request_link",
        _of_request(),
        sa.Column("study_instance_uid", sa.String(64), primary_key=True),
        sa.Column("site_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        *_text("reasons", "differences"),
        sa.Column("linked_by", sa.String(200), nullable=False),
        sa.Column("settled_by", sa.String(200), nullable=True),
        sa.Column("settled_because", sa.Text, nullable=False),
        sa.Column("at", _AT, nullable=False),
    )
    _index("request_link", "study", "study_instance_uid")
    op.create_table(
        "request_attachment",
        _of_request(),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("blob_key", sa.String(300), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
    )
    op.create_table(
        "request_notice",
        sa.Column("site_id", sa.String(64), primary_key=True),
        sa.Column("message_key", sa.String(200), primary_key=True),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("request_id", sa.String(32), nullable=True),
        sa.Column("received_at", _AT, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
    )


def _studies() -> None:
    op.create_table(
        "request_study",
        sa.Column("site_id", sa.String(64), primary_key=True),
        sa.Column("study_instance_uid", sa.String(64), primary_key=True),
        *_text("accession_number", "issuer_of_accession_number", *_PATIENT, "patient_key"),
        *_text("study_date", "study_description", "modalities"),
    )
    for column in ("accession_number", "patient_key", "study_date"):
        _index("request_study", column, column)
    op.create_table(
        "request_patient_merge",
        sa.Column("site_id", sa.String(64), primary_key=True),
        sa.Column("message_key", sa.String(200), primary_key=True),
        *_text("prior_patient_id", "prior_issuer"),
        sa.Column("prior_key", sa.String(64), nullable=False),
        *_text("patient_id", "issuer_of_patient_id"),
        sa.Column("patient_key", sa.String(64), nullable=False),
        sa.Column("at", _AT, nullable=False),
    )
    for column in ("patient_key", "prior_key"):
        _index("request_patient_merge", column, column)


def _known_studies() -> None:
    connection = op.get_bind()
    names = ("site_id", "study_instance_uid", "accession_number", "study_date", "study_description", "modalities")
    item = sa.table("worklist_item", *(sa.column(name) for name in (*names, *_PATIENT)))
    study = sa.table(
        "request_study",
        *(sa.column(name) for name in (*names, *_PATIENT, "issuer_of_accession_number", "patient_key")),
    )
    for row in connection.execute(sa.select(item)).mappings().all():
        values = {**row, "issuer_of_accession_number": "", "patient_key": _key(row["patient_id"])}
        connection.execute(sa.insert(study).values(**values))


def _key(patient_id: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", patient_id).upper().split()).translate(_SIGNS)
    return plain.lstrip("0")[:64]
