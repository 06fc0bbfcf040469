"""Issues of Jira with their histories, read whole or not at all."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from reconciler.jira import wire
from reconciler.jira.client import Call, JiraClient, JiraError, Routes
from reconciler.jira.nouns import to_changes, to_decision, to_fields, to_issue
from reconciler.jira.site import TENANT, require_cloud
from reconciler.model.approvals.doors import JiraDoor
from reconciler.model.approvals.issue import Decision, Issue, IssueChange
from reconciler.model.directory import ReadFailure

__all__ = ["READING", "JiraReader"]

_SEARCH = "/rest/api/3/search/jql"
_ISSUES = "/rest/api/3/issue/bulkfetch"
_CHANGES = "/rest/api/3/changelog/bulkfetch"
_DECISIONS = "/rest/servicedeskapi/request/{id}/approval"

READING: Routes = (
    TENANT,
    ("POST", re.compile(re.escape(_SEARCH))),
    ("POST", re.compile(re.escape(_ISSUES))),
    ("POST", re.compile(re.escape(_CHANGES))),
    ("GET", re.compile(r"/rest/servicedeskapi/request/[0-9]{1,19}/approval")),
)
"""What reading needs; the account needs to browse the project, and nothing more."""

_MOST_ISSUES = 1000
"""In one request, where its fields are named (Jira: bulk fetch issues)."""
_FEWER_ISSUES = 100
"""In one request to a Jira that does not take so many (Jira: bulk fetch issues)."""
_MOST_FOUND = 5000
"""On a page of ids (Jira: search)."""
_MOST_CHANGES = 10_000
"""On a page of changes (Jira: bulk fetch changelogs)."""
_FIXED = ("project", "issuetype", "status", "reporter")
"""With the mapped ones ten at most, as many as changes can be asked for by (Jira: bulk fetch
changelogs)."""
_UNASKED = ("creator", "created")
"""Fields that nobody can change."""
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,254}-[0-9]{1,19}")
_BAD_REQUEST, _NOT_FOUND = 400, 404


class JiraReader:
    """Reads of one door's project; each answer is data or `ReadFailure`.

    The client is one for `READING`. Which Jira answers is looked at once, before anything else.
    """

    def __init__(self, client: JiraClient, door: JiraDoor) -> None:
        self._client = client
        self._door = door
        self._is_known = False

    async def fetch_issues(self, keys: Iterable[str]) -> Mapping[str, Issue] | ReadFailure:
        """The issues by the keys asked for. One that was moved has another key by now.

        What Jira does not have, or does not show to the account, is not among them. A thousand
        take three requests, and one more for each of them where decisions are read.
        """
        asked = {key: key.upper() for key in keys if _KEY.fullmatch(key)}
        if not asked:
            return {}
        try:
            await self._require_cloud()
            found = await self._fetch(sorted(set(asked.values())))
            by_key = {issue.key: issue for issue in found}
            if by_key.keys() - set(asked.values()):
                by_key |= await self._fetch_earlier_keys(by_key, set(asked.values()))
        except JiraError as error:
            return error.failure
        return {key: by_key[name] for key, name in asked.items() if name in by_key}

    async def fetch_approved_and_ended(self) -> tuple[Issue, ...] | ReadFailure:
        """Every issue that is approved or ended now, by its id."""
        try:
            await self._require_cloud()
            found = await self._fetch(await self._search(_query(self._door)))
        except JiraError as error:
            return error.failure
        return tuple(sorted(found, key=lambda issue: int(issue.id)))

    async def _require_cloud(self) -> None:
        if not self._is_known:
            await require_cloud(self._client, self._door)
            self._is_known = True

    async def _search(self, jql: str) -> list[str]:
        """The ids of all that it finds."""
        ids: dict[str, None] = {}
        body: dict[str, object] = {"jql": jql, "fields": ["id"], "maxResults": _MOST_FOUND}
        cursor = _Cursor()
        while True:
            call = Call(method="POST", path=_SEARCH, body=body | cursor.body)
            page = await self._client.ask(call, wire.SearchPage)
            ids |= dict.fromkeys(issue.id for issue in page.issues)
            if not cursor.moves_to(page.next_page_token):
                return list(ids)

    async def _fetch(self, names: Sequence[str]) -> list[Issue]:
        """The issues with these keys or ids, their changes read after them.

        So a change meanwhile is seen as one that came after, and never missed.
        """
        issues = {i.id: i for part in _parts(names) for i in await self._fetch_raw(part)}
        fields = sorted({*_FIXED, *self._door.fields.values()})
        changes = await self._fetch_changes(list(issues), fields)
        return [
            to_issue(issue, self._door, changes[issue.id], await self._fetch_decisions(issue))
            for issue in issues.values()
        ]

    async def _fetch_raw(self, names: Sequence[str]) -> list[wire.Issue]:
        """As many in one request as there are; of a Jira that refuses that, a hundred at a time."""
        try:
            return await self._fetch_part(names)
        except JiraError as error:
            if error.status != _BAD_REQUEST or len(names) <= _FEWER_ISSUES:
                raise
        fewer = _parts(names, _FEWER_ISSUES)
        return [issue for part in fewer for issue in await self._fetch_part(part)]

    async def _fetch_part(self, names: Sequence[str]) -> list[wire.Issue]:
        fields = sorted({*_FIXED, *_UNASKED, *self._door.fields.values()})
        body = {"issueIdsOrKeys": list(names), "fields": fields, "properties": [wire.PROPERTY]}
        found = await self._client.ask(Call(method="POST", path=_ISSUES, body=body), wire.Issues)
        if found.issue_errors:
            detail = f"Jira could not show {len(found.issue_errors)} of its issues just now"
            raise JiraError("unreachable", detail, "run again later")
        return found.issues

    async def _fetch_changes(
        self, ids: Sequence[str], fields: Sequence[str]
    ) -> dict[str, list[IssueChange]]:
        """The changes of each issue, from all pages: one issue may go on on the next."""
        changes: dict[str, list[IssueChange]] = {each: [] for each in ids}
        for part in _parts(ids):
            body: dict[str, object] = {"issueIdsOrKeys": list(part), "maxResults": _MOST_CHANGES}
            body |= {"fieldIds": list(fields)} if fields else {}
            cursor = _Cursor()
            while True:
                call = Call(method="POST", path=_CHANGES, body=body | cursor.body)
                page = await self._client.ask(call, wire.ChangePage)
                for each in page.issue_change_logs:
                    changes.setdefault(each.issue_id, []).extend(to_changes(each.change_histories))
                if not cursor.moves_to(page.next_page_token):
                    break
        return changes

    async def _fetch_earlier_keys(
        self, by_key: Mapping[str, Issue], asked: set[str]
    ) -> dict[str, Issue]:
        """Issues that were moved since, by the keys that they had: their history has them all."""
        moved = {issue.id: issue for key, issue in by_key.items() if key not in asked}
        changes = await self._fetch_changes(list(moved), ())
        return {
            item.before.upper(): issue
            for issue in moved.values()
            for change in changes[issue.id]
            for item in change.items
            if item.field_id == "Key" and item.before.upper() in asked - by_key.keys()
        }

    async def _fetch_decisions(self, issue: wire.Issue) -> tuple[Decision, ...] | None:
        """Who decided, of an issue that is approved, where the door goes by decisions.

        An issue that is no request of a service desk has none.
        """
        is_approved = to_fields(issue).status.id in self._door.approved
        if not self._door.decisions or not is_approved:
            return None
        path, found = _DECISIONS.format(id=issue.id), list[wire.Approval]()
        while True:
            query = {"start": str(len(found)), "limit": "50"}
            call = Call(method="GET", path=path, query=query)
            try:
                page = await self._client.ask(call, wire.Approvals)
            except JiraError as error:
                if error.status == _NOT_FOUND:
                    return ()
                raise
            found += page.values
            if page.is_last_page:
                return tuple(to_decision(each) for each in found)
            if not page.values:
                raise JiraError("malformed", "a page of decisions of Jira is empty")


class _Cursor:
    """Where a list goes on, and that it does."""

    def __init__(self) -> None:
        self.body: dict[str, str] = {}
        self._seen: set[str] = set()

    def moves_to(self, token: str | None) -> bool:
        """Whether there is a next page."""
        if not token:
            return False
        if token in self._seen:
            raise JiraError("malformed", "the pages of a list of Jira go round in a circle")
        self._seen.add(token)
        self.body = {"nextPageToken": token}
        return True


def _parts(names: Iterable[str], size: int = _MOST_ISSUES) -> Iterator[Sequence[str]]:
    rest = iter(names)
    while part := tuple(islice(rest, size)):
        yield part


def _query(door: JiraDoor) -> str:
    """What finds the door's issues that are approved or ended."""
    return (
        f"project = {_number(door.project)}"
        f" AND issuetype IN ({_numbers(door.issue_types)})"
        f" AND status IN ({_numbers(door.approved | door.ended)}) ORDER BY id"
    )


def _numbers(ids: Iterable[str]) -> str:
    return ", ".join(sorted(map(_number, ids)))


def _number(text: str) -> str:
    """The id, where it is one: what is written into a search is nothing else."""
    if not (text.isascii() and text.isdigit()):
        hint = "write ids, which are numbers, in doors/jira.yaml"
        raise JiraError("refused", "an id of a project, type or status is no number", hint)
    return text
