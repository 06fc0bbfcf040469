"""Looks at one person: who they are in Okta, and what of theirs git explains. Writes nothing."""

from dataclasses import dataclass, field
from datetime import datetime

from reconciler.live.ports import DirectoryReader
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.directory import AccountProfile, AssignedApp, DirectoryGroup, ReadFailure
from reconciler.model.errors import ConnectorError
from reconciler.model.ids import ConnectorId, OktaGroupId
from reconciler.planning.holdings import (
    HeldApp,
    HeldGroup,
    Named,
    explain_apps,
    explain_groups,
    find_named,
)
from reconciler.workflows.account import PersonName, find_person

__all__ = ["AppsSeen", "PersonSeen", "look_at_apps", "look_at_person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSeen:
    """One person, what the catalog says of them, and the groups that hold them."""

    profile: AccountProfile
    named: Named
    groups: tuple[HeldGroup, ...]
    unread: tuple[OktaGroupId, ...] = ()
    """Groups of theirs that could not be looked at."""
    as_of: datetime

    @property
    def live_grants(self) -> tuple[Grant, ...]:
        """Those of their grants that hold now."""
        return tuple(g for g in self.named.grants if g.validity.is_live(self.as_of))


@dataclass(frozen=True, slots=True, kw_only=True)
class AppsSeen:
    """A person's apps. Without the right to read assignments they are those of the dashboard."""

    seen: PersonSeen
    apps: tuple[HeldApp, ...]
    unread_why: str = ""
    """Why the assignments could not be read; empty where they were."""
    unread_groups: tuple[HeldGroup, ...] = field(default=())
    """Bound groups whose apps could not be read."""


async def look_at_person(
    reader: DirectoryReader,
    catalog: Catalog,
    connector: ConnectorId,
    name: PersonName,
    now: datetime,
) -> PersonSeen:
    """The one person of that login or id; raises as `find_person`."""
    profile = await find_person(reader, name)
    ids = await reader.fetch_groups_of(profile.id)
    if isinstance(ids, ReadFailure):
        raise ConnectorError(
            "person-unread", f"the groups of {profile.user.login} could not be read: {ids.detail}"
        )
    found = await reader.fetch_groups(sorted(ids))
    groups = [group for group in found.values() if isinstance(group, DirectoryGroup)]
    named = find_named(catalog, profile.user)
    live = [grant for grant in named.grants if grant.validity.is_live(now)]
    return PersonSeen(
        profile=profile,
        named=named,
        groups=explain_groups(catalog, connector, groups, live),
        unread=tuple(sorted(ids - {group.id for group in groups})),
        as_of=now,
    )


async def look_at_apps(reader: DirectoryReader, seen: PersonSeen) -> AppsSeen:
    """The person's apps, and which of their bound groups gives each."""
    bound = [held for held in seen.groups if held.bindings]
    read = {held.group.id: await reader.fetch_apps(held.group.id) for held in bound}
    apps_by_group = {g: found for g, found in read.items() if not isinstance(found, ReadFailure)}
    apps, why = await _fetch_apps(reader, seen.profile)
    return AppsSeen(
        seen=seen,
        apps=explain_apps(apps, bound, apps_by_group),
        unread_why=why,
        unread_groups=tuple(h for h in bound if h.group.id not in apps_by_group),
    )


async def _fetch_apps(
    reader: DirectoryReader, profile: AccountProfile
) -> tuple[tuple[AssignedApp, ...], str]:
    """The assigned apps; where they may not be read, what the dashboard shows, and why."""
    assigned = await reader.fetch_apps_of(profile.id)
    if not isinstance(assigned, ReadFailure):
        return assigned, ""
    links = await reader.fetch_app_links(profile.id)
    if isinstance(links, ReadFailure):
        raise ConnectorError(
            "person-unread", f"the apps of {profile.user.login} could not be read: {links.detail}"
        )
    return tuple(AssignedApp(label=label, is_direct=None) for label in links), assigned.detail
