"""What somebody wrote is found in the catalog, or it is said what there is."""

import pytest

from reconciler.model.catalog import Catalog
from reconciler.proposals.access import clip, find_known_person, find_tool, split_access
from reconciler.proposals.nouns import Refusal
from tests.support.nouns import grant, tool


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("claude", ("claude", None)),
        ("claude/users", ("claude", "users")),
        ("claude/", ("claude", "")),
        ("a/b/c", ("a", "b/c")),
    ],
)
def test_a_tool_may_be_named_with_its_entitlement(text, parts):
    """As a binding's name has both."""
    assert split_access(text) == parts


def test_of_many_tools_a_dozen_are_listed():
    """A hint is read by a person."""
    names = [f"tool-{number:02}" for number in range(15)]
    found = find_tool(Catalog(tools={name: tool(name) for name in names}), "zzz")
    assert isinstance(found, Refusal)
    assert found.hint == f"there is {', '.join(names[:12])} and 3 more"


def test_of_no_tools_it_is_said_that_there_are_none():
    """There is nothing to choose from."""
    found = find_tool(Catalog(), "claude")
    assert isinstance(found, Refusal)
    assert found.hint == "the catalog has none yet"


def test_a_person_whom_no_file_names_is_unknown_and_the_like_are_shown():
    """Whoever is spelled wrong would keep what they have."""
    catalog = Catalog(grants=(grant("jane"),))
    found = find_known_person(catalog, "jnae@example.com")
    assert isinstance(found, Refusal)
    assert (found.code, found.hint) == ("subject-unknown", "there is jane@example.com")
    other = find_known_person(catalog, "q@x.io")
    assert isinstance(other, Refusal)
    assert other.hint == "give the name as a grant writes it"


def test_what_somebody_wrote_is_cut_in_a_sentence():
    """A field of an issue may hold a book."""
    assert clip("a\n b") == '"a b"'
    assert clip("x" * 90) == f'"{"x" * 80}…"'
