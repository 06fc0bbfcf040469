"""A stanza copied from a plan is signed by whoever copies it."""

import pytest

from reconciler.model.catalog import Catalog
from reconciler.policy.checks.placeholders import check_placeholders, find_unfilled
from tests.support.nouns import approval, grant


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
    found = list(check_placeholders(Catalog(grants=(given,))))
    assert expected == [each.path for each in found]
    assert {each.code for each in found} <= {"placeholder-left"}


@pytest.mark.parametrize(
    ("expected", "data"),
    [
        ([], {"id": "okta-prod", "domain": "https://acme.okta.com", "disabled": False}),
        ([("id",)], {"id": "00gREPLACEwithYOURid"}),
        ([("domain",)], {"domain": "https://replace-with-yours.okta.com"}),
        ([("grants", 1, "approval", "by")], {"grants": [{}, {"approval": {"by": "REPLACE"}}]}),
        ([], {"purpose": "REPLACE the old laptops", "group": {"name": "REPLACE", "id": "00g1"}}),
        ([], {"REPLACE": 1, "n": 3, "x": None}),
        ([()], "REPLACE"),
    ],
)
def test_a_value_that_init_left_open_is_found_wherever_it_stands(expected, data):
    """Words that people write may speak of replacing; what is looked up may not."""
    assert expected == list(find_unfilled(data))
