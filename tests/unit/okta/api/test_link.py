"""The next page is found in both forms of the header, or the header is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.okta.api.pagination import LinkError, parse_links

SELF = '<https://acme.okta.com/api/v1/users?limit=2>; rel="self"'
NEXT = '<https://acme.okta.com/api/v1/users?after=a,b;c&limit=2>; rel="next"'
TARGET = st.text(st.characters(codec="ascii", exclude_characters="<>"), max_size=40)
RELATION = st.from_regex(r"[a-z]{1,8}", fullmatch=True)


@pytest.mark.parametrize(
    "values",
    [
        [SELF, NEXT],
        [NEXT, SELF],
        [f"{SELF}, {NEXT}"],
        [f"{SELF},{NEXT},"],
        [SELF.replace('"', ""), NEXT.replace('rel="next"', 'title="a, b"; REL = Next')],
    ],
)
def test_repeated_lines_and_joined_ones_say_the_same(values):
    """Okta repeats the line; libraries and proxies join it."""
    assert parse_links(values) == {
        "self": "https://acme.okta.com/api/v1/users?limit=2",
        "next": "https://acme.okta.com/api/v1/users?after=a,b;c&limit=2",
    }


@pytest.mark.parametrize(
    "value", ["next", "<https://x", f"{SELF} {NEXT}", f"{NEXT} rubbish", '<x>; rel="next', "<a><b>"]
)
def test_a_damaged_header_is_no_last_page(value):
    """Otherwise a list ends early and people seem to be gone."""
    with pytest.raises(LinkError):
        parse_links([value])


def test_two_different_next_pages_are_refused():
    """Neither is followed by chance."""
    with pytest.raises(LinkError):
        parse_links(['<a>; rel="next"', '<b>; rel="next"'])
    assert parse_links(['<a>; rel="next"', '<a>; rel="next last"']) == {"next": "a", "last": "a"}


@given(st.dictionaries(RELATION, TARGET, max_size=4), st.booleans(), st.booleans())
def test_what_was_written_is_read_again(links, joined, quoted):
    """Round trip, in both forms, quoted or not."""
    mark = '"' if quoted else ""
    lines = [f"<{target}>; rel={mark}{relation}{mark}" for relation, target in links.items()]
    assert parse_links([", ".join(lines)] if joined and lines else lines) == links


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(value):
    """No header makes it hang or fail otherwise."""
    try:
        parse_links([value])
    except LinkError:
        return
