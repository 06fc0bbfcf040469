"""Tests a connector's credentials for a command, by reading; by writing only where asked."""

import asyncio
from dataclasses import replace

from reconciler.cli.clock import wall_clock
from reconciler.cli.options import Settings
from reconciler.cli.session.session import Session, open_session
from reconciler.cli.terminal.progress import show_progress
from reconciler.cli.terminal.screen import Screen
from reconciler.connector_checks.check_result import (
    CheckResult,
    ConnectorTest,
    CredentialUse,
    skipped_check,
)
from reconciler.connector_checks.failures import Stage, judge_failure
from reconciler.model.catalog import Canary, Catalog, Connector
from reconciler.model.errors import ReconcilerError
from reconciler.okta.requests.write_allowlist import WriteAllowlist
from reconciler.workflows.check_connector import Question, probe
from reconciler.workflows.check_write import write_probe

__all__ = ["check_credential", "credential_uses"]


def credential_uses(connector: Connector, wanted: str | None) -> tuple[CredentialUse, ...]:
    """The credentials to test: one where plan and apply share it, else both, or the wanted one."""
    if connector.plan_auth == connector.apply_auth:
        return (CredentialUse.BOTH,)
    both = (CredentialUse.PLAN, CredentialUse.APPLY)
    return tuple(use for use in both if wanted in {None, use.value})


async def check_credential(
    settings: Settings,
    screen: Screen,
    catalog: Catalog,
    connector: Connector,
    use: CredentialUse,
    *,
    writes: bool,
) -> ConnectorTest:
    """The credential's test; what fails before the first request is a failed check too."""
    question = Question(
        catalog=catalog,
        connector=connector,
        now=wall_clock(),
        use=use,
        does_write=writes and use.writes,
        is_sandbox=settings.sandbox,
    )
    try:
        with open_session(settings, screen, catalog, connector, question.purpose) as session:
            is_sandbox = session.connection.is_sandbox
            ready = replace(question, now=session.clock(), is_sandbox=is_sandbox)
            found = await _ask(session, ready)
            return replace(found, proxy=session.connection.proxy)
    except ReconcilerError as error:
        return question.answered(judge_failure(error, Stage.CONFIGURATION))


async def _ask(session: Session, question: Question) -> ConnectorTest:
    async with session.reading("testing") as reader:
        found = await probe(question, reader)
    if not question.does_write:
        return found
    if found.has_failed or question.connector.canary is None:
        return replace(found, checks=(*found.checks, _SKIPPED))
    written = await _write(session, question.connector.canary)
    return replace(found, checks=(*found.checks, *written))


_SKIPPED = skipped_check(
    "write probe",
    "rests-on-failure",
    "nothing is written while a check fails",
    "fix the failed checks, then test again",
)


async def _write(session: Session, canary: Canary) -> tuple[CheckResult, ...]:
    """Through a sender that may write to the canary's own group alone."""
    connection, only = session.connection, WriteAllowlist(groups=[canary.group_id])
    with show_progress("writing the canary", session.settings.verbose) as progress:
        async with connection.sender(session.run, progress, only) as sender:
            return await write_probe(
                canary, connection.reader(sender), connection.writer(sender), asyncio.sleep
            )
