"""What a pull from Jira costs beside a large catalog: deciding its issues, judging its proposals.

Half of the issues have a grant that stands, and half ask for a new one. The floor of deciding is
one look at each grant's ticket and person; with a scan for each issue it would be passed a thousand
times over. The floor of judging is one reading and judging of the whole catalog, which is what each
proposal would cost at least, and twice that, were nothing kept from one to the next.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler.catalog.files import Folder
from reconciler.catalog.load import load_and_judge_from
from reconciler.doors.working_tree import ProposalJudge, list_paths
from reconciler.identity.catalog_index import index_catalog
from reconciler.model.approvals.doors import Doors, JiraField
from reconciler.model.catalog import Catalog, Grant, IdentityMapping
from reconciler.model.diagnostics import Span
from reconciler.model.ids import fold, login_key
from reconciler.model.settings import Contact
from reconciler.model.validity import Approval, ApprovalAtSource, ApprovalSource, Moment
from reconciler.proposals.grants import propose_grant
from reconciler.proposals.issues import ApprovedIssue, decide_issue, narrow_to_issue
from reconciler.proposals.nouns import AlreadySo, GrantRequest, Proposal
from tests.benchmarks.table import Row
from tests.benchmarks.timing import collector_off, medians
from tests.benchmarks.validate import write_catalog
from tests.support.jira_cloud import door
from tests.support.nouns import tool

__all__ = ["rows"]

_DOOR = door()
_NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
_IDENTITIES = 2000


def rows(*, quick: bool):
    """A row for deciding, and one for judging."""
    issues, grants, rounds = (20, 200, 1) if quick else (1000, 50_000, 3)
    yield _deciding(issues, grants, rounds)
    proposals, grants = (3, 50) if quick else (50, 5000)
    yield _judging(proposals, grants)


def _deciding(number: int, grants: int, rounds: int):
    catalog, issues = _catalog(grants), [_issue(n, is_new=n % 2 == 0) for n in range(number)]
    with collector_off():
        spent = medians(
            {
                "ours": partial(_decide, catalog, issues),
                "floor": lambda: [
                    (fold(g.approval.ticket), login_key(g.subject)) for g in catalog.grants
                ],
            },
            rounds,
        )
    ratio = spent["ours"] / spent["floor"]
    return Row(
        f"issues: {number:,} beside {grants:,} grants: deciding",
        f"{spent['ours']:.2f} s",
        f"floor {spent['floor']:.2f} s",
        f"{ratio:.1f}x",
        "<= 20x",
        ratio <= 20,
    )


def _decide(catalog: Catalog, issues: list[ApprovedIssue]) -> None:
    index, paths = index_catalog(catalog), {g.origin.path for g in catalog.grants if g.origin}
    for number, issue in enumerate(issues):
        part = narrow_to_issue(index, issue)
        (outcome,) = decide_issue(issue, _DOOR, part, paths, _NOW).outcomes
        if type(outcome) is not (AlreadySo if number % 2 else Proposal):
            raise AssertionError(f"issue {number} is not decided as it should be: {outcome}")


def _catalog(grants: int) -> Catalog:
    return Catalog(
        tools={"claude": replace(tool("claude"), approvers=(Contact(email="lead@example.com"),))},
        grants=tuple(_grant(number) for number in range(grants)),
        identities=tuple(
            IdentityMapping(keys=(f"jira:{number}",), login=_login(number))
            for number in range(_IDENTITIES)
        ),
        doors=Doors(jira=_DOOR),
    )


def _login(number: int) -> str:
    return f"person.{number:06}@example.com"


def _grant(number: int) -> Grant:
    ticket = f"AI-{number + 1}"
    return Grant(
        tool="claude",
        entitlement="users",
        subject=_login(number),
        purpose="Reviewing what the team is offered",
        approval=ApprovalAtSource(by=ApprovalSource.JIRA, ticket=ticket),
        starts=Moment(date(2026, 10, 12)),
        expires=Moment(date(2027, 6, 30)),
        origin=Span(f"grants/claude/person.{number:06}.yaml"),
    )


def _issue(number: int, *, is_new: bool) -> ApprovedIssue:
    subject = f"new.{number}@example.com" if is_new else _login(number)
    return ApprovedIssue(
        id=str(number),
        key=f"{'NEW' if is_new else 'AI'}-{number + 1}",
        url="https://acme.atlassian.net/browse/AI-1",
        reporter=f"jira:{number % _IDENTITIES}",
        approved_at=_NOW,
        values={
            JiraField.TOOL: "claude",
            JiraField.SUBJECT: subject,
            JiraField.PURPOSE: "Triage",
        },
    )


def _judging(number: int, grants: int):
    with TemporaryDirectory() as root:
        path = Path(root) / "catalog"
        write_catalog(path, grants, "single files")
        source = Folder(path, "catalog")
        proposals = list(_proposals(source, number))
        with collector_off():
            spent = medians(
                {
                    "ours": partial(_judge, source, proposals),
                    "floor": lambda: load_and_judge_from(source, _NOW),
                },
                1,
            )
    each, floor = spent["ours"] / number, spent["floor"]
    return Row(
        f"issues: {number:,} proposals beside {grants:,} grants: judging one",
        f"{each:.2f} s",
        f"catalog {floor:.2f} s",
        f"{each / floor:.2f}x",
        "<= 1x",
        each <= floor,
    )


def _proposals(source: Folder, number: int):
    catalog, paths = load_and_judge_from(source, _NOW).catalog, list_paths(source)
    for each in range(number):
        ticket = f"NEW-{each + 1}"
        approval = Approval(
            ticket=ticket, approved_by=("tools@example.com",), approved_at=date(2026, 11, 20)
        )
        request = GrantRequest(
            tool="tool-0",
            entitlement="users",
            subject=f"new.{each}@example.com",
            purpose="Triage",
            approval=approval,
        )
        yield propose_grant(request, catalog, paths, _NOW)


def _judge(source: Folder, proposals: list[Proposal]) -> None:
    judge = ProposalJudge(source, _NOW)
    if not all(judge.judge(each).is_sound for each in proposals):
        raise AssertionError("a proposal is not sound")
