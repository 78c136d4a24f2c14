"""Close quota cells softly or hard, and number every change of the quotas."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("quota_revision", sa.Integer(), server_default="0", nullable=False))
    op.add_column("campaign", sa.Column("cases_to_move", postgresql.JSONB(), server_default="[]", nullable=False))
    op.add_column("interview", sa.Column("quota_revision", sa.Integer(), server_default="0", nullable=False))
    op.add_column("quota_cell", sa.Column("closing", sa.Text(), nullable=True))
    op.execute("UPDATE quota_cell SET closing = 'hard' WHERE is_closed")
    op.create_check_constraint(op.f("ck_quota_cell_closing_is_known"), "quota_cell", "closing IN ('soft', 'hard')")
    op.drop_column("quota_cell", "is_closed")


def downgrade() -> None:
    op.add_column("quota_cell", sa.Column("is_closed", sa.Boolean(), server_default="false", nullable=False))
    op.execute("UPDATE quota_cell SET is_closed = true WHERE closing = 'hard'")
    op.alter_column("quota_cell", "is_closed", server_default=None)
    op.drop_constraint(op.f("ck_quota_cell_closing_is_known"), "quota_cell", type_="check")
    op.drop_column("quota_cell", "closing")
    op.drop_column("interview", "quota_revision")
    op.drop_column("campaign", "cases_to_move")
    op.drop_column("campaign", "quota_revision")
