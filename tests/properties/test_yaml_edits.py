"""Whatever a file looks like, an edit changes one key of one object and no other character."""

from copy import deepcopy

import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.catalog.yaml.edit import Refused, edit_text
from reconciler.catalog.yaml.reader import read_yaml
from reconciler.model.diagnostics import Span
from reconciler.model.stanzas import KeyEdit, quote

KEYS = ("tool", "subject", "approval", "expires", "until", '"quoted key"', "state")
COMMENTS = st.sampled_from(["", "", "", "  # kept", " # it's {not} [a: value]"])
WRITTEN = ("# kept", "# it's {not}", "# a line of", "# why", "# ours", "# the next", "# the end")
WORDS = st.text(min_size=1, max_size=12).map(quote)
IN_ONE_LINE = st.one_of(
    st.sampled_from(["claude", "2026-11-29", "12", "true", "~", "a b", "it's", "x#y", "''"]),
    WORDS,
    st.sampled_from(["[a, b]", "{ticket: AI-1, by: [x, y], }", "[]", "{}", "[{a: 1}, c: 2]"]),
)
IN_BLOCK = st.one_of(
    IN_ONE_LINE,
    st.sampled_from(
        [
            "",
            "|\n{i}  one\n{i}  # two\n",
            ">-\n{i}  one\n\n{i}  two\n\n",
            '"one\n{i}  two"',
            "one\n{i}  two",
            "\n{i}  a: 1\n{i}  b:\n{i}  - 2",
            "\n{i}- 1\n{i}- x: 2\n{i}  y: 3",
            "[a,\n{i}  b]",
        ]
    ),
)
EDITED = st.sampled_from(["revoked", "until", "expires", "approval", "tool"])
VALUES = st.one_of(IN_ONE_LINE, st.just("{at: 2026-11-29, by: mira@example.com}"))


@st.composite
def blocks(draw, indent):
    """One object in block style; its first line has no indent of its own."""
    lines = []
    for key in draw(st.lists(st.sampled_from(KEYS), min_size=1, unique=True)):
        value = draw(IN_BLOCK).replace("{i}", indent)
        comment = "" if value.endswith("\n") else draw(COMMENTS)
        lines.append(f"{key}: {value}{comment}".removesuffix("\n"))
        lines += draw(st.sampled_from([[], [], [], [""], ["# a line of its own"]]))
    return f"\n{indent}".join(lines)


@st.composite
def braces(draw):
    """One object in flow style."""
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True))
    entries = [f"{key}: {draw(IN_ONE_LINE)}" for key in keys]
    joint = draw(st.sampled_from([", ", ",\n      ", ", # why\n      "]))
    end = draw(st.sampled_from(["", " ", "\n      "] + ([",", ", "] if keys else [])))
    return f"{{{joint.join(entries)}{end}}}"


@st.composite
def files(draw):
    """A file's text: one object, or a list of them."""
    head = draw(st.sampled_from(["", "# ours\n", "---\n", "\ufeff"]))
    if draw(st.booleans()):
        text = draw(st.one_of(blocks(indent=""), braces()))
    else:
        indent = draw(st.sampled_from(["", "  "]))
        dash = draw(st.sampled_from(["- ", "-   "]))
        inner = " " * len(f"{indent}{dash}")
        items = draw(st.lists(st.one_of(blocks(indent=inner), braces()), min_size=1, max_size=3))
        gap = draw(st.sampled_from(["\n", "\n\n", f"\n{indent}# the next\n"]))
        text = "grants:\n" + gap.join(f"{indent}{dash}{item}" for item in items)
    text = head + text + draw(st.sampled_from(["", "\n", "\n\n# the end\n"]))
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


def objects(text):
    """Each object's place, and the way to it."""
    document = read_yaml(text.encode(), "grants")
    assert document.problems == []
    if document.starts:
        return [(start, ("grants", n)) for n, start in enumerate(document.starts)]
    return [(document.start, ())]


def inside(data, way):
    """What stands at the end of the way."""
    for step in way:
        data = data[step]
    return data


@given(text=files(), key=EDITED, value=st.none() | VALUES, which=st.integers(0, 2))
def test_an_edit_changes_its_key_and_nothing_else(text, key, value, which):
    """The file says what it said, but for this; what an edit cannot do so, it does not do."""
    found = objects(text)
    place, way = found[which % len(found)]
    edited = edit_text(text, [KeyEdit(at=Span("a.yaml", *place), key=key, value=value)])

    before = read_yaml(text.encode()).data
    is_new = key not in inside(before, way)
    if isinstance(edited, Refused):
        # A line after it would end the last line of such a text, which has no end yet.
        is_open = "|" in text and not text.endswith("\n")
        assert value is None or not is_new or is_open, edited.why
        return
    expected = deepcopy(before)
    if value is None:
        inside(expected, way).pop(key, None)
    else:
        inside(expected, way)[key] = read_yaml(f"k: {value}".encode()).data["k"]
    assert read_yaml(edited.encode()).data == expected
    for comment in WRITTEN:
        assert edited.count(comment) == text.count(comment)
    if "\r\n" in text:
        assert "\n" not in edited.replace("\r\n", "")
    else:
        assert "\r" not in edited
    assert edited.endswith("\n") is text.endswith("\n")


@given(text=files(), value=VALUES, which=st.integers(0, 2))
def test_a_key_that_is_added_and_removed_leaves_the_text_as_it_was(text, value, which):
    """An addition takes nothing away, so that it can be taken back."""
    found = objects(text)
    place, way = found[which % len(found)]
    at = Span("a.yaml", *place)
    added = edit_text(text, [KeyEdit(at=at, key="revoked", value=value)])
    assume(isinstance(added, str))
    assert len(added) > len(text)
    assume(inside(read_yaml(text.encode()).data, way))

    assert edit_text(added, [KeyEdit(at=at, key="revoked", value=None)]) == text


def span_of(text, way, key):
    """From the end of the key to the end of its value, as PyYAML's own parser counts."""
    node = yaml.compose(text)
    for step in way:
        children = node.value
        pairs = {k.value: v for k, v in children} if isinstance(step, str) else children
        node = pairs[step]
    ((start, end),) = [
        (k.end_mark.index, v.end_mark.index) for k, v in node.value if k.value == key
    ]
    return start, end


@given(text=files(), key=EDITED, value=st.none() | VALUES, which=st.integers(0, 2))
def test_an_edit_keeps_every_byte_outside_of_its_value(text, key, value, which):
    """A list may hold other people's grants: not a blank of theirs is touched."""
    text = text.removeprefix("\ufeff")
    found = objects(text)
    place, way = found[which % len(found)]
    is_there = key in inside(read_yaml(text.encode()).data, way)
    edited = edit_text(text, [KeyEdit(at=Span("a.yaml", *place), key=key, value=value)])
    assume(isinstance(edited, str))

    if value is None or not is_there:
        # One stretch is gone, or one is new; all the rest is as it was, and where it was.
        short, long = sorted((text, edited), key=len)
        pairs = enumerate(zip(short, long, strict=False))
        same = next((n for n, (one, other) in pairs if one != other), len(short))
        assert long.endswith(short[same:])
    else:
        start, end = span_of(text, way, key)
        assert edited.startswith(text[:start])
        assert edited.endswith(text[end:])
