"""Offboarding at once: the account is taken, and the person leaves every bound group.

1. Who they are, and whether their account may be touched, is judged as on call. An account that
   Okta does not suspend has its sessions ended; the rest of it stays pending.
2. The groups that hold the person are read, and a plan of just their memberships is made.
3. Its removals stand beside the account's lines, handed over as a prepared apply.
"""

from dataclasses import dataclass

from reconciler.accounts.offboarding import OffboardingRequest
from reconciler.accounts.table import DEPROVISIONED, SUSPENDED, Do, decide
from reconciler.identity.catalog_person import CatalogPerson, describe_account
from reconciler.live.ports import DirectoryReader
from reconciler.model.accounts import AccountAction
from reconciler.model.catalog import Catalog, Connector
from reconciler.model.directory import AccountProfile, ReadFailure
from reconciler.model.outcome import Prepared
from reconciler.planning.holdings import find_named
from reconciler.planning.lines.diff import RULE_KEEPS
from reconciler.planning.lines.emergency import Leaver, narrow_catalog, select_lines
from reconciler.planning.lines.on_call import OnCallRequest
from reconciler.planning.steps.assess import PlanInputs
from reconciler.workflows.account import PersonName, find_person, prepare_on_call
from reconciler.workflows.apply import check_rights
from reconciler.workflows.plan import plan

__all__ = ["Departure", "KnownAccount", "identify_leaver", "prepare_departure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAccount:
    """One person as Okta and as the catalog know them."""

    profile: AccountProfile
    person: CatalogPerson


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """What would be done at once."""

    prepared: Prepared
    is_pending: bool
    """The account cannot be suspended as it is: only its sessions end for now."""

    @property
    def is_partial(self) -> bool:
        """Whether something stays, whatever comes of the lines: the account, or a rule's group."""
        return self.is_pending or any(
            warning.code == RULE_KEEPS for warning in self.prepared.plan.warnings
        )


async def identify_leaver(
    reader: DirectoryReader, catalog: Catalog, name: PersonName
) -> KnownAccount:
    """The one person of that login or id, with every subject that plans take for them."""
    profile = await find_person(reader, name)
    named = find_named(catalog, profile.user)
    subjects = [g.subject for g in named.grants] + [d.subject for d in named.declarations]
    person = describe_account(catalog, profile.user, subjects)
    return KnownAccount(profile=profile, person=person)


async def prepare_departure(
    request: OffboardingRequest,
    known: KnownAccount,
    catalog: Catalog,
    connector: Connector,
    reader: DirectoryReader,
    inputs: PlanInputs,
) -> Departure:
    """The lines that take everything from the person, whatever the files still grant them.

    Raises as `prepare_on_call`.
    """
    user, now = known.profile.user, inputs.as_of
    wanted = AccountAction.DEACTIVATE if request.deactivates else AccountAction.SUSPEND
    can_do = isinstance(decide(user.status, wanted, user.provider), Do)
    asked = OnCallRequest(
        action=wanted if can_do else AccountAction.CLEAR_SESSIONS,
        reason=request.reason,
        ticket=request.ticket,
        by=request.by,
        at=now,
        agreed=request.approved_by,
    )
    found = await prepare_on_call(asked, known.profile, catalog, connector, reader, inputs)
    leaver = Leaver(
        user=user,
        person=known.person,
        reason=request.reason,
        by=request.by,
        approval=request.approval(now),
    )
    held = await reader.fetch_groups_of(user.id)
    groups = None if isinstance(held, ReadFailure) else held
    narrowed = narrow_catalog(catalog, connector.id, leaver, groups, now)
    planned = await plan(narrowed, connector.id, reader, inputs)
    prepared = select_lines(found.prepared, planned.plan, user)
    await check_rights(narrowed, connector.id, reader, planned.live, prepared.changes)
    ended = {DEPROVISIONED, SUSPENDED}
    return Departure(prepared=prepared, is_pending=not can_do and user.status not in ended)
