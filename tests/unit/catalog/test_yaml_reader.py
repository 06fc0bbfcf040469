"""Strict YAML in one pass: what values mean, what is refused, and no input that raises."""

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.catalog.yaml.positions import locate_values
from reconciler.catalog.yaml.reader import MAX_DEPTH, read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-11-20", "2026-11-20"),
        ("2026-13-01", "2026-13-01"),
        ("yes", "yes"),
        ("on", "on"),
        ("True", "True"),
        ("NULL", "NULL"),
        ("0123", "0123"),
        ("190:20:30", "190:20:30"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("1e999", "1e999"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("12", 12),
        ("-7", -7),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ('"12"', "12"),
        ("'true'", "true"),
        ("'it''s'", "it's"),
    ],
)
def test_a_scalar_means_what_yaml_1_2_core_says(text, value):
    """No date, octal or base-60 number is ever guessed."""
    result = read_yaml(f"a: {text}\n".encode()).data["a"]
    assert (value, type(value)) == (result, type(result))


def test_objects_of_a_plural_list_know_where_they_begin():
    """Every grant of a bulk file has a line of its own."""
    text = b"# bulk\ngrants:\n  - tool: a\n    x: [{y: 1}]\n  - {tool: b}\n  - text\n"
    document = read_yaml(text, "grants")
    assert document.starts == [(3, 5), (5, 5), (6, 5)]
    assert document.start == (2, 1)


@pytest.mark.parametrize("opening", [b"[", b"- ", b"{a: ", b"? "])
def test_deep_nesting_is_refused_and_never_overflows(opening):
    """PyYAML's composer dies of this; 60 kilobytes would stop every run."""
    assert read_yaml(opening * 40_000).problems
    assert locate_values(opening * 40_000).values is not None


def test_nesting_up_to_the_limit_is_read():
    """The limit refuses what is deeper, and nothing else."""
    assert not read_yaml(b"[" * MAX_DEPTH + b"1" + b"]" * MAX_DEPTH).problems
    assert [
        each.code
        for each in read_yaml(b"[" * (MAX_DEPTH + 1) + b"1" + b"]" * (MAX_DEPTH + 1)).problems
    ] == ["too-deep"]


@pytest.mark.parametrize("text", [b"", b"# only a comment\n", b"---\n", b"~\n"])
def test_an_empty_file_is_an_error(text):
    """An emptied grant must not look like a deleted one."""
    assert [each.code for each in read_yaml(text).problems] == ["file-empty"]


def test_a_control_character_is_found_at_its_line():
    """PyYAML reports it without one."""
    problem = read_yaml("a: é\nbc: é\x07\n".encode()).problems[0]
    assert (problem.code, problem.line, problem.column) == ("yaml-syntax", 2, 6)


def test_a_byte_order_mark_changes_nothing():
    """Editors on Windows write one."""
    assert read_yaml("\ufeffa: 1\n".encode()).data == {"a": 1}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(VALUES.filter(lambda value: value is not None))
def test_what_pyyaml_writes_is_read_back_the_same(value):
    """The strict reader understands everything a tool may have written without aliases."""

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, _data):
            return True

    # quotes around all text: PyYAML's own idea of plain text is YAML 1.1
    text = yaml.dump(value, Dumper=Plain, default_style='"', allow_unicode=True, width=10**6)
    tagged = [each for each in read_yaml(text.encode()).problems if each.code != "yaml-tag"]
    assert tagged == []


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_raise(content):
    """A pull request may hold anything."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return  # refused before the reader
    assert read_yaml(content, "grants").problems or read_yaml(content, "grants").is_whole
    locate_values(content)


SOUP = st.text(alphabet="ab:-[]{}?&*!|>'\"%@`#,\n\t 01~.<=é\u2028\x85\ufeff", max_size=80)


@given(SOUP)
def test_no_soup_of_yaml_signs_makes_the_reader_raise(text):
    """What looks almost like YAML takes other paths than noise."""
    document = read_yaml(text.encode(), "a")
    assert document.problems or document.is_whole
    positions = locate_values(text.encode())
    if isinstance(document.data, dict) and isinstance(document.data.get("a"), list):
        assert len(document.starts) == len(document.data["a"])
    if not document.problems:
        assert () in positions.values


KEYS = st.text(alphabet="abcdefgh", min_size=1, max_size=5)
LEAVES = st.integers(0, 999) | st.text(alphabet="xyz é", min_size=1).map(str.strip).filter(bool)
TREES = st.dictionaries(
    KEYS,
    LEAVES | st.lists(LEAVES, min_size=1, max_size=3) | st.dictionaries(KEYS, LEAVES, min_size=1),
    min_size=1,
)


@given(TREES, st.booleans())
def test_the_text_at_a_position_parses_to_the_value(tree, flow):
    """Spans point at the value and not near it, in block and in flow style."""
    text = yaml.safe_dump(tree, allow_unicode=True, default_flow_style=flow, width=10**6)
    data, positions = read_yaml(text.encode()).data, locate_values(text.encode())
    lines = text.splitlines()
    for path, (line, column) in positions.values.items():
        value = data
        for step in path:
            value = value[step]
        if not isinstance(value, dict | list):
            there = re.match(r"'[^']*'|[^,}\]]+", lines[line - 1][column - 1 :]).group()
            assert read_yaml(there.encode()).data == value


@given(TREES)
def test_every_key_has_a_position_where_it_is_written(tree):
    """An unknown key is underlined itself, not the object around it."""
    text = yaml.safe_dump(tree, allow_unicode=True, width=10**6)
    lines = text.splitlines()
    for path, (line, column) in locate_values(text.encode()).keys.items():
        assert lines[line - 1][column - 1 :].startswith((path[-1], f"'{path[-1]}'"))
