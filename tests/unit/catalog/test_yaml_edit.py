"""One key of a file is set or removed, and the rest of the text stays as it was written."""

import pytest

from reconciler.catalog.yaml.edit import Refused, edit_text
from reconciler.model.diagnostics import Span
from reconciler.model.stanzas import KeyEdit

REVOKED = "{at: 2026-11-29, by: mira@example.com}"


def edit(line=1, column=1, key="revoked", value=REVOKED):
    """An edit of the object that begins there."""
    return KeyEdit(at=Span("grants/claude/a.yaml", line, column), key=key, value=value)


ADDED = {
    "after the last key": (
        "tool: claude\nexpires: 2027-01-20\n",
        edit(),
        f"tool: claude\nexpires: 2027-01-20\nrevoked: {REVOKED}\n",
    ),
    "after the comment of the last line": (
        "tool: claude  # ours\nexpires: 2027-01-20  # as AI-2\n# the end\n",
        edit(),
        f"tool: claude  # ours\nexpires: 2027-01-20  # as AI-2\nrevoked: {REVOKED}\n# the end\n",
    ),
    "without a final newline": (
        "tool: claude",
        edit(),
        f"tool: claude\nrevoked: {REVOKED}",
    ),
    "with the line ends of Windows": (
        "tool: claude\r\nexpires: 2027-01-20",
        edit(),
        f"tool: claude\r\nexpires: 2027-01-20\r\nrevoked: {REVOKED}",
    ),
    "behind a byte order mark": (
        "\ufefftool: claude\n",
        edit(),
        f"\ufefftool: claude\nrevoked: {REVOKED}\n",
    ),
    "in one of a list": (
        "grants:\n  -  tool: a\n     x: 1\n\n  # the next\n  -  tool: b\n",
        edit(2, 6),
        (
            "grants:\n  -  tool: a\n     x: 1\n"
            f"     revoked: {REVOKED}\n\n  # the next\n  -  tool: b\n"
        ),
    ),
    "after a nested block": (
        "grants:\n- approval:\n    by:\n    - a\n    - b  # too\n\n# end\n- tool: b\n",
        edit(2, 3),
        (
            "grants:\n- approval:\n    by:\n    - a\n    - b  # too\n"
            f"  revoked: {REVOKED}\n\n# end\n- tool: b\n"
        ),
    ),
    "after a text of several lines": (
        "purpose: |\n  one\n  # two\n\n\nother: >-\n  three\n\n",
        edit(),
        f"purpose: |\n  one\n  # two\n\n\nother: >-\n  three\nrevoked: {REVOKED}\n\n",
    ),
    "in braces": (
        "grants:\n- {tool: a, x: 1 }  # first\n- {tool: b,}\n- {}\n",
        edit(2, 3),
        f"grants:\n- {{tool: a, x: 1, revoked: {REVOKED} }}  # first\n- {{tool: b,}}\n- {{}}\n",
    ),
    "in braces with a comma at the end": (
        "grants: [{tool: a,\n  x: 1, # one\n  }]\n",
        edit(1, 10),
        f"grants: [{{tool: a,\n  x: 1, revoked: {REVOKED}, # one\n  }}]\n",
    ),
    "in empty braces": ("- {}\n", edit(1, 3, value="x"), "- {revoked: x}\n"),
}
REPLACED = {
    "in its line": (
        "a: 1\nrevoked: {at: 2027-05-01}  # later\nb: 2\n",
        edit(),
        f"a: 1\nrevoked: {REVOKED}  # later\nb: 2\n",
    ),
    "written over several lines": (
        "a: 1\nrevoked:\n  at: 2027-05-01\n  by: x\n\n# next\nb: 2\n",
        edit(),
        f"a: 1\nrevoked: {REVOKED}\n\n# next\nb: 2\n",
    ),
    "as a text of several lines": (
        "reason: |+\n  it\n  ended\n\nb: 2\n",
        edit(key="reason", value="left"),
        "reason: left\n\nb: 2\n",
    ),
    "where nothing stood": ("a:\nb: 2\n", edit(key="a", value="1"), "a: 1\nb: 2\n"),
    "in braces": ('- {"a": , b: 2}\n', edit(1, 3, "a", "1"), '- {"a": 1, b: 2}\n'),
}
REMOVED = {
    "with its line": (
        "a: 1\r\nuntil: 1\r\nb: 2\r\n",
        edit(key="until", value=None),
        "a: 1\r\nb: 2\r\n",
    ),
    "as the first": ("until: 1\nb: 2\n", edit(key="until", value=None), "b: 2\n"),
    "as the last": ("b: 2\nuntil: 1", edit(key="until", value=None), "b: 2"),
    "and its comment stays": (
        "b: 2\nuntil: 1  # as agreed\nc: 3\n",
        edit(key="until", value=None),
        "b: 2\n# as agreed\nc: 3\n",
    ),
    "with all below it": ("b: 2\nuntil:\n  - 1\n  - 2\n", edit(key="until", value=None), "b: 2\n"),
    "in braces": ("{until: 1, b: 2}", edit(key="until", value=None), "{b: 2}"),
    "in braces, the last": ("{b: 2, until: 1}", edit(key="until", value=None), "{b: 2}"),
    "alone in braces": ("- {until: 1}", edit(1, 3, "until", None), "- {}"),
    "where it is not": ("b: 2\n", edit(key="until", value=None), "b: 2\n"),
}
REFUSED = {
    "a place without an object": ("a: 1\n", edit(2, 1), "no object begins here any more"),
    "a file that is not sound": ("a: &x 1\n", edit(), "no object begins here any more"),
    "a comment in the old value": (
        "revoked:\n  at: 1  # not yet\n  by: x\n",
        edit(),
        "a comment stands in the old value of `revoked`",
    ),
    "a comment before the old value": (
        "revoked:  # not yet\n  1\n",
        edit(),
        "a comment stands in the old value of `revoked`",
    ),
    "a comment in what is removed": (
        "a: 1\nuntil:\n  # long\n  - 1\n",
        edit(key="until", value=None),
        "a comment stands in `until`",
    ),
    "the first key of an entry": (
        "- until: 1\n  b: 2\n",
        edit(1, 3, "until", None),
        "`until` is the first key of its entry",
    ),
    "a pair without braces": ("- [a: 1]\n", edit(1, 4), "the object has no braces of its own"),
    "a text that keeps its empty lines": (
        "a: |+\n  x\n\n\n",
        edit(),
        "`revoked` cannot be written without changing something else",
    ),
    "a value that ends in brackets of others": (
        "- {a: 1}\n",
        edit(1, 3, "revoked", "1, b: 2"),
        "`revoked` cannot be written without changing something else",
    ),
}
MADE = {
    **ADDED,
    **{f"{k}, anew": v for k, v in REPLACED.items()},
    **{f"gone {k}": v for k, v in REMOVED.items()},
}


