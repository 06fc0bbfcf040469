"""What the System Log says of memberships: who put whom into which group, or took them out."""

from dataclasses import dataclass
from datetime import datetime

from reconciler.model.ids import OktaGroupId, OktaUserId

__all__ = ["Actor", "MembershipEvent", "MembershipLog"]

SYSTEM = "SystemPrincipal"
UNNAMED = frozenset({"", "unknown"})
"""What stands in an event where Okta has no other name (Okta: LogEvent)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did something. All of it is untrusted text; any of it may be empty."""

    id: str = ""
    kind: str = ""
    login: str = ""
    name: str = ""
    client_id: str = ""
    """The app through which it was done, when it was one."""
    has_token: bool = False
    """Whether it was done through an API token, and so not by hand; Okta does not always say so."""

    @property
    def is_system(self) -> bool:
        """Whether Okta did it by itself: a group rule, an import."""
        return self.kind == SYSTEM

    def __str__(self) -> str:
        """What people call them."""
        names = [text for text in (self.name, self.login) if text not in UNNAMED] or [self.id]
        kind = "" if self.kind in {"", "User"} else f" [{self.kind}]"
        if not names[0]:
            return f"somebody whom Okta does not name{kind}"
        return " ".join((names[0], *(f"({name})" for name in names[1:]))) + kind


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipEvent:
    """One change of one membership that took place; `at` is when Okta published it, UTC."""

    group: OktaGroupId
    user: OktaUserId
    at: datetime
    is_removal: bool
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipLog:
    """Every such change from `since` until it was asked, in no particular order."""

    since: datetime
    events: tuple[MembershipEvent, ...] = ()
