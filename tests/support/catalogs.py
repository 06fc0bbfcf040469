"""Catalogs for tests: a small sound one, and the mistakes planted into it."""

from datetime import UTC, date, datetime
from pathlib import Path

from reconciler.catalog.files import Folder
from reconciler.catalog.load import Loaded, load_and_judge, load_and_judge_change

Files = dict[str, str | bytes | None]
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
GROUP = "00g1abcdefGHIJKLM5d7"
USER = "00u1abcdefGHIJKLM5d7"
TOKEN = "00" + "abcdefghij" * 4  # shaped like an API token, and nobody's

SETTINGS = """\
identity: {match: [mapping, login]}
guards:
  run_removals: [{count: 20}, {count: 5, percent: 10}]
protected: [{login: break.glass@example.com, reason: emergency access}]
naming: {pattern: "^AI - .+ - .+$"}
"""
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
BINDING = f"""\
tool: claude
entitlement: users
connector: okta-prod
group:
  bind: {{id: {GROUP}, name: Claude users}}
"""
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
IDENTITY = f"""\
jira: 5b10a2844c20165700ede21g
okta: {{login: jane@example.com, id: {USER}}}
"""
ACKNOWLEDGEMENT = f"""\
guard: group-removals
connector: okta-prod
people: [{USER}]
reason: team moved
by: it@example.com
expires: 2026-11-27
"""
SOUND = {
    "settings.yaml": SETTINGS,
    "connectors/okta-prod.yaml": CONNECTOR,
    "tools/claude.yaml": TOOL,
    "bindings/claude.yaml": BINDING,
    "identities/jane.yaml": IDENTITY,
    "acknowledgements/move.yaml": ACKNOWLEDGEMENT,
    "grants/claude/jane.yaml": GRANT,
}


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    """The files below `root/catalog`."""
    folder = root / "catalog"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def loaded(root: Path, changed: dict[str, str | bytes] | None = None) -> Loaded:
    """The sound catalog with some files changed or added, loaded as `catalog`."""
    return load_and_judge(write(root, {**SOUND, **(changed or {})}), display="catalog")


def judged(
    root: Path, base: Files, head: Files, emptied: tuple[tuple[str, str], ...] = ()
) -> Loaded:
    """The change from one sound catalog to another, on a day; None takes a file away."""
    sources = []
    for name, changed in (("base", base), ("head", head)):
        files = {k: v for k, v in {**SOUND, **changed}.items() if v is not None}
        (root / name).mkdir()
        sources.append(Folder(write(root / name, files), "catalog"))
    return load_and_judge_change(sources[1], sources[0], NOW, frozenset(emptied))


def said(result: Loaded) -> list[str]:
    """Each diagnostic as `code path:line:column`, below the catalog."""
    return [f"{each.code} {str(each.span).removeprefix('catalog/')}" for each in result.diagnostics]


def planted(root: Path, name: str, before: str, after: str) -> Loaded:
    """The sound catalog with one passage of one file replaced."""
    text = SOUND[name]
    assert before in text, f"{before!r} is not in {name}"
    return loaded(root, {name: text.replace(before, after, 1)})
