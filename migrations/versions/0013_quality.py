"""Flag ended interviews, and let people listen to them again without knowing why."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APPLICATION = "xiangyin_app"
WRITABLE = ("quality_progress", "relisten_item")
APPEND_ONLY = ("interview_check", "interview_flag", "relisten_code", "relisten_rating")
JSONB = postgresql.JSONB(astext_type=sa.Text())
INSTANT = sa.DateTime(timezone=True)


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    op.create_table(
        "quality_progress",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        _refers("quality_progress", "campaign_id", "campaign"),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_quality_progress")),
    )
    op.create_table(
        "interview_check",
        sa.Column("interview_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        _refers("interview_check", "interview_id", "interview"),
        _refers("interview_check", "campaign_id", "campaign"),
        sa.PrimaryKeyConstraint("interview_id", name=op.f("pk_interview_check")),
    )
    op.create_index(op.f("ix_interview_check_campaign_id"), "interview_check", ["campaign_id"])
    op.create_table(
        "interview_flag",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("interview_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("figure", sa.Float(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("questions", JSONB, nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        _refers("interview_flag", "campaign_id", "campaign"),
        _refers("interview_flag", "interview_id", "interview"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_flag")),
    )
    op.create_index(op.f("ix_interview_flag_interview_id"), "interview_flag", ["interview_id"])
    op.create_index("ix_interview_flag_campaign", "interview_flag", ["campaign_id", "interview_id"])
    op.create_table(
        "relisten_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("interview_id", sa.BigInteger(), nullable=False),
        sa.Column("is_drawn", sa.Boolean(), nullable=False),
        sa.Column("lects", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", INSTANT, nullable=True),
        sa.Column("put_back_by", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        _refers("relisten_item", "campaign_id", "campaign"),
        _refers("relisten_item", "interview_id", "interview"),
        _refers("relisten_item", "taken_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relisten_item")),
        sa.UniqueConstraint("interview_id", name=op.f("uq_relisten_item_interview_id")),
    )
    op.create_index(op.f("ix_relisten_item_campaign_id"), "relisten_item", ["campaign_id"])
    op.create_index(
        "ix_relisten_item_waiting",
        "relisten_item",
        ["campaign_id", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "uq_relisten_item_taken",
        "relisten_item",
        ["campaign_id", "taken_by"],
        unique=True,
        postgresql_where=sa.text("state = 'taken'"),
    )
    for table, columns in (
        ("relisten_code", (sa.Column("question", sa.Text(), nullable=False), sa.Column("value", JSONB, nullable=False),
                           sa.Column("status", sa.Text(), nullable=False))),
        ("relisten_rating", (sa.Column("kind", sa.Text(), nullable=False),
                             sa.Column("value", sa.Text(), nullable=False))),
    ):
        op.create_table(
            table,
            sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
            sa.Column("item_id", sa.BigInteger(), nullable=False),
            *columns,
            sa.Column("listener_id", sa.BigInteger(), nullable=False),
            sa.Column("at", INSTANT, nullable=False),
            _refers(table, "item_id", "relisten_item"),
            _refers(table, "listener_id", "person"),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_item_id"), table, ["item_id"])
    for table in WRITABLE:
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APPLICATION}')
    for table in APPEND_ONLY:
        op.execute(f'GRANT SELECT, INSERT ON "{table}" TO {APPLICATION}')


def downgrade() -> None:
    for table in ("relisten_rating", "relisten_code", "relisten_item", "interview_flag", "interview_check",
                  "quality_progress"):
        op.drop_table(table)
