"""Changing users."""

USERS = "/api/v1/users"
RAVI = "ravi.rao@acme.example"


def test_dates_move_with_what_they_date(ask, sandbox, wall):
    """A status that stays does not move its own date."""
    wall.seconds += 60
    sandbox.set_status(RAVI, "SUSPENDED")
    wall.seconds += 60
    sandbox.set_status(RAVI, "SUSPENDED")
    user = ask("GET", f"{USERS}/{RAVI}").json()
    assert user["statusChanged"] == "2026-09-01T09:01:00.000Z"
    assert user["lastUpdated"] == "2026-09-01T09:02:00.000Z"
    assert user["activated"] == user["created"] == "2025-09-01T09:00:00.000Z"


def test_each_activation_is_dated(ask, sandbox, wall):
    """Also that of a closed account; deactivating one who never was active is no activation."""
    new = f"{USERS}/new.comer"
    sandbox.set_status("new.comer@acme.example", "DEPROVISIONED")
    assert ask("GET", new).json()["activated"] is None
    wall.seconds += 60
    sandbox.set_status("new.comer@acme.example", "ACTIVE")
    wall.seconds += 60
    sandbox.set_status("new.comer@acme.example", "DEPROVISIONED")
    sandbox.set_status("new.comer@acme.example", "ACTIVE")
    user = ask("GET", new).json()
    assert user["activated"] == "2026-09-01T09:02:00.000Z"
    assert user["credentials"]["password"] == {}


def test_every_column_follows_the_body(ask, sandbox):
    """Or the indexes would find what is not there."""
    ask("POST", f"{USERS}/{RAVI}", json={"profile": {"firstName": "Zed", "email": "Z@x.example"}})
    sandbox.rename_login(RAVI, "Zed@x.example")
    for question in ({"q": "zed"}, {"search": 'profile.email eq "z@X.example"'}):
        (user,) = ask("GET", USERS, params=question).json()
        assert user["profile"]["login"] == "Zed@x.example"
    assert ask("GET", USERS, params={"q": "ravi"}).json() == []


def test_an_event_names_the_user_as_they_are_now(sandbox):
    """The new login, not the old one."""
    sandbox.rename_login(RAVI, "zed@x.example")
    assert sandbox.log()[0].user == "zed@x.example"


def test_nothing_is_left_of_who_is_deleted(ask, ids, sandbox):
    """A login that comes back is another user, in no group."""
    jane = "jane.doe@acme.example"
    sandbox.delete_user(jane)
    profile = {"firstName": "J", "lastName": "D", "login": jane, "email": jane}
    made = ask("POST", USERS, json={"profile": profile}).json()
    assert made["id"] != ids[jane]
    groups = ask("GET", f"{USERS}/{made['id']}/groups").json()
    assert "claude-enterprise" not in [group["profile"]["name"] for group in groups]
