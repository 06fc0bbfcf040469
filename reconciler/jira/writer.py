"""Tells an issue what became of it: one comment edited in place, one property, one transition.

The comment is found again by its id, which the property holds, or by a mark that only programs see;
and it is edited only where the writer's own account wrote it. Its text is data to Jira: no markup,
no mentions.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from reconciler.jira import wire
from reconciler.jira.client import Call, JiraClient, JiraError, Routes
from reconciler.jira.site import TENANT, require_cloud
from reconciler.jira.wire import PROPERTY
from reconciler.model.approvals.doors import JiraDoor
from reconciler.model.directory import ReadFailure

__all__ = ["WRITING", "IssueReport", "JiraWriter"]

_SELF = "/rest/api/3/myself"
_ISSUE = "/rest/api/3/issue"
_ID = r"[0-9]{1,19}"

WRITING: Routes = (
    TENANT,
    ("GET", re.compile(re.escape(_SELF))),
    ("GET", re.compile(rf"{_ISSUE}/{_ID}/properties/{PROPERTY}")),
    ("PUT", re.compile(rf"{_ISSUE}/{_ID}/properties/{PROPERTY}")),
    ("GET", re.compile(rf"{_ISSUE}/{_ID}/comment")),
    ("POST", re.compile(rf"{_ISSUE}/{_ID}/comment")),
    ("GET", re.compile(rf"{_ISSUE}/{_ID}/comment/{_ID}")),
    ("PUT", re.compile(rf"{_ISSUE}/{_ID}/comment/{_ID}")),
    ("GET", re.compile(rf"{_ISSUE}/{_ID}/transitions")),
    ("POST", re.compile(rf"{_ISSUE}/{_ID}/transitions")),
)
"""What writing needs: to browse, comment, edit its own comments, set properties and, where the door
has a transition, to move issues."""

_CLAIM = timedelta(minutes=15)
"""How long a run has the first comment to itself; one that was ended until then has lost it."""
_NOT_FOUND = 404
_LONGEST_TEXT = 2000
_PAGE = 100
_LINK = re.compile(r"https://[!-~]{1,2000}")
_UNSHOWN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
"""What has no form of its own, or turns the order of what has (Unicode: general categories)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueReport:
    """What an issue is told. `state` is one word for programs; `link` is where to read on."""

    state: str
    paragraphs: tuple[str, ...]
    link: str = ""

    @property
    def digest(self) -> str:
        """What tells it from another."""
        text = "\0".join((self.state, *self.paragraphs, self.link))
        return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:20]


