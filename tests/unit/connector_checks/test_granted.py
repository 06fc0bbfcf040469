"""Scopes that were granted, against those that are needed."""

import pytest

from reconciler.connector_checks.granted_scopes import judge_scopes
from reconciler.connector_checks.oauth_scopes import ScopeNeed
from reconciler.model.directory import CredentialFacts

READ = ScopeNeed(scope="okta.groups.read", because="reads groups")
USERS = ScopeNeed(scope="okta.users.read", because="reads people")
LOGS = ScopeNeed(
    scope="okta.logs.read", because="reads the log", is_required=False, loss="nobody is asked about"
)
NEEDS = (READ, LOGS, USERS)


def judged(*granted, needs=NEEDS):
    """Code, name and status of each check of a token with these scopes."""
    asked = frozenset(need.scope for need in needs)
    facts = CredentialFacts(method="private_key_jwt", asked=asked, granted=frozenset(granted))
    return [(check.code, check.name, check.status.value) for check in judge_scopes(needs, facts)]


ALL = ("okta.groups.read", "okta.logs.read", "okta.users.read")
MISSING = ("scope-missing", "scopes", "failed")
OPTIONAL = ("scope-optional-missing", "scope okta.logs.read", "warned")
UNNEEDED = ("scope-unneeded", "least privilege of scopes", "warned")
ENOUGH = ("", "scopes", "passed")


@pytest.mark.parametrize(
    ("expected", "granted"),
    [
        ([ENOUGH], ALL),
        ([ENOUGH, OPTIONAL], ("okta.groups.read", "okta.users.read")),
        ([MISSING], ("okta.logs.read", "okta.users.read")),
        ([MISSING, OPTIONAL], ()),
        ([ENOUGH, UNNEEDED], (*ALL, "okta.apps.manage")),
        (
            [ENOUGH, UNNEEDED],
            ("okta.groups.manage", "okta.logs.read", "okta.users.read"),
        ),
        ([MISSING, UNNEEDED], ("okta.logs.read", "okta.users.read", "okta.apps.read")),
    ],
)
def test_a_grant_is_too_small_too_large_or_just_right(expected, granted):
    """Okta says nothing of what it left out."""
    assert expected == judged(*granted)


@pytest.mark.parametrize("facts", [None, CredentialFacts(method="ssws")])
def test_an_api_token_has_no_scopes(facts):
    """Its owner's roles are judged instead."""
    assert list(judge_scopes(NEEDS, facts)) == []


def test_each_missing_scope_says_what_it_is_for():
    """And where it is granted."""
    facts = CredentialFacts(method="private_key_jwt", granted=frozenset({"okta.logs.read"}))
    (check,) = judge_scopes(NEEDS, facts)
    assert check.summary == (
        "not granted: okta.groups.read (reads groups); okta.users.read (reads people); "
        "granted: okta.logs.read"
    )
    assert check.hint.startswith("grant okta.groups.read, okta.users.read in the Admin Console")


def test_what_is_lost_without_an_optional_scope_is_said():
    """Whoever decides against it knows the price."""
    facts = CredentialFacts(
        method="private_key_jwt", granted=frozenset({"okta.groups.read", "okta.users.read"})
    )
    _, check = judge_scopes(NEEDS, facts)
    assert check.summary == "not granted: nobody is asked about"
