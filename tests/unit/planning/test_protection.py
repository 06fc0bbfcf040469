"""People no run ever removes, found by id or by login."""

import pytest

from reconciler.identity.index import index_users
from reconciler.model.directory import ReadFailure
from reconciler.model.plan import PersonRef
from reconciler.model.settings import ProtectedPerson
from reconciler.planning.classify import Protection, find_protected, protected_key
from tests.support.nouns import codes, user

GLASS = user("glass")


def person(login="glass@example.com", **more):
    """A protected person."""
    return ProtectedPerson(login=login, reason="emergency access", **more)


@pytest.mark.parametrize(
    "one", [person(), person("GLASS@example.com"), person("renamed@example.com", id="00uglass")]
)
def test_a_protected_person_is_found_by_id_or_else_by_login(one):
    """The id outlives a renamed login; a login is compared as Okta compares it."""
    assert Protection(ids=frozenset({"00uglass"})) == find_protected((one,), index_users([GLASS]))


@pytest.mark.parametrize("one", [person("gone@example.com"), person(id="00uother")])
def test_a_protected_person_who_is_nobody_holds_and_warns(one):
    """They may be any member under another name, so nobody goes."""
    found = find_protected((one,), index_users([GLASS]))
    assert (frozenset(), True) == (found.ids, one.login in found.holds_all)
    assert codes(found.warnings) == ["protected-missing"]


def test_those_who_are_found_stay_protected_beside_one_who_is_not():
    """One lost person does not unprotect the others."""
    found = find_protected((person("z@x.io"), person(), person("a@x.io")), index_users([GLASS]))
    assert frozenset({"00uglass"}) == found.ids
    assert "a@x.io, z@x.io, protected, could not be resolved" in found.holds_all


def test_without_protected_people_nothing_is_held():
    """The quiet default."""
    assert Protection(ids=frozenset()) == find_protected((), index_users([GLASS]))


def test_a_look_up_that_failed_is_told_from_nobody():
    """The one is tried again, the other is corrected; both hold."""
    lost, failed = person("gone@example.com"), person("b@x.io")
    unread = {protected_key(failed): ReadFailure(code="unreachable", detail="503")}
    found = find_protected((lost, failed), index_users([GLASS]), unread)
    assert codes(found.warnings) == ["protected-unread", "protected-missing"]
    assert [w.people for w in found.warnings] == [
        (PersonRef(id=None, login="b@x.io"),),
        (PersonRef(id=None, login="gone@example.com"),),
    ]
    assert found.holds_all == (
        "b@x.io, protected, could not be looked up and gone@example.com, protected, could "
        "not be resolved and may be any member"
    )
