"""What an answer says of itself, made safe to print."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.okta.responses.response import Answer, escape_unprintable


@pytest.mark.parametrize(
    ("kind", "is_json"),
    [
        ("application/json", True),
        ("Application/JSON; charset=UTF-8", True),
        ("text/html", False),
        ("application/jsonp", False),
        ("", False),
    ],
)
def test_json_is_what_says_so(kind, is_json):
    """Recordings have it with and without a charset."""
    headers = httpx.Headers({"content-type": kind})
    answer = Answer(method="GET", path="/x", status=200, headers=headers)
    assert (answer.is_json, answer.is_success) == (is_json, True)


def test_neither_body_nor_headers_are_in_the_repr():
    """Tracebacks print objects."""
    headers = httpx.Headers({"authorization": "s3cret"})
    answer = Answer(method="GET", path="/x", status=403, headers=headers, body=b"s3cret")
    assert "s3cret" not in repr(answer)
    assert not answer.is_success


def test_what_could_act_on_a_terminal_is_escaped():
    """Escape sequences, bidi marks, line ends."""
    assert escape_unprintable("a\x1b[1m\u202eb\n", 9) == "a\\x1b[1m\\u202eb\\n"
    assert escape_unprintable("abcdef", 3) == "abc…"


@given(st.text(), st.integers(0, 20))
def test_any_text_becomes_printable(text, length):
    """Whatever a stranger named a group."""
    assert escape_unprintable(text, length).isprintable()
