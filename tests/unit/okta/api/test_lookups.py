"""How people, groups, rules, apps and roles hang together: said by Okta, or not known."""

import json

import httpx
import pytest

from reconciler.model.directory import AttributedMembers, DirectoryUser, ReadFailure
from reconciler.model.errors import ConnectorError
from reconciler.okta.api import lookups
from reconciler.okta.api.reader import OktaReader

pytestmark = pytest.mark.anyio
BASE = "https://acme.okta.com"
LAST = {"link": f'<{BASE}/>; rel="self"'}
REFUSED = {"errorCode": "E0000006", "errorSummary": "No", "errorId": "oae1"}
UNREACHABLE = httpx.ConnectError("no route")


def said(items, following=None):
    """A page, and the address of the next one if there is one."""
    headers = {"link": f'<{BASE}{following}>; rel="next"'} if following else LAST
    return httpx.Response(200, json=items, headers=headers)


def always(outcome):
    """An org that knows one answer."""

    def answer(_request):
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return answer


def rule(*groups, status="ACTIVE"):
    """A group rule on the wire."""
    return {
        "id": "0pr1",
        "status": status,
        "actions": {"assignUserToGroups": {"groupIds": list(groups)}},
    }


def member(number, *rules, embedded=True):
    """A member on the wire; without `embedded` Okta does not say who put them there."""
    profile = {"login": f"p{number}@x.io", "email": f"p{number}@x.io"}
    body = {"id": f"00u{number}", "status": "ACTIVE", "profile": profile}
    if embedded:
        body["_embedded"] = {"group-rules": [{"id": r, "name": "R"} for r in rules]}
    return body


def group(number, **embedded):
    """A group on the wire."""
    body = {"id": f"00g{number}", "type": "OKTA_GROUP", "profile": {"name": f"G{number}"}}
    return {**body, "_embedded": embedded} if embedded else body


def person(number):
    """The same member, decoded."""
    login = f"p{number}@x.io"
    return DirectoryUser(id=f"00u{number}", login=login, email=login, status="ACTIVE")


def user_app(number, label, **embedded):
    """An app of a user on the wire."""
    return {"id": f"0oa{number}", "label": label, "_embedded": embedded}


async def test_the_apps_of_a_person_tell_how_they_came_to_have_each(org):
    """What a group gives is taken by leaving it; what is direct stays."""
    first = [
        user_app(1, "Zed", user={"scope": "USER"}),
        user_app(2, "Ada", user={"scope": "GROUP"}),
    ]
    second = [
        user_app(3, "Mid"),
        user_app(4, "New", user={"scope": "OTHER"}),
        {"id": "0oa5", "label": "Old"},
    ]
    following = "/api/v1/apps?after=0oa2&limit=200&filter=user.id%20eq%20%2200u1%22"

    def answer(request):
        return said(second) if "after" in request.url.params else said(first, following)

    found = await OktaReader(org.sender(answer)).fetch_apps_of("00u1")
    expected = [("Ada", False), ("Mid", None), ("New", None), ("Old", None), ("Zed", True)]
    assert [(app.label, app.is_direct) for app in found] == expected
    asked = [request.url.params for request in org.requests]
    assert asked[0]["filter"] == 'user.id eq "00u1"'
    assert [each["expand"] for each in asked] == ["user/00u1"] * 2


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (httpx.Response(403, json=REFUSED), "refused"),
        (said([{"id": "0oa1"}]), "malformed"),
        (said([user_app(1, "A", user={"scope": 1})]), "malformed"),
        (httpx.Response(429), "unreachable"),
    ],
)
async def test_apps_of_a_person_that_were_not_read_are_not_none(org, outcome, code):
    """Without the scope the dashboard is asked instead, and that is said."""
    assert (await OktaReader(org.sender(always(outcome))).fetch_apps_of("00u1")).code == code


