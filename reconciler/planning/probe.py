"""Judges a connector from what was read of its org: what works, what does not, what is unproven.

No endpoint says "may I write?" (Okta: roles API), so rights are judged from the owner's roles where
those are known, and said to be unproven where not.
"""

from collections.abc import Iterable, Iterator

from reconciler.model.catalog import BindGroup, Binding, Connector, CreateGroup
from reconciler.model.directory import CanarySight, DirectoryUser, LiveState, Unread
from reconciler.model.probe import ProbeCheck, ProbeStatus, failed, passed, unproven
from reconciler.planning.scope import own_group

__all__ = ["judge_canary", "judge_groups", "judge_rights", "judge_use"]

CREATORS = frozenset({"SUPER_ADMIN", "ORG_ADMIN", "USER_ADMIN"})
"""Standard roles that may create groups (Okta: administrator roles)."""
WRITERS = CREATORS | {"GROUP_MEMBERSHIP_ADMIN"}
UNTELLING = frozenset({"CUSTOM"})
"""Roles whose rights their name does not tell."""


def judge_canary(connector: Connector, sight: CanarySight) -> ProbeCheck:
    """Whether the member who has to be visible is."""
    canary = connector.canary
    if canary is None:
        return failed(
            "canary",
            f"{connector.id} has no canary, and apply needs the proof that reads are complete",
            "add `canary: {user, group: {id, name}}` to the connector",
        )
    where = f'{canary.user} in "{canary.group_name}" ({canary.group_id})'
    if sight is CanarySight.SEEN:
        return passed("canary", f"{where} is visible")
    return failed(
        "canary",
        f"{where} is not visible: {sight.value}",
        "check the credential's admin role, and that the canary is still a member",
    )


def judge_rights(
    owner: DirectoryUser | None, roles: tuple[str, ...] | Unread, *, creates: bool
) -> Iterator[ProbeCheck]:
    """Whether the credential's owner may write members, and create groups where that is asked."""
    who = owner.login if owner else "the credential's owner"
    if isinstance(roles, Unread):
        yield unproven("rights", f"the roles of {who} could not be read: {roles.detail}")
        return
    if not roles:
        # Okta answered the other reads, so somebody's word is wrong: only a write will tell.
        yield unproven("rights", f"Okta shows no admin role of {who}")
        return
    held = ", ".join(sorted(roles))
    yield from _right("write members", WRITERS, roles, f"{who} has {held}")
    if creates:
        yield from _right("create groups", CREATORS, roles, f"{who} has {held}")
    if set(roles) & {"SUPER_ADMIN", "ORG_ADMIN"}:
        yield ProbeCheck(
            name="least privilege",
            status=ProbeStatus.WARNED,
            summary=f"{who} has {held}, which is more than is needed",
            hint="give the owner a role for just these groups",
        )


def _right(
    name: str, enough: frozenset[str], roles: tuple[str, ...], because: str
) -> Iterator[ProbeCheck]:
    if set(roles) & enough:
        yield passed(name, because)
    elif set(roles) & UNTELLING:
        yield unproven(name, f"{because}, whose rights only a write shows")
    else:
        yield failed(name, f"{because}, which may not {name}", f"give the owner a role to {name}")


def judge_groups(bindings: Iterable[Binding], live: LiveState) -> Iterator[ProbeCheck]:
    """Whether each binding has a group that can be read and written."""
    for binding in bindings:
        match binding.group:
            case BindGroup() as bind:
                yield _bound(binding, bind, live)
            case CreateGroup() as create:
                yield _creatable(binding, create, live)


def _bound(binding: Binding, bind: BindGroup, live: LiveState) -> ProbeCheck:
    name = f"group of {binding.name}"
    unread = live.unread.get(bind.id)
    group = live.groups.get(bind.id)
    if unread is not None or group is None:
        detail = unread.detail if unread else "it was not read"
        hint = "check the id in the binding, and that the credential may see the group"
        return failed(name, f'"{bind.name}" ({bind.id}): {detail}', hint)
    if not group.is_writable:
        hint = "bind an ordinary Okta group (type OKTA_GROUP)"
        return failed(name, f'"{group.name}" is of type {group.type}', hint)
    if group.has_admin_role and not binding.admin_role:
        hint = "bind another group, or say that it is meant with `admin_role: true`"
        return failed(name, f'"{group.name}" carries an Okta admin role', hint)
    if group.app_count == 0:
        return ProbeCheck(
            name=name,
            status=ProbeStatus.WARNED,
            summary=f'no app is assigned to "{group.name}": membership has no effect',
            hint="assign the app to the group in Okta",
        )
    return passed(name, f'"{group.name}" ({group.id}), {len(live.members[group.id])} members')


def _creatable(binding: Binding, create: CreateGroup, live: LiveState) -> ProbeCheck:
    name = f"group of {binding.name}"
    key = create.name.casefold()
    if (unread := live.unread_names.get(key)) is not None:
        return failed(name, f'whether "{create.name}" exists: {unread.detail}', "test again")
    named = live.groups_by_name.get(key, ())
    if not named:
        return passed(name, f'"{create.name}" is free')
    own = own_group(binding, named)
    if own is not None:
        return passed(name, f'"{create.name}" ({own.id}) was made for it')
    return failed(
        name,
        f'"{create.name}" exists and was not made for this binding',
        "bind it by its id, or create under another name",
    )


def judge_use(connector: Connector, bindings: tuple[Binding, ...]) -> ProbeCheck:
    """Whether anything needs the connector."""
    if bindings:
        tools = sorted({b.tool for b in bindings})
        return passed("use", f"{len(bindings)} bindings of {', '.join(tools)}")
    return ProbeCheck(
        name="use",
        status=ProbeStatus.WARNED,
        summary=f"no binding names {connector.id}",
        hint="remove the connector and its credential, or set `disabled: true`",
    )
