"""An explanation shows the place that a message names; tables are what they are made of."""

import json

from reconciler.model.diagnostics import Diagnostic, Example, JudgedExample, Rule, Span
from reconciler.render.explanation import (
    Table,
    explanation_json,
    explanation_lines,
    reference_json,
    reference_page,
)

RULE = Rule(code="key-odd", summary="A key is odd", remedy="Make it even", example=Example())
PATH = "catalog/a.yaml"


def lines(shown, rule=RULE):
    """The texts of the explanation."""
    return [line.text for line in explanation_lines(rule, shown)]


def shown(text, line=1, **more):
    """An example of one file, at a line of which something is said."""
    said = Diagnostic.at(Span(PATH, line, 2), RULE, "the key is odd")
    return JudgedExample((said,), {PATH: text}, **more)


def test_the_lines_around_the_place_are_shown_and_the_place_is_marked():
    """Three before it and one after it, with their numbers."""
    text = "".join(f"key{n}: x\n" for n in range(1, 10))
    found = [line for line in lines(shown(text, 6)) if " | " in line]
    assert found == [
        "      3 | key3: x",
        "      4 | key4: x",
        "      5 | key5: x",
        "  >   6 | key6: x",
        "      7 | key7: x",
    ]


def test_a_long_line_is_cut_and_a_hostile_character_is_spelled_out():
    """An example is printed on a terminal, as everything else is."""
    found = [line for line in lines(shown(f"a\x1b[2J{'b' * 200}\n")) if " | " in line]
    assert found[0].endswith("…")
    assert len(found[0]) < 110
    assert "\x1b" not in found[0]


def test_a_change_names_the_files_that_it_adds_edits_and_deletes():
    """The base has the one that is shown, where the change took it away."""
    said = Diagnostic.at(Span("catalog/gone.yaml", 1, 1), RULE, "it is gone")
    files, base = (
        {"catalog/new.yaml": "a\n", PATH: "b\n"},
        {PATH: "c\n", "catalog/gone.yaml": "d\n"},
    )
    found = lines(JudgedExample((said,), files, base))
    assert [line for line in found if line.split()[:1] in (["adds"], ["edits"], ["deletes"])] == [
        f"  edits {PATH}",
        "  deletes catalog/gone.yaml",
        "  adds catalog/new.yaml",
    ]
    assert "  >   1 | d" in found


def test_what_no_file_earns_is_told_in_words():
    """There is no message to show."""
    rule = Rule(code="x-y", summary="A", remedy="B", example=Example(words="a missing folder"))
    assert lines(JudgedExample(), rule)[-1] == "For example: a missing folder."
    assert json.loads(explanation_json(rule, JudgedExample()))["example"]["messages"] == []


def test_tables_are_one_page_and_one_object():
    """The first cell is what a reader looks for, in code."""
    table = Table("Things", "things", ("name", "what"), (("a", "b"), ("c", "d")))
    assert reference_page([table]) == (
        "# Reference\n\n## Things\n\n| name | what |\n|---|---|\n| `a` | b |\n| `c` | d |\n"
    )
    assert json.loads(reference_json([table]))["things"] == [
        {"name": "a", "what": "b"},
        {"name": "c", "what": "d"},
    ]