async def test_only_active_rules_have_targets(org):
    """A rule that is switched off leaves its people as if a hand had put them there."""
    rules = [
        rule("00g1", "00g2"),
        rule("00g2"),
        rule("00g3", status="INACTIVE"),
        rule("00g4", status="INVALID"),
        {"id": "0pr5", "status": "ACTIVE"},
        {"id": "0pr6", "status": "ACTIVE", "actions": {}},
        {"id": "0pr7", "status": "ACTIVE", "actions": {"assignUserToGroups": {}}},
    ]
    found = await lookups.fetch_rule_targets(org.sender(always(said(rules))))
    assert found == frozenset({"00g1", "00g2"})
    assert org.requests[0].url.path == "/api/v1/groups/rules"


async def test_rules_are_read_to_their_last_page(org):
    """A rule on the second page feeds no less."""

    def answer(request):
        if "after" in request.url.params:
            return said([{**rule("00g2"), "id": "0pr2"}])
        return said([rule("00g1")], "/api/v1/groups/rules?after=0pr1&limit=200")

    assert await lookups.fetch_rule_targets(org.sender(answer)) == {"00g1", "00g2"}


@pytest.mark.parametrize(
    ("fed", "unknown", "embedded"),
    [
        (True, False, {"group-rules": [{"id": "0pr1", "name": "R"}]}),
        (True, False, {"group-rules": [{"id": "0pr1"}, {"id": "0pr2"}]}),
        (False, False, {"group-rules": []}),
        (False, True, {"group-rules": None}),
        (False, True, {}),
        (False, True, None),
    ],
)
async def test_who_put_a_member_there_has_three_values(org, fed, unknown, embedded):
    """By a rule, by hand, or not said; the last must not be taken for the second."""
    body = {**member(1, embedded=False), "_embedded": embedded}
    found = await lookups.fetch_attributed_members(org.sender(always(said([body]))), "00g1")
    assert found == AttributedMembers(
        users=(person(1),),
        fed=frozenset({"00u1"} if fed else ()),
        unknown=frozenset({"00u1"} if unknown else ()),
    )


async def test_a_next_page_that_forgets_the_question_leaves_its_people_unknown(org):
    """Okta's `next` link drops `expand`: the second page then says nothing, not "by hand"."""
    path = "/api/v1/groups/00g1/users"

    def answer(request):
        if "after" in request.url.params:
            return said([member(3, embedded=False)])
        return said([member(1, "0pr1"), member(2)], f"{path}?after=00u2&limit=1000")

    found = await lookups.fetch_attributed_members(org.sender(answer), "00g1")
    assert ({"00u1"}, {"00u3"}) == (found.fed, found.unknown)
    assert [user.id for user in found.users] == ["00u1", "00u2", "00u3"]
    assert dict(org.requests[0].url.params) == {"limit": "1000", "expand": "group-rules"}


@pytest.mark.parametrize(
    ("fed", "rules"), [(True, [{"id": "0pr1"}]), (True, [rule("00g1")]), (False, [])]
)
async def test_one_membership_is_some_rules_or_none(org, fed, rules):
    """An empty list is Okta's word that a hand put them there."""
    assert fed is await lookups.fetch_is_fed(org.sender(always(said(rules))), "00g1", "00u1")
    assert org.asked == ["GET /api/v1/groups/00g1/users/00u1/group-rules"]


async def test_apps_are_named_in_one_order(org):
    """The same plan has the same bytes."""
    apps = [{"id": "0oa2", "label": "Cursor"}, {"id": "0oa1", "label": "Claude", "name": "x"}]
    found = await lookups.fetch_apps(org.sender(always(said(apps))), "00g1")
    assert found == ("Claude", "Cursor")
    assert org.asked == ["GET /api/v1/groups/00g1/apps"]


