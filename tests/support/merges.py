"""A proposal that may be merged without a review, and everything that may speak against it."""

from dataclasses import replace
from datetime import timedelta

from reconciler.model.approvals.doors import Doors, JiraAccount, JiraDoor
from reconciler.model.approvals.proposal import ProposalPull, PulledFile
from reconciler.model.approvals.review import (
    AccessChange,
    BaseComparison,
    CatalogChange,
    Cause,
    Effect,
    IssueRef,
    WithheldGroup,
)
from reconciler.model.catalog import Catalog, Connector, IdentityMapping
from reconciler.model.ids import SecretRef
from reconciler.model.plan import Blocked, CatalogRevision
from reconciler.model.settings import Merging, ProposalRules, RequiredApproval, Settings
from reconciler.planning.refs import cite_grant, grant_hash
from reconciler.proposals.merging import MergedFile, MergeQuestion, PlannedBase
from tests.support.nouns import (
    CREATED,
    GROUP,
    account_change,
    blocked_account,
    change,
    creation,
    grant,
    plan,
    ref,
    removal,
    tool,
)

__all__ = ["GOOD", "SPOILERS", "grown", "pending"]

BASE_COMMIT, HEAD_COMMIT = "b" * 40, "a" * 40
OLD, NEW = grant("amy"), grant("jane")
CONNECTOR = plan().connector


def _connector(name, *, disabled=False):
    return Connector(id=name, type="okta", name=name, disabled=disabled)


JIRA = JiraDoor(
    site="https://acme.atlassian.net",
    cloud_id="1a2b",
    project="10000",
    issue_types=frozenset({"10001"}),
    approved=frozenset({"10005"}),
    ended=frozenset(),
    fields={},
    reading=JiraAccount(email="bot@example.com", token=SecretRef(kind="env", value="X")),
)
RULES = Settings(
    required=RequiredApproval.ALL, proposals=ProposalRules(merge=Merging.WHEN_VERIFIED)
)
REVIEWED = replace(tool("cursor"), approvals=frozenset())
"""Its grants have owners: what an issue says does not suffice."""
BASE = Catalog(
    settings=RULES,
    connectors={
        CONNECTOR: _connector(CONNECTOR),
        "unused": _connector("unused", disabled=True),
    },
    tools={"claude": tool("claude"), "cursor": REVIEWED},
    grants=(OLD,),
    identities=(IdentityMapping(keys=("jira:jane",), login="jane@example.com"),),
    doors=Doors(jira=JIRA),
)
ISSUE = IssueRef(key="AI-1", url="https://x", approvers=("jira:lead",), approved_at=CREATED)
VERIFIED = replace(cite_grant(NEW), approval="verified", issue=ISSUE)
OWN = change("jane", grants=(VERIFIED,), cause=Cause.CHANGE)
BEGINS = AccessChange(
    effect=Effect.BEGINS, person=ref("jane"), group=GROUP, tool="claude", entitlement="users"
)
AGAINST = BaseComparison(commit=BASE_COMMIT, digest="d0", over_time=(BEGINS,))
PLAN = plan(
    OWN,
    as_of=CREATED,
    catalog=CatalogRevision(commit=HEAD_COMMIT, digest="d1"),
    against=AGAINST,
)
PULL = ProposalPull(
    number=7,
    url="https://x/7",
    branch="reconciler/k",
    head_sha=HEAD_COMMIT,
    base="main",
    base_sha=BASE_COMMIT,
    is_into_default=True,
    is_ours=True,
    is_open=True,
    is_merged=False,
    is_draft=False,
    is_complete=True,
    files=(PulledFile(path="catalog/grants/claude/jane.yaml", status="added"),),
)
QUESTION = MergeQuestion(
    planned=PlannedBase(catalog=BASE, commit=BASE_COMMIT, digest="d0", head_digest="d1"),
    base=BASE,
    base_commit=BASE_COMMIT,
    is_grown=True,
    head=replace(BASE, grants=(OLD, NEW)),
    head_commit=HEAD_COMMIT,
    files=(MergedFile(path="catalog/grants/claude/jane.yaml", was="000000", mode="100644"),),
    grants="catalog/grants/",
    hash_of=grant_hash,
    now=CREATED + timedelta(minutes=9),
)
GOOD = (QUESTION, (PLAN,), PULL)
BLOCKED = Blocked(
    code="c",
    summary="s",
    hint="h",
    group=GROUP,
    tool="claude",
    entitlement="users",
    person=ref("joe"),
)


