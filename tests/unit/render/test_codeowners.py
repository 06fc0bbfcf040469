"""Who has to agree to a change of which file."""

import re
from dataclasses import replace

import pytest

from reconciler.catalog.load import load
from reconciler.catalog.packaged import packaged_catalog
from reconciler.model.accounts import AccountAction
from reconciler.model.approvals.doors import Doors, GitHubDoor, JiraAccount, JiraDoor
from reconciler.model.catalog import Catalog, Risk
from reconciler.model.diagnostics import Span
from reconciler.model.ids import SecretRef
from reconciler.model.settings import (
    Contact,
    Merging,
    Operator,
    ProposalRules,
    RequiredApproval,
    Settings,
)
from reconciler.model.validity import ApprovalSource
from reconciler.render.codeowners import can_name, codeowners, explain_missing_owners
from tests.support.nouns import tool

ADMINS = Settings(admins=(Contact(email="it@example.com", github="@acme/it"),))
OWNER, LEAD = Contact(email="o@x.io", github="@owner"), Contact(email="l@x.io", github="@lead")
CLAUDE = replace(
    tool("claude", users={}),
    owners=(OWNER,),
    approvers=(LEAD,),
    origin=Span("catalog/tools/claude.yaml", 1, 1),
)
CATALOG = Catalog(settings=ADMINS, tools={"claude": CLAUDE})


def owner_of(path, catalog=CATALOG, folder="catalog"):
    """The owners that the last matching line names."""
    owners = ""
    for line in codeowners(catalog, folder).splitlines():
        pattern, _, who = line.partition(" ")
        is_folder = pattern.endswith("/") and f"/{path}".startswith(pattern)
        if pattern == "*" or is_folder or pattern == f"/{path}":
            owners = who
    return owners


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("catalog/grants/claude/jane.yaml", "@lead"),
        ("catalog/grants/claude/team/jane.yaml", "@lead"),
        ("catalog/grants/unknown/x.yaml", "@acme/it"),
        ("catalog/tools/claude.yaml", "@owner"),
        ("catalog/tools/new.yaml", "@acme/it"),
        ("catalog/settings.yaml", "@acme/it"),
        ("catalog/connectors/okta-prod.yaml", "@acme/it"),
        ("catalog/doors/jira.yaml", "@acme/it"),
        ("catalog/bindings/claude.yaml", "@acme/it"),
        ("catalog/identities/jane.yaml", "@acme/it"),
        ("catalog/acknowledgements/move.yaml", "@acme/it"),
        (".github/workflows/apply.yml", "@acme/it"),
        (".github/CODEOWNERS", "@acme/it"),
        ("CODEOWNERS", "@acme/it"),
        ("README.md", "@acme/it"),
    ],
)
def test_each_file_has_the_owner_its_kind_asks_for(path, owners):
    """The last line that matches decides."""
    assert owner_of(path) == owners


DESK = Operator(email="desk@x.io", may=frozenset({AccountAction.UNLOCK}), github="@acme/desk")


def test_what_is_said_of_accounts_belongs_to_admins_and_operators():
    """Whoever of them agrees; without operators the admins have it, as all else."""
    staffed = replace(CATALOG, settings=replace(ADMINS, operators=(DESK,)))
    assert owner_of("catalog/users/joe.yaml", staffed) == "@acme/it @acme/desk"
    assert owner_of("catalog/settings.yaml", staffed) == "@acme/it"
    assert owner_of("catalog/users/joe.yaml") == "@acme/it"
    assert "users/" not in codeowners(CATALOG, "catalog")


def test_an_operator_who_cannot_be_asked_is_named():
    """By the address that the settings have."""
    bare = replace(CATALOG, settings=replace(ADMINS, operators=(replace(DESK, github=None),)))
    assert list(explain_missing_owners(bare)) == [
        "desk@x.io of the settings' operators has no name at GitHub (`github`)"
    ]


def test_a_tool_without_approvers_is_approved_by_its_owners():
    """As validation says too."""
    bare = Catalog(settings=ADMINS, tools={"claude": replace(CLAUDE, approvers=())})
    assert owner_of("catalog/grants/claude/jane.yaml", bare) == "@owner"


def test_a_file_of_several_tools_stays_with_the_admins():
    """One tool's owner must not rule another's approvers."""
    other = replace(CLAUDE, id="cursor", owners=(LEAD,))
    both = Catalog(settings=ADMINS, tools={"claude": CLAUDE, "cursor": other})
    assert owner_of("catalog/tools/claude.yaml", both) == "@acme/it"


