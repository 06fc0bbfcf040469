"""Reads are complete, or they say why they are not."""

import json
import re

import httpx
import pytest

from reconciler.model.directory import DirectoryGroup, Org, ReadCount, ReadFailure
from reconciler.model.errors import ConnectorError, GuardRefused
from reconciler.okta.api.reader import OktaReader

pytestmark = pytest.mark.anyio
LINK = {"link": '<https://acme.okta.com/>; rel="self"'}
REFUSED = {"errorCode": "E0000006", "errorSummary": "No", "errorId": "oae1"}
UNREACHABLE = httpx.ConnectError("no route")


def user(number, status="ACTIVE", login=None):
    """A person on the wire."""
    profile = {"login": login or f"p{number}@x.io", "email": f"mail{number}@x.io"}
    return {"id": f"00u{number}", "status": status, "profile": profile}


def group(number, name=None, kind="OKTA_GROUP"):
    """A group on the wire."""
    return {"id": f"00g{number}", "type": kind, "profile": {"name": name or f"G{number}"}}


def listed(items):
    """A last page."""
    return httpx.Response(200, json=items, headers=LINK)


def terms(request, kind):
    """The comparisons of a filter or search, as (attribute, value)."""
    expression = request.url.params.get(kind, "")
    found = re.findall(r'([a-z.]+) eq ("(?:[^"\\]|\\.)*")', expression)
    return [(name, json.loads(value)) for name, value in found]


def failing(outcome):
    """A handler for one kind of trouble."""

    def answer(_request):
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return answer


async def test_the_org_is_asked_without_the_credential(org):
    """Before it is known who answers, nothing secret is said."""
    reader = OktaReader(org.sender(failing(httpx.Response(200, json={"id": "00o1"}))))
    assert await reader.fetch_org() == Org(id="00o1", domain="acme.okta.com")
    assert "authorization" not in org.requests[0].headers
    assert org.asked == ["GET /.well-known/okta-organization"]


async def test_another_org_than_the_pinned_one_is_refused(org):
    """The host alone proves little."""
    sender = org.sender(failing(httpx.Response(200, json={"id": "00o1"})))
    assert (await OktaReader(sender, pinned_org="00o1").fetch_org()).id == "00o1"
    with pytest.raises(GuardRefused) as caught:
        await OktaReader(sender, pinned_org="00o2").fetch_org()
    assert caught.value.code == "org-mismatch"


async def test_the_caller_is_the_tokens_owner_if_there_is_one(org):
    """A service app has no person behind it."""
    assert (await OktaReader(org.sender(failing(listed(user(1))))).fetch_caller()).id == "00u1"
    nobody = httpx.Response(404, json={**REFUSED, "errorCode": "E0000007"})
    assert await OktaReader(org.sender(failing(nobody))).fetch_caller() is None
    with pytest.raises(ConnectorError):
        await OktaReader(org.sender(failing(httpx.Response(403, json=REFUSED)))).fetch_caller()


def directory(known, limit=1000):
    """Groups by filter; expressions of more than `limit` terms are refused."""

    def answer(request):
        asked = [value for _, value in terms(request, "filter")]
        if len(asked) > limit or "00gBad" in asked:
            return httpx.Response(400, json={**REFUSED, "errorCode": "E0000031"})
        return listed([group(n) for n in known if f"00g{n}" in asked])

    return answer


async def test_groups_are_asked_a_hundred_at_a_time(org):
    """Each asked id is answered, in the order asked, each once."""
    reader = OktaReader(org.sender(directory(range(250))))
    asked = [f"00g{n}" for n in range(251)]
    groups = await reader.fetch_groups([*asked, "00g0"])
    assert list(groups) == asked
    assert groups["00g7"] == DirectoryGroup(id="00g7", name="G7", type="OKTA_GROUP")
    assert groups["00g250"].code == "missing"
    assert reader.reads == ReadCount(calls=3, pages=3)


async def test_a_filter_that_is_too_long_is_halved(org):
    """Down to the one id that is refused."""
    reader = OktaReader(org.sender(directory(range(10), limit=4)))
    asked = [f"00g{n}" for n in range(10)]
    groups = await reader.fetch_groups([*asked, "00gBad", "not an id"])
    assert [groups[g].id for g in asked] == asked
    assert (groups["00gBad"].code, groups["not an id"].code) == ("refused", "refused")


async def test_no_question_is_no_request(org):
    """Nothing to ask."""
    reader = OktaReader(org.sender(failing(UNREACHABLE)))
    assert await reader.fetch_groups([]) == {}
    assert await reader.fetch_groups_named([]) == {}
    assert await reader.fetch_groups_marked([]) == {}
    assert await reader.fetch_users(ids=[], logins=[], emails=[]) == ()


