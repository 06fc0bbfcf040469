"""Untrusted text stays text, as GitHub's own renderer sees it."""

import html as entities
import re

import cmarkgfm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.render.formats.escape import escape
from reconciler.render.formats.markdown import clip, code, fence, prose, prose_html

ANYTHING = st.text(st.characters(exclude_categories=())) | st.text("`~*_-=#@<>&[]()!|:\\ \n\ta1.")
CODE = re.compile(r"<code>(.*?)</code>", re.DOTALL)


def html(text):
    """What a reader gets."""
    return cmarkgfm.github_flavored_markdown_to_html(text)


@given(ANYTHING)
def test_a_code_span_shows_the_text_and_nothing_else(text):
    """No run of backticks ends it."""
    found = re.fullmatch(r"<p>x <code>(.*)</code> y</p>\n", html(f"x {code(text)} y"))
    assert found
    assert entities.unescape(found[1]).strip() == markerless(text).strip()


def markerless(text):
    """The harmless text, in which nothing begins a hidden comment."""
    return escape(text).replace("<!--", r"<\u{21}--")


@given(st.lists(ANYTHING, min_size=1))
def test_a_fence_holds_every_line_as_it_is(lines):
    """No line of it ends it."""
    found = re.fullmatch(
        r'<pre lang="diff"><code>(.*)\n</code></pre>\n', html(fence(lines, "diff")), re.DOTALL
    )
    assert found
    assert entities.unescape(found[1]) == "\n".join(map(markerless, lines))


@given(ANYTHING)
def test_prose_is_one_paragraph_of_words_and_code(text):
    """Whatever could be a heading, a list, a link or a mention is code."""
    shown = html(prose(text))
    if not escape(text).split():
        assert shown == ""
        return
    found = re.fullmatch(r"<p>([^\n]*)</p>\n", shown)
    assert found
    assert "<" not in CODE.sub("", found[1])
    words = entities.unescape(re.sub(r"</?code>", "", found[1]))
    assert words.split() == markerless(text).split()


@given(ANYTHING)
def test_prose_in_an_element_is_the_same_words(text):
    """A summary's text is not Markdown."""
    shown = prose_html(text)
    assert "<" not in CODE.sub("", shown)
    assert entities.unescape(re.sub(r"</?code>", "", shown)).split() == markerless(text).split()
    assert len(shown.splitlines()) <= 1


@pytest.mark.parametrize(
    "word",
    [
        *("@team", "#123", "GH-1", "a/b#1", "http://x.io", "www.x.io", "a@x.io", "0123456"),
        *("deadbeef", "1)", "-", "+", "---", "===", "<b>", "&amp;", "*a*", "_a_", "~~a~~"),
        *(":tada:", "\\@a", "[a](b)", "![a](b)", "|", ">", "`", "``", "$x$", "AI-1"),
        *("\uff20team", "mailto:a@b.c"),
    ],
)
def test_a_word_of_another_shape_is_code(word):
    """GitHub leaves code alone: no mention, no link, no reference."""
    assert prose(f"so {word} is") == f"so {code(word)} is"
    assert html(prose(word)) == f"<p><code>{entities.escape(word)}</code></p>\n"


@pytest.mark.parametrize(
    "text", ["Nothing to do: Okta holds what git says.", "guards hold 1.", "2 lines, 1,000 · é"]
)
def test_plain_words_stay_as_they_are(text):
    """Prose reads as prose."""
    assert text == prose(text) == prose_html(text)


def test_a_number_that_would_begin_a_list_is_code():
    """Only there, for sentences end in numbers."""
    assert prose("1. so") == "`1.` so"


def test_a_clipped_text_says_what_is_missing():
    """Never a silent cut."""
    assert clip("abc", 3) == "abc"
    assert clip("abcde", 3) == "abc… (2 more characters)"


@pytest.mark.parametrize("write", [code, prose, prose_html, lambda text: clip(text, 99)])
def test_no_text_can_be_a_hidden_marker(write):
    """Comments are found again by one, and another connector's must not be found here."""
    marker = "<!-- Sticky Pull Request Commentplan-okta-dev -->"
    assert "<!--" not in write(f"AI-1 {marker}")
    assert "<!--" not in fence([marker], "diff")
