"""Each reason for asking no org at all has its own sentence."""

from dataclasses import replace

import pytest

from reconciler.cli.session.catalog import (
    connector_missing,
    connector_needed,
    describe_disabled,
    describe_idle,
    describe_unasked,
)
from reconciler.model.accounts import AccountDeclaration
from reconciler.model.catalog import Catalog, Connector
from reconciler.model.settings import ProtectedPerson, Settings
from tests.support.nouns import binding

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
    assert describe_idle(catalog) == sentence
    error = connector_needed("a digest is of one connector's plan", catalog, 0)
    assert error.message == f"a digest is of one connector's plan. {sentence}"


def test_a_disabled_connector_is_told_beside_those_in_use():
    """What it kept is kept by nobody."""
    other = replace(PROD, id="okta-new", disabled=False)
    catalog = Catalog(connectors={"okta-new": other, "okta-prod": PROD}, bindings=(binding(),))
    (sentence,) = describe_disabled(catalog)
    assert sentence.startswith("okta-prod is disabled: nobody keeps its 1 group, so no grant is")
    assert list(describe_disabled(catalog, "okta-new")) == []


def test_it_is_told_that_a_disabled_connector_changes_no_account():
    """A file that suspends a leaver does nothing then."""
    asked = AccountDeclaration(subject="jane@example.com")
    off = replace(PROD, lifecycle=True)
    told = [
        next(describe_disabled(Catalog(connectors={"okta-prod": one}, accounts=accounts)))
        for one, accounts in ((off, (asked,)), (off, ()), (PROD, (asked,)))
    ]
    assert ["no account is changed" in sentence for sentence in told] == [True, False, False]


def test_several_connectors_have_to_be_told_apart():
    """One file holds one connector's plan."""
    error = connector_needed("one file is for one connector", Catalog(), 2)
    assert (error.message, error.hint) == (
        "one file is for one connector, and there are 2",
        "name one with --connector",
    )


def test_a_connector_that_a_change_brings_is_named():
    """Its org is asked once the change is merged, and its plan says nothing of it before."""
    on = {"okta-prod": replace(PROD, disabled=False)}
    off = {"okta-prod": PROD}
    assert [s.partition(":")[0] for s in describe_unasked(Catalog(connectors=on), Catalog())] == [
        "okta-prod is new in this change"
    ]
    assert [
        s.partition(":")[0]
        for s in describe_unasked(Catalog(connectors=on), Catalog(connectors=off))
    ] == ["okta-prod is enabled by this change"]
    assert list(describe_unasked(Catalog(connectors=off), Catalog(connectors=on))) == []
    assert list(describe_unasked(Catalog(connectors=on), Catalog(connectors=on))) == []


def test_a_report_without_an_org_is_an_error_and_no_misuse():
    """A schedule that runs it sees red, and the words say which kind of nothing it is."""
    error = connector_missing("nothing was compared", Catalog(connectors={"okta-prod": PROD}))
    assert (error.code, error.exit_code) == ("connector-missing", 1)
    assert error.message == (
        "nothing was compared. Every connector is disabled (okta-prod), so no org is asked."
    )