class JiraWriter:
    """Writes to the issues of one door; each answer is data or `ReadFailure`.

    The client is one for `WRITING`. Issues are named by id, which a move does not change. `now` is
    when this run began.
    """

    def __init__(self, client: JiraClient, door: JiraDoor, now: datetime) -> None:
        self._client = client
        self._door = door
        self._now = now.astimezone(UTC)
        self._own_account = ""

    async def tell(self, issue_id: str, report: IssueReport) -> bool | ReadFailure:
        """Leaves the report as comment and property.

        False where the issue has it already, or another run is just about to tell it something.
        """
        path = f"{_ISSUE}/{issue_id}"
        try:
            await self._sign_in()
            found = await self._fetch_property(path)
            kept = found or {}
            if kept.get("digest") == report.digest:
                return False
            if not kept.get("comment") and not await self._claim(path, found):
                return False
            comment = await self._find_comment(path, kept.get("comment", ""))
            comment = await self._write_comment(path, comment, report)
            value = {"state": report.state, "comment": comment, "digest": report.digest}
            put = Call(method="PUT", path=f"{path}/properties/{PROPERTY}", body=value)
            await self._client.send(put)
        except JiraError as error:
            return error.failure
        return True

    async def finish(self, issue_id: str) -> bool | ReadFailure:
        """Gives the issue the door's transition; False where Jira does not offer it now.

        One that leads out of the approved statuses is not given: by it the approval would be gone.
        """
        path, wanted = f"{_ISSUE}/{issue_id}/transitions", self._door.done_transition
        if not wanted:
            return False
        try:
            await self._sign_in()
            offered = await self._client.ask(Call(method="GET", path=path), wire.Transitions)
            leads_to = {each.id: each.to.id for each in offered.transitions}
            if wanted not in leads_to:
                return False
            if leads_to[wanted] not in self._door.approved:
                return _leads_astray(wanted, leads_to[wanted])
            body = {"transition": {"id": wanted}}
            await self._client.send(Call(method="POST", path=path, body=body, is_repeatable=False))
        except JiraError as error:
            return error.failure
        return True

    async def _sign_in(self) -> None:
        """Looks at which Jira it is and who writes, once."""
        if not self._own_account:
            await require_cloud(self._client, self._door)
            found = await self._client.ask(Call(method="GET", path=_SELF), wire.Account)
            self._own_account = found.account_id

    async def _fetch_property(self, path: str) -> dict[str, str] | None:
        """What was kept at the issue: None without a property, nothing of what others wrote."""
        call = Call(method="GET", path=f"{path}/properties/{PROPERTY}")
        try:
            found = (await self._client.ask(call, wire.Property)).value
        except JiraError as error:
            if error.status == _NOT_FOUND:
                return None
            raise
        if not isinstance(found, dict):
            return {}
        return {name: text for name, text in found.items() if isinstance(text, str)}

    async def _claim(self, path: str, kept: dict[str, str] | None) -> bool:
        """Whether the first comment is this run's: of two at once, the property is new to one."""
        claimed_at = _to_instant((kept or {}).get("claimed_at", ""))
        if claimed_at is not None and abs(self._now - claimed_at) < _CLAIM:
            return False
        value = {"claimed_at": self._now.isoformat()}
        put = Call(method="PUT", path=f"{path}/properties/{PROPERTY}", body=value)
        return await self._client.put_new(put) or kept is not None

    async def _find_comment(self, path: str, kept: str) -> str:
        """The id of the comment that this account wrote here; empty where there is none.

        One whose id was not kept, as the run was ended before, has the mark.
        """
        if re.fullmatch(_ID, kept):
            call = Call(method="GET", path=f"{path}/comment/{kept}")
            try:
                if self._is_own(await self._client.ask(call, wire.Comment)):
                    return kept
            except JiraError as error:
                if error.status != _NOT_FOUND:
                    raise
        seen = 0
        while True:
            query = {"expand": "properties", "startAt": str(seen), "maxResults": str(_PAGE)}
            call = Call(method="GET", path=f"{path}/comment", query=query)
            page = await self._client.ask(call, wire.CommentPage)
            marked = [c for c in page.comments if self._is_own(c) and _has_mark(c)]
            seen += len(page.comments)
            if marked or not page.comments or seen >= page.total:
                return marked[0].id if marked else ""

    def _is_own(self, comment: wire.Comment) -> bool:
        return comment.author is not None and comment.author.account_id == self._own_account

    async def _write_comment(self, path: str, comment: str, report: IssueReport) -> str:
        """The id of the comment, written anew or over what it said before."""
        body: dict[str, object] = {"body": _document(report)}
        if comment:
            path, method = f"{path}/comment/{comment}", "PUT"
        else:
            path, method = f"{path}/comment", "POST"
            body["properties"] = [{"key": PROPERTY, "value": {"is": "report"}}]
        call = Call(method=method, path=path, body=body, is_repeatable=method == "PUT")
        return (await self._client.ask(call, wire.Comment)).id


def _leads_astray(transition: str, status: str) -> ReadFailure:
    return ReadFailure(
        code="refused",
        detail=f"the transition {transition} ends in the status {status}, which is none of those "
        "in `approved` of doors/jira.yaml: the issue would be no approval any more",
        hint=f"add {status} to `approved`, or name another `done_transition`",
    )


def _to_instant(text: str) -> datetime | None:
    """The instant that a run wrote; whatever others wrote there is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _has_mark(comment: wire.Comment) -> bool:
    return any(each.get("key") == PROPERTY for each in comment.properties)


def _document(report: IssueReport) -> dict[str, object]:
    """The report as Jira's document format: paragraphs of text, and a link that is our own."""
    nodes = [_text_node(text) for text in map(_to_plain, report.paragraphs) if text]
    if _LINK.fullmatch(report.link):
        mark = {"type": "link", "attrs": {"href": report.link}}
        nodes.append(_text_node(report.link) | {"marks": [mark]})
    content = [{"type": "paragraph", "content": [node]} for node in nodes]
    return {"type": "doc", "version": 1, "content": content}


def _text_node(text: str) -> dict[str, object]:
    return {"type": "text", "text": text}


def _to_plain(text: str) -> str:
    """The text on one line, without what is not seen."""
    shown = "".join(" " if unicodedata.category(c) in _UNSHOWN else c for c in text)
    return " ".join(shown.split())[:_LONGEST_TEXT]
