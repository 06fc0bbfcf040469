"""What was read of an org, judged check by check, and what to do where one fails."""

from dataclasses import replace

import pytest

from reconciler.model.catalog import BindGroup, Canary, Connector, CreateGroup
from reconciler.model.directory import CanarySight, DirectoryGroup, LiveState, Unread
from reconciler.model.probe import ProbeCheck, ProbeStatus
from reconciler.planning.probe import judge_canary, judge_groups, judge_rights, judge_use
from tests.unit.planning.nouns import GROUP, ORG, binding, user

PASSED, WARNED = ProbeStatus.PASSED, ProbeStatus.WARNED
UNPROVEN, FAILED = ProbeStatus.UNPROVEN, ProbeStatus.FAILED
SVC = user("svc")
CANARY = Canary(user="canary@example.com", group_id="00gcanary", group_name="Canary")
CONNECTOR = Connector(id="okta-prod", type="okta", name="Okta", canary=CANARY)
CLAUDE = DirectoryGroup(id=GROUP.id, name=GROUP.name, type="OKTA_GROUP")
BIND = binding()
CREATE = binding("cursor", group=CreateGroup(name="Cursor users"))
OWN = DirectoryGroup(
    id="00gmade", name="Cursor users", type="OKTA_GROUP", description=CREATE.marker
)
REFUSED = Unread(code="refused", detail="Okta said 403")


def short(checks):
    """Name and status of each check."""
    return [(check.name, check.status) for check in checks]


def live(**facts):
    """An org that shows the Claude group with one member."""
    shown = {"groups": {GROUP.id: CLAUDE}, "members": {GROUP.id: frozenset({"00ujane"})}}
    return LiveState(org=ORG, **{**shown, **facts})


@pytest.mark.parametrize(
    ("status", "sight"),
    [
        (PASSED, CanarySight.SEEN),
        (FAILED, CanarySight.ABSENT),
        (FAILED, CanarySight.UNREAD),
        (FAILED, CanarySight.NOT_ASKED),
    ],
)
def test_the_canary_is_seen_or_the_credential_is_blind(status, sight):
    """It is named with its group, so that a person can look for themselves."""
    check = judge_canary(CONNECTOR, sight)
    assert status is check.status
    assert 'canary@example.com in "Canary" (00gcanary)' in check.summary
    assert bool(check.hint) is (status is FAILED)


def test_a_connector_without_a_canary_is_told_to_have_one():
    """Apply needs it; the stanza to add is in the hint."""
    check = judge_canary(replace(CONNECTOR, canary=None), CanarySight.NOT_ASKED)
    assert (check.status, "canary: {user, group: {id, name}}" in check.hint) == (FAILED, True)


WRITE, CREATING, LEAST = "write members", "create groups", "least privilege"


@pytest.mark.parametrize(
    ("expected", "roles"),
    [
        ([(WRITE, PASSED), (CREATING, PASSED), (LEAST, WARNED)], ("SUPER_ADMIN",)),
        ([(WRITE, PASSED), (CREATING, PASSED), (LEAST, WARNED)], ("ORG_ADMIN",)),
        ([(WRITE, PASSED), (CREATING, PASSED)], ("USER_ADMIN",)),
        ([(WRITE, PASSED), (CREATING, FAILED)], ("GROUP_MEMBERSHIP_ADMIN",)),
        ([(WRITE, PASSED), (CREATING, UNPROVEN)], ("CUSTOM", "GROUP_MEMBERSHIP_ADMIN")),
        ([(WRITE, UNPROVEN), (CREATING, UNPROVEN)], ("CUSTOM",)),
        ([(WRITE, UNPROVEN), (CREATING, UNPROVEN)], ("CUSTOM", "READ_ONLY_ADMIN")),
        ([(WRITE, FAILED), (CREATING, FAILED)], ("READ_ONLY_ADMIN",)),
        ([(WRITE, FAILED), (CREATING, FAILED)], ("APP_ADMIN", "HELP_DESK_ADMIN")),
        ([("rights", UNPROVEN)], ()),
        ([("rights", UNPROVEN)], REFUSED),
    ],
)
def test_rights_are_judged_from_roles_as_far_as_these_tell(expected, roles):
    """What only a write could show is called unproven, not passed and not failed."""
    assert expected == short(judge_rights(SVC, roles, creates=True))


