"""Keep the interviewers' own lines, what is reported of them, and the checks of their headsets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APPLICATION = "xiangyin_app"
WRITABLE = ("interviewer_line", "emulated_leg", "emulated_errand")
APPENDED = ("line_report", "device_check")
JSONB = postgresql.JSONB(astext_type=sa.Text())
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "interviewer_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("ticket_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_interviewer_line_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interviewer_line")),
        sa.UniqueConstraint("call_id", name=op.f("uq_interviewer_line_call_id")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_interviewer_line_ticket_hash")),
    )
    op.create_index("ix_interviewer_line_person", "interviewer_line", ["person_id", "id"])
    op.create_index("ix_interviewer_line_room", "interviewer_line", ["room", "id"])
    op.create_table(
        "line_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_report")),
        sa.UniqueConstraint("token", name=op.f("uq_line_report_token")),
    )
    op.create_table(
        "device_check",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("microphone", sa.Boolean(), nullable=False),
        sa.Column("speaker", sa.Boolean(), nullable=False),
        sa.Column("echo", sa.Boolean(), nullable=False),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_device_check_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_check")),
    )
    op.create_index("ix_device_check_person", "device_check", ["person_id", "id"])
    op.create_table(
        "emulated_leg",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("callback_url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_emulated_leg")),
    )
    op.create_table(
        "emulated_errand",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("form", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emulated_errand")),
    )
    op.create_index("ix_emulated_call_room", "emulated_call", ["room", "placed_at"])
    op.add_column("call_request", sa.Column("conference_id", sa.Text(), nullable=True))
    op.add_column("call_request", sa.Column("is_held", sa.Boolean(), server_default=sa.false(), nullable=False))
    for table in WRITABLE:
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APPLICATION}')
    for table in APPENDED:
        op.execute(f'GRANT SELECT, INSERT ON "{table}" TO {APPLICATION}')


def downgrade() -> None:
    op.drop_index("ix_emulated_call_room", "emulated_call")
    op.drop_column("call_request", "is_held")
    op.drop_column("call_request", "conference_id")
    for table in ("emulated_errand", "emulated_leg", "device_check", "line_report", "interviewer_line"):
        op.drop_table(table)
