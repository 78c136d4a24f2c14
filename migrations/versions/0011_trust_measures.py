"""Let the public check a call: what a campaign says of itself, and a short code for every case."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0007"
branch_labels = None
depends_on = None

APPLICATION = "xiangyin_app"
WRITABLE = ("code_inquiry", "public_identity")
APPEND_ONLY = ("case_code",)
INSTANT = sa.DateTime(timezone=True)
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
    for table in WRITABLE:
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APPLICATION}')
    for table in APPEND_ONLY:
        op.execute(f'GRANT SELECT, INSERT ON "{table}" TO {APPLICATION}')


def downgrade() -> None:
    for table in ("code_inquiry", "case_code", "public_identity"):
        op.drop_table(table)
