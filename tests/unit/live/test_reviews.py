"""What is asked of GitHub about the approvals of a plan's additions, and what is not."""

from dataclasses import replace

import pytest

from reconciler.live.approvals import ApprovalEdges, fetch_approvals
from reconciler.live.ports import ApprovalQuestion
from reconciler.model.approvals.doors import Doors, GitHubDoor
from reconciler.model.approvals.review import EarlierHead
from reconciler.model.catalog import BindGroup, Catalog, IdentityMapping, Risk
from reconciler.model.directory import LiveState, ReadFailure
from reconciler.model.settings import Contact
from reconciler.planning.refs import grant_hash
from tests.support.builders import CONNECTOR, NOW
from tests.support.nouns import ORG, binding, grant, tool, user
from tests.unit.planning.approvals.test_verification import INTRODUCED, LEAD, PULL, SECOND, review

pytestmark = pytest.mark.anyio
JANE, JOE = grant("jane"), grant("joe", entitlement="admins")
TOOL = replace(tool(users={}, admins={"risk": Risk.HIGH}), approvers=(LEAD,))
CATALOG = Catalog(
    tools={"claude": TOOL},
    grants=(JANE, JOE, grant("amy")),
    bindings=(
        binding(),
        binding(entitlement="admins", group=BindGroup(id="00gadmins", name="Admins")),
    ),
)
LIVE = LiveState(org=ORG, users={u.id: u for u in map(user, ("jane", "joe", "amy", "lead"))})
JO = IdentityMapping(keys=("github:jo",), login="jo@example.com")
GITHUB = Doors(github=GitHubDoor(repository="acme/access"))
DOWN = ReadFailure(code="unreachable", detail="GitHub could not be reached")


class Fakes:
    """A past and a GitHub that keep what they were asked."""

    def __init__(self, pull=None, rules=CATALOG, find_introductions=None):
        self.pull = pull or replace(PULL, reviews=(review(),))
        self.rules = rules
        self.told = find_introductions
        self.members = {}
        self.words, self.grants, self.replaced = {}, {}, ()
        self.content, self.was_held, self.fork = b"held", False, "f" * 40
        self.asked = []

    def find_introductions(self, grants):
        """Each grant came with a commit of its own, unless told otherwise."""
        if self.told is not None:
            return self.told
        return {grant_hash(g): replace(INTRODUCED, commit=g.subject) for g in grants}

    def rules_at(self, commit):
        """The rules of every commit, or of each."""
        return self.rules[commit] if isinstance(self.rules, dict) else self.rules

    def meanings_at(self, commit):
        """As the rules, unless the test says otherwise."""
        return self.words.get(commit, CATALOG)

    def grants_at(self, commit):
        """None, unless the test says otherwise."""
        return self.grants.get(commit, ())

    def find_replaced(self, tickets):
        """None, unless the test says otherwise."""
        assert "" not in tickets
        return self.replaced

    def declares(self, content, grant):
        """Every content that was given holds every grant."""
        assert len(grant) == 64
        return content == b"held"

    def had_grant(self, commit, path, grant):
        """What the test says of the place of the fork."""
        assert (commit, path, len(grant)) == (self.fork, "a", 64)
        return self.was_held

    async def fetch_content(self, blob):
        """What the test says."""
        assert blob == "f3"
        return self.content

    async def fetch_fork(self, base, commit):
        """Some commit, or what the test says."""
        assert (base, commit) == (INTRODUCED.parent, PULL.head_sha)
        return self.fork

    async def fetch_pull_request(self, commit, parent):
        """The same for every commit, or what the test says."""
        assert parent == INTRODUCED.parent
        self.asked.append(commit)
        return self.pull[commit] if isinstance(self.pull, dict) else self.pull

    async def fetch_is_member(self, team, account):
        """False unless the test says otherwise."""
        self.asked.append((team, account))
        return self.members.get((team, account), False)


async def ask(fakes, *grants, catalog=CATALOG):
    """What becomes of the grants' approvals, where GitHub is the only source."""
    edges = ApprovalEdges(history=fakes, reviews=fakes, issues="")
    return await fetch_approvals(edges, about(*grants, catalog=catalog))


def about(*grants, catalog=CATALOG, doors=GITHUB, **more):
    """The question about these grants, where approvals are read by these doors."""
    facts = {
        "connector": CONNECTOR,
        "live": LIVE,
        "now": NOW,
        "rules": replace(catalog, doors=doors),
    }
    return ApprovalQuestion(catalog=catalog, grants=grants, **{**facts, **more})


