"""`python -m app.cli` is the `xiangyin` command."""

from app.cli import app

app()
