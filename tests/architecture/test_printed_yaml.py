"""YAML in a message can be typed as it stands: the catalog's reader reads it, a schema knows it."""

import json
import re
from pathlib import Path

import pytest

import reconciler
from reconciler.catalog.schema.kinds import schemas
from reconciler.catalog.yaml.reader import read_yaml
from tests.support.source_texts import FILLED_IN, texts

ROOT = Path(reconciler.__file__).parent
SNIPPET = re.compile(r"`([a-z_]+: [^`]+)`")
WITH_VALUES = re.compile(rf"\{{[a-z_]+: .*{FILLED_IN}")
NO_CATALOG = frozenset({"key: value", "submodules: true"})
"""The form of any mapping, and a line of a workflow."""
KNOWN = set(re.findall(r'"([a-z_]+)":', json.dumps(schemas()))) | {"..."}
"""Every key of any schema, and what stands for more keys."""


TEXTS = {
    str(path.relative_to(ROOT)): list(texts(path))
    for path in sorted(ROOT.rglob("*.py"))
    if "sandbox" not in path.parts
}
SNIPPETS = {s for found in TEXTS.values() for text in found for s in SNIPPET.findall(text)}


def keys(value):
    """Every key of plain data, at any depth."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield key
            yield from keys(inside)


@pytest.mark.parametrize("snippet", sorted(SNIPPETS - NO_CATALOG))
def test_yaml_in_a_message_is_of_keys_that_a_schema_knows(snippet):
    """Whoever types it as it stands is not told that it is wrong."""
    document = read_yaml(snippet.encode())
    assert document.problems == []
    assert set(keys(document.data)) <= KNOWN


def test_yaml_with_values_in_it_is_made_where_they_are_quoted():
    """That is `model/stanzas.py`; `init` fills in only what it has checked letter by letter.

    What the rules' examples fill in are constants of their own, and every example is judged.
    """
    makers = [name for name, found in TEXTS.items() if any(map(WITH_VALUES.search, found))]
    assert makers == ["policy/checks/group_names.py", "policy/sample.py"]
