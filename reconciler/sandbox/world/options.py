"""How an org behaves where Okta's own behaviour varies, takes time, or is not known.

A world sets the lags beside its `users`, and the choices under `choices`. Every choice is one
open question about Okta; the first of its values is the default. What a status allows is a choice
where Okta's words and its links contradict each other, or where neither says anything.
"""

from dataclasses import dataclass
from typing import Final, Literal, get_args, get_type_hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The choices of one org, all of them text."""

    remove_non_member: Literal["204", "404"] = "204"
    """DELETE of the membership of a user who is not in the group."""

    add_deprovisioned: Literal["403", "204", "400"] = "403"
    """PUT of a deprovisioned user into a group; 403 is E0000038."""

    update_deprovisioned: Literal["403", "404"] = "403"
    """POST or PUT of a deprovisioned user; 404 is what Okta once answered (Okta: documented)."""

    role_filtered_group: Literal["hidden", "403", "404"] = "hidden"
    """A group outside the targets of the caller's role: in no list either, or only refused."""

    no_role: Literal["403", "empty"] = "403"
    """A read by a caller without any role; `empty` gives every list as `200 []`."""

    no_role_client: Literal["empty", "403"] = "empty"
    """The same by a service app with scopes and no role; `empty` was reported (Okta: issue)."""

    custom_role_rules: Literal["403", "200"] = "403"
    """A look at group rules by a caller who has custom roles alone."""

    unlocked: Literal["ACTIVE", "PASSWORD_EXPIRED"] = "ACTIVE"
    """The status that unlocking gives: ACTIVE is documented, the other was recorded once."""

    reset_refused: Literal["E0000038", "E0000017"] = "E0000038"
    """The code of a 403 for a password that cannot be reset in the user's status."""

    suspend_provisioned: Literal["done", "refused"] = "done"
    """Suspending a PROVISIONED user: the link is offered (Okta: recorded), the text says ACTIVE."""

    suspend_password_expired: Literal["done", "refused"] = "done"  # noqa: S105 -- no secret
    """Suspending a user whose password has expired: as above."""

    suspend_recovery: Literal["refused", "done"] = "refused"
    """Suspending a user in RECOVERY: the text says ACTIVE alone (Okta: OpenAPI)."""

    suspend_locked_out: Literal["refused", "done"] = "refused"
    """Suspending a user who is locked out: as above."""

    reset_provisioned: Literal["done", "refused"] = "done"
    """Resetting the password of a PROVISIONED user: the link is offered (Okta: recorded)."""

    reset_recovery: Literal["done", "refused"] = "done"
    """Resetting a password that was reset already."""

    reset_locked_out: Literal["done", "refused"] = "done"
    """Resetting the password of a user who is locked out."""

    reset_directory: Literal["refused", "agent"] = "refused"
    """A reset for who signs in by AD or LDAP: 403 E0000017, or done through the agent."""

    reset_social: Literal["converted", "refused"] = "converted"
    """A reset for a SOCIAL user: an Okta password, as for FEDERATION (Okta: OpenAPI), or a 403."""

    reset_import: Literal["kept", "converted"] = "kept"
    """Whether an imported password that is reset is OKTA's at once, or when the new one is set."""

    reactivate_recovery: Literal["done", "refused"] = "done"
    """Reactivating a user in RECOVERY: done, says Okta's OpenAPI; no recording does."""

    unlock_directory: Literal["refused", "agent"] = "refused"
    """Unlocking who signs in by AD or LDAP: not supported (Okta: OpenAPI), or by the agent."""

    lock_target: Literal["none", "user"] = "none"
    """Whether the event of a lock has a target beside its actor, the same person: a published one
    has none."""

    clear_sessions_deprovisioned: Literal["204", "403", "404"] = "204"
    """Ending the sessions of a deprovisioned user; 403 is E0000038."""

    forget_devices: Literal["true", "false"] = "true"
    """What `forgetDevices` is where a request leaves it out: it differs between the engines."""

    reactivate_permission: Literal["activate", "manage"] = "activate"
    """Which `okta.users.lifecycle` permission of a custom role reactivating needs."""

    attribution: Literal["known", "ignored"] = "known"
    """Whether `expand=group-rules` is understood; an older org ignores it."""

    expand_in_next: Literal["dropped", "kept"] = "dropped"
    """Whether the next link repeats `expand=group-rules` (reported: it does not)."""

    stats_spelling: Literal["hasAdminPrivlege", "hasAdminPrivileges"] = "hasAdminPrivlege"
    """How `expand=stats` names an admin role: as Okta's OpenAPI, or as its release notes."""

    lagging_members: Literal["before", "empty"] = "before"
    """What a member list shows that is behind: the former members, or none (Okta: recorded)."""

    user_emails: Literal["shown", "hidden"] = "shown"
    """Whether `credentials.emails` of users are shown: some orgs do (Okta: recorded)."""


POSSIBLE: Final[dict[str, tuple[str, ...]]] = {
    name: get_args(hint) for name, hint in get_type_hints(Choices).items()
}
"""The values that each choice can have; the first is the default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How an org behaves, apart from what is in it; the defaults answer at once.

    Except `touch_lag`, which no client should rely on: it is as late as recorded.
    """

    index_lag: float = 0.0
    """By how many seconds `search` and `q` run behind (Okta: OpenAPI, no number)."""
    member_lag: float = 0.0
    """By how many seconds the member list of a group runs behind (Okta: recorded, 1 to 3)."""
    touch_lag: float = 2.0
    """After how many seconds a group's `lastMembershipUpdated` moves (Okta: recorded, 0 to 3)."""
    create_lag: float = 0.0
    """For how many seconds a new group is not found by id (Okta: issue, terraform 647)."""
    log_delay: float = 0.0
    """After how many seconds an event shows in the System Log (Okta: documented, no number)."""
    transition_lag: float = 0.0
    """For how many seconds activating and deactivating goes on (Okta: OpenAPI, no number)."""
    unlock_after: float = 0.0
    """After how many seconds a locked account unlocks itself; 0 is never, as by a policy."""
    concurrency: int | None = None
    """How many requests are answered at once; None is Okta's number, or none with no limits."""
    choices: Choices = Choices()
