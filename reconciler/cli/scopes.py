"""`reconciler connector scopes`: what to grant a connector's credential, and no more."""

import json
from dataclasses import replace

import click

from reconciler.cli.files import valid_catalog
from reconciler.cli.options import Command, example, form_option, settings
from reconciler.cli.screen import Screen
from reconciler.cli.wiring import connectors
from reconciler.planning.canonical import cleaned
from reconciler.render.scopes_document import scopes_document, scopes_plain

__all__ = ["scopes_command"]


@click.command(
    "scopes", cls=Command, epilog=example("reconciler connector scopes okta-prod --explain")
)
@click.argument("connector", required=False)
@click.option(
    "--explain", is_flag=True, help="Also say what needs each, and what is lost without it."
)
@form_option
@click.pass_context
def scopes_command(context: click.Context, connector: str | None, explain: bool, form: str) -> None:
    """Print the OAuth scopes and admin role permissions that a connector needs.

    Derived from the catalog, for plan and for apply, without asking any org. A custom admin role
    with these permissions on these resources is the smallest that works.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    catalog = valid_catalog(chosen, screen, asks_okta=False).catalog
    asked = connectors(catalog, connector)
    if form == "json":
        plain = [scopes_plain(catalog, each) for each in asked]
        content = {"format": "reconciler.scopes/1", "connectors": plain}
        screen.data(json.dumps(cleaned(content, screen.clean), indent=1) + "\n")
        return
    for number, each in enumerate(asked):
        screen.data("\n" if number else "")
        document = scopes_document(catalog, each, is_explained=explain)
        closing = tuple(chosen.again(text) for text in document.closing)
        screen.document(replace(document, closing=closing))
