"""Whatever names are, a comment has the same shape, links nothing, calls nobody, and fits."""

import json
import re
from dataclasses import fields, is_dataclass, replace

import cmarkgfm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.approvals.review import BaseComparison, Cause
from reconciler.model.plan import GrantRef, PersonRef, Plan
from reconciler.planning.plan_codec import digest
from reconciler.render.drift import drift_document
from reconciler.render.formats.markdown import Budget, render
from reconciler.render.formats.text import render as render_text
from reconciler.render.pseudonyms import Redaction, document, redact
from tests.properties.worlds import LOGINS, SUBJECTS, catalogs, orgs, plan
from tests.support.account_lines import ENDED, MANY
from tests.support.samples import FULL, RESULT

pytestmark = pytest.mark.slow

TAGS = re.compile(r"</?[a-z][^>]*>")
CODE = re.compile(r"<code>.*?</code>", re.DOTALL)
CALLS = re.compile(
    r"[@#]\w|\w@|://|www\.|\bGH-\d|\b[0-9a-f]{7,}\b|[\u202a-\u202e\u2066-\u2069\x1b]"
)
NASTY = [
    *("@team", "@org/team", "#123", "GH-1", "a/b#1", "http://evil.example", "www.evil.example"),
    *("me@evil.example", "</details>", "<script>alert(1)</script>", "<!--", "-->", "<img src=x>"),
    *("```", "````````\n</details>\n# Approved", "~~~", "`", "``", "``` \n```", "|a|b|\n|-|-|"),
    *("[x](http://evil.example)", "![x](//e)", "[x]: http://e", "&lt;b&gt;", "&#64;team", "\\"),
    *("# h", "- l", "> q", "1. a", "---", "===", "\r\n\r\n# h", "\x1b[31m", "\u202egnp", "\u200b"),
    *("\x00", "\ud800", "\u2028# h", "+ add root", "$$x$$", ":tada:", "    code", "<details>", ""),
]
HOSTILE = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=()), max_size=30)
KEPT = {"connector", "hash", "held_by", "run"}


def poisoned(value, text, name=""):
    """The noun with the text in every string of it; nothing else changes."""
    if isinstance(value, tuple):
        return tuple(poisoned(item, text, name) for item in value)
    if is_dataclass(value):
        parts = {f.name: poisoned(getattr(value, f.name), text, f.name) for f in fields(value)}
        return replace(value, **parts)
    is_text = type(value) is str and value and name not in KEPT
    return f"{text}{value}{text}" if is_text and name != "acknowledgement" else value


def shape(markdown):
    """The tags of the page, in order, without those that stand for a word of another shape."""
    html = cmarkgfm.github_flavored_markdown_to_html(markdown, cmarkgfm.Options.CMARK_OPT_UNSAFE)
    return [tag for tag in TAGS.findall(html) if "code" not in tag], html


ACCOUNTS = replace(
    MANY,
    accounts=MANY.accounts[::3],
    released_accounts=MANY.accounts[:2],
    withdrawn_accounts=MANY.accounts[2:4],
)
COMPARED = replace(
    ACCOUNTS,
    accounts=tuple(replace(line, cause=Cause.CHANGE) for line in ACCOUNTS.accounts),
    against=BaseComparison(commit="c0ffee"),
)
NOUNS = {
    "plan": FULL,
    "result": RESULT,
    "accounts": ACCOUNTS,
    "compared accounts": COMPARED,
    "accounts' result": ENDED,
}


