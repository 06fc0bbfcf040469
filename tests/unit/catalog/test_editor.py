"""An editor checks with the schemas alone; check-jsonschema reads them as one does."""

import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.catalog.schema.kinds import KINDS
from tests.support.catalogs import SOUND, write

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
CHECK = str(Path(sys.executable).with_name("check-jsonschema"))


def check(*arguments):
    """Whether check-jsonschema has no objection, and what it says."""
    command = [CHECK, *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.returncode == 0, ran.stdout + ran.stderr


def files_of(kind):
    """The example catalog's files of a kind."""
    pattern = f"{kind.plural}/**/*.yaml" if kind.plural else "settings.yaml"
    return sorted((ROOT / "catalog").glob(pattern))


def test_the_schemas_are_schemas():
    """An editor drops one that is not, without a word."""
    is_valid, words = check("--check-metaschema", *sorted((ROOT / "schemas").glob("*.json")))
    assert is_valid, words


@pytest.mark.parametrize("kind", [k for k in KINDS if files_of(k)], ids=lambda kind: kind.name)
def test_the_example_catalog_fits_the_schemas(kind):
    """What people copy from has no red line under it."""
    schema = ROOT / "schemas" / f"{kind.name}.schema.json"
    is_valid, words = check("--schemafile", schema, *files_of(kind))
    assert is_valid, words


@pytest.mark.parametrize(
    ("kind", "path", "before", "after"),
    [
        ("grant", "grants/claude/jane.yaml", "expires:", "expiers:"),
        ("binding", "bindings/claude.yaml", "group:", "shared: maybe\ngroup:"),
        ("tool", "tools/claude.yaml", "risk: medium", "risk: hgih"),
    ],
)
def test_an_editor_marks_a_mistake_of_form(tmp_path, kind, path, before, after):
    """The same mistakes that `validate` reports, while they are typed."""
    folder = write(tmp_path, {path: SOUND[path].replace(before, after, 1)})
    assert not check("--schemafile", ROOT / f"schemas/{kind}.schema.json", folder / path)[0]
