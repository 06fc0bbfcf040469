"""The endpoints of groups."""

import pytest

GROUPS = "/api/v1/groups"


def names(response):
    """The names of a list."""
    return [group["profile"]["name"] for group in response.json()]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["claude-enterprise", "directory-synced", "empty", "Everyone"]),
        ({"filter": 'type eq "APP_GROUP" or type eq "BUILT_IN"'}, ["directory-synced", "Everyone"]),
        ({"filter": 'lastMembershipUpdated gt "2026-08-31T00:00:00.000Z"'}, []),
        ({"search": 'profile.name eq "Claude-Enterprise"'}, ["claude-enterprise"]),
        ({"search": 'profile.name sw "e"'}, ["empty", "Everyone"]),
        ({"search": 'profile.name co "ent"'}, ["claude-enterprise"]),
    ],
)
def test_each_question_finds_its_own(ask, links, query, found):
    """With a self link that repeats the question."""
    response = ask("GET", GROUPS, params=query)
    assert names(response) == found
    assert "limit=10000" in links(response)["self"]
    assert all(key in links(response)["self"] for key in query)


def test_a_q_has_no_link_at_all(ask):
    """It starts with the text, in any case, and has no pages."""
    response = ask("GET", GROUPS, params={"q": "E"})
    assert names(response) == ["empty", "Everyone"]
    assert "link" not in response.headers


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"filter": 'profile.name eq "empty"'}, "E0000031"),
        ({"search": 'profile.name eq "empty'}, "E0000031"),
        ({"search": "id pr", "filter": 'id eq "x"'}, "E0000033"),
        ({"after": "MQ"}, "E0000029"),
    ],
)
def test_a_bad_question_is_refused(ask, query, code):
    """400 with its own code."""
    response = ask("GET", GROUPS, params=query)
    assert (response.status_code, response.json()["errorCode"]) == (400, code)


def test_a_bad_search_says_what_is_bad(ask):
    """The cause that Okta gives."""
    response = ask("GET", GROUPS, params={"search": "("})
    assert response.json()["errorCauses"] == [{"errorSummary": "Invalid search syntax."}]


def test_next_links_lead_through_all_groups(ask, links):
    """Each page's next stands behind its self; by name, in any case."""
    found, url = [], f"{GROUPS}?limit=3"
    while url:
        response = ask("GET", url)
        found += names(response)
        url = links(response).get("next")
    assert found == ["claude-enterprise", "directory-synced", "empty", "Everyone"]


def test_a_group_is_created_changed_and_deleted(ask, sandbox):
    """200, 200, 204, and 404 from then on."""
    made = ask("POST", GROUPS, json={"profile": {"name": "new"}})
    assert made.status_code == 200
    group = made.json()
    assert group["profile"] == {"name": "new", "description": None}
    assert group["created"] == group["lastMembershipUpdated"]
    path = f"{GROUPS}/{group['id']}"
    changed = ask("PUT", path, json={"profile": {"name": "newer", "description": "d"}})
    assert changed.json()["profile"] == {"name": "newer", "description": "d"}
    assert ask("GET", path).json() == changed.json()
    gone = ask("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert "content-type" not in gone.headers
    missing = ask("GET", path)
    assert missing.status_code == 404
    assert missing.json()["errorSummary"].endswith(f"{group['id']} (UserGroup)")
    assert [row.event for row in sandbox.log()] == [
        "group.lifecycle.create",
        "group.profile.update",
        "group.lifecycle.delete",
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"profile": {"name": "EMPTY"}}, "E0000001"),
        ({"profile": {"name": ""}}, "E0000001"),
        ({"profile": {"name": "n" * 256}}, "E0000001"),
        ({"profile": {"name": "n", "description": "d" * 1025}}, "E0000001"),
        ({"profile": {"name": "n", "description": 7}}, "E0000001"),
        ({"profile": {"name": "n", "colour": "blue"}}, "E0000001"),
        ({}, "E0000001"),
        ({"profile": {"name": "n"}, "boop": "bap"}, "E0000003"),
        ([], "E0000003"),
    ],
)
def test_a_bad_group_is_refused(ask, body, code):
    """400, and nothing is made."""
    response = ask("POST", GROUPS, json=body)
    assert (response.status_code, response.json()["errorCode"]) == (400, code)
    assert len(ask("GET", GROUPS).json()) == 4


def test_a_body_that_is_no_json_is_refused(ask):
    """E0000003."""
    assert ask("POST", GROUPS, content=b"{").json()["errorCode"] == "E0000003"


def test_only_own_groups_can_be_changed(ask, ids):
    """403, whoever asks."""
    body = {"profile": {"name": "x"}}
    assert ask("PUT", f"{GROUPS}/{ids['directory-synced']}", json=body).status_code == 403
    assert ask("DELETE", f"{GROUPS}/{ids['Everyone']}").status_code == 403
    assert ask("DELETE", f"{GROUPS}/{ids['directory-synced']}").status_code == 204
