"""Put what steers the calls into versioned rules; add quotas, shifts and what the queue needs for them."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPLICATION = "xiangyin_app"
WRITABLE = ("interviewer", "pool_count", "quota", "quota_cell", "quota_seat", "shift")
APPEND_ONLY = ("rule_version",)
WITHOUT_GAPS = (
    ("campaign", "attempt_limit"),
    ("campaign", "calling_hours"),
    ("outcome", "action"),
    ("outcome", "costs_attempt"),
    ("outcome", "delay_minutes"),
)
# A level of priority was some hundreds; now it is millions, with a score below.
NEW_LEVELS = """
    UPDATE survey_case SET priority = 1000000 * CASE
        WHEN priority >= 1000 THEN 9 WHEN priority >= 900 THEN 8 WHEN priority >= 800 THEN 7
        WHEN priority >= 700 THEN 6 WHEN priority >= 600 THEN 5 ELSE 0 END
"""
OLD_LEVELS = """
    UPDATE survey_case SET priority = CASE priority / 1000000
        WHEN 9 THEN 1000 WHEN 8 THEN 900 WHEN 7 THEN 800 WHEN 6 THEN 700 WHEN 5 THEN 600 ELSE 0 END
"""
NEW_OUTCOMES = """
    INSERT INTO outcome (campaign_id, code, label_zh, label_en, "group", aapor, misread, needs_lect, key, position)
    SELECT campaign.id, new.code, new.zh, new.en, new.kind, new.aapor, false, false, new.key, new.position
    FROM campaign, (VALUES
        ('no_interviewer', '没有会该语言的访问员', 'No interviewer for the lect', 'language', '2.333', '', 30),
        ('over_quota', '配额已满', 'Quota is full', 'ineligible', '4.80', 'q', 31)
    ) AS new (code, zh, en, kind, aapor, key, position)
"""
NEW_TREATMENTS = {
    "no_interviewer": {"action": "close", "costs_attempt": False},
    "over_quota": {"action": "close"},
}
GIVE_RULES_BACK = """
    UPDATE campaign SET calling_hours = document -> 'hours',
        attempt_limit = COALESCE((document -> 'limits' ->> 'per_case')::int, 8)
    FROM rule_version
    WHERE rule_version.campaign_id = campaign.id AND rule_version.version = campaign.rules_version
"""
GIVE_TREATMENTS_BACK = """
    UPDATE outcome SET action = treatment ->> 'action',
        delay_minutes = COALESCE((treatment ->> 'delay_minutes')::int, 0),
        costs_attempt = COALESCE((treatment ->> 'costs_attempt')::boolean, true)
    FROM (
        SELECT campaign.id AS campaign_id, each.key AS code, each.value AS treatment
        FROM campaign
        JOIN rule_version ON rule_version.campaign_id = campaign.id AND rule_version.version = campaign.rules_version,
        jsonb_each(rule_version.document -> 'treatments') AS each
    ) AS treated
    WHERE treated.campaign_id = outcome.campaign_id AND treated.code = outcome.code
"""


def keep_rules() -> None:
    """Write each campaign's hours, limit and treatments down as the first version of its rules."""
    connection = op.get_bind()
    for campaign_id, hours, attempts in connection.execute(
        sa.text("SELECT id, calling_hours, attempt_limit FROM campaign")
    ).all():
        treatments = {
            code: {"action": action, "delay_minutes": minutes, "costs_attempt": costs}
            for code, action, minutes, costs in connection.execute(
                sa.text("SELECT code, action, delay_minutes, costs_attempt FROM outcome WHERE campaign_id = :id"),
                {"id": campaign_id},
            )
        }
        limits = {"per_case": attempts, "per_number": attempts, "dials_per_case": 3 * attempts}
        document = {"hours": hours, "limits": limits, "treatments": treatments | NEW_TREATMENTS}
        text = json.dumps(document, sort_keys=True, ensure_ascii=False)
        connection.execute(
            sa.text(
                "INSERT INTO rule_version (campaign_id, version, document, reason, made_at) "
                "SELECT id, 1, CAST(:document AS jsonb), 'as set up', created_at FROM campaign WHERE id = :id"
            ),
            {"document": text, "id": campaign_id},
        )
        connection.execute(
            sa.text("UPDATE campaign SET rules_version = 1, rules_hash = :hash WHERE id = :id"),
            {"hash": hashlib.sha256(text.encode()).hexdigest(), "id": campaign_id},
        )


