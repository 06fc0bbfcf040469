"""Drift is what a plan shows of both sides, and is clean only where all was compared."""

from dataclasses import replace

from reconciler.model.accounts import AccountState
from reconciler.model.catalog import Authority
from reconciler.model.plan import AccountDrift, Blocked, Drift, GroupRef, GroupSummary, MemberClass
from reconciler.planning.drift import find_drift
from tests.support.nouns import GROUP, change, plan, ref, removal

OTHER = GroupRef(id="00gother", name="Other")
READ = GroupSummary(group=GROUP, bindings=("b",), authority=Authority.ADDITIVE, members=3)


def drift(name):
    """One person where git and Okta differ."""
    return Drift(
        group=GROUP, tool="claude", entitlement="users", person=ref(name), authority=READ.authority
    )


def blocked(group, person=None):
    """A blocked line about the group."""
    return Blocked(
        code="c", summary="s", hint="h", group=group, tool="t", entitlement="u", person=person
    )


def found(**more):
    """The differences of a plan of one group."""
    return find_drift(replace(plan(), groups=(READ,), **more))


def test_a_plan_without_differences_is_clean():
    """Nothing differs, and everything was compared."""
    assert found().is_clean
    assert not found().has_drift


def test_each_class_alone_is_drift():
    """Either way round, git and Okta disagree."""
    assert found(missing=(drift("jane"),)).has_drift
    assert found(unapproved=(drift("joe"),)).has_drift


def test_a_group_that_was_not_compared_is_neither_drift_nor_clean():
    """What nobody could read may hide anything."""
    unread = found(blocked=(blocked(OTHER),))

    assert [line.group for line in unread.uncompared] == [OTHER]
    assert not unread.has_drift
    assert not unread.is_clean


def test_a_grant_that_is_blocked_is_drift():
    """Whatever keeps it back, git says what Okta does not hold."""
    unmet = found(blocked=(blocked(GROUP, ref("sam")), blocked(GROUP)))
    assert (unmet.number, unmet.has_drift, unmet.uncompared) == (2, True, ())


def test_somebody_blocked_who_is_counted_already_is_counted_once():
    """A leaver with a live grant is missing, and blocked."""
    unmet = found(missing=(drift("sam"),), blocked=(blocked(GROUP, ref("sam")),))
    assert (unmet.number, unmet.blocked) == (1, ())


def test_a_member_whose_grant_ended_is_drift_until_removed():
    """Held or not."""
    ended = removal("joe", MemberClass.ENDED)
    differs = found(changes=(ended, removal("stray"), change("new")))
    assert differs.ended == (ended,)
    assert differs.has_drift


def test_an_account_in_another_state_is_drift():
    """Whatever a plan does about it."""
    one = AccountDrift(person=ref("jane"), wanted=AccountState.SUSPENDED)
    made = found(account_drift=(one,))
    assert (made.accounts, made.number, made.is_clean) == ((one,), 1, False)
