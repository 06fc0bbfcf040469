"""For every code, the smallest change to the sound catalog that earns it, and nothing else."""

from tests.support.catalogs import ACKNOWLEDGEMENT, BINDING, GRANT, SOUND, TOKEN, TOOL

GRANTS = "grants/claude/jane.yaml"
TOOLS = "tools/claude.yaml"
BINDINGS = "bindings/claude.yaml"
CONNECTORS = "connectors/okta-prod.yaml"
BIND = BINDING.partition("  bind:")[2].rstrip()
CURSOR = TOOL.replace("claude", "cursor").replace("Claude", "Cursor")
ADMINS = BINDING.replace("users\n", "admins\n", 1)

REPLACED = {
    "approval-missing": (GRANTS, "  approved_by: lead@example.com\n", ""),
    "approver-is-subject": (GRANTS, "subject: jane@", "subject: lead@"),
    "approver-repeated": (
        GRANTS,
        "approved_by: lead@example.com",
        "approved_by: [lead@example.com, LEAD@example.com]",
    ),
    "binding-bind-or-create": (BINDINGS, f"\n  bind:{BIND}", " {}"),
    "canary-group-bound": (BINDINGS, "00g1abcdef", "00g9abcdef"),
    "canary-missing": (CONNECTORS, SOUND[CONNECTORS].partition("OKTA_TOKEN}\n")[2], ""),
    "connector-auth-or-config": (CONNECTORS, "domain: https://acme.okta.com", "config: {env: C}"),
    "connector-domain-invalid": (CONNECTORS, "https://acme.okta.com", "https://evilokta.com"),
    "connector-type-unsupported": (CONNECTORS, "type: okta", "type: entra"),
    "duplicate-key": (GRANTS, "tool: claude\n", "tool: claude\ntool: claude\n"),
    "entitlement-needed": (GRANTS, "entitlement: users\n", ""),
    "expires-before-start": (GRANTS, "2027-01-20", "2026-11-19"),
    "forge-handle-missing": (TOOLS, ', github: "@lead"', ""),
    "fulfilment-manual-bound": (TOOLS, "risk: medium", "risk: medium\nfulfilment: manual"),
    "grant-unbound": (GRANTS, "entitlement: users", "entitlement: admins"),
    "group-description-too-long": (
        BINDINGS,
        f"bind:{BIND}",
        f"create: {{name: AI - a - b, description: {'d' * 1000}}}",
    ),
    "group-name-pattern": (BINDINGS, f"bind:{BIND}", "create: {name: Claude}"),
    "key-missing": (GRANTS, "purpose: Support triage\n", ""),
    "key-not-text": (GRANTS, "purpose:", "? [a]\n: b\npurpose:"),
    "key-unknown": (GRANTS, "expires:", "expiers:"),
    "line-end-hidden": (GRANTS, "Support triage", "Support triage # kept\u2028# until May"),
    "name-invisible-character": (GRANTS, "jane@", "ja\N{ZERO WIDTH SPACE}ne@"),
    "name-mixed-scripts": (GRANTS, "jane@", "j\N{CYRILLIC SMALL LETTER A}ne@"),
    "name-outer-space": (GRANTS, "jane@", "\N{NO-BREAK SPACE}jane@"),
    "naming-pattern-invalid": ("settings.yaml", "^AI - .+ - .+$", "(?=AI).+"),
    "placeholder-left": ("acknowledgements/move.yaml", "it@example.com", "YOUR-EMAIL"),
    "placeholder-unfilled": (CONNECTORS, "canary@example.com", "REPLACE@example.com"),
    "reference-unknown": (GRANTS, "entitlement: users", "entitlement: user"),
    "second-document": (GRANTS, "expires: 2027-01-20\n", "expires: 2027-01-20\n---\na: 1\n"),
    "secret-literal": (CONNECTORS, "{env: OKTA_TOKEN}", TOKEN),
    "secret-ref-invalid": (CONNECTORS, "{env: OKTA_TOKEN}", "{env: A, file: b}"),
    "text-reordered": (GRANTS, "Support triage", "Support triage # \u202ekept\u202c"),
    "too-deep": (GRANTS, "Support triage", "[" * 40),
    "value-not-allowed": (TOOLS, "risk: medium", "risk: hgih"),
    "value-wrong-form": (TOOLS, "90d", "3 months"),
    "value-wrong-type": (GRANTS, "2027-01-20", "20270120"),
    "yaml-alias": (GRANTS, "subject: jane@example.com", "subject: *a"),
    "yaml-anchor": (GRANTS, "tool: claude", "tool: &a claude"),
    "yaml-syntax": (GRANTS, "Support triage", "["),
    "yaml-tag": (GRANTS, "jane@example.com", "!!str jane@example.com"),
}
ADDED: dict[str, dict[str, str | bytes]] = {
    "binding-duplicate": {"bindings/z.yaml": BINDING},
    "bindings-disagree": {"bindings/admins.yaml": ADMINS + "authority: authoritative\n"},
    "connector-duplicate": {"connectors/z.yaml": SOUND[CONNECTORS]},
    "file-attributes": {"grants/.gitattributes": "*.yaml working-tree-encoding=UTF-7\n"},
    "file-empty": {"grants/claude/new.yaml": "# to be written\n"},
    "file-not-utf8": {"grants/claude/jörg.yaml": GRANT.encode().replace(b"Support", b"B\xfcro")},
    "file-too-large": {"grants/claude/all.yaml": b"#" * (8 * 1024 * 1024 + 1)},
    "file-unknown": {"grants/claude/joe.yml": GRANT},
    "grant-duplicate": {"grants/claude/z.yaml": GRANT},
    "grant-inside-another": {
        "grants/claude/z.yaml": GRANT.replace("AI-1", "AI-2").replace("2027-01-20", "2026-12-24")
    },
    "grant-outside-tool-folder": {"grants/cursor/joe.yaml": GRANT.replace("jane@", "joe@")},
    "group-bound-twice": {
        "connectors/z.yaml": SOUND[CONNECTORS]
        .replace("okta-prod", "okta-z")
        .replace("00g9", "00g8"),
        "bindings/z.yaml": BINDING.replace("okta-prod", "okta-z"),
    },
    "group-name-shared": {
        BINDINGS: BINDING.replace(f"bind:{BIND}", "create: {name: AI - a - b}"),
        "bindings/admins.yaml": ADMINS.replace(f"bind:{BIND}", "create: {name: AI - a - b}"),
    },
    "group-shared-unsaid": {
        "tools/cursor.yaml": CURSOR,
        "bindings/cursor.yaml": BINDING.replace("claude", "cursor") + "shared: true\n",
    },
    "identity-duplicate": {
        "identities/z.yaml": SOUND["identities/jane.yaml"].replace("jane@", "joe@")
    },
    "problems-left-out": {"grants/claude/joe.yaml": "grants: [" + "1, " * 150 + "]\n"},
    "tool-duplicate": {"tools/z.yaml": TOOL},
}


