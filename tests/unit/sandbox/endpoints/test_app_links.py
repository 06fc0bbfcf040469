"""A user's dashboard."""


def test_a_dashboard_shows_the_apps_of_all_ways(ask, sandbox):
    """By a group, and nothing for who has none; a person has some, a service account has not."""
    links = ask("GET", "/api/v1/users/jane.doe@acme.example/appLinks").json()
    assert [link["label"] for link in links] == ["Claude"]
    assert links[0]["appInstanceId"] == sandbox.apps()[0].id
    assert ask("GET", "/api/v1/users/me/appLinks").json() == []
    assert ask("GET", "/api/v1/users/nobody@acme.example/appLinks").status_code == 404
