"""Ids look like Okta's and can be known beforehand."""

import re

from reconciler.sandbox import derived_id
from reconciler.sandbox.ids import PREFIXES, derived_token, new_id


def test_a_derived_id_is_the_same_every_time():
    """A catalog binds it before the org exists."""
    assert derived_id("group", "claude-enterprise") == "00gbaN6Cxt9IDsXFccTm"


def test_ids_have_their_prefix_and_twenty_characters():
    """A client that checks the shape is satisfied."""
    for kind, prefix in PREFIXES.items():
        for made in (derived_id(kind, "x"), new_id(kind)):
            assert re.fullmatch(f"{prefix}[0-9A-Za-z]{{17}}", made)


def test_two_kinds_of_one_name_have_different_ids():
    """The kind is part of what is hashed."""
    assert derived_id("app", "x") != derived_id("client", "x")


def test_a_derived_token_looks_like_one():
    """42 characters that start with 00."""
    assert re.fullmatch("00[0-9A-Za-z]{40}", derived_token("reconciler"))


def test_a_new_id_is_new():
    """A group made again does not get its old id."""
    assert new_id("group") != new_id("group")
