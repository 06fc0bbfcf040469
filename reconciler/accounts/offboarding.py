"""What a leaver loses, as one change to the catalog: every live grant, and the account."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from reconciler.accounts.authority import describe_lacks, is_approved
from reconciler.identity.catalog_person import CatalogPerson
from reconciler.identity.file_name import free_path
from reconciler.model.accounts import AccountAction, AccountDeclaration, AccountState
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.diagnostics import Span
from reconciler.model.ids import login_key
from reconciler.model.plan import BlockReason
from reconciler.model.stanzas import KeyEdit, account_file, revocation_edit, state_edits
from reconciler.model.validity import Approval

__all__ = [
    "Duty",
    "Offboarding",
    "OffboardingRequest",
    "find_duties",
    "find_refusal",
    "propose_offboarding",
]

_NOWHERE = Span("catalog")


@dataclass(frozen=True, slots=True, kw_only=True)
class OffboardingRequest:
    """Why a person leaves, and who says so."""

    reason: str
    ticket: str
    by: str
    approved_by: tuple[str, ...] = ()
    """Who agreed besides."""
    deactivates: bool = False

    @property
    def approvers(self) -> tuple[str, ...]:
        """Everybody behind it, each once."""
        each = {login_key(name): name for name in (*self.approved_by, self.by)}
        return (self.by, *(name for key, name in each.items() if key != login_key(self.by)))

    def approval(self, now: datetime) -> Approval:
        """Their word, given now."""
        at = now.astimezone(UTC)
        return Approval(
            ticket=self.ticket,
            approved_by=self.approvers,
            approved_at=at.date(),
            approved_time=at.time().replace(microsecond=0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offboarding:
    """The proposed change: edits of files that are there, and the person's own file if it is new.

    Without edits and file there is nothing left to write.
    """

    edits: tuple[KeyEdit, ...] = ()
    new_files: tuple[tuple[str, str], ...] = ()
    """Of each its path below the catalog, and its text."""
    revoked: tuple[Grant, ...] = ()
    state: AccountState | None = None
    """What the account is to be; None where no connector changes accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a person is for the catalog, and of what: a tool, an entitlement, or the settings."""

    role: str
    of: str


def find_refusal(
    catalog: Catalog, person: CatalogPerson, request: OffboardingRequest, now: datetime
) -> BlockReason | None:
    """Why the catalog lets nobody, or not these people, end the person's account."""
    shield = _find_shield(catalog, person)
    if shield is not None or not _changes_accounts(catalog):
        return shield
    own = next((name for name in request.approvers if person.goes_by(name)), None)
    if own is not None:
        return BlockReason(
            code="approver-is-account",
            summary=f"{own} is {person.name}, whose account it is",
            hint="have another person ask for it",
        )
    action = AccountAction.DEACTIVATE if request.deactivates else AccountAction.SUSPEND
    approval = request.approval(now)
    if is_approved(action, approval, catalog.settings):
        return None
    return BlockReason(
        code="account-approval-insufficient",
        summary=f"{action.value} of {person.name} needs more approval than that of "
        f"{', '.join(request.approvers)}",
        hint=f"{describe_lacks(action, approval, catalog.settings)}; name them by --by or "
        "--approved-by",
    )


def find_duties(catalog: Catalog, person: CatalogPerson) -> tuple[Duty, ...]:
    """Where the catalog counts on the person, which an offboarding leaves for people to change."""
    settings, tools = catalog.settings, catalog.tools.values()
    named = [
        *(("admin", "settings.yaml", each.email) for each in settings.admins),
        *(("operator", "settings.yaml", each.email) for each in settings.operators),
        *(("owner", tool.id, each.email) for tool in tools for each in tool.owners),
        *(("approver", tool.id, each.email) for tool in tools for each in tool.approvers),
        *(
            ("required member", f"{tool.id}/{entitlement.id}", name)
            for tool in tools
            for entitlement in tool.entitlements.values()
            for name in entitlement.required_members
        ),
    ]
    return tuple(Duty(role=role, of=of) for role, of, name in named if person.goes_by(name))


def _changes_accounts(catalog: Catalog) -> bool:
    return any(each.lifecycle and not each.disabled for each in catalog.connectors.values())


def _find_shield(catalog: Catalog, person: CatalogPerson) -> BlockReason | None:
    for each in catalog.settings.protected:
        if person.goes_by(each.login) or (each.id is not None and each.id == person.id):
            return BlockReason(
                code="account-protected",
                summary=f"{person.name} is protected",
                hint="take them out of `protected` in settings.yaml first, by a change of its own",
            )
    for connector in catalog.connectors.values():
        if connector.canary is not None and person.goes_by(connector.canary.user):
            return BlockReason(
                code="account-canary",
                summary=f"{person.name} is the canary of {connector.id}",
                hint="name another canary in the connector first",
            )
    return None


def propose_offboarding(
    catalog: Catalog,
    person: CatalogPerson,
    request: OffboardingRequest,
    now: datetime,
    paths: Collection[str] = (),
) -> Offboarding:
    """The change that ends all the person has; `paths` are those of the files below the catalog."""
    revoked = tuple(g for g in catalog.grants if person.goes_by(g.subject) and not g.has_ended(now))
    edits = [
        revocation_edit(grant.origin or _NOWHERE, now, request.reason, request.by)
        for grant in revoked
    ]
    if not _changes_accounts(catalog):
        return Offboarding(edits=tuple(edits), revoked=revoked)
    declared = [each for each in catalog.accounts if person.goes_by(each.subject)]
    if any(each.state is AccountState.DEACTIVATED for each in declared):
        # It is approved by more people than a suspension needs, and stays as it is.
        closed = AccountState.DEACTIVATED
        return Offboarding(edits=tuple(edits), revoked=revoked, state=closed)
    state = AccountState.DEACTIVATED if request.deactivates else AccountState.SUSPENDED
    approval = request.approval(now)
    for each in declared:
        edits += state_edits(each.origin or _NOWHERE, state, request.reason, approval)
    path = free_path("users", person.name, paths)
    wanted = AccountDeclaration(
        subject=person.name, state=state, reason=request.reason, approval=approval
    )
    new_files = () if declared else ((path, account_file(wanted)),)
    return Offboarding(edits=tuple(edits), new_files=new_files, revoked=revoked, state=state)
