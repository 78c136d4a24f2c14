"""Run the migrations as the owner of the tables."""

import importlib
import importlib.util
import pkgutil

from alembic import context
from sqlalchemy import create_engine, pool

import app
from app.core.db import Base

JOB_TABLES = "procrastinate_"


def import_every_model() -> None:
    for package in pkgutil.walk_packages(app.__path__, "app."):
        if package.ispkg and importlib.util.find_spec(f"{package.name}.models"):
            importlib.import_module(f"{package.name}.models")


def ours(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and (name or "").startswith(JOB_TABLES))


import_every_model()
engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool)
with engine.begin() as connection:
    context.configure(
        connection=connection, target_metadata=Base.metadata, include_name=ours, compare_server_default=True
    )
    context.run_migrations()
