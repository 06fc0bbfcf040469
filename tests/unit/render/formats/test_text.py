"""A document as lines, whole or wrapped, painted by name only."""

from hypothesis import given
from hypothesis import strategies as st

from reconciler.render.document import Document, Fact, Mark, Row, Section
from reconciler.render.formats.text import Line, render
from reconciler.render.plan import plan_document
from tests.support.samples import FULL

SMALL = Document(
    title="Plan for okta-prod",
    facts=(Fact("org", "acme.okta.com"),),
    verdict="1 change can be applied.",
    totals="0 to remove",
    sections=(
        Section(
            title="Additions",
            rows=(
                Row(
                    mark=Mark.ADD, head="add jane", details=("why",), verbatim=("people:", "  - a")
                ),
            ),
            note="one",
        ),
        Section(title="Notes", rows=(Row(mark=Mark.NOTE, head="so", details=("it is",)),)),
    ),
    closing=("digest d1",),
)


def test_a_document_is_laid_out_line_by_line():
    """Words and marks carry the meaning, styles only repeat it."""
    assert list(render(SMALL)) == [
        Line("Plan for okta-prod", "title"),
        Line("  org: acme.okta.com", "faint"),
        Line(""),
        Line("1 change can be applied.", "title"),
        Line("0 to remove"),
        Line(""),
        Line("Additions (1): one", "title"),
        Line("  + add jane", "add"),
        Line("      why"),
        Line("        people:"),
        Line("          - a"),
        Line(""),
        Line("Notes (1)", "title"),
        Line("  · so"),
        Line("      it is", "faint"),
        Line(""),
        Line("digest d1", "faint"),
    ]


@given(st.integers(1, 200))
def test_no_line_is_wider_than_asked_unless_a_word_is(width):
    """Text to be copied stays whole, and nothing narrower than forty columns is attempted."""
    bound = max(width, 40)
    verbatim = {text for s in plan_document(FULL).sections for r in s.rows for text in r.verbatim}
    for line in render(plan_document(FULL), width):
        is_word = " " not in line.text.strip().removeprefix("· ").removeprefix("# ")
        assert len(line.text) <= bound or is_word or line.text[8:] in verbatim


@given(st.integers(40, 200))
def test_wrapping_loses_no_word(width):
    """The same words in the same order at any width."""
    document = plan_document(FULL)
    whole = " ".join(line.text for line in render(document)).split()
    assert whole == " ".join(line.text for line in render(document, width)).split()


def test_a_wrapped_head_hangs_under_its_mark():
    """The next row's mark stays visible."""
    row = Row(mark=Mark.REMOVE, head="remove " + "word " * 12)
    document = Document(
        title="t",
        facts=(),
        verdict="v",
        totals="t",
        sections=(Section(title="S", rows=(row,)),),
    )
    found = [line for line in render(document, 40) if line.style == "remove"]
    assert found == [
        Line("  - remove word word word word word word", "remove"),
        Line("    word word word word word word", "remove"),
    ]


@given(st.text(st.characters(exclude_categories=())))
def test_hostile_text_stays_in_its_line(text):
    """Wherever a document shows it, copied text included."""
    row = Row(mark=Mark.ADD, head=text, details=(text,), verbatim=(text,))
    document = Document(
        title=text,
        facts=(Fact("org", text),),
        verdict=text,
        totals=text,
        sections=(Section(title=text, rows=(row,), note=text),),
        closing=(text,),
    )
    lines = list(render(document))
    assert len(lines) == 12
    assert all(len(line.text.splitlines()) <= 1 and "\x1b" not in line.text for line in lines)
