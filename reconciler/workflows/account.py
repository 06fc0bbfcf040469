"""On call: one person is looked up, and what is asked is judged by the rules of every plan.

1. The org, the credential's owner, the protected people and the canary are observed, and no group.
2. The person's admin roles and groups are read, and where their account is taken, their apps.
3. `planning.lines.on_call` decides; a refusal is an error with its code.
4. The lines are handed over as a prepared apply: the same journal, evidence and read-back follow.
"""

from dataclasses import dataclass, replace

from reconciler.identity.aliases import naming
from reconciler.identity.subject import is_outside_account
from reconciler.live.ports import DirectoryReader
from reconciler.live.snapshot import observe
from reconciler.model.accounts import AccountDeclaration
from reconciler.model.catalog import Catalog, Connector, bindings_of
from reconciler.model.directory import AccountProfile, DirectoryUser, LiveState, ReadFailure
from reconciler.model.errors import ConnectorError, GuardRefused, UsageError
from reconciler.model.ids import OktaGroupId, is_same_login
from reconciler.model.outcome import Prepared
from reconciler.model.plan import AccountChange, AccountConsequences, BlockReason, Plan
from reconciler.planning.classify import find_protected
from reconciler.planning.holdings import find_named
from reconciler.planning.lines.account_lines import (
    TAKES_ACCOUNT,
    TELLS_GROUPS,
    AccountCourt,
    build_shield,
)
from reconciler.planning.lines.on_call import OnCallRequest, decide_on_call, find_contradiction
from reconciler.planning.people import People, live_grants, resolve_people
from reconciler.planning.plan_codec import digest
from reconciler.planning.steps.assess import PlanInputs
from reconciler.workflows.apply import check_canary, check_rights

