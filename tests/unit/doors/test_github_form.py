"""An issue of the form becomes one proposal, is told what became of it, and is closed."""

import asyncio
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import cmarkgfm
import pytest

from reconciler.doors.github_form import (
    FormPorts,
    FormQuestion,
    FormResult,
    FormState,
    form_reply,
    propose_issue,
)
from reconciler.model.approvals.proposal import (
    GitHubIssue,
    NotPublished,
    Published,
    PublishedState,
    PublishProblem,
)
from reconciler.model.catalog import Catalog, Connector, IdentityMapping
from reconciler.model.diagnostics import Span
from reconciler.model.directory import ReadFailure
from reconciler.model.evidence import PastGrant
from reconciler.model.settings import Contact
from reconciler.proposals.nouns import Refusal
from tests.support.builders import CONNECTOR
from tests.support.nouns import binding, grant, tool
from tests.unit.proposals.test_form_answers import body

CLAUDE = replace(tool("claude", users={}), approvers=(Contact(email="lead@example.com"),))
JANE = IdentityMapping(keys=("github:jdoe",), login="jane@example.com", id="00ujane")
CATALOG = Catalog(tools={"claude": CLAUDE}, identities=(JANE,))
ISSUE = GitHubIssue(
    number=7,
    url="https://github.com/acme/access/issues/7",
    title="Access request",
    body=body(),
    author="jdoe",
    is_person=True,
    is_open=True,
)
LOST = ReadFailure(code="unreachable", detail="GitHub could not be reached")
URL = "https://github.com/acme/access/pull/12"


@dataclass
class Place:
    """The issues and the proposals of a repository, in memory; every call is kept."""

    issue: GitHubIssue | ReadFailure = ISSUE
    publishes: object = Published(
        number=12, url=URL, state=PublishedState.OPENED, head_sha="b" * 40
    )
    tells: ReadFailure | None = None
    calls: list = field(default_factory=list)

    async def read(self, number):
        """The one issue there is."""
        self.calls.append(("read", number))
        return self.issue

    async def tell(self, number, text):
        """It is kept."""
        self.calls.append(("tell", number, text))
        return self.tells

    async def close(self, number, *, is_done):
        """It is kept."""
        self.calls.append(("close", number, is_done))

    async def publish(self, proposal, issue):
        """As the test says."""
        self.calls.append(("publish", proposal, issue))
        return self.publishes

    def did(self, what):
        """The calls of one kind."""
        return [call[1:] for call in self.calls if call[0] == what]


def run(place, catalog=CATALOG, seen=None):
    """What became of issue 7."""
    question = FormQuestion(
        number=7,
        repository="acme/access",
        catalog=catalog,
        paths=frozenset(),
        now=datetime(2026, 11, 22, tzinfo=UTC),
        seen=seen,
    )
    return asyncio.run(propose_issue(question, FormPorts(issues=place, forge=place)))


def published(state):
    """A pull request that is there."""
    return Published(number=12, url=URL, state=state, head_sha="b" * 40)


def test_an_issue_becomes_a_proposal_in_its_authors_name():
    """It stays open, and says where that is decided."""
    place = Place()
    result = run(place)
    ((proposal, issue),) = place.did("publish")

    assert (result.state, result.pull_request, issue) == (FormState.PROPOSED, 12, 7)
    assert proposal.title == "Grant claude/users to jane@example.com"
    assert proposal.requested_by == "jane@example.com"
    ((path, text),) = proposal.new_files
    assert path == "grants/claude/jane.yaml"
    assert "by: github" in text
    ((number, said),) = place.did("tell")
    assert (number, said.endswith("Pull request: #12")) == (7, True)
    assert place.did("close") == []


@pytest.mark.parametrize(
    ("publishes", "state", "closed"),
    [
        (published(PublishedState.ALREADY), FormState.PROPOSED, []),
        (published(PublishedState.DECLINED), FormState.DECLINED, [(7, False)]),
        (published(PublishedState.MERGED), FormState.MERGED, [(7, True)]),
        (
            Refusal(code="invalid", summary="the file would be wrong", hint="ask"),
            FormState.REFUSED,
            [(7, False)],
        ),
        (
            NotPublished(problem=PublishProblem.TOO_MANY_OPEN, summary="5 are open", hint="wait"),
            FormState.WAITING,
            [],
        ),
        (
            NotPublished(problem=PublishProblem.NOTHING_NEW, summary="it says so", hint=""),
            FormState.ALREADY,
            [(7, True)],
        ),
    ],
)
def test_whatever_becomes_of_it_is_told_and_an_end_closes_it(publishes, state, closed):
    """What is not decided yet stays open, so that the next run looks again."""
    place = Place(publishes=publishes)

    assert run(place).state is state
    assert len(place.did("tell")) == 1
    assert place.did("close") == closed


