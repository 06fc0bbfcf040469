"""The few things that the catalog's nouns say of themselves."""

from datetime import time

from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Span
from reconciler.model.settings import Settings
from reconciler.model.validity import (
    ApprovalAtSource,
    ApprovalSource,
    Moment,
    Validity,
    day_start,
)
from tests.support.nouns import approval, binding, day, grant


def test_a_binding_is_called_by_tool_entitlement_and_connector():
    """Files, plans and people refer to it by this name."""
    assert binding().name == "claude/users@okta-prod"


def test_a_marker_names_connector_tool_and_entitlement():
    """A group made for one binding is never taken for another's."""
    assert binding().marker == "[reconciler:okta-prod/claude/users]"


def test_a_grant_without_days_never_ends():
    """Silence is no end date."""
    assert Validity() == grant().validity


def test_a_grant_holds_within_its_three_days():
    """Each day of the file counts, by its own meaning."""
    found = grant(starts="2026-11-01", expires="2026-12-01", revoked="2026-11-20")
    begins, ends = day_start(day("2026-11-01")), day_start(day("2026-11-20"))
    assert Validity(starts_at=begins, ends_at=ends) == found.validity


def test_the_length_of_a_grant_counts_from_what_it_starts_with_or_else_from_its_approval():
    """To the minute where the file says it; of an approval at its source nobody knows yet."""
    timed = approval(approved_at=day("2026-11-02"), approved_time=time(14))
    at_source = ApprovalAtSource(by=ApprovalSource.GITHUB)
    assert grant(starts="2026-11-05T08:00Z", approval=timed).counts_from == Moment(
        day("2026-11-05"), time(8)
    )
    assert grant(approval=timed).counts_from == Moment(day("2026-11-02"), time(14))
    assert grant(approval=at_source).counts_from is None
    assert grant(approval=at_source, starts="2026-11-05").counts_from == Moment(day("2026-11-05"))


def test_two_grants_that_say_the_same_are_equal_wherever_they_stand():
    """Moving a file is no change."""
    assert grant(origin=Span("a.yaml")) == grant(origin=Span("b.yaml", 7))


def test_an_empty_catalog_has_the_default_settings():
    """A catalog without settings.yaml is judged by the documented limits."""
    assert Settings() == Catalog().settings