def pending(cause):
    """Lines of every kind that the change has nothing to do with."""
    lines = (
        removal("gone", cause=cause, held_by=("group-removals",)),
        creation(cause=cause),
        change("late", cause=cause),
    )
    return {
        "changes": lines,
        "blocked": (replace(BLOCKED, cause=cause),),
        "accounts": (account_change(cause=cause),),
        "blocked_accounts": (blocked_account(cause=cause),),
    }


def _pull(**more):
    return lambda question, plans, pull: (question, plans, replace(pull, **more))


def _file(path, status):
    """One file more."""
    added = PulledFile(path=path, status=status)
    return lambda question, plans, pull: (
        question,
        plans,
        replace(pull, files=(*pull.files, added)),
    )


def _plans(make):
    """Each plan, remade."""
    return lambda question, plans, pull: (question, tuple(make(p) for p in plans), pull)


def _with(name, *lines):
    return _plans(lambda p: replace(p, **{name: (*getattr(p, name), *lines)}))


def _own(**more):
    """The first line, remade."""
    return _plans(lambda p: replace(p, changes=(replace(p.changes[0], **more), *p.changes[1:])))


def _against(**more):
    return _plans(lambda p: replace(p, against=replace(p.against, **more) if p.against else None))


def _beside(**more):
    """One access more that changes."""
    return _plans(
        lambda p: replace(
            p,
            against=replace(p.against, over_time=(*p.against.over_time, replace(BEGINS, **more)))
            if p.against
            else None,
        )
    )


def _head(make):
    """The head's catalog, remade."""
    return lambda question, plans, pull: (
        replace(question, head=make(question.head)),
        plans,
        pull,
    )


def _base(**more):
    """What the default branch says by now, with the change and without it."""
    return lambda question, plans, pull: (
        replace(question, base=replace(question.base, **more), head=replace(question.head, **more)),
        plans,
        pull,
    )


def _held(*grants):
    """The files hold these too, and held them when it was planned."""

    def spoil(question, plans, pull):
        held = {
            "base": replace(question.base, grants=(*question.base.grants, *grants)),
            "head": replace(question.head, grants=(*question.head.grants, *grants)),
        }
        planned = replace(question.planned, catalog=held["base"])
        return replace(question, planned=planned, **held), plans, pull

    return spoil


def grown(*grants):
    """These were merged since it was planned."""
    return lambda question, plans, pull: (
        replace(
            question,
            base_commit="e" * 40,
            base=replace(question.base, grants=(*question.base.grants, *grants)),
            head=replace(question.head, grants=(*question.head.grants, *grants)),
        ),
        plans,
        replace(pull, base_sha="e" * 40),
    )


def _merged(path="catalog/grants/claude/x.yaml", was="000000", mode="100644"):
    """One file more, of which GitHub says nothing."""
    return lambda question, plans, pull: (
        replace(question, files=(*question.files, MergedFile(path=path, was=was, mode=mode))),
        plans,
        pull,
    )


def _more_grants(*grants):
    return _head(lambda head: replace(head, grants=(*head.grants, *grants)))


