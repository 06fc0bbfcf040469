"""Only people whom no member page has shown are asked about, in batches of twenty."""

import pytest

from reconciler.live.people import observe_people
from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.directory import ReadFailure
from reconciler.model.errors import ConnectorError
from reconciler.model.settings import IdentityRule, ProtectedPerson, Settings
from tests.support.builders import NOW
from tests.support.fake_directory import FakeReader
from tests.support.nouns import binding, grant, tool, user

pytestmark = pytest.mark.anyio
M, L, E = IdentityRule.MAPPING, IdentityRule.LOGIN, IdentityRule.EMAIL
JANE, JOE = user("jane"), user("joe", email="team@example.com")
UNREAD = ReadFailure(code="unreachable", detail="503")


def catalog(*grants, match=(M, L), protected=(), identities=(), **entitlement):
    """A catalog with these grants of claude/users."""
    return Catalog(
        settings=Settings(match=match, protected=protected),
        tools={"claude": tool(users=entitlement)},
        grants=grants,
        identities=identities,
    )


async def asked(described, *seen, **reader):
    """The questions about people when these were seen already."""
    directory = FakeReader(**reader)
    await observe_people(directory, described, (binding(),), {u.id: u for u in seen})
    return directory.people_asked


def question(ids=(), logins=(), emails=()):
    """One look-up."""
    return {"ids": ids, "logins": logins, "emails": emails}


BOTH = IdentityMapping(keys=("jira:5b10",), login="jane@example.com", id="00ujane")
BY_LOGIN = IdentityMapping(keys=("jira:5b10",), login="jane@example.com")


@pytest.mark.parametrize(
    ("expected", "described", "seen"),
    [
        ([], catalog(), ()),
        ([], catalog(grant("jane")), (JANE,)),
        ([], catalog(grant("JANE@Example.com")), (JANE,)),
        ([question(logins=("jane@example.com",))], catalog(grant("jane")), (JOE,)),
        ([question(logins=("jane@example.com",))], catalog(grant("jane"), grant("jane")), ()),
        ([], catalog(grant("jira:5b10")), ()),
        ([question(ids=("00ujane",))], catalog(grant("jira:5b10"), identities=(BOTH,)), ()),
        ([], catalog(grant("jira:5b10"), identities=(BOTH,)), (JANE,)),
        (
            [question(logins=("jane@example.com",))],
            catalog(grant("jira:5b10"), identities=(BY_LOGIN,)),
            (),
        ),
        ([], catalog(grant("jira:5b10"), identities=(BY_LOGIN,)), (JANE,)),
        ([], catalog(grant("jane", tool="cursor")), ()),
        (
            [question(logins=("lead@example.com",))],
            catalog(required_members=("lead@example.com",)),
            (),
        ),
    ],
)
async def test_only_what_no_member_page_answered_is_asked(expected, described, seen):
    """Ids and logins are unique in an org: one that was seen needs no question."""
    assert expected == await asked(described, *seen)


@pytest.mark.parametrize(
    ("expected", "match", "seen"),
    [
        ([question(logins=("joe@example.com",), emails=("joe@example.com",))], (M, L, E), ()),
        ([], (M, L, E), (JOE,)),
        ([question(emails=("joe@example.com",))], (M, E, L), (JOE,)),
        ([question(emails=("joe@example.com",))], (M, E), (JOE,)),
    ],
)
async def test_an_address_is_asked_unless_the_login_answered_first(expected, match, seen):
    """Several people may share an address, so having seen one of them answers nothing."""
    assert expected == await asked(catalog(grant("joe"), match=match), *seen)


@pytest.mark.parametrize(
    ("expected", "person", "seen"),
    [
        ([question(logins=("glass@example.com",))], {"login": "glass@example.com"}, ()),
        ([], {"login": "glass@example.com"}, (user("glass"),)),
        ([question(ids=("00uglass",))], {"login": "x@example.com", "id": "00uglass"}, ()),
        ([], {"login": "x@example.com", "id": "00uglass"}, (user("glass"),)),
    ],
)
async def test_protected_people_are_looked_up_too(expected, person, seen):
    """One who is not found holds every unapproved removal, so it has to be asked."""
    one = ProtectedPerson(reason="emergency", **person)
    assert expected == await asked(catalog(protected=(one,)), *seen)


async def test_people_are_asked_for_in_batches_of_twenty():
    """A longer address may be refused on the way."""
    names = [f"p{n:02}@example.com" for n in range(41)]
    found = await asked(catalog(*(grant(name) for name in names)))
    assert sorted(len(q["logins"]) for q in found) == [1, 20, 20]
    assert sorted(name for q in found for name in q["logins"]) == names


