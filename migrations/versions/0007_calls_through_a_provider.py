"""Keep what a telephone provider is asked for and reports; give the emulated network calls of its own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPLICATION = "xiangyin_app"
WRITABLE = ("call_allowance", "call_request", "emulated_call", "waiting_report")
JSONB = postgresql.JSONB(astext_type=sa.Text())
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "call_allowance",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_allowance")),
    )
    op.create_table(
        "call_request",
        sa.Column("attempt_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("checked_at", INSTANT, nullable=False),
        sa.Column("hung_up_at", INSTANT, nullable=True),
        sa.Column("ring_seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_call_request_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_call_request")),
        sa.UniqueConstraint("call_id", name=op.f("uq_call_request_call_id")),
    )
    op.create_index(
        "ix_call_request_open", "call_request", ["checked_at"], postgresql_where=sa.text("state <> 'over'")
    )
    op.create_table(
        "provider_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_report")),
        sa.UniqueConstraint("token", name=op.f("uq_provider_report_token")),
    )
    op.create_index("ix_provider_report_attempt", "provider_report", ["attempt_id"])
    op.create_table(
        "waiting_report",
        sa.Column("report_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["provider_report.id"], name=op.f("fk_waiting_report_report_id_provider_report")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_waiting_report")),
    )
    op.create_index("ix_waiting_report_attempt", "waiting_report", ["attempt_id"])
    # The emulated network's memory of played calls; people there forget them, as after moving house.
    op.drop_table("emulated_call")
    _create_emulated_call(sa.Column("call_id", sa.Text(), nullable=False))
    op.create_index("ix_emulated_call_label", "emulated_call", ["label"])
    for table in WRITABLE:
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APPLICATION}')
    op.execute(f"GRANT SELECT, INSERT ON provider_report TO {APPLICATION}")


def _create_emulated_call(key: sa.Column[str] | sa.Column[int]) -> None:
    own = (
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("caller_number", sa.Text(), nullable=False),
        sa.Column("callback_url", sa.Text(), nullable=False),
    )
    op.create_table(
        "emulated_call",
        key,
        *(own if key.name == "call_id" else ()),
        sa.Column("number_key", sa.LargeBinary(), nullable=False),
        sa.Column("placed_at", INSTANT, nullable=False),
        sa.Column("timeline", JSONB, nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("next_event_at", INSTANT, nullable=True),
        sa.Column("state", JSONB, nullable=False),
        sa.PrimaryKeyConstraint(str(key.name), name=op.f("pk_emulated_call")),
    )
    op.create_index(
        "ix_emulated_call_next_event_at",
        "emulated_call",
        ["next_event_at"],
        postgresql_where=sa.text("next_event_at IS NOT NULL"),
    )
    op.create_index("ix_emulated_call_number_key", "emulated_call", ["number_key", "placed_at"])


def downgrade() -> None:
    op.drop_table("emulated_call")
    _create_emulated_call(sa.Column("attempt_id", sa.BigInteger(), autoincrement=False, nullable=False))
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON emulated_call TO {APPLICATION}")
    for table in ("waiting_report", "provider_report", "call_request", "call_allowance"):
        op.drop_table(table)
