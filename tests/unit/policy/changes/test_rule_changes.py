"""No grant rests on rules that the same change alters."""

import pytest

from tests.support.catalogs import BINDING, CONNECTOR, GRANT, SETTINGS, TOOL, judged

TOOLS, CONNECTORS = "tools/claude.yaml", "connectors/okta-prod.yaml"
BINDINGS = "bindings/claude.yaml"
JANE = "grants/claude/jane.yaml"
JOE = {"grants/claude/joe.yaml": GRANT.replace("jane", "joe")}
REVIEWS = "reviews: {forge: github, repository: acme/access}\n"
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
        ({"settings.yaml": SETTINGS + REVIEWS}, {**JOE, "settings.yaml": SETTINGS}),
        (
            {"settings.yaml": SETTINGS + REVIEWS},
            {**JOE, "settings.yaml": SETTINGS + REVIEWS.replace("acme", "evil")},
        ),
        ({TOOLS: None, BINDINGS: None, JANE: None}, {}),
        ({}, {**JOE, CONNECTORS: CONNECTOR.replace("acme.okta.com", "other.okta.com")}),
        ({TOOLS: TOOL.replace("  admins: {risk: high}\n", "  guests: {risk: low}\n")}, ADMIN),
    ],
)
def test_a_grant_may_not_rest_on_rules_that_change_with_it(tmp_path, base, head):
    """Approver, duration, risk, identity, matching, the tool itself, the org."""
    assert "policy-changed-with-grant" in codes(tmp_path, base, head)
