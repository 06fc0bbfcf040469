"""The account lines of a plan: what each person's file asks of their account now.

The decisions are those of `reconciler.accounts`; here a file meets the account that it means, the
answers that were asked for, and everything that speaks against touching it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from reconciler.accounts.past import AccountPast, Decision, NeedsLog, Planned
from reconciler.accounts.protection import find_admin_refusal
from reconciler.accounts.requests import decide_request
from reconciler.accounts.states import decide_state
from reconciler.accounts.table import DEPROVISIONED, SUSPENDED
from reconciler.identity.aliases import Naming, naming
from reconciler.identity.resolve import Ambiguous, Missing, Resolved
from reconciler.model.accounts import (
    AccountAction,
    AccountDeclaration,
    AccountPart,
    AccountState,
)
from reconciler.model.directory import Answers, DirectoryUser, Members
from reconciler.model.ids import OktaUserId
from reconciler.model.plan import (
    AccountChange,
    AccountConsequences,
    AccountDrift,
    AccountRef,
    BlockedAccount,
    BlockReason,
    PersonRef,
    PlanWarning,
)
from reconciler.model.stanzas import okta_stanza
from reconciler.model.validity import Approval
from reconciler.planning.context import PlanContext
from reconciler.planning.lines.account_lines import (
    TELLS_GROUPS,
    AccountCourt,
    find_account_refusal,
    write_account_lines,
)
from reconciler.planning.lines.unresolved import explain_unresolved
from reconciler.planning.people import live_grants
from reconciler.planning.refs import account_hash, approval_of, cite_account, cite_person

__all__ = ["AccountLines", "account_order", "settle_accounts"]

_STEPS = {
    AccountAction.SUSPEND: 0,
    AccountAction.CLEAR_SESSIONS: 1,
    AccountAction.DEACTIVATE: 2,
    AccountAction.RESET_PASSWORD: 3,
}
"""A suspension stops new sessions before the old ones end; a closed account has none to end.