async def test_a_marker_is_at_the_end_of_a_description_or_it_is_none(org):
    """Okta's search finds it anywhere; twenty are asked for at once."""
    markers = [f"[reconciler:okta-prod/t{n}/users]" for n in range(21)]

    def answer(request):
        asked = re.findall(r'profile.description co "([^"]+)"', request.url.params["search"])
        found = [f"Seats {asked[0]}", f"{asked[0]} is the marker"]
        plain = [group(n) for n in range(2)]
        for one, text in zip(plain, found, strict=True):
            one["profile"]["description"] = text
        return listed(plain)

    groups = await OktaReader(org.sender(answer)).fetch_groups_marked(markers)
    assert {m: len(found) for m, found in groups.items() if found} == {
        markers[0]: 1,
        markers[20]: 1,
    }
    assert len(org.requests) == 2


async def test_every_group_of_a_name_is_found_whatever_its_case_or_type(org):
    """And none whose name only begins like it."""
    names = ['AI "quoted" \\ Users', "ai users", "AI Users"]

    def answer(request):
        asked = [value for name, value in terms(request, "search") if name == "profile.name"]
        assert asked == names
        found = [group(1, names[0]), group(2, "AI USERS"), group(3, "AI Users", "APP_GROUP")]
        return listed([*found, group(4, "AI Users 2")])

    groups = await OktaReader(org.sender(answer)).fetch_groups_named(names)
    assert {name: [g.id for g in found] for name, found in groups.items()} == {
        names[0]: ["00g1"],
        "ai users": ["00g2", "00g3"],
        "AI Users": ["00g2", "00g3"],
    }


async def test_members_come_in_every_status_over_all_pages(org):
    """DEPROVISIONED people stay in member lists."""
    path = "https://acme.okta.com/api/v1/groups/00g1/users"

    def answer(request):
        if "after" in request.url.params:
            return listed([user(2, "DEPROVISIONED")])
        link = {"link": f'<{path}?after=x&limit=1000>; rel="next"'}
        return httpx.Response(200, json=[user(1)], headers=link)

    members = await OktaReader(org.sender(answer)).fetch_members("00g1")
    assert [(m.id, m.status) for m in members] == [("00u1", "ACTIVE"), ("00u2", "DEPROVISIONED")]
    assert org.requests[0].url.params["limit"] == "1000"


async def test_a_list_that_times_out_is_asked_in_smaller_pages(org):
    """A 500 on a list is mostly a timeout."""

    def answer(request):
        big = request.url.params["limit"] == "1000"
        return httpx.Response(500) if big else listed([user(1)])

    members = await OktaReader(org.sender(answer)).fetch_members("00g1")
    assert [m.id for m in members] == ["00u1"]


async def test_one_person_is_one_object_in_all_groups(org):
    """A million memberships fit into memory."""
    reader = OktaReader(org.sender(lambda _: listed([user(1)])))
    (first,) = await reader.fetch_members("00g1")
    (second,) = await reader.fetch_members("00g2")
    assert first is second


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (httpx.Response(403, json=REFUSED), "refused"),
        (httpx.Response(403), "refused"),
        (httpx.Response(404, json={**REFUSED, "errorCode": "E0000007"}), "missing"),
        (httpx.Response(404, html="<html>"), "malformed"),
        (httpx.Response(200, html="<html>"), "malformed"),
        (httpx.Response(200, json=[{}]), "malformed"),
        (httpx.Response(302), "malformed"),
        (httpx.Response(429), "unreachable"),
        (httpx.Response(503), "unreachable"),
        (httpx.ReadTimeout(""), "unreachable"),
    ],
)
async def test_a_failed_read_is_doubt_and_not_an_empty_list(org, outcome, code):
    """Nobody is removed because Okta could not be read."""
    reader = OktaReader(org.sender(failing(outcome)))
    found = [
        await reader.fetch_members("00g1"),
        (await reader.fetch_groups(["00g1"]))["00g1"],
        (await reader.fetch_groups_named(["N"]))["N"],
        (await reader.fetch_groups_marked(["[M]"]))["[M]"],
        await reader.fetch_users(ids=["00u1"], logins=[], emails=[]),
    ]
    assert all(isinstance(doubt, ReadFailure) for doubt in found)
    assert {doubt.code for doubt in found} == {code}


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (httpx.Response(401, json={**REFUSED, "errorCode": "E0000011"}), "token-refused"),
        (UNREACHABLE, "org-unreachable"),
    ],
)
async def test_what_makes_every_read_pointless_is_raised(org, outcome, code):
    """As itself, also out of requests that ran side by side."""
    reader = OktaReader(org.sender(failing(outcome)))
    reads = [
        lambda: reader.fetch_members("00g1"),
        lambda: reader.fetch_groups([f"00g{n}" for n in range(300)]),
        lambda: reader.fetch_groups_named(["N"]),
        lambda: reader.fetch_groups_marked(["[M]"]),
        lambda: reader.fetch_users(ids=["00u1"], logins=[], emails=[]),
        reader.fetch_caller,
        reader.fetch_org,
    ]
    for read in reads:
        with pytest.raises(ConnectorError) as caught:
            await read()
        assert caught.value.code == code


