"""The one read after the observation: what the lines of a plan leave open."""

import asyncio

from reconciler.live.ports import DirectoryReader, first_of
from reconciler.model.directory import Answers, MembershipLog, ReadFailure
from reconciler.model.errors import ReconcilerError
from reconciler.planning.steps.questions import LogQuestion, Questions

__all__ = ["read"]


async def read(reader: DirectoryReader, asked: Questions) -> Answers:
    """Every answer; one that fails leaves the doubt. No request where nothing is asked.

    Raises `ConnectorError` when the credential is refused meanwhile.
    """
    if asked.is_empty:
        return Answers()
    try:
        async with asyncio.TaskGroup() as tasks:
            fed = {pair: tasks.create_task(reader.fetch_is_fed(*pair)) for pair in asked.fed}
            apps = {g: tasks.create_task(reader.fetch_apps(g)) for g in asked.apps}
            log = tasks.create_task(_fetch_log(reader, asked.log))
    except* ReconcilerError as several:
        raise first_of(several) from several
    named = {group: task.result() for group, task in apps.items()}
    return Answers(
        fed={pair: task.result() for pair, task in fed.items()},
        apps={g: names for g, names in named.items() if not isinstance(names, ReadFailure)},
        log=log.result(),
        reads=reader.reads,
    )


async def _fetch_log(
    reader: DirectoryReader, asked: LogQuestion | None
) -> MembershipLog | ReadFailure | None:
    if asked is None:
        return None
    return await reader.fetch_membership_log(asked.since, groups=asked.groups, users=asked.users)
