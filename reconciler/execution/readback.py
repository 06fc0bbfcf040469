"""Reads every written group again, and says *verified* only of what Okta then shows.

One read per group and try, never one per person. Okta's lists may lag a write for a moment, so a
line that is not visible yet is looked for again, a bounded number of times.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from reconciler.execution.ports import MemberReader
from reconciler.model.directory import DirectoryUser, Unread
from reconciler.model.ids import OktaGroupId, OktaUserId
from reconciler.model.outcome import LineResult, Outcome
from reconciler.model.plan import Action

__all__ = ["verify"]

WAITS_S = (0.0, 1.0, 3.0)
"""Seconds before each try."""


async def verify(
    lines: Sequence[LineResult],
    group_ids: Mapping[str, OktaGroupId],
    reader: MemberReader,
    sleep: Callable[[float], Awaitable[None]],
) -> tuple[LineResult, ...]:
    """The lines with every accepted write confirmed, or said to be not yet visible."""
    current = list(lines)
    for wait_s in WAITS_S:
        open_by_group = _open(current, group_ids)
        if not open_by_group:
            break
        if wait_s:
            await sleep(wait_s)
        for group, positions in open_by_group.items():
            found = await reader.fetch_members(group)
            for position in positions:
                current[position] = _judge(current[position], found)
    return tuple(current)


def _open(
    lines: Sequence[LineResult], group_ids: Mapping[str, OktaGroupId]
) -> dict[OktaGroupId, list[int]]:
    """The lines still to be confirmed, by the group to read. A lost answer counts among them."""
    found: dict[OktaGroupId, list[int]] = defaultdict(list)
    for position, line in enumerate(lines):
        group = group_ids.get(line.change.group.key)
        is_open = line.outcome is Outcome.ACCEPTED or _was_lost(line)
        if group is not None and is_open:
            found[group].append(position)
    return found


def _was_lost(line: LineResult) -> bool:
    """A write without an answer may have happened: Okta names a request in every answer."""
    is_membership = line.change.action is not Action.CREATE_GROUP
    return line.outcome is Outcome.FAILED and not line.request_id and is_membership


def _judge(line: LineResult, found: tuple[DirectoryUser, ...] | Unread) -> LineResult:
    if isinstance(found, Unread):
        if line.outcome is Outcome.FAILED:
            return line
        return replace(line, detail=f"the group could not be read back: {found.detail}")
    if _is_visible(line, {user.id for user in found}):
        return replace(line, outcome=Outcome.VERIFIED, detail="")
    if line.outcome is Outcome.FAILED:
        return line
    return replace(line, detail="Okta accepted it; its list does not show it yet")


def _is_visible(line: LineResult, ids: set[OktaUserId]) -> bool:
    change = line.change
    if change.person is None:
        return True
    return (change.person.id in ids) is (change.action is Action.ADD)
