"""Tell every process that the registry of lects has changed."""

import secrets

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.languages.models import RegistryRevision


def revise(session: Session) -> None:
    """Say that lects or their understanding changed: whatever was remembered of them is forgotten."""
    row = insert(RegistryRevision).values(id=1, token=secrets.token_hex(16))
    session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"token": row.excluded.token}))
