"""A session of Okta's own Python client, run as a program of its own: its import takes seconds.

For each session it reads where the sandbox is and which steps its endpoints allow, and prints what
each step saw.
"""

import asyncio
import json
import sys

from okta.api_response import OktaAPIResponse
from okta.client import Client
from okta.models import AddGroupRequest, OktaUserGroupProfile

_ACTIVE = 'profile.login eq "active.1@acme.example"'


class Session:
    """The steps, in the order in which they are taken; each returns what it saw."""

    def __init__(self, client, world):
        self.client = client
        self.world = world
        self.made = ""

    async def list_groups_page_by_page(self):
        """The names of all groups, two at a time."""
        groups = await _walked(self.client, "/api/v1/groups?limit=2")
        return [group["profile"]["name"] for group in groups]

    async def search_groups(self):
        """The names of groups found by expression."""
        groups, _ = await _read(self.client.list_groups(search='profile.name eq "spare"'))
        return [_profile(group).name for group in groups]

    async def create_group(self):
        """The type and description of a new group."""
        group, _ = await _read(self.client.add_group(_group("made", "by the client")))
        self.made = group.id
        return [group.type.value, _profile(group).description]

    async def update_group(self):
        """The new name."""
        group, _ = await _read(self.client.replace_group(self.made, _group("anew", None)))
        return _profile(group).name

    async def add_member(self):
        """Whom the group holds afterwards."""
        await _read(self.client.assign_user_to_group(self.made, self.world["active0"]))
        await _read(self.client.assign_user_to_group(self.made, self.world["staged0"]))
        return await self._members()

    async def remove_member(self):
        """Whom the group holds afterwards."""
        await _read(self.client.unassign_user_from_group(self.made, self.world["active0"]))
        return await self._members()

    async def delete_group(self):
        """The error of reading it afterwards."""
        await _read(self.client.delete_group(self.made))
        _, _, error = await self.client.get_group(self.made)
        return [error.status, error.error_code]

    async def list_members_page_by_page(self):
        """How many members of a group have which status."""
        users = await _walked(self.client, f"/api/v1/groups/{self.world['tool']}/users?limit=7")
        statuses = [user["status"] for user in users]
        return {status: statuses.count(status) for status in sorted(set(statuses))}

    async def search_users(self):
        """The logins of users found by expression."""
        users, _ = await _read(
            self.client.list_users(search='profile.login eq "active.1@acme.example"')
        )
        return [user.profile.login for user in users]

    async def get_user_by_login(self):
        """The id and the status of a user."""
        user, _ = await _read(self.client.get_user("suspended.0@acme.example"))
        return [user.id == self.world["suspended0"], user.status.value]

    async def list_groups_of_a_user(self):
        """The names of the groups."""
        groups, _ = await _read(self.client.list_user_groups(self.world["active0"]))
        return sorted(_profile(group).name for group in groups)

    async def read_the_org(self):
        """The org's subdomain."""
        org, _ = await _read(self.client.get_org_settings())
        return org.subdomain

    async def suspend_and_unsuspend(self):
        """The statuses after each."""
        user = self.world["active1"]
        await _read(self.client.suspend_user(user))
        first = await self._status(user)
        await _read(self.client.unsuspend_user(user))
        return [first, await self._status(user)]

    async def activate_a_staged_user(self):
        """Whether there is a link to follow, and the status."""
        user = self.world["staged1"]
        token, _ = await _read(self.client.activate_user(user, send_email=False))
        return [bool(token.activation_url), await self._status(user)]

    async def unlock(self):
        """The status."""
        user = self.world["locked_out1"]
        await _read(self.client.unlock_user(user))
        return await self._status(user)

    async def reset_a_password(self):
        """The status and who keeps the password, after a mail was sent."""
        user = self.world["active0"]
        await _read(self.client.reset_password(user, send_email=True))
        found, _ = await _read(self.client.get_user(user))
        return [found.status.value, found.credentials.provider.type.value]

    async def send_an_invitation_again(self):
        """The status."""
        user = self.world["provisioned0"]
        await _read(self.client.reactivate_user(user, send_email=True))
        return await self._status(user)

    async def end_sessions(self):
        """The events of it."""
        user = self.world["active0"]
        ended = self.client.revoke_user_sessions(user, oauth_tokens=True, forget_devices=True)
        await _read(ended)
        events, _ = await _read(
            self.client.list_log_events(filter='eventType eq "user.session.clear"')
        )
        return [[target.id == user for target in event.target] for event in events]

    async def read_apps_of_a_user(self):
        """The labels of the apps, and how the user came to have each."""
        user = self.world["active0"]
        # Its typed call takes whatever is embedded for objects of objects, and real answers fail.
        path = f"/api/v1/apps?filter=user.id+eq+%22{user}%22&expand=user%2F{user}"
        apps = await _walked(self.client, path)
        return [[app["label"], app["_embedded"]["user"]["scope"]] for app in apps]

    async def deactivate_and_delete(self):
        """The status, and the error of reading the user at last."""
        user = self.world["active2"]
        await _read(self.client.deactivate_user(user))
        first = await self._status(user)
        await _read(self.client.delete_user(user))
        _, _, error = await self.client.get_user(user)
        return [first, error.status]

    async def read_roles(self):
        """The types of the admin's roles."""
        roles, _ = await _read(self.client.list_assigned_roles_for_user(self.world["admin"]))
        return [(getattr(role, "actual_instance", None) or role).type for role in roles]

    async def read_tokens(self):
        """The names of the tokens."""
        tokens, _ = await _read(self.client.list_api_tokens())
        return [token.name for token in tokens]

    async def read_rules(self):
        """The names and statuses of the rules."""
        rules, _ = await _read(self.client.list_group_rules())
        return [[rule.name, rule.status.value] for rule in rules]

    async def read_apps_of_a_group(self):
        """The labels of the apps."""
        apps, _ = await _read(self.client.list_assigned_applications_for_group(self.world["tool"]))
        return [app.label for app in apps]

    async def read_the_log(self):
        """The types of events of the changed group's members."""
        events, _ = await _read(
            self.client.list_log_events(filter='eventType sw "group.user_membership"')
        )
        return [event.event_type for event in events]

    async def sign_in_and_change(self):
        """What a service app sees: the groups, whom it put into one, and its own roles."""
        groups, _ = await _read(self.client.list_groups())
        users, _ = await _read(self.client.list_users(search=_ACTIVE))
        spare = next(group for group in groups if _profile(group).name == "spare")
        await _read(self.client.assign_user_to_group(spare.id, users[0].id))
        members, _ = await _read(self.client.list_group_users(spare.id))
        # Its typed call cannot tell a standard role from a custom one, whatever it is shown.
        roles = await _walked(self.client, f"/oauth2/v1/clients/{self.world['program']}/roles")
        return [
            sorted(_profile(group).name for group in groups),
            [user.profile.login for user in members],
            [role["type"] for role in roles],
        ]

    async def _members(self):
        users, _ = await _read(self.client.list_group_users(self.made))
        return [user.profile.login for user in users]

    async def _status(self, user):
        found, _ = await _read(self.client.get_user(user))
        return found.status.value


