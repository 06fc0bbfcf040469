"""A content has the name that git gives it."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.ids import blob_name


@settings(max_examples=10)
@given(st.binary(max_size=200))
def test_git_gives_the_same_name(content):
    """Outside a repository it is of the older hash."""
    done = subprocess.run(
        ["git", "hash-object", "--stdin"], input=content, capture_output=True, check=True, cwd="/"
    )
    assert blob_name(content, "0" * 40) == done.stdout.decode().strip()


@pytest.mark.parametrize("length", [40, 64])
def test_the_hash_is_that_of_the_name_it_is_compared_with(length):
    """A repository uses one of the two."""
    assert len(blob_name(b"x", "0" * length)) == length
