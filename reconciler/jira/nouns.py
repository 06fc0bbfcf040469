"""Turns what Jira answers into nouns: accounts, values, changes and decisions."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import msgspec

from reconciler.jira import wire
from reconciler.jira.client import JiraError
from reconciler.model.approvals.doors import JiraDoor
from reconciler.model.approvals.issue import (
    ChangedField,
    Decision,
    Issue,
    IssueChange,
    JiraPerson,
)

__all__ = ["to_changes", "to_decision", "to_issue", "to_person"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GONE = frozenset({"", "unknown"})
"""Account ids of nobody (Jira: User)."""
_PEOPLE = frozenset({"atlassian", "customer"})
_YES = "approved"
_MALFORMED = "run again; if it stays so, check that `site` is a Jira Cloud"


def to_person(account: wire.Account | None) -> JiraPerson | None:
    """Who it is; None where the account is gone."""
    if account is None or account.account_id in _GONE:
        return None
    return JiraPerson(account_id=account.account_id, is_person=account.account_type in _PEOPLE)


def to_issue(
    issue: wire.Issue,
    door: JiraDoor,
    changes: Iterable[IssueChange],
    decisions: tuple[Decision, ...] | None,
) -> Issue:
    """The issue, with all that is known of it."""
    fixed = to_fields(issue)
    try:
        values = {f: _to_text(issue.fields.get(name), name) for f, name in door.fields.items()}
    except RecursionError:
        detail = "a field of an issue of Jira is nested without end"
        raise JiraError("malformed", detail, _MALFORMED) from None
    return Issue(
        id=issue.id,
        key=issue.key,
        url=f"{door.site.rstrip('/')}/browse/{issue.key}",
        project=fixed.project.id,
        issue_type=fixed.issuetype.id,
        status=fixed.status.id,
        reporter=to_person(fixed.reporter),
        creator=to_person(fixed.creator),
        created_at=_to_instant(fixed.created),
        values=MappingProxyType({each: text for each, text in values.items() if text}),
        changes=tuple(sorted(changes, key=lambda change: (change.at, change.id))),
        decisions=decisions,
        told=_to_told(issue.properties.get(wire.PROPERTY)),
    )


def _to_told(kept: object) -> str:
    """The digest that the last run left; whatever else others wrote there tells nothing."""
    match kept:
        case {"digest": str(digest)}:
            return digest
        case _:
            return ""


def to_fields(issue: wire.Issue) -> wire.Fields:
    """The fields that every issue has."""
    try:
        return msgspec.convert(issue.fields, wire.Fields)
    except msgspec.ValidationError:
        raise JiraError(
            "malformed", "an issue of Jira is not of the documented shape", _MALFORMED
        ) from None


def to_changes(changes: Iterable[wire.Change]) -> list[IssueChange]:
    """The changes as they came."""
    return [
        IssueChange(
            id=int(change.id),
            at=_to_instant(change.created),
            author=to_person(change.author),
            items=tuple(_to_changed_field(item) for item in change.items),
        )
        for change in changes
    ]


def _to_changed_field(item: wire.Item) -> ChangedField:
    if item.fieldtype == "custom" and not item.fieldId:
        detail = "Jira does not say which field a change in an issue is of"
        raise JiraError("malformed", detail, _MALFORMED)
    return ChangedField(
        field_id=item.fieldId or item.field,
        before=item.before or item.before_text or "",
        after=item.after or item.after_text or "",
    )


def to_decision(approval: wire.Approval) -> Decision:
    """The decision; Jira does not say of its approvers what kind of account they have."""
    agreed = [a.approver for a in approval.approvers if a.approver_decision.lower() == _YES]
    completed = approval.completed_date
    return Decision(
        name=approval.name,
        is_approved=approval.final_decision.lower() == _YES,
        approved_by=tuple(_to_approver(account) for account in agreed),
        opened_at=_to_instant(approval.created_date.epoch_millis),
        completed_at=_to_instant(completed.epoch_millis) if completed else None,
    )


def _to_approver(account: wire.Account | None) -> JiraPerson | None:
    if account is None or account.account_id in _GONE:
        return None
    is_person = account.account_type in _PEOPLE | {""}
    return JiraPerson(account_id=account.account_id, is_person=is_person)


def _to_instant(at: int | str) -> datetime:
    """The instant, from milliseconds, or from a text with its zone."""
    if isinstance(at, int):
        return _EPOCH + timedelta(milliseconds=at)
    try:
        found = datetime.fromisoformat(at)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise JiraError("malformed", "an instant of Jira is not one", _MALFORMED)


def _to_text(value: object, field: str) -> str:
    """What a field says: an account as `jira:ID`, a choice by its value, and text as it is.

    A choice with a second one below it reads `first/second`. Several values read as a list.
    """
    match value:
        case None:
            return ""
        case str() | int() | float() if not isinstance(value, bool):
            return str(value).strip()
        case list():
            return ", ".join(filter(None, (_to_text(each, field) for each in value)))
        case {"type": "doc", "content": list(blocks)}:
            return "\n".join(filter(None, map(_block_text, blocks)))
        case dict():
            return _to_name(value, field)
        case _:
            raise _unreadable(field)


def _to_name(value: dict[str, object], field: str) -> str:
    match value:
        case {"accountId": str(account)}:
            return "" if account in _GONE else f"jira:{account}"
        case {"value": str(choice), "child": {"value": str(child)}}:
            return f"{choice}/{child}"
        case {"value": str(choice)}:
            return choice
        case _:
            raise _unreadable(field)


def _unreadable(field: str) -> JiraError:
    return JiraError(
        "malformed",
        f"the field {field} of an issue holds something else than a text, a choice or a person",
        "map a field of another kind in doors/jira.yaml",
    )


def _block_text(node: object) -> str:
    """The text of a piece of a document, without its marks."""
    match node:
        case {"text": str(text)}:
            return text
        case {"content": list(nodes)}:
            return "".join(map(_block_text, nodes))
        case _:
            return ""
