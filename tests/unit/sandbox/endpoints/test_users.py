"""The endpoints of users."""

import pytest

from reconciler.sandbox import Sandbox, Token, User, World

USERS = "/api/v1/users"


def logins(response):
    """The logins of a list."""
    return [user["profile"]["login"].partition("@")[0] for user in response.json()]


def test_a_plain_list_hides_the_deprovisioned(ask, links):
    """And its self link says the limit that was effective."""
    response = ask("GET", USERS)
    assert logins(response)[0] == "new.comer"
    assert logins(response)[-1] == "sus.pended"
    assert set(logins(response)[1:-1]) == {"Jane.Doe", "ravi.rao", "a/b", "svc-access"}
    assert links(response) == {"self": "https://acme.okta.com/api/v1/users?limit=200"}
    assert list(response.json()[0]["_links"]) == ["self"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"filter": 'status eq "DEPROVISIONED"'}, ["gone.away"]),
        ({"search": 'status eq "deprovisioned"'}, ["gone.away"]),
        ({"filter": 'profile.login eq "jane.doe@acme.example"'}, []),
        ({"filter": 'profile.login eq "Jane.Doe@acme.example"'}, ["Jane.Doe"]),
        ({"search": 'profile.login eq "jane.doe@ACME.example"'}, ["Jane.Doe"]),
        ({"search": 'profile.email eq "ravi@acme.example"'}, ["ravi.rao"]),
        ({"search": 'profile.lastName sw "r" and status pr'}, ["ravi.rao"]),
        ({"search": 'status lt "STAGED" and status gt "ACTIVE"'}, ["gone.away"]),
        ({"search": 'profile.email co "avi@ac"'}, ["ravi.rao"]),
        ({"q": "RAVI"}, ["ravi.rao"]),
        ({"q": "gone"}, []),
    ],
)
def test_each_question_finds_its_own(ask, query, found):
    """The modes differ in case and in whom they show."""
    assert logins(ask("GET", USERS, params=query)) == found


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"filter": 'status ne "ACTIVE"'}, "E0000031"),
        ({"search": 'status ne "ACTIVE"'}, "E0000031"),
        ({"search": 'profile.title co "abc"'}, "E0000031"),
        ({"search": 'credentials.provider.type eq "LDAP"'}, "E0000031"),
        ({"filter": 'credentials.provider.type eq "LDAP"'}, "E0000031"),
        ({"search": "("}, "E0000031"),
        ({"search": "id pr", "filter": 'id eq "x"'}, "E0000033"),
        ({"after": "bad"}, "E0000029"),
        ({"limit": "0"}, "E0000029"),
        ({"limit": "many"}, "E0000029"),
    ],
)
def test_a_bad_question_is_refused(ask, query, code):
    """400 with its own code."""
    response = ask("GET", USERS, params=query)
    assert (response.status_code, response.json()["errorCode"]) == (400, code)


def test_a_limit_above_two_hundred_is_cut(ask, links):
    """The self link tells."""
    assert links(ask("GET", USERS, params={"limit": "500"}))["self"].endswith("limit=200")


@pytest.mark.parametrize(
    "name",
    [
        "JANE.doe@acme.example",
        "jane.doe%40acme.example",
        "jane.doe",
        "gone.away",
        "a%2Fb",
        "a%2Fb%40acme.example",
        "me",
    ],
)
def test_one_user_is_found_by_login_in_any_case(ask, name):
    """Also by short name, and with a slash in the login."""
    response = ask("GET", f"{USERS}/{name}")
    assert response.status_code == 200
    assert response.headers["etag"].startswith('W/"')
    assert "link" not in response.headers


def test_one_user_has_the_links_of_its_status(ask, ids):
    """Only a single user carries them."""
    for login, link in (
        ("jane.doe", "suspend"),
        ("sus.pended", "unsuspend"),
        ("gone.away", "delete"),
        ("new.comer", "activate"),
    ):
        user = ask("GET", f"{USERS}/{ids[login + '@acme.example']}").json()
        assert link in user["_links"]
    assert "password" not in ask("GET", f"{USERS}/gone.away").json()["credentials"]


