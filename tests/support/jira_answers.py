"""Issues of a Jira Cloud as its API shows them, in the shapes that were recorded of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.responses import JSONResponse

from reconciler.model.approvals.doors import JiraField

__all__ = [
    "APPROVED",
    "AUTOMATION",
    "CLOUD_ID",
    "DONE",
    "DONE_TRANSITION",
    "ENDED",
    "FIELDS",
    "OPEN",
    "PROJECT",
    "STATUSES",
    "TYPE",
    "Json",
    "KeptIssue",
    "account_json",
    "changes_of",
    "issue_json",
    "problem",
]

Json = dict[str, Any]
CLOUD_ID = "1a2b3c4d-0000-4000-8000-00000000acce"
SITE = "https://acme.atlassian.net"
PROJECT, TYPE = "10000", "10001"
OPEN, APPROVED, DONE, ENDED = "10003", "10005", "10006", "10007"
STATUSES = [
    {"id": OPEN, "name": "Open"},
    {"id": APPROVED, "name": "Approved"},
    {"id": DONE, "name": "Done"},
    {"id": ENDED, "name": "Ended"},
]
DONE_TRANSITION = "31"
AUTOMATION = "557058:automation"
FIELDS = {
    JiraField.TOOL: "customfield_10050",
    JiraField.ENTITLEMENT: "customfield_10051",
    JiraField.SUBJECT: "customfield_10052",
    JiraField.PURPOSE: "summary",
    JiraField.STARTS: "customfield_10054",
    JiraField.EXPIRES: "customfield_10053",
}


@dataclass
class KeptIssue:
    """One issue. Accounts are ids; `fields` and what changed are as the API shows them."""

    id: str
    key: str
    created: datetime
    reporter: str
    creator: str
    project: str = PROJECT
    type: str = TYPE
    status: str = OPEN
    fields: Json = field(default_factory=dict)
    changes: list[Json] = field(default_factory=list)
    earlier: list[str] = field(default_factory=list)
    decisions: list[Json] = field(default_factory=list)
    comments: list[Json] = field(default_factory=list)
    properties: Json = field(default_factory=dict)

    def decisions_json(self, gone: set[str]) -> list[Json]:
        """Its approvals of Jira Service Management, which say nothing of kinds of accounts."""
        return [_decision_json(n, d, gone) for n, d in enumerate(self.decisions, 1)]


def account_json(account: str, kind: str = "atlassian") -> Json:
    """An account, its address hidden, as mostly."""
    at = f"{SITE}/rest/api/3/user?accountId={account}"
    return {
        "self": at,
        "accountId": account,
        "avatarUrls": {"48x48": f"{SITE}/avatar/48x48.png", "16x16": f"{SITE}/avatar/16x16.png"},
        "displayName": f"Person {account}",
        "active": True,
        "timeZone": "Europe/Berlin",
        "accountType": kind,
    }


def _gone_json() -> Json:
    return {"accountId": "unknown", "displayName": "Former user", "active": False}


def issue_json(issue: KeptIssue, fields: list[str], gone: set[str], properties: list[str]) -> Json:
    """The issue with the fields and properties that are asked for."""
    known = issue.fields | {
        "project": _ref(issue.project, "project"),
        "issuetype": _ref(issue.type, "issuetype"),
        "status": _ref(issue.status, "status"),
        "created": issue.created.strftime("%Y-%m-%dT%H:%M:%S.000%z"),
        "reporter": None if issue.reporter in gone else account_json(issue.reporter),
        "creator": None if issue.creator in gone else account_json(issue.creator),
    }
    shown = {name: known.get(name) for name in fields}
    at = f"{SITE}/rest/api/3/issue/{issue.id}"
    kept = {name: issue.properties[name] for name in properties if name in issue.properties}
    told = {"properties": kept} if properties else {}
    return {"expand": "", "id": issue.id, "self": at, "key": issue.key, "fields": shown, **told}


def _ref(number: str, kind: str) -> Json:
    return {"self": f"{SITE}/rest/api/3/{kind}/{number}", "id": number, "name": f"{kind} {number}"}


def changes_of(
    issue: KeptIssue, fields: list[str], gone: set[str], programs: set[str]
) -> list[Json]:
    """Its changes, of these fields alone where any are given."""
    shown = []
    for change in issue.changes:
        items = [i for i in change["items"] if not fields or i.get("fieldId") in fields]
        who = change["who"]
        kind = "app" if who in programs else "atlassian"
        author = _gone_json() if who in gone else account_json(who, kind)
        if items:
            kept = {"id": change["id"], "created": change["created"]}
            shown.append(kept | {"author": author, "items": items})
    return shown


def _decision_json(number: int, decision: Json, gone: set[str]) -> Json:
    answers = decision["approvers"]
    final = next((a for a in ("declined", "pending") if a in answers.values()), "approved")
    made: Json = {
        "id": str(number),
        "name": decision["name"],
        "finalDecision": final,
        "canAnswerApproval": False,
        "approvers": [
            {"approver": _approver_json(who, gone), "approverDecision": answer}
            for who, answer in answers.items()
        ],
        "createdDate": _instant_json(decision["opened"]),
    }
    completed = decision.get("completed")
    return made | ({"completedDate": _instant_json(completed)} if completed else {})


def _approver_json(who: str, gone: set[str]) -> Json:
    shown = _gone_json() if who in gone else account_json(who)
    return {name: value for name, value in shown.items() if name != "accountType"}


def _instant_json(at: datetime) -> Json:
    return {
        "iso8601": at.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "jira": at.strftime("%Y-%m-%dT%H:%M:%S.000%z"),
        "friendly": "Today",
        "epochMillis": int(at.timestamp() * 1000),
    }


def problem(status: int, message: str, **headers: str) -> JSONResponse:
    """A refusal as Jira words it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse({"errorMessages": [message], "errors": {}}, status, headers=named)
