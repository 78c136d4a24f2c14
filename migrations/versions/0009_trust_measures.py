"""Let the public check a call, and keep count of the numbers that calls come from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPLICATION = "xiangyin_app"
WRITABLE = (
    "caller_number",
    "campaign_number",
    "code_inquiry",
    "contact_preference",
    "emulated_message",
    "message_request",
    "notice",
    "number_rest",
    "public_identity",
)
APPEND_ONLY = ("case_code", "case_measure", "inbound_message", "message_report", "notice_text")
INSTANT = sa.DateTime(timezone=True)
JSONB = postgresql.JSONB(astext_type=sa.Text())
NUMBERS_SO_FAR = (
    "INSERT INTO caller_number (number, registered_at) SELECT caller_number, min(created_at) FROM campaign GROUP BY 1",
    """
    INSERT INTO campaign_number (campaign_id, caller_number_id, registered_at, registered_by)
    SELECT campaign.id, held.id, campaign.created_at, 'system'
    FROM campaign JOIN caller_number AS held ON held.number = campaign.caller_number
    """,
    """
    UPDATE attempt SET caller_number_id = link.caller_number_id
    FROM campaign_number AS link WHERE link.campaign_id = attempt.campaign_id
    """,
)
# Ten random digits, and the check digits of ISO/IEC 7064, MOD 97-10; where two cases draw the same, one draws again.
CODES_FOR_ALL = """
    DO $$
    BEGIN
        LOOP
            INSERT INTO case_code (case_id, code, digest)
            SELECT id, code, sha256(code::bytea)
            FROM (
                SELECT id, lpad(n::text, 10, '0') || lpad((98 - n * 100 % 97)::text, 2, '0') AS code
                FROM (
                    SELECT survey_case.id, ('x' || lpad(left(replace(gen_random_uuid()::text, '-', ''), 12), 16, '0'))
                        ::bit(64)::bigint % 10000000000 AS n
                    FROM survey_case LEFT JOIN case_code ON case_code.case_id = survey_case.id
                    WHERE case_code.case_id IS NULL
                ) AS drawn
            ) AS coded
            ON CONFLICT DO NOTHING;
            EXIT WHEN NOT EXISTS (
                SELECT FROM survey_case LEFT JOIN case_code ON case_code.case_id = survey_case.id
                WHERE case_code.case_id IS NULL
            );
        END LOOP;
    END $$