A reset may end a lock, after which there is nothing to unlock.
"""
_STATUS_OF = {AccountState.SUSPENDED: SUSPENDED, AccountState.DEACTIVATED: DEPROVISIONED}
_IN_FORCE = frozenset({AccountState.SUSPENDED, AccountState.DEACTIVATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLines:
    """The lines, what is still to be asked for them, and what they mean for memberships."""

    changes: tuple[AccountChange, ...] = ()
    blocked: tuple[BlockedAccount, ...] = ()
    drift: tuple[AccountDrift, ...] = ()
    warnings: tuple[PlanWarning, ...] = ()
    needs: tuple[tuple[OktaUserId, NeedsLog], ...] = ()
    """The people whose past has to be asked before it is known what to do."""
    stopped: Mapping[OktaUserId, BlockReason] = field(default_factory=dict)
    """The people whom a file wants without their account: they are added to nothing."""
    returning: frozenset[OktaUserId] = frozenset()
    """The people whose suspension these lines end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What all files are judged by."""

    context: PlanContext
    answers: Answers
    past: AccountPast
    staying: Mapping[str, Members]
    """By a managed group's name: the members whom this plan leaves in it."""
    who: Naming
    is_asking: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One part of one file, and the account that it means."""

    declared: AccountDeclaration
    part: AccountPart
    user: DirectoryUser
    is_confirmed: bool
    """Whether a mapping with login and id says that just this account is meant."""

    @property
    def source(self) -> AccountRef:
        return cite_account(self.declared, self.part)

    @property
    def approval(self) -> Approval:
        return approval_of(self.declared, self.part)


def settle_accounts(
    accounts: Iterable[AccountDeclaration],
    context: PlanContext,
    answers: Answers,
    staying: Mapping[str, Members],
    *,
    is_asking: bool = False,
) -> AccountLines:
    """Every line of these files, by the answers.

    While it is asked what to ask, nothing that only an answer could speak against is held.
    """
    past = AccountPast(log=answers.accounts, own=context.past.own)
    scene = _Scene(
        context=context,
        answers=answers,
        past=past,
        staying=staying,
        who=naming(context.catalog),
        is_asking=is_asking,
    )
    every = tuple(accounts)
    twice = _find_twice(every, context)
    found = [_settle_file(declared, scene, twice) for declared in every]
    changes = (line for lines in found for line in lines.changes)
    return AccountLines(
        changes=tuple(sorted(changes, key=account_order)),
        blocked=tuple(sorted((b for n in found for b in n.blocked), key=_blocked_order)),
        drift=tuple(
            sorted((d for n in found for d in n.drift), key=lambda d: (d.person.login, d.person.id))
        ),
        warnings=tuple(each for lines in found for each in lines.warnings),
        needs=tuple(need for lines in found for need in lines.needs),
        stopped={user: why for lines in found for user, why in lines.stopped.items()},
        returning=frozenset(user for lines in found for user in lines.returning),
    )


def account_order(line: AccountChange) -> tuple[object, ...]:
    """Where a line stands, and when it is carried out: what takes away first, person by person."""
    return (
        not line.action.takes_away,
        line.person.login.casefold(),
        line.person.id or "",
        _STEPS.get(line.action, 0),
        line.action.value,
        line.source.hash,
    )


def _blocked_order(line: BlockedAccount) -> tuple[object, ...]:
    person = line.person
    return (
        line.source.subject.casefold(),
        person.id or "" if person else "",
        line.code,
        line.source.hash,
    )


def _find_twice(
    accounts: tuple[AccountDeclaration, ...], context: PlanContext
) -> frozenset[OktaUserId]:
    """The accounts that more than one file means, under different names."""
    resolved = (context.known.of(declared.subject) for declared in accounts)
    times = Counter(found.user.id for found in resolved if isinstance(found, Resolved))
    return frozenset(user for user, number in times.items() if number > 1)


def _settle_file(
    declared: AccountDeclaration, scene: _Scene, twice: frozenset[OktaUserId]
) -> AccountLines:
    parts = [part for part, _ in declared.requests]
    if declared.state is not None:
        parts.insert(0, AccountPart.STATE)
    return _join(_settle_part(declared, part, scene, twice) for part in parts)


def _settle_part(
    declared: AccountDeclaration, part: AccountPart, scene: _Scene, twice: frozenset[OktaUserId]
) -> AccountLines:
    known, context = scene.context.known, scene.context
    resolution = known.meant_in(declared.subject, approval_of(declared, part))
    if isinstance(resolution, Resolved):
        case = _Case(
            declared=declared,
            part=part,
            user=resolution.user,
            is_confirmed=resolution.is_anchored,
        )
        is_twice = resolution.user.id in twice
        return _block_twice(case, scene) if is_twice else _settle_case(case, scene)
    if isinstance(resolution, Missing) and context.is_one_of_several:
        return AccountLines(warnings=(_warn_of_elsewhere(declared),))
    candidates = resolution.candidates if isinstance(resolution, Ambiguous) else ()
    line = _block(
        explain_unresolved(declared.subject, resolution),
        cite_account(declared, part),
        wanted=declared.state,
        candidates=tuple(map(cite_person, candidates)),
    )
    return AccountLines(blocked=(line,))


def _warn_of_elsewhere(declared: AccountDeclaration) -> PlanWarning:
    """One file is for every connector, and the person may have an account at another alone."""
    return PlanWarning(
        code="account-not-here",
        summary=f"nobody in this org is {declared.subject}, whose file in users/ is left to the "
        "other connectors",
        hint="correct the name if no connector finds them",
        origin=declared.origin,
        people=(PersonRef(id=None, login=declared.subject),),
    )


def _block_twice(case: _Case, scene: _Scene) -> AccountLines:
    """Files that may want different things of one account: none is followed, and nobody added."""
    reason = BlockReason(
        code="account-declared-twice",
        summary=f"another file means the account of {case.user.login} ({case.user.id}), too",
        hint="bring both into one file",
    )
    line = _block(reason, case.source, case.user, case.declared.state)
    return AccountLines(blocked=(line,), stopped=_explain_stop(case, scene))


def _join(several: Iterable[AccountLines]) -> AccountLines:
    every = tuple(several)
    return AccountLines(
        changes=tuple(line for lines in every for line in lines.changes),
        blocked=tuple(line for lines in every for line in lines.blocked),
        drift=tuple(line for lines in every for line in lines.drift),
        warnings=tuple({each.summary: each for n in every for each in n.warnings}.values()),
        needs=tuple(need for lines in every for need in lines.needs),
        stopped={user: why for lines in every for user, why in lines.stopped.items()},
        returning=frozenset(user for lines in every for user in lines.returning),
    )


def _settle_case(case: _Case, scene: _Scene) -> AccountLines:
    decision = _decide(case, scene)
    stopped = _explain_stop(case, scene)
    drift = tuple(_find_drift(case, decision, scene))
    base = AccountLines(stopped=stopped, drift=drift)
    if decision is None:
        return base
    if isinstance(decision, NeedsLog):
        ends = scene.is_asking and case.user.status == SUSPENDED
        returning = frozenset({case.user.id}) if ends else frozenset()
        return replace(base, needs=((case.user.id, decision),), returning=returning)
    reason = decision if isinstance(decision, BlockReason) else _find_refusal(case, decision, scene)
    if reason is not None:
        return replace(base, blocked=(_block(reason, case.source, case.user, case.declared.state),))
    if isinstance(decision, BlockReason):
        return base
    is_return = decision.action is AccountAction.UNSUSPEND
    return replace(
        base,
        changes=tuple(_write(decision, case, scene)),
        returning=frozenset({case.user.id}) if is_return else frozenset(),
    )


def _decide(case: _Case, scene: _Scene) -> Decision:
    """What is to be done, by files, status, and log."""
    user, now = case.user, scene.context.now
    if user.moving_to:
        return BlockReason(
            code="account-in-transition",
            summary=f"Okta is still making {user.login} {user.moving_to}",
            hint="plan again in a minute",
        )
    if case.part is AccountPart.STATE:
        return decide_state(case.declared, user, scene.past, now)
    request = dict(case.declared.requests)[case.part]
    merged_at = scene.context.merged_at.get(account_hash(case.declared, case.part))
    decision = decide_request(case.part, request, user, scene.past, now, merged_at)
    state = case.declared.state
    if state is None or not _is_in_force(case.declared, scene):
        return decision
    if isinstance(decision, Planned):
        return BlockReason(
            code="account-request-contradicts",
            summary=f"{case.part.value} of {user.login} is asked for, and the same file says "
            f"{state.value}",
            hint="take one of the two out of the file",
        )
    return decision if isinstance(decision, NeedsLog) else None  # the state has the last word


def _is_in_force(declared: AccountDeclaration, scene: _Scene) -> bool:
    """Whether the file wants the account taken away now."""
    return declared.state in _IN_FORCE and not declared.has_ended(scene.context.now)


def _explain_stop(case: _Case, scene: _Scene) -> Mapping[OktaUserId, BlockReason]:
    state = case.declared.state
    if case.part is not AccountPart.STATE or state is None:
        return {}
    if not _is_in_force(case.declared, scene):
        return {}
    reason = BlockReason(
        code=f"person-declared-{state.value}",
        summary=f"{case.user.login} is to be {state.value}, by their file in users/",
        hint="revoke the grant, or say another state in that file",
    )
    return {case.user.id: reason}


def _find_drift(case: _Case, decision: Decision, scene: _Scene) -> Iterator[AccountDrift]:
    """That Okta does not show the declared state, whatever is done about it."""
    state = case.declared.state
    if case.part is not AccountPart.STATE or state is None or decision is None:
        return
    wanted = AccountState.ACTIVE if case.declared.has_ended(scene.context.now) else state
    if case.user.status != _STATUS_OF.get(wanted):
        yield AccountDrift(
            person=cite_person(case.user), wanted=wanted, origin=case.declared.origin
        )


def _find_refusal(case: _Case, planned: Planned, scene: _Scene) -> BlockReason | None:
    """What speaks against it: who they are, who approved it, and what is not known."""
    context, user = scene.context, case.user
    court = AccountCourt(
        settings=context.catalog.settings,
        known=context.known,
        shield=context.shield,
        who=scene.who,
    )
    return (
        find_account_refusal(planned.action, user, case.approval, court)
        or _ask_who_is_meant(case)
        or (None if scene.is_asking else find_admin_refusal(user, scene.answers.roles.get(user.id)))
    )


def _ask_who_is_meant(case: _Case) -> BlockReason | None:
    """A login may have passed to another person since the approval named it."""
    began, approval = case.user.began_at, case.approval
    if case.is_confirmed or began is None or began <= approval.latest:
        return None
    return BlockReason(
        code="account-newer-than-approval",
        summary=f"{case.user.login} ({case.user.id}) was activated {began.date().isoformat()}, "
        f"after the approval of {approval.written}: the login may have passed to another person",
        hint="approve again, or confirm in identities/: "
        f"{okta_stanza(case.user.login, case.user.id)}",
    )


def _write(planned: Planned, case: _Case, scene: _Scene) -> Iterator[AccountChange]:
    tells = planned.action in TELLS_GROUPS
    consequences = _explain(planned.action, case, scene) if tells else AccountConsequences()
    return write_account_lines(planned, case.user, case.source, consequences)


def _explain(action: AccountAction, case: _Case, scene: _Scene) -> AccountConsequences:
    user, context = case.user.id, scene.context
    return AccountConsequences(
        keeps=tuple(sorted(name for name, members in scene.staying.items() if user in members)),
        apps=scene.answers.dashboards.get(user, ()),
        grants=live_grants(case.user, context.catalog, context.known, context.now),
        is_final=action.is_final,
    )


def _block(
    reason: BlockReason,
    source: AccountRef,
    user: DirectoryUser | None = None,
    wanted: AccountState | None = None,
    candidates: tuple[PersonRef, ...] = (),
) -> BlockedAccount:
    return BlockedAccount(
        code=reason.code,
        summary=reason.summary,
        hint=reason.hint,
        source=source,
        person=cite_person(user) if user else None,
        wanted=wanted if source.part is AccountPart.STATE else None,
        candidates=candidates,
        people=reason.people,
    )
