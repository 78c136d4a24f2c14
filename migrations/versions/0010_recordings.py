"""Keep recordings of calls, what respondents said to them, who listened, and recorded greetings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

APPLICATION = "xiangyin_app"
WRITABLE = ("clip_play", "emulated_recording", "recording")
APPEND_ONLY = ("consent_text", "greeting_clip", "recording_consent", "recording_playback", "recording_report")
INSTANT = sa.DateTime(timezone=True)
JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "consent_text",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("lect", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_consent_text_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["lect"], ["lect.tag"], name=op.f("fk_consent_text_lect_lect")),
        sa.PrimaryKeyConstraint("campaign_id", "lect", "version", name=op.f("pk_consent_text")),
    )
    _create_recordings()
    _create_clips()
    op.create_table(
        "recording_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_report")),
        sa.UniqueConstraint("token", name=op.f("uq_recording_report_token")),
    )
    op.create_index(op.f("ix_recording_report_recording_id"), "recording_report", ["recording_id"])
    op.create_table(
        "emulated_recording",
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("callback_url", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("running_since", INSTANT, nullable=True),
        sa.Column("seconds", sa.Float(), server_default="0", nullable=False),
        sa.Column("told", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_emulated_recording")),
    )
    op.create_index(op.f("ix_emulated_recording_call_id"), "emulated_recording", ["call_id"])
    op.create_index(
        "ix_emulated_recording_untold",
        "emulated_recording",
        ["sid"],
        postgresql_where=sa.text("told IS NULL OR told = 'in-progress'"),
    )
    for table in WRITABLE:
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APPLICATION}')
    for table in APPEND_ONLY:
        op.execute(f'GRANT SELECT, INSERT ON "{table}" TO {APPLICATION}')


def _create_clips() -> None:
    op.create_table(
        "greeting_clip",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("lect", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_greeting_clip_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["lect"], ["lect.tag"], name=op.f("fk_greeting_clip_lect_lect")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_greeting_clip")),
        sa.UniqueConstraint("campaign_id", "lect", "version", name=op.f("uq_greeting_clip_campaign_id_lect_version")),
    )
    op.create_table(
        "clip_play",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), nullable=False),
        sa.Column("clip_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_clip_play_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["clip_id"], ["greeting_clip.id"], name=op.f("fk_clip_play_clip_id_greeting_clip")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_clip_play_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clip_play")),
    )
    op.create_index("ix_clip_play_attempt", "clip_play", ["attempt_id"])


def _create_recordings() -> None:
    op.create_table(
        "recording",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("is_at_provider", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_unwanted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("made_at", INSTANT, nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("stored_at", INSTANT, nullable=True),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("next_try_at", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_recording_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_recording_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_recording_provider_id")),
    )
    op.create_index("ix_recording_attempt", "recording", ["attempt_id"])
    op.create_index("ix_recording_campaign", "recording", ["campaign_id", "id"])
    op.create_index(
        "ix_recording_next_try_at",
        "recording",
        ["next_try_at"],
        postgresql_where=sa.text("next_try_at IS NOT NULL"),
    )
    op.create_index(
        "ix_recording_stored",
        "recording",
        ["campaign_id", "made_at"],
        postgresql_where=sa.text("state = 'stored'"),
    )
    op.create_table(
        "recording_consent",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lect", sa.Text(), nullable=True),
        sa.Column("text_version", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_recording_consent_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["lect"], ["lect.tag"], name=op.f("fk_recording_consent_lect_lect")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recording_consent_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_consent")),
    )
    op.create_index("ix_recording_consent_attempt", "recording_consent", ["attempt_id", "id"])
    op.create_table(
        "recording_playback",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_recording_playback_recording_id_recording")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_playback")),
    )
    op.create_index("ix_recording_playback_recording", "recording_playback", ["recording_id", "actor", "at"])


def downgrade() -> None:
    for table in ("clip_play", "greeting_clip", "emulated_recording", "recording_report", "recording_playback", "recording_consent", "recording"):
        op.drop_table(table)
    op.drop_table("consent_text")
