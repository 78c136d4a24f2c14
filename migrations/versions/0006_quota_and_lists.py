"""Close quota cells softly or hard, number every change of the quotas, and list cases by index probes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEEP_LECT = """
    CREATE FUNCTION keep_lect_of_case() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        SELECT pool.lect INTO STRICT NEW.lect FROM pool WHERE pool.id = NEW.pool_id;
        RETURN NEW;
    END $$
"""
ON_MOVING = """
    CREATE TRIGGER keep_lect BEFORE INSERT OR UPDATE OF pool_id ON survey_case
    FOR EACH ROW EXECUTE FUNCTION keep_lect_of_case()
"""


def upgrade() -> None:
    op.add_column("campaign", sa.Column("quota_revision", sa.Integer(), server_default="0", nullable=False))
    op.add_column("campaign", sa.Column("cases_to_move", postgresql.JSONB(), server_default="[]", nullable=False))
    op.add_column("interview", sa.Column("quota_revision", sa.Integer(), server_default="0", nullable=False))
    op.add_column("quota_cell", sa.Column("closing", sa.Text(), nullable=True))
    op.execute("UPDATE quota_cell SET closing = 'hard' WHERE is_closed")
    op.create_check_constraint(op.f("ck_quota_cell_closing_is_known"), "quota_cell", "closing IN ('soft', 'hard')")
    op.drop_column("quota_cell", "is_closed")
    op.add_column("survey_case", sa.Column("lect", sa.Text(), nullable=True))
    op.execute("UPDATE survey_case SET lect = pool.lect FROM pool WHERE pool.id = survey_case.pool_id")
    op.alter_column("survey_case", "lect", nullable=False)
    op.execute(KEEP_LECT)
    op.execute(ON_MOVING)
    op.drop_index("ix_survey_case_progress", table_name="survey_case")
    op.create_index("ix_survey_case_progress", "survey_case", ["campaign_id", "state", "id"])
    op.create_index(
        "ix_survey_case_list",
        "survey_case",
        ["campaign_id", "lect", sa.text("COALESCE(outcome, ''::text)"), "state", "id"],
    )


def downgrade() -> None:
    op.drop_index("ix_survey_case_list", table_name="survey_case")
    op.drop_index("ix_survey_case_progress", table_name="survey_case")
    op.create_index("ix_survey_case_progress", "survey_case", ["campaign_id", "state"])
    op.execute("DROP TRIGGER keep_lect ON survey_case")
    op.execute("DROP FUNCTION keep_lect_of_case()")
    op.drop_column("survey_case", "lect")
    op.add_column("quota_cell", sa.Column("is_closed", sa.Boolean(), server_default="false", nullable=False))
    op.execute("UPDATE quota_cell SET is_closed = true WHERE closing = 'hard'")
    op.alter_column("quota_cell", "is_closed", server_default=None)
    op.drop_constraint(op.f("ck_quota_cell_closing_is_known"), "quota_cell", type_="check")
    op.drop_column("quota_cell", "closing")
    op.drop_column("interview", "quota_revision")
    op.drop_column("campaign", "cases_to_move")
    op.drop_column("campaign", "quota_revision")