@pytest.mark.parametrize("roles", [("GROUP_MEMBERSHIP_ADMIN",), ("READ_ONLY_ADMIN",), ("CUSTOM",)])
def test_creating_is_judged_only_where_a_binding_creates(roles):
    """A role that is smaller than it might be is no fault."""
    assert [check.name for check in judge_rights(SVC, roles, creates=False)] == [WRITE]


def test_a_missing_right_says_who_lacks_it_and_what_to_give():
    """The reader is at the console already."""
    (check,) = judge_rights(SVC, ("READ_ONLY_ADMIN",), creates=False)
    assert check == ProbeCheck(
        name="write members",
        status=FAILED,
        summary="svc@example.com has READ_ONLY_ADMIN, which may not write members",
        hint="give the owner a role to write members",
    )


def test_a_credential_without_an_owner_is_still_spoken_of():
    """A service app has roles, and no person to name."""
    (check,) = judge_rights(None, REFUSED, creates=False)
    assert check.summary == "the roles of the credential's owner could not be read: Okta said 403"


@pytest.mark.parametrize(
    ("status", "words", "state"),
    [
        (PASSED, '"Claude users" (00gclaude), 1 members', live()),
        (FAILED, "it was not read", live(groups={}, members={})),
        (FAILED, "Okta said 403", live(unread={GROUP.id: REFUSED})),
        (FAILED, "Okta said 403", live(groups={}, members={}, unread={GROUP.id: REFUSED})),
        (FAILED, "type APP_GROUP", live(groups={GROUP.id: replace(CLAUDE, type="APP_GROUP")})),
        (FAILED, "type BUILT_IN", live(groups={GROUP.id: replace(CLAUDE, type="BUILT_IN")})),
        (FAILED, "admin role", live(groups={GROUP.id: replace(CLAUDE, has_admin_role=True)})),
        (WARNED, "no effect", live(groups={GROUP.id: replace(CLAUDE, app_count=0)})),
        (PASSED, "1 members", live(groups={GROUP.id: replace(CLAUDE, app_count=None)})),
    ],
)
def test_a_bound_group_is_there_ordinary_harmless_and_of_use(status, words, state):
    """The worst is said first, and with what to do."""
    (check,) = judge_groups([BIND], state)
    assert ("group of claude/users@okta-prod", status) == (check.name, check.status)
    assert words in check.summary
    assert bool(check.hint) is (status is not PASSED)


def test_a_group_that_makes_admins_passes_where_that_is_meant():
    """The binding says `admin_role: true`."""
    state = live(groups={GROUP.id: replace(CLAUDE, has_admin_role=True)})
    (check,) = judge_groups([replace(BIND, admin_role=True)], state)
    assert check.status is PASSED


@pytest.mark.parametrize(
    ("status", "words", "facts"),
    [
        (PASSED, '"Cursor users" is free', {}),
        (PASSED, "(00gmade) was made for it", {"groups_by_name": {"cursor users": (OWN,)}}),
        (
            FAILED,
            "was not made for this binding",
            {"groups_by_name": {"cursor users": (replace(OWN, description=""),)}},
        ),
        (
            FAILED,
            "was not made for this binding",
            {"groups_by_name": {"cursor users": (OWN, replace(OWN, id="00gtwin"))}},
        ),
        (FAILED, "Okta said 403", {"unread_names": {"cursor users": REFUSED}}),
    ],
)
def test_a_group_to_be_made_has_a_free_name_or_was_made_before(status, words, facts):
    """Nobody's group is taken over."""
    (check,) = judge_groups([CREATE], live(**facts))
    assert ("group of cursor/users@okta-prod", status) == (check.name, check.status)
    assert words in check.summary


def test_every_binding_has_its_own_check():
    """One that fails hides no other."""
    lost = binding("notion", group=BindGroup(id="00glost", name="Lost"))
    statuses = [check.status for check in judge_groups([BIND, lost, CREATE], live())]
    assert statuses == [PASSED, FAILED, PASSED]


def test_a_connector_that_nothing_uses_is_a_credential_too_many():
    """It works, and should not exist."""
    check = judge_use(CONNECTOR, ())
    assert (check.status, check.summary) == (WARNED, "no binding names okta-prod")
    assert "disabled: true" in check.hint


def test_a_connector_in_use_says_by_what():
    """Each tool once."""
    check = judge_use(CONNECTOR, (BIND, binding("claude", "admins"), CREATE))
    assert (check.status, check.summary) == (PASSED, "3 bindings of claude, cursor")