def test_a_file_name_that_is_a_pattern_stays_with_the_admins():
    """A star would own every file beside it."""
    odd = replace(CLAUDE, origin=Span("catalog/tools/*.yaml", 1, 1))
    text = codeowners(Catalog(settings=ADMINS, tools={"claude": odd}), "catalog")
    assert "*.yaml" not in text


@pytest.mark.parametrize(
    ("folder", "start"), [("catalog", "/catalog/"), (".", "/"), ("a/b", "/a/b/")]
)
def test_paths_start_at_the_top_of_the_repository(folder, start):
    """Wherever in it the catalog lies."""
    assert f"{start}grants/claude/ @lead" in codeowners(CATALOG, folder).splitlines()


def test_whoever_cannot_be_asked_is_named():
    """A line without an owner would mean that anybody may."""
    silent = replace(CLAUDE, approvers=(Contact(email="l@x.io"), LEAD), owners=())
    found = list(explain_missing_owners(Catalog(tools={"claude": silent})))
    assert found == [
        "settings.yaml names no `admins`, so nobody owns the rules",
        "l@x.io of the approvers of claude has no name at GitHub (`github`)",
    ]
    assert list(explain_missing_owners(CATALOG)) == []


def test_the_example_company_asks_somebody_for_every_file():
    """And every line but comments names an owner."""
    catalog = load(packaged_catalog()).catalog
    assert list(explain_missing_owners(catalog)) == []
    lines = [t for t in codeowners(catalog, "catalog").splitlines() if t and not t.startswith("#")]
    assert all(len(line.split()) > 1 and line.split()[1].startswith("@") for line in lines)


def test_a_blank_in_the_folder_does_not_end_the_pattern():
    """What follows it would be read as owners, and the folder would be nobody's."""
    lines = codeowners(CATALOG, "access files/my catalog").splitlines()
    assert r"/access\ files/my\ catalog/grants/claude/ @lead" in lines
    patterns = [re.split(r"(?<!\\) ", line)[0] for line in lines if line.startswith("/access")]
    assert len(patterns) == 10
    assert all(p.replace("\\ ", " ").startswith("/access files/my catalog/") for p in patterns)


@pytest.mark.parametrize("folder", ["a#b", "a*", "[ab]", "a\\b", "a\tb", "!a", "a\nb", "a?"])
def test_a_folder_that_no_pattern_can_mean_is_told(folder):
    """It would match another one, or end the line."""
    assert not can_name(folder)
    assert all(map(can_name, ("catalog", ".", "", "a b/c-d_e.f", "zugänge")))


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
BOTH = Doors(github=GitHubDoor(repository="acme/access"), jira=JIRA)
HIGH = replace(tool("claude", users={"risk": Risk.HIGH}), approvers=(LEAD,))
MIXED = replace(tool("claude", users={"risk": Risk.HIGH}, guests={}), approvers=(LEAD,))
REVIEWED = replace(CLAUDE, approvals=frozenset({ApprovalSource.GITHUB}))


@pytest.mark.parametrize(
    ("merge", "required", "doors", "what", "owners"),
    [
        (Merging.WHEN_VERIFIED, RequiredApproval.ALL, BOTH, CLAUDE, ""),
        (Merging.WHEN_VERIFIED, RequiredApproval.HIGH, BOTH, HIGH, ""),
        (Merging.MANUAL, RequiredApproval.ALL, BOTH, CLAUDE, "@lead"),
        (Merging.WHEN_VERIFIED, RequiredApproval.HIGH, BOTH, CLAUDE, "@lead"),
        (Merging.WHEN_VERIFIED, RequiredApproval.HIGH, BOTH, MIXED, "@lead"),
        (Merging.WHEN_VERIFIED, RequiredApproval.NONE, BOTH, HIGH, "@lead"),
        (Merging.WHEN_VERIFIED, RequiredApproval.ALL, BOTH, REVIEWED, "@lead"),
        (Merging.WHEN_VERIFIED, RequiredApproval.ALL, Doors(github=BOTH.github), CLAUDE, "@lead"),
        (Merging.WHEN_VERIFIED, RequiredApproval.ALL, Doors(), CLAUDE, "@lead"),
    ],
)
def test_grants_are_left_to_the_check_only_where_no_claim_adds_anybody(
    merge, required, doors, what, owners
):
    """Without a review, a typed approval would be whoever writes the file."""
    rules = replace(ADMINS, required=required, proposals=ProposalRules(merge=merge))
    catalog = Catalog(settings=rules, tools={"claude": what}, doors=doors)
    assert owner_of("catalog/grants/claude/jane.yaml", catalog) == owners
    assert owner_of("catalog/grants/unknown/x.yaml", catalog) == "@acme/it"
    assert owner_of("catalog/doors/jira.yaml", catalog) == "@acme/it"
