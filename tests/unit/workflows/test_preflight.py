"""What has to be so before the first write; each fact is read once, and only where needed."""

from dataclasses import replace

import pytest

from reconciler.model.accounts import AccountAction
from reconciler.model.directory import CanarySight, CredentialFacts, LiveState, ReadFailure
from reconciler.model.errors import GuardRefused
from reconciler.workflows.apply import check_canary, check_rights
from tests.support.account_lines import account_change
from tests.support.builders import CONNECTOR, Company
from tests.support.fake_directory import FakeReader
from tests.support.nouns import ORG, change, creation, user

pytestmark = pytest.mark.anyio
SVC = user("svc")
COMPANY = Company().tool().bind("amy").granted("amy")
BY_TOKEN = LiveState(
    org=ORG,
    credential=CredentialFacts(method="ssws"),
    caller=SVC.id,
    users={SVC.id: SVC},
    canary=CanarySight.SEEN,
)
APP = CredentialFacts(
    method="private_key_jwt",
    client_id="0oa1",
    granted=frozenset({"okta.groups.manage", "okta.users.read"}),
)
BY_APP = LiveState(org=ORG, credential=APP, canary=CanarySight.SEEN)
READ_ONLY = replace(BY_APP, credential=replace(APP, granted=frozenset({"okta.users.read"})))
REFUSED = ReadFailure(code="refused", detail="Okta said 403")


async def checked(live, *changes, roles=("GROUP_MEMBERSHIP_ADMIN",), accounts=()):
    """What was asked; raises what refuses."""
    reader = FakeReader(roles=roles)
    await check_rights(COMPANY.catalog(), CONNECTOR, reader, live, changes, accounts)
    return reader.asked


@pytest.mark.parametrize(
    ("asked", "live", "changes"),
    [
        ([], BY_TOKEN, ()),
        ([("roles", SVC.id)], BY_TOKEN, (change(),)),
        ([("client-roles", "0oa1")], BY_APP, (change(),)),
    ],
)
async def test_roles_are_read_once_and_only_where_something_is_written(asked, live, changes):
    """An apply with nothing to do asks for nothing."""
    assert asked == await checked(live, *changes)


@pytest.mark.parametrize(
    ("code", "live", "line", "roles"),
    [
        ("role-cannot-write", BY_TOKEN, change(), ("READ_ONLY_ADMIN",)),
        ("role-cannot-write", BY_APP, change(), ("READ_ONLY_ADMIN",)),
        ("role-cannot-create", BY_TOKEN, creation(), ("GROUP_MEMBERSHIP_ADMIN",)),
        ("scope-missing", READ_ONLY, change(), ("USER_ADMIN",)),
    ],
)
async def test_what_is_known_to_be_missing_refuses_under_the_tests_own_code(
    code, live, line, roles
):
    """With what to do, before the first write."""
    with pytest.raises(GuardRefused) as caught:
        await checked(live, line, roles=roles)
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize(
    ("code", "action", "roles"),
    [
        ("", AccountAction.UNLOCK, ("HELP_DESK_ADMIN",)),
        ("", AccountAction.SUSPEND, ("USER_ADMIN",)),
        ("role-cannot-change-accounts", AccountAction.SUSPEND, ("HELP_DESK_ADMIN",)),
        ("role-cannot-change-accounts", AccountAction.UNLOCK, ("GROUP_MEMBERSHIP_ADMIN",)),
    ],
)
async def test_changes_of_accounts_alone_need_no_right_over_groups(code, action, roles):
    """A run is refused for what it does, and for nothing else."""
    line = account_change(action)
    if not code:
        assert await checked(BY_TOKEN, roles=roles, accounts=(line,))
        return
    with pytest.raises(GuardRefused) as caught:
        await checked(BY_TOKEN, roles=roles, accounts=(line,))
    assert caught.value.code == code


@pytest.mark.parametrize("roles", [REFUSED, (), ("CUSTOM",)])
async def test_what_is_not_known_refuses_nothing(roles):
    """Only a write tells; each one is read back."""
    await checked(BY_APP, change(), roles=roles)


@pytest.mark.parametrize(
    ("code", "company", "sight"),
    [
        ("canary-missing", COMPANY.without_canary(), CanarySight.NOT_ASKED),
        ("canary-not-seen", COMPANY, CanarySight.ABSENT),
        ("canary-not-seen", COMPANY, CanarySight.UNREAD),
    ],
)
def test_whoever_must_be_visible_has_to_be(code, company, sight):
    """Else the reads may be short."""
    with pytest.raises(GuardRefused) as caught:
        check_canary(company.catalog(), CONNECTOR, replace(BY_TOKEN, canary=sight))
    assert caught.value.code == code
