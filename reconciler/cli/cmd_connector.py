"""`reconciler connector`: which orgs there are, and whether each one works."""

import asyncio
import json

import click
import msgspec

from reconciler.catalog.load import Loaded
from reconciler.cli.exit_codes import ExitCode, worst
from reconciler.cli.files import valid_catalog
from reconciler.cli.groups import CommandGroup
from reconciler.cli.idle import idle
from reconciler.cli.options import Settings, example, settings
from reconciler.cli.progress import watch
from reconciler.cli.screen import Screen
from reconciler.cli.wiring import Connection, connect, connectors, new_run
from reconciler.model.catalog import Canary, Connector
from reconciler.model.errors import ReconcilerError
from reconciler.model.probe import Probe, ProbeCheck, ProbeStatus
from reconciler.okta.allowlist import Allowed
from reconciler.planning.scopes import Purpose
from reconciler.render.connector_document import (
    connector_rows,
    connectors_document,
    probe_document,
)
from reconciler.workflows.probe import probe, write_probe

__all__ = ["command"]

_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to print it.",
)


@click.group("connector", cls=CommandGroup, epilog=example("reconciler connector list"))
def command() -> None:
    """List the connectors, or test that one works."""


@command.command("list", epilog=example("reconciler connector list"))
@_FORMAT
@click.pass_context
def list_command(context: click.Context, form: str) -> None:
    """Print every connector and what uses it, without asking any org."""
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    catalog = valid_catalog(chosen, screen).catalog
    if form == "json":
        content = {"format": "reconciler.connectors/1", "connectors": connector_rows(catalog)}
        screen.data(screen.clean(json.dumps(content, indent=1)) + "\n")
    else:
        screen.document(connectors_document(catalog))


@command.command("test", epilog=example("reconciler --sandbox connector test okta-prod"))
@click.argument("connector", required=False)
@click.option(
    "--write-probe",
    "writes",
    is_flag=True,
    help="Also take the canary out of its group and put it back.",
)
@_FORMAT
@click.pass_context
def test_command(context: click.Context, connector: str | None, writes: bool, form: str) -> int:
    """Check that a connector works, and say what to do where it does not.

    Reads only: org and pin, credential, its owner's rights, canary, every bound group. Exits 1 when
    a check fails.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    loaded = valid_catalog(chosen, screen)
    wanted = connectors(loaded.catalog, connector)
    if not wanted:
        screen.talk(idle(loaded.catalog))
    found = [_test(chosen, loaded, one, writes=writes) for one in wanted]
    if form == "json":
        plain = [_plain(one, screen) for one in found]
        content = {"format": "reconciler.probe/1", "probes": plain}
        screen.data(json.dumps(content, indent=1) + "\n")
    else:
        for one in found:
            screen.document(probe_document(one))
    return worst([ExitCode.ERROR if one.has_failed else ExitCode.OK for one in found])


def _plain(found: Probe, screen: Screen) -> dict[str, object]:
    checks = [
        {key: screen.clean(value) for key, value in msgspec.to_builtins(check).items()}
        for check in found.checks
    ]
    return {"connector": found.connector, "sandbox": found.sandbox, "checks": checks}


def _test(chosen: Settings, loaded: Loaded, connector: Connector, *, writes: bool) -> Probe:
    """The connector's test; what fails before the first request is a failed check too."""
    purpose = Purpose.WRITE_PROBE if writes else Purpose.PROBE
    try:
        with connect(chosen, loaded.catalog, connector, purpose) as connection:
            return asyncio.run(_ask(chosen, loaded, connection, writes=writes))
    except ReconcilerError as error:
        check = ProbeCheck(
            name="configuration",
            status=ProbeStatus.FAILED,
            summary=f"{error.code}: {error.message}",
            hint=error.hint,
        )
        return Probe(connector=connector.id, sandbox=chosen.sandbox, checks=(check,))


async def _ask(chosen: Settings, loaded: Loaded, connection: Connection, *, writes: bool) -> Probe:
    connector, run = connection.connector, new_run(connection.clock)
    with watch(f"testing {connector.id}", chosen.verbose) as progress:
        async with connection.sender(run, progress) as sender:
            reader = connection.reader(sender)
            found = await probe(loaded.catalog, connector, reader, is_sandbox=connection.is_sandbox)
        if not writes:
            return found
        if found.has_failed or connector.canary is None:
            written: tuple[ProbeCheck, ...] = (_SKIPPED,)
        else:
            written = await _write(chosen, connection, connector.canary)
    return Probe(connector=connector.id, sandbox=found.sandbox, checks=(*found.checks, *written))


_SKIPPED = ProbeCheck(
    name="write probe",
    status=ProbeStatus.NOT_RUN,
    summary="nothing is written while a check fails",
    hint="mend the failed checks, then test again",
)


async def _write(
    chosen: Settings, connection: Connection, canary: Canary
) -> tuple[ProbeCheck, ...]:
    """Through a sender that lets nothing but the canary's own group be written."""
    with watch("writing the canary", chosen.verbose) as progress:
        run = new_run(connection.clock)
        only = Allowed(groups=[canary.group_id])
        async with connection.sender(run, progress, only) as sender:
            return await write_probe(
                canary, connection.reader(sender), connection.writer(sender), asyncio.sleep
            )
