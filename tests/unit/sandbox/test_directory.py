"""Reading the org."""


def test_a_question_over_many_rows_is_paged(ask, links, sandbox):
    """Each page continues behind the last answer, not behind the last row looked at."""
    found, url = [], '/api/v1/users?limit=1&search=status eq "ACTIVE"'
    while url:
        response = ask("GET", url)
        found += [user["profile"]["login"] for user in response.json()]
        url = links(response).get("next")
    assert found == [user.login for user in sandbox.users() if user.status == "ACTIVE"]


def test_two_hundred_ids_are_one_question(ask, sandbox):
    """As long as a client's longest."""
    ids = [user.id for user in sandbox.users()] + [f"00u{number:017}" for number in range(193)]
    text = " or ".join(f'id eq "{each}"' for each in ids)
    response = ask("GET", "/api/v1/users", params={"filter": text})
    assert len(response.json()) == len(sandbox.users())
