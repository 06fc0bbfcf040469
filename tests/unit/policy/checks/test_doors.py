"""Where approvals are read is described, and counts for the grants that point at it."""

import pytest

from reconciler.model.diagnostics import Severity
from reconciler.policy.sample import GITHUB_DOOR, JIRA_DOOR
from tests.support.catalogs import CONNECTOR, GRANT, SETTINGS, TOOL, judged, loaded, said

GITHUB, JIRA = {"doors/github.yaml": GITHUB_DOOR}, {"doors/jira.yaml": JIRA_DOOR}
JANE, TOOLS = "grants/claude/jane.yaml", "tools/claude.yaml"
HEAD = GRANT.partition("approval:")[0]
ENDS = "expires: 2027-01-20\n"
DATED = "starts: 2026-11-22\n" + ENDS


def by(approval, dates=DATED):
    """Jane's grant with this approval."""
    return {JANE: f"{HEAD}approval: {{{approval}}}\n{dates}"}


@pytest.mark.parametrize(
    "files",
    [
        {**GITHUB, **by("by: github")},
        {**GITHUB, **by("by: github, requested_by: joe@example.com")},
        {**JIRA, **by("by: jira, ticket: AI-7")},
        {**JIRA, **GITHUB, **by("by: jira, ticket: AI-7, requested_by: jane@example.com")},
        {**JIRA, **by("by: jira, ticket: AI-7"), TOOLS: TOOL + "  approvals: [jira]\n"},
        {**GITHUB, **by("by: github", ENDS), TOOLS: TOOL.replace("  max_duration: 90d\n", "")},
    ],
)
def test_an_approval_at_a_source_that_is_there_is_fine(tmp_path, files):
    """Who agreed is read there; a tool may have no limit."""
    assert said(loaded(tmp_path, files)) == []


def test_a_grant_that_has_ended_is_a_record(tmp_path):
    """The door through which it was approved may be gone."""
    files = by("by: jira, ticket: AI-7", "expires: 2026-11-20\n")
    assert judged(tmp_path, files, files).diagnostics == ()


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (by("by: github"), ["approval-source-unknown grants/claude/jane.yaml:5:16"]),
        ({**GITHUB, **by("by: jira, ticket: A-B")}, ["value-wrong-form"]),
        ({**GITHUB, **by("by: jira, ticket: AI-1")}, ["approval-source-unknown"]),
        ({**GITHUB, **by("by: slack")}, ["value-not-allowed grants/claude/jane.yaml:5:16"]),
        (by("by: slack"), ["value-not-allowed grants/claude/jane.yaml:5:16"]),
        ({**JIRA, **by("by: jira")}, ["approval-missing grants/claude/jane.yaml:5:11"]),
        ({**GITHUB, **by("by: github, ticket: AI-1")}, ["approval-mixed"]),
        ({**GITHUB, **by("by: github, approved_by: lead@example.com")}, ["approval-mixed"]),
        ({**JIRA, **by("by: jira, ticket: AI-1, approved_at: 2026-11-20")}, ["approval-mixed"]),
        ({**JIRA, **by("by: jira, tickets: AI-1")}, ["key-unknown"]),
        ({**GITHUB, **by("by: github", ENDS)}, ["starts-missing grants/claude/jane.yaml:1:1"]),
    ],
)
def test_what_is_wrong_is_said_of_the_form_that_was_meant(tmp_path, files, expected):
    """Each mistake once: `by` says which form it is."""
    found = [
        one for one in said(loaded(tmp_path, files)) if not one.startswith("approval-source-")
    ] or said(loaded(tmp_path, files))
    assert len(found) == len(expected)
    assert all(one.startswith(wanted) for one, wanted in zip(found, expected, strict=True))


def test_a_door_that_cannot_be_read_is_not_called_missing(tmp_path):
    """Its own mistake is what is told."""
    files = {"doors/jira.yaml": JIRA_DOOR.replace('"10000"', "AI"), **by("by: jira, ticket: AI-1")}
    assert said(loaded(tmp_path, files)) == ["value-wrong-form doors/jira.yaml:4:10"]


def test_a_tool_counts_only_sources_that_are_there(tmp_path):
    """Else nothing could bear out what it asks for, and nothing would be asked."""
    files = {**GITHUB, TOOLS: TOOL + "  approvals: [jira]\n"}
    assert said(loaded(tmp_path, files)) == ["approval-source-unknown tools/claude.yaml:11:14"]
    assert said(loaded(tmp_path, {**files, **JIRA})) == []


def test_a_grant_of_the_wrong_form_is_judged_as_far_as_it_is_read(tmp_path):
    """All that is wrong is told in one run."""
    text = by("by: jira, ticket: AI-1")[JANE].replace("purpose:", "porpoise:")
    assert said(loaded(tmp_path, {JANE: text})) == [
        "key-unknown grants/claude/jane.yaml:4:1",
        "approval-source-unknown grants/claude/jane.yaml:5:16",
    ]
    mixed = GRANT.replace("  ticket", "  requested_by: LEAD@example.com\n  tickets: a\n  ticket")
    assert said(loaded(tmp_path, {JANE: mixed})) == [
        "key-unknown grants/claude/jane.yaml:7:3",
        "approver-is-requester grants/claude/jane.yaml:9:16",
    ]


