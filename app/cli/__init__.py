"""The `xiangyin` command."""

from app.cli import forms, people, play, running, transfer
from app.cli.command import app

__all__ = ["app", "forms", "people", "play", "running", "transfer"]
