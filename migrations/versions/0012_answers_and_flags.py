"""Keep how an answer came to be: reading apart from answering, the respondent's words, what the interviewer noted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

APPLICATION = "xiangyin_app"
APPEND_ONLY = ("interview_mark", "lexicon_version", "questionnaire_recording")
JSONB = postgresql.JSONB(astext_type=sa.Text())
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("answer_event", sa.Column("reading_ms", sa.Integer(), nullable=True))
    op.add_column("answer_event", sa.Column("words", sa.Text(), nullable=True))
    op.add_column("answer_event", sa.Column("is_probed", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    for table in ("presence", "presence_change"):
        op.add_column(table, sa.Column("reason", sa.Text(), nullable=True))
    op.create_table(
        "interview_mark",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("interview_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("lect", sa.Text(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=True),
        sa.Column("takes_back_id", sa.BigInteger(), nullable=True),
        sa.Column("attempt_id", sa.BigInteger(), nullable=False),
        sa.Column("interviewer_id", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_interview_mark_attempt_id_attempt")),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_interview_mark_interview_id_interview")
        ),
        sa.ForeignKeyConstraint(
            ["interviewer_id"], ["person.id"], name=op.f("fk_interview_mark_interviewer_id_person")
        ),
        sa.ForeignKeyConstraint(["lect"], ["lect.tag"], name=op.f("fk_interview_mark_lect_lect")),
        sa.ForeignKeyConstraint(
            ["takes_back_id"], ["interview_mark.id"], name=op.f("fk_interview_mark_takes_back_id_interview_mark")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_mark")),
        sa.UniqueConstraint("interview_id", "client_key", name=op.f("uq_interview_mark_interview_id_client_key")),
    )
    op.create_table(
        "questionnaire_recording",
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["questionnaire_version.id"],
            name=op.f("fk_questionnaire_recording_version_id_questionnaire_version"),
        ),
        sa.PrimaryKeyConstraint("version_id", "name", name=op.f("pk_questionnaire_recording")),
    )
    op.create_table(
        "lexicon_version",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("phrases", JSONB, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_lexicon_version_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("campaign_id", "version", name=op.f("pk_lexicon_version")),
    )
    for table in APPEND_ONLY:
        op.execute(f'GRANT SELECT, INSERT ON "{table}" TO {APPLICATION}')


def downgrade() -> None:
    op.drop_table("lexicon_version")
    op.drop_table("questionnaire_recording")
    op.drop_table("interview_mark")
    for table in ("presence_change", "presence"):
        op.drop_column(table, "reason")
    for column in ("is_probed", "words", "reading_ms"):
        op.drop_column("answer_event", column)
