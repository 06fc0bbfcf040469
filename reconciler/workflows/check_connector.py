"""Probe: what of a connector works, found out by reading alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.connector_checks.account_rights import calls_in_use
from reconciler.connector_checks.check_result import (
    CheckResult,
    ConnectorTest,
    CredentialUse,
    passed_check,
)
from reconciler.connector_checks.credential_age import judge_age
from reconciler.connector_checks.failures import Stage, judge_failure
from reconciler.connector_checks.granted_scopes import judge_scopes
from reconciler.connector_checks.oauth_scopes import (
    LOGS_READ,
    Purpose,
    is_covered,
    needed_scopes,
)
from reconciler.connector_checks.org_checks import (
    judge_canary,
    judge_groups,
    judge_log,
    judge_rules,
    judge_sharing,
    judge_use,
)
from reconciler.connector_checks.roles import (
    Written,
    holder_of,
    judge_reading,
    judge_size,
    judge_writing,
)
from reconciler.connector_checks.token_owner import judge_owner
from reconciler.live.credential import Identity, identify, roles_of
from reconciler.live.ports import DirectoryReader
from reconciler.live.snapshot import observe
from reconciler.model.catalog import Binding, Catalog, Connector, CreateGroup, bindings_of
from reconciler.model.directory import LiveState, MembershipLog, ReadFailure
from reconciler.model.errors import ReconcilerError

__all__ = ["Question", "probe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is tested: one of a connector's credentials, at an instant."""

    catalog: Catalog
    connector: Connector
    now: datetime
    use: CredentialUse = CredentialUse.BOTH
    does_write: bool = False
    """Whether a write probe follows."""
    is_sandbox: bool = False

    @property
    def purpose(self) -> Purpose:
        """What the credential has to be good for."""
        if not self.use.writes:
            return Purpose.PROBE
        return Purpose.WRITE_PROBE if self.does_write else Purpose.APPLY

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """What the connector is needed for."""
        return bindings_of(self.catalog, self.connector.id)

    @property
    def written(self) -> Written:
        """What the credential of apply has to be able to write."""
        creates = any(isinstance(b.group, CreateGroup) for b in self.bindings)
        calls = frozenset(calls_in_use(self.catalog, self.connector))
        return Written(members=True, groups=creates, accounts=calls)

    def answered(self, checks: Iterable[CheckResult]) -> ConnectorTest:
        """The test with these checks."""
        return ConnectorTest(
            connector=self.connector.id,
            sandbox=self.is_sandbox,
            credential=self.use,
            checks=(*checks, judge_use(self.connector, self.bindings)),
        )


async def probe(question: Question, reader: DirectoryReader) -> ConnectorTest:
    """Every read-only check; those that rest on a failed one are not run."""
    checks: list[CheckResult] = []
    stage = Stage.ORG
    try:
        org = await reader.fetch_org()
        checks.append(passed_check("org", f"{org.domain} is {org.id}"))
        stage = Stage.CREDENTIAL
        identity = await identify(reader, org)
        checks.append(_describe_sign_in(identity))
        stage = Stage.READS
        bindings, canary = question.bindings, question.connector.canary
        live = await observe(reader, question.catalog, bindings, canary, identity, now=question.now)
        roles = await roles_of(reader, live.credential, live.caller)
        owner = await _check_owner(question, reader, identity, live)
        log = await _fetch_log(question, reader, identity)
    except ReconcilerError as error:
        return question.answered([*checks, *judge_failure(error, stage)])
    return question.answered(
        [*checks, *owner, *_judge_reads(question, live, roles), *judge_log(log)]
    )


def _judge_reads(
    question: Question, live: LiveState, roles: tuple[str, ...] | ReadFailure
) -> Iterator[CheckResult]:
    connector, bindings = question.connector, question.bindings
    owner = live.users.get(live.caller) if live.caller else None
    holder = holder_of(live.credential, owner)
    yield from judge_scopes(
        needed_scopes(question.catalog, connector, question.purpose), live.credential
    )
    if question.use.writes:
        yield from judge_writing(holder, roles, live, question.written)
        yield from judge_size(holder, roles, bindings)
    else:
        yield from judge_reading(holder, roles, live)
    yield from judge_sharing(connector)
    yield from judge_age(connector, question.use, question.now)
    yield judge_canary(connector, live.canary)
    yield from judge_groups(bindings, live)
    yield from judge_rules(live)


async def _check_owner(
    question: Question, reader: DirectoryReader, identity: Identity, live: LiveState
) -> tuple[CheckResult, ...]:
    """Two reads, and only where a person can be behind the credential."""
    if identity.caller is None:
        return ()
    links = await reader.fetch_app_links(identity.caller.id)
    groups = await reader.fetch_groups_of(identity.caller.id)
    return (judge_owner(identity.caller, question.catalog, live, links, groups),)


async def _fetch_log(
    question: Question, reader: DirectoryReader, identity: Identity
) -> MembershipLog | ReadFailure | None:
    """One day of one group; not asked where no scope for it was granted, which is said already."""
    granted, canary = identity.credential.granted, question.connector.canary
    if canary is None or (granted is not None and not is_covered(LOGS_READ, granted)):
        return None
    since = question.now - timedelta(days=1)
    return await reader.fetch_membership_log(since, groups=[canary.group_id], users=[])


def _describe_sign_in(identity: Identity) -> CheckResult:
    credential, owner = identity.credential, identity.caller
    if credential.client_id is not None:
        bound = "bound to a DPoP key" if credential.is_dpop else "a bearer token, without DPoP"
        return passed_check(
            "credential", f"{credential.client_id} signed in; its tokens are {bound}"
        )
    if owner is None:
        return passed_check("credential", "accepted; no person is behind it")
    return passed_check("credential", f"accepted; it belongs to {owner.login} ({owner.id})")
