"""Untrusted text can neither move the cursor nor reorder what is read."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.render.formats.escape import escape

ANYTHING = st.text(st.characters(exclude_categories=()))


@given(ANYTHING)
def test_nothing_that_controls_a_terminal_or_the_direction_survives(text):
    """One line goes in and one readable line comes out, which any encoding can print."""
    safe = escape(text)
    kinds = {unicodedata.category(character) for character in safe}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(c) for c in safe} & {
        *("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN", "B", "S"),
    }
    assert len(safe.splitlines()) <= 1
    safe.encode("utf-8")


SEEN = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
SEEN |= set(range(0x13430, 0x13440))
"""Format characters that have a shape of their own: number signs and hieroglyph joiners."""


def test_no_invisible_character_of_all_of_unicode_is_forgotten():
    """Whatever is not seen or steers direction is spelled out."""
    forgotten = [
        f"{number:x}"
        for number in range(0x110000)
        if unicodedata.category(chr(number)) in {"Cc", "Cs", "Cf", "Zl", "Zp"}
        and number not in SEEN
        and escape(chr(number)) == chr(number)
    ]
    assert forgotten == []


@given(ANYTHING.filter(str.isprintable))
def test_what_is_printable_is_unchanged(text):
    """People's names are written as they write them."""
    assert text == escape(text)


def test_a_printable_character_is_never_spelled_out():
    """In all of Unicode."""
    changed = [c for c in map(chr, range(0x110000)) if c.isprintable() and escape(c) != c]
    assert changed == []


@pytest.mark.parametrize(
    ("safe", "text"),
    [
        ("", ""),
        ("Zoë O'Brien-李", "Zoë O'Brien-李"),
        ("\\u{1b}[31mred", "\x1b[31mred"),
        ("a\\u{a}b\\u{d}c\\u{9}d", "a\nb\rc\td"),
        ("\\u{202e}moc", "\u202emoc"),
        ("\\u{d800}", "\ud800"),
        ("\\u{2028}\\u{85}", "\u2028\x85"),
        ("\\u{e0041}", "\U000e0041"),
    ],
)
def test_a_hostile_character_is_spelled_by_its_number(safe, text):
    """The reader sees that something is there."""
    assert safe == escape(text)


@pytest.mark.parametrize(
    "text",
    [
        *("##[error]x", "a ##[group]b", "###[add-mask]c", "::error::x", "  ::add-mask::y"),
        *(":::warning::z", "\u00a0::stop-commands::t", "\t::error::x"),
    ],
)
def test_no_text_commands_the_runner(text):
    """What the runner reads as a command is one only with these signs side by side."""
    safe = escape(text)
    assert "##[" not in safe
    assert not safe.lstrip().startswith("::")


def test_colons_elsewhere_stay():
    """They are no command there."""
    assert escape("a::b: c # [d]") == "a::b: c # [d]"
