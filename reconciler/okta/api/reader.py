"""Reads of one org, complete or explained (`live.ports.DirectoryReader`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import TypeVar

from reconciler.model.directory import (
    AccountLog,
    AccountProfile,
    AssignedApp,
    AttributedMembers,
    CredentialFacts,
    DirectoryGroup,
    DirectoryUser,
    MembershipLog,
    Org,
    ReadCount,
    ReadFailure,
)
from reconciler.model.errors import ConnectorError, GuardRefused
from reconciler.model.ids import OktaGroupId, OktaOrgId, OktaUserId
from reconciler.okta import wire
from reconciler.okta.api import lookups, person, system_log
from reconciler.okta.api.decode import (
    decode_groups,
    decode_org_id,
    decode_user,
    decode_wire_users,
    to_user,
)
from reconciler.okta.api.pagination import fetch_all
from reconciler.okta.api.read_failures import to_read_failure
from reconciler.okta.api.search import (
    any_of,
    contains,
    equals,
    fetch_in_chunks,
    person_matcher,
    person_terms,
)
from reconciler.okta.auth.service_app import credential_facts
from reconciler.okta.requests.sender import Sender
from reconciler.okta.responses.response import Answer
from reconciler.okta.wire import is_id

__all__ = ["KnownUsers", "OktaReader"]

_GROUPS_AT_ONCE = 100
_NAMES_AT_ONCE = 20
_PEOPLE_AT_ONCE = 20
_LIST_LIMIT = "200"  # the most that users allow, and what Okta recommends for groups
_MEMBERS_LIMIT = "1000"
_MEMBERS_LIMIT_AFTER_TIMEOUT = "200"  # a 500 on a list is mostly a timeout (Okta: core API)
_MOST_SPLITS = 8  # a group that is found so by halving 100 takes seven
_TIMED_OUT = frozenset({HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.GATEWAY_TIMEOUT})

_Item = TypeVar("_Item", DirectoryGroup, DirectoryUser)


class OktaReader:
    """Reads through one sender. With a pin, no other org is taken for this one."""

    def __init__(self, sender: Sender, *, pinned_org: OktaOrgId | None = None) -> None:
        self._sender = sender
        self._pinned_org = pinned_org
        self._known_users = KnownUsers()
        self._splits = 0

    @property
    def reads(self) -> ReadCount:
        """Requests sent so far, and list pages among them."""
        return self._sender.reads

    async def fetch_org(self) -> Org:
        """The org that answers, asked without the credential; the pinned one or an error."""
        url = self._sender.url("/.well-known/okta-organization")
        org_id = decode_org_id(await self._sender.get(url, signed=False))
        if self._pinned_org is not None and org_id != self._pinned_org:
            raise GuardRefused(
                "org-mismatch",
                f"{self._sender.origin.host} is org {org_id}, the pin says {self._pinned_org}",
                "correct the domain, or change the pin outside the repository",
            )
        return Org(id=org_id, domain=self._sender.origin.host)

    async def fetch_credential(self) -> CredentialFacts:
        """What signing in shows; an API token shows itself only when it is used."""
        await self._sender.sign_in()
        return credential_facts(self._sender.signer)

    async def fetch_caller(self) -> DirectoryUser | None:
        """The token's owner; None where Okta knows no person behind the credential."""
        try:
            return decode_user(await self._sender.get(self._sender.url("/api/v1/users/me")))
        except ConnectorError as error:
            if error.code in {"scope-missing", "not-found"}:
                return None
            raise

    async def fetch_groups(
        self, ids: Sequence[OktaGroupId]
    ) -> dict[OktaGroupId, DirectoryGroup | ReadFailure]:
        """Each asked id with its group, or why there is none."""
        asked = tuple(dict.fromkeys(ids))
        found: dict[OktaGroupId, DirectoryGroup | ReadFailure] = {
            group: ReadFailure(code="refused", detail=f"{group!r} is not an Okta id")
            for group in asked
            if not is_id(group)
        }
        valid = [group for group in asked if group not in found]
        for part, result in await fetch_in_chunks(valid, _GROUPS_AT_ONCE, self._groups_by_id):
            groups = self._to_result(result)
            if isinstance(groups, ReadFailure):
                found.update(dict.fromkeys(part, groups))
                continue
            by_id = {group.id: group for group in groups}
            found.update({g: by_id.get(g) or _missing_group(g) for g in part})
        return {group: found[group] for group in asked}

    async def fetch_groups_named(
        self, names: Sequence[str]
    ) -> dict[str, tuple[DirectoryGroup, ...] | ReadFailure]:
        """Each asked name with every group of that name, whatever its case or type."""
        found: dict[str, tuple[DirectoryGroup, ...] | ReadFailure] = {}
        asked = tuple(dict.fromkeys(names))
        for part, result in await fetch_in_chunks(asked, _NAMES_AT_ONCE, self._groups_named):
            groups = self._to_result(result)
            found.update({name: _groups_named_exactly(name, groups) for name in part})
        return found

    async def fetch_groups_marked(
        self, markers: Sequence[str]
    ) -> dict[str, tuple[DirectoryGroup, ...] | ReadFailure]:
        """Each asked marker with every group whose description ends in it."""
        found: dict[str, tuple[DirectoryGroup, ...] | ReadFailure] = {}
        asked = tuple(dict.fromkeys(markers))
        for part, result in await fetch_in_chunks(asked, _NAMES_AT_ONCE, self._groups_marked):
            groups = self._to_result(result)
            found.update({marker: _groups_with_marker(marker, groups) for marker in part})
        return found

    async def fetch_members(self, group: OktaGroupId) -> tuple[DirectoryUser, ...] | ReadFailure:
        """Every member, in every status; a list that times out is asked in smaller pages."""
        if not is_id(group):
            return ReadFailure(code="refused", detail=f"{group!r} is not an Okta id")
        try:
            return await self._members(group)
        except ConnectorError as error:
            return to_read_failure(error, has_answered=self._sender.has_answered)

    async def fetch_rule_targets(self) -> frozenset[OktaGroupId] | ReadFailure:
        """The groups that an active rule puts people into."""
        return await lookups.fetch_rule_targets(self._sender)

    async def fetch_attributed_members(self, group: OktaGroupId) -> AttributedMembers | ReadFailure:
        """Every member, with whether a rule put each one there."""
        if not is_id(group):
            return ReadFailure(code="refused", detail=f"{group!r} is not an Okta id")
        found = await lookups.fetch_attributed_members(self._sender, group)
        if isinstance(found, ReadFailure):
            return found
        return replace(
            found, users=tuple(self._known_users.deduplicate(user) for user in found.users)
        )

    async def fetch_is_fed(self, group: OktaGroupId, user: OktaUserId) -> bool | ReadFailure:
        """Whether some rule manages this one membership."""
        return await lookups.fetch_is_fed(self._sender, group, user)

    async def fetch_apps(self, group: OktaGroupId) -> tuple[str, ...] | ReadFailure:
        """The names of the apps assigned to the group."""
        return await lookups.fetch_apps(self._sender, group)

    async def fetch_groups_of(self, user: OktaUserId) -> frozenset[OktaGroupId] | ReadFailure:
        """The groups that hold the user, as the user's own list shows them."""
        return await lookups.fetch_groups_of(self._sender, user)

    async def fetch_roles(self, user: OktaUserId) -> tuple[str, ...] | ReadFailure:
        """The types of the admin roles the user has."""
        return await lookups.fetch_roles(self._sender, user)

    async def fetch_client_roles(self, client_id: str) -> tuple[str, ...] | ReadFailure:
        """The types of the admin roles the service app has."""
        return await lookups.fetch_client_roles(self._sender, client_id)

    async def fetch_app_links(self, user: OktaUserId) -> tuple[str, ...] | ReadFailure:
        """The names of the apps on the user's own dashboard."""
        return await lookups.fetch_app_links(self._sender, user)

    async def fetch_users(
        self, *, ids: Sequence[OktaUserId], logins: Sequence[str], emails: Sequence[str]
    ) -> tuple[DirectoryUser, ...] | ReadFailure:
        """Every user who has one of the ids, logins or addresses, in every status."""
        terms = person_terms(ids, logins, emails)
        is_asked = person_matcher(ids, logins, emails)
        found: dict[OktaUserId, DirectoryUser] = {}
        for _, result in await fetch_in_chunks(terms, _PEOPLE_AT_ONCE, self._users_by_term):
            users = self._to_result(result)
            if isinstance(users, ReadFailure):
                return users
            for user in users:
                if is_asked(user.id, user.login, user.email):
                    found.setdefault(user.id, user)
        return tuple(found.values())

    async def fetch_user(self, id_or_login: str) -> DirectoryUser | ReadFailure | None:
        """The user of just this id or login, asked for directly."""
        found = await self.fetch_profile(id_or_login)
        return found.user if isinstance(found, AccountProfile) else found

    async def fetch_profile(self, id_or_login: str) -> AccountProfile | ReadFailure | None:
        """The user of just this id or login, with what tells them apart."""
        return await person.fetch_profile(self._sender, id_or_login)

    async def fetch_candidates(self, text: str) -> tuple[DirectoryUser, ...] | ReadFailure:
        """At most ten people whom the text may mean."""
        return await person.fetch_candidates(self._sender, text)

    async def fetch_apps_of(self, user: OktaUserId) -> tuple[AssignedApp, ...] | ReadFailure:
        """The apps of the user, each with how they came to have it."""
        return await lookups.fetch_apps_of(self._sender, user)

    async def fetch_membership_log(
        self,
        since: datetime,
        *,
        groups: Sequence[OktaGroupId],
        users: Sequence[OktaUserId],
        sessions: bool = False,
    ) -> MembershipLog | ReadFailure:
        """What the System Log has of these memberships, from `since` until now."""
        return await system_log.fetch_membership_log(
            self._sender, since, groups, users, sessions=sessions
        )

    async def fetch_account_log(
        self, since: datetime, users: Sequence[OktaUserId]
    ) -> AccountLog | ReadFailure:
        """What the System Log has of these people's accounts, from `since` until now."""
        return await system_log.fetch_account_log(self._sender, since, users)

    async def _groups_by_id(self, part: Sequence[OktaGroupId]) -> tuple[DirectoryGroup, ...]:
        """One group whose counts time out must not cost the others theirs: the part is halved."""
        wanted = {"filter": any_of(equals("id", group) for group in part)}
        if len(part) == 1 or self._splits >= _MOST_SPLITS:
            return await self._list_with_stats(wanted)
        try:
            return await self._list("/api/v1/groups", {**wanted, "expand": "stats"}, decode_groups)
        except ConnectorError as error:
            if error.status not in _TIMED_OUT:
                raise
        self._splits += 1
        middle = len(part) // 2
        first = await self._groups_by_id(part[:middle])
        return (*first, *await self._groups_by_id(part[middle:]))

    async def _list_with_stats(self, wanted: Mapping[str, str]) -> tuple[DirectoryGroup, ...]:
        """The groups with their app counts and admin roles, or without where counting fails.

        Okta's counts are known to time out on large groups; the groups themselves do not.
        """
        try:
            expanded = {**wanted, "expand": "stats"}
            return await self._list("/api/v1/groups", expanded, decode_groups)
        except ConnectorError as error:
            if error.status not in _TIMED_OUT:
                raise
            return await self._list("/api/v1/groups", wanted, decode_groups)

    async def _groups_named(self, part: Sequence[str]) -> tuple[DirectoryGroup, ...]:
        """Names need `search`: `filter` knows none (Okta: E0000031)."""
        wanted = {"search": any_of(equals("profile.name", name) for name in part)}
        return await self._list_with_stats(wanted)

    async def _groups_marked(self, part: Sequence[str]) -> tuple[DirectoryGroup, ...]:
        """A description can be searched for what it contains (Okta: group search)."""
        wanted = {"search": any_of(contains("profile.description", each) for each in part)}
        return await self._list_with_stats(wanted)

    async def _users_by_term(self, part: Sequence[str]) -> tuple[DirectoryUser, ...]:
        """`search` also finds DEPROVISIONED people, whatever the case (Okta: user query)."""
        return await self._list("/api/v1/users", {"search": any_of(part)}, self._known_users.read)

    async def _members(self, group: OktaGroupId) -> tuple[DirectoryUser, ...]:
        path = f"/api/v1/groups/{group}/users"
        try:
            return await fetch_all(
                self._sender, path, {"limit": _MEMBERS_LIMIT}, self._known_users.read
            )
        except ConnectorError as error:
            if error.status not in _TIMED_OUT:
                raise
            smaller = {"limit": _MEMBERS_LIMIT_AFTER_TIMEOUT}
            return await fetch_all(self._sender, path, smaller, self._known_users.read)

    async def _list(
        self,
        path: str,
        wanted: Mapping[str, str],
        decode: Callable[[Answer], Sequence[_Item]],
    ) -> tuple[_Item, ...]:
        return await fetch_all(self._sender, path, {**wanted, "limit": _LIST_LIMIT}, decode)

    def _to_result(
        self, result: tuple[_Item, ...] | ConnectorError
    ) -> tuple[_Item, ...] | ReadFailure:
        """What was found, or why it could not be read."""
        if isinstance(result, ConnectorError):
            return to_read_failure(result, has_answered=self._sender.has_answered)
        return result