async def test_whoever_is_found_joins_those_who_were_seen():
    """The next step resolves against all of them."""
    users = {JOE.id: JOE}
    reader = FakeReader(users=(JANE,))
    unread = await observe_people(reader, catalog(grant("jane")), (binding(),), users)
    assert ({}, {JOE.id: JOE, JANE.id: JANE}) == (unread, users)


async def test_a_look_up_that_failed_makes_its_subjects_unread():
    """Under the folded key, and only those that were asked."""
    described = catalog(grant("Jane@Example.com"), grant("joe"))
    users = {JOE.id: JOE}
    unread = await observe_people(FakeReader(fails=UNREAD), described, (binding(),), users)
    assert ({"jane@example.com": UNREAD}, {JOE.id: JOE}) == (unread, users)


async def test_an_error_that_ends_the_run_is_passed_on():
    """The caller decides what several of them mean."""
    error = ConnectorError("token-refused", "401", status=401)
    with pytest.raises(ExceptionGroup) as caught:
        await asked(catalog(grant("jane")), fails=error)
    assert caught.value.exceptions == (error,)


async def test_names_that_only_look_alike_are_asked_for_apart():
    """Okta holds both, and each has to be found."""
    (question,) = await asked(catalog(grant("weiß"), grant("weiss")))
    assert sorted(question["logins"]) == ["weiss@example.com", "weiß@example.com"]


async def test_whom_the_search_does_not_show_is_asked_for_directly():
    """The index behind it may not know them yet."""
    users = {}
    reader = FakeReader(direct={"jane@example.com": JANE})
    unread = await observe_people(reader, catalog(grant("jane")), (binding(),), users)
    assert (unread, users) == ({}, {JANE.id: JANE})


async def test_a_direct_question_that_fails_leaves_a_doubt():
    """Nobody was shown, and nobody said that there is nobody."""
    reader = FakeReader(direct={"jane@example.com": UNREAD})
    unread = await observe_people(reader, catalog(grant("jane")), (binding(),), {})
    assert unread == {"jane@example.com": UNREAD}


async def test_a_direct_answer_is_newer_than_what_the_search_showed():
    """Somebody else's grant found her under the login that she had."""
    stale = user("jane", login="jane.old@example.com")
    reader = FakeReader(users=(stale,), direct={"jane@example.com": JANE})
    users = {}
    described = catalog(grant("jane"), grant("jane.old"))
    await observe_people(reader, described, (binding(),), users)
    assert users == {JANE.id: JANE}


async def test_what_a_search_shows_never_replaces_what_a_member_list_showed():
    """The list is never behind."""
    stale = user("jane", login="jane.old@example.com")
    users = {JANE.id: JANE}
    reader = FakeReader(users=(stale,))
    await observe_people(reader, catalog(grant("jane.old")), (binding(),), users)
    assert users == {JANE.id: JANE}


@pytest.mark.parametrize(
    ("asked_for", "described", "now"),
    [
        (["jane@example.com"], catalog(grant("jane", starts="2026-12-01")), NOW),
        ([], catalog(grant("jane", expires="2026-11-01")), NOW),
        (["jane@example.com"], catalog(grant("jane", expires="2026-11-01")), None),
        ([], catalog(grant("jira:1")), NOW),
        (["00ujane"], catalog(grant("jira:5b10"), identities=(BOTH,)), NOW),
        (["lead@example.com"], catalog(required_members=("lead@example.com",)), NOW),
        (
            ["glass@example.com"],
            catalog(protected=(ProtectedPerson(login="glass@example.com", reason="x"),)),
            NOW,
        ),
        ([], catalog(grant("joe", tool="cursor")), NOW),
    ],
)
async def test_only_whoever_matters_today_or_later_is_asked_for_directly(asked_for, described, now):
    """Of people who left there may be thousands, and each would cost a request."""
    reader = FakeReader()
    await observe_people(reader, described, (binding(),), {}, now)
    assert [q[1] for q in reader.asked if isinstance(q, tuple) and q[0] == "user"] == asked_for


async def test_there_is_an_end_to_asking_one_by_one():
    """The others are not said to be nobody, either."""
    names = [f"p{n:03}" for n in range(103)]
    reader = FakeReader()
    found = await observe_people(reader, catalog(*map(grant, names)), (binding(),), {}, NOW)
    assert len([q for q in reader.asked if isinstance(q, tuple) and q[0] == "user"]) == 100
    assert sorted(found) == [f"{name}@example.com" for name in names[100:]]
    assert {unread.code for unread in found.values()} == {"unasked"}
