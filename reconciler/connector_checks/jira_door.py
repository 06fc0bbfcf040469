"""What a test of the door to Jira concludes: what it names is there, and accounts may not do more.

It reads alone. What rests on something that failed is not looked at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.connector_checks.check_result import (
    CheckResult,
    failed_check,
    passed_check,
    skipped_check,
    unproven_check,
    warned_check,
)
from reconciler.model.approvals.doors import JiraDoor
from reconciler.model.approvals.issue import JiraType
from reconciler.model.directory import ReadFailure

__all__ = ["JiraFacts", "judge_jira_door"]

_BROWSE = "BROWSE_PROJECTS"
_TRANSITION = "TRANSITION_ISSUES"
_NEEDED = ("ADD_COMMENTS", "EDIT_OWN_COMMENTS", "EDIT_ISSUES")
_PLACE = "doors/jira.yaml"
_LONGEST_ID = 36
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraFacts:
    """What Jira says, as far as each could be read; what was not asked for is None.

    `cloud_id` is empty where the address says which Jira it is. `permissions` are the account's own
    in the project.
    """

    cloud_id: str | ReadFailure
    account: str | ReadFailure | None = None
    project: str | ReadFailure | None = None
    types: Mapping[str, JiraType] | ReadFailure | None = None
    fields: Mapping[str, str] | ReadFailure | None = None
    permissions: frozenset[str] | ReadFailure | None = None


def judge_jira_door(door: JiraDoor, facts: JiraFacts, *, writes: bool) -> tuple[CheckResult, ...]:
    """Every check of one account, in the order in which one rests on another."""
    checks = [_judge_cloud(door, facts), _judge_account(facts)]
    if not writes:
        checks += [
            _judge_project(facts),
            _judge_types(door, facts),
            _judge_statuses(door, facts),
            _judge_fields(door, facts),
        ]
    return (*checks, _judge_rights(door, facts, writes=writes))


def _judge_cloud(door: JiraDoor, facts: JiraFacts) -> CheckResult:
    name, found = "site", facts.cloud_id
    if isinstance(found, ReadFailure):
        return _unread(name, "site-unreadable", found)
    if not found:
        return unproven_check(
            name, "site-not-asked", "the gateway's address has the cloud id in it"
        )
    if found.lower() != door.cloud_id.lower():
        return failed_check(
            name,
            "cloud-id-mismatch",
            f"{door.site} says that its id is {found[:_LONGEST_ID]}, and `cloud_id` is another",
            f"correct `site` or `cloud_id` in {_PLACE}, and the pin with it",
        )
    return passed_check(name, f"{door.site} is the Jira that is meant")


def _judge_account(facts: JiraFacts) -> CheckResult:
    name, found = "account", facts.account
    match found:
        case None:
            return _resting(name)
        case ReadFailure():
            return _unread(name, "account-refused", found)
        case _:
            return passed_check(name, f"signed in as jira:{found}")


def _judge_project(facts: JiraFacts) -> CheckResult:
    name, found = "project", facts.project
    match found:
        case None:
            return _resting(name)
        case ReadFailure():
            return _unread(name, "project-unreadable", found)
        case _:
            return passed_check(name, found)


def _judge_types(door: JiraDoor, facts: JiraFacts) -> CheckResult:
    name, found = "issue types", facts.types
    if found is None or isinstance(facts.project, ReadFailure):
        return _resting(name)
    if isinstance(found, ReadFailure):
        return _unread(name, "issue-types-unreadable", found)
    names = {key: each.name for key, each in found.items()}
    return _judge_ids(name, "issue-type-missing", door.issue_types, names)


def _judge_statuses(door: JiraDoor, facts: JiraFacts) -> CheckResult:
    name, found = "statuses", facts.types
    if found is None or isinstance(found, ReadFailure):
        return _resting(name)
    if not door.issue_types & found.keys():
        return _resting(name)
    statuses = _statuses_of(door, found)
    return _judge_ids(name, "status-missing", door.approved | door.ended, statuses)


def _statuses_of(door: JiraDoor, types: Mapping[str, JiraType]) -> dict[str, str]:
    """Those that an issue of the door's types can be in."""
    used = [types[each] for each in sorted(door.issue_types) if each in types]
    return {key: name for each in used for key, name in each.statuses.items()}


def _judge_fields(door: JiraDoor, facts: JiraFacts) -> CheckResult:
    name, found = "fields", facts.fields
    if found is None:
        return _resting(name)
    if isinstance(found, ReadFailure):
        return _unread(name, "fields-unreadable", found)
    return _judge_ids(name, "field-missing", door.fields.values(), found)


def _judge_ids(
    name: str, code: str, wanted: Iterable[str], there: Mapping[str, str]
) -> CheckResult:
    """Each id that the file names, and what Jira calls it."""
    asked = sorted(set(wanted))
    missing = [each for each in asked if each not in there]
    if missing:
        return failed_check(
            name,
            code,
            f"Jira has no {', '.join(missing)} there",
            f"correct the ids in {_PLACE}; there is {_list_choices(there)}",
        )
    return passed_check(name, ", ".join(f"{key} ({there[key]})" for key in asked))


def _list_choices(there: Mapping[str, str]) -> str:
    """The newest first: what was made for this purpose is among them."""
    newest = sorted(there, key=_rank_by_age, reverse=True)
    listed = [f"{key} ({there[key]})" for key in newest[:_MOST_LISTED]]
    more = f" and {len(newest) - _MOST_LISTED} more" if len(newest) > _MOST_LISTED else ""
    return f"{', '.join(listed)}{more}" if listed else "none"


def _rank_by_age(key: str) -> tuple[bool, int, str]:
    """Jira numbers what people make, one after another; the fields of its own have names alone."""
    return (not key.isalpha(), len(key), key)


def _judge_rights(door: JiraDoor, facts: JiraFacts, *, writes: bool) -> CheckResult:
    name, found = "permissions", facts.permissions
    if found is None:
        return _resting(name)
    if isinstance(found, ReadFailure):
        return _unread(name, "permissions-unreadable", found)
    if _BROWSE not in found:
        return failed_check(
            name,
            "browse-missing",
            "the account may not browse the project, so every issue looks absent",
            "give it Browse projects, in this project alone",
        )
    return _judge_writing(door, found) if writes else _judge_reading(found)


def _judge_reading(found: frozenset[str]) -> CheckResult:
    more = sorted(found - {_BROWSE})
    if more:
        return warned_check(
            "permissions",
            "reading-account-writes",
            f"the reading account may also {', '.join(more)}",
            "plan and apply need an account that reads alone: take these from it",
        )
    return passed_check("permissions", "the account may read, and nothing else that matters here")


def _judge_writing(door: JiraDoor, found: frozenset[str]) -> CheckResult:
    needed = (*_NEEDED, *((_TRANSITION,) if door.done_transition else ()))
    missing = [each for each in needed if each not in found]
    if missing:
        return failed_check(
            "permissions",
            "writing-permission-missing",
            f"the writing account may not {', '.join(missing)}",
            "give it these, in this project alone",
        )
    return passed_check("permissions", f"the account may {', '.join(needed)}")


def _resting(name: str) -> CheckResult:
    return skipped_check(name, "rests-on-failure", "rests on what failed above")


def _unread(name: str, code: str, failure: ReadFailure) -> CheckResult:
    hint = failure.hint or f"check {_PLACE}, and run it again"
    return failed_check(name, code, failure.detail, hint)
