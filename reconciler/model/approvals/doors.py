"""Where people ask and approve besides git: GitHub and Jira, as `catalog/doors/` describes them.

A door holds no power over Okta. Things are named by ids, because names are per project and
translated; secrets are kept by reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from reconciler.model.diagnostics import Span
from reconciler.model.ids import SecretRef
from reconciler.model.validity import ApprovalSource

__all__ = [
    "Doors",
    "GitHubApp",
    "GitHubDoor",
    "JiraAccount",
    "JiraDoor",
    "JiraField",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubApp:
    """The App that opens pull requests: what it opens starts the checks."""

    id: int
    installation: int
    private_key: SecretRef


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubDoor:
    """The repository (`owner/name`) in which proposals are reviewed.

    Its reviews are a source of approvals. Proposals are opened by the App, or by a token.
    """

    repository: str
    app: GitHubApp | None = None
    token: SecretRef | None = None
    origin: Span | None = field(default=None, compare=False, repr=False)


class JiraField(Enum):
    """What an issue says of a request, each in a field of its own."""

    TOOL = "tool"
    ENTITLEMENT = "entitlement"
    SUBJECT = "subject"
    PURPOSE = "purpose"
    STARTS = "starts"
    EXPIRES = "expires"


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraAccount:
    """How Jira is signed in to: an account's address and its API token."""

    email: str
    token: SecretRef


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraDoor:
    """One site and one project of Jira Cloud whose approved issues are approvals.

    `approved` and `ended` are ids of statuses; `fields` are ids of fields. `api` is the site itself
    or Atlassian's gateway, which scoped tokens need. Where `decisions` is set, it is the approvals
    of Jira Service Management that say who agreed, and not who moved the issue.
    """

    site: str
    cloud_id: str
    project: str
    issue_types: frozenset[str]
    approved: frozenset[str]
    ended: frozenset[str]
    fields: Mapping[JiraField, str]
    reading: JiraAccount
    writing: JiraAccount | None = None
    decisions: bool = False
    done_transition: str = ""
    """The id of the transition that an issue is given once its access is verified in Okta."""
    api: Literal["site", "gateway"] = "site"
    origin: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Every door of a catalog."""

    github: GitHubDoor | None = None
    jira: JiraDoor | None = None

    @property
    def sources(self) -> frozenset[ApprovalSource]:
        """Where approvals can be read."""
        found = {ApprovalSource.GITHUB: self.github, ApprovalSource.JIRA: self.jira}
        return frozenset(source for source, door in found.items() if door is not None)
