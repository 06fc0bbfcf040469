"""How the one who did something is called."""

import pytest

from reconciler.model.directory import Actor


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("Bo Li (bo@x.io)", {"name": "Bo Li", "login": "bo@x.io", "id": "00ubo", "kind": "User"}),
        ("bo@x.io", {"login": "bo@x.io", "id": "00ubo"}),
        ("Bo Li", {"name": "Bo Li", "login": "unknown"}),
        ("00ubo", {"login": "unknown", "id": "00ubo"}),
        ("Sync [PublicClientApp]", {"name": "Sync", "id": "0oa1", "kind": "PublicClientApp"}),
        ("an actor whom Okta does not name", {}),
        ("an actor whom Okta does not name [Robot]", {"kind": "Robot"}),
    ],
)
def test_an_actor_is_called_by_the_best_that_okta_says(said, facts):
    """Every part may be missing, and a kind that is no person's is worth knowing."""
    assert said == str(Actor(**facts))


@pytest.mark.parametrize(("is_system", "kind"), [(True, "SystemPrincipal"), (False, "User")])
def test_what_okta_does_by_itself_is_told_apart(is_system, kind):
    """No person decided it."""
    assert is_system is Actor(kind=kind).is_system
