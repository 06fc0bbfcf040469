"""Write probe: the canary is taken out of its group and put back, and looked at each time."""

from collections.abc import Awaitable, Callable

from reconciler.connector_checks.check_result import CheckResult, failed_check, passed_check
from reconciler.execution.ports import DirectoryWriter
from reconciler.live.ports import DirectoryReader
from reconciler.model.catalog import Canary
from reconciler.model.directory import ReadFailure
from reconciler.model.errors import ConnectorError
from reconciler.model.ids import OktaGroupId, OktaUserId

__all__ = ["write_probe"]

WAITS_S = (0.0, 1.0, 3.0)
"""Seconds before each look at what a write did, and before each try to put the canary back."""


async def write_probe(
    canary: Canary,
    reader: DirectoryReader,
    writer: DirectoryWriter,
    sleep: Callable[[float], Awaitable[None]],
) -> tuple[CheckResult, ...]:
    """The canary was taken out of its group and put back, and both ends were read each time.

    It ends as a member whatever happens in between: it is the proof that every apply asks for.
    """
    found = await reader.fetch_users(ids=(), logins=(canary.user,), emails=())
    if isinstance(found, ReadFailure) or len(found) != 1:
        hint = "correct `canary.user`: it has to be exactly one person's login"
        what = f"{canary.user} is not one person"
        return (failed_check("write probe", "canary-not-one-person", what, hint),)
    user = found[0].id
    if (fed := await reader.fetch_is_fed(canary.group_id, user)) is not False:
        return (_explain_attribution(canary, fed),)
    look = _Look(reader, canary.group_id, user, sleep)
    checks = []
    try:
        checks.append(await _remove(writer, look, canary))
    finally:
        checks.append(await _add(writer, look, canary))
    return tuple(checks)


def _explain_attribution(canary: Canary, fed: bool | ReadFailure) -> CheckResult:
    """Removing a member whom a rule feeds would silently edit the rule."""
    if isinstance(fed, ReadFailure):
        return failed_check(
            "write probe",
            "canary-attribution-unknown",
            f"whether a group rule feeds {canary.user} could not be read: {fed.detail}",
            "let the credential read group rules, or test by applying a grant of a test tool",
        )
    return failed_check(
        "write probe",
        "canary-rule-fed",
        f'a group rule puts {canary.user} into "{canary.group_name}"; removing them would edit it',
        "choose a canary and a group that no rule feeds",
    )


class _Look:
    """Reads both ends of one membership until they agree with what was written."""

    def __init__(
        self,
        reader: DirectoryReader,
        group: OktaGroupId,
        user: OktaUserId,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._reader = reader
        self.group = group
        self.user = user
        self._sleep = sleep

    async def wait(self, seconds: float) -> None:
        """So much time is over."""
        if seconds:
            await self._sleep(seconds)

    async def shows(self, *, is_member: bool) -> bool:
        """Whether the group's list and the person's list both come to say so."""
        for wait_s in WAITS_S:
            await self.wait(wait_s)
            members = await self._reader.fetch_members(self.group)
            groups = await self._reader.fetch_groups_of(self.user)
            if isinstance(members, ReadFailure) or isinstance(groups, ReadFailure):
                continue
            ends = (any(m.id == self.user for m in members), self.group in groups)
            if ends == (is_member, is_member):
                return True
        return False


async def _remove(writer: DirectoryWriter, look: _Look, canary: Canary) -> CheckResult:
    try:
        await writer.remove_member(look.group, look.user)
    except ConnectorError as error:
        return failed_check("remove a member", error.code, error.message, error.hint)
    if await look.shows(is_member=False):
        return passed_check("remove a member", f"{canary.user} was removed, seen from both ends")
    return failed_check(
        "remove a member",
        "removal-undone",
        f'{canary.user} is still, or again, in "{canary.group_name}" after the removal',
        "a group rule or another program puts members back: choose a group that nothing feeds",
    )


async def _add(writer: DirectoryWriter, look: _Look, canary: Canary) -> CheckResult:
    error = await _put_back(writer, look)
    if error is not None:
        hint = f'put {canary.user} back into "{canary.group_name}" by hand; {error.hint}'
        return failed_check("add a member", error.code, error.message, hint)
    if await look.shows(is_member=True):
        return passed_check("add a member", f"{canary.user} was added, seen from both ends")
    return failed_check(
        "add a member",
        "addition-not-visible",
        f'{canary.user} is not visible in "{canary.group_name}" after Okta accepted the addition',
        "look again in a minute: Okta's lists can lag",
    )


async def _put_back(writer: DirectoryWriter, look: _Look) -> ConnectorError | None:
    """Why the canary could not be put back, if so. One refusal is not taken for the last word.

    Without the canary no apply runs, so this is tried more often than a write of an apply is.
    """
    last: ConnectorError | None = None
    for wait_s in WAITS_S:
        await look.wait(wait_s)
        try:
            await writer.add_member(look.group, look.user)
        except ConnectorError as error:
            last = error
        else:
            return None
    return last