def _missing_group(group: OktaGroupId) -> ReadFailure:
    return ReadFailure(code="missing", detail=f"Okta shows no group with the id {group}")


def _groups_named_exactly(
    name: str, groups: tuple[DirectoryGroup, ...] | ReadFailure
) -> tuple[DirectoryGroup, ...] | ReadFailure:
    """The groups of exactly that name, whatever its case: Okta's index may find more."""
    if isinstance(groups, ReadFailure):
        return groups
    return tuple(group for group in groups if group.name.casefold() == name.casefold())


def _groups_with_marker(
    marker: str, groups: tuple[DirectoryGroup, ...] | ReadFailure
) -> tuple[DirectoryGroup, ...] | ReadFailure:
    """The groups whose description really ends in it."""
    if isinstance(groups, ReadFailure):
        return groups
    return tuple(group for group in groups if group.description.endswith(marker))


class KnownUsers:
    """The people seen, as Okta last showed each of them."""

    def __init__(self) -> None:
        self._seen: dict[str, wire.User] = {}
        self._users: dict[OktaUserId, DirectoryUser] = {}
        self._credentials: dict[str, wire.Credentials | None] = {}

    def read(self, answer: Answer) -> tuple[DirectoryUser, ...]:
        """The people of one page; raises `IncompleteReadError` as `decode` does."""
        return tuple(self._share_known(item, answer) for item in decode_wire_users(answer))

    def deduplicate(self, user: DirectoryUser) -> DirectoryUser:
        """The object that stands for this person; the given one where it says something new."""
        known = self._users.setdefault(user.id, user)
        if known != user:
            self._users[user.id] = user
            self._seen.pop(user.id, None)
            return user
        return known

    def _share_known(self, item: wire.User, answer: Answer) -> DirectoryUser:
        if self._seen.get(item.id) == item:
            return self._users[OktaUserId(item.id)]
        user = self.deduplicate(to_user(item, answer))
        item.status = user.status  # held once for all people, and so is who keeps the password
        item.credentials = self._credentials.setdefault(user.provider, item.credentials)
        self._seen[item.id] = item
        return user
