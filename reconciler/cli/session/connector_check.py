"""Tests a connector's credentials for a command, by reading; by writing only where asked."""

import asyncio
from dataclasses import replace

from reconciler.catalog.load import Loaded
from reconciler.cli.clock import wall_clock
from reconciler.cli.options import Settings
from reconciler.cli.session.connection import Connection, connect, new_run
from reconciler.cli.terminal.progress import watch
from reconciler.connector_checks.failures import Stage, judge_failure
from reconciler.model.catalog import Canary, Connector
from reconciler.model.connector_check import CredentialUse, Probe, ProbeCheck, skipped_check
from reconciler.model.errors import ReconcilerError
from reconciler.okta.requests.write_allowlist import Allowed
from reconciler.workflows.check_connector import Question, probe
from reconciler.workflows.check_write import write_probe

__all__ = ["tested", "uses_of"]


def uses_of(connector: Connector, wanted: str | None) -> tuple[CredentialUse, ...]:
    """The credentials to test: one where plan and apply share it, else both, or the wanted one."""
    if connector.plan_auth == connector.apply_auth:
        return (CredentialUse.BOTH,)
    both = (CredentialUse.PLAN, CredentialUse.APPLY)
    return tuple(use for use in both if wanted in {None, use.value})


def tested(
    chosen: Settings, loaded: Loaded, connector: Connector, use: CredentialUse, *, writes: bool
) -> Probe:
    """The credential's test; what fails before the first request is a failed check too."""
    question = Question(
        catalog=loaded.catalog,
        connector=connector,
        now=wall_clock(),
        use=use,
        does_write=writes and use.writes,
        is_sandbox=chosen.sandbox,
    )
    try:
        with connect(chosen, loaded.catalog, connector, question.purpose) as connection:
            ready = replace(question, now=connection.clock(), is_sandbox=connection.is_sandbox)
            found = asyncio.run(_ask(chosen, ready, connection))
            return replace(found, proxy=connection.proxy)
    except ReconcilerError as error:
        return question.answered(judge_failure(error, Stage.CONFIGURATION))


async def _ask(chosen: Settings, question: Question, connection: Connection) -> Probe:
    connector, run = question.connector, new_run(connection.clock)
    with watch(f"testing {connector.id}", chosen.verbose) as progress:
        async with connection.sender(run, progress) as sender:
            found = await probe(question, connection.reader(sender))
        if not question.does_write:
            return found
        if found.has_failed or connector.canary is None:
            return replace(found, checks=(*found.checks, _SKIPPED))
        written = await _write(chosen, connection, connector.canary)
    return replace(found, checks=(*found.checks, *written))


_SKIPPED = skipped_check(
    "write probe",
    "rests-on-failure",
    "nothing is written while a check fails",
    "mend the failed checks, then test again",
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
