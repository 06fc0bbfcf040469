"""Who asks, and whose roles decide what they may."""

import pytest

from reconciler.live.credential import identify, roles_of
from reconciler.model.directory import CredentialFacts, Org, ReadFailure
from reconciler.model.errors import ConnectorError
from tests.support.fake_directory import FakeReader
from tests.support.nouns import user

pytestmark = pytest.mark.anyio
SVC = user("svc")
ORG = Org(id="00oacme", domain="acme.okta.com")
TOKEN = CredentialFacts(method="ssws")
APP = CredentialFacts(method="private_key_jwt", client_id="0oa1")


@pytest.mark.parametrize(
    ("caller", "asked", "credential"),
    [(SVC, ["credential", "caller"], TOKEN), (None, ["credential"], APP)],
)
async def test_only_an_api_token_has_a_person_behind_it(caller, asked, credential):
    """`/users/me` is no question for a service app."""
    reader = FakeReader(credential=credential, caller=SVC)
    found = await identify(reader, ORG)
    assert (found.org, found.credential, found.caller) == (ORG, credential, caller)
    assert reader.asked == asked


async def test_a_credential_that_is_refused_is_raised():
    """Nothing else is worth asking."""
    error = ConnectorError("key-id-unknown", "no", "correct `key_id`")
    with pytest.raises(ConnectorError):
        await identify(FakeReader(credential=error), ORG)


@pytest.mark.parametrize(
    ("asked", "credential", "caller"),
    [
        ([("client-roles", "0oa1")], APP, None),
        ([("roles", "00usvc")], TOKEN, "00usvc"),
        ([("roles", "00usvc")], None, "00usvc"),
    ],
)
async def test_roles_are_the_apps_or_the_owners(asked, credential, caller):
    """One read either way."""
    reader = FakeReader(roles=("USER_ADMIN",))
    assert await roles_of(reader, credential, caller) == ("USER_ADMIN",)
    assert reader.asked == asked


async def test_nobodys_roles_are_unknown():
    """And not none."""
    assert isinstance(await roles_of(FakeReader(), TOKEN, None), ReadFailure)
