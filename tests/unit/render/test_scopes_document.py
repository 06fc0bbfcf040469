"""What a credential needs, as it is read: short, explained, and as data."""

from dataclasses import replace

import pytest

from reconciler.model.accounts import AccountAction, AccountDeclaration, AccountState
from reconciler.model.catalog import Canary, Catalog, Connector, CreateGroup
from reconciler.model.settings import Operator, Settings
from reconciler.render.connector import scopes_document, scopes_plain
from reconciler.render.formats.text import render
from tests.support.nouns import binding, tool

CANARY = Canary(user="canary@example.com", group_id="00gcanary", group_name="Canary")
PROD = Connector(id="okta-prod", type="okta", name="Okta", canary=CANARY)
BOUND = Catalog(tools={"claude": tool()}, bindings=(binding(), binding("claude", "admins")))
CREATING = replace(
    BOUND,
    tools={"claude": tool(), "cursor": tool("cursor")},
    bindings=(*BOUND.bindings, binding("cursor", group=CreateGroup(name="Cursor users"))),
)
ACCOUNTS = replace(
    BOUND,
    accounts=(
        AccountDeclaration(subject="joe@example.com", state=AccountState.SUSPENDED),
        AccountDeclaration(subject="ann@example.com", state=AccountState.DEACTIVATED),
    ),
    settings=Settings(
        operators=(
            Operator(email="desk@example.com", may=frozenset({AccountAction.RESET_PASSWORD})),
        )
    ),
)


def text(document, width=None):
    """The document as it is printed."""
    return "".join(f"{line.text}\n" for line in render(document, width))


@pytest.mark.parametrize(
    ("name", "catalog", "connector", "is_explained"),
    [
        ("scopes", BOUND, PROD, False),
        ("scopes-explained", BOUND, PROD, True),
        ("scopes-creating", CREATING, PROD, True),
        ("scopes-accounts", ACCOUNTS, replace(PROD, lifecycle=True), True),
    ],
)
def test_the_needs_read_as_they_always_did(golden, name, catalog, connector, is_explained):
    """Whoever grants them reads this beside the Admin Console."""
    golden(name, text(scopes_document(catalog, connector, is_explained=is_explained)))


def test_the_data_holds_every_need_with_its_reason():
    """A program that provisions the app reads it."""
    plain = scopes_plain(CREATING, PROD)
    assert list(plain) == ["connector", "plan", "apply"]
    assert [need["scope"] for need in plain["apply"]["scopes"] if need["required"]] == [
        "okta.groups.manage",
        "okta.groups.read",
        "okta.users.read",
    ]
    for purpose in ("plan", "apply"):
        for need in (*plain[purpose]["scopes"], *plain[purpose]["permissions"]):
            assert need["because"]
            assert bool(need["loss"]) is not need["required"]