CLAIMED = replace(VERIFIED, approval="claimed")
SPOILERS = {
    "closed": ("not-open", _pull(is_open=False)),
    "merged": ("not-open", _pull(is_merged=True)),
    "draft": ("not-open", _pull(is_draft=True)),
    "of somebody else's": ("not-a-proposal", _pull(is_ours=False)),
    "from another branch": ("not-a-proposal", _pull(branch="feature/reconciler/k")),
    "pushed to meanwhile": ("head-moved", _pull(head_sha="c" * 40)),
    "the base went on": ("base-moved", _pull(base_sha="c" * 40)),
    "into another branch": ("base-moved", _pull(is_into_default=False)),
    "files left out": ("files-unknown", _pull(is_complete=False)),
    "settings": ("not-a-grant", _file("catalog/settings.yaml", "modified")),
    "a workflow": ("not-a-grant", _file(".github/workflows/x.yml", "added")),
    "a page among grants": ("not-a-grant", _file("catalog/grants/README.md", "added")),
    "beside the folder": ("not-a-grant", _file("catalog/grants.yaml", "added")),
    "a file deleted": ("file-not-added", _file("catalog/grants/x.yaml", "removed")),
    "a file renamed": ("file-not-added", _file("catalog/grants/x.yaml", "renamed")),
    "a state unheard of": ("file-not-added", _file("catalog/grants/x.yaml", "conjured")),
    "a link": ("file-not-plain", _merged(mode="120000")),
    "a submodule": ("file-not-plain", _merged(mode="160000")),
    "a program": ("file-not-plain", _merged(mode="100755")),
    "a link made a file": ("file-not-plain", _merged(was="120000")),
    "a file that is gone": ("file-not-plain", _merged(was="100644", mode="000000")),
    "settings of which GitHub says nothing": ("not-a-grant", _merged("catalog/settings.yaml")),
    "a hidden file": ("not-a-grant", _merged("catalog/grants/claude/.x.yaml")),
    "a file in a hidden folder": ("not-a-grant", _merged("catalog/grants/claude/.x/y.yaml")),
    "a file of a tool that is reviewed": ("owned", _merged("catalog/grants/cursor/x.yaml")),
    "a file of no tool": ("owned", _merged("catalog/grants/nothing/x.yaml")),
    "a file beside the tools": ("owned", _merged("catalog/grants/claude")),
    "settings that changed since": (
        "base-changed",
        _base(settings=replace(RULES, naming_pattern="y")),
    ),
    "an acknowledgement since": ("base-changed", _base(acknowledgements=("x",))),
    "a grant that went since": (
        "base-changed",
        lambda question, plans, pull: (
            replace(
                question,
                planned=replace(
                    question.planned, catalog=replace(BASE, grants=(OLD, grant("went")))
                ),
            ),
            plans,
            pull,
        ),
    ),
    "a base that did not grow": (
        "base-changed",
        lambda question, plans, pull: (replace(question, is_grown=False), plans, pull),
    ),
    "the same tool granted since": ("base-changed", grown(replace(NEW, purpose="p"))),
    "the same person by another name": ("base-changed", grown(grant("jira:jane"))),
    "the same person, and ended": ("base-changed", grown(grant("JANE", revoked="2026-11-20"))),
    "access that was revoked since": ("revoked-since", _held(grant(revoked="2026-11-22"))),
    "no plan": ("plan-missing", lambda question, plans, pull: (question, plans[1:], pull)),
    "two plans": ("plan-missing", lambda question, plans, pull: (question, plans * 2, pull)),
    "a plan of an unused connector": (
        "plan-foreign",
        _plans(lambda p: replace(p, connector="unused")),
    ),
    "a plan of another head": (
        "plan-of-another-change",
        _plans(lambda p: replace(p, catalog=replace(p.catalog, commit="c" * 40))),
    ),
    "a plan of loose files": (
        "plan-of-another-change",
        _plans(lambda p: replace(p, catalog=replace(p.catalog, dirty=True))),
    ),
    "a plan of another base": ("plan-of-another-change", _against(commit="c" * 40)),
    "a plan of other words of the base": ("plan-of-another-change", _against(digest="d9")),
    "a plan of other words of the head": (
        "plan-of-another-change",
        _plans(lambda p: replace(p, catalog=replace(p.catalog, digest="d9"))),
    ),
    "a plan of no change": ("not-compared", _plans(lambda p: replace(p, against=None))),
    "a plan of yesterday": (
        "plan-old",
        _plans(lambda p: replace(p, created_at=CREATED - timedelta(days=2))),
    ),
    "a plan from the future": (
        "plan-old",
        _plans(lambda p: replace(p, created_at=CREATED + timedelta(days=2))),
    ),
    "a plan for another day": (
        "plan-old",
        _plans(lambda p: replace(p, as_of=CREATED + timedelta(days=2))),
    ),
    "a rehearsal": ("plan-of-sandbox", _plans(lambda p: replace(p, sandbox=True))),
    "a base with errors": ("not-compared", _against(problem="the base has errors")),
    "files uncommitted": ("not-compared", _against(uncommitted=("x.yaml",))),
    "a setting changed": (
        "catalog-changed",
        _against(catalog_changes=(CatalogChange(summary="s"),)),
    ),
    "a connector disabled": ("catalog-changed", _against(is_disabled=True)),
    "a group that is not bound": (
        "group-withheld",
        _against(withheld=(WithheldGroup(group=GROUP, granted=1),)),
    ),
    "a line withdrawn": ("lines-withdrawn", _with("withdrawn", removal())),
    "a guard let pass": ("lines-withdrawn", _with("released", removal())),
    "an account line withdrawn": ("lines-withdrawn", _with("withdrawn_accounts", account_change())),
    "an account line let pass": ("lines-withdrawn", _with("released_accounts", account_change())),
    "access that begins later": ("access-unseen", _beside(person=ref("joe"))),
    "access of nobody found": ("access-unseen", _beside(person=replace(ref("jane"), id=None))),
    "access by hand": ("access-unseen", _beside(group=None)),
    "a removal": ("not-an-addition", _with("changes", removal(cause=Cause.CHANGE))),
    "a creation": ("not-an-addition", _with("changes", creation(cause=Cause.CHANGE))),
    "a line of which nobody knows why": ("not-an-addition", _with("changes", change("joe"))),
    "held": ("line-held", _own(held_by=("unresolved",))),
    "a claim": ("not-verified", _own(grants=(CLAIMED,))),
    "a claim among others": ("not-verified", _own(grants=(VERIFIED, CLAIMED))),
    "verified by nothing": ("not-verified", _own(grants=(replace(VERIFIED, issue=None),))),
    "an end that nobody agreed to": (
        "not-bound",
        _own(grants=(replace(VERIFIED, issue=replace(ISSUE, unbound=("expires",))),)),
    ),
    "no approval at all": ("not-verified", _own(grants=())),
    "blocked": ("line-blocked", _with("blocked", replace(BLOCKED, cause=Cause.CHANGE))),
    "blocked for nobody knows what": ("line-blocked", _with("blocked", BLOCKED)),
    "an account": ("account-changed", _with("accounts", account_change(cause=Cause.CHANGE))),
    "an account blocked": ("account-changed", _with("blocked_accounts", blocked_account())),
    "another grant": ("grant-without-line", _more_grants(grant("joe"))),
    "the same words twice": ("grant-without-line", _more_grants(replace(NEW, subject="x@y.com"))),
    "an old grant gone": (
        "grant-changed",
        _head(lambda head: replace(head, grants=tuple(g for g in head.grants if g != OLD))),
    ),
    "an old grant's purpose": (
        "grant-changed",
        _head(
            lambda head: replace(
                head,
                grants=tuple(replace(g, purpose="p") if g == OLD else g for g in head.grants),
            )
        ),
    ),
    "no grant": (
        "nothing-added",
        _head(lambda head: replace(head, grants=tuple(g for g in head.grants if g == OLD))),
    ),
    "a grant that is reviewed": ("owned", _more_grants(grant("joe", tool="cursor"))),
    "other settings": (
        "catalog-changed",
        _head(lambda head: replace(head, settings=Settings(naming_pattern="x"))),
    ),
}
"""What each does to a proposal that may be merged, and the code that has to say so."""
