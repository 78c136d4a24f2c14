"""Install the tables of the background jobs (Procrastinate's own schema)."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPLICATION = "xiangyin_app"


def upgrade() -> None:
    # The release is pinned, so this is the schema of that release; a later one brings its own
    # migration scripts, which then become a revision after this one.
    raw = op.get_bind().connection.driver_connection
    if raw is None:
        message = "the migration has lost its connection"
        raise RuntimeError(message)
    raw.execute(SchemaManager.get_schema())
    for table in ("workers", "jobs", "periodic_defers", "events"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_{table} TO {APPLICATION}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION}")


def downgrade() -> None:
    op.execute(
        """
        DO $$
        DECLARE thing record;
        BEGIN
            FOR thing IN SELECT oid::regclass AS name FROM pg_class
                         WHERE relname LIKE 'procrastinate\\_%' AND relkind = 'r' LOOP
                EXECUTE 'DROP TABLE ' || thing.name || ' CASCADE';
            END LOOP;
            FOR thing IN SELECT oid::regprocedure AS name FROM pg_proc WHERE proname LIKE 'procrastinate\\_%' LOOP
                EXECUTE 'DROP FUNCTION ' || thing.name || ' CASCADE';
            END LOOP;
            FOR thing IN SELECT typname AS name FROM pg_type
                         WHERE typname LIKE 'procrastinate\\_%' AND typtype IN ('e', 'c') LOOP
                EXECUTE 'DROP TYPE ' || thing.name || ' CASCADE';
            END LOOP;
        END $$
        """
    )