async def verdicts(fakes, *grants, catalog=CATALOG):
    """The verdict of each grant, and the problem."""
    found = await ask(fakes, *grants, catalog=catalog)
    return [found.verdicts[grant_hash(g)] for g in grants], found.problem


async def test_each_grant_is_asked_about_in_the_order_given():
    """A limit that is hit leaves out what comes last."""
    fakes = Fakes()
    found, problem = await verdicts(fakes, JOE, JANE)
    assert all(v.is_verified for v in found)
    assert problem == ""
    assert fakes.asked == ["joe@example.com", "jane@example.com"]


async def test_grants_of_one_commit_share_one_question():
    """A pull request may bring many."""
    told = {grant_hash(g): INTRODUCED for g in (JANE, JOE)}
    fakes = Fakes(find_introductions=told)
    await verdicts(fakes, JANE, JOE)
    assert fakes.asked == [INTRODUCED.commit]


async def test_a_past_that_cannot_be_read_asks_nothing_of_the_forge():
    """Every approval stays a claim, and the reason is told."""
    fakes = Fakes(find_introductions=ReadFailure(code="missing", detail="the clone is shallow"))
    found = await ask(fakes, JANE)
    assert (found.verdicts, found.problem, fakes.asked) == ({}, "the clone is shallow", [])


async def test_after_a_failure_nothing_more_is_asked_and_what_was_read_counts():
    """A rate limit is not argued with."""
    whole = replace(PULL, reviews=(review(),))
    fakes = Fakes(pull={"joe@example.com": whole, "jane@example.com": DOWN})
    amy = CATALOG.grants[2]
    found, problem = await verdicts(fakes, JOE, JANE, amy)
    assert [v.is_verified for v in found].count(True) >= 1
    assert found[0].is_verified
    assert problem == DOWN.detail
    assert len(fakes.asked) < 4
    assert not any(v.is_void for v in found)


async def test_an_unknown_commit_is_that_grants_own_trouble():
    """The others are asked about as if nothing had been."""
    gone = ReadFailure(code="missing", detail="GitHub does not know the commit")
    whole = replace(PULL, reviews=(review(),))
    fakes = Fakes(pull={"joe@example.com": gone, "jane@example.com": whole})
    (joe, jane), problem = await verdicts(fakes, JOE, JANE)
    assert (joe.why_not, jane.is_verified, problem) == (gone.detail, True, "")


async def test_a_commit_of_the_pull_request_itself_makes_nobody_an_approver():
    """A rebase puts its commits in a row: the first may change the rules for the second."""
    mallory = replace(TOOL, approvers=(Contact(email="lead@example.com", github="@mallory"),))
    within = replace(CATALOG, tools={"claude": mallory})
    fakes = Fakes(
        pull=replace(PULL, base_sha="b0", reviews=(review("mallory"),)),
        rules={"b0": CATALOG, INTRODUCED.parent: within},
    )
    ((found,), _) = await verdicts(fakes, JANE, catalog=within)
    assert not found.is_verified


async def test_an_identity_of_the_pull_request_itself_names_nobody():
    """Nor does one that was there before the pull request, and gone when it was merged."""
    key = IdentityMapping(keys=("github:mallory",), login="lead@example.com")
    named = replace(CATALOG, identities=(key,))
    for rules in (
        {"b0": CATALOG, INTRODUCED.parent: named},
        {"b0": named, INTRODUCED.parent: CATALOG},
    ):
        pull = replace(PULL, base_sha="b0", reviews=(review("mallory"),))
        ((found,), _) = await verdicts(Fakes(pull=pull, rules=rules), JANE, catalog=named)
        assert not found.is_verified
    both = {"b0": named, INTRODUCED.parent: named}
    ((found,), _) = await verdicts(Fakes(pull=pull, rules=both), JANE, catalog=named)
    assert found.is_verified


async def test_rules_that_cannot_be_read_leave_a_claim():
    """Nothing says who might approve."""
    lost = ReadFailure(code="missing", detail="commit dddd is not in this clone")
    ((found,), problem) = await verdicts(Fakes(rules=lost), JANE)
    assert (found.why_not, problem) == (lost.detail, "")


async def test_a_team_is_asked_about_each_reviewer_once():
    """Only those whose review counts."""
    team = replace(
        CATALOG,
        tools={"claude": replace(TOOL, approvers=(replace(LEAD, github="@acme/seconds"), SECOND))},
        identities=(JO,),
    )
    late = review("late", commit="e" * 40, number=2)
    fakes = Fakes(pull=replace(PULL, reviews=(review("Jo"), late)), rules=team)
    fakes.members = {("acme/seconds", "jo"): True}
    found, _ = await verdicts(fakes, JANE, JOE, catalog=team)
    assert all(v.is_verified for v in found)
    assert [a for a in fakes.asked if isinstance(a, tuple)] == [("acme/seconds", "jo")]


