"""A small sound catalog, which the example of a rule changes in one place to earn its code."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from reconciler.model.diagnostics import Example

__all__ = [
    "ACCOUNT",
    "ACCOUNTS",
    "ACCOUNT_FILE",
    "ACKNOWLEDGEMENT",
    "ACKNOWLEDGEMENT_FILE",
    "BINDING",
    "BINDING_FILE",
    "CONNECTOR",
    "CONNECTOR_FILE",
    "FILES",
    "GITHUB_DOOR",
    "GITHUB_DOOR_FILE",
    "GRANT",
    "GRANT_FILE",
    "GROUP",
    "IDENTITY",
    "IDENTITY_FILE",
    "JIRA_DOOR",
    "JIRA_DOOR_FILE",
    "NOW",
    "OTHER_GRANT",
    "OTHER_GRANT_FILE",
    "SETTINGS",
    "SETTINGS_FILE",
    "TOOL",
    "TOOL_FILE",
    "USER",
    "edit",
    "edit_account",
]

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
"""The instant at which examples are judged."""
GROUP = "00g1abcdefGHIJKLM5d7"
USER = "00u1abcdefGHIJKLM5d7"

SETTINGS_FILE = "settings.yaml"
SETTINGS = """\
identity: {match: [mapping, login]}
guards:
  run_removals: [{count: 20}, {count: 5, percent: 10}]
protected: [{login: break.glass@example.com, reason: emergency access}]
naming: {pattern: "^AI - .+ - .+$"}
"""
CONNECTOR_FILE = "connectors/okta-prod.yaml"
CONNECTOR = """\
id: okta-prod
type: okta
name: Okta production
domain: https://acme.okta.com
auth:
  method: ssws
  token: {env: OKTA_TOKEN}
canary: {user: canary@example.com, group: {id: 00g9abcdefGHIJKLM5d7, name: Canary}}
"""
TOOL_FILE = "tools/claude.yaml"
TOOL = """\
id: claude
name: Claude
owners: [{email: owner@example.com, github: "@acme/ai"}]
risk: medium
entitlements:
  users: {description: Seat}
  admins: {risk: high}
policy:
  max_duration: 90d
  approvers: [{email: lead@example.com, github: "@lead"}]
"""
BINDING_FILE = "bindings/claude.yaml"
BINDING = f"""\
tool: claude
entitlement: users
connector: okta-prod
group:
  bind: {{id: {GROUP}, name: Claude users}}
"""
GRANT_FILE = "grants/claude/jane.yaml"
GRANT = """\
tool: claude
entitlement: users
subject: jane@example.com
purpose: Support triage
approval:
  ticket: AI-1
  approved_by: lead@example.com
  approved_at: 2026-11-20
expires: 2027-01-20
"""
OTHER_GRANT_FILE = "grants/claude/joe.yaml"
OTHER_GRANT = GRANT.replace("jane", "joe")
"""A grant to add; the sample does not have it."""
IDENTITY_FILE = "identities/jane.yaml"
IDENTITY = f"""\
jira: 5b10a2844c20165700ede21g
okta: {{login: jane@example.com, id: {USER}}}
"""
ACKNOWLEDGEMENT_FILE = "acknowledgements/move.yaml"
ACKNOWLEDGEMENT = f"""\
guard: group-removals
connector: okta-prod
people: [{USER}]
reason: team moved
by: it@example.com
expires: 2026-11-27
"""
GITHUB_DOOR_FILE = "doors/github.yaml"
GITHUB_DOOR = """\
type: github
repository: acme/access
"""
JIRA_DOOR_FILE = "doors/jira.yaml"
JIRA_DOOR = """\
type: jira
site: https://acme.atlassian.net
cloud_id: 1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d
project: "10000"
issue_types: ["10001"]
approved: ["10005"]
ended: ["10007"]
fields:
  tool: customfield_10050
  entitlement: customfield_10051
  subject: customfield_10052
reading: {email: reads@example.com, token: {env: JIRA_READ_TOKEN}}
"""
"""Doors; the sample has none."""
ACCOUNT_FILE = "users/joe.yaml"
ACCOUNT = """\
user: joe@example.com
state: suspended
reason: laptop stolen
approval:
  ticket: SEC-1
  approved_by: desk@example.com
  approved_at: 2026-11-20
unlock:
  requested_at: 2026-11-20T08:00Z
  reason: locked out
  approval: {ticket: IT-1, approved_by: desk@example.com, approved_at: 2026-11-20}
"""
ACCOUNTS: Mapping[str, str] = MappingProxyType(
    {
        SETTINGS_FILE: f"""\
{SETTINGS}admins: [{{email: admin@example.com, github: "@acme/admins"}}]
operators:
  - email: desk@example.com
    github: "@acme/desk"
    may: [suspend, unsuspend, unlock]
""",
        CONNECTOR_FILE: f"{CONNECTOR}lifecycle: true\n",
        ACCOUNT_FILE: ACCOUNT,
    }
)
"""What makes of the sample one that declares a person's account."""
FILES: Mapping[str, str] = MappingProxyType(
    {
        SETTINGS_FILE: SETTINGS,
        CONNECTOR_FILE: CONNECTOR,
        TOOL_FILE: TOOL,
        BINDING_FILE: BINDING,
        IDENTITY_FILE: IDENTITY,
        ACKNOWLEDGEMENT_FILE: ACKNOWLEDGEMENT,
        GRANT_FILE: GRANT,
    }
)


def edit(path: str, before: str, after: str) -> Example:
    """One of the files with the first of a passage replaced; it has to be there."""
    return Example({path: _replace(FILES[path], before, after)})


def edit_account(before: str, after: str) -> Example:
    """The person's file with the first of a passage replaced, and what such a file needs."""
    return Example({**ACCOUNTS, ACCOUNT_FILE: _replace(ACCOUNT, before, after)})


def _replace(text: str, before: str, after: str) -> str:
    start, found, rest = text.partition(before)
    if not found:
        raise ValueError(f"the file does not say {before!r}")
    return f"{start}{after}{rest}"
