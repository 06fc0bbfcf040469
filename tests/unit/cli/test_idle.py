"""Each reason for asking no org at all has its own sentence."""

from dataclasses import replace

import pytest

from reconciler.cli.idle import connector_needed, idle, passed_over, unasked
from reconciler.model.catalog import Catalog, Connector
from reconciler.model.settings import ProtectedPerson, Settings

PROD = Connector(id="okta-prod", type="okta", name="Okta", disabled=True)
SETTINGS = Settings(protected=(ProtectedPerson(login="a@x.io", reason="emergency"),))


@pytest.mark.parametrize(
    ("sentence", "catalog"),
    [
        (
            "The catalog is empty: there is no connector, no tool and no grant in it.",
            Catalog(),
        ),
        (
            "The catalog has no connector, so there is no org to ask.",
            Catalog(settings=SETTINGS),
        ),
        (
            "Every connector is disabled (okta-prod), so no org is asked.",
            Catalog(connectors={"okta-prod": PROD}),
        ),
    ],
)
def test_each_reason_has_its_sentence(sentence, catalog):
    """Silence looks like a clean org."""
    assert idle(catalog) == sentence
    error = connector_needed("a digest is of one connector's plan", catalog, 0)
    assert error.message == f"a digest is of one connector's plan. {sentence}"


def test_several_connectors_have_to_be_told_apart():
    """One file holds one connector's plan."""
    error = connector_needed("one file is for one connector", Catalog(), 2)
    assert (error.message, error.hint) == (
        "one file is for one connector, and there are 2",
        "name one with --connector",
    )


def test_a_disabled_connector_is_named_beside_those_that_are_asked():
    """Its silence must not read as health; where all are disabled, that is said elsewhere."""
    beside = Catalog(connectors={"okta-prod": PROD, "okta-dev": replace(PROD, disabled=False)})
    (sentence,) = passed_over(beside, None)
    assert (
        sentence == "okta-prod is disabled: its org was not asked, and nothing of it was compared"
    )
    assert list(passed_over(beside, "okta-dev")) == []
    assert list(passed_over(Catalog(connectors={"okta-prod": PROD}), None)) == []


def test_a_connector_that_a_change_brings_is_named():
    """Its org is asked once the change is merged, and its plan says nothing of it before."""
    on = {"okta-prod": replace(PROD, disabled=False)}
    off = {"okta-prod": PROD}
    assert [s.partition(":")[0] for s in unasked(Catalog(connectors=on), Catalog())] == [
        "okta-prod is new in this change"
    ]
    assert [
        s.partition(":")[0] for s in unasked(Catalog(connectors=on), Catalog(connectors=off))
    ] == ["okta-prod is enabled by this change"]
    assert list(unasked(Catalog(connectors=off), Catalog(connectors=on))) == []
    assert list(unasked(Catalog(connectors=on), Catalog(connectors=on))) == []