@pytest.mark.parametrize(("text", "edit", "edited"), MADE.values(), ids=MADE)
def test_a_key_is_edited_and_the_rest_stays_as_written(text, edit, edited):
    """The reviewer of the change sees the one line that it is about."""
    assert edit_text(text, [edit]) == edited


@pytest.mark.parametrize(("text", "edit", "why"), REFUSED.values(), ids=REFUSED)
def test_what_would_change_more_is_refused(text, edit, why):
    """A comment is the people's own; no text is better lost than theirs."""
    assert edit_text(text, [edit]) == Refused(edit, why)


def test_several_edits_of_one_file_keep_out_of_each_others_way():
    """Each names its place in the file as it is, in whatever order they come."""
    text = "users:\n- user: a\n  until: 1\n- user: b\n"
    edits = [
        edit(2, 3, "until", None),
        edit(4, 3, "state", "suspended"),
        edit(2, 3, "state", "suspended"),
        edit(4, 3, "reason", "left"),
    ]
    assert edit_text(text, edits) == (
        "users:\n- user: a\n  state: suspended\n- user: b\n  state: suspended\n  reason: left\n"
    )


def test_one_edit_that_cannot_be_made_leaves_none():
    """Half of a change is not what was asked for."""
    edits = [edit(2, 3), edit(9, 9)]
    assert edit_text("grants:\n- tool: a\n", edits) == Refused(
        edits[1], "no object begins here any more"
    )
