"""What takes everything from one person at once, before their files are reviewed.

The catalog is narrowed to that person's groups, with an ended grant of theirs for each in place of
their live ones: so it is planned by the rules of every removal, and its doubts and guards hold.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.identity.catalog_person import CatalogPerson
from reconciler.model.catalog import (
    Authority,
    BindGroup,
    Binding,
    Catalog,
    Grant,
    IdentityMapping,
    Revocation,
)
from reconciler.model.directory import DirectoryUser
from reconciler.model.ids import ConnectorId, OktaGroupId
from reconciler.model.outcome import Prepared
from reconciler.model.plan import AccountChange, Action, PersonRef, Plan
from reconciler.model.settings import IdentityRule, Settings
from reconciler.model.validity import Approval
from reconciler.planning.plan_codec import digest

__all__ = ["Leaver", "narrow_catalog", "select_lines"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaver:
    """Who loses everything, why, and by whose word."""

    user: DirectoryUser
    person: CatalogPerson
    """The same, by every name that a grant may have."""
    reason: str
    by: str
    approval: Approval


def narrow_catalog(
    catalog: Catalog,
    connector: ConnectorId,
    leaver: Leaver,
    held: Collection[OktaGroupId] | None,
    now: datetime,
) -> Catalog:
    """The catalog of one question: which of these groups the person is to leave.

    `held` are the groups that hold them; None where that is not known, and then it is all. Grants
    of others stay where they may still mean the person; what else is to be removed is no matter
    of this run, and counts towards none of its guards.
    """
    bindings = tuple(
        replace(b, authority=Authority.ADDITIVE)
        for b in catalog.bindings
        if b.connector == connector and _may_hold(b, held)
    )
    others = tuple(
        grant
        for grant in catalog.grants
        if not grant.has_ended(now) and not leaver.person.goes_by(grant.subject)
    )
    entitled = dict.fromkeys((b.tool, b.entitlement) for b in bindings)
    ended = Revocation(at=now.date(), by=leaver.by, reason=leaver.reason)
    added = tuple(
        Grant(
            tool=tool,
            entitlement=entitlement,
            subject=leaver.user.id,
            purpose=leaver.reason,
            approval=leaver.approval,
            revoked=ended,
        )
        for tool, entitlement in entitled
    )
    return replace(
        catalog,
        bindings=bindings,
        grants=(*others, *added),
        settings=_with_mappings(catalog.settings),
        identities=(*catalog.identities, _anchor(leaver.user)),
        accounts=(),
    )


def _may_hold(binding: Binding, held: Collection[OktaGroupId] | None) -> bool:
    """Whether the person may be in its group; of one that it makes, the name tells nothing."""
    if held is None or not isinstance(binding.group, BindGroup):
        return True
    return binding.group.id in held or binding.replaces in held


def _anchor(user: DirectoryUser) -> IdentityMapping:
    """That the id means just this account, whatever a file says of its login."""
    return IdentityMapping(keys=(user.id,), login=user.login, id=user.id)


def _with_mappings(settings: Settings) -> Settings:
    """Settings by which a mapping counts."""
    rules = dict.fromkeys((IdentityRule.MAPPING, *settings.match))
    return replace(settings, match=tuple(rules))


def select_lines(account: Prepared, planned: Plan, user: DirectoryUser) -> Prepared:
    """The account's lines, and beside them the person's removals of the plan."""

    def is_theirs(person: PersonRef | None) -> bool:
        return person is not None and person.id == user.id

    changes = tuple(c for c in planned.changes if c.action is Action.REMOVE and is_theirs(c.person))
    holding = {name for change in changes for name in change.held_by}
    left = {change.group.name for change in changes if not change.held_by}
    accounts = tuple(_keep_only(line, left) for line in account.accounts)
    plan = replace(
        planned,
        changes=changes,
        accounts=accounts,
        blocked=tuple(
            b for b in planned.blocked if b.person is not None and b.person.id == user.id
        ),
        guards=tuple(verdict for verdict in planned.guards if verdict.guard in holding),
        warnings=tuple(w for w in planned.warnings if any(map(is_theirs, w.people))),
        missing=(),
        unapproved=(),
        manual=(),
        ending=(),
    )
    return replace(
        account, plan=plan, reviewed_digest=digest(plan), changes=changes, accounts=accounts
    )


def _keep_only(line: AccountChange, left: set[str]) -> AccountChange:
    """The line without the groups that the person leaves beside it."""
    told = line.consequences
    keeps = tuple(name for name in told.keeps if name not in left)
    return replace(line, consequences=replace(told, keeps=keeps))
