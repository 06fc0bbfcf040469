"""What Jira knows of a request: one issue as it stands, all that changed in it, and who decided.

Accounts are known by Jira's account ids alone: names and addresses may be hidden.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.model.approvals.doors import JiraField

__all__ = ["ChangedField", "Decision", "Issue", "IssueChange", "JiraPerson", "JiraType"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraPerson:
    """An account; `is_person` is False for apps and automations."""

    account_id: str
    is_person: bool = True

    @property
    def subject(self) -> str:
        """The account as a grant or an identity writes it."""
        return f"jira:{self.account_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedField:
    """One field's change, by its id; `before` and `after` are ids where Jira has them, else text.

    That the issue was moved is a change of the fields `Key` and `project`.
    """

    field_id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueChange:
    """What one account changed at one instant; `author` is None where the account is gone."""

    id: int
    at: datetime
    author: JiraPerson | None
    items: tuple[ChangedField, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One approval of Jira Service Management; `approved_by` holds None for an account gone.

    Jira says when it was asked for and when the last of them agreed, not when each did.
    """

    name: str
    is_approved: bool
    approved_by: tuple[JiraPerson | None, ...] = ()
    opened_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issue, read whole. `id` stays when it is moved, `key` does not.

    `values` are its mapped fields as text: an account as `jira:ID`, a choice by its value.
    `creator` filed it, for the reporter or as them. `decisions` is None where the door does not ask
    for them.
    """

    id: str
    key: str
    url: str
    project: str
    issue_type: str
    status: str
    reporter: JiraPerson | None
    created_at: datetime
    creator: JiraPerson | None = None
    values: Mapping[JiraField, str] = field(default_factory=dict)
    changes: tuple[IssueChange, ...] = ()
    """Oldest first."""
    decisions: tuple[Decision, ...] | None = None
    told: str = field(default="", compare=False)
    """The digest of what the issue was told last; empty where it was told nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraType:
    """A type of issues of a project, with the names of its statuses by id."""

    name: str
    statuses: Mapping[str, str]
