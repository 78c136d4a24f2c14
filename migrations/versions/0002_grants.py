"""Let the application's role work, and let it rewrite no history."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPLICATION = "xiangyin_app"
WRITABLE = (
    "api_client",
    "api_token",
    "appointment",
    "area",
    "area_alias",
    "attempt",
    "browser_session",
    "campaign",
    "campaign_lect",
    "change_counter",
    "do_not_call",
    "emulated_call",
    "interview",
    "interviewer_lect",
    "lect",
    "lect_alias",
    "lect_prior",
    "lect_understanding",
    "membership",
    "outcome",
    "person",
    "phone_number",
    "pool",
    "presence",
    "questionnaire",
    "registry_revision",
    "respondent_name",
    "sample_unit",
    "sign_in_failure",
    "survey_case",
)
APPEND_ONLY = (
    "answer_event",
    "audit_entry",
    "call_event",
    "case_event",
    "language_fact",
    "presence_change",
    "questionnaire_version",
    "response_snapshot",
    "sample_import",
)


def upgrade() -> None:
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APPLICATION}")
    for table in WRITABLE:
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APPLICATION}')
    for table in APPEND_ONLY:
        op.execute(f'GRANT SELECT, INSERT ON "{table}" TO {APPLICATION}')


def downgrade() -> None:
    for table in (*WRITABLE, *APPEND_ONLY):
        op.execute(f'REVOKE ALL ON "{table}" FROM {APPLICATION}')
