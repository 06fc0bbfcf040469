"""The one read after the observation: what the lines of a plan leave open."""

import asyncio

from reconciler.live.ports import DirectoryReader, first_of
from reconciler.model.directory import AccountLog, Answers, MembershipLog, ReadFailure
from reconciler.model.errors import ReconcilerError
from reconciler.planning.steps.questions import AccountQuestion, LogQuestion, Questions

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
            accounts = tasks.create_task(_fetch_accounts(reader, asked.accounts))
            roles = {u: tasks.create_task(reader.fetch_roles(u)) for u in asked.roles}
            links = {u: tasks.create_task(reader.fetch_app_links(u)) for u in asked.dashboards}
    except* ReconcilerError as several:
        raise first_of(several) from several
    named = {group: task.result() for group, task in apps.items()}
    reached = {user: task.result() for user, task in links.items()}
    return Answers(
        fed={pair: task.result() for pair, task in fed.items()},
        apps={g: names for g, names in named.items() if not isinstance(names, ReadFailure)},
        log=log.result(),
        accounts=accounts.result(),
        roles={user: task.result() for user, task in roles.items()},
        dashboards={u: names for u, names in reached.items() if not isinstance(names, ReadFailure)},
        reads=reader.reads,
    )


async def _fetch_log(
    reader: DirectoryReader, asked: LogQuestion | None
) -> MembershipLog | ReadFailure | None:
    if asked is None:
        return None
    return await reader.fetch_membership_log(
        asked.since, groups=asked.groups, users=asked.users, sessions=asked.sessions
    )


async def _fetch_accounts(
    reader: DirectoryReader, asked: AccountQuestion | None
) -> AccountLog | ReadFailure | None:
    return await reader.fetch_account_log(asked.since, asked.users) if asked else None
