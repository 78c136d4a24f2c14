"""Let people call back: the calls that come in, what they heard, and what came of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APPLICATION = "xiangyin_app"
WRITABLE = ("emulated_call_back", "inbound_call")
APPEND_ONLY = ("inbound_answer", "inbound_report", "line_text")
INSTANT = sa.DateTime(timezone=True)
JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.add_column("attempt", sa.Column("direction", sa.Text(), server_default="outbound", nullable=False))
    op.alter_column("appointment", "booked_by", existing_type=sa.BigInteger(), nullable=True)
    op.create_table(
        "line_text",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("lect", sa.Text(), nullable=False),
        sa.Column("phrase", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_line_text_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["lect"], ["lect.tag"], name=op.f("fk_line_text_lect_lect")),
        sa.PrimaryKeyConstraint("campaign_id", "lect", "phrase", "version", name=op.f("pk_line_text")),
    )
    _create_inbound()
    op.create_table(
        "emulated_call_back",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("number_key", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("state", JSONB, nullable=False),
        sa.Column("next_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_emulated_call_back")),
    )
    op.create_index(
        "ix_emulated_call_back_next",
        "emulated_call_back",
        ["next_at"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index("ix_emulated_call_back_number_key", "emulated_call_back", ["number_key"])
    for table in WRITABLE:
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APPLICATION}')
    for table in APPEND_ONLY:
        op.execute(f'GRANT SELECT, INSERT ON "{table}" TO {APPLICATION}')


def _create_inbound() -> None:
    op.create_table(
        "inbound_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_report")),
        sa.UniqueConstraint("token", name=op.f("uq_inbound_report_token")),
    )
    op.create_index("ix_inbound_report_call", "inbound_report", ["call_id"])
    op.create_table(
        "inbound_answer",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_inbound_answer")),
    )
    links = ("caller_number", "campaign", "survey_case", "phone_number", "attempt")
    columns = ("caller_number_id", "campaign_id", "case_id", "phone_number_id", "attempt_id")
    op.create_table(
        "inbound_call",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        *(sa.Column(column, sa.BigInteger(), nullable=True) for column in columns),
        sa.Column("lect", sa.Text(), nullable=True),
        sa.Column("offered", JSONB, server_default="[]", nullable=False),
        sa.Column("times", JSONB, server_default="[]", nullable=False),
        sa.Column("silences", sa.Integer(), server_default="0", nullable=False),
        sa.Column("codes_tried", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_inbound_call_{column}_{table}"))
            for column, table in zip(columns, links, strict=True)
        ),
        sa.ForeignKeyConstraint(["lect"], ["lect.tag"], name=op.f("fk_inbound_call_lect_lect")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_call")),
        sa.UniqueConstraint("call_id", name=op.f("uq_inbound_call_call_id")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_inbound_call_attempt_id")),
    )
    op.create_index("ix_inbound_call_case", "inbound_call", ["case_id", "id"])
    op.create_index("ix_inbound_call_campaign", "inbound_call", ["campaign_id", "id"])


def downgrade() -> None:
    for table in ("emulated_call_back", "inbound_call", "inbound_answer", "inbound_report", "line_text"):
        op.drop_table(table)
    # Who booked by key has no number of a person; as before, an appointment has to name one.
    op.execute("DELETE FROM appointment WHERE booked_by IS NULL")
    op.alter_column("appointment", "booked_by", existing_type=sa.BigInteger(), nullable=False)
    op.drop_column("attempt", "direction")
