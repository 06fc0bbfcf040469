"""Each reason for asking no org at all has its own sentence."""

import pytest

from reconciler.cli.idle import connector_needed, idle
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