@pytest.mark.parametrize("noun", NOUNS.values(), ids=NOUNS)
@pytest.mark.parametrize("level", Redaction)
@settings(max_examples=settings().max_examples // 3)
@given(text=HOSTILE)
def test_no_text_changes_the_shape_of_the_page_or_calls_anybody(noun, level, text):
    """Headings, lists, folds and fences are ours alone."""
    plain = render(document(noun, level), marker="plan:x")
    made = render(document(poisoned(noun, text), level), marker=f"plan:{text}")
    tags, html = shape(made)
    assert shape(plain)[0] == tags
    assert "<a" not in html
    assert "evil.example" not in CODE.sub("", html.partition("-->")[2])
    seen = TAGS.sub(" ", CODE.sub(" ", html.partition("-->")[2]))
    assert not CALLS.search(seen)
    assert made.count("<details>\n<summary>") == html.count("<details>")
    assert len(made.encode()) <= Budget.COMMENT.value


@pytest.mark.parametrize("noun", [FULL, ACCOUNTS, ENDED], ids=["plan", "accounts", "result"])
def test_every_nasty_text_is_tried(noun):
    """Not only when chance has it."""
    plain = shape(render(document(noun, Redaction.FULL), marker="plan:x"))[0]
    for text in NASTY:
        made = render(document(poisoned(noun, text), Redaction.FULL), marker=f"plan:{text}")
        tags, html = shape(made)
        assert tags == plain, text
        assert not CALLS.search(TAGS.sub(" ", CODE.sub(" ", html.partition("-->")[2]))), text


@given(text=HOSTILE)
def test_no_text_changes_the_shape_of_a_report_of_drift(text):
    """It is kept as an issue, which has a page of its own."""
    plain = render(drift_document(ACCOUNTS), marker="drift:x")
    made = render(drift_document(poisoned(ACCOUNTS, text)), marker=f"drift:{text}")
    tags, html = shape(made)
    assert shape(plain)[0] == tags
    assert not CALLS.search(TAGS.sub(" ", CODE.sub(" ", html.partition("-->")[2])))


RAW = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


@pytest.mark.parametrize("noun", NOUNS.values(), ids=NOUNS)
@given(text=HOSTILE)
def test_no_text_makes_a_line_of_the_terminal_or_moves_its_cursor(noun, text):
    """As many lines as without it, each begun by our own mark, and nothing for it to obey."""
    plain = [line.text for line in render_text(document(noun, Redaction.FULL))]
    made = [line.text for line in render_text(document(poisoned(noun, text), Redaction.FULL))]
    assert [RAW.findall(line) for line in made] == [[]] * len(made)
    assert len(made) == len(plain)
    assert [line[:4] for line in made] == [line[:4] for line in plain]


@given(catalogs(), orgs(), st.sampled_from(Redaction), st.sampled_from(Budget))
def test_any_plan_fits_and_is_the_same_twice(catalog, live, level, budget):
    """Size never fails, and nothing hangs on chance."""
    made = plan(catalog, live)
    text = render(document(made, level), marker="plan:x", budget=budget)
    assert len(text.encode()) <= budget.value
    assert text == render(document(made, level), marker="plan:x", budget=budget)
    assert digest(made) in text
    assert text.count("\n- remove") + text.count("\n# remove") == sum(
        c.action.value == "remove" for c in made.changes
    )


@given(catalogs(), orgs(), st.sampled_from([Redaction.IDS, Redaction.HASHED]))
def test_no_login_survives_redaction(catalog, live, level):
    """Not in a row, a sentence, a stanza, nor a field that no row prints."""
    made = plan(catalog, live)
    text = render(document(made, level), marker="plan:x") + str(redact(made, level))
    assert [name for name in (*LOGINS, *SUBJECTS, "example.com") if name in text] == []
    if level is Redaction.HASHED:
        assert [user for user in live.users if user in text] == []


@given(catalogs(), orgs())
def test_redaction_keeps_every_line_and_tells_people_apart(catalog, live):
    """As many lines, and as many people, as there were."""
    made = plan(catalog, live)
    hidden = redact(made, Redaction.HASHED)
    assert redact(made, Redaction.FULL) is made
    for name in ("changes", "blocked", "guards", "unapproved", "ending", "manual", "warnings"):
        assert len(getattr(hidden, name)) == len(getattr(made, name))
    people = {c.person.id for c in made.changes if c.person}
    assert len(people) == len({c.person.id for c in hidden.changes if c.person})
    assert digest(redact(made, Redaction.IDS)) == digest(made)
    assert isinstance(hidden, Plan)


@given(st.text(min_size=1).filter(str.strip), st.sampled_from([Redaction.IDS, Redaction.HASHED]))
def test_a_login_of_any_shape_is_hidden_in_its_own_line(login, level):
    """Okta lets a login be nearly anything."""
    login = f"x{login}qzx"
    line = FULL.blocked[1]
    person = PersonRef(id="00usam", login=login, name="Sam Qzx", status="DEPROVISIONED")
    grant = replace(line.grants[0], subject=login, purpose=f"for {login}")
    said = replace(line, person=person, grants=(grant,), summary=f"{login} (00usam) is no more")
    made = redact(replace(FULL, blocked=(said,)), level)
    assert "qzx" not in json.dumps(str(made)).casefold()
    assert all(isinstance(g, GrantRef) and g.origin is None for g in made.blocked[0].grants)
