"""A document as one comment: what hurts first, never over budget, never cut silently."""

import re
import time

import cmarkgfm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.plan import GroupRef, GuardVerdict, PersonRef, PlanWarning
from reconciler.planning.plan_codec import digest
from reconciler.render.document import Document, Fact, Mark, Row, Section
from reconciler.render.formats.markdown import Budget, render
from reconciler.render.plan import plan_document
from reconciler.render.result import result_document
from tests.support.nouns import change, plan, removal
from tests.support.samples import FULL, RESULT

MARKER = "plan:okta-prod"
NOTE = Row(mark=Mark.NOTE, head="so", details=("it is",))


def comment(made, budget=Budget.COMMENT):
    """The plan as a comment."""
    return render(plan_document(made), marker=MARKER, budget=budget)


def many(number, act=change, **more):
    """That many lines, each with a person and a reason of its own."""
    return [act(f"{act.__name__}{n:05}", reason=f"because of {n}", **more) for n in range(number)]


def test_a_document_is_laid_out_for_a_pull_request():
    """What hurts is open and first; the rest is folded; the marker is unseen."""
    adds = Section(
        title="Additions",
        rows=(Row(mark=Mark.ADD, head="add jane", details=("why",)),),
        note="one",
    )
    blocked = Section(
        title="Blocked", rows=(Row(mark=Mark.BLOCKED, head="leaver", verbatim=("a: ```",)),)
    )
    document = Document(
        title="Plan for okta-prod",
        facts=(Fact("org", "acme.okta.com"), Fact("odd")),
        verdict="1 change can be applied.",
        totals="0 to remove · 1 to add",
        sections=(adds, blocked),
        closing=("digest d1",),
    )
    assert render(document, marker=MARKER) == (
        "<!-- reconciler:plan:okta-prod -->\n\n"
        "## Plan for okta-prod\n\n"
        "**1 change can be applied.**\n\n"
        "0 to remove · 1 to add\n\n"
        "- org: `acme.okta.com`\n"
        "- odd\n\n"
        "### Blocked (1)\n\n"
        "````diff\n! leaver\n        a: ```\n````\n\n"
        "<details>\n<summary>Additions (1)</summary>\n\n"
        "one\n\n"
        "```diff\n+ add jane\n      why\n```\n\n"
        "</details>\n\n"
        "`digest d1`\n\n"
    )


@pytest.mark.parametrize("document", [plan_document(FULL), result_document(RESULT)])
def test_nothing_is_missing_when_it_fits(document):
    """Every line and every explanation of the text form."""
    text = render(document, marker=MARKER)
    assert "CUT TO FIT" not in text
    for section in document.sections:
        for row in section.rows:
            assert f"\n{row.mark.value} {row.head}\n" in text or "\\u{" in text
            assert all(detail in text or "\x1b" in detail for detail in row.details)
    assert text.isprintable() or set(filter(lambda c: not c.isprintable(), text)) == {"\n"}


def test_blocked_lines_come_before_removals_and_both_before_the_rest():
    """A reviewer reads from the top and may not reach the end."""
    text = comment(FULL)
    titles = ["### Blocked", "### Removals", "### Guards", "<summary>Groups to create", "Additions"]
    places = [text.index(title) for title in titles]
    assert places == sorted(places)


def test_five_thousand_changes_are_one_readable_comment():
    """The counts are the plan's; what is left out is said, with the digest and where to look."""
    made = plan(*many(60, removal), *many(4940))
    text = comment(made)
    assert len(text.encode()) <= 60_000
    assert "60 to remove · 4,940 to add" in text
    shown = len(re.findall(r"^\+ add", text, re.MULTILINE))
    assert 100 < shown < 4940
    assert len(re.findall(r"^- remove", text, re.MULTILINE)) == 60
    assert text.count("      because of ") == 60 + shown
    assert f"**CUT TO FIT: {60 + shown:,} of 5,000 lines shown.**" in text
    assert f"<summary>Additions (4,940), {shown:,} shown</summary>" in text
    assert text.count(digest(made)) == 2
    assert "`reconciler show FILE`" in text
    assert len(text.encode()) > 59_000
    html = cmarkgfm.github_flavored_markdown_to_html(text)
    assert html.count("<pre") == 2


