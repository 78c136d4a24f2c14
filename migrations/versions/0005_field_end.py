"""Let a field end: appointments tell how they ended, and every case of a closed campaign gets its final outcome."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPLICATION = "xiangyin_app"

# An appointment was noted as kept when its call was coded; what counts is when the call was made, and by whom.
KEPT_BY_CALL = """
    UPDATE appointment SET kept_at = call.requested_at, kept_by = call.interviewer_id
    FROM appointment AS kept, LATERAL (
        SELECT attempt.requested_at, attempt.interviewer_id FROM attempt
        WHERE attempt.case_id = kept.case_id AND attempt.requested_at <= kept.kept_at
        ORDER BY attempt.id DESC LIMIT 1
    ) AS call
    WHERE kept.id = appointment.id AND kept.kept_at IS NOT NULL
"""
NOBODY_CALLS_ANY_MORE = """
    UPDATE appointment SET superseded_at = COALESCE(survey_case.closed_at, appointment.starts_at)
    FROM survey_case
    WHERE survey_case.id = appointment.case_id AND survey_case.state = 'closed' AND appointment.kept_at IS NULL
"""
NOT_ATTEMPTED = """
    INSERT INTO outcome (campaign_id, code, label_zh, label_en, "group", aapor, misread, needs_lect, key, position)
    SELECT campaign.id, 'not_attempted', '未拨打', 'Not attempted', 'no_contact', '3.11', false, false, '', 32
    FROM campaign
"""


def upgrade() -> None:
    op.add_column('appointment', sa.Column('campaign_id', sa.BigInteger(), nullable=True))
    op.add_column('appointment', sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('appointment', sa.Column('kept_by', sa.BigInteger(), nullable=True))
    op.add_column('appointment', sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE appointment SET campaign_id = survey_case.campaign_id FROM survey_case WHERE survey_case.id = case_id")
    op.execute("UPDATE appointment SET ends_at = starts_at + interval '3 hours' WHERE kind <> 'hard'")
    op.execute(KEPT_BY_CALL)
    op.execute(NOBODY_CALLS_ANY_MORE)
    op.alter_column('appointment', 'campaign_id', nullable=False)
    op.create_foreign_key(op.f('fk_appointment_campaign_id_campaign'), 'appointment', 'campaign', ['campaign_id'], ['id'])
    op.create_foreign_key(op.f('fk_appointment_kept_by_person'), 'appointment', 'person', ['kept_by'], ['id'])
    op.drop_index('ix_appointment_open', table_name='appointment')
    op.create_index('ix_appointment_open', 'appointment', ['starts_at'], unique=False, postgresql_where=sa.text('kept_at IS NULL AND superseded_at IS NULL'))
    op.create_index('ix_appointment_campaign_starts', 'appointment', ['campaign_id', 'starts_at'], unique=False)
    op.add_column('campaign', sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_interview_unended', 'interview', ['case_id'], unique=False, postgresql_where=sa.text('ended_at IS NULL'))
    op.execute(NOT_ATTEMPTED)
    op.create_table('lect_closure',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('campaign_id', sa.BigInteger(), nullable=False),
    sa.Column('lect', sa.Text(), nullable=False),
    sa.Column('gap', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_cases', sa.Integer(), nullable=False),
    sa.Column('reopen_reason', sa.Text(), nullable=True),
    sa.Column('reopened_by', sa.Text(), nullable=True),
    sa.Column('reopened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reopened_cases', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_lect_closure_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['lect'], ['lect.tag'], name=op.f('fk_lect_closure_lect_lect')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lect_closure'))
    )
    op.create_index(op.f('ix_lect_closure_campaign_id'), 'lect_closure', ['campaign_id'], unique=False)
    op.add_column('survey_case', sa.Column('closure_id', sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f('fk_survey_case_closure_id_lect_closure'), 'survey_case', 'lect_closure', ['closure_id'], ['id'])
    op.create_index('ix_survey_case_closure', 'survey_case', ['closure_id'], unique=False, postgresql_where=sa.text('closure_id IS NOT NULL'))
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "lect_closure" TO {APPLICATION}')


def downgrade() -> None:
    op.drop_index('ix_survey_case_closure', table_name='survey_case', postgresql_where=sa.text('closure_id IS NOT NULL'))
    op.drop_constraint(op.f('fk_survey_case_closure_id_lect_closure'), 'survey_case', type_='foreignkey')
    op.drop_column('survey_case', 'closure_id')
    op.drop_index(op.f('ix_lect_closure_campaign_id'), table_name='lect_closure')
    op.drop_table('lect_closure')
    op.execute("UPDATE survey_case SET outcome = NULL WHERE outcome = 'not_attempted'")
    op.execute("DELETE FROM outcome WHERE code = 'not_attempted'")
    op.drop_index('ix_interview_unended', table_name='interview', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_column('campaign', 'settled_at')
    op.drop_index('ix_appointment_campaign_starts', table_name='appointment')
    op.drop_index('ix_appointment_open', table_name='appointment')
    op.create_index('ix_appointment_open', 'appointment', ['starts_at'], unique=False, postgresql_where=sa.text('kept_at IS NULL'))
    op.drop_constraint(op.f('fk_appointment_kept_by_person'), 'appointment', type_='foreignkey')
    op.drop_constraint(op.f('fk_appointment_campaign_id_campaign'), 'appointment', type_='foreignkey')
    op.execute("DELETE FROM appointment WHERE kept_at IS NULL AND superseded_at IS NOT NULL")
    op.drop_column('appointment', 'superseded_at')
    op.drop_column('appointment', 'kept_by')
    op.drop_column('appointment', 'ends_at')
    op.drop_column('appointment', 'campaign_id')
