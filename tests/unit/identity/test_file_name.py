"""A person's file has a name that any file system takes, and that no other file has."""

import pytest

from reconciler.identity.file_name import free_path


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Jane.Doe@example.com", "users/jane.doe@example.com.yaml"),
        ("jira:5b10", "users/jira-5b10.yaml"),
        ("../../etc/passwd", "users/etc-passwd.yaml"),
        ("zo\u00eb\u202e", "users/zo.yaml"),
        ("...", "users/person.yaml"),
        ("j" * 300, f"users/{'j' * 100}.yaml"),
    ],
)
def test_the_name_is_safe_whatever_the_person_is_called(name, path):
    """It leads out of no folder, hides nothing and is short enough."""
    assert free_path("users", name, ()) == path


def test_a_name_that_is_taken_gets_a_number():
    """Also where only capitals tell the two apart, which some file systems do not see."""
    taken = {"users/jane.yaml", "users/jane-2.yaml"}
    assert free_path("users", "Jane", taken) == "users/jane-3.yaml"
