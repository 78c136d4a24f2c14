"""Keep which supervisor is in whose call, how they are heard there, and how it ended."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APPLICATION = "xiangyin_app"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "monitoring",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("interviewer_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("ticket_hash", sa.LargeBinary(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=True),
        sa.Column("conference_id", sa.Text(), nullable=True),
        sa.Column("coached_call_id", sa.Text(), nullable=True),
        sa.Column("changing_since", INSTANT, nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("joined_at", INSTANT, nullable=True),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ending", sa.Text(), nullable=True),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_monitoring_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_monitoring_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["interviewer_id"], ["person.id"], name=op.f("fk_monitoring_interviewer_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_monitoring_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring")),
        sa.UniqueConstraint("call_id", name=op.f("uq_monitoring_call_id")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_monitoring_ticket_hash")),
    )
    going_on, present = sa.text("ended_at IS NULL"), sa.text("left_at IS NULL")
    op.create_index("uq_monitoring_person", "monitoring", ["person_id"], unique=True, postgresql_where=going_on)
    op.create_index("ix_monitoring_interviewer", "monitoring", ["interviewer_id"], postgresql_where=present)
    op.create_index("ix_monitoring_present", "monitoring", ["id"], postgresql_where=present)
    op.create_index("ix_monitoring_attempt", "monitoring", ["attempt_id"])
    op.add_column("emulated_leg", sa.Column("is_muted", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("emulated_leg", sa.Column("coaches", sa.Text(), nullable=True))
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "monitoring" TO {APPLICATION}')


def downgrade() -> None:
    for column in ("coaches", "is_muted"):
        op.drop_column("emulated_leg", column)
    op.drop_table("monitoring")
