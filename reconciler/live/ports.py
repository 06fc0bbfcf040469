"""What observation needs of a directory. `okta.api.reader` provides it; tests write fakes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from reconciler.model.approvals.issue import Issue
from reconciler.model.approvals.review import Approvals, Introduction, PullRequest
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.directory import (
    AccountLog,
    AccountProfile,
    AssignedApp,
    AttributedMembers,
    CredentialFacts,
    DirectoryGroup,
    DirectoryUser,
    LiveState,
    MembershipLog,
    Org,
    ReadCount,
    ReadFailure,
)
from reconciler.model.errors import ReconcilerError
from reconciler.model.ids import ConnectorId, OktaGroupId, OktaUserId

__all__ = [
    "ApprovalQuestion",
    "ApprovalReader",
    "DirectoryReader",
    "IssueReader",
    "MergeHistory",
    "ReviewReader",
    "first_of",
]


class DirectoryReader(Protocol):
    """Reads of one org. Every method either returns complete data or says why it cannot.

    A read that is refused, short or malformed is returned as `ReadFailure`, never raised and never
    shortened. Only what makes every further read pointless is raised, as `ConnectorError`: the
    token is refused (401), or the org cannot be reached at all. Calls may run concurrently; the
    reader bounds how many do.
    """

    async def fetch_org(self) -> Org:
        """The org that answers; raises `GuardRefused` when it is not the pinned one."""
        ...

    async def fetch_credential(self) -> CredentialFacts:
        """What signing in shows; raises `ConnectorError` when the credential is refused."""
        ...

    async def fetch_caller(self) -> DirectoryUser | None:
        """The person behind the credential, or None where there is none (service apps)."""
        ...

    async def fetch_groups(
        self, ids: Sequence[OktaGroupId]
    ) -> dict[OktaGroupId, DirectoryGroup | ReadFailure]:
        """Each asked id with its group, or with `ReadFailure("missing")` where Okta shows none."""
        ...

    async def fetch_groups_named(
        self, names: Sequence[str]
    ) -> dict[str, tuple[DirectoryGroup, ...] | ReadFailure]:
        """Each asked name with every group whose name equals it, whatever its case or type."""
        ...

    async def fetch_groups_marked(
        self, markers: Sequence[str]
    ) -> dict[str, tuple[DirectoryGroup, ...] | ReadFailure]:
        """Each asked marker with every group whose description ends in it, whatever its name."""
        ...

    async def fetch_members(self, group: OktaGroupId) -> tuple[DirectoryUser, ...] | ReadFailure:
        """Every member of the group, in every status."""
        ...

    async def fetch_rule_targets(self) -> frozenset[OktaGroupId] | ReadFailure:
        """The groups into which an active group rule puts people."""
        ...

    async def fetch_attributed_members(self, group: OktaGroupId) -> AttributedMembers | ReadFailure:
        """Every member of the group, with whether a rule put each one there."""
        ...

    async def fetch_is_fed(self, group: OktaGroupId, user: OktaUserId) -> bool | ReadFailure:
        """Whether a group rule put this one member there."""
        ...

    async def fetch_apps(self, group: OktaGroupId) -> tuple[str, ...] | ReadFailure:
        """The names of the apps assigned to the group."""
        ...

    async def fetch_groups_of(self, user: OktaUserId) -> frozenset[OktaGroupId] | ReadFailure:
        """The groups that hold the user, as the user's own list shows them."""
        ...

    async def fetch_roles(self, user: OktaUserId) -> tuple[str, ...] | ReadFailure:
        """The types of the admin roles the user has, `CUSTOM` for custom ones."""
        ...

    async def fetch_client_roles(self, client_id: str) -> tuple[str, ...] | ReadFailure:
        """The types of the admin roles a service app has, `CUSTOM` for custom ones."""
        ...

    async def fetch_app_links(self, user: OktaUserId) -> tuple[str, ...] | ReadFailure:
        """The names of the apps on the user's own dashboard."""
        ...

    async def fetch_users(
        self, *, ids: Sequence[OktaUserId], logins: Sequence[str], emails: Sequence[str]
    ) -> tuple[DirectoryUser, ...] | ReadFailure:
        """Every user, in every status, who has one of the ids, logins or e-mail addresses.

        Logins and addresses match exactly, whatever their case. The reader splits long lists into
        requests of at most 20 people.
        """
        ...

    async def fetch_user(self, id_or_login: str) -> DirectoryUser | ReadFailure | None:
        """The user of just this id or login, asked for directly; None where there is none.

        What `fetch_users` answers may come from an index that is behind; this does not.
        """
        ...

    async def fetch_profile(self, id_or_login: str) -> AccountProfile | ReadFailure | None:
        """As `fetch_user`, with what tells the person from another of the same name."""
        ...

    async def fetch_candidates(self, text: str) -> tuple[DirectoryUser, ...] | ReadFailure:
        """At most ten people whom the text may mean: of that login or address, else of that name.

        They are shown and never taken for the one who is meant; there may be more.
        """
        ...

    async def fetch_apps_of(self, user: OktaUserId) -> tuple[AssignedApp, ...] | ReadFailure:
        """The apps assigned to the user, alone or through a group, whatever the dashboard shows."""
        ...

    async def fetch_membership_log(
        self,
        since: datetime,
        *,
        groups: Sequence[OktaGroupId],
        users: Sequence[OktaUserId],
        sessions: bool = False,
    ) -> MembershipLog | ReadFailure:
        """What the System Log has of the users' memberships in the groups, from `since` until now.

        Its `since` is later than the asked one where the log does not go back so far, or would
        take too many requests. Events of others may be among them. With `sessions` it also tells
        whose sessions were ended.
        """
        ...

    async def fetch_account_log(
        self, since: datetime, users: Sequence[OktaUserId]
    ) -> AccountLog | ReadFailure:
        """What the System Log has of these people's accounts, in one bounded question.

        Its `since` and the events of others are as in `fetch_membership_log`.
        """
        ...

    @property
    def reads(self) -> ReadCount:
        """Requests sent so far, and list pages among them."""
        ...


