"""Why each line is in a plan: the change under review, what waited before it, or time.

Three plans answer it, all from one observation: with the change, without it, and without it at the
instant the base was committed. A line is known by its effect (action, group, person), so that a
moved or renamed file, or one more grant for the same person, is no new effect.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from reconciler.model.approvals.review import BaseComparison, Cause
from reconciler.model.catalog import Catalog, Grant, Revocation
from reconciler.model.ids import login_key
from reconciler.model.plan import AccountChange, Blocked, BlockedAccount, Change, Plan, PlanWarning
from reconciler.planning.refs import account_hash, grant_hash

__all__ = [
    "apply_base_limits",
    "attribute",
    "end_lost_grants",
    "find_released",
    "find_released_accounts",
    "merge_requests",
    "unite_catalogs",
    "warn_of_altered_doors",
]

_Effect = tuple[str, str, str]
_ACCOUNT = "an account"
"""In the place of a group: no group is called so, by id or as a new one."""


def attribute(head: Plan, base: Plan, then: Plan, against: BaseComparison) -> Plan:
    """The plan of `head`, each line with its cause, and what the change takes away.

    `base` is the plan without the change at the same instant; `then` is that at the instant when
    the base was committed.
    """
    now, before = _effects(base), _effects(then)

    def cause(effect: _Effect) -> Cause:
        if effect not in now:
            return Cause.CHANGE
        return Cause.PENDING if effect in before else Cause.TIME

    kept = {_of_change(c) for c in head.changes}
    kept_accounts = {_of_account(c) for c in head.accounts}
    return replace(
        head,
        changes=tuple(replace(c, cause=cause(_of_change(c))) for c in head.changes),
        blocked=tuple(replace(b, cause=cause(_of_blocked(b))) for b in head.blocked),
        withdrawn=tuple(c for c in base.changes if _of_change(c) not in kept),
        accounts=tuple(replace(c, cause=cause(_of_account(c))) for c in head.accounts),
        blocked_accounts=tuple(
            replace(b, cause=cause(_of_blocked_account(b))) for b in head.blocked_accounts
        ),
        withdrawn_accounts=tuple(c for c in base.accounts if _of_account(c) not in kept_accounts),
        against=against,
    )


def end_lost_grants(head: Catalog, base: Catalog, gone: Revocation) -> tuple[Grant, ...]:
    """Grants that only the base has, as ended ones: deleting a file is not meant to revoke.

    An edited grant is lost in its old form too; where its new form holds, that decides.
    """
    kept = {grant_hash(grant) for grant in head.grants}
    return tuple(replace(g, revoked=gone) for g in base.grants if grant_hash(g) not in kept)


def apply_base_limits(head: Catalog, base: Catalog) -> Catalog:
    """The change's catalog under the limits and exceptions that hold without it.

    A change must not loosen what judges it. Everything else is its real effect, and is shown.
    """
    settings = replace(head.settings, guards=base.settings.guards)
    return replace(head, settings=settings, acknowledgements=base.acknowledgements)


def warn_of_altered_doors(head: Catalog, base: Catalog) -> Iterator[PlanWarning]:
    """That issues were read as the base says, where the change would have them read otherwise."""
    if base.doors.jira is None or head.doors.jira == base.doors.jira:
        return
    yield PlanWarning(
        code="doors-altered",
        summary="this change alters doors/jira.yaml; issues were read as the base's file says, so "
        "what the change makes of them is not shown",
        hint="have that change merged by itself, and plan the rest again",
    )


def find_released(judged: Plan, merged: Plan) -> tuple[Change, ...]:
    """What the limits and exceptions of the base hold, and those of the change do not."""
    free = {c.intent for c in merged.changes if not c.held_by}
    return tuple(c for c in judged.changes if c.held_by and c.intent in free)


def find_released_accounts(judged: Plan, merged: Plan) -> tuple[AccountChange, ...]:
    """The same of accounts."""
    free = {c.intent for c in merged.accounts if not c.held_by}
    return tuple(c for c in judged.accounts if c.held_by and c.intent in free)


def merge_requests(
    head: Catalog, base: Catalog, merged_at: Mapping[str, datetime], now: datetime
) -> dict[str, datetime]:
    """When each request came: what only the change has, as if it were merged now.

    Where git does not tell of one that the base has, it is not known here either.
    """
    brought = set(_request_hashes(head)) - set(_request_hashes(base))
    return dict.fromkeys(brought, now) | dict(merged_at)


def _request_hashes(catalog: Catalog) -> Iterator[str]:
    for declared in catalog.accounts:
        for part, _ in declared.requests:
            yield account_hash(declared, part)


def unite_catalogs(head: Catalog, base: Catalog) -> Catalog:
    """One catalog that names everyone and every group of both: what has to be observed."""
    rules = dict.fromkeys((*base.settings.match, *head.settings.match))
    protected = (*base.settings.protected, *head.settings.protected)
    return replace(
        head,
        settings=replace(head.settings, match=tuple(rules), protected=protected),
        connectors={**base.connectors, **head.connectors},
        tools={**base.tools, **head.tools},
        bindings=tuple(dict.fromkeys((*head.bindings, *base.bindings))),
        grants=(*head.grants, *base.grants),
        identities=(*head.identities, *base.identities),
        accounts=(*head.accounts, *base.accounts),
    )


def _effects(plan: Plan) -> frozenset[_Effect]:
    lines = {_of_change(c) for c in plan.changes}
    accounts = {_of_account(c) for c in plan.accounts}
    blocked = {_of_blocked(b) for b in plan.blocked}
    asked = {_of_blocked_account(b) for b in plan.blocked_accounts}
    return frozenset(lines | blocked | accounts | asked)


def _of_change(change: Change) -> _Effect:
    person = (change.person.id or change.person.login) if change.person else ""
    return (change.action.value, change.group.key, person)


def _of_blocked(line: Blocked) -> _Effect:
    person = (line.person.id or login_key(line.person.login)) if line.person else ""
    return (line.code, line.group.key, person)


def _of_account(line: AccountChange) -> _Effect:
    return (line.action.value, _ACCOUNT, line.person.id or line.person.login)


def _of_blocked_account(line: BlockedAccount) -> _Effect:
    person = line.person.id if line.person and line.person.id else login_key(line.source.subject)
    part = line.source.part.value if line.source.part else ""
    return (line.code, f"{_ACCOUNT} {part}", person)
