"""Issues and pull requests as places to talk: read, told one thing that is kept current, closed."""

from reconciler.github import wire
from reconciler.github.failures import FAILURES, to_write_failure
from reconciler.github.writer import GitHubWriter
from reconciler.model.approvals.proposal import GitHubComment, GitHubIssue
from reconciler.model.directory import ReadFailure

__all__ = ["add_labels", "close_issue", "comment_once", "read_issue"]

_LONGEST = 60_000
"""In characters: GitHub takes 65,536."""


async def read_issue(writer: GitHubWriter, number: int) -> GitHubIssue | ReadFailure:
    """The issue as it stands."""
    try:
        return _to_issue(await writer.read(f"/issues/{number}", wire.Issue))
    except FAILURES as error:
        return to_write_failure(error, f"read issue {number}")


async def comment_once(
    writer: GitHubWriter, number: int, marker: str, body: str
) -> GitHubComment | ReadFailure:
    """The one comment of ours with the marker says this from now on.

    `body` is Markdown that is escaped already. A comment that somebody else wrote is never taken
    for ours, whatever it begins with.
    """
    first = f"<!-- reconciler:{marker} -->"
    text = f"{first}\n{body[:_LONGEST]}"
    try:
        found = await _find_comment(writer, number, first)
        if found is None:
            return await _write_comment(writer, "POST", f"/issues/{number}/comments", text)
        if _plain(found.body) == _plain(text):
            return GitHubComment(id=found.id, url=found.html_url, body=text)
        return await _write_comment(writer, "PATCH", f"/issues/comments/{found.id}", text)
    except FAILURES as error:
        return to_write_failure(error, f"comment on {number}")


async def close_issue(writer: GitHubWriter, number: int, *, is_done: bool) -> ReadFailure | None:
    """The issue is closed afterwards, as done or as one that nothing will be done about."""
    reason = "completed" if is_done else "not_planned"
    try:
        await writer.write(
            "PATCH", f"/issues/{number}", wire.Issue, state="closed", state_reason=reason
        )
    except FAILURES as error:
        return to_write_failure(error, f"close issue {number}")
    return None


async def add_labels(writer: GitHubWriter, number: int, *labels: str) -> ReadFailure | None:
    """The issue has these labels too afterwards."""
    try:
        await writer.write(
            "POST", f"/issues/{number}/labels", list[wire.Label], labels=list(labels)
        )
    except FAILURES as error:
        return to_write_failure(error, f"label issue {number}")
    return None


async def _find_comment(writer: GitHubWriter, number: int, first: str) -> wire.Comment | None:
    path = f"/issues/{number}/comments{{?per_page}}"
    for comment in await writer.read_list(path, wire.Comment, per_page="100"):
        is_marked = _plain(comment.body).partition("\n")[0] == first
        if is_marked and await writer.is_own(comment.user):
            return comment
    return None


async def _write_comment(writer: GitHubWriter, method: str, path: str, text: str) -> GitHubComment:
    made = await writer.write(method, path, wire.Comment, body=text)
    return GitHubComment(id=made.id, url=made.html_url, body=text)


def _plain(text: str | None) -> str:
    """The text without what GitHub may do to its line ends."""
    return (text or "").replace("\r\n", "\n").strip()


def _to_issue(found: wire.Issue) -> GitHubIssue:
    return GitHubIssue(
        number=found.number,
        url=found.html_url,
        title=found.title,
        body=found.body or "",
        author=found.user.login if found.user else "",
        is_person=found.user is not None and found.user.type == "User",
        is_open=found.state == "open",
        is_pull_request=found.pull_request is not None,
        labels=tuple(each if isinstance(each, str) else each.name for each in found.labels),
    )
