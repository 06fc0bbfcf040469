"""No grant rests on rules that the same change alters."""

import pytest

from reconciler.policy import sample
from tests.support.catalogs import BINDING, CONNECTOR, GRANT, SETTINGS, TOOL, judged

TOOLS, CONNECTORS = "tools/claude.yaml", "connectors/okta-prod.yaml"
BINDINGS = "bindings/claude.yaml"
JANE = "grants/claude/jane.yaml"
JOE = {"grants/claude/joe.yaml": GRANT.replace("jane", "joe")}
GITHUB = {sample.GITHUB_DOOR_FILE: sample.GITHUB_DOOR}
JIRA = {sample.JIRA_DOOR_FILE: sample.JIRA_DOOR}
EVIL = {sample.JIRA_DOOR_FILE: sample.JIRA_DOOR.replace("acme", "evil")}
REVIEWS = SETTINGS + "reviews: {forge: github, repository: acme/access}\n"
AT_JIRA = GRANT.partition("approval:")[0] + "approval: {by: jira, ticket: AI-7}\n"
BY_JIRA = {
    "grants/claude/joe.yaml": AT_JIRA.replace("jane", "joe")
    + "starts: 2026-11-22\nexpires: 2027-01-20\n"
}
STRICT = {"settings.yaml": f"{SETTINGS}approvals: {{required: all}}\n"}
MERGING = {"settings.yaml": f"{SETTINGS}proposals: {{merge: when-verified}}\n"}
NARROW = {**GITHUB, **JIRA, TOOLS: TOOL + "  approvals: [github]\n"}
ADMIN = {
    "grants/claude/joe.yaml": JOE["grants/claude/joe.yaml"].replace("users", "admins"),
    "bindings/admins.yaml": BINDING.replace("users\n", "admins\n", 1).replace("00g1", "00g2"),
}


def codes(root, base, head):
    """The codes of the change."""
    return sorted({d.code for d in judged(root, base, head).diagnostics})


@pytest.mark.parametrize(
    ("base", "head"),
    [
        (
            {},
            {
                TOOLS: TOOL.replace("lead@", "boss@"),
                **{k: v.replace("lead@", "boss@") for k, v in JOE.items()},
            },
        ),
        ({TOOLS: TOOL.replace("90d", "30d"), JANE: None}, {}),
        ({TOOLS: TOOL.replace("Seat}", "Seat, risk: high}")}, JOE),
        (
            {JANE: None},
            {
                JANE: GRANT.replace("jane@example.com", "jira:x"),
                "identities/joe.yaml": "jira: x\nokta: {login: joe@example.com}\n",
            },
        ),
        (
            {},
            {
                **JOE,
                "identities/x.yaml": "jira: x\n"
                "okta: {login: joe@example.com, id: 00u2abcdefGHIJKLM5d7}\n",
            },
        ),
        ({}, {**JOE, "settings.yaml": SETTINGS.replace("[mapping, login]", "[mapping, email]")}),
        (GITHUB, {**JOE, **dict.fromkeys(GITHUB)}),
        (GITHUB, {**JOE, "doors/github.yaml": sample.GITHUB_DOOR.replace("acme", "evil")}),
        (GITHUB, {**JOE, **GITHUB, **JIRA}),
        (JIRA, {**JOE, **EVIL}),
        (JIRA, {**BY_JIRA, **EVIL}),
        ({}, {**BY_JIRA, **JIRA}),
        ({"settings.yaml": REVIEWS}, {**JOE, "settings.yaml": SETTINGS}),
        (
            {"settings.yaml": REVIEWS},
            {
                **JOE,
                "settings.yaml": SETTINGS,
                "doors/github.yaml": sample.GITHUB_DOOR.replace("acme", "evil"),
            },
        ),
        (STRICT, {**JOE, "settings.yaml": SETTINGS}),
        ({}, {**JOE, "settings.yaml": f"{SETTINGS}approvals: {{required: none}}\n"}),
        ({}, {**JOE, **MERGING}),
        (NARROW, {**GITHUB, **JIRA, **BY_JIRA}),
        (NARROW, {**GITHUB, **JIRA, **JOE}),
        ({TOOLS: None, BINDINGS: None, JANE: None}, {}),
        ({}, {**JOE, CONNECTORS: CONNECTOR.replace("acme.okta.com", "other.okta.com")}),
        ({TOOLS: TOOL.replace("  admins: {risk: high}\n", "  guests: {risk: low}\n")}, ADMIN),
    ],
)
def test_a_grant_may_not_rest_on_rules_that_change_with_it(tmp_path, base, head):
    """Approver, duration, risk, identity, matching, doors, merging, the tool itself, the org."""
    assert "policy-changed-with-grant" in codes(tmp_path, base, head)


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ({}, {**JOE, **GITHUB}),
        ({}, {**JOE, **STRICT}),
        (MERGING, {**JOE, "settings.yaml": SETTINGS}),
        (JIRA, {**JIRA, **BY_JIRA}),
        ({"settings.yaml": REVIEWS}, {**JOE, **GITHUB, "settings.yaml": SETTINGS}),
    ],
)
def test_rules_that_only_grow_stricter_may_come_with_a_grant(tmp_path, base, head):
    """Where nothing was verified, the first door lets nothing through that was held."""
    assert "policy-changed-with-grant" not in codes(tmp_path, base, head)