class MergeHistory(Protocol):
    """The past of the catalog's files. What cannot be read is `ReadFailure`, never raised."""

    def find_introductions(
        self, grants: Iterable[Grant]
    ) -> Mapping[str, Introduction | None] | ReadFailure:
        """By the hash of each grant: where it came from; None where it is not committed so."""
        ...

    def rules_at(self, commit: str) -> Catalog | ReadFailure:
        """The tools and identities, at least, as the commit has them."""
        ...

    def declares(self, content: bytes, grant: str) -> bool:
        """Whether a grants file of this content holds the grant with this hash."""
        ...

    def had_grant(self, commit: str, path: str, grant: str) -> bool | ReadFailure:
        """Whether the file held the grant with this hash; the path is the repository's."""
        ...

    def meanings_at(self, commit: str) -> Catalog | ReadFailure:
        """The settings, identities and bindings, at least, as the commit has them."""
        ...

    def grants_at(self, commit: str) -> tuple[Grant, ...] | ReadFailure:
        """The grants as the commit has them."""
        ...

    def find_replaced(
        self, tickets: Collection[str]
    ) -> tuple[tuple[datetime, Grant], ...] | ReadFailure:
        """The grants of these tickets in every file that was edited or deleted since, and when."""
        ...


class ReviewReader(Protocol):
    """Reads of one repository at GitHub. Nothing is raised and nothing is shortened.

    `ReadFailure("missing")` is about what was asked; any other says that asking on is pointless.
    """

    async def fetch_pull_request(
        self, commit: str, parent: str | None
    ) -> PullRequest | ReadFailure | None:
        """The merged pull request that brought the commit; None where none did.

        `parent` is what the default branch was before the commit.
        """
        ...

    async def fetch_fork(self, base: str, commit: str) -> str | ReadFailure:
        """The commit that both grew from."""
        ...

    async def fetch_content(self, blob: str) -> bytes | ReadFailure:
        """The content that git calls so."""
        ...

    async def fetch_is_member(self, team: str, account: str) -> bool | ReadFailure:
        """Whether the account is in the team (`org/team`)."""
        ...


class IssueReader(Protocol):
    """Reads of one project of Jira. Nothing is raised and nothing is shortened."""

    async def fetch_issues(self, keys: Iterable[str]) -> Mapping[str, Issue] | ReadFailure:
        """The issues by the keys asked for; without those that are not shown."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalQuestion:
    """The grants of a catalog whose approvals are asked about, and what they are held against.

    `rules` is the catalog whose word counts on where approvals are read: where a change is planned,
    the one that it is to change. `base` is then the commit that a grant of the change rests on.
    """

    catalog: Catalog
    connector: ConnectorId
    grants: tuple[Grant, ...]
    live: LiveState
    now: datetime
    rules: Catalog
    base: str | None = None


class ApprovalReader(Protocol):
    """Looks into the approvals that a plan's additions rest on."""

    async def fetch_approvals(self, asked: ApprovalQuestion) -> Approvals:
        """A verdict for each of the grants; a failure is told in it."""
        ...


def first_of(several: BaseExceptionGroup[ReconcilerError]) -> ReconcilerError:
    """One reason is enough to stop; the others come from the same cause."""
    error: BaseException = several
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if not isinstance(error, ReconcilerError):
        raise error
    return error
