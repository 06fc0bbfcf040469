"""What a plan says of the credential that it was made with."""

from dataclasses import replace

import pytest

from reconciler.model.catalog import Auth, Connector
from reconciler.model.directory import CredentialFacts, LiveState
from reconciler.model.ids import SecretRef
from reconciler.workflows.plan import warn_of_credential
from tests.support.builders import CONNECTOR
from tests.support.fake_directory import FakeReader
from tests.support.nouns import ORG, beside, codes, user

pytestmark = pytest.mark.anyio
SVC = user("svc")
TOKEN = Auth(method="ssws", secret=SecretRef(kind="env", value="OKTA_TOKEN"))
OTHER = replace(TOKEN, secret=SecretRef(kind="env", value="OKTA_OTHER"))
SHARED = Connector(id=CONNECTOR, type="okta", name="Okta", plan_auth=TOKEN, apply_auth=TOKEN)
SPLIT = replace(SHARED, apply_auth=OTHER)
BY_TOKEN = LiveState(
    org=ORG, credential=CredentialFacts(method="ssws"), caller=SVC.id, users={SVC.id: SVC}
)
READS = CredentialFacts(
    method="private_key_jwt", client_id="0oa1", granted=frozenset({"okta.groups.read"})
)
BY_APP = LiveState(org=ORG, credential=READS)
MANAGING = LiveState(org=ORG, credential=replace(READS, granted=frozenset({"okta.groups.manage"})))


async def told(connector, live, *, roles=(), sandbox=False):
    """The codes of the warnings, and what was asked for them."""
    reader = FakeReader(roles=roles)
    found = await warn_of_credential(beside(sandbox=sandbox), connector, reader, live)
    return codes(found.warnings), reader.asked


@pytest.mark.parametrize(
    ("expected", "connector", "live", "roles"),
    [
        (["credential-shared"], SHARED, BY_TOKEN, ("SUPER_ADMIN",)),
        (["plan-can-write"], SPLIT, BY_TOKEN, ("SUPER_ADMIN",)),
        ([], SPLIT, BY_TOKEN, ("READ_ONLY_ADMIN",)),
        ([], SPLIT, BY_TOKEN, ("CUSTOM",)),
        ([], SPLIT, BY_APP, ("SUPER_ADMIN",)),
        (["plan-can-write"], SPLIT, MANAGING, ()),
    ],
)
async def test_a_plan_warns_where_its_credential_could_write(expected, connector, live, roles):
    """Nothing is said of what is not known."""
    found, _ = await told(connector, live, roles=roles)
    assert expected == found


@pytest.mark.parametrize(
    ("asked", "connector", "live"),
    [
        ([], SHARED, BY_TOKEN),
        ([("roles", SVC.id)], SPLIT, BY_TOKEN),
        ([], SPLIT, BY_APP),
    ],
)
async def test_roles_are_read_only_where_nothing_else_tells(asked, connector, live):
    """A plan makes few calls."""
    assert asked == (await told(connector, live))[1]


async def test_one_credential_for_all_is_no_news_in_a_sandbox():
    """Its own is nobody's."""
    assert await told(SHARED, BY_TOKEN, sandbox=True) == ([], [])
