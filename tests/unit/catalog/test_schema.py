"""The schemas: sound themselves, the same for both engines, and honest in their examples."""

import copy
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.catalog.load import load_and_judge
from reconciler.catalog.packaged import packaged_catalog, packaged_schemas
from reconciler.catalog.schema import errors
from reconciler.catalog.schema.kinds import (
    KINDS,
    item_schema,
    item_validator,
    schema_text,
    schemas,
    validator,
)
from reconciler.model.diagnostics import Span
from tests.support.catalogs import write

NAMES = [kind.name for kind in KINDS]
HERE = Span("x.yaml")


def subschemas(schema, path=()):
    """Every schema inside, with the way to it."""
    if isinstance(schema, dict):
        if "title" in schema:
            yield path, schema
        for key, value in schema.items():
            if key not in {"examples", "x-messages", "enum", "const"}:
                yield from subschemas(value, (*path, key))
    elif isinstance(schema, list):
        for number, value in enumerate(schema):
            yield from subschemas(value, (*path, number))


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_a_schema(name):
    """Editors refuse what the metaschema refuses."""
    jsonschema.Draft202012Validator.check_schema(schema_text(name))
    assert f"urn:reconciler:schema:{name}" == schema_text(name)["$id"]


@pytest.mark.parametrize("name", NAMES)
def test_every_example_fits_the_schema_it_illustrates(name):
    """An editor offers the examples for insertion."""
    schema = schema_text(name)
    for _, sub in subschemas(schema):
        judge = jsonschema.Draft202012Validator({**sub, "$defs": schema["$defs"]})
        assert sub["description"]
        assert sub["examples"]
        for example in sub["examples"]:
            judge.validate(example)


@pytest.mark.parametrize("name", NAMES)
def test_every_property_has_title_description_and_examples(name):
    """Completion explains each key, at the key or at what it refers to."""
    schema = schema_text(name)
    for path, sub in subschemas(schema):
        for key, value in sub.get("properties", {}).items():
            target = schema["$defs"][value["$ref"].rsplit("/")[-1]] if "$ref" in value else value
            if target.get("not") != {}:
                shown = {**target, **value}
                assert {"title", "description", "examples"} <= shown.keys(), (*path, key)


def test_a_definition_means_the_same_in_every_schema():
    """Each schema stands alone, so shared definitions are repeated in it."""
    seen = {}
    for schema in schemas().values():
        for name, definition in schema["$defs"].items():
            assert definition == seen.setdefault(name, definition), name


def test_a_dollar_stands_only_at_the_end_of_a_pattern():
    """Elsewhere the engines would read it differently."""
    for schema in schemas().values():
        for _, sub in subschemas(schema):
            pattern = sub.get("pattern", "$")
            assert "$" not in pattern[:-1]
            assert "\\d" not in pattern


def test_every_schema_example_loads_without_a_complaint(tmp_path):
    """The examples are one another's context: together they are a catalog."""
    files = {}
    for kind in KINDS:
        examples = schema_text(kind.name)["examples"]
        folder = "grants/claude-enterprise" if kind.nested else kind.plural
        path = f"{folder}/all.yaml" if kind.plural else "settings.yaml"
        if kind.plural and kind.single:
            files |= {f"{folder}/{each['type']}.yaml": json.dumps(each) for each in examples}
        else:
            files[path] = json.dumps(examples[-1])
    tools = json.loads(files["tools/all.yaml"])["tools"]
    files["tools/cursor.yaml"] = json.dumps({**tools[0], "id": "cursor"})
    found = load_and_judge(write(tmp_path, files)).diagnostics
    assert {"canary-missing"} >= {each.code for each in found}


def at(document, path):
    """The value at a path."""
    for step in path:
        document = document[step]
    return document


def paths(document, path=()):
    """Every way into a document."""
    yield path
    if isinstance(document, dict | list):
        steps = document.items() if isinstance(document, dict) else enumerate(document)
        for step, value in steps:
            yield from paths(value, (*path, step))


ARABIC_DAY = "2026-11-20".translate({ord(digit): 0x660 + int(digit) for digit in "0123456789"})
ODD = st.sampled_from(
    [
        *(None, True, 0, 1, 1.0, 1.5, -1, 10**9, "", "x", "x\n", "2026-02-30", "2026-11-20\n"),
        *(
            "90d",
            "90d\n",
            "ä" * 300,
            "a-b",
            "a--b",
            [],
            {},
            [1],
            ["x", "x"],
            {"env": "X"},
            {"x": 1},
        ),
        *("00g1abcdefGHIJKLM5d7", "00g1abcdefGHIJKLM5d7\n", "0000-01-01", "okta", "ssws"),
        *({"count": 1}, ARABIC_DAY),
    ]
)


@st.composite
def mutated(draw):
    """A kind and an example of it with one to three changes."""
    name = draw(st.sampled_from(NAMES))
    schema = item_schema(name)
    examples = schema.get("examples") or schema["$defs"][name]["examples"]
    document = copy.deepcopy(draw(st.sampled_from(examples)))
    for _ in range(draw(st.integers(1, 3))):
        ways = [path for path in paths(document) if path]
        if not ways:
            break
        *parent, last = draw(st.sampled_from(ways))
        holder = at(document, parent)
        match draw(st.sampled_from(["set", "drop", "add"])):
            case "set":
                holder[last] = copy.deepcopy(draw(ODD))
            case "drop":
                del holder[last]
            case _ if isinstance(holder, dict):
                holder[draw(st.sampled_from(["x", "id", "tool", "config", "plan"]))] = (
                    copy.deepcopy(draw(ODD))
                )
            case _:
                holder.append(copy.deepcopy(draw(ODD)))
    return name, document


@given(mutated())
def test_both_engines_agree_on_every_mutated_document(case):
    """A fast no with a slow yes would be a refusal that nobody can explain."""
    name, document = case
    said_of_form = errors._slow_validator(name).iter_errors(document)  # noqa: SLF001 - the engine itself
    assert item_validator(name).is_valid(document) == (not list(said_of_form))


@given(mutated())
def test_a_file_is_valid_exactly_when_its_objects_are(case):
    """The judge of files and the judge of objects are two; they must be of one mind."""
    name, document = case
    plural = next(kind.list_key for kind in KINDS if kind.name == name)
    if plural:
        one = item_validator(name).is_valid(document)
        assert one == validator(name).is_valid({plural: [document]})
        assert one == validator(name).is_valid(document)


@given(mutated())
def test_every_refusal_has_a_message(case):
    """And no message comes from a form that is right."""
    name, document = case
    findings = errors.explain_errors(name, document, HERE)
    assert bool(findings) == (not item_validator(name).is_valid(document))
    assert all(each.code and each.summary and "\n" not in each.summary for each in findings)


def test_the_schemas_are_found_inside_a_wheel_and_beside_a_checkout(tmp_path):
    """A pull request must not loosen the schema it is judged by; a wheel has its own."""
    package = tmp_path / "reconciler"
    package.mkdir()
    assert tmp_path / "schemas" == packaged_schemas(package)
    assert tmp_path / "catalog" == packaged_catalog(package)
    (package / "_schemas").mkdir()
    (package / "_catalog").mkdir()
    assert package / "_schemas" == packaged_schemas(package)
    assert package / "_catalog" == packaged_catalog(package)
    (package / "_schemas/tool.schema.json").write_text('{"a": 1}')
    assert schema_text("tool", Path(package / "_schemas")) == {"a": 1}
