"""A connector's test: which checks there are, in which order, and what each rests on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.connector_checks.check_result import CredentialUse
from reconciler.connector_checks.oauth_scopes import Purpose
from reconciler.model.catalog import Catalog, Connector
from reconciler.model.directory import CredentialFacts, Org, ReadFailure
from reconciler.model.errors import ConnectorError, GuardRefused
from reconciler.workflows.check_connector import Question, probe
from tests.support.builders import CONNECTOR, NOW, SERVICE, Company, group_id, user_id
from tests.unit.workflows.org import reader_of

pytestmark = pytest.mark.anyio
COMPANY = Company().tool().bind("jane").granted("jane")
SVC = user_id(SERVICE)
OF_CLAUDE = "group of claude/users@okta-prod"
SCOPES = frozenset({"okta.groups.manage", "okta.groups.read", "okta.users.read"})
APP = CredentialFacts(
    method="private_key_jwt",
    client_id="0oa1",
    asked=SCOPES | {"okta.logs.read", "okta.roles.read"},
    granted=SCOPES | {"okta.logs.read", "okta.roles.read"},
    is_dpop=True,
)
RESTS = ["rights", "canary", "groups", "use"]


async def asked(*, company=COMPANY, use=CredentialUse.BOTH, **more):
    """Each check's name with its status, and the whole test."""
    found, _ = await asking(company=company, use=use, **more)
    return {check.name: check.status.value for check in found.checks}, found


async def asking(*, company=COMPANY, use=CredentialUse.BOTH, **more):
    """The whole test, and the reader with what it was asked."""
    catalog = company.catalog()
    reader = reader_of(company, **{"roles": ("GROUP_MEMBERSHIP_ADMIN",), **more})
    question = Question(
        catalog=catalog,
        connector=catalog.connectors[CONNECTOR],
        now=NOW,
        use=use,
        is_sandbox=True,
    )
    return await probe(question, reader), reader


async def test_a_connector_in_order_passes_every_check():
    """In the order in which one rests on another; one token for all is the one thing to change."""
    statuses, found = await asked()
    assert list(statuses.items()) == [
        ("org", "passed"),
        ("credential", "passed"),
        ("dedicated owner", "passed"),
        ("write members", "passed"),
        ("separation", "warned"),
        ("canary", "passed"),
        (OF_CLAUDE, "passed"),
        ("System Log", "passed"),
        ("use", "passed"),
    ]
    assert (found.connector, found.sandbox, found.has_failed) == (CONNECTOR, True, False)
    assert "it belongs to svc@example.com" in found.checks[1].summary


async def test_few_reads_are_made_beyond_those_of_a_plan():
    """Roles, dashboard and groups of the owner, the log: one each, and nothing is read twice."""
    _, reader = await asking()
    day = ("log", NOW - timedelta(days=1), (group_id("Canary"),), ())
    more = [("roles", SVC), ("app-links", SVC), ("groups-of", SVC), day]
    assert [question for question in reader.asked if question in more] == more
    assert [str(q) for q in reader.asked] == list(dict.fromkeys(str(q) for q in reader.asked))


async def test_a_service_app_is_asked_for_its_own_roles():
    """Nobody stands behind it, so nobody's account is looked at."""
    found, reader = await asking(credential=APP, caller=None)
    assert [check.name for check in found.checks][:4] == [
        "org",
        "credential",
        "scopes",
        "write members",
    ]
    assert found.checks[1].summary == "0oa1 signed in; its tokens are bound to a DPoP key"
    assert ("client-roles", "0oa1") in reader.asked
    assert "caller" not in reader.asked
    assert not [q for q in reader.asked if q[0] in {"roles", "app-links", "groups-of"}]


async def test_a_service_app_that_was_granted_less_than_asked_fails():
    """Okta left a scope out without a word."""
    granted = APP.granted - {"okta.groups.manage"}
    statuses, found = await asked(credential=replace(APP, granted=granted), caller=None)
    assert statuses["scopes"] == "failed"
    assert "okta.groups.manage" in found.checks[2].summary
    statuses, _ = await asked(
        credential=replace(APP, granted=granted),
        caller=None,
        use=CredentialUse.PLAN,
    )
    assert statuses["scopes"] == "passed"


