"""Let the application's role work, and let it rewrite no history."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPLICATION = "xiangyin_app"
WRITABLE = (
)
APPEND_ONLY = (
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
