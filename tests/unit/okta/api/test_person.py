"""One person is found by login or id; any other text only shows who may be meant."""

from datetime import UTC, datetime

import httpx
import pytest

from reconciler.model.directory import AccountProfile, DirectoryUser, ReadFailure
from reconciler.okta.api.person import MOST_CANDIDATES
from reconciler.okta.api.reader import OktaReader

pytestmark = pytest.mark.anyio


def person(user_id="00ujane", login="jane@x.io", **more):
    """Somebody on the wire."""
    profile = {"login": login, "firstName": "Jane", "lastName": "Roe", **more.pop("profile", {})}
    return {"id": user_id, "status": "ACTIVE", "profile": profile, **more}


def answering(org, *answers):
    """A reader to whom the answers are given in turn."""
    left = list(answers)
    return OktaReader(org.sender(lambda _: left.pop(0)))


async def test_a_profile_tells_who_it_is(org):
    """So that nobody of the same name is suspended."""
    facts = {"manager": "Ann", "department": "Sales", "title": "Agent", "email": "jr@x.io"}
    times = {"lastLogin": "2026-11-01T08:00:00.000Z", "passwordChanged": "2026-01-02T08:00:00.000Z"}
    reader = answering(org, httpx.Response(200, json=person(profile=facts, **times)))
    assert await reader.fetch_profile("jane@x.io") == AccountProfile(
        user=DirectoryUser(
            id="00ujane", login="jane@x.io", status="ACTIVE", email="jr@x.io", name="Jane Roe"
        ),
        manager="Ann",
        department="Sales",
        title="Agent",
        last_login_at=datetime(2026, 11, 1, 8, tzinfo=UTC),
        password_changed_at=datetime(2026, 1, 2, 8, tzinfo=UTC),
    )


@pytest.mark.parametrize("profile", [{}, {"manager": None, "department": None, "title": None}])
async def test_what_okta_does_not_say_of_a_person_is_empty(org, profile):
    """Most companies fill in half of it."""
    reader = answering(org, httpx.Response(200, json=person(profile=profile, lastLogin=None)))
    found = await reader.fetch_profile("00ujane")
    assert (found.manager, found.department, found.title) == ("", "", "")
    assert (found.last_login_at, found.password_changed_at) == (None, None)


async def test_a_login_without_its_domain_is_nobodys(org):
    """Okta would take it for somebody's; the same name elsewhere is another person."""
    assert await answering(org, httpx.Response(200, json=person())).fetch_profile("jane") is None


@pytest.mark.parametrize("login", ["a/b@x.io", "..", "a?b@x.io"])
async def test_a_login_that_no_path_can_hold_is_filtered_for(org, login):
    """It would be another address."""
    page = httpx.Response(200, json=[person(), person("00uab", login)])
    found = await answering(org, page).fetch_profile(login)
    assert found.id == "00uab"
    assert dict(org.requests[0].url.params)["filter"] == f'profile.login eq "{login}"'


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (httpx.Response(404, json={"errorCode": "E0000007", "errorSummary": "x"}), None),
        (httpx.Response(403, json={"errorCode": "E0000006", "errorSummary": "x"}), "refused"),
        (httpx.Response(200, json={"id": "00u"}), "malformed"),
        (httpx.Response(200, html="<html>"), "malformed"),
    ],
)
async def test_a_person_who_is_not_there_is_told_from_one_who_was_not_read(org, answer, found):
    """Only the first may be searched for by other means."""
    result = await answering(org, answer).fetch_profile("jane@x.io")
    assert (result.code if isinstance(result, ReadFailure) else result) == found


def candidates(*people):
    """A page of people."""
    return httpx.Response(200, json=list(people))


async def test_a_login_or_an_address_is_looked_for_first(org):
    """Where somebody has it, names are not searched for."""
    found = await answering(org, candidates(person())).fetch_candidates("jane@x.io")
    assert [user.id for user in found] == ["00ujane"]
    (request,) = org.requests
    assert dict(request.url.params) == {
        "search": 'profile.login eq "jane@x.io" or profile.email eq "jane@x.io"',
        "limit": "10",
    }


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Jane", ""),
        ('a" or id pr', ' or (profile.firstName sw "a\\"" and profile.lastName sw "pr")'),
        ("Jane Roe", ' or (profile.firstName sw "Jane" and profile.lastName sw "Roe")'),
    ],
)
async def test_a_name_is_looked_for_by_its_beginning(org, text, more):
    """What is typed stays a value, whatever is in it."""
    reader = answering(org, candidates(), candidates(person(), person("00ub", "b@x.io")))
    assert len(await reader.fetch_candidates(text)) == 2
    quoted = text.replace('"', '\\"')
    names = " or ".join(f'profile.{n} sw "{quoted}"' for n in ("login", "firstName", "lastName"))
    assert org.requests[1].url.params["search"] == names + more


async def test_no_more_than_ten_are_shown_and_no_second_page_is_read(org):
    """Whoever must choose among more gives more of the name."""
    many = [person(f"00u{n}", f"u{n}@x.io") for n in range(12)]
    more = {"link": '<https://acme.okta.com/api/v1/users?after=x>; rel="next"'}
    page = httpx.Response(200, json=many, headers=more)
    assert len(await answering(org, page).fetch_candidates("u")) == MOST_CANDIDATES
    assert len(org.requests) == 1


async def test_nothing_is_asked_about_no_text(org):
    """Everybody would be found."""
    assert await answering(org).fetch_candidates("  ") == ()
    assert org.requests == []


async def test_candidates_that_cannot_be_read_are_not_nobody(org):
    """Half a list would show the wrong one alone."""
    assert (await answering(org, httpx.Response(403)).fetch_candidates("jane")).code == "refused"
