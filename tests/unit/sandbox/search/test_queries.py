"""Reading the org."""

from reconciler.sandbox import generate_world


def test_a_question_over_many_rows_is_paged(ask, links, sandbox):
    """Each page continues behind the last answer, not behind the last row looked at; by id."""
    found, url = [], '/api/v1/users?limit=1&search=status eq "ACTIVE"'
    while url:
        response = ask("GET", url)
        found += [user["id"] for user in response.json()]
        url = links(response).get("next")
    assert found == sorted(user.id for user in sandbox.users() if user.status == "ACTIVE")


def test_all_users_stand_by_status_and_then_by_id(ask, links, sandbox):
    """Page by page too; the order of the statuses is Okta's own, and no page repeats anybody."""
    statuses = ("STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "SUSPENDED")
    sandbox.seed(generate_world(users=0, groups=1, members=0))
    for number in range(18):
        profile = {"firstName": "A", "lastName": "B", "login": f"u{number}@x.example"}
        body = {"profile": {**profile, "email": "a@x.example"}}
        user = ask("POST", "/api/v1/users?activate=false", json=body).json()
        sandbox.set_status(f"u{number}@x.example", statuses[number * 5 % 6])
        assert user["status"] == "STAGED"
    seen, url = [], "/api/v1/users?limit=4"
    while url:
        response = ask("GET", url)
        seen += [(user["status"], user["id"]) for user in response.json()]
        url = links(response).get("next")
    assert seen == sorted(seen, key=lambda each: (statuses.index(each[0]), each[1]))
    assert len(set(seen)) == len(sandbox.users())


def test_a_page_goes_on_behind_someone_who_is_gone(ask, links, sandbox):
    """A cursor is a place in the order, not a row that has to be there still."""
    takes = {
        "/api/v1/users": lambda body: sandbox.delete_user(body["profile"]["login"]),
        "/api/v1/groups": lambda body: sandbox.delete_group(body["id"]),
    }
    for path, take in takes.items():
        whole = ask("GET", path).json()
        page = ask("GET", f"{path}?limit=1")
        take(page.json()[0])
        assert ask("GET", links(page)["next"]).json()[0]["id"] == whole[1]["id"]


def test_two_hundred_ids_are_one_question(ask, sandbox):
    """As long as a client's longest."""
    ids = [user.id for user in sandbox.users()] + [f"00u{number:017}" for number in range(193)]
    text = " or ".join(f'id eq "{each}"' for each in ids)
    response = ask("GET", "/api/v1/users", params={"filter": text})
    assert len(response.json()) == len(sandbox.users())