def test_who_has_it_already_is_told_so():
    """And nothing is proposed."""
    place = Place()
    result = run(place, replace(CATALOG, grants=(grant("jane"),)))

    assert result.state is FormState.ALREADY
    assert (place.did("publish"), place.did("close")) == ([], [(7, True)])


AT = datetime(2026, 11, 21, tzinfo=UTC)
GIVEN = grant("jane", origin=Span("grants/claude/jane.yaml", 1))
OKTA = Connector(id=CONNECTOR, type="okta", name="Okta", description="The org")
BOUND = replace(
    CATALOG,
    grants=(grant("amy", origin=Span("grants/claude/amy.yaml", 1)), GIVEN),
    connectors={CONNECTOR: OKTA},
    bindings=(binding(),),
)


@pytest.mark.parametrize(
    ("seen", "state", "closed"),
    [
        ({}, FormState.GRANTED, []),
        (
            {GIVEN: PastGrant(at=AT, is_done=False, why="person-suspended")},
            FormState.BLOCKED,
            [],
        ),
        ({GIVEN: PastGrant(at=AT, is_done=True)}, FormState.VERIFIED, [(7, True)]),
        (None, FormState.ALREADY, [(7, True)]),
    ],
)
def test_the_issue_stays_open_until_okta_was_seen_to_show_the_access(seen, state, closed):
    """A merge is no access yet; where nothing is kept of runs it is all that there is."""
    place = Place()
    result = run(place, BOUND, seen)

    assert result.state is state
    assert (place.did("publish"), place.did("close")) == ([], closed)
    assert ("person-suspended" in result.summary) is (state is FormState.BLOCKED)


def test_what_people_hand_out_is_never_seen_in_okta():
    """So nobody waits for that."""
    place = Place()

    assert run(place, replace(BOUND, bindings=()), {}).state is FormState.ALREADY
    assert place.did("close") == [(7, True)]


@pytest.mark.parametrize(
    "more",
    [{"author": "stranger"}, {"body": body(purpose="")}, {"body": body(access="X (x/y)")}],
)
def test_what_is_no_request_is_refused_with_words(more):
    """The issue can be corrected and reopened."""
    place = Place(issue=replace(ISSUE, **more))
    result = run(place)

    assert result.state is FormState.REFUSED
    assert (place.did("publish"), place.did("close")) == ([], [(7, False)])
    assert "What helps" in place.did("tell")[0][1]


def test_all_that_is_wrong_with_a_request_is_told_at_once():
    """Nobody reopens the issue to be told of the next."""
    place = Place(issue=replace(ISSUE, body=body(access="X (x/y)", subject="@stranger")))
    assert run(place).state is FormState.REFUSED
    ((_, told),) = place.did("tell")
    assert "there is no tool" in told
    assert "says whose account" in told


@pytest.mark.parametrize(
    "more", [{"is_open": False}, {"body": "It is broken"}, {"is_pull_request": True}]
)
def test_another_issue_is_left_alone(more):
    """Nothing is said there."""
    place = Place(issue=replace(ISSUE, **more))

    assert run(place) is None
    assert place.calls == [("read", 7)]


@pytest.mark.parametrize("failing", ["issue", "publishes", "tells"])
def test_an_issue_that_could_not_be_told_stays_open(failing):
    """The next run does what is left."""
    place = Place(**{failing: LOST})

    assert run(place) == LOST
    assert place.did("close") == []


def test_no_word_of_the_issue_is_more_than_a_word():
    """A mention would call people, a link lead them away, and a marker hide the comment."""
    hostile = "@acme/all <!-- reconciler:form --> [x](https://evil.example) <img src=x> Closes #1"
    text = form_reply(FormResult(state=FormState.REFUSED, summary=hostile, hint="`a` @b"))

    html = cmarkgfm.github_flavored_markdown_to_html(text)
    outside = re.sub(r"<code>.*?</code>", "", html, flags=re.DOTALL)

    assert "<!--" not in text
    for word in ("@", "<img", "<a ", "evil", "#1"):
        assert word not in outside, word