def test_removals_lose_their_explanations_before_any_of_them_is_left_out():
    """Four hundred heads fit where four hundred explanations do not."""
    text = comment(plan(*many(400, removal), *many(50)))
    assert len(re.findall(r"^- remove", text, re.MULTILINE)) == 400
    found = re.search(r"CUT TO FIT: (\d+) of 450 lines shown, (\d+) of them without", text)
    assert found
    assert text.count("      because of") == int(found[1]) - int(found[2])
    assert f"**400 of 400 lines shown, {found[2]} of them without the explanation.**" in text
    assert "### Additions (50)\n\n**0 of 50 lines shown.**" in text


def test_a_guard_that_names_thousands_of_people_does_not_crowd_out_the_removals():
    """They stand in the removals already; its file is in the saved plan."""
    people = tuple(PersonRef(id=f"00u{n}", login=f"{n}@example.com") for n in range(5000))
    group = GroupRef(id="00g1", name="Everyone")
    file = "\n".join(f"  - {p.id}  # {p.login}" for p in people)
    guard = GuardVerdict(
        guard="run-removals", figures="all", group=group, people=people, acknowledgement=file
    )
    made = plan(*many(30, removal), *many(3), guards=(guard,))
    text = comment(made)
    assert len(text.encode()) <= 60_000
    assert "34 lines shown, 1 of them without the explanation" in text
    assert '# run-removals on "Everyone" (00g1) holds 5,000 people' in text
    assert file in comment(made, Budget.SUMMARY).replace("\n        ", "\n")


@pytest.mark.slow
def test_a_job_summary_has_room_for_more():
    """Its own budget, below the size at which GitHub drops it whole."""
    made = plan(*many(20_000))
    started = time.process_time()
    text = comment(made, Budget.SUMMARY)
    assert time.process_time() - started < 20
    assert 900 * 1024 - 500 < len(text.encode()) <= 900 * 1024
    assert "CUT TO FIT" in text
    assert "CUT TO FIT" not in comment(plan(*many(5000)), Budget.SUMMARY)


@pytest.mark.slow
@settings(max_examples=settings.default.max_examples // 3)  # of pages of text each
@given(
    st.lists(
        st.lists(
            st.builds(
                Row,
                mark=st.sampled_from(Mark),
                head=st.text() | st.sampled_from(["`" * 20_000, "\x00" * 9000, "x" * 70_000]),
                details=st.lists(st.text() | st.just("d" * 7000)).map(tuple),
                verbatim=st.lists(st.text() | st.just("`" * 7000)).map(tuple),
            ),
            min_size=1,
        ),
        max_size=10,
    ),
    st.sampled_from(["t", "`" * 4000, "\u202e" * 4000]),
)
def test_whatever_the_lines_are_they_fit(sections, title):
    """A size is never a reason to fail, and every line is counted."""
    document = Document(
        title=title,
        facts=(Fact("org", title),) * 4,
        verdict=title,
        totals=title,
        sections=tuple(Section(title=title, rows=tuple(r), note=title) for r in sections),
        closing=(title,),
    )
    text = render(document, marker=title)
    assert len(text.encode()) <= 60_000
    is_cut = "CUT TO FIT" in text
    total = sum(map(len, sections))
    assert is_cut == bool(re.search(rf"of {total:,} lines? shown", text)) or not is_cut


def test_a_head_that_is_a_page_long_says_how_much_is_missing():
    """No name of that length is one."""
    made = plan(warnings=(PlanWarning(code="odd", summary="x" * 5000),))
    assert "… (4,005 more characters)" in comment(made)


@pytest.mark.parametrize("name", ["a-->b", "a\n-->", "--><script>", "a" * 9000])
def test_a_marker_cannot_be_ended_from_inside(name):
    """The connector's id is text from a file."""
    first, _, rest = render(plan_document(plan()), marker=f"plan:{name}").partition("\n")
    assert re.fullmatch(r"<!-- reconciler:plan:[\w-]+ -->", first)
    assert rest.startswith("\n## ")
