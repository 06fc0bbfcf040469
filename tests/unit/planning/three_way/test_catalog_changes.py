"""What a change does to everything but grants, in sentences."""

from dataclasses import replace
from datetime import date

import pytest

from reconciler.model.accounts import AccountAction, AccountDeclaration, AccountState
from reconciler.model.approvals.doors import (
    Doors,
    GitHubDoor,
    JiraAccount,
    JiraDoor,
    JiraField,
)
from reconciler.model.approvals.review import Cause
from reconciler.model.catalog import Acknowledgement, Authority, Catalog, IdentityMapping
from reconciler.model.diagnostics import Span
from reconciler.model.ids import ConnectorId, OktaUserId, SecretRef
from reconciler.model.plan import GroupSummary
from reconciler.model.settings import (
    GuardLimits,
    Limit,
    Merging,
    MovedReviews,
    Operator,
    ProposalRules,
    RequiredApproval,
    Settings,
)
from reconciler.model.validity import ApprovalSource
from reconciler.planning.three_way.catalog_changes import catalog_changes
from tests.support.nouns import approval, binding, change, days, grant, plan, removal, tool

BASE = Catalog(tools={"claude": tool("claude", users={})}, bindings=(binding(),))


def said(head, base=BASE, made=None):
    """The sentences."""
    return [found.summary for found in catalog_changes(base, head, made or plan())]


def test_nothing_changed_says_nothing():
    """Nor do moved files and more grants."""
    moved = replace(
        BASE,
        bindings=(replace(binding(), origin=Span("elsewhere.yaml", 9, 1)),),
        grants=(grant("new"),),
    )
    assert said(moved) == []


def test_authority_says_who_would_lose_access():
    """The figure is of the lines that this change alone brings."""
    head = replace(BASE, bindings=(replace(binding(), authority=Authority.AUTHORITATIVE),))
    lines = [replace(removal(f"p{n}"), cause=Cause.CHANGE) for n in range(12)]
    waiting = replace(removal("other"), cause=Cause.PENDING)
    summary = GroupSummary(
        group=lines[0].group,
        bindings=(binding().name,),
        authority=Authority.AUTHORITATIVE,
        members=13,
    )
    made = plan(*lines, waiting, groups=(summary,))
    words = f"binding {binding().name}: authority was additive, is authoritative"
    assert said(head, made=made) == [f"{words}: 12 people would lose access"]
    assert said(head, made=plan(groups=(summary,))) == [f"{words}: nobody loses access"]
    gained = plan(replace(change("x"), cause=Cause.CHANGE), groups=(summary,))
    assert said(head, made=gained) == [f"{words}: 1 person would get access"]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            replace(BASE, settings=Settings(guards=GuardLimits(run_removals=(Limit(count=99),)))),
            (
                "settings: guards.run_removals was more than 20, more than 5 and more than 10 %, "
                "is more than 99"
            ),
        ),
        (replace(BASE, bindings=()), f"binding {binding().name} is gone"),
        (
            replace(
                BASE,
                tools={"claude": replace(BASE.tools["claude"], max_duration=days(9))},
            ),
            "tool claude: max_duration was not set, is 9 days",
        ),
        (
            replace(BASE, identities=(IdentityMapping(keys=("jira:1",), login="a@example.com"),)),
            "identity jira:1 is new",
        ),
        (
            replace(
                BASE,
                acknowledgements=(
                    Acknowledgement(
                        guard="run-removals",
                        connector=ConnectorId("okta-prod"),
                        people=frozenset({OktaUserId("00u1")}),
                        reason="moved",
                        by="a@example.com",
                        expires=date(2026, 11, 27),
                    ),
                ),
            ),
            "acknowledgement of run-removals by a@example.com through 2026-11-27 is new",
        ),
    ],
)
def test_each_difference_is_a_sentence(head, expected):
    """With what it was and what it is."""
    assert said(head) == [expected]


def test_what_a_file_says_of_an_account_is_told():
    """Also where it is so already and no line shows it; its people are named for the filter."""
    declared = AccountDeclaration(
        subject="jane@example.com",
        state=AccountState.SUSPENDED,
        reason="laptop stolen",
        approval=approval(),
    )
    head = replace(BASE, accounts=(declared,))
    assert said(head) == ["account jane@example.com is new"]
    edited = replace(head, accounts=(replace(declared, until=date(2026, 12, 1)),))
    assert said(edited, head) == ["account jane@example.com: until was not set, is 2026-12-01"]
    (found,) = catalog_changes(BASE, head, plan())
    names = {person.login for person in found.people}
    assert names == {"jane@example.com", "lead@example.com", "laptop stolen"}


def test_operators_are_told():
    """What they may is policy."""
    operator = Operator(email="desk@example.com", may=frozenset({AccountAction.UNLOCK}))
    (words,) = said(replace(BASE, settings=Settings(operators=(operator,))))
    assert words == "settings: operators was none, is email desk@example.com may unlock"


def test_doors_and_rules_of_approvals_are_told():
    """Where approvals are read decides who gets access; who signs in to Jira may be a person."""
    token = SecretRef(kind="env", value="JIRA_READ")
    jira = JiraDoor(
        site="https://acme.atlassian.net",
        cloud_id="1a2b",
        project="10000",
        issue_types=frozenset({"10001"}),
        approved=frozenset({"10005"}),
        ended=frozenset(),
        fields={JiraField.TOOL: "customfield_1", JiraField.SUBJECT: "reporter"},
        reading=JiraAccount(email="bot@example.com", token=token),
    )
    base = replace(BASE, doors=Doors(jira=jira))
    assert said(base) == ["door jira is new"]
    assert said(BASE, base) == ["door jira is gone"]
    assert [p.login for p in catalog_changes(BASE, base, plan())[0].people] == ["bot@example.com"]
    other = replace(
        jira, fields={JiraField.TOOL: "customfield_2"}, approved=frozenset({"10005", "10006"})
    )
    github = Doors(jira=other, github=GitHubDoor(repository="acme/access"))
    assert said(replace(base, doors=github), base) == [
        "door github is new",
        "door jira: approved was 10005, is 10005, 10006",
        "door jira: fields was tool: customfield_1, subject: reporter, is tool: customfield_2",
    ]
    rules = Settings(
        required=RequiredApproval.NONE, proposals=ProposalRules(merge=Merging.WHEN_VERIFIED)
    )
    assert said(replace(BASE, settings=rules)) == [
        "settings: approvals.required was high, is none",
        "settings: proposals.merge was manual, is when-verified",
    ]
    counted = replace(BASE.tools["claude"], approvals=frozenset({ApprovalSource.JIRA}))
    assert said(replace(BASE, tools={"claude": counted})) == [
        "tool claude: approvals was not set, is jira"
    ]


def test_what_moved_out_of_the_settings_is_no_change_of_what_they_declare():
    """`reviews` of a former version means nothing."""
    moved = MovedReviews(repository="acme/access", origin=Span("settings.yaml", 9, 1))
    assert said(replace(BASE, settings=Settings(moved_reviews=moved))) == []