async def test_a_persons_groups_are_ids_of_every_kind(org):
    """Built-in ones too: the question is only whether one of them is there."""
    groups = [group(1), {**group(2), "type": "BUILT_IN"}]
    found = await lookups.fetch_groups_of(org.sender(always(said(groups))), "00u1")
    assert found == {"00g1", "00g2"}


async def test_roles_are_active_ones_each_named_once(org):
    """A role held twice, by oneself and by a group, is one role."""
    roles = [
        {"id": "ra1", "type": "USER_ADMIN", "status": "ACTIVE"},
        {"id": "ra2", "type": "USER_ADMIN", "status": "ACTIVE", "assignmentType": "GROUP"},
        {"id": "cr0", "type": "CUSTOM", "status": "ACTIVE", "label": "Ours"},
        {"id": "ra3", "type": "SUPER_ADMIN", "status": "INACTIVE"},
    ]
    found = await lookups.fetch_roles(org.sender(always(said(roles))), "00u1")
    assert found == ("CUSTOM", "USER_ADMIN")


async def test_a_service_apps_roles_are_asked_of_the_client(org):
    """It has no account whose roles could be read."""
    roles = [{"id": "ra1", "type": "SUPER_ADMIN", "status": "ACTIVE"}]
    found = await lookups.fetch_client_roles(org.sender(always(said(roles))), "0oa1")
    assert found == ("SUPER_ADMIN",)
    assert org.asked == ["GET /oauth2/v1/clients/0oa1/roles"]


@pytest.mark.parametrize("client_id", ["", "0oa1/../x", "0oa 1"])
async def test_a_client_id_that_is_none_is_never_put_into_a_path(org, client_id):
    """It comes from a file."""
    found = await lookups.fetch_client_roles(org.sender(always(said([]))), client_id)
    assert (found.code, org.asked) == ("refused", [])


async def test_a_dashboard_is_named_in_one_order(org):
    """The labels alone: no link is followed."""
    links = [{"id": "0ua2", "label": "Slack", "linkUrl": "https://x"}, {"label": "Jira"}]
    found = await lookups.fetch_app_links(org.sender(always(said(links))), "00u1")
    assert found == ("Jira", "Slack")
    assert org.asked == ["GET /api/v1/users/00u1/appLinks"]


QUESTIONS = {
    "targets": lambda r: r.fetch_rule_targets(),
    "attributed": lambda r: r.fetch_attributed_members("00g1"),
    "is-fed": lambda r: r.fetch_is_fed("00g1", "00u1"),
    "apps": lambda r: r.fetch_apps("00g1"),
    "groups-of": lambda r: r.fetch_groups_of("00u1"),
    "roles": lambda r: r.fetch_roles("00u1"),
    "client-roles": lambda r: r.fetch_client_roles("0oa1"),
    "app-links": lambda r: r.fetch_app_links("00u1"),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (httpx.Response(403, json=REFUSED), "refused"),
        (httpx.Response(404, json={**REFUSED, "errorCode": "E0000007"}), "missing"),
        (httpx.Response(200, html="<html>"), "malformed"),
        (httpx.Response(200, json={"result": []}), "malformed"),
        (httpx.Response(200, json=[{}]), "malformed"),
        (httpx.Response(429), "unreachable"),
        (httpx.Response(503), "unreachable"),
        (httpx.ReadTimeout(""), "unreachable"),
    ],
)
async def test_an_answer_that_fails_is_doubt_and_no_answer(org, question, outcome, code):
    """Neither "no rule" nor "no app" nor "no role"."""
    found = await question(OktaReader(org.sender(always(outcome))))
    assert isinstance(found, ReadFailure)
    assert code == found.code


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (httpx.Response(401, json={**REFUSED, "errorCode": "E0000011"}), "token-refused"),
        (UNREACHABLE, "org-unreachable"),
    ],
)
async def test_what_makes_every_read_pointless_is_raised(org, question, outcome, code):
    """A refused credential speaks of every question."""
    with pytest.raises(ConnectorError) as caught:
        await question(OktaReader(org.sender(always(outcome))))
    assert caught.value.code == code


