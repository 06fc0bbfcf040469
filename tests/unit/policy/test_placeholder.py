"""A stanza copied from a plan is signed by whoever copies it."""

import pytest

from reconciler.model.catalog import Catalog
from reconciler.policy.placeholder import placeholders
from tests.unit.planning.nouns import approval, grant


@pytest.mark.parametrize(
    ("expected", "names"),
    [
        ([], ("lead@example.com",)),
        ([("approval", "approved_by")], ("YOUR-EMAIL",)),
        ([("approval", "approved_by")], ("lead@example.com", "YOUR-EMAIL")),
    ],
)
def test_nobody_approves_under_a_name_that_was_left_blank(expected, names):
    """A confirmation is an approval; a tool without a list of approvers would take any name."""
    given = grant(approval=approval(approved_by=names))
    found = list(placeholders(Catalog(grants=(given,))))
    assert [each.path for each in found] == expected
    assert {each.code for each in found} <= {"placeholder-left"}