async def test_an_org_that_answered_before_is_not_gone(org):
    """One group that cannot be read is that group's doubt."""
    answers = iter([listed([user(1)])])

    def answer(_request):
        if (first := next(answers, None)) is None:
            raise UNREACHABLE
        return first

    reader = OktaReader(org.sender(answer))
    await reader.fetch_members("00g1")
    assert (await reader.fetch_members("00g2")).code == "unreachable"


async def test_an_id_that_is_none_is_never_put_into_a_path(org):
    """It would be another request."""
    reader = OktaReader(org.sender(failing(UNREACHABLE)))
    assert (await reader.fetch_members("00g1/../x")).code == "refused"
    assert org.requests == []


async def test_people_are_asked_twenty_at_a_time_and_matched_exactly(org):
    """One page of answers may hold more than was asked."""
    everyone = [user(n) for n in range(60)] + [user(99, login="p1@x.io.evil")]

    def answer(request):
        asked = {(name, value.casefold()) for name, value in terms(request, "search")}
        assert len({value for _, value in asked}) <= 20
        hits = [
            u
            for u in everyone
            if {("id", u["id"].casefold()), ("profile.login", u["profile"]["login"])} & asked
            or ("profile.email", u["profile"]["email"]) in asked
        ]
        return listed([*hits, everyone[-1]])

    reader = OktaReader(org.sender(answer))
    users = await reader.fetch_users(
        ids=["00u50"],
        logins=[f"P{n}@x.io" for n in range(25)],
        emails=["MAIL30@x.io", "P1@X.io"],
    )
    assert {u.id for u in users} == {"00u50", "00u30", *(f"00u{n}" for n in range(25))}
    assert len(org.requests) == 2
    assert "P1@x.io" not in str([r.url.path for r in org.requests])


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("p1@x.io", "GET /api/v1/users/p1%40x.io"),
        ("00u1", "GET /api/v1/users/00u1"),
        ("p 1%@x.io", "GET /api/v1/users/p%201%25%40x.io"),
    ],
)
async def test_one_person_is_asked_for_at_their_own_address(org, name, asked):
    """No index stands between, and no name becomes another path."""
    login = name if "@" in name else None
    reader = OktaReader(org.sender(failing(httpx.Response(200, json=user(1, login=login)))))
    found = await reader.fetch_user(name)
    assert found.id == "00u1"
    assert [f"{r.method} {r.url.raw_path.decode()}" for r in org.requests] == [asked]


@pytest.mark.parametrize("name", ["a/b@x.io", "a?b@x.io", "..", "a#b", "a\\b"])
async def test_a_login_that_no_address_can_hold_is_filtered_for(org, name):
    """That asks no index either."""
    reader = OktaReader(org.sender(failing(listed([user(1, login=name), user(2)]))))
    assert (await reader.fetch_user(name)).id == "00u1"
    assert terms(org.requests[0], "filter") == [("profile.login", name)]


async def test_a_login_without_its_domain_is_nobodys(org):
    """Okta answers `p1` with p1@x.io, who is not who was asked for."""
    reader = OktaReader(org.sender(failing(httpx.Response(200, json=user(1)))))
    assert await reader.fetch_user("p1") is None


async def test_nobody_is_told_from_an_answer_that_did_not_come(org):
    """Only Okta's own word says that there is no such user."""
    gone = {"errorCode": "E0000007", "errorSummary": "Not found", "errorId": "oae1"}
    reader = OktaReader(org.sender(failing(httpx.Response(404, json=gone))))
    assert await reader.fetch_user("p1@x.io") is None
    refused = OktaReader(org.sender(failing(httpx.Response(403, json=REFUSED))))
    assert (await refused.fetch_user("p1@x.io")).code == "refused"
