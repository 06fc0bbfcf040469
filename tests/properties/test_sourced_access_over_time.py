"""Access by approvals that are read at their source, over the life of random groups.

Issues are approved and reopened, sources fail or answer in part, grants start, end, are revoked and
deleted, hands put people in and take them out, and runs come in between. Whoever is added has a
grant that holds and that was just seen to be approved, or one that states its approval where that
is enough; who goes is the same whatever the sources say.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.approvals.review import Approvals, IssueRef, Verdict
from reconciler.model.catalog import Authority, Catalog, Grant, Revocation, Risk
from reconciler.model.directory import Answers, DirectoryGroup, LiveState
from reconciler.model.ids import OktaUserId
from reconciler.model.plan import Action, Plan
from reconciler.model.settings import RequiredApproval, Settings
from reconciler.model.validity import Approval, ApprovalAtSource, ApprovalSource, Moment
from reconciler.planning.approvals.grant_past import GrantHistory
from reconciler.planning.refs import grant_hash
from reconciler.planning.steps.assess import assess
from reconciler.planning.steps.complete import complete
from tests.properties.worlds import CONNECTOR, NO_LIMITS
from tests.support.builders import NOW
from tests.support.nouns import GROUP, ORG, beside, binding, tool, user

PEOPLE = ("amy", "bea", "cy")
KINDS = (None, *ApprovalSource)
"""Of whom a grant says who agreed: itself, a review, or an issue."""
STATES = ("approved", "reopened", "edited")
READINGS = ("whole", "part", "down", "none")
BORNE = IssueRef(key="AI-1", url="https://x/AI-1", approvers=("jira:lead",), approved_at=NOW)
OPEN_GROUP = DirectoryGroup(id=GROUP.id, name=GROUP.name, type="OKTA_GROUP", has_admin_role=False)
OPERATIONS = st.one_of(
    st.tuples(
        st.just("give"),
        st.sampled_from(PEOPLE),
        st.sampled_from(KINDS),
        st.sampled_from((None, 0, 2)),
        st.sampled_from((None, 1, 4)),
    ),
    st.tuples(st.just("say"), st.integers(0, 9), st.sampled_from(STATES)),
    st.tuples(st.just("revoke"), st.integers(0, 9), st.sampled_from((0, 1))),
    st.tuples(st.just("delete"), st.integers(0, 9)),
    st.tuples(st.just("put_in"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("take_out"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("wait"), st.sampled_from((1, 2, 5))),
    st.tuples(st.just("run"), st.sampled_from(READINGS)),
    st.tuples(st.just("run"), st.sampled_from(READINGS)),
)


@dataclass
class Company:
    """One group, its grants with what their sources say, and its members."""

    authority: Authority
    risk: Risk
    required: RequiredApproval
    now: datetime = NOW
    grants: dict[int, Grant] = field(default_factory=dict)
    states: dict[int, str] = field(default_factory=dict)
    """What its source says of each grant, where anything."""
    came: dict[int, datetime] = field(default_factory=dict)
    members: set[OktaUserId] = field(default_factory=set)

    # What people do.

    def give(
        self, person: str, source: ApprovalSource | None, start: int | None, days: int | None
    ) -> None:
        """A grant is merged."""
        number, today = len(self.came), self.now.date()
        ticket = f"AI-{number}"
        stated = Approval(ticket=ticket, approved_by=("lead@example.com",), approved_at=today)
        self.came[number] = self.now
        self.grants[number] = Grant(
            tool="claude",
            entitlement="users",
            subject=f"{person}@example.com",
            purpose="work",
            approval=ApprovalAtSource(by=source, ticket=ticket) if source else stated,
            starts=None if start is None else Moment(today + timedelta(days=start)),
            expires=None if days is None else Moment(today + timedelta(days=days)),
        )

    def say(self, number: int, state: str) -> None:
        """Somebody approves an issue, reopens it, or edits it."""
        if number in self.grants:
            self.states[number] = state

    def revoke(self, number: int, days: int) -> None:
        """A grant is ended, soon."""
        if number in self.grants:
            at = self.now.date() + timedelta(days=days)
            gone = Revocation(at=at, by="lead@example.com", reason="left")
            self.grants[number] = replace(self.grants[number], revoked=gone)

    def delete(self, number: int) -> None:
        """Its file is no more."""
        self.grants.pop(number, None)

    def put_in(self, person: str) -> None:
        """A hand in the console."""
        self.members.add(OktaUserId(f"00u{person}"))

    def take_out(self, person: str) -> None:
        """The other hand."""
        self.members.discard(OktaUserId(f"00u{person}"))

    def wait(self, days: int) -> None:
        """Days go by."""
        self.now += timedelta(days=days)

    # What runs, and what is promised.

    def run(self, reading: str) -> None:
        """Whoever should come comes, and nobody else; who goes does not depend on any source."""
        told = self._read(reading)
        made = self._planned(told)
        assert _people(made, Action.ADD) == self._wanted(told) - self.members
        going = _people(made, Action.REMOVE)
        assert going == self._over()
        for other in READINGS:
            assert _people(self._planned(self._read(other)), Action.REMOVE) == going
        self.members |= _people(made, Action.ADD)
        self.members -= going

    def _read(self, reading: str) -> Approvals | None:
        """What the sources tell this time; an answer in part leaves out every other grant."""
        if reading == "none":
            return None
        if reading == "down":
            return Approvals(problem="429", issues_problem="the answer was cut short")
        heard = {n: g for n, g in self.grants.items() if reading == "whole" or n % 2}
        return Approvals(verdicts={grant_hash(g): self._verdict(n) for n, g in heard.items()})

    def _verdict(self, number: int) -> Verdict:
        state = self.states.get(number, "not approved")
        if state != "approved":
            return Verdict(why_not=f"it was {state}")
        return Verdict(issue=BORNE, approved_by=("lead@example.com",), approved_at=self.now)

    def _wanted(self, told: Approvals | None) -> set[OktaUserId]:
        """Everybody with a live grant that carries an addition."""
        is_asked = self.required is RequiredApproval.ALL or (
            self.required is RequiredApproval.HIGH and self.risk is Risk.HIGH
        )
        found = set()
        for grant in self.grants.values():
            verdict = told.verdicts.get(grant_hash(grant)) if told else None
            is_seen = verdict is not None and verdict.is_verified
            is_enough = isinstance(grant.approval, Approval) and not (is_asked and told)
            if grant.validity.is_live(self.now) and (is_seen or is_enough):
                found.add(_account(grant))
        return found

    def _over(self) -> set[OktaUserId]:
        """Members without a grant that holds or will, whose grant ended or who never had one."""
        every = self.grants.values()
        lasting = {_account(g) for g in every if not g.validity.has_ended(self.now)}
        ended = {_account(g) for g in every}
        is_ruled = self.authority is Authority.AUTHORITATIVE
        return {u for u in self.members - lasting if is_ruled or u in ended}

    def _planned(self, told: Approvals | None) -> Plan:
        users = [user(name) for name in PEOPLE]
        live = LiveState(
            org=ORG,
            groups={GROUP.id: OPEN_GROUP},
            members={GROUP.id: frozenset(self.members)},
            rule_fed={GROUP.id: frozenset()},
            users={each.id: each for each in users},
        )
        introduced = {
            grant_hash(g): self.came[n]
            for n, g in self.grants.items()
            if isinstance(g.approval, ApprovalAtSource)
        }
        inputs = beside(self.now, record=GrantHistory(introduced=introduced))
        assessment = assess(self._catalog(), CONNECTOR, live, inputs)
        return complete(assessment, Answers(approvals=told))

    def _catalog(self) -> Catalog:
        return Catalog(
            settings=Settings(guards=NO_LIMITS, required=self.required),
            tools={"claude": tool(users={"risk": self.risk})},
            bindings=(binding(authority=self.authority),),
            grants=tuple(self.grants.values()),
        )


def _account(grant: Grant) -> OktaUserId:
    return OktaUserId(f"00u{grant.subject.partition('@')[0]}")


def _people(made: Plan, action: Action) -> set[OktaUserId]:
    return {c.person.id for c in made.changes if c.action is action and c.person}


@given(
    st.builds(
        Company,
        st.sampled_from(Authority),
        st.sampled_from((Risk.LOW, Risk.HIGH)),
        st.sampled_from(RequiredApproval),
    ),
    st.lists(OPERATIONS, min_size=4, max_size=25),
)
def test_access_comes_with_what_was_seen_and_goes_whatever_is_seen(company, operations):
    """An issue that is reopened removes nobody; one that stays approved prolongs nothing."""
    for name, *values in operations:
        getattr(company, name)(*values)
    company.run("whole")
