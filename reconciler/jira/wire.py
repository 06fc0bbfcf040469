"""Jira's JSON, only the fields that are read; wrong types and missing fields fail the whole.

Statuses of decisions and kinds of accounts stay strings: Jira may add one. Names of fields are
Jira's own. An account that was deleted is null, empty, or called `unknown`.
"""

from typing import Annotated, Any

import msgspec

__all__ = [
    "PROPERTY",
    "Account",
    "Approvals",
    "Change",
    "ChangePage",
    "Comment",
    "CommentPage",
    "Fields",
    "Found",
    "Issue",
    "Issues",
    "Property",
    "SearchPage",
    "Tenant",
    "Transitions",
]

PROPERTY = "okta-grants-reconciler"
"""The name of our property of an issue, and of the mark at the comment."""

Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,19}$")]
Key = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9_]{0,254}-[0-9]{1,19}$")]
Millis = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799_999)]


class Tenant(msgspec.Struct, rename="camel", gc=False):
    """Which Jira a site is."""

    cloud_id: str


class Account(msgspec.Struct, rename="camel", gc=False):
    """A person (`atlassian`, `customer`) or a program (`app`)."""

    account_id: str = ""
    account_type: str = ""


class Ref(msgspec.Struct, gc=False):
    """A project, type or status."""

    id: Id


class Fields(msgspec.Struct, gc=False):
    """The fields of every issue."""

    project: Ref
    issuetype: Ref
    status: Ref
    created: str
    reporter: Account | None = None
    creator: Account | None = None


class Issue(msgspec.Struct):
    """An issue; its fields are read one by one, as fields of a company have any shape."""

    id: Id
    key: Key
    fields: dict[str, Any]
    properties: dict[str, Any] = {}


class Problem(msgspec.Struct, gc=False):
    """An issue that Jira could not show just now."""

    id: str = ""


class Issues(msgspec.Struct, rename="camel"):
    """Issues by key or id; those that are not there, or not shown, are left out."""

    issues: list[Issue]
    issue_errors: list[Problem] = []


class Found(msgspec.Struct, gc=False):
    """An issue that a search found."""

    id: Id


class SearchPage(msgspec.Struct, rename="camel"):
    """Some of what a search found; the last page has no token."""

    issues: list[Found]
    next_page_token: str | None = None


class Item(msgspec.Struct, gc=False):
    """One field's change, as ids and as texts; either may be null."""

    field: str
    fieldId: str = ""  # noqa: N815 - Jira's own name
    fieldtype: str = ""
    before: str | None = msgspec.field(name="from", default=None)
    after: str | None = msgspec.field(name="to", default=None)
    before_text: str | None = msgspec.field(name="fromString", default=None)
    after_text: str | None = msgspec.field(name="toString", default=None)


class Change(msgspec.Struct, gc=False):
    """What one account changed at one instant, in milliseconds or as text."""

    id: Id
    created: Millis | str
    items: list[Item]
    author: Account | None = None


class IssueChanges(msgspec.Struct, rename="camel"):
    """Changes of one issue, perhaps not all: the next page may go on with it."""

    issue_id: Id
    change_histories: list[Change]


class ChangePage(msgspec.Struct, rename="camel"):
    """Some of the changes of several issues; the last page has no token."""

    issue_change_logs: list[IssueChanges]
    next_page_token: str | None = None


class Instant(msgspec.Struct, rename="camel", gc=False):
    """An instant of Jira Service Management."""

    epoch_millis: Millis


class Approver(msgspec.Struct, rename="camel", gc=False):
    """One who was asked."""

    approver_decision: str
    approver: Account | None = None


class Approval(msgspec.Struct, rename="camel"):
    """A decision that was asked for; it has no `completedDate` until it is made."""

    name: str
    final_decision: str
    approvers: list[Approver]
    created_date: Instant
    completed_date: Instant | None = None


class Approvals(msgspec.Struct, rename="camel"):
    """A page of the decisions of one issue."""

    values: list[Approval]
    is_last_page: bool


class Property(msgspec.Struct):
    """A property of an issue: anybody who may edit the issue may have written it."""

    value: Any


class Comment(msgspec.Struct):
    """A comment, and what programs keep at it."""

    id: Id
    author: Account | None = None
    properties: list[dict[str, Any]] = []


class CommentPage(msgspec.Struct, rename="camel"):
    """Some of an issue's comments."""

    comments: list[Comment]
    total: int


class Transition(msgspec.Struct, gc=False):
    """A move of an issue, and the status it ends in."""

    id: Id
    to: Ref


class Transitions(msgspec.Struct):
    """What the account may do with the status of an issue now."""

    transitions: list[Transition]
