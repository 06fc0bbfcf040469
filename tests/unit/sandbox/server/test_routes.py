"""Which endpoint answers."""


def test_a_head_is_a_get_without_a_body(ask):
    """Its status and headers are the same."""
    response = ask("HEAD", "/api/v1/groups")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"


def test_an_encoded_slash_does_not_split_a_path(ask):
    """It stays in the name of the thing."""
    response = ask("GET", "/api/v1/groups/a%2Fusers")
    assert response.json()["errorSummary"].endswith("a/users (UserGroup)")