def changes(code: str) -> dict[str, str | bytes]:
    """The files to change or add."""
    if code in ADDED:
        return ADDED[code]
    name, before, after = REPLACED[code]
    assert before in SOUND[name], f"{before!r} is not in {name}"
    return {name: SOUND[name].replace(before, after, 1)}


JOE = GRANT.replace("jane", "joe")
MAPPED = "email: jane@example.com\nokta: {login: jane@example.com}\n"
CROWD = "grants:\n" + "".join(
    "  - " + GRANT.replace("jane@", f"p{n}@").replace("\n", "\n    ").rstrip() + "\n"
    for n in range(51)
)
CHANGED = {
    "acknowledgement-too-long": (
        {},
        {"acknowledgements/more.yaml": ACKNOWLEDGEMENT.replace("2026-11-27", "2026-11-30")},
    ),
    "approval-in-future": ({}, {"grants/claude/joe.yaml": JOE.replace("2026-11-20", "2026-11-23")}),
    "approval-not-renewed": ({}, {GRANTS: GRANT.replace("2027-01-20", "2027-02-10")}),
    "approver-unknown": ({}, {"grants/claude/joe.yaml": JOE.replace("lead@", "boss@")}),
    "base-invalid": ({TOOLS: TOOL + "more: 1\n"}, {}),
    "binding-retired-unbound": (
        {BINDINGS: None, GRANTS: None},
        {BINDINGS: BINDING + "retired: true\n", GRANTS: None},
    ),
    "binding-deleted": ({GRANTS: None}, {GRANTS: None, BINDINGS: None}),
    "binding-moved": ({}, {BINDINGS: BINDING.replace("00g1", "00g2")}),
    "change-beyond-mending": ({TOOLS: TOOL + "more: 1\n"}, {"grants/claude/joe.yaml": JOE}),
    "date-in-future": (
        {},
        {CONNECTORS: SOUND[CONNECTORS].replace("ssws", "ssws\n  rotated_at: 2026-11-23")},
    ),
    "expires-missing": ({}, {"grants/claude/joe.yaml": JOE.replace("expires: 2027-01-20\n", "")}),
    "grant-ended-already": (
        {},
        {"grants/claude/joe.yaml": JOE.replace("2027-01-20", "2026-11-21")},
    ),
    "grant-window-too-long": (
        {},
        {"grants/claude/joe.yaml": JOE.replace("2027-01-20", "2027-06-08")},
    ),
    "guard-loosened-with-change": (
        {},
        {
            GRANTS: GRANT + "revoked: {at: 2026-11-22, by: lead@example.com, reason: left}\n",
            "acknowledgements/more.yaml": ACKNOWLEDGEMENT.replace("team moved", "team left"),
        },
    ),
    "identity-changes-grant": (
        {"identities/jane.yaml": MAPPED},
        {"identities/jane.yaml": MAPPED.replace("jane@example.com}", "mallory@example.com}")},
    ),
    "grant-deleted": ({}, {GRANTS: None}),
    "policy-changed-with-grant": (
        {TOOLS: TOOL.replace("max_duration: 90d", "max_duration: 30d"), GRANTS: None},
        {},
    ),
    "subjects-too-many": ({}, {"grants/claude/crowd.yaml": CROWD}),
}
