"""Makes a plan for a command: from the catalog, through a session, at an instant."""

from dataclasses import replace
from datetime import datetime

import reconciler
from reconciler.catalog.load import Loaded
from reconciler.cli.session.approvals import approvals_of
from reconciler.cli.session.catalog import find_revision
from reconciler.cli.session.connection import Connection
from reconciler.cli.session.grant_past import find_grant_history, find_request_merges
from reconciler.cli.session.session import Session
from reconciler.evidence.history import unconfirmed_lines
from reconciler.model.catalog import Catalog, Connector, bindings_of
from reconciler.model.evidence import RecentWrites
from reconciler.model.plan import CatalogRevision, Plan
from reconciler.planning.steps.assess import PlanInputs
from reconciler.store.journal import read_recent_runs
from reconciler.workflows.plan import plan

__all__ = ["count_groups", "make_inputs", "make_plan", "plan_inputs"]


async def make_plan(session: Session, loaded: Loaded, as_of: datetime | None = None) -> Plan:
    """The connector's plan; as-of is the org's own clock unless it is given."""
    catalog, connector = loaded.catalog, session.connector
    inputs = plan_inputs(session, loaded, as_of)
    approvals = approvals_of(session.settings, catalog)
    async with session.reading(groups=count_groups(catalog, connector)) as reader:
        made = await plan(catalog, connector.id, reader, inputs, approvals, is_read_only=True)
    return made.plan


def count_groups(catalog: Catalog, connector: Connector) -> int:
    """How many groups a plan of the connector reads."""
    return len({binding.group for binding in bindings_of(catalog, connector.id)})


def plan_inputs(session: Session, loaded: Loaded, as_of: datetime | None = None) -> PlanInputs:
    """What stands beside a plan made now, from the files as they are.

    The journal beside them tells which accepted writes of earlier runs were not to be seen.
    """
    settings, connection = session.settings, session.connection
    revision, warnings = find_revision(settings, loaded)
    inputs = make_inputs(connection, revision, as_of)
    runs = read_recent_runs(
        settings.run_folder / "journal",
        connection.connector.id,
        inputs.created_at,
        sandbox=connection.is_sandbox,
    )
    recent = RecentWrites(unconfirmed=unconfirmed_lines(runs, inputs.created_at))
    record = find_grant_history(settings, inputs.as_of, loaded.catalog)
    merged_at = find_request_merges(settings, inputs.as_of, loaded.catalog)
    return replace(inputs, warnings=warnings, recent=recent, record=record, merged_at=merged_at)


def make_inputs(
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
