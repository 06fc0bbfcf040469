"""Looks into approvals that issues of Jira are: all issues in one read, then the files before.

What Jira does not show bears nothing out, and is never taken as gone.
"""

from collections.abc import Iterable, Mapping
from functools import partial

from reconciler.live.past_files import Introductions, PastFiles
from reconciler.live.ports import IssueReader
from reconciler.model.approvals.doors import JiraDoor
from reconciler.model.approvals.issue import Issue
from reconciler.model.approvals.review import Introduction, Verdict
from reconciler.model.catalog import Grant
from reconciler.model.directory import ReadFailure
from reconciler.planning.approvals.issues import IssueCase, verify_by_issue
from reconciler.planning.approvals.jira import IssueApproval, judge_issue
from reconciler.planning.approvals.meaning import find_account
from reconciler.planning.approvals.sources import READ_FIRST, issue_key
from reconciler.planning.refs import grant_hash

__all__ = ["fetch_issue_verdicts"]


async def fetch_issue_verdicts(
    issues: IssueReader,
    door: JiraDoor,
    past: PastFiles,
    grants: Iterable[Grant],
    introductions: Introductions,
) -> Mapping[str, Verdict] | ReadFailure:
    """A verdict for each of the grants, by its hash."""
    by_hash = {grant_hash(grant): grant for grant in grants}
    keys = {key for grant in by_hash.values() if (key := issue_key(grant))}
    found = await issues.fetch_issues(sorted(keys)) if keys else {}
    if isinstance(found, ReadFailure):
        return found
    return {
        each: _verdict(grant, found, door, past, introductions.get(each))
        for each, grant in by_hash.items()
    }


def _verdict(
    grant: Grant,
    found: Mapping[str, Issue],
    door: JiraDoor,
    past: PastFiles,
    introduction: Introduction | None,
) -> Verdict:
    key = issue_key(grant)
    if not key:
        return Verdict(why_not="its ticket is no key of an issue")
    if introduction is None and past.asked.base is None:
        return Verdict(why_not="not committed as it is", hint="commit it, and have it merged")
    if (issue := found.get(key)) is None:
        return Verdict(
            why_not=f"there is no issue {key} in Jira, or it may not be read",
            hint="correct `ticket`, or let the reading account of the door browse the issue",
        )
    before = past.asked.base if introduction is None else introduction.parent
    since = introduction.commit if introduction is not None else None
    if why_not := past.explain_door(grant, before, since):
        return (
            _unread(why_not)
            if isinstance(why_not, ReadFailure)
            else Verdict(why_not=why_not, hint=_OF_ITS_OWN)
        )
    case = _case(grant, issue, door, past, introduction)
    if isinstance(case, ReadFailure):
        return _unread(case)
    return verify_by_issue(grant, case)


_OF_ITS_OWN = "take the grant out, and propose it again in a change of its own, after the door's"


def _unread(failure: ReadFailure) -> Verdict:
    return Verdict(why_not=failure.detail, hint=READ_FIRST)


def _case(
    grant: Grant,
    issue: Issue,
    door: JiraDoor,
    past: PastFiles,
    introduction: Introduction | None,
) -> IssueCase | ReadFailure:
    """All that it is held against: the files before the grant, or those it is to be merged into."""
    before = past.asked.base if introduction is None else introduction.parent
    roster, reading = past.roster_at(before), past.reading_at(before)
    since = (before,) if introduction is None else (before, introduction.commit)
    changed = past.explain_change(grant, since)
    now = past.asked.now
    came = now if introduction is None else introduction.at
    told = judge_issue(issue, door, now)
    is_approved = isinstance(told, IssueApproval)
    ended = past.list_ended(before, grant, came) if is_approved else ()
    if isinstance(roster, ReadFailure):
        return roster
    if isinstance(reading, ReadFailure):
        return reading
    if isinstance(changed, ReadFailure):
        return changed
    if isinstance(ended, ReadFailure):
        return ended
    return IssueCase(
        told=told,
        door=door,
        roster=roster,
        now=now,
        account_of=partial(find_account, by=reading, people=past.present.people),
        roster_now=past.roster_now,
        account_now=partial(find_account, by=past.present.reading, people=past.present.people),
        may_be=past.find_aliases((before,)),
        changed=changed,
        ended=ended,
    )
