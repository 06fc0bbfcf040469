"""Whether a person approved their own access, seen by their account at Okta.

Files alone do not show it: the approver may be named by another login, by an address or by an
account elsewhere that is the same person's. Where both names lead to accounts, the accounts decide;
a name that only looks like one of theirs is theirs until Okta shows whose it is.
"""

from collections.abc import Iterable, Iterator

from reconciler.identity.resolve import Missing
from reconciler.model.catalog import Binding, Catalog, Grant, IdentityMapping
from reconciler.model.directory import DirectoryUser
from reconciler.model.ids import fold, is_same_login, login_key
from reconciler.model.plan import BlockReason, PersonRef, PlanWarning
from reconciler.model.settings import Contact, Operator
from reconciler.planning.people import People

__all__ = ["find_own_approval", "find_own_name", "warn_of_approvers"]


def find_own_approval(
    user: DirectoryUser, grants: Iterable[Grant], known: People, catalog: Catalog
) -> BlockReason | None:
    """That each of the grants is approved by the person whom it is for; None where one is not."""
    approver = ""
    for grant in grants:
        tool = catalog.tools.get(grant.tool)
        contacts = (*tool.owners, *tool.approvers) if tool else ()
        own = find_own_name(grant.approval.approved_by, contacts, user, known)
        if not own:
            return None
        approver = approver or own
    return BlockReason(
        code="approver-is-account",
        summary=f"the approver {approver} is {user.login} ({user.id}) in Okta, "
        "whom the grant is for",
        hint="have another approver of the tool agree",
    )


def find_own_name(
    approvers: Iterable[str],
    contacts: tuple[Contact | Operator, ...],
    user: DirectoryUser,
    known: People,
) -> str:
    """The first of the approvers who is the account's own person, by any name; empty for none."""
    for approver in approvers:
        names = (approver, *_handles(approver, contacts))
        if any(_names(name, user, known) for name in names):
            return approver
    return ""


def _handles(approver: str, contacts: tuple[Contact | Operator, ...]) -> Iterator[str]:
    """What the contact of that address is called at GitHub; a team is several people."""
    for contact in contacts:
        handle = (contact.github or "").removeprefix("@")
        if handle and "/" not in handle and is_same_login(contact.email, approver):
            yield f"github:{handle}"


def _names(name: str, user: DirectoryUser, known: People) -> bool:
    """Whether the name is one of the account's."""
    key = login_key(f"github:{name[1:]}" if name.startswith("@") else name)
    mapped = known.mappings.get(key, ())
    if mapped:
        return any(_means(mapping, user) for mapping in mapped)
    holders = known.directory.by_login.get(key, ())
    if holders:
        return user in holders
    return fold(key) in {fold(user.login), fold(user.email)}


def _means(mapping: IdentityMapping, user: DirectoryUser) -> bool:
    if mapping.id is not None:
        return mapping.id == user.id
    return mapping.login is not None and is_same_login(mapping.login, user.login)


def warn_of_approvers(
    catalog: Catalog, bindings: Iterable[Binding], known: People
) -> Iterator[PlanWarning]:
    """A warning for each approver of the bound tools whose account is closed or not there."""
    tools = sorted({binding.tool for binding in bindings} & catalog.tools.keys())
    approves: dict[str, list[str]] = {}
    for name in tools:
        tool = catalog.tools[name]
        for email in dict.fromkeys(c.email for c in tool.approvers or tool.owners):
            approves.setdefault(email, []).append(name)
    for email, where in sorted(approves.items()):
        found = _accounts(email, known)
        if found and all(user.is_deprovisioned for user in found):
            yield _warning("approver-deactivated", email, where, "is deactivated in Okta", found[0])
        elif not found and isinstance(known.resolutions.get(login_key(email)), Missing):
            yield _warning("approver-unknown-in-okta", email, where, "has no account in Okta", None)


def _accounts(email: str, known: People) -> tuple[DirectoryUser, ...]:
    """Everybody who was read and whom the address may mean."""
    key = login_key(email)
    by_login, by_email = known.directory.by_login, known.directory.by_email
    return by_login.get(key, ()) or by_email.get(key, ())


def _warning(
    code: str, email: str, tools: list[str], what: str, user: DirectoryUser | None
) -> PlanWarning:
    person = PersonRef(
        id=user.id if user else None,
        login=user.login if user else email,
        status=user.status if user else "",
    )
    return PlanWarning(
        code=code,
        summary=f"{email}, who approves for {', '.join(tools)}, {what}",
        hint="name another approver in the tool's `policy`; what they approved before stands",
        people=(person,),
    )
