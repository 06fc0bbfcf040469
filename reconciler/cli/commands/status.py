"""`reconciler status`: when each connector last ran well, for people and for a heartbeat."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from reconciler.cli.clock import parse_duration, wall_clock
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import Command, Settings, example, form_option, settings
from reconciler.cli.secrets.evidence_key import read_public_keys
from reconciler.cli.session.catalog import (
    connector_missing,
    describe_disabled,
    is_rehearsal,
    valid_catalog,
)
from reconciler.cli.session.connection import connectors
from reconciler.cli.terminal.screen import Screen
from reconciler.evidence.folder import read_chains
from reconciler.evidence.history import judge_health
from reconciler.evidence.verification import read_runs
from reconciler.model.errors import StoreError, UsageError
from reconciler.model.ids import ConnectorId
from reconciler.planning.plan_codec import clean_strings
from reconciler.render.status import status_document, status_rows

__all__ = ["command"]


@click.command(
    "status", cls=Command, epilog=example("reconciler --sandbox status --evidence evidence")
)
@click.option(
    "--evidence",
    metavar="DIR",
    default="evidence",
    help="The folder that `apply --evidence` was given.  [default: evidence]",
)
@click.option(
    "--max-age", metavar="AGE", help="How old the last good run may be, such as 26h or 2d."
)
@click.option("--connector", metavar="ID", help="This connector only.")
@click.option(
    "--key",
    "keys",
    metavar="FILE",
    multiple=True,
    help="An ssh public key; the evidence must be signed by one of those given, to its end.",
)
@form_option
@click.pass_context
def command(
    context: click.Context,
    evidence: str,
    max_age: str | None,
    connector: str | None,
    keys: tuple[str, ...],
    form: str,
) -> int:
    """Say when each connector last ran well, and what failed since.

    A run is good when it came to its end with exit code 0 or 4; one on call, which is about one
    person, does not count. Exits 1 when a connector has no good run, or none within --max-age: a
    schedule that went silent is noticed. Evidence that is not what was written is an error too.
    With --sandbox, rehearsals are judged.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    limit = parse_duration(max_age) if max_age is not None else None
    folder, now, vouch = Path(evidence), _now(chosen, screen), read_public_keys(keys)
    sandbox = is_rehearsal(chosen)
    found = []
    for one in _select_connectors(chosen, screen, folder, connector):
        runs = read_runs(folder, one, sandbox=sandbox, vouch=vouch)
        found.append(judge_health(one, runs, now, sandbox=sandbox, max_age=limit))
    if form == "json":
        content = {
            "format": "reconciler.status/1",
            "as_of": now.isoformat(),
            "max_age_s": int(limit.total_seconds()) if limit else None,
            "connectors": status_rows(found),
        }
        screen.data(json.dumps(clean_strings(content, screen.clean), indent=1) + "\n")
    else:
        screen.document(status_document(found, now, limit))
    is_well = bool(found) and all(one.is_current for one in found)
    return ExitCode.OK if is_well else ExitCode.ERROR


def _select_connectors(
    chosen: Settings, screen: Screen, folder: Path, connector: str | None
) -> Iterable[ConnectorId]:
    """The catalog's connectors; without a catalog, the one that was named."""
    if chosen.catalog.exists():
        catalog = valid_catalog(chosen, screen, asks_okta=False).catalog
        for sentence in describe_disabled(catalog, connector):
            screen.talk(sentence)
        if not (found := connectors(catalog, connector)):
            raise connector_missing("no run was looked at", catalog)
        return [one.id for one in found]
    if connector is None:
        raise StoreError(
            "catalog-missing",
            f"there is no catalog at {chosen.catalog}, so which connectors should run is unknown",
            "name the catalog with --catalog, or one connector with --connector",
        )
    sandbox = is_rehearsal(chosen)
    known = [chain.connector for chain in read_chains(folder) if chain.sandbox is sandbox]
    screen.talk(f"there is no catalog at {chosen.catalog}: judging {connector} by its evidence")
    if connector not in known:
        raise UsageError(
            "connector-unknown", f"{folder} has no evidence of {connector!r}", "check the name"
        )
    return [ConnectorId(connector)]


def _now(chosen: Settings, screen: Screen) -> datetime:
    """The clock that stamped the runs: the wall's, or the embedded org's for rehearsals."""
    if chosen.endpoints or not chosen.sandbox:
        return wall_clock()
    from reconciler.cli.session.sandbox import open_sandbox  # noqa: PLC0415 - only a sandbox run needs it

    with open_sandbox(chosen, valid_catalog(chosen, screen).catalog) as sandbox:
        return sandbox.now()