def test_a_short_name_of_two_users_is_of_none(ask, sandbox):
    """A client must not rely on short names."""
    sandbox.rename_login("ravi.rao@acme.example", "jane.doe@other.example")
    response = ask("GET", f"{USERS}/jane.doe")
    assert response.status_code == 404
    summary = "Not found: Resource not found: jane.doe (User)"
    assert response.json()["errorSummary"] == summary


def test_the_groups_of_a_user_include_everyone(ask, links):
    """A page holds two hundred of them, by id."""
    response = ask("GET", f"{USERS}/jane.doe/groups")
    found = [(group["id"], group["profile"]["name"]) for group in response.json()]
    assert found == sorted(found)
    assert {name for _, name in found} == {"Everyone", "claude-enterprise"}
    assert links(response)["self"].endswith("/groups?limit=200")
    first = ask("GET", f"{USERS}/jane.doe/groups?limit=1")
    second = ask("GET", links(first)["next"])
    assert [first.json()[0]["id"], second.json()[0]["id"]] == [each for each, _ in found]
    assert "next" not in links(second)


def test_only_the_fields_asked_for_are_shown(ask):
    """In a list and of one user; the id always is."""
    query = {"fields": "status,profile:(login,email)"}
    lean = {
        "status": "ACTIVE",
        "profile": {"login": "ravi.rao@acme.example", "email": "Ravi@acme.example"},
    }
    one = ask("GET", f"{USERS}/ravi.rao", params=query).json()
    assert one == {"id": one["id"], **lean}
    for mode in ({}, {"search": "id pr"}, {"filter": 'status eq "ACTIVE"'}, {"q": "ravi"}):
        assert one in ask("GET", USERS, params={**query, **mode}).json()


def test_what_the_content_type_omits_is_not_shown(ask, sandbox):
    """The etag is that of the whole user."""
    headers = {
        "Authorization": f"SSWS {sandbox.token()}",
        "Content-Type": "application/json; okta-response=omitCredentials,omitCredentialsLinks",
    }
    whole, lean = ask("GET", f"{USERS}/me"), ask("GET", f"{USERS}/me", headers=headers)
    assert set(whole.json()) - set(lean.json()) == {"credentials"}
    assert "resetPassword" in whole.json()["_links"]
    assert "resetPassword" not in lean.json()["_links"]
    assert "suspend" in lean.json()["_links"]
    assert lean.headers["etag"] == whole.headers["etag"]
    assert "credentials" not in ask("GET", USERS, headers=headers).json()[0]


def test_an_order_without_an_attribute_is_not_repeated(ask, links):
    """It orders nothing."""
    query = {"search": "id pr", "sortOrder": "desc"}
    assert "sortOrder" not in links(ask("GET", USERS, params=query))["self"]
    query["sortBy"] = "profile.login"
    assert "sortOrder=desc" in links(ask("GET", USERS, params=query))["self"]


def test_who_has_no_password_shows_only_a_provider(ask):
    """No email either, unless the password was lost with the account."""
    credentials = ask("GET", f"{USERS}/new.comer").json()["credentials"]
    assert credentials == {"provider": {"type": "OKTA", "name": "OKTA"}}
    for name, shown in (
        ("ravi.rao", ["password", "emails", "provider"]),
        ("gone.away", ["emails", "provider"]),
    ):
        assert list(ask("GET", f"{USERS}/{name}").json()["credentials"]) == shown


def test_a_simple_question_finds_ten(ask):
    """Or as many as the limit says."""
    users = tuple(User(login=f"sam.{number}@x.example") for number in range(12))
    token = Token(name="t", owner=users[0].login)
    with Sandbox.open(None, world=World(users=users, tokens=(token,))) as org:
        assert len(ask("GET", USERS, org=org, params={"q": "sam"}).json()) == 10
        assert len(ask("GET", USERS, org=org, params={"q": "sam", "limit": 11}).json()) == 11
