"""The `xiangyin` command."""

from app.cli import people, play, running, transfer
from app.cli.command import app

__all__ = ["app", "people", "play", "running", "transfer"]