def _group(name, description):
    return AddGroupRequest(profile=OktaUserGroupProfile(name=name, description=description))


def _profile(group):
    """One of several models: the client wraps what it took it for."""
    return group.profile.actual_instance


async def _read(call):
    """The value and the response; the client returns errors, it raises none."""
    value, response, error = await call
    _raise(error)
    return value, response


async def _walked(client, path):
    """The items of all pages, by the client's own walk along the links.

    The responses of its typed calls keep one Link line only, so nobody can walk on from them.
    """
    executor = client.get_request_executor()
    request, error = await executor.create_request("GET", path, {}, {})
    _raise(error)
    answer, body, error = await executor.execute(request)
    _raise(error)
    page = OktaAPIResponse(executor, request, answer, body)
    items = list(page.get_body())
    while page.has_next():
        more, error = await page.next()
        _raise(error)
        items += more or []
    return items


def _raise(error):
    if error:
        raise RuntimeError(error)


async def _taken(given):
    """What each step saw, or the error that it ended with."""
    client = Client({"orgUrl": given["url"], **given["credential"]})
    session, seen = Session(client, given["world"]), {}
    for step in given["steps"]:
        try:
            seen[step] = await getattr(session, step)()
        except Exception as error:  # noqa: BLE001 -- the test reads what any step ended with
            seen[step] = f"{type(error).__name__}: {error}"
    return seen


if __name__ == "__main__":
    sessions = [asyncio.run(_taken(given)) for given in json.load(sys.stdin)]
    sys.stdout.write("\n" + json.dumps(sessions))
