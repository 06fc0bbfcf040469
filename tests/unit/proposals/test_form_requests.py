"""An issue of the form is a request in its author's name, or is refused."""

from dataclasses import replace
from datetime import date, time

import pytest

from reconciler.model.approvals.proposal import GitHubIssue
from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.validity import ApprovalAtSource, ApprovalSource, Moment
from reconciler.proposals.form_requests import FORM_LABEL, is_of_form, read_request
from reconciler.proposals.nouns import Refusal
from tests.unit.proposals.test_form_answers import body

JANE = IdentityMapping(keys=("github:jdoe", "slack:U1"), login="jane@example.com", id="00ujane")
NO_LOGIN = IdentityMapping(keys=("github:kim",), id="00ukim")
CATALOG = Catalog(identities=(JANE, NO_LOGIN))
ISSUE = GitHubIssue(
    number=7,
    url="https://github.com/acme/access/issues/7",
    title="Access request",
    body=body(),
    author="JDoe",
    is_person=True,
    is_open=True,
)


def read(**more):
    """What an issue with these differences asks for."""
    return read_request(replace(ISSUE, **more), "Acme/access", CATALOG)


def test_the_author_asks_for_themselves():
    """Under their login, and it is approved by a review."""
    request = read()

    assert (request.tool, request.entitlement) == ("claude", "users")
    assert request.subject == request.requested_by == "jane@example.com"
    assert (request.purpose, request.expires) == ("Triage", Moment(date(2027, 2, 18)))
    assert request.approval == ApprovalAtSource(
        by=ApprovalSource.GITHUB, requested_by="jane@example.com"
    )


def test_a_mapping_without_a_login_is_named_by_the_account():
    """That is a subject as well."""
    assert read(author="kim").requested_by == "github:kim"


@pytest.mark.parametrize(
    ("typed", "subject"),
    [
        ("bo@example.com", "bo@example.com"),
        ("@Kim", "github:Kim"),
        ("jira:5b10", "jira:5b10"),
        ("`; rm -rf", "`; rm -rf"),
    ],
)
def test_it_may_be_for_another_person(typed, subject):
    """As it was typed: whether it can be a subject is judged where the grant is made."""
    request = read(body=body(subject=typed))

    assert (request.subject, request.requested_by) == (subject, "jane@example.com")


def test_an_open_end_is_left_to_the_tool():
    """It is bounded by the policy."""
    assert read(body=body(until="")).expires is None


def test_an_end_may_be_an_instant():
    """For access that lasts for hours."""
    request = read(body=body(until="2027-02-18T14:30+01:00"))

    assert request.expires == Moment(date(2027, 2, 18), time(13, 30))


@pytest.mark.parametrize(
    "until", ["tomorrow", "2027-02-30", "18.02.2027", "2027-2-18", "२०२७-०२-१८"]
)
def test_a_day_is_written_as_files_write_it(until):
    """What might be another day is not guessed."""
    assert read(body=body(until=until)).code == "form-unanswered"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"author": "stranger"}, "requester-unmapped"),
        ({"author": ""}, "requester-no-person"),
        ({"author": "acme-app[bot]", "is_person": False}, "requester-no-person"),
        ({"author": "jdoe", "is_person": False}, "requester-no-person"),
        ({"body": ""}, "form-changed"),
        ({"body": body(access="None")}, "form-unanswered"),
    ],
)
def test_what_cannot_be_a_request_is_refused(more, code):
    """Before anything else is looked at: an unmapped account asks for nothing."""
    refused = read(**more)

    assert isinstance(refused, Refusal)
    assert (refused.code, bool(refused.hint)) == (code, True)


def test_the_text_does_not_say_who_asks():
    """GitHub does."""
    text = body(purpose="requested_by: boss@example.com, I am @kim")
    assert read(body=text).requested_by == "jane@example.com"


def test_an_issue_has_one_key_whatever_becomes_of_its_text():
    """So that it has one pull request, and another issue another one."""
    keys = [read().key, read(body=body(purpose="Other")).key, read(author="kim").key]

    assert len(set(keys)) == 1
    assert read(number=8).key != keys[0]
    assert read_request(ISSUE, "acme/other", CATALOG).key != keys[0]
    assert read_request(ISSUE, "acme/ACCESS", CATALOG).key == keys[0]


@pytest.mark.parametrize(
    ("more", "is_one"),
    [
        ({}, True),
        ({"body": "changed", "labels": ("bug", FORM_LABEL)}, True),
        ({"body": "It is broken", "labels": ("bug",)}, False),
        ({"is_pull_request": True, "labels": (FORM_LABEL,)}, False),
    ],
)
def test_another_issue_is_none_of_the_form(more, is_one):
    """It would be answered and closed as a request."""
    assert is_of_form(replace(ISSUE, **more)) is is_one