@pytest.mark.parametrize(
    ("purpose", "use", "does_write"),
    [
        (Purpose.PROBE, CredentialUse.PLAN, False),
        (Purpose.APPLY, CredentialUse.APPLY, False),
        (Purpose.APPLY, CredentialUse.BOTH, False),
        (Purpose.WRITE_PROBE, CredentialUse.BOTH, True),
    ],
)
def test_a_credential_is_asked_for_what_it_is_there_for(purpose, use, does_write):
    """What applies has to be able to, also where this test only reads."""
    connector = Connector(id=CONNECTOR, type="okta", name="Okta")
    asked = Question(
        catalog=Catalog(), connector=connector, now=NOW, use=use, does_write=does_write
    )
    assert purpose is asked.purpose


async def test_the_plans_own_credential_has_only_to_read():
    """What could write is too much for it."""
    statuses, found = await asked(use=CredentialUse.PLAN)
    assert (statuses["read only"], "write members" in statuses) == ("warned", False)
    statuses, found = await asked(use=CredentialUse.PLAN, roles=("READ_ONLY_ADMIN",))
    assert statuses["read only"] == "passed"
    assert found.credential is CredentialUse.PLAN


async def test_a_token_that_nobody_owns_has_no_roles_to_read():
    """That is said to be unproven."""
    statuses, found = await asked(caller=None)
    assert statuses["rights"] == "unproven"
    assert found.checks[1].summary == "accepted; no person is behind it"


@pytest.mark.parametrize(
    "refusal",
    [
        ("caller", ConnectorError("token-refused", "no", "make a new one", status=401)),
        ("caller", ConnectorError("auth-scheme-wrong", "no", "use SSWS")),
        ("credential", ConnectorError("key-id-unknown", "no", "correct `key_id`", status=401)),
        ("credential", ConnectorError("clock-skew", "no", "set the clock", status=401)),
    ],
)
async def test_a_sign_in_that_fails_ends_the_test(refusal):
    """The org passed; what rests on the credential was not run; what needs no org still is."""
    where, error = refusal
    statuses, found = await asked(**{where: error})
    assert list(statuses.items()) == [
        ("org", "passed"),
        ("credential", "failed"),
        ("rights", "not run"),
        ("canary", "not run"),
        ("groups", "not run"),
        ("use", "passed"),
    ]
    assert (found.checks[1].code, found.checks[1].summary) == (error.code, error.message)
    assert found.checks[1].hint


@pytest.mark.parametrize(
    "error",
    [
        ConnectorError("org-host-unknown", "no such host", "look at the domain"),
        GuardRefused("org-mismatch", "the pin says another", "correct the domain"),
    ],
)
async def test_an_org_that_is_not_there_or_another_ends_the_test(error):
    """Nothing else is asked of it."""
    statuses, found = await asked(org=error)
    assert list(statuses) == ["org", "credential", *RESTS]
    assert (found.checks[0].code, found.checks[0].hint) == (error.code, error.hint)
    assert (statuses["org"], statuses["credential"]) == ("failed", "not run")


async def test_a_credential_that_is_refused_halfway_ends_the_test():
    """It was accepted before."""
    error = ConnectorError("token-refused", "revoked meanwhile", "make a new one", status=401)
    statuses, _ = await asked(targets=error)
    assert (statuses["credential"], statuses["reads"]) == ("passed", "failed")
    assert statuses["canary"] == "not run"


async def test_an_unread_extra_is_unproven_and_fails_nothing():
    """Roles and dashboard need rights of their own."""
    refused = ReadFailure(code="refused", detail="Okta said 403")
    statuses, found = await asked(roles=refused, links=refused)
    assert (statuses["rights"], statuses["dedicated owner"]) == ("unproven", "unproven")
    assert not found.has_failed


@pytest.mark.parametrize(
    ("expected", "granted"),
    [("not asked", SCOPES), ("passed", APP.granted), ("passed", None)],
)
async def test_the_log_is_not_asked_where_no_scope_allows_it(expected, granted):
    """The missing scope is told by itself; asking would cost a request of the smallest budget."""
    credential = replace(APP, granted=granted)
    statuses, _ = await asked(credential=credential, caller=None)
    assert expected == statuses.get("System Log", "not asked")


async def test_the_org_that_answered_is_named():
    """With the id that a pin is made of."""
    _, found = await asked(org=Org(id="00oacme", domain="acme.okta.com"))
    assert found.checks[0].summary == "acme.okta.com is 00oacme"
