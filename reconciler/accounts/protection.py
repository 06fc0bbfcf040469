"""Whose accounts are never touched, by no file and by no command."""

from dataclasses import dataclass

from reconciler.model.directory import DirectoryUser, Members, ReadFailure
from reconciler.model.ids import OktaUserId, login_key
from reconciler.model.plan import BlockReason

__all__ = ["Shield", "find_admin_refusal", "find_refusal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shield:
    """Who is out of reach: protected people, the credential's own owner, every canary."""

    protected: Members = frozenset()
    holds_all: str = ""
    """Why anybody may be a protected person, or empty."""
    caller: OktaUserId | None = None
    canaries: frozenset[str] = frozenset()
    """The key of the login of each connector's canary."""


def find_refusal(user: DirectoryUser, shield: Shield) -> BlockReason | None:
    """Why the account is left alone, by what is known without asking."""
    if user.id in shield.protected:
        return BlockReason(
            code="account-protected",
            summary=f"{user.login} is protected",
            hint="an Okta admin does it in the console; `protected` stands in settings.yaml",
        )
    if user.id == shield.caller:
        return BlockReason(
            code="account-ours",
            summary=f"the credential of this run belongs to {user.login}",
            hint="an Okta admin does it in the console",
        )
    if login_key(user.login) in shield.canaries:
        return BlockReason(
            code="account-canary",
            summary=f"{user.login} is a canary, which every apply has to see",
            hint="name another canary in the connector first",
        )
    if shield.holds_all:
        return BlockReason(
            code="account-protection-unknown",
            summary=f"who is protected is not known: {shield.holds_all}",
            hint="correct `protected` in settings.yaml; give the id to survive a rename",
        )
    return None


def find_admin_refusal(
    user: DirectoryUser, roles: tuple[str, ...] | ReadFailure | None
) -> BlockReason | None:
    """Why the account is left alone, by the admin roles that were read; None is not asked."""
    if roles == ():
        return None
    if roles is None or isinstance(roles, ReadFailure):
        why = roles.detail if roles else "nobody asked"
        return BlockReason(
            code="account-roles-unread",
            summary=f"whether {user.login} is an Okta admin could not be read: {why}",
            hint="let the credential read admin roles (scope okta.roles.read), then try again",
        )
    return BlockReason(
        code="account-admin",
        summary=f"{user.login} is an Okta admin",
        hint="another Okta admin does it in the console",
    )
