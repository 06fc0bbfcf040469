"""Approvers whom Okta knows as gone, or not at all: what they approve from now on is in doubt.

Only people whom the plan read anyway are judged; nobody is asked for because they may approve.
"""

from collections.abc import Iterable, Iterator

from reconciler.identity.resolve import Missing
from reconciler.model.catalog import Binding, Catalog
from reconciler.model.directory import DirectoryUser
from reconciler.model.names import login_key
from reconciler.model.plan import PersonRef, PlanWarning
from reconciler.planning.desired import People

__all__ = ["approver_warnings"]


def approver_warnings(
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
