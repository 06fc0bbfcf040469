"""Reads every written group again, and says *verified* only of what Okta then shows.

One read per group and try, never one per person. Okta's lists may lag a write for a moment, so a
line that is not visible yet is looked for again, a bounded number of times. A removal that Okta
answered with 404 is looked for too: it also says 404 of whom it does not let the credential see.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from reconciler.execution.ports import MemberReader
from reconciler.model.directory import DirectoryUser, ReadFailure
from reconciler.model.errors import ConnectorError
from reconciler.model.ids import OktaGroupId, OktaUserId
from reconciler.model.outcome import LineResult, Outcome
from reconciler.model.plan import Action

__all__ = ["verify"]

WAITS_S = (0.0, 1.0, 3.0)
"""Seconds before each try."""
_MISSING = "missing"
_Found = tuple[DirectoryUser, ...] | ReadFailure


async def verify(
    lines: Sequence[LineResult],
    group_ids: Mapping[str, OktaGroupId],
    reader: MemberReader,
    sleep: Callable[[float], Awaitable[None]],
) -> tuple[LineResult, ...]:
    """The lines with every accepted write confirmed, or said to be not yet visible."""
    current = list(lines)
    unsettled = _unconfirmed_by_group(current, group_ids)
    for wait_s in WAITS_S:
        if not unsettled:
            break
        if wait_s:
            await sleep(wait_s)
        for group, positions in tuple(unsettled.items()):
            found = await _read_members(reader, group)
            for position in positions:
                current[position] = _judge(lines[position], found)
            unsettled[group] = [p for p in positions if not _is_settled(lines[p], found)]
            if not unsettled[group]:
                del unsettled[group]
    return tuple(current)


async def _read_members(reader: MemberReader, group: OktaGroupId) -> _Found:
    """The group's members. The writes were made, so a credential refused since is doubt too."""
    try:
        return await reader.fetch_members(group)
    except ConnectorError as error:
        return ReadFailure(code="refused", detail=error.message, cause=error.code, hint=error.hint)


def _unconfirmed_by_group(
    lines: Sequence[LineResult], group_ids: Mapping[str, OktaGroupId]
) -> dict[OktaGroupId, list[int]]:
    """The lines still to be confirmed, by the group to read. A lost answer counts among them."""
    found: dict[OktaGroupId, list[int]] = defaultdict(list)
    for position, line in enumerate(lines):
        group = group_ids.get(line.change.group.key)
        is_open = line.outcome in {Outcome.ACCEPTED, Outcome.ALREADY} or _was_lost(line)
        if group is not None and is_open:
            found[group].append(position)
    return found


def _was_lost(line: LineResult) -> bool:
    """A write without an answer may have happened: Okta names a request in every answer."""
    is_membership = line.change.action is not Action.CREATE_GROUP
    return line.outcome is Outcome.FAILED and not line.request_id and is_membership


def _judge(line: LineResult, found: _Found) -> LineResult:
    """The line as the executor left it, in the light of what the group shows."""
    if line.outcome is Outcome.ALREADY:
        return _judge_absent(line, found)
    if isinstance(found, ReadFailure):
        if line.outcome is Outcome.FAILED:
            return line
        return replace(line, detail=f"the group could not be read back: {found.detail}")
    if _is_visible(line, found):
        return replace(line, outcome=Outcome.VERIFIED, detail="")
    if line.outcome is Outcome.FAILED:
        return line
    return replace(line, detail="Okta accepted it; its list does not show it yet")


def _judge_absent(line: LineResult, found: _Found) -> LineResult:
    """A removal that Okta answered with 404, which proves nothing by itself."""
    if _is_settled(line, found):
        return line
    why = "the group still shows them"
    if isinstance(found, ReadFailure):
        why = f"the group could not be read back: {found.detail}"
    return replace(line, outcome=Outcome.FAILED, detail=f"{line.detail}; {why}")


def _is_settled(line: LineResult, found: _Found) -> bool:
    """Whether no other look would say more. A group that is gone has no members."""
    if isinstance(found, ReadFailure):
        return line.outcome is Outcome.ALREADY and found.code == _MISSING
    return _is_visible(line, found)


def _is_visible(line: LineResult, found: tuple[DirectoryUser, ...]) -> bool:
    change = line.change
    if change.person is None:
        return True
    ids: set[OktaUserId] = {user.id for user in found}
    return (change.person.id in ids) is (change.action is Action.ADD)
