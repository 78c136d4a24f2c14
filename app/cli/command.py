"""What all parts of the `xiangyin` command hang on."""

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False)
audit_commands = typer.Typer(no_args_is_help=True, help="The record of every act.")
people_commands = typer.Typer(no_args_is_help=True, help="Who may sign in.")
client_commands = typer.Typer(no_args_is_help=True, help="REST clients.")
app.add_typer(audit_commands, name="audit")
app.add_typer(people_commands, name="people")
app.add_typer(client_commands, name="clients")

CampaignId = Annotated[int, typer.Argument(help="the campaign's number")]
