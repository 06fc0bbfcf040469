"""Apps and assignments as JSON."""

from reconciler.sandbox import App, derived_id

APPS = "/api/v1/apps"


def test_an_app_is_a_whole_bookmark(ask, sandbox):
    """With the links of one that is on."""
    app = ask("GET", f"{APPS}/{derived_id('app', 'Claude')}").json()
    assert list(app) == [
        *("id", "orn", "name", "label", "status", "lastUpdated", "created", "accessibility"),
        *("visibility", "features", "signOnMode", "credentials", "universalLogout", "settings"),
        "_links",
    ]
    assert app["orn"] == f"orn:okta:idp:{sandbox.org_id}:apps:bookmark:{app['id']}"
    assert (app["name"], app["signOnMode"], app["status"]) == ("bookmark", "BOOKMARK", "ACTIVE")
    assert list(app["_links"]) == [
        *("uploadLogo", "appLinks", "profileEnrollment", "policies", "groups", "logo"),
        *("accessPolicy", "users", "deactivate"),
    ]


def test_an_assignment_is_whole(ask, ids):
    """By a group, which it then names."""
    path = f"{APPS}/{App(label='Claude').id}/users"
    user = ids["jane.doe@acme.example"]
    (assigned,) = (each for each in ask("GET", path).json() if each["id"] == user)
    api = "https://acme.okta.com/api/v1"
    then = "2025-09-01T09:00:00.000Z"
    assert assigned == {
        "id": user,
        "externalId": None,
        "created": then,
        "lastUpdated": then,
        "scope": "GROUP",
        "status": "ACTIVE",
        "statusChanged": then,
        "passwordChanged": None,
        "syncState": "DISABLED",
        "credentials": {"userName": "Jane.Doe@acme.example"},
        "profile": {},
        "_links": {
            "app": {"href": f"{api}/apps/{App(label='Claude').id}"},
            "user": {"href": f"{api}/users/{user}"},
            "group": {"href": f"{api}/groups/{ids['claude-enterprise']}"},
        },
    }