def test_who_asked_under_another_name_does_not_approve(tmp_path):
    """An account elsewhere is who a mapping says."""
    mapped = {"identities/lead.yaml": "slack: U1\nokta: {login: lead@example.com}\n"}
    asked = {JANE: GRANT.replace("  ticket", '  requested_by: "slack:U1"\n  ticket')}
    assert said(loaded(tmp_path, asked)) == []
    assert said(loaded(tmp_path, {**asked, **mapped})) == [
        "approver-is-requester grants/claude/jane.yaml:8:16"
    ]


def test_a_source_that_the_tool_no_longer_counts_holds_back_what_is_new(tmp_path):
    """An old grant is no mistake: it gives nobody access anew."""
    narrow = {**GITHUB, **JIRA, TOOLS: TOOL + "  approvals: [github]\n"}
    grant = by("by: jira, ticket: AI-7")
    (old,) = loaded(tmp_path, {**narrow, **grant}).diagnostics
    assert (old.code, old.severity) == ("approval-source-unknown", Severity.WARNING)
    found = judged(tmp_path, {**narrow, JANE: None}, {**narrow, **grant}).diagnostics
    assert [(d.code, d.severity) for d in found] == [("approval-source-unknown", Severity.ERROR)]


def test_a_grant_of_the_change_says_when_it_begins(tmp_path):
    """Its length counts from there; a tool may have got its limit later."""
    files = {**GITHUB, **by("by: github", ENDS)}
    (old,) = loaded(tmp_path, files).diagnostics
    assert (old.code, old.severity) == ("starts-missing", Severity.WARNING)
    found = judged(tmp_path, {**GITHUB, JANE: None}, files).diagnostics
    assert [(d.code, d.severity) for d in found] == [("starts-missing", Severity.ERROR)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('["10007"]', '["10007", "10005"]', "door-ambiguous doors/jira.yaml:7:8"),
        ("_10051", "_10050", "door-ambiguous doors/jira.yaml:10:16"),
        ("  entitlement: customfield_10051\n", "", "door-entitlement-unmapped doors/jira.yaml:9:3"),
        ("  tool: customfield_10050\n", "", "key-missing doors/jira.yaml:9:3"),
        ("https://acme", "http://acme", "value-wrong-form doors/jira.yaml:2:7"),
        ("net\n", "net/\n", "value-wrong-form doors/jira.yaml:2:7"),
        ("net\n", "net:443\n", "value-wrong-form doors/jira.yaml:2:7"),
        ("https://", "https://me@", "value-wrong-form doors/jira.yaml:2:7"),
        ("acme.at", "acme.evil.at", "value-wrong-form doors/jira.yaml:2:7"),
        (".net", ".net.evil.com", "value-wrong-form doors/jira.yaml:2:7"),
        ("1a2b3c4d", "1A2B3C4D", "value-wrong-form doors/jira.yaml:3:11"),
        ('"10000"', "10000", "value-wrong-type doors/jira.yaml:4:10"),
        ('"10000"', '"AI"', "value-wrong-form doors/jira.yaml:4:10"),
        ('["10005"]', "[Approved]", "value-wrong-form doors/jira.yaml:6:12"),
        ("customfield_10050", "Tool name", "value-wrong-form doors/jira.yaml:9:9"),
        ("{env: JIRA_READ_TOKEN}", "s3cret", "secret-literal doors/jira.yaml:12:44"),
        ("type: jira", "type: jyra", "value-not-allowed doors/jira.yaml:1:7"),
    ],
)
def test_a_door_of_jira_is_exact(tmp_path, before, after, expected):
    """A site that is not Atlassian's would be sent a token; a name may mean another thing."""
    text = JIRA_DOOR.replace(before, after, 1)
    assert text != JIRA_DOOR
    assert expected in said(loaded(tmp_path, {"doors/jira.yaml": text}))


def test_issues_need_no_entitlement_where_each_tool_has_one(tmp_path):
    """Nor for a tool that counts no issues."""
    text = JIRA_DOOR.replace("  entitlement: customfield_10051\n", "")
    one = TOOL.replace("  admins: {risk: high}\n", "")
    assert said(loaded(tmp_path, {"doors/jira.yaml": text, TOOLS: one})) == []
    reviewed = {**GITHUB, "doors/jira.yaml": text, TOOLS: TOOL + "  approvals: [github]\n"}
    assert said(loaded(tmp_path, reviewed)) == []


def test_what_moved_is_told_with_the_file_to_write(tmp_path):
    """The settings of an older version said where reviews are."""
    text = SETTINGS + "reviews: {forge: github, repository: acme/access}\n"
    (found,) = loaded(tmp_path, {"settings.yaml": text}).diagnostics
    assert (found.code, found.severity) == ("reviews-moved", Severity.ERROR)
    assert "`repository: acme/access` into doors/github.yaml" in found.hint


@pytest.mark.parametrize("name", ["github", "jira"])
def test_no_connector_is_called_like_a_door(tmp_path, name):
    """Its secrets would be the door's."""
    text = CONNECTOR.replace("id: okta-prod", f"id: {name}")
    found = said(loaded(tmp_path, {"connectors/other.yaml": text}))
    assert found == ["connector-name-reserved connectors/other.yaml:1:5"]
