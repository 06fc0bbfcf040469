"""Judges a connector from what was read of its org: the canary, its groups, and its use.

The canary and the sharing of a credential are judged here for plans and applies, too.
"""

from collections.abc import Iterable, Iterator

from reconciler.connector_checks.binding_groups import (
    FoundGroup,
    UnreadGroup,
    find_group,
    judge_admin_role,
)
from reconciler.connector_checks.check_result import (
    CheckResult,
    failed_check,
    passed_check,
    warned_check,
)
from reconciler.model.catalog import Auth, Binding, Connector, CreateGroup
from reconciler.model.directory import (
    CanarySight,
    DirectoryGroup,
    LiveState,
    MembershipLog,
    ReadFailure,
)
from reconciler.model.plan import BlockReason
from reconciler.model.stanzas import CANARY_KEYS

__all__ = ["judge_canary", "judge_groups", "judge_log", "judge_rules", "judge_sharing", "judge_use"]


def judge_canary(connector: Connector, sight: CanarySight) -> CheckResult:
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
        "check the credential's admin role, and that the canary is still a member; apply refuses "
        "to run until it is seen",
    )


def judge_groups(bindings: Iterable[Binding], live: LiveState) -> Iterator[CheckResult]:
    """Whether each binding has a group that can be read and written, or a name that is free."""
    for binding in bindings:
        name = f"group of {binding.name}"
        match find_group(binding, live):
            case None:
                yield passed_check(name, f'"{binding.group.name}" is free')
            case UnreadGroup() as unread:
                yield _fail_unread(name, unread)
            case BlockReason() as reason:
                yield failed_check(name, reason.code, reason.summary, reason.hint)
            case FoundGroup(group=group):
                yield _judge_found(name, binding, group, live)


def _judge_found(
    name: str, binding: Binding, group: DirectoryGroup, live: LiveState
) -> CheckResult:
    reason = judge_admin_role(group.name, group.has_admin_role, binding)
    if group.has_admin_role and reason is not None:
        return failed_check(name, reason.code, reason.summary, reason.hint)
    if group.app_count == 0:
        return warned_check(
            name,
            "group-without-app",
            f'no app is assigned to "{group.name}": membership has no effect',
            "assign the app to the group in Okta",
        )
    made = ", was made for it" if isinstance(binding.group, CreateGroup) else ""
    count = len(live.members[group.id])
    return passed_check(name, f'"{group.name}" ({group.id}), {count} members{made}')


def _fail_unread(name: str, unread: UnreadGroup) -> CheckResult:
    """The cause has its own next step; an id that Okta does not show may be wrong, or hidden."""
    failure = unread.failure
    what = f'"{unread.name}" ({unread.id})' if unread.id else f'whether "{unread.name}" exists'
    summary = f"{what}: {failure.detail}"
    if failure.code == "missing":
        hint = "check the id in the binding, and that the credential may see the group"
        return failed_check(name, "group-missing", summary, hint)
    code = failure.cause or f"group-{failure.code}"
    return failed_check(name, code, summary, failure.hint or "test again")


def judge_rules(live: LiveState) -> Iterator[CheckResult]:
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


def judge_log(log: MembershipLog | ReadFailure | None) -> Iterator[CheckResult]:
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


def judge_use(connector: Connector, bindings: tuple[Binding, ...]) -> CheckResult:
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


def judge_sharing(connector: Connector) -> Iterator[CheckResult]:
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
