"""One planted mistake, one diagnostic, at the exact place."""

import pytest

from tests.support.catalogs import GROUP, SOUND, TOKEN, USER, loaded, planted, said

GRANT = "grants/claude/jane.yaml"
TOOL = "tools/claude.yaml"
BINDING = "bindings/claude.yaml"
CONNECTOR = "connectors/okta-prod.yaml"
IDENTITY = "identities/jane.yaml"
ACK = "acknowledgements/move.yaml"
SETTINGS = "settings.yaml"

REQUESTER = ("approver-is-requester", "8:16")
MISTAKES = [
    # how YAML is written
    (GRANT, "purpose: Support triage", "purpose: [", "yaml-syntax", "4:10"),
    (GRANT, "tool: claude\n", "tool: claude\ntool: claude\n", "duplicate-key", "2:1"),
    (GRANT, "tool: claude", "tool: &a claude", "yaml-anchor", "1:7"),
    (GRANT, "subject: jane@example.com", "subject: *a", "yaml-alias", "3:10"),
    (GRANT, "subject: jane@example.com", "subject: !!str jane@example.com", "yaml-tag", "3:10"),
    (GRANT, "expires: 2027-01-20\n", "expires: 2027-01-20\n---\na: 1\n", "second-document", "10:1"),
    (GRANT, "purpose: Support triage", "purpose: " + "[" * 40, "too-deep", "4:41"),
    (GRANT, "purpose:", "? [a]\n: b\npurpose:", "key-not-text", "4:3"),
    (GRANT, "purpose:", "1: b\npurpose:", "key-not-text", "4:1"),
    # the form of a grant
    (GRANT, "expires:", "expire:", "key-unknown", "9:1"),
    (GRANT, "  ticket:", "  tickets: x\n  ticket:", "key-unknown", "6:3"),
    (GRANT, "purpose: Support triage\n", "", "key-missing", "1:1"),
    (GRANT, "  ticket: AI-1\n", "", "key-missing", "6:3"),
    (GRANT, "  approved_by: lead@example.com\n", "", "approval-missing", "6:3"),
    (GRANT, "2027-01-20", "2027-02-30", "value-wrong-form", "9:10"),
    (GRANT, "2027-01-20", "20270120", "value-wrong-type", "9:10"),
    (GRANT, "2027-01-20", '"2027-1-20"', "value-wrong-form", "9:10"),
    (GRANT, "jane@example.com", "jane doe", "value-wrong-form", "3:10"),
    (GRANT, "AI-1", "42", "value-wrong-type", "6:11"),
    (GRANT, "Support triage", "yes: no", "yaml-syntax", "4:13"),
    (GRANT, "approved_by: lead@example.com", "approved_by: []", "value-wrong-form", "7:16"),
    # the form of the others
    (SETTINGS, "naming:", "approvals: {required: some}\nnaming:", "value-not-allowed", "5:23"),
    (SETTINGS, "naming:", "proposals: {merge: auto}\nnaming:", "value-not-allowed", "5:20"),
    (SETTINGS, "naming:", "proposals: {most_open: 0}\nnaming:", "value-wrong-form", "5:24"),
    (TOOL, "90d", "90d\n  approvals: [slack]", "value-not-allowed", "10:15"),
    (TOOL, "90d", "90d\n  approvals: []", "value-wrong-form", "10:14"),
    (SETTINGS, "break.glass@", "REPLACE@", "placeholder-unfilled", "4:21"),
    (CONNECTOR, "acme.okta", "replace-with-yours.okta", "placeholder-unfilled", "4:9"),
    (CONNECTOR, "{env: OKTA_TOKEN}", "{env: REPLACE}", "placeholder-unfilled", "7:16"),
    (TOOL, '"@lead"', '"@REPLACE/lead"', "placeholder-unfilled", "10:49"),
    (BINDING, GROUP, "00gREPLACEwithYOURid", "placeholder-unfilled", "5:14"),
    (TOOL, "risk: medium", "risk: hgih", "value-not-allowed", "4:7"),
    (TOOL, "risk: medium", "risk: 3", "value-not-allowed", "4:7"),
    (TOOL, "id: claude", "id: Claude_1", "value-wrong-form", "1:5"),
    (TOOL, "  admins:", "  Admins!:", "value-wrong-form", "7:3"),
    (TOOL, "90d", "3 months", "value-wrong-form", "9:17"),
    (TOOL, '[{email: owner@example.com, github: "@acme/ai"}]', "[]", "value-wrong-form", "3:9"),
    (TOOL, "{risk: high}", "{min_members: -1}", "value-wrong-form", "7:25"),
    (BINDING, GROUP, USER, "value-wrong-form", "5:14"),
    (BINDING, "  bind:", "  create: {name: AI - a - b}\n  bind:", "binding-bind-or-create", "5:3"),
    (
        BINDING,
        f"\n  bind: {{id: {GROUP}, name: Claude users}}",
        " {}",
        "binding-bind-or-create",
        "4:8",
    ),
    (CONNECTOR, "type: okta", "type: entra", "connector-type-unsupported", "2:7"),
    (CONNECTOR, "{env: OKTA_TOKEN}", "s3cret", "secret-literal", "7:10"),
    (CONNECTOR, "{env: OKTA_TOKEN}", TOKEN, "secret-literal", "7:10"),
    (CONNECTOR, "{env: OKTA_TOKEN}", "{env: A, file: b}", "secret-ref-invalid", "7:10"),
    (CONNECTOR, "{env: OKTA_TOKEN}", "{}", "secret-ref-invalid", "7:10"),
    (CONNECTOR, "{env: OKTA_TOKEN}", "12", "secret-ref-invalid", "7:10"),
    (
        CONNECTOR,
        "domain: https://acme.okta.com",
        "config: {env: C}",
        "connector-auth-or-config",
        "6:3",
    ),
    (CONNECTOR, "domain: https://acme.okta.com\n", "", "key-missing", "1:1"),
    (CONNECTOR, "method: ssws", "method: oauth", "value-not-allowed", "6:11"),
    (CONNECTOR, "method: ssws", "client_id: x\n  method: ssws", "key-unknown", "6:3"),
    (IDENTITY, "okta: {", "okta: {mail: x, ", "key-unknown", "2:8"),
    (IDENTITY, "jira: 5b10a2844c20165700ede21g\n", "slack: 557058e12\n", "value-wrong-type", "1:8"),
    (ACK, f"[{USER}]", f"[{USER}, {USER}]", "value-wrong-form", "3:9"),
    (SETTINGS, "[mapping, login]", "[mapping, emial]", "value-not-allowed", "1:29"),
    (SETTINGS, "{count: 20}", "{}", "key-missing", "3:18"),
    (SETTINGS, "run_removals", "run_removal", "key-unknown", "3:3"),
    (SETTINGS, '"^AI - .+ - .+$"', '"("', "naming-pattern-invalid", "5:19"),
    (SETTINGS, '"^AI - .+ - .+$"', '"(?=AI).+"', "naming-pattern-invalid", "5:19"),
    # what refers to nothing
    (GRANT, "entitlement: users", "entitlement: user", "reference-unknown", "2:14"),
    (GRANT, "entitlement: users\n", "", "entitlement-needed", "1:1"),
    (BINDING, "connector: okta-prod", "connector: okta-prd", "reference-unknown", "3:12"),
    (ACK, "connector: okta-prod", "connector: okta-lab", "reference-unknown", "2:12"),
    # what policy refuses
    (GRANT, "entitlement: users", "entitlement: admins", "grant-unbound", "2:14"),
    (GRANT, "2027-01-20", "2027-02-19", "grant-window-too-long", "9:10"),
    (GRANT, "2027-01-20", "2026-11-19", "expires-before-start", "9:10"),
    (GRANT, "expires: 2027-01-20\n", "", "expires-missing", "1:1"),
    (GRANT, "approved_by: lead@", "approved_by: boss@", "approver-unknown", "7:16"),
    (GRANT, "lead@example.com", "[lead@example.com, x@example.com]", "approver-unknown", "7:35"),
    (GRANT, "subject: jane", "subject: Lead", "approver-is-subject", "7:16"),
    (GRANT, "  approved_by", "  requested_by: Lead@example.com\n  approved_by", *REQUESTER),
    (GRANT, "  approved_by", "  requested_by: \uff4cead@example.com\n  approved_by", *REQUESTER),
    (CONNECTOR, "https://acme.okta.com", "http://acme.okta.com", "connector-domain-invalid", "4:9"),
    (TOOL, "risk: medium", "risk: medium\nfulfilment: manual", "fulfilment-manual-bound", None),
    (
        BINDING,
        f"bind: {{id: {GROUP}, name: Claude users}}",
        "create: {name: Claude}",
        "group-name-pattern",
        "5:18",
    ),
]


