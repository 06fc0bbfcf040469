"""What a leaver loses, as one change to the catalog: every live grant, and the account."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from reconciler.identity.catalog_person import CatalogPerson
from reconciler.model.accounts import AccountDeclaration, AccountState
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.diagnostics import Span
from reconciler.model.ids import login_key
from reconciler.model.plan import BlockReason
from reconciler.model.stanzas import (
    KeyEdit,
    account_file,
    approval_stanza,
    revocation_stanza,
    state_stanzas,
)
from reconciler.model.validity import Approval

__all__ = ["Offboarding", "OffboardingRequest", "find_shield", "propose_offboarding"]

_UNSAFE = re.compile(r"[^a-z0-9@._+-]+")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Offboarding:
    """The proposed change: edits of files that are there, and the person's own file if it is new.

    Without edits and file there is nothing left to write.
    """

    edits: tuple[KeyEdit, ...] = ()
    new_file: tuple[str, str] | None = None
    """Its path below the catalog, and its text."""
    revoked: tuple[Grant, ...] = ()
    state: AccountState | None = None
    """What the account is to be; None where no connector changes accounts."""


def find_shield(catalog: Catalog, person: CatalogPerson) -> BlockReason | None:
    """Why the catalog lets no command touch the person's account."""
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
    ending = revocation_stanza(now, request.reason, request.by)
    edits = [_write_key(grant.origin, ending) for grant in revoked]
    if not any(c.lifecycle and not c.disabled for c in catalog.connectors.values()):
        return Offboarding(edits=tuple(edits), revoked=revoked)
    declared = [each for each in catalog.accounts if person.goes_by(each.subject)]
    if any(each.state is AccountState.DEACTIVATED for each in declared):
        # It is approved by more people than a suspension needs, and stays as it is.
        closed = AccountState.DEACTIVATED
        return Offboarding(edits=tuple(edits), revoked=revoked, state=closed)
    state = AccountState.DEACTIVATED if request.deactivates else AccountState.SUSPENDED
    wanted = _declare(person.name, state, request, now)
    approval = approval_stanza(request.ticket, now, request.approvers)
    stanzas = state_stanzas(state, request.reason, approval)
    for each in declared:
        edits += _edit_declaration(each, stanzas)
    path = f"users/{_free_name(person.name, paths)}.yaml"
    new_file = None if declared else (path, account_file(wanted))
    return Offboarding(edits=tuple(edits), new_file=new_file, revoked=revoked, state=state)


def _declare(
    subject: str, state: AccountState, request: OffboardingRequest, now: datetime
) -> AccountDeclaration:
    return AccountDeclaration(
        subject=subject,
        state=state,
        reason=request.reason,
        approval=Approval(
            ticket=request.ticket,
            approved_by=request.approvers,
            approved_at=now.date(),
            requested_by=request.by,
            approved_time=now.time().replace(microsecond=0, tzinfo=None),
        ),
    )


def _write_key(at: Span | None, stanza: str) -> KeyEdit:
    key, _, value = stanza.partition(": ")
    return KeyEdit(at=at or _NOWHERE, key=key, value=value)


def _edit_declaration(declared: AccountDeclaration, stanzas: tuple[str, ...]) -> Iterator[KeyEdit]:
    """The state, why and by whom, for good; what is said of a suspension's end goes."""
    for stanza in stanzas:
        yield _write_key(declared.origin, stanza)
    if declared.until is not None:
        yield KeyEdit(at=declared.origin or _NOWHERE, key="until", value=None)


def _free_name(login: str, paths: Collection[str]) -> str:
    """A file's name for the person that no file has yet."""
    plain = _UNSAFE.sub("-", login.lower()).strip(".-") or "person"
    number, name = 1, plain
    while f"users/{name}.yaml" in paths:
        number += 1
        name = f"{plain}-{number}"
    return name
