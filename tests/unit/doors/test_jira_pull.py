"""A pull: approved issues become proposals, ended ones revocations, and each issue is told so.

Jira answers in process; the forge is a fake that knows its proposals by key.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace

import httpx
import pytest
from starlette.responses import JSONResponse

from reconciler.doors.jira_pull import PullPorts, PullQuestion, pull
from reconciler.jira.client import JiraAccess, JiraClient
from reconciler.jira.reader import READING, JiraReader
from reconciler.jira.writer import WRITING, JiraWriter
from reconciler.model.approvals.doors import Doors
from reconciler.model.approvals.issue_state import Stage, WriteBack
from reconciler.model.approvals.proposal import Published, PublishedState
from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.diagnostics import Span
from reconciler.model.directory import ReadFailure
from reconciler.model.evidence import PastGrant
from reconciler.model.settings import Contact
from reconciler.model.validity import ApprovalAtSource, ApprovalSource
from reconciler.proposals.nouns import Refusal
from tests.support.builders import NOW
from tests.support.jira_answers import account_json
from tests.support.jira_cloud import READER, WRITER, JiraCloud, door
from tests.support.nouns import grant, tool

DOOR = door()
TOOL = replace(tool("cursor"), approvers=(Contact(email="lead@example.com"),))
CATALOG = Catalog(
    tools={"cursor": TOOL},
    identities=tuple(
        IdentityMapping(keys=(f"jira:{name}",), login=f"{name}@example.com", id=f"00u{name}")
        for name in ("jane", "asker")
    ),
    doors=Doors(jira=DOOR),
)
SPAN = Span("catalog/grants/cursor/jane.yaml")
BY_JIRA = ApprovalAtSource(by=ApprovalSource.JIRA, ticket="AI-1")
JANE = grant("jane", tool="cursor", approval=BY_JIRA, origin=SPAN)


@dataclass
class FakeForge:
    """Opens each key once; `answer` is what it says in place of that."""

    answer: object = None
    opened: dict = field(default_factory=dict)
    asked: int = 0

    async def publish(self, proposal):
        """What a forge says of it."""
        self.asked += 1
        if self.answer is not None:
            return self.answer
        is_new = proposal.key not in self.opened
        number = self.opened.setdefault(proposal.key, len(self.opened) + 1)
        state = PublishedState.OPENED if is_new else PublishedState.ALREADY
        url = f"https://github.com/acme/access/pull/{number}"
        return Published(number=number, url=url, state=state, head_sha="c0ffee")


class OnlyLooking:
    """What a dry run has in place of a forge."""

    async def publish(self, proposal):
        """Nothing is sent."""
        del proposal


@pytest.fixture
def cloud():
    """A Jira in which nothing has happened."""
    return JiraCloud()


def pulled(cloud, *grants, forge=None, writes=True, **more):
    """One pull; each issue by its key, or why none was looked at."""
    asked = replace(CATALOG, grants=grants)
    question = PullQuestion(door=DOOR, catalog=asked, paths=frozenset(), now=NOW, **more)

    async def run():
        reading, writing = client(cloud, READER, READING), client(cloud, WRITER, WRITING)
        async with reading, writing:
            teller = JiraWriter(writing, DOOR, NOW) if writes else None
            reader = JiraReader(reading, DOOR)
            ports = PullPorts(issues=reader, forge=forge or FakeForge(), teller=teller)
            return await pull(question, ports)

    found = asyncio.run(run())
    return found if isinstance(found, ReadFailure) else {each.key: each for each in found}


def client(cloud, account, routes):
    """A client for the Jira in process."""
    transport = httpx.ASGITransport(app=cloud.app)
    access = JiraAccess(base_url=DOOR.site, email=account[0], token=account[1])
    return JiraClient(access, routes, transport=transport)


def approved(cloud, **values):
    """An issue that the lead approved."""
    key = cloud.file(**values)
    cloud.approve(key)
    return key


def comments(cloud, key):
    """What the issue was told, each comment as one text."""
    documents = [comment["body"]["content"] for comment in cloud.find(key).comments]
    return [
        " ".join(node["text"] for part in content for node in part["content"])
        for content in documents
    ]


def test_an_approved_issue_is_proposed_once_and_told_once(cloud):
    """However often it is pulled."""
    approved(cloud)
    forge = FakeForge()
    first, again = (pulled(cloud, forge=forge)["AI-1"] for _ in range(2))
    assert (first.state.stage, again.state.stage) == (Stage.PROPOSED, Stage.PROPOSED)
    assert (first.written, again.written) == (WriteBack.WRITTEN, WriteBack.UNCHANGED)
    assert len(forge.opened) == 1
    (told,) = comments(cloud, "AI-1")
    assert "proposed" in told
    assert first.state.pull_request in told


def test_an_issue_is_told_again_in_place_only_when_its_state_changed(cloud):
    """One comment follows the request to its end, and the transition comes with it."""
    approved(cloud)
    pulled(cloud)
    pulled(cloud, JANE)
    (told,) = comments(cloud, "AI-1")
    assert "merged" in told
    done = {JANE: PastGrant(at=NOW, is_done=True)}
    found = pulled(cloud, JANE, seen=done)
    assert found["AI-1"].state.stage is Stage.VERIFIED
    (told,) = comments(cloud, "AI-1")
    assert "Okta" in told
    assert any("POST" in asked and "transitions" in asked for asked in cloud.requests)


def test_no_transition_comes_before_okta_was_seen_to_show_it(cloud):
    """A merged file is no access yet."""
    approved(cloud)
    pulled(cloud)
    pulled(cloud, JANE)
    assert not any("transitions" in asked for asked in cloud.requests)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda cloud: cloud.approve_by_automation("AI-1"), "approved-by-automation"),
        (lambda cloud: cloud.approve("AI-1", "asker"), "approver-asked"),
        (lambda cloud: cloud.approve("AI-1", "jane"), "approver-is-subject"),
    ],
)
def test_an_approval_that_does_not_hold_is_refused_and_the_issue_says_why(cloud, spoil, code):
    """Nothing is proposed for it."""
    cloud.file()
    spoil(cloud)
    forge = FakeForge()
    found = pulled(cloud, forge=forge)["AI-1"]
    assert found.state.stage is Stage.REFUSED
    assert code in found.state.why
    assert forge.asked == 0
    assert code in comments(cloud, "AI-1")[0]


def test_an_edit_after_the_approval_is_refused(cloud):
    """Nobody agreed to what it says now."""
    approved(cloud)
    cloud.edit("AI-1", "subject", account_json("eve"))
    assert "edited" in pulled(cloud)["AI-1"].state.why


def test_a_reopened_issue_asks_for_nothing_and_removes_nobody(cloud):
    """It is read because a grant names it."""
    approved(cloud)
    cloud.reopen("AI-1")
    assert pulled(cloud) == {}
    forge = FakeForge()
    found = pulled(cloud, JANE, forge=forge)["AI-1"]
    assert found.state.stage is Stage.LEFT
    assert forge.asked == 0


def test_an_issue_that_ended_proposes_the_end_of_what_its_key_gave(cloud):
    """Once, and the issue is told."""
    approved(cloud)
    cloud.end("AI-1")
    forge = FakeForge()
    for _ in range(2):
        found = pulled(cloud, JANE, forge=forge)["AI-1"]
    assert found.state.stage is Stage.END_PROPOSED
    assert len(forge.opened) == 1
    assert len(comments(cloud, "AI-1")) == 1


def test_an_issue_that_ended_and_gave_nothing_is_left_alone(cloud):
    """A project may have thousands of them."""
    cloud.file()
    cloud.end("AI-1")
    assert pulled(cloud) == {}
    assert cloud.find("AI-1").comments == []


def test_an_issue_that_was_told_something_is_told_that_it_ended(cloud):
    """The comment would otherwise promise for ever."""
    approved(cloud)
    pulled(cloud)
    cloud.end("AI-1")
    assert pulled(cloud)["AI-1"].state.stage is Stage.ENDED
    assert "ended" in comments(cloud, "AI-1")[0]


@pytest.mark.parametrize("path", ["/search/jql", "/issue/bulkfetch", "/changelog/bulkfetch"])
def test_a_jira_that_was_not_read_to_its_end_decides_nothing(cloud, path):
    """A part of the issues would look like all of them."""
    approved(cloud)
    cloud.file(subject=account_json("eve"))
    cloud.end("AI-2")
    cloud.spoil = lambda asked: httpx_error(asked) if asked.url.path.endswith(path) else None
    forge = FakeForge()
    assert isinstance(pulled(cloud, JANE, forge=forge), ReadFailure)
    assert forge.asked == 0
    assert comments(cloud, "AI-1") == []


def httpx_error(_):
    """Jira says that it cannot."""
    return JSONResponse({}, 400)


def test_two_requests_for_one_person_bring_two_files(cloud):
    """The second pull request must not overwrite the first."""
    for _ in range(2):
        approved(cloud)
    paths = Counter()

    class Watching(FakeForge):
        async def publish(self, proposal):
            paths.update(path for path, _ in proposal.new_files)
            return await super().publish(proposal)

    pulled(cloud, forge=Watching())
    assert sorted(paths.values()) == [1, 1]


def test_a_forge_that_cannot_be_reached_is_not_asked_for_each_issue(cloud):
    """Every issue says that it is tried again."""
    for _ in range(3):
        approved(cloud)
    forge = FakeForge(answer=ReadFailure(code="unreachable", detail="GitHub is away"))
    found = pulled(cloud, forge=forge)
    assert {each.state.stage for each in found.values()} == {Stage.UNPUBLISHED}
    assert forge.asked == 1


def test_files_that_would_not_be_valid_are_refused(cloud):
    """The forge judges the whole before it sends it."""
    approved(cloud)
    why = Refusal(code="catalog-invalid", summary="the change has an error")
    assert pulled(cloud, forge=FakeForge(answer=why))["AI-1"].state.stage is Stage.REFUSED


def test_a_dry_run_reads_and_sends_nothing_else(cloud):
    """It says what it would do."""
    approved(cloud)
    found = pulled(cloud, forge=OnlyLooking(), writes=False)["AI-1"]
    assert (found.state.stage, found.written) == (Stage.TO_PROPOSE, WriteBack.WOULD_WRITE)
    assert found.titles == ("Grant cursor/users to jane@example.com",)
    assert not any("PUT" in a or "comment" in a for a in cloud.requests)


def test_without_a_writing_account_it_says_what_it_would_write(cloud):
    """The proposal is made all the same."""
    approved(cloud)
    forge = FakeForge()
    found = pulled(cloud, forge=forge, writes=False)["AI-1"]
    assert (found.state.stage, found.written) == (Stage.PROPOSED, WriteBack.WOULD_WRITE)
    assert len(forge.opened) == 1


def test_an_issue_that_cannot_be_told_stops_no_other(cloud):
    """Its comment is closed to us; the next is not."""
    first = cloud.find(approved(cloud)).id
    approved(cloud, subject=account_json("asker"), reporter="kim")
    cloud.spoil = lambda asked: (
        httpx_error(asked) if f"/{first}/comment" in asked.url.path else None
    )
    found = pulled(cloud)
    assert (found["AI-1"].written, found["AI-2"].written) == (WriteBack.FAILED, WriteBack.WRITTEN)
    assert found["AI-1"].problem


HOSTILE = "x\x1b[31m\n::error::\u202e @acme/all <script> ](javascript:) # `{a: b}`"


@pytest.mark.parametrize("name", ["tool", "entitlement", "subject", "purpose", "starts", "expires"])
def test_hostile_texts_are_data_in_every_field(cloud, name):
    """In the purpose they stay text; in any other they are refused, and told without tricks."""
    approved(cloud, **{name: HOSTILE})
    forge = FakeForge()
    found = pulled(cloud, forge=forge)["AI-1"]
    expected = Stage.PROPOSED if name == "purpose" else Stage.REFUSED
    assert found.state.stage is expected
    (told,) = comments(cloud, "AI-1")
    assert told.isprintable()