@pytest.mark.parametrize(("name", "before", "after", "code", "where"), MISTAKES)
def test_a_planted_mistake_is_named_where_it_stands(tmp_path, name, before, after, code, where):
    """A person goes straight to the character; nothing else is blamed."""
    expected = f"{code} {name}:{where}" if where else f"{code} {BINDING}:1:7"
    assert [expected] == said(planted(tmp_path, name, before, after))


def test_the_sound_catalog_has_nothing_to_say(tmp_path):
    """Every row above is about its one change."""
    result = loaded(tmp_path)
    assert (said(result), result.files, len(result.catalog.grants)) == ([], 7, 1)


def test_twenty_mistakes_in_several_files_are_all_reported_in_one_run(tmp_path):
    """Nobody corrects a catalog one complaint at a time."""
    rows = [row for row in MISTAKES if row[0] == GRANT][1:]
    copies = {f"grants/claude/{n:02}.yaml": row for n, row in enumerate(rows, start=10)}
    changed = {
        path: SOUND[GRANT].replace(row[1], row[2], 1).replace("jane@", f"j{number}@")
        for number, (path, row) in enumerate(copies.items())
    }
    others = {"notes.txt": "", "tools/old.yml": "", "people/jane.yaml": "", "grants/jane.yaml": ""}
    expected = {f"{row[3]} {path}:{row[4]}" for path, row in copies.items()}
    expected |= {f"file-unknown {path}:1:1" for path in others}
    result = said(loaded(tmp_path, {**changed, **others}))
    assert len(result) >= 20
    assert expected == set(result)
    assert sorted(result, key=lambda line: line.split()[1].split(":")[0]) == result


def test_a_secret_is_never_repeated_in_what_is_said(tmp_path):
    """Diagnostics go to logs that many people read."""
    result = planted(tmp_path, GRANT, "Support triage", f"{TOKEN}\n{TOKEN}: 1")
    assert TOKEN not in repr(result.diagnostics)
    assert "secret-literal" in repr(result.diagnostics)


def test_grants_of_a_tool_that_cannot_be_read_are_not_blamed_for_it(tmp_path):
    """One broken tool file gives one complaint, not one per grant."""
    assert [f"yaml-syntax {TOOL}:1:5"] == said(loaded(tmp_path, {TOOL: "id: ]\n"}))
