"""Users are found by id, login and address, as Okta compares them."""

from reconciler.identity.index import DirectoryIndex, index_users
from tests.support.nouns import user


def test_every_user_is_found_by_id_login_and_address():
    """Logins and addresses are folded, ids are not."""
    jane = user("jane", login="Jane@Example.com", email="J.Doe@Example.com")
    assert index_users([jane]) == DirectoryIndex(
        by_id={"00ujane": jane},
        by_login={"jane@example.com": (jane,)},
        by_email={"j.doe@example.com": (jane,)},
    )


def test_two_people_of_one_address_are_both_kept():
    """The second must not hide the first: that would turn a doubt into an answer."""
    jane, joe = user("jane", email="team@example.com"), user("joe", email="TEAM@example.com")
    assert {"team@example.com": (jane, joe)} == index_users([jane, joe]).by_email


def test_an_account_without_an_address_is_nobodys_empty_address():
    """Otherwise all of them would share it."""
    assert index_users([user("jane"), user("joe")]).by_email == {}
