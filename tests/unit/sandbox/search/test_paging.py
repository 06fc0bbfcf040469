"""Cursors and links."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.sandbox.api_errors import Failure
from reconciler.sandbox.search.paging import Page, encode_cursor, link_line, parse_page


@settings(deadline=None)
@given(st.text(min_size=1), st.integers(1, 5000))
def test_a_cursor_leads_back_to_its_position(position, limit):
    """Whatever its list is ordered by; and a limit above the most is cut."""
    read = parse_page(encode_cursor(position, "x"), str(limit), default=5, most=1000, list_name="x")
    assert read == Page(after=position, limit=min(limit, 1000))


@settings(deadline=None)
@given(st.text())
def test_an_invented_cursor_is_refused(text):
    """Cursors are opaque; an id is none."""
    with pytest.raises(Failure, match="E0000029"):
        parse_page(text, None, default=5, most=5, list_name="x")


def test_after_and_limit_stand_first():
    """As Okta writes its links."""
    query = {"search": 'a eq "b c"', "limit": "5", "after": "x"}
    assert link_line("https://h/p", query, "next") == (
        '<https://h/p?after=x&limit=5&search=a+eq+%22b+c%22>; rel="next"'
    )
