"""Caution: what a plan says of the credential that it was made with."""

from dataclasses import replace

from reconciler.live.identity import roles_of
from reconciler.live.ports import DirectoryReader
from reconciler.model.catalog import Connector
from reconciler.model.directory import LiveState
from reconciler.model.plan import PlanWarning
from reconciler.planning.build import Circumstances
from reconciler.planning.citation import cite_person
from reconciler.planning.probe import judge_sharing
from reconciler.planning.rights import holder_of, judge_reading

__all__ = ["cautioned"]


async def cautioned(
    beside: Circumstances, connector: Connector, reader: DirectoryReader, live: LiveState
) -> Circumstances:
    """The circumstances, with a warning where the plan's credential could write.

    Roles are read only where `auth` is split and no scopes tell. That everything signs in with one
    credential is no news in a sandbox, whose own credential is nobody's.
    """
    owner = live.users.get(live.caller) if live.caller else None
    checks = () if beside.sandbox else tuple(judge_sharing(connector))
    if connector.plan_auth != connector.apply_auth:
        has_scopes = live.credential is not None and live.credential.granted is not None
        roles = () if has_scopes else await roles_of(reader, live.credential, live.caller)
        reading = judge_reading(holder_of(live.credential, owner), roles, live)
        checks = (*checks, *(check for check in reading if check.code == "plan-can-write"))
    people = (cite_person(owner),) if owner is not None else ()
    told = tuple(
        PlanWarning(code=c.code, summary=c.summary, hint=c.hint, people=people) for c in checks
    )
    return replace(beside, warnings=(*beside.warnings, *told))