def upgrade() -> None:
    op.create_table('interviewer',
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('does_triage', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_interviewer_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_interviewer'))
    )
    op.create_table('quota',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('campaign_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('dimensions', postgresql.JSONB(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_quota_campaign_id_campaign')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quota')),
    sa.UniqueConstraint('campaign_id', 'name', name=op.f('uq_quota_campaign_id_name'))
    )
    op.create_table('rule_version',
    sa.Column('campaign_id', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('document', postgresql.JSONB(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('made_by', sa.BigInteger(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_rule_version_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_rule_version_made_by_person')),
    sa.PrimaryKeyConstraint('campaign_id', 'version', name=op.f('pk_rule_version'))
    )
    op.create_table('shift',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('campaign_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_shift_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_shift_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shift')),
    sa.UniqueConstraint('person_id', 'starts_at', name=op.f('uq_shift_person_id_starts_at'))
    )
    op.create_index('ix_shift_campaign_ends', 'shift', ['campaign_id', 'ends_at'], unique=False)
    op.create_table('pool_count',
    sa.Column('pool_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('first_due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['pool_id'], ['pool.id'], name=op.f('fk_pool_count_pool_id_pool')),
    sa.PrimaryKeyConstraint('pool_id', 'state', name=op.f('pk_pool_count'))
    )
    op.create_table('quota_cell',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('quota_id', sa.BigInteger(), nullable=False),
    sa.Column('key', postgresql.JSONB(), nullable=False),
    sa.Column('target', sa.Integer(), nullable=False),
    sa.Column('most', sa.Integer(), nullable=False),
    sa.Column('completes', sa.Integer(), nullable=False),
    sa.Column('is_closed', sa.Boolean(), nullable=False),
    sa.CheckConstraint('completes <= most', name=op.f('ck_quota_cell_never_overshoots')),
    sa.CheckConstraint('target <= most', name=op.f('ck_quota_cell_target_fits')),
    sa.ForeignKeyConstraint(['quota_id'], ['quota.id'], name=op.f('fk_quota_cell_quota_id_quota')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quota_cell')),
    sa.UniqueConstraint('quota_id', 'key', name=op.f('uq_quota_cell_quota_id_key'))
    )
    op.create_table('quota_seat',
    sa.Column('cell_id', sa.BigInteger(), nullable=False),
    sa.Column('interview_uid', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['cell_id'], ['quota_cell.id'], name=op.f('fk_quota_seat_cell_id_quota_cell')),
    sa.PrimaryKeyConstraint('cell_id', 'interview_uid', name=op.f('pk_quota_seat'))
    )
    op.create_index('ix_quota_seat_interview', 'quota_seat', ['interview_uid'], unique=False)
    op.create_index('ix_quota_seat_live', 'quota_seat', ['expires_at'], unique=False, postgresql_where=sa.text("state = 'held'"))
    op.add_column('appointment', sa.Column('with_id', sa.BigInteger(), nullable=True))
    op.add_column('appointment', sa.Column('hand_over_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('appointment', sa.Column('missed_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_appointment_open', 'appointment', ['starts_at'], unique=False, postgresql_where=sa.text('kept_at IS NULL'))
    op.create_foreign_key(op.f('fk_appointment_with_id_person'), 'appointment', 'person', ['with_id'], ['id'])
    op.add_column('attempt', sa.Column('arm', sa.Text(), server_default='matched', nullable=False))
    op.add_column('attempt', sa.Column('time_slice', sa.Text(), nullable=True))
    op.add_column('campaign', sa.Column('rules_version', sa.Integer(), nullable=True))
    op.add_column('campaign', sa.Column('rules_hash', sa.Text(), nullable=True))
    keep_rules()
    op.alter_column('campaign', 'rules_version', nullable=False)
    op.alter_column('campaign', 'rules_hash', nullable=False)
    op.drop_column('campaign', 'calling_hours')
    op.drop_column('campaign', 'attempt_limit')
    op.drop_column('outcome', 'costs_attempt')
    op.drop_column('outcome', 'action')
    op.drop_column('outcome', 'delay_minutes')
    op.add_column('pool', sa.Column('cell', sa.Text(), server_default='', nullable=False))
    op.add_column('pool', sa.Column('arm', sa.Text(), server_default='matched', nullable=False))
    op.add_column('pool', sa.Column('person_id', sa.BigInteger(), nullable=True))
    op.add_column('pool', sa.Column('need', sa.Integer(), server_default='0', nullable=False))
    op.drop_constraint(op.f('uq_pool_campaign_id_lect_time_zone'), 'pool', type_='unique')
    op.create_unique_constraint(op.f('uq_pool_campaign_id_lect_time_zone_cell_arm_person_id'), 'pool', ['campaign_id', 'lect', 'time_zone', 'cell', 'arm', 'person_id'], postgresql_nulls_not_distinct=True)
    op.create_foreign_key(op.f('fk_pool_person_id_person'), 'pool', 'person', ['person_id'], ['id'])
    op.add_column('survey_case', sa.Column('ready_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('survey_case', sa.Column('partial_from', sa.DateTime(timezone=True), nullable=True))
    op.add_column('survey_case', sa.Column('takes_partial', sa.Boolean(), server_default='false', nullable=False))
    op.add_column('survey_case', sa.Column('barred_id', sa.BigInteger(), nullable=True))
    op.add_column('survey_case', sa.Column('next_position', sa.Integer(), server_default='1', nullable=False))
    op.add_column('survey_case', sa.Column('wish', postgresql.JSONB(), nullable=True))
    op.create_index('ix_survey_case_partial_queue', 'survey_case', ['pool_id', sa.literal_column('priority DESC'), 'due_at', 'id'], unique=False, postgresql_where=sa.text("state = 'ready' AND takes_partial"))
    op.create_index('ix_survey_case_patience', 'survey_case', ['partial_from'], unique=False, postgresql_where=sa.text("state = 'ready' AND NOT takes_partial"))
    op.create_index('ix_survey_case_ready_until', 'survey_case', ['ready_until'], unique=False, postgresql_where=sa.text("state = 'ready'"))
    op.create_foreign_key(op.f('fk_survey_case_barred_id_person'), 'survey_case', 'person', ['barred_id'], ['id'])
    op.execute(NEW_LEVELS)
    op.execute(NEW_OUTCOMES)
    for table in WRITABLE:
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APPLICATION}')
    for table in APPEND_ONLY:
        op.execute(f'GRANT SELECT, INSERT ON "{table}" TO {APPLICATION}')


def downgrade() -> None:
    op.execute("DELETE FROM outcome WHERE code IN ('no_interviewer', 'over_quota')")
    op.execute(OLD_LEVELS)
    op.drop_constraint(op.f('fk_survey_case_barred_id_person'), 'survey_case', type_='foreignkey')
    op.drop_index('ix_survey_case_ready_until', table_name='survey_case', postgresql_where=sa.text("state = 'ready'"))
    op.drop_index('ix_survey_case_patience', table_name='survey_case', postgresql_where=sa.text("state = 'ready' AND NOT takes_partial"))
    op.drop_index('ix_survey_case_partial_queue', table_name='survey_case', postgresql_where=sa.text("state = 'ready' AND takes_partial"))
    op.drop_column('survey_case', 'wish')
    op.drop_column('survey_case', 'next_position')
    op.drop_column('survey_case', 'barred_id')
    op.drop_column('survey_case', 'takes_partial')
    op.drop_column('survey_case', 'partial_from')
    op.drop_column('survey_case', 'ready_until')
    op.drop_constraint(op.f('fk_pool_person_id_person'), 'pool', type_='foreignkey')
    op.drop_constraint(op.f('uq_pool_campaign_id_lect_time_zone_cell_arm_person_id'), 'pool', type_='unique')
    op.create_unique_constraint(op.f('uq_pool_campaign_id_lect_time_zone'), 'pool', ['campaign_id', 'lect', 'time_zone'], postgresql_nulls_not_distinct=False)
    op.drop_column('pool', 'need')
    op.drop_column('pool', 'person_id')
    op.drop_column('pool', 'arm')
    op.drop_column('pool', 'cell')
    op.add_column('outcome', sa.Column('delay_minutes', sa.INTEGER(), autoincrement=False, nullable=True))
    op.add_column('outcome', sa.Column('action', sa.TEXT(), autoincrement=False, nullable=True))
    op.add_column('outcome', sa.Column('costs_attempt', sa.BOOLEAN(), autoincrement=False, nullable=True))
    op.add_column('campaign', sa.Column('attempt_limit', sa.INTEGER(), nullable=True))
    op.add_column('campaign', sa.Column('calling_hours', postgresql.JSONB(), nullable=True))
    op.execute(GIVE_RULES_BACK)
    op.execute(GIVE_TREATMENTS_BACK)
    for table, column in WITHOUT_GAPS:
        op.alter_column(table, column, nullable=False)
    op.drop_column('campaign', 'rules_hash')
    op.drop_column('campaign', 'rules_version')
    op.drop_column('attempt', 'time_slice')
    op.drop_column('attempt', 'arm')
    op.drop_index('ix_appointment_open', table_name='appointment')
    op.drop_constraint(op.f('fk_appointment_with_id_person'), 'appointment', type_='foreignkey')
    op.drop_column('appointment', 'missed_at')
    op.drop_column('appointment', 'hand_over_at')
    op.drop_column('appointment', 'with_id')
    op.drop_index('ix_quota_seat_interview', table_name='quota_seat')
    op.drop_index('ix_quota_seat_live', table_name='quota_seat', postgresql_where=sa.text("state = 'held'"))
    op.drop_table('quota_seat')
    op.drop_table('quota_cell')
    op.drop_table('pool_count')
    op.drop_index('ix_shift_campaign_ends', table_name='shift')
    op.drop_table('shift')
    op.drop_table('rule_version')
    op.drop_table('quota')
    op.drop_table('interviewer')
