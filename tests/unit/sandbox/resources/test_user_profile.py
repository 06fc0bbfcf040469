"""What a body may say of a user."""

import pytest

from reconciler.sandbox.api_errors import Failure
from reconciler.sandbox.resources import user_profile

MINA = {"firstName": "Mina", "lastName": "Okafor", "login": "m@x.example", "email": "m@x.example"}


def test_a_profile_is_kept_without_its_empty_attributes():
    """But two are shown even when they are empty, in Okta's order."""
    kept = user_profile.complete_profile({**MINA, "title": "Clerk", "city": None})
    assert list(kept) == [
        "firstName",
        "lastName",
        "mobilePhone",
        "title",
        "secondEmail",
        "login",
        "email",
    ]
    assert kept["mobilePhone"] is None


@pytest.mark.parametrize("name", user_profile.REQUIRED)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_blank_field_is_a_missing_one(name, value):
    """Spaces are no name."""
    with pytest.raises(Failure) as caught:
        user_profile.complete_profile({**MINA, name: value})
    assert caught.value.causes == (f"{name}: The field cannot be left blank",)


@pytest.mark.parametrize("name", ["manager", "department", "honorificPrefix", "managerId"])
def test_oktas_own_attributes_are_known(name):
    """To the last of the list."""
    assert user_profile.read_attributes({"profile": {name: "x"}}) == {name: "x"}


@pytest.mark.parametrize("name", ["m", "favouriteColour"])
def test_every_other_attribute_is_not(name):
    """Each with its cause."""
    with pytest.raises(Failure) as caught:
        user_profile.read_attributes({"profile": {name: "x", "q": "y"}})
    assert caught.value.causes == (
        f"Property name '{name}' is not defined in profile",
        "Property name 'q' is not defined in profile",
    )


@pytest.mark.parametrize(
    ("body", "has_password"),
    [
        ({}, False),
        ({"credentials": None}, False),
        ({"credentials": {"password": {}}}, False),
        ({"credentials": {"password": {"value": "Correct-Horse-9"}}}, True),
        ({"credentials": {"password": {"hash": {"algorithm": "BCRYPT"}}}}, True),
    ],
)
def test_an_empty_password_is_none(body, has_password):
    """Clients send such an object back."""
    assert user_profile.read_secrets(body, "x@y.example").has_password == has_password


def test_a_user_can_be_sent_back_whole():
    """Every key of a user is known, and no other."""
    user_profile.check_keys({"id": "1", "profile": {}, "_links": {}, "_embedded": {}})
    with pytest.raises(Failure):
        user_profile.check_keys({"_": 1})