async def test_a_team_that_is_hidden_does_not_stand_in_a_persons_way():
    """Whoever is named in person needs no team; whoever is not, is told why."""
    hidden = ReadFailure(code="missing", detail="GitHub does not show the token that team")
    both = replace(CATALOG, tools={"claude": replace(TOOL, approvers=(LEAD, SECOND))})
    fakes = Fakes(rules=both)
    fakes.members = {("acme/seconds", "lead"): hidden, ("acme/seconds", "jo"): hidden}
    ((found,), problem) = await verdicts(fakes, JANE, catalog=both)
    assert (found.is_verified, problem) == (True, "")
    fakes.pull = replace(PULL, reviews=(review("jo"),))
    ((found,), problem) = await verdicts(fakes, JANE, catalog=both)
    assert found.why_not.endswith(f"; {hidden.detail}")
    assert problem == ""


GRANTED_FROM = "e" * 40


@pytest.mark.parametrize("where", [PULL.base_sha, INTRODUCED.parent, "jane@example.com"])
async def test_words_that_meant_somebody_else_at_any_time_since_leave_a_claim(where):
    """Before the pull request, before its merge and after it; the commit is named by its grant."""
    other = IdentityMapping(keys=("jane@example.com",), login="joe@example.com")
    fakes = Fakes()
    fakes.words = {where: replace(CATALOG, identities=(other,))}
    ((found,), problem) = await verdicts(fakes, JANE)
    assert "the subject means another account" in found.why_not
    assert problem == ""


async def test_what_the_words_meant_at_a_counted_earlier_head_is_asked_too():
    """And not at one of which no review counts."""
    early = "b" * 40
    pull = replace(PULL, earlier={early: EarlierHead(grew_from=GRANTED_FROM)})
    fakes = Fakes(pull=replace(pull, reviews=(review(commit=early),)))
    fakes.words = {GRANTED_FROM: replace(CATALOG, bindings=())}
    ((found,), _) = await verdicts(fakes, JANE)
    assert "the entitlement fills another group" in found.why_not
    fakes.pull = replace(pull, reviews=(review(),))
    ((found,), _) = await verdicts(fakes, JANE)
    assert found.is_verified


async def test_words_that_cannot_be_read_leave_a_claim():
    """What they meant is not known."""
    fakes = Fakes()
    fakes.words = {
        INTRODUCED.parent: ReadFailure(code="malformed", detail="the bindings have errors")
    }
    ((found,), problem) = await verdicts(fakes, JANE)
    assert (found.why_not, problem) == ("the bindings have errors", "")


async def test_a_reviewer_is_held_against_the_account_that_the_grant_is_for():
    """The identity names an id, the grant a login; Okta says that they are one."""
    own = IdentityMapping(keys=("github:lead",), id="00ujane")
    for rules, now in (({"identities": (own,)}, {}), ({}, {"identities": (own,)})):
        fakes = Fakes(rules=replace(CATALOG, **rules))
        ((found,), _) = await verdicts(fakes, JANE, catalog=replace(CATALOG, **now))
        assert "is by the person the grant is for" in found.why_not


ELSEWHERE = replace(PULL, files=frozenset({("a", "f3"), ("b", "f2")}), reviews=(review(),))


async def test_a_reviewed_file_that_brought_the_grant_in_other_company_counts():
    """The merged file is a third one, as where a list was changed by two at once."""
    ((found,), problem) = await verdicts(Fakes(pull=ELSEWHERE), JANE)
    assert (found.is_verified, problem) == (True, "")


@pytest.mark.parametrize(
    "facts",
    [
        {"content": b"not held"},
        {"content": ReadFailure(code="missing", detail="gone")},
        {"was_held": True},
        {"was_held": ReadFailure(code="missing", detail="gone")},
        {"fork": ReadFailure(code="missing", detail="gone")},
        {"fork": DOWN},
    ],
)
async def test_a_reviewed_file_that_did_not_surely_bring_it_does_not(facts):
    """What is not known never verifies; GitHub being down is told."""
    fakes = Fakes(pull=ELSEWHERE)
    for name, value in facts.items():
        setattr(fakes, name, value)
    ((found,), problem) = await verdicts(fakes, JANE)
    assert "is not the one at the head" in found.why_not
    assert problem == (DOWN.detail if DOWN in facts.values() else "")
