"""The parser of filters and searches."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.sandbox.search.expression import And, Comparison, ExpressionError, Not, Or, parse

A = Comparison(attribute="a", operator="eq", value="1")
B = Comparison(attribute="b", operator="pr")
C = Comparison(attribute="c.d", operator="gt", value=2.0)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('a eq "1"', A),
        ('a EQ "1" or b pr', Or(terms=(A, B))),
        ('a eq "1" or b pr AND c.d gt 2', Or(terms=(A, And(terms=(B, C))))),
        ('(a eq "1" or b pr) and c.d gt 2', And(terms=(Or(terms=(A, B)), C))),
        ("((b pr))", B),
        ('not (b pr) and a eq "1"', And(terms=(Not(term=B), A))),
        ("NOT(not (b pr))", Not(term=Not(term=B))),
        ('not pr or a eq "1"', Or(terms=(Comparison(attribute="not", operator="pr"), A))),
        (r'a eq "x\"y\\z"', Comparison(attribute="a", operator="eq", value='x"y\\z')),
        ("a eq true", Comparison(attribute="a", operator="eq", value=True)),
    ],
)
def test_an_expression_becomes_its_tree(text, tree):
    """`and` binds closer than `or`, and keywords may be in capitals."""
    assert parse(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a eq",
        "a is 1",
        'a eq "1',
        'a eq "1" b pr',
        '(a eq "1"',
        'a eq "1")',
        "1a pr",
        "a eq one",
        "not a pr",
        "not (a pr",
        "not",
        "and",
        "(" * 100 + "a pr" + ")" * 100,
        "a pr or " * 10_000 + "a pr",
    ],
)
def test_what_is_no_expression_is_refused(text):
    """Also what is too deep or too long."""
    with pytest.raises(ExpressionError):
        parse(text)


WORDS = st.sampled_from(["(", ")", "and", "or", "eq", "pr", "a", "a.b", '"x"', '"', "\\", "1", " "])


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(WORDS, max_size=30).map(" ".join)))
def test_no_text_crashes_the_parser(text):
    """A tree or a refusal, nothing else."""
    with contextlib.suppress(ExpressionError):
        parse(text)
