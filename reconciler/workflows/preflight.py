"""Preflight: what has to be so before the first write, judged as a connector's test judges it."""

from reconciler.live.identity import roles_of
from reconciler.live.ports import DirectoryReader
from reconciler.model.catalog import Catalog
from reconciler.model.directory import CanarySight, LiveState
from reconciler.model.errors import GuardRefused
from reconciler.model.ids import ConnectorId
from reconciler.model.plan import Action, Change
from reconciler.model.probe import ProbeStatus
from reconciler.planning.granted import judge_scopes
from reconciler.planning.rights import holder_of, judge_writing
from reconciler.planning.scopes import Purpose, needed_scopes
from reconciler.workflows.plan import Planned

__all__ = ["check_canary", "check_rights"]


def check_canary(catalog: Catalog, connector: ConnectorId, live: LiveState) -> None:
    """Before anything is written, something that must be visible has to be visible."""
    canary = catalog.connectors[connector].canary
    if canary is None:
        raise GuardRefused(
            "canary-missing",
            f"{connector} has no canary, and apply needs the proof that reads are complete",
            "add `canary: {user, group: {id, name}}` to the connector",
        )
    if live.canary is not CanarySight.SEEN:
        raise GuardRefused(
            "canary-not-seen",
            (
                f'{canary.user} is not visible in "{canary.group_name}" ({canary.group_id}): '
                f"{live.canary.value}"
            ),
            "check the credential's admin role, and that the canary is still a member",
        )


async def check_rights(
    catalog: Catalog, reader: DirectoryReader, planned: Planned, changes: tuple[Change, ...]
) -> None:
    """What is known to be missing is told before the first write, not by it."""
    if not changes:
        return
    live, connector = planned.live, catalog.connectors[planned.plan.connector]
    needs = needed_scopes(catalog, connector, Purpose.APPLY)
    owner = live.users.get(live.caller) if live.caller else None
    roles = await roles_of(reader, live.credential, live.caller)
    creates = any(c.action is Action.CREATE_GROUP for c in changes)
    for check in (
        *judge_scopes(needs, live.credential),
        *judge_writing(holder_of(live.credential, owner), roles, live, creates=creates),
    ):
        if check.status is ProbeStatus.FAILED:
            raise GuardRefused(check.code, check.summary, check.hint)
