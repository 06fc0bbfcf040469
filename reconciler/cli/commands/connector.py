"""`reconciler connector`: which orgs there are, and whether each one works."""

import asyncio
import json
from dataclasses import replace

import click
import msgspec

from reconciler.cli.exit_codes import ExitCode, combine_exit_codes
from reconciler.cli.options import Command, CommandGroup, example, form_option, settings
from reconciler.cli.session.catalog import describe_idle, valid_catalog
from reconciler.cli.session.connection import connectors
from reconciler.cli.session.connector_check import check_credential, credential_uses
from reconciler.cli.terminal.screen import Screen
from reconciler.connector_checks.check_result import ConnectorTest
from reconciler.planning.plan_codec import clean_strings
from reconciler.render.connector import (
    connector_rows,
    connector_test_document,
    connectors_document,
    connectors_matrix,
    scopes_document,
    scopes_plain,
)

__all__ = ["command"]


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
    """Print the scopes and permissions that a connector needs.

    OAuth scopes, and permissions of an admin role, derived from the catalog, for plan and for
    apply, without asking any org. A custom admin role with these permissions on these resources is
    the smallest that works.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    catalog = valid_catalog(chosen, screen, asks_okta=False).catalog
    asked = connectors(catalog, connector)
    if form == "json":
        plain = [scopes_plain(catalog, each) for each in asked]
        content = {"format": "reconciler.scopes/1", "connectors": plain}
        screen.data(json.dumps(clean_strings(content, screen.clean), indent=1) + "\n")
        return
    for number, each in enumerate(asked):
        screen.data("\n" if number else "")
        document = scopes_document(catalog, each, is_explained=explain)
        closing = tuple(chosen.complete_commands(text) for text in document.closing)
        screen.document(replace(document, closing=closing))


@click.group("connector", cls=CommandGroup, epilog=example("reconciler connector list"))
def command() -> None:
    """List the connectors, test that one works, or say what it needs."""


@command.command("list", epilog=example("reconciler connector list"))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "matrix"]),
    default="text",
    help="How to print it; matrix is one line of JSON for a job per enabled connector.",
)
@click.pass_context
def list_command(context: click.Context, form: str) -> None:
    """Print every connector and what uses it, without asking any org."""
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    catalog = valid_catalog(chosen, screen, asks_okta=False).catalog
    if form == "json":
        content = {"format": "reconciler.connectors/1", "connectors": connector_rows(catalog)}
        screen.data(json.dumps(clean_strings(content, screen.clean), indent=1) + "\n")
    elif form == "matrix":
        screen.data(json.dumps(connectors_matrix(catalog), separators=(",", ":")) + "\n")
    else:
        screen.document(connectors_document(catalog))


command.add_command(scopes_command)


@command.command("test", epilog=example("reconciler --sandbox connector test okta-prod"))
@click.argument("connector", required=False)
@click.option(
    "--credential",
    "wanted",
    type=click.Choice(["plan", "apply"]),
    help="Only this one, where `auth` is split.",
)
@click.option(
    "--write-probe",
    "writes",
    is_flag=True,
    help="Also take the canary out of its group and put it back.",
)
@form_option
@click.pass_context
def test_command(
    context: click.Context, connector: str | None, wanted: str | None, writes: bool, form: str
) -> int:
    """Check that a connector works, and say what to do if not.

    Reads only: org and pin, credential, its scopes and roles, canary, every bound group. Where
    `auth` is split, the plan's and the apply's credential are tested one after the other. Exits 1
    when a check fails.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    loaded = valid_catalog(chosen, screen)
    asked = connectors(loaded.catalog, connector)
    if not asked:
        screen.talk(describe_idle(loaded.catalog))
    uses = [(each, use) for each in asked for use in credential_uses(each, wanted)]

    async def check_each() -> list[ConnectorTest]:
        return [
            await check_credential(chosen, screen, loaded.catalog, *each, writes=writes)
            for each in uses
        ]

    found = asyncio.run(check_each())
    if form == "json":
        plain = [_plain(one, screen) for one in found]
        content = {"format": "reconciler.probe/1", "probes": plain}
        screen.data(json.dumps(content, indent=1) + "\n")
    else:
        for number, one in enumerate(found):
            screen.data("\n" if number else "")
            screen.document(connector_test_document(one))
    return combine_exit_codes([ExitCode.ERROR if one.has_failed else ExitCode.OK for one in found])


def _plain(found: ConnectorTest, screen: Screen) -> dict[str, object]:
    checks = [
        {key: screen.clean(value) for key, value in msgspec.to_builtins(check).items()}
        for check in found.checks
    ]
    return {
        "connector": found.connector,
        "credential": found.credential.value,
        "sandbox": found.sandbox,
        "proxy": found.proxy,
        "checks": checks,
    }