"""


def upgrade() -> None:
    op.create_table(
        "public_identity",
        sa.Column("campaign_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("survey_zh", sa.Text(), nullable=False),
        sa.Column("survey_en", sa.Text(), nullable=False),
        sa.Column("approval_number", sa.Text(), nullable=False),
        sa.Column("approved_until", sa.Date(), nullable=True),
        sa.Column("contact_zh", sa.Text(), nullable=False),
        sa.Column("contact_en", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_public_identity_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_public_identity")),
    )
    op.create_table(
        "case_code",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["survey_case.id"], name=op.f("fk_case_code_case_id_survey_case")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_case_code_digest")),
    )
    op.execute(CODES_FOR_ALL)
    op.create_table(
        "code_inquiry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("address_key", sa.LargeBinary(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_inquiry")),
    )
    op.create_index(op.f("ix_code_inquiry_at"), "code_inquiry", ["at"])
    op.create_table(
        "case_measure",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["survey_case.id"], name=op.f("fk_case_measure_case_id_survey_case")),
        sa.PrimaryKeyConstraint("case_id", "measure", name=op.f("pk_case_measure")),
    )
    _create_numbers()
    _create_notices()
    _create_messages()
    for table in WRITABLE:
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APPLICATION}')
    for table in APPEND_ONLY:
        op.execute(f'GRANT SELECT, INSERT ON "{table}" TO {APPLICATION}')


def _create_numbers() -> None:
    op.create_table(
        "caller_number",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_number")),
        sa.UniqueConstraint("number", name=op.f("uq_caller_number_number")),
    )
    op.create_table(
        "campaign_number",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("caller_number_id", sa.BigInteger(), nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_number_campaign_id_campaign")),
        sa.ForeignKeyConstraint(
            ["caller_number_id"], ["caller_number.id"], name=op.f("fk_campaign_number_caller_number_id_caller_number")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "caller_number_id", name=op.f("pk_campaign_number")),
    )
    op.add_column("attempt", sa.Column("caller_number_id", sa.BigInteger(), nullable=True))
    for statement in NUMBERS_SO_FAR:
        op.execute(statement)
    op.create_foreign_key(
        op.f("fk_attempt_caller_number_id_caller_number"), "attempt", "caller_number", ["caller_number_id"], ["id"]
    )
    op.create_index("ix_attempt_caller", "attempt", ["caller_number_id", "requested_at"])
    op.create_table(
        "number_rest",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("caller_number_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("figures", JSONB, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("lifted_at", INSTANT, nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["caller_number_id"], ["caller_number.id"], name=op.f("fk_number_rest_caller_number_id_caller_number")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_rest")),
    )
    op.create_index("ix_number_rest_number", "number_rest", ["caller_number_id", "ends_at"])


def _create_notices() -> None:
    op.create_table(
        "notice_text",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("lect", sa.Text(), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_notice_text_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["lect"], ["lect.tag"], name=op.f("fk_notice_text_lect_lect")),
        sa.PrimaryKeyConstraint("campaign_id", "lect", "script", "version", name=op.f("pk_notice_text")),
    )
    op.create_table(
        "contact_preference",
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("no_messages", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_contact_preference")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("phone_number_id", sa.BigInteger(), nullable=True),
        sa.Column("lect", sa.Text(), nullable=True),
        sa.Column("texts", JSONB, server_default="[]", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("waits_until", INSTANT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=True),
        sa.Column("released_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["survey_case.id"], name=op.f("fk_notice_case_id_survey_case")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_notice_campaign_id_campaign")),
        sa.ForeignKeyConstraint(
            ["phone_number_id"], ["phone_number.id"], name=op.f("fk_notice_phone_number_id_phone_number")
        ),
        sa.ForeignKeyConstraint(["lect"], ["lect.tag"], name=op.f("fk_notice_lect_lect")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("case_id", name=op.f("uq_notice_case_id")),
    )
    op.create_index(
        "ix_notice_planned", "notice", ["campaign_id", "id"], postgresql_where=sa.text("state = 'planned'")
    )
    op.create_index(
        "ix_notice_unreleased",
        "notice",
        ["id"],
        postgresql_where=sa.text("state = 'asked' AND released_at IS NULL"),
    )


def _create_messages() -> None:
    op.create_table(
        "message_request",
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("checked_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["notice.id"], name=op.f("fk_message_request_message_id_notice")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_request")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_message_request_provider_id")),
    )
    op.create_index(
        "ix_message_request_open",
        "message_request",
        ["checked_at"],
        postgresql_where=sa.text("state IN ('asked', 'unknown', 'accepted', 'sent')"),
    )
    op.create_table(
        "message_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_report")),
        sa.UniqueConstraint("token", name=op.f("uq_message_report_token")),
    )
    op.create_index(op.f("ix_message_report_message_id"), "message_report", ["message_id"])
    op.create_table(
        "inbound_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_message")),
        sa.UniqueConstraint("token", name=op.f("uq_inbound_message_token")),
    )
    op.create_table(
        "emulated_message",
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("number_key", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("callback_url", sa.Text(), nullable=False),
        sa.Column("placed_at", INSTANT, nullable=False),
        sa.Column("timeline", JSONB, nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("next_event_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_emulated_message")),
    )
    op.create_index("ix_emulated_message_number_key", "emulated_message", ["number_key", "placed_at"])
    op.create_index(
        "ix_emulated_message_next",
        "emulated_message",
        ["next_event_at"],
        postgresql_where=sa.text("next_event_at IS NOT NULL"),
    )


def downgrade() -> None:
    for table in ("emulated_message", "inbound_message", "message_report", "message_request", "notice"):
        op.drop_table(table)
    for table in ("contact_preference", "notice_text"):
        op.drop_table(table)
    op.drop_table("number_rest")
    op.drop_index("ix_attempt_caller", table_name="attempt")
    op.drop_constraint(op.f("fk_attempt_caller_number_id_caller_number"), "attempt", type_="foreignkey")
    op.drop_column("attempt", "caller_number_id")
    op.drop_table("campaign_number")
    op.drop_table("caller_number")
    for table in ("case_measure", "code_inquiry", "case_code", "public_identity"):
        op.drop_table(table)
