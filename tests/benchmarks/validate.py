"""How long it takes to validate 100,000 grants, against PyYAML's C loader on the same bytes.

Measured is everything `validate` does after the bytes are there: parsing, form, references and
policy. Finding and opening the files is timed by itself, with warm caches, and taken off; the
rival is handed its bytes. Time is processor time, and both run without the cyclic collector. A
second figure, without an aim, says what finding and opening cost.
"""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from reconciler.catalog import files
from reconciler.catalog.load import load_and_judge
from reconciler.model.diagnostics import Severity
from tests.benchmarks.table import Row
from tests.benchmarks.timing import collector_off, medians

__all__ = ["rows", "write_catalog"]

_PER_TOOL = 1000
_SETTINGS = "identity: {match: [login]}\nadmins: [{email: it@example.com, github: '@acme/it'}]\n"
_CONNECTOR = """id: okta-prod
type: okta
name: Okta
domain: https://acme.okta.com
auth: {method: ssws, token: {env: OKTA_TOKEN}, rotated_at: 2026-10-05, max_age: 90d}
"""
_TOOL = """id: tool-%d
name: Tool %d
description: A tool
owners: [{email: tools@example.com, github: "@acme/tools"}]
risk: low
entitlements: {users: {description: Seat}}
"""
_BINDING = """tool: tool-%d
entitlement: users
connector: okta-prod
group: {bind: {id: 00g%017d, name: AI Clearance - Tool %d - Users}}
"""
_GRANT = """tool: tool-%d
entitlement: users
subject: person.%06d@example.com
purpose: Reviewing what the team is offered
approval:
  ticket: AI-%d
  requested_by: person.%06d@example.com
  approved_by: tools@example.com
  approved_at: 2026-10-12
expires: 2027-06-30
"""


def rows(*, quick: bool):
    """A row for one grant per file, and one for a file per tool."""
    grants, rounds = (200, 1) if quick else (100_000, 3)
    for layout in ("single files", "lists"):
        with TemporaryDirectory() as folder:
            root = Path(folder) / "catalog"
            write_catalog(root, grants, layout)
            yield from _rows(root, grants, layout, rounds)


def _rows(root: Path, grants: int, layout: str, rounds: int):
    contents = [path.read_bytes() for path in root.rglob("*.yaml")]
    with collector_off():
        spent = medians(
            {
                "ours": partial(_validate, root, grants),
                "files": partial(_open, root),
                "peer": lambda: [yaml.load(each, yaml.CSafeLoader) for each in contents],
            },
            rounds,
        )
    ours, peer = spent["ours"] - spent["files"], spent["peer"]
    name = f"validate: {grants:,} grants, {layout}"
    against = f"PyYAML {peer:.2f} s"
    yield Row(name, f"{ours:.2f} s", against, f"{ours / peer:.2f}x", "<= 1.0x", ours <= peer)
    opening = spent["files"]
    yield Row(f"{name}: opening", f"{opening:.2f} s", against, f"{opening / peer:.2f}x")


def _open(root: Path) -> None:
    for file in files.list_files(root, "catalog").files:
        files.read_file(file)


def _validate(root: Path, grants: int):
    loaded = load_and_judge(root)
    errors = [d for d in loaded.diagnostics if d.severity is Severity.ERROR]
    if errors or len(loaded.catalog.grants) != grants:
        raise AssertionError(f"not {grants} sound grants: {errors[:3]}")
    return loaded


def write_catalog(root: Path, grants: int, layout: str) -> None:
    """A catalog of so many grants, each in a file or each tool's in one."""
    for folder in ("connectors", "tools", "bindings"):
        (root / folder).mkdir(parents=True)
    (root / "settings.yaml").write_text(_SETTINGS)
    (root / "connectors/okta-prod.yaml").write_text(_CONNECTOR)
    for tool, first in enumerate(range(0, grants, _PER_TOOL)):
        (root / f"tools/tool-{tool}.yaml").write_text(_TOOL % (tool, tool))
        (root / f"bindings/tool-{tool}.yaml").write_text(_BINDING % (tool, tool, tool))
        numbers = range(first, min(first + _PER_TOOL, grants))
        _write_grants(root / f"grants/tool-{tool}", tool, numbers, layout)


def _write_grants(folder: Path, tool: int, numbers: range, layout: str) -> None:
    folder.mkdir(parents=True)
    texts = {n: _GRANT % (tool, n, n, n) for n in numbers}
    if layout == "single files":
        for number, text in texts.items():
            (folder / f"person.{number:06}.yaml").write_text(text)
        return
    items = ("  - " + text.rstrip().replace("\n", "\n    ") for text in texts.values())
    (folder / "all.yaml").write_text("grants:\n" + "\n".join(items) + "\n")
