"""`reconciler evidence`: whether the evidence of past runs is what was written."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import CommandGroup, Settings, example, form_option, settings
from reconciler.cli.secrets.evidence_key import read_public_keys
from reconciler.cli.session.catalog import is_rehearsal, valid_catalog
from reconciler.cli.session.connection import connectors
from reconciler.cli.terminal.screen import Screen
from reconciler.evidence.folder import read_chains
from reconciler.evidence.verification import Verified, verify
from reconciler.model.errors import StoreError, UsageError
from reconciler.model.ids import ConnectorId
from reconciler.planning.plan_codec import clean_strings
from reconciler.render.evidence import evidence_document, evidence_rows

__all__ = ["command"]

_HASH = re.compile(r"[0-9a-f]{64}")


@click.group("evidence", cls=CommandGroup, epilog=example("reconciler evidence verify evidence"))
def command() -> None:
    """Check that the evidence of past runs is what was written."""


@command.command("verify", epilog=example("reconciler evidence verify evidence"))
@click.argument("folder", metavar="DIR")
@click.option(
    "--expect-head",
    "expected",
    metavar="HASH",
    multiple=True,
    help="A head that was kept outside; it must still be in a chain. May be given again.",
)
@click.option(
    "--key",
    "keys",
    metavar="FILE",
    multiple=True,
    help="An ssh public key; each chain must be signed by one of those given, to its end.",
)
@click.option(
    "--every-connector",
    is_flag=True,
    help="Each connector of the catalog that is not disabled must have a chain.",
)
@form_option
@click.pass_context
def verify_command(
    context: click.Context,
    folder: str,
    expected: tuple[str, ...],
    keys: tuple[str, ...],
    every_connector: bool,
    form: str,
) -> int:
    """Find every altered, missing, repeated or moved line.

    And every broken link between runs. Exits 1 when there is any. Runs that were killed are
    reported and are no error. The head of each chain is printed: kept outside the folder, it proves
    later that nothing was cut off. Hashes alone prove nothing against a person who may write the
    folder and seals it anew; signatures do.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    _require_hashes(expected)
    vouch = read_public_keys(keys)
    verified = [verify(chain, vouch) for chain in read_chains(Path(folder))]
    lost = _find_chainless(chosen, screen, verified) if every_connector else []
    if not verified and not lost:
        raise StoreError(
            "evidence-missing",
            f"there is no run's evidence in {folder}",
            "name the folder that `apply --evidence` was given",
        )
    if vouch is not None and verified and all(one.chain.sandbox for one in verified):
        raise StoreError(
            "evidence-missing",
            f"there is nothing in {folder} but rehearsals, which no key signs",
            "name the folder that holds the evidence of your org; leave --key out for rehearsals",
        )
    absent = [wanted for wanted in expected if not any(v.holds(wanted) for v in verified)]
    reports = [v.report for v in verified]
    is_whole = not absent and not lost and all(report.is_whole for report in reports)
    if form == "json":
        content = {
            "format": "reconciler.evidence-check/1",
            "is_whole": is_whole,
            "chains": evidence_rows(reports),
            "missing_heads": absent,
            "missing_chains": lost,
        }
        screen.data(json.dumps(clean_strings(content, screen.clean), indent=1) + "\n")
    else:
        screen.document(evidence_document(folder, reports, absent, lost))
    return ExitCode.OK if is_whole else ExitCode.ERROR


def _find_chainless(
    chosen: Settings, screen: Screen, verified: Iterable[Verified]
) -> list[ConnectorId]:
    """The connectors that should have evidence and have none: a whole chain may be taken away."""
    sandbox = is_rehearsal(chosen)
    known = {one.chain.connector for one in verified if one.chain.sandbox is sandbox}
    catalog = valid_catalog(chosen, screen).catalog
    return [one.id for one in connectors(catalog, None) if one.id not in known]


def _require_hashes(expected: tuple[str, ...]) -> None:
    for one in expected:
        if not _HASH.fullmatch(one):
            raise UsageError(
                "head-invalid", f"{one!r} is no head", "a head is 64 hexadecimal digits"
            )
