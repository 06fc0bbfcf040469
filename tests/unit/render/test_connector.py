"""Connectors and their tests, as they are read."""

from dataclasses import replace

import pytest

from reconciler.connector_checks.check_result import (
    CheckResult,
    CheckStatus,
    ConnectorTest,
    CredentialUse,
    failed_check,
    passed_check,
    skipped_check,
    unproven_check,
    warned_check,
)
from reconciler.model.catalog import Auth, Canary, Catalog, Connector
from reconciler.model.ids import SecretRef
from reconciler.render.connector import (
    connector_rows,
    connector_test_document,
    connectors_document,
    connectors_matrix,
)
from reconciler.render.document import Fact, Mark, Row
from reconciler.render.formats.text import render
from tests.support.nouns import binding

AUTH = Auth(method="ssws", secret=SecretRef(kind="env", value="OKTA_PROD_TOKEN"))
PROD = Connector(
    id="okta-prod",
    type="okta",
    name="Okta production",
    description="Workforce",
    domain="https://acme.okta.com",
    plan_auth=AUTH,
    apply_auth=AUTH,
    canary=Canary(user="canary@example.com", group_id="00gcanary", group_name="Canary"),
)
OLD = Connector(id="okta-old", type="okta", name="Old", disabled=True)
CATALOG = Catalog(
    connectors={c.id: c for c in (PROD, OLD)},
    bindings=(binding("cursor"), binding(), binding("claude", "admins")),
)


def check(status, hint=""):
    """One check."""
    return CheckResult(
        name="canary", status=CheckStatus(status), summary="what was seen", hint=hint
    )


def probed(*checks, sandbox=False):
    """A test of okta-prod."""
    return connector_test_document(
        ConnectorTest(connector="okta-prod", sandbox=sandbox, checks=checks)
    )


@pytest.mark.parametrize(
    ("mark", "status"),
    [
        (Mark.DONE, "passed"),
        (Mark.NOTE, "warned"),
        (Mark.NOTE, "unproven"),
        (Mark.BLOCKED, "failed"),
        (Mark.NOTE, "not run"),
    ],
)
def test_each_check_says_how_it_ended_in_words(mark, status):
    """Nothing depends on the mark alone."""
    (section,) = probed(check(status)).sections
    assert (Row(mark=mark, head=f"{status}: canary: what was seen"),) == section.rows


def test_a_hint_stands_below_its_check():
    """It is what to do."""
    (section,) = probed(check("failed", "put them back")).sections
    assert section.rows[0].details == ("hint: put them back",)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("failed: canary: what was seen [canary-not-seen]", "failed"),
        ("warned: canary: what was seen [canary-not-seen]", "warned"),
        ("not run: canary: what was seen", "not run"),
    ],
)
def test_a_trouble_has_a_name_to_look_up(head, status):
    """What was not looked at has none of its own."""
    (section,) = probed(replace(check(status), code="canary-not-seen")).sections
    assert section.rows[0].head == head


def test_a_split_credential_says_which_it_is():
    """Two tests of one connector stand below each other."""
    titles = [
        connector_test_document(
            ConnectorTest(connector="okta-prod", sandbox=False, checks=(), credential=use)
        ).title
        for use in CredentialUse
    ]
    assert titles == [
        "Test of okta-prod, for plan",
        "Test of okta-prod, for apply",
        "Test of okta-prod",
    ]


@pytest.mark.parametrize(
    ("verdict", "totals", "checks"),
    [
        ("The connector works.", "0 checks · 0 failed · 0 warned", ()),
        ("The connector works.", "1 check · 0 failed · 1 warned", (check("warned"),)),
        ("1 check failed.", "2 checks · 1 failed · 0 warned", (check("failed"), check("passed"))),
        ("2 checks failed.", "2 checks · 2 failed · 0 warned", (check("failed"),) * 2),
    ],
)
def test_the_verdict_is_one_sentence(verdict, totals, checks):
    """A warning does not make it fail."""
    found = probed(*checks)
    assert (verdict, totals) == (found.verdict, found.totals)


@pytest.mark.parametrize(
    ("title", "sandbox"),
    [("Test of okta-prod", False), ("Test of okta-prod · sandbox", True)],
)
def test_a_rehearsal_says_so(title, sandbox):
    """It must not be taken for the real thing."""
    assert title == probed(sandbox=sandbox).title


def test_a_connector_is_plain_data_without_its_secret():
    """Not even the name of the variable that holds it is needed by a reader."""
    old, prod = connector_rows(CATALOG)
    assert prod == {
        "id": "okta-prod",
        "type": "okta",
        "name": "Okta production",
        "description": "Workforce",
        "domain": "https://acme.okta.com",
        "method": "ssws",
        "disabled": False,
        "canary": "canary@example.com",
        "tools": "claude, cursor",
    }
    assert (old["method"], old["domain"], old["canary"], old["tools"]) == ("config", None, None, "")
    assert "OKTA_PROD_TOKEN" not in str((old, prod))


def test_every_connector_is_listed_with_what_uses_it():
    """A disabled one too: its credential still exists."""
    lines = [line.text for line in render(connectors_document(CATALOG), None)]
    assert "2 connectors." in lines
    text = "\n".join(lines)
    assert "okta-old: Old (disabled)" in text
    assert "the domain comes with the secret, by config" in text
    assert "used by no tool" in text
    assert "https://acme.okta.com, by ssws" in text
    assert "used by claude, cursor" in text


def test_no_connector_is_said_to_be_none():
    """An empty section would look like a fault."""
    found = connectors_document(Catalog())
    assert (found.verdict, found.sections) == ("The catalog has no connector.", ())


EVERY = ConnectorTest(
    connector="okta-prod",
    sandbox=False,
    credential=CredentialUse.APPLY,
    checks=(
        passed_check("org", "acme.okta.com is 00oacme"),
        passed_check("credential", "0oa1 signed in; its tokens are bound to a DPoP key"),
        failed_check(
            "scopes",
            "scope-missing",
            "not granted: okta.groups.manage (adds and removes members of claude/users@okta-prod); "
            "granted: okta.groups.read, okta.users.read",
            "grant okta.groups.manage in the Admin Console",
        ),
        unproven_check("rights", "roles-unread", "the roles could not be read", "test by writing"),
        warned_check("separation", "credential-shared", "plan and apply share it", "split `auth`"),
        skipped_check("canary", "rests-on-failure", "reads failed (token-refused)"),
    ),
)


@pytest.mark.parametrize(("name", "width"), [("probe", None), ("probe-80", 80)])
def test_a_test_with_every_ending_reads_as_it_always_did(golden, name, width):
    """One line for each check, and what to do below it."""
    lines = render(connector_test_document(EVERY), width)
    golden(name, "".join(f"{line.text}\n" for line in lines))


def test_the_matrix_has_a_job_for_each_connector_that_is_in_use():
    """A disabled one is asked nothing, and has no job that could fail."""
    assert connectors_matrix(CATALOG) == {"connector": ["okta-prod"]}


def test_a_proxy_on_the_way_is_named():
    """Whoever reads the test knows who carries the org's answers."""
    one = ConnectorTest(
        connector="okta-prod", sandbox=False, checks=(), proxy="proxy.example.com:3128"
    )
    assert connector_test_document(one).facts == (
        Fact("reached through the proxy proxy.example.com:3128"),
    )
    assert connector_test_document(replace(one, proxy="")).facts == ()