@pytest.mark.parametrize("group_id", ["", "00g1/../x", "00g 1"])
async def test_an_id_that_is_none_is_never_put_into_a_path(org, group_id):
    """It would be another request."""
    reader = OktaReader(org.sender(always(UNREACHABLE)))
    assert (await reader.fetch_attributed_members(group_id)).code == "refused"
    assert org.requests == []


async def test_a_member_of_several_groups_is_one_object(org):
    """A million memberships fit into memory, attributed or not."""
    reader = OktaReader(org.sender(lambda _: said([member(1, "0pr1")])))
    (first,) = (await reader.fetch_attributed_members("00g1")).users
    (second,) = await reader.fetch_members("00g2")
    assert first is second


@pytest.mark.parametrize(
    ("is_admin", "apps", "stats"),
    [
        (True, 3, {"hasAdminPrivlege": True, "appsCount": 3}),
        (True, None, {"hasAdminPrivilege": True}),
        (True, None, {"hasAdminPrivileges": True}),
        (True, None, {"hasAdminPrivlege": False, "hasAdminPrivileges": True}),
        (False, 0, {"hasAdminPrivlege": False, "appsCount": 0}),
        (False, None, {"hasAdminPrivileges": False}),
        (None, 1, {"hasAdminPrivlege": None, "appsCount": 1}),
        (None, None, {"usersCount": 4}),
        (None, None, None),
    ],
)
async def test_an_admin_role_is_read_however_okta_spells_it(org, is_admin, apps, stats):
    """Okta's OpenAPI, its release notes and plain English differ by letters; silence is no no."""
    body = group(1, stats=stats) if stats else group(1)
    found = await OktaReader(org.sender(always(said([body])))).fetch_groups(["00g1"])
    assert (is_admin, apps) == (found["00g1"].has_admin_role, found["00g1"].app_count)
    assert org.requests[0].url.params["expand"] == "stats"


@pytest.mark.parametrize("status", [500, 504])
async def test_groups_are_read_without_counts_where_counting_times_out(org, status):
    """The counts are unknown then, and the groups are not."""

    def answer(request):
        is_counting = "expand" in request.url.params
        return httpx.Response(status) if is_counting else said([group(1)])

    found = await OktaReader(org.sender(answer)).fetch_groups(["00g1"])
    assert (found["00g1"].has_admin_role, found["00g1"].app_count) == (None, None)


@pytest.mark.parametrize("slow", [{1}, {100}, {40, 41}, set(range(1, 101))])
async def test_one_group_that_times_out_costs_the_others_no_counts(org, slow):
    """Otherwise nobody could be added to any of a hundred groups; and the halving has an end."""

    def answer(request):
        asked = [n for n in range(1, 101) if f'"00g{n}"' in request.url.params["filter"]]
        is_counting = "expand" in request.url.params
        if is_counting and slow & set(asked):
            return httpx.Response(500)
        stats = {"hasAdminPrivilege": False}
        return said([group(n, stats=stats) if is_counting else group(n) for n in asked])

    ids = [f"00g{n}" for n in range(1, 101)]
    found = await OktaReader(org.sender(answer)).fetch_groups(ids)
    unknown = {n for n in range(1, 101) if found[f"00g{n}"].has_admin_role is None}
    assert slow <= unknown
    assert len(slow) > 2 or len(unknown) <= 2
    assert len({str(request.url) for request in org.requests}) <= 3 * 8 + 3


async def test_a_refusal_to_count_is_no_reason_to_do_without(org):
    """A 403 speaks of the groups, not of how large they are."""
    reader = OktaReader(org.sender(always(httpx.Response(403, content=json.dumps(REFUSED)))))
    assert (await reader.fetch_groups(["00g1"]))["00g1"].code == "refused"
    assert len(org.requests) == 1
