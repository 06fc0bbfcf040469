"""Whether a grant's words come to the same by the files of two days."""

from dataclasses import replace

import pytest

from reconciler.identity.index import index_users
from reconciler.model.catalog import Catalog, CreateGroup, IdentityMapping
from reconciler.model.directory import DirectoryGroup
from reconciler.model.settings import IdentityRule, Settings
from reconciler.planning.approvals.meaning import (
    CurrentMeaning,
    explain_difference,
    interpret_catalog,
)
from tests.support.builders import CONNECTOR
from tests.support.nouns import GROUP, binding, grant, user

JANE, JOE = user("jane", email="j@example.com"), user("joe")
ASKED = grant("jira:1")


def catalog(*identities, bound=None, **more):
    """Files with these identities, and the usual binding."""
    bindings = (bound or binding(),)
    return Catalog(identities=identities, bindings=bindings, **more)


def mapped(key="jira:1", **okta):
    """An identity."""
    return IdentityMapping(keys=(key,), **okta)


def change(asked, then, now, groups=()):
    """What is said of the change."""
    present = CurrentMeaning(
        reading=interpret_catalog(now, CONNECTOR),
        people=index_users([JANE, JOE]),
        groups={g.id: g for g in groups},
    )
    return explain_difference(asked, interpret_catalog(then, CONNECTOR), present)


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ({"login": "jane@example.com"}, {"id": JANE.id}),
        ({"login": "JANE@example.com"}, {"login": "jane@example.com", "id": JANE.id}),
        ({"id": JANE.id}, {"id": JANE.id}),
    ],
)
def test_an_account_that_is_written_otherwise_is_the_same(then, now):
    """Anchoring a mapping is not handing it on."""
    assert change(ASKED, catalog(mapped(**then)), catalog(mapped(**now))) == ""


@pytest.mark.parametrize(
    "then",
    [
        (),
        (mapped(login="joe@example.com"),),
        (mapped(login="gone@example.com"),),
        (mapped(login="jane@example.com"), mapped(login="joe@example.com")),
        (mapped("jira:2", login="jane@example.com"),),
    ],
)
def test_another_account_or_none_is_somebody_else(then):
    """What cannot be told is not the same."""
    now = catalog(mapped(login="jane@example.com"))
    assert change(ASKED, catalog(*then), now) == "the subject means another account"
    assert change(ASKED, now, catalog(*then)) == "the subject means another account"


def test_a_login_that_was_mapped_since_is_somebody_else():
    """And so is an address that is matched by another rule since."""
    plain = grant("jane")
    assert change(plain, catalog(), catalog()) == ""
    other = catalog(mapped("jane@example.com", login="joe@example.com"))
    assert change(plain, catalog(), other) == "the subject means another account"
    by_email = catalog(settings=Settings(match=(IdentityRule.EMAIL,)))
    asked = replace(plain, subject="j@example.com")
    assert change(asked, by_email, by_email) == ""
    assert change(asked, catalog(), by_email) == "the subject means another account"


OTHER = replace(GROUP, id="00gother")
MADE = binding(group=CreateGroup(name=GROUP.name))


@pytest.mark.parametrize(
    ("then", "now", "is_same"),
    [
        (binding(), binding(authority="authoritative"), True),
        (binding(), binding(group=replace(binding().group, id=OTHER.id)), False),
        (binding(), MADE, False),
        (MADE, MADE, True),
        (MADE, binding(group=CreateGroup(name="Other")), False),
        (MADE, binding(), True),
        (MADE, binding(group=replace(binding().group, id=OTHER.id)), False),
        (binding(connector="other"), binding(), False),
        (binding(entitlement="admins"), binding(), False),
        (binding(retired=True), binding(), False),
        (binding(retired=True), binding(retired=True), True),
    ],
)
def test_an_entitlement_fills_the_group_that_it_filled(then, now, is_same):
    """A group that was made for it is the same when it is bound by its id."""
    groups = (
        DirectoryGroup(id=GROUP.id, name="x", type="OKTA_GROUP", description=f"x {MADE.marker}"),
        DirectoryGroup(id=OTHER.id, name=GROUP.name, type="OKTA_GROUP"),
    )
    told = change(grant(), catalog(bound=then), catalog(bound=now), groups)
    assert told == ("" if is_same else "the entitlement fills another group")
