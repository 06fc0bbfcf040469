"""Whether somebody approved their own access, seen by their account at Okta.

Files alone do not show it: the approver may be named by another login, by an address or by an
account elsewhere that is the same person's. Where both names lead to accounts, the accounts decide;
a name that only looks like one of theirs is theirs until Okta shows whose it is.
"""

from collections.abc import Iterable, Iterator

from reconciler.model.catalog import Catalog, Grant, IdentityMapping
from reconciler.model.directory import DirectoryUser
from reconciler.model.names import fold, is_same_login, login_key
from reconciler.planning.desired import People

__all__ = ["own_approval"]


def own_approval(
    user: DirectoryUser, grants: Iterable[Grant], known: People, catalog: Catalog
) -> tuple[str, str, str] | None:
    """Code, summary and hint where each of the grants is approved by whom it is for."""
    said = ""
    for grant in grants:
        own = [a for a in grant.approval.approved_by if _is_theirs(a, user, grant, known, catalog)]
        if not own:
            return None
        said = said or own[0]
    return (
        "approver-is-account",
        f"the approver {said} is {user.login} ({user.id}) in Okta, whom the grant is for",
        "have another approver of the tool agree",
    )


def _is_theirs(
    approver: str, user: DirectoryUser, grant: Grant, known: People, catalog: Catalog
) -> bool:
    return any(
        _names(name, user, known) for name in (approver, *_handles(approver, grant, catalog))
    )


def _handles(approver: str, grant: Grant, catalog: Catalog) -> Iterator[str]:
    """What the tool's contact of that address is called at the forge; a team is several people."""
    tool = catalog.tools.get(grant.tool)
    for contact in (*tool.owners, *tool.approvers) if tool else ():
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
