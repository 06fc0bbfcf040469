"""Judges a connector from what was read of its org: the canary, its groups, and its use."""

from collections.abc import Iterable, Iterator

from reconciler.model.bindings import candidates, marked_groups, own_group
from reconciler.model.catalog import Auth, BindGroup, Binding, Connector, CreateGroup
from reconciler.model.connector_check import ProbeCheck, failed_check, passed_check, warned_check
from reconciler.model.directory import CanarySight, LiveState, MembershipLog, ReadFailure
from reconciler.model.stanzas import CANARY_KEYS

__all__ = ["judge_canary", "judge_groups", "judge_log", "judge_rules", "judge_sharing", "judge_use"]


def judge_canary(connector: Connector, sight: CanarySight) -> ProbeCheck:
    """Whether the member who has to be visible is."""
    canary = connector.canary
    if canary is None:
        return failed_check(
            "canary",
            "canary-missing",
            f"{connector.id} has no canary, and apply needs the proof that reads are complete",
            f"add `{CANARY_KEYS}` to the connector",
        )
    where = f'{canary.user} in "{canary.group_name}" ({canary.group_id})'
    if sight is CanarySight.SEEN:
        return passed_check("canary", f"{where} is visible")
    return failed_check(
        "canary",
        "canary-not-seen",
        f"{where} is not visible: {sight.value}",
        "check the credential's admin role, and that the canary is still a member",
    )


def judge_groups(bindings: Iterable[Binding], live: LiveState) -> Iterator[ProbeCheck]:
    """Whether each binding has a group that can be read and written."""
    for binding in bindings:
        match binding.group:
            case BindGroup() as bind:
                yield _judge_bound(binding, bind, live)
            case CreateGroup() as create:
                yield _judge_creatable(binding, create, live)


def _judge_bound(binding: Binding, bind: BindGroup, live: LiveState) -> ProbeCheck:
    name = f"group of {binding.name}"
    unread = live.unread.get(bind.id)
    group = live.groups.get(bind.id)
    if unread is not None or group is None:
        return _fail_unread(name, f'"{bind.name}" ({bind.id})', unread)
    if not group.is_writable:
        hint = "bind an ordinary Okta group (type OKTA_GROUP)"
        what = f'"{group.name}" is of type {group.type}'
        return failed_check(name, "group-not-writable", what, hint)
    if group.has_admin_role and not binding.admin_role:
        hint = "bind another group, or say that it is meant with `admin_role: true`"
        what = f'"{group.name}" carries an Okta admin role'
        return failed_check(name, "group-has-admin-role", what, hint)
    if group.app_count == 0:
        return warned_check(
            name,
            "group-without-app",
            f'no app is assigned to "{group.name}": membership has no effect',
            "assign the app to the group in Okta",
        )
    return passed_check(name, f'"{group.name}" ({group.id}), {len(live.members[group.id])} members')


def _fail_unread(name: str, group: str, unread: ReadFailure | None) -> ProbeCheck:
    """The cause has its own next step; an id that Okta does not show may be wrong, or hidden."""
    if unread is None or unread.code == "missing":
        detail = unread.detail if unread else "it was not read"
        hint = "check the id in the binding, and that the credential may see the group"
        return failed_check(name, "group-missing", f"{group}: {detail}", hint)
    code = unread.cause or f"group-{unread.code}"
    return failed_check(name, code, f"{group}: {unread.detail}", unread.hint or "test again")


def _judge_creatable(binding: Binding, create: CreateGroup, live: LiveState) -> ProbeCheck:
    name = f"group of {binding.name}"
    key = create.name.casefold()
    if (unread := live.unread_names.get(key)) is not None:
        return _fail_unread(name, f'whether "{create.name}" exists', unread)
    known = candidates(binding, live.groups_by_name, live.groups_by_marker)
    own = own_group(binding, known)
    if own is None and (unread := live.unread_markers.get(binding.marker)) is not None:
        return _fail_unread(name, f"whether a group carries {binding.marker}", unread)
    if not known:
        return passed_check(name, f'"{create.name}" is free')
    if len(marked_groups(binding, known)) > 1:
        return failed_check(
            name,
            "group-marked-twice",
            f"several groups carry the marker {binding.marker}",
            "take it out of the description of the wrong one, and bind the right one by its id",
        )
    if own is not None:
        return passed_check(name, f'"{own.name}" ({own.id}) was made for it')
    return failed_check(
        name,
        "group-name-taken",
        f'"{create.name}" exists and was not made for this binding',
        "bind it by its id, or create under another name",
    )


def judge_rules(live: LiveState) -> Iterator[ProbeCheck]:
    """Whether it could be read whom group rules put into the groups."""
    groups = sum(1 for people in live.unattributed.values() if people)
    if groups:
        yield warned_check(
            "group rules",
            "rules-unread",
            f"whom a group rule put into a group is not known of {groups} groups",
            "let the credential read group rules; until then each removal is asked about singly, "
            "and blocked where that fails too",
        )


def judge_log(log: MembershipLog | ReadFailure | None) -> Iterator[ProbeCheck]:
    """Whether the System Log can be read; nothing where nobody asked."""
    if isinstance(log, ReadFailure):
        yield warned_check(
            "System Log",
            "log-unread",
            f"it could not be read, so a plan cannot see who was removed by hand: {log.detail}",
            log.hint or "let the credential read the System Log",
        )
    elif log is not None:
        yield passed_check("System Log", "it can be read")


def judge_use(connector: Connector, bindings: tuple[Binding, ...]) -> ProbeCheck:
    """Whether anything needs the connector."""
    if bindings:
        tools = sorted({b.tool for b in bindings})
        return passed_check("use", f"{len(bindings)} bindings of {', '.join(tools)}")
    return warned_check(
        "use",
        "connector-unused",
        f"no binding names {connector.id}",
        "remove the connector and its credential, or set `disabled: true`",
    )


def judge_sharing(connector: Connector) -> Iterator[ProbeCheck]:
    """Whether the plan's credential can apply, too: a plan runs for every pull request."""
    plan, apply = connector.plan_auth, connector.apply_auth
    if plan is not None and apply is not None and not _is_same(plan, apply):
        return
    yield warned_check(
        "separation",
        "credential-shared",
        "plan and apply sign in with one credential, so every job that plans could also write",
        "split `auth` into `plan: {...}` with read rights and `apply: {...}`, each with its own "
        "secret",
    )


def _is_same(plan: Auth, apply: Auth) -> bool:
    """One secret, or one service app under two keys."""
    is_one_app = plan.client_id is not None and plan.client_id == apply.client_id
    return plan.secret == apply.secret or is_one_app
