"""What an account's status and dates mean."""

from datetime import UTC, datetime

import pytest

from reconciler.model.directory import DirectoryGroup, DirectoryUser, LiveState, Org

MADE = datetime(2025, 1, 1, tzinfo=UTC)
WOKEN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("is_inactive", "is_deprovisioned", "status"),
    [
        (False, False, "ACTIVE"),
        (False, False, "STAGED"),
        (False, False, "LOCKED_OUT"),
        (False, False, "A_STATUS_OF_TOMORROW"),
        (True, False, "SUSPENDED"),
        (True, True, "DEPROVISIONED"),
    ],
)
def test_only_suspended_and_closed_accounts_are_inactive(is_inactive, is_deprovisioned, status):
    """A locked password is no reason to lose a grant; a closed account is."""
    person = DirectoryUser(id="00u1", login="a@x.io", status=status)
    assert (is_inactive, is_deprovisioned) == (person.is_inactive, person.is_deprovisioned)


@pytest.mark.parametrize(
    ("began", "created", "activated"),
    [(WOKEN, MADE, WOKEN), (MADE, MADE, None), (WOKEN, None, WOKEN), (None, None, None)],
)
def test_an_account_began_when_it_was_last_activated(began, created, activated):
    """A re-used login has an old creation and a young activation."""
    person = DirectoryUser(
        id="00u1", login="a@x.io", status="ACTIVE", created_at=created, activated_at=activated
    )
    assert began == person.began_at


@pytest.mark.parametrize(
    ("is_writable", "kind"),
    [(True, "OKTA_GROUP"), (False, "APP_GROUP"), (False, "BUILT_IN"), (False, "")],
)
def test_only_an_okta_group_is_writable(is_writable, kind):
    """Okta refuses membership writes to every other type."""
    assert DirectoryGroup(id="00g1", name="G", type=kind).is_writable is is_writable


def test_a_state_that_was_just_made_has_seen_nothing():
    """Nothing read is nothing known: no group counts as empty by default."""
    state = LiveState(org=Org(id="00o1", domain="acme.okta.com"))
    assert (state.groups, state.members, state.users, state.groups_by_name) == ({}, {}, {}, {})