__all__ = ["OnCall", "PersonName", "find_person", "prepare_on_call", "require_lifecycle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """Who is meant, what would be done, and what a file says against it."""

    profile: AccountProfile
    prepared: Prepared
    """Without account lines it is so already."""
    contradicted: AccountDeclaration | None = None

    @property
    def lines(self) -> tuple[AccountChange, ...]:
        """What would be done, in order."""
        return self.prepared.accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """What was typed for a person, and the login or id that the files say it means."""

    typed: str
    asked: str


async def find_person(reader: DirectoryReader, name: PersonName) -> AccountProfile:
    """The one person who is meant.

    Raises `UsageError` where nobody or more than one may be meant, with the candidates, and
    `ConnectorError` where it could not be read.
    """
    asked = name.asked
    found = await reader.fetch_profile(asked)
    if isinstance(found, ReadFailure):
        raise ConnectorError("person-unread", f"{asked} could not be looked up: {found.detail}")
    if found is not None:
        await _refuse_second(reader, found.user, name.typed)
        return found
    await _refuse_other(reader, name)
    candidates = await reader.fetch_candidates(asked)
    if isinstance(candidates, ReadFailure):
        raise ConnectorError(
            "person-unread", f"{asked} could not be looked up: {candidates.detail}"
        )
    raise _unclear(asked, candidates)


async def _refuse_other(reader: DirectoryReader, name: PersonName) -> None:
    """Another org, or a former account, may have the id that a file maps the login to."""
    if name.typed == name.asked or is_outside_account(name.typed):
        return
    other = await _read_typed(reader, name.typed)
    if other is not None:
        raise UsageError(
            "person-ambiguous",
            f'"{name.typed}" is mapped to {name.asked}, which this org does not have; it has '
            f"{_list_users((other,))}",
            "give the id of the account that is meant, or correct the mapping in identities/",
        )


async def _read_typed(reader: DirectoryReader, typed: str) -> DirectoryUser | None:
    found = await reader.fetch_user(typed)
    if isinstance(found, ReadFailure):
        raise ConnectorError("person-unread", f"{typed} could not be looked up: {found.detail}")
    return found


async def _refuse_second(reader: DirectoryReader, user: DirectoryUser, typed: str) -> None:
    """A file may map a login that another account has by now, or has still."""
    if is_outside_account(typed) or typed == user.id or is_same_login(typed, user.login):
        return
    other = await _read_typed(reader, typed)
    if other is not None and other.id != user.id:
        raise _unclear(typed, (other, user))


def _unclear(name: str, candidates: tuple[DirectoryUser, ...]) -> UsageError:
    if not candidates:
        return UsageError(
            "person-unknown",
            f'nobody in Okta has the login or id "{name}"',
            "give the whole login, or the id",
        )
    return UsageError(
        "person-ambiguous",
        f'"{name}" may mean: {_list_users(candidates)}',
        "name one of them by the whole login, or by the id"
        if len(candidates) > 1
        else "if that is who is meant, give the whole login, or the id",
    )


def _list_users(users: tuple[DirectoryUser, ...]) -> str:
    return "; ".join(f"{u.login} ({u.id}, {u.name}, {u.status})" for u in users)


async def prepare_on_call(
    request: OnCallRequest,
    profile: AccountProfile,
    catalog: Catalog,
    connector: Connector,
    reader: DirectoryReader,
    inputs: PlanInputs,
) -> OnCall:
    """The lines that are to be carried out for the person.

    Raises `GuardRefused` with the code of what speaks against it, `ConnectorError` where the org or
    the credential is refused.
    """
    require_lifecycle(connector)
    user = profile.user
    live = await observe(reader, catalog, (), connector.canary, now=inputs.as_of)
    live = replace(live, users={**live.users, user.id: user})
    check_canary(catalog, connector.id, live)
    court = _convene(catalog, live)
    consequences = await _foresee(request, user, catalog, connector, reader, court.known)
    roles = await reader.fetch_roles(user.id)
    decided = decide_on_call(request, user, court, roles, consequences)
    if isinstance(decided, BlockReason):
        raise GuardRefused(decided.code, decided.summary, decided.hint)
    await check_rights(catalog, connector.id, reader, live, (), decided)
    plan = _make_plan(decided, connector, live, reader, inputs)
    own = find_named(catalog, user).declarations
    return OnCall(
        profile=profile,
        prepared=Prepared(plan=plan, reviewed_digest=digest(plan), changes=(), accounts=decided),
        contradicted=find_contradiction(request.action, own, inputs.as_of),
    )


def require_lifecycle(connector: Connector) -> None:
    """Raises `GuardRefused` where the connector does not allow it."""
    if not connector.lifecycle:
        raise GuardRefused(
            "lifecycle-off",
            f"the connector {connector.id} does not let accounts be changed",
            "an admin sets `lifecycle: true` in its file, and it is reviewed",
        )


def _convene(catalog: Catalog, live: LiveState) -> AccountCourt:
    known = resolve_people(catalog, live, ())
    protection = find_protected(catalog.settings.protected, known.directory, live.unread_subjects)
    return AccountCourt(
        settings=catalog.settings,
        known=known,
        shield=build_shield(protection, catalog.connectors.values(), live.caller),
        who=naming(catalog),
    )


async def _foresee(
    request: OnCallRequest,
    user: DirectoryUser,
    catalog: Catalog,
    connector: Connector,
    reader: DirectoryReader,
    known: People,
) -> AccountConsequences:
    """What it means for the person; what cannot be read is left out, and stops nothing."""
    if request.action not in TELLS_GROUPS:
        return AccountConsequences()
    groups = await reader.fetch_groups_of(user.id)
    held = frozenset[OktaGroupId]() if isinstance(groups, ReadFailure) else groups
    names = {
        b.group.name
        for b in bindings_of(catalog, connector.id)
        if getattr(b.group, "id", None) in held
    }
    keeps = tuple(sorted(names))
    if request.action not in TAKES_ACCOUNT:
        return AccountConsequences(keeps=keeps)
    links = await reader.fetch_app_links(user.id)
    return AccountConsequences(
        keeps=keeps,
        apps=() if isinstance(links, ReadFailure) else links,
        grants=live_grants(user, catalog, known, request.at),
        is_final=request.action.is_final,
    )


def _make_plan(
    lines: tuple[AccountChange, ...],
    connector: Connector,
    live: LiveState,
    reader: DirectoryReader,
    inputs: PlanInputs,
) -> Plan:
    return Plan(
        connector=connector.id,
        org=live.org,
        sandbox=inputs.sandbox,
        as_of=inputs.as_of,
        created_at=inputs.created_at,
        catalog=inputs.revision,
        reads=reader.reads,
        accounts=lines,
        tool_version=inputs.tool_version,
    )
