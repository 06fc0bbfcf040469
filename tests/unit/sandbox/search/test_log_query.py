"""What may be asked of the System Log."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.sandbox.api_errors import Failure
from reconciler.sandbox.changes.log_events import Author, EventKind, build_event, target
from reconciler.sandbox.search.log_query import parse_log_query

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
JANE = Author(
    id="00u1", login="jane@x.example", name="Jane Doe", token_id="00T1", request_id="ab-c"
)
EVENT = json.dumps(
    build_event(
        JANE,
        NOW,
        EventKind("group.user_membership.add", "Add user to group membership"),
        (target("00u2", "User", "ravi@x.example", "Ravi"), target("00g1", "UserGroup", "-", "g")),
        {"triggeredByGroupRuleId": "0pr1"},
    )
).encode()


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('eventType eq "group.user_membership.add"', True),
        ('eventType sw "group.user_membership"', True),
        ('eventType co "membership"', True),
        ('eventType ew ".remove"', False),
        ('actor.id eq "00u1"', True),
        ('actor.id ne "00u1"', False),
        ('target.id eq "00u2" and target.id eq "00g1"', True),
        ('target.id eq "00u2" and target.id eq "00g2"', False),
        ('target.type eq "UserGroup"', True),
        ('transaction.detail.requestApiTokenId eq "00T1"', True),
        ('outcome.result eq "FAILURE" or (outcome.result eq "SUCCESS")', True),
        ('debugContext.debugData.triggeredByGroupRuleId eq "0pr1"', True),
        ("debugContext.debugData.absent pr", False),
        ('request.ipChain.ip eq "127.0.0.1"', True),
        ('not (eventType sw "user.")', True),
        ('not(target.id eq "00u2")', False),
        ('NOT (actor.id eq "00u2" or not (target.type eq "User")) and severity eq "INFO"', True),
    ],
)
def test_a_filter_holds_for_what_it_describes(text, holds):
    """Any of an event's targets may be the one that is meant."""
    assert parse_log_query({"filter": text}, NOW).matches(EVENT) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("membership", True),
        ("MEMBERSHIP jane@x.example", True),
        ("member", False),
        ("ab-c", True),
        ("ab", True),
        ("membership ravi", True),
        ("membership rosa", False),
    ],
)
def test_all_keywords_are_matched_exactly(text, holds):
    """In any case, and between hyphens."""
    assert parse_log_query({"q": text}, NOW).matches(EVENT) is holds


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        (
            {"since": "2026-01-01T00:00:00Z"},
            "E0000053",
            "Invalid parameter: The since parameter is over 180 days prior to the current day.",
        ),
        ({"filter": 'display_message eq "x"'}, "E0000053", "field is not valid: display_message"),
        ({"filter": "published pr"}, "E0000053", "field is not valid: published"),
        (
            {"filter": 'eventType eqq "x"'},
            "E0000053",
            (
                "Invalid filter 'eventType eqq \"x\"': Unrecognized attribute operator 'eqq' at"
                " position 10. Expected: eq,co,sw,pr,gt,ge,lt,le"
            ),
        ),
        ({"filter": "("}, "E0000053", "Invalid filter '('"),
        (
            {"filter": 'debugContext.debugData.url co "/oauth/"'},
            "E0000031",
            (
                "The supplied combination of operator and field is not currently supported."
                " Operator: co, Field: debugContext.debugData.url"
            ),
        ),
        (
            {"until": "tomorrow"},
            "E0000001",
            (
                "Api validation failed: 'until': The date format in your query is not recognized."
                " Please enter dates using ISO8601 string format."
                " 'until': must be a valid date-time or empty."
            ),
        ),
        ({"q": "x" * 41}, "E0000001", "cannot contain items longer than 40 characters"),
        ({"q": "x " * 11}, "E0000001", "more than 10 items"),
        ({"limit": "many"}, "E0000029", "Invalid paging request."),
        ({"after": "00u1"}, "E0000029", "Invalid paging request."),
    ],
)
def test_a_bad_question_is_told_what_is_bad(query, code, words):
    """In Okta's own words."""
    with pytest.raises(Failure) as caught:
        parse_log_query(query, NOW)
    assert (caught.value.status, caught.value.code) == (400, code)
    assert words in caught.value.summary


def test_what_is_left_out_is_the_last_week():
    """Seven days, a hundred events, no end."""
    query = parse_log_query({}, NOW)
    assert (query.limit, query.is_polling, query.until) == (100, True, None)
    assert query.since == NOW.timestamp() * 1000 - 7 * 24 * 3600 * 1000
    assert parse_log_query({"limit": "5000"}, NOW).limit == 1000


def test_what_is_older_than_ninety_days_is_gone():
    """The question is taken, and answered with less."""
    query = parse_log_query({"since": "2026-04-01T00:00:00Z"}, NOW)
    assert query.since == NOW.timestamp() * 1000 - 90 * 24 * 3600 * 1000


@given(
    st.sampled_from(["eventType", "target.id", "published", "debugContext.debugData.url", "x"]),
    st.sampled_from(["eq", "ne", "co", "sw", "ew", "pr", "gt", "ge", "lt", "le", "eqq"]),
    st.one_of(st.text(max_size=20).map(json.dumps), st.text(max_size=20)),
    st.sampled_from(["", " and ", " or ", ")", "(", '"']),
)
def test_no_filter_breaks_the_log(field, operator, value, rest):
    """It is answered or refused with 400."""
    status = 400
    try:
        query = parse_log_query({"filter": f"{field} {operator} {value}{rest}{field} pr"}, NOW)
    except Failure as failure:
        status = failure.status
    else:
        assert query.matches(EVENT) in (True, False)
    assert status == 400
