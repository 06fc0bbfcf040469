"""The few things that the catalog's nouns say of themselves."""

from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Span
from reconciler.model.settings import Settings
from reconciler.model.validity import Validity
from tests.support.nouns import binding, day, grant


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
    """Each day of the file is in the window by its own name."""
    expected = Validity(
        starts_on=day("2026-11-01"), expires_on=day("2026-12-01"), revoked_on=day("2026-11-20")
    )
    found = grant(starts="2026-11-01", expires="2026-12-01", revoked="2026-11-20")
    assert expected == found.validity


def test_two_grants_that_say_the_same_are_equal_wherever_they_stand():
    """Moving a file is no change."""
    assert grant(origin=Span("a.yaml")) == grant(origin=Span("b.yaml", 7))


def test_an_empty_catalog_has_the_default_settings():
    """A catalog without settings.yaml is judged by the documented limits."""
    assert Settings() == Catalog().settings
