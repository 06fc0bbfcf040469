"""Makes a plan for a command: from the catalog, through a connection, at an instant."""

import asyncio
from dataclasses import replace
from datetime import datetime

import reconciler
from reconciler.catalog.load import Loaded
from reconciler.cli.options import Settings
from reconciler.cli.session.approvals import forge_of
from reconciler.cli.session.catalog import revision_of
from reconciler.cli.session.connection import Connection, connect, new_run
from reconciler.cli.session.grant_past import record_of
from reconciler.cli.terminal.progress import watch
from reconciler.evidence.history import unconfirmed_lines
from reconciler.model.bindings import bindings_of
from reconciler.model.catalog import Catalog, Connector
from reconciler.model.evidence import RecentWrites
from reconciler.model.plan import CatalogRevision, Plan
from reconciler.planning.build.assess import PlanInputs
from reconciler.store.journal import read_recent_runs
from reconciler.workflows.plan import plan

__all__ = ["beside_of", "groups_of", "inputs", "make_plan"]


def make_plan(
    settings: Settings, loaded: Loaded, connector: Connector, as_of: datetime | None
) -> Plan:
    """The connector's plan; as-of is the org's own clock unless it is given."""
    with (
        connect(settings, loaded.catalog, connector) as connection,
        watch(
            f"reading {connector.id}",
            settings.verbose,
            groups=groups_of(loaded.catalog, connector),
        ) as progress,
    ):
        beside = inputs(settings, loaded, connection, as_of)

        async def ask() -> Plan:
            async with connection.sender(new_run(connection.clock), progress) as sender:
                reader = connection.reader(sender)
                forge = forge_of(settings, loaded.catalog)
                made = await plan(
                    loaded.catalog, connector.id, reader, beside, forge, is_read_only=True
                )
                return made.plan

        return asyncio.run(ask())


def groups_of(catalog: Catalog, connector: Connector) -> int:
    """How many groups a plan of the connector reads."""
    return len({binding.group for binding in bindings_of(catalog, connector.id)})


def inputs(
    settings: Settings, loaded: Loaded, connection: Connection, as_of: datetime | None = None
) -> PlanInputs:
    """What stands beside a plan made now, from the files as they lie.

    The journal beside them tells which accepted writes of earlier runs were not to be seen.
    """
    revision, warnings = revision_of(settings, loaded)
    beside = beside_of(connection, revision, as_of)
    runs = read_recent_runs(
        settings.run_folder / "journal",
        connection.connector.id,
        beside.created_at,
        sandbox=connection.is_sandbox,
    )
    recent = RecentWrites(unseen=unconfirmed_lines(runs, beside.created_at))
    record = record_of(settings, beside.as_of, loaded.catalog)
    return replace(beside, warnings=warnings, recent=recent, record=record)


def beside_of(
    connection: Connection, revision: CatalogRevision, as_of: datetime | None
) -> PlanInputs:
    """What stands beside a plan made now, to the second."""
    now = connection.clock().replace(microsecond=0)
    return PlanInputs(
        as_of=as_of or now,
        created_at=now,
        revision=revision,
        sandbox=connection.is_sandbox,
        tool_version=reconciler.__version__,
    )
