"""What was read of an org, judged check by check, and what to do where one fails."""

from dataclasses import replace

import pytest

from reconciler.connector_checks.check_result import CheckStatus
from reconciler.connector_checks.org_checks import (
    judge_canary,
    judge_groups,
    judge_log,
    judge_rules,
    judge_sharing,
    judge_use,
)
from reconciler.model.catalog import Auth, BindGroup, Canary, Connector, CreateGroup
from reconciler.model.directory import (
    CanarySight,
    DirectoryGroup,
    LiveState,
    MembershipLog,
    ReadFailure,
)
from reconciler.model.ids import SecretRef
from reconciler.planning.scope import scope
from tests.support.builders import NOW
from tests.support.nouns import GROUP, ORG, binding, codes

PASSED, WARNED, FAILED = CheckStatus.PASSED, CheckStatus.WARNED, CheckStatus.FAILED
TOKEN = Auth(method="ssws", secret=SecretRef(kind="env", value="OKTA_TOKEN"))
OTHER = replace(TOKEN, secret=SecretRef(kind="env", value="OKTA_OTHER"))
APP = replace(TOKEN, method="private_key_jwt", client_id="0oa1")
CANARY = Canary(user="canary@example.com", group_id="00gcanary", group_name="Canary")
CONNECTOR = Connector(id="okta-prod", type="okta", name="Okta", canary=CANARY)
CLAUDE = DirectoryGroup(id=GROUP.id, name=GROUP.name, type="OKTA_GROUP")
BIND = binding()
CREATE = binding("cursor", group=CreateGroup(name="Cursor users"))
OWN = DirectoryGroup(
    id="00gmade", name="Cursor users", type="OKTA_GROUP", description=CREATE.marker
)
REFUSED = ReadFailure(code="refused", detail="Okta said 403")
SCOPELESS = replace(REFUSED, cause="scope-missing", hint="grant the scope okta.groups.read")
MISSING = ReadFailure(code="missing", detail="Okta shows no such group")


def called(*groups):
    """That Okta shows these groups under the name to be created."""
    return {"groups_by_name": {"cursor users": groups}}


def live(**facts):
    """An org that shows the Claude group, and one that was made, with one member each."""
    jane = frozenset({"00ujane"})
    shown = {"groups": {GROUP.id: CLAUDE}, "members": {GROUP.id: jane, OWN.id: jane}}
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


@pytest.mark.parametrize(
    ("code", "hint", "unread"),
    [
        ("group-refused", "test again", REFUSED),
        ("scope-missing", "grant the scope okta.groups.read", SCOPELESS),
        ("group-missing", "check the id in the binding", MISSING),
    ],
)
@pytest.mark.parametrize("made", [False, True])
def test_a_group_that_cannot_be_read_says_why_and_what_then(code, hint, unread, made):
    """An empty 403, a refusal and an absence are not one thing."""
    key = CREATE.group.name.casefold()
    facts = {"unread_names": {key: unread}} if made else {"unread": {GROUP.id: unread}}
    (check,) = judge_groups([CREATE if made else BIND], live(**facts))
    assert (check.status, check.code) == (FAILED, code)
    assert check.hint.startswith(hint)


@pytest.mark.parametrize(
    ("is_warned", "groups"),
    [(False, {}), (False, {GROUP.id: frozenset()}), (True, {GROUP.id: frozenset({"00ujane"})})],
)
def test_rules_that_cannot_be_read_are_told(is_warned, groups):
    """Each removal would be asked about singly."""
    checks = list(judge_rules(live(unattributed=groups)))
    assert [check.code for check in checks] == (["rules-unread"] if is_warned else [])


@pytest.mark.parametrize(
    ("expected", "log"),
    [
        ([], None),
        ([(PASSED, "")], MembershipLog(since=NOW)),
        ([(WARNED, "log-unread")], SCOPELESS),
    ],
)
def test_a_log_that_cannot_be_read_is_told_with_what_it_costs(expected, log):
    """Nothing fails by it."""
    checks = list(judge_log(log))
    assert expected == [(check.status, check.code) for check in checks]


@pytest.mark.parametrize(
    ("is_shared", "plan", "apply"),
    [
        (True, TOKEN, TOKEN),
        (False, TOKEN, OTHER),
        (True, APP, replace(APP, secret=OTHER.secret)),
        (False, APP, replace(APP, secret=OTHER.secret, client_id="0oa2")),
        (True, None, None),
    ],
    ids=["one-token", "two-tokens", "two-keys-of-one-app", "two-apps", "config-in-one-secret"],
)
def test_whoever_plans_should_not_hold_what_applies(is_shared, plan, apply):
    """A pull request's job plans."""
    connector = replace(CONNECTOR, plan_auth=plan, apply_auth=apply)
    codes = [check.code for check in judge_sharing(connector)]
    assert codes == (["credential-shared"] if is_shared else [])


def test_a_group_that_makes_admins_passes_where_that_is_meant():
    """The binding says `admin_role: true`."""
    state = live(groups={GROUP.id: replace(CLAUDE, has_admin_role=True)})
    (check,) = judge_groups([replace(BIND, admin_role=True)], state)
    assert check.status is PASSED


@pytest.mark.parametrize(
    ("status", "words", "facts"),
    [
        (PASSED, '"Cursor users" is free', {}),
        (PASSED, "(00gmade), 1 members, was made for it", called(OWN)),
        (FAILED, "type APP_GROUP", called(replace(OWN, type="APP_GROUP"))),
        (FAILED, "admin role", called(replace(OWN, has_admin_role=True))),
        (FAILED, "Okta said 403", {**called(OWN), "unread": {OWN.id: REFUSED}}),
        (
            FAILED,
            "was not made for this binding",
            called(replace(OWN, description="")),
        ),
        (
            FAILED,
            "several groups carry the marker",
            called(OWN, replace(OWN, id="00gtwin")),
        ),
        (
            PASSED,
            '"Old" (00gmade), 1 members, was made for it',
            {"groups_by_marker": {CREATE.marker: (replace(OWN, name="Old"),)}},
        ),
        (FAILED, "Okta said 403", {"unread_markers": {CREATE.marker: REFUSED}}),
        (FAILED, "Okta said 403", {"unread_names": {"cursor users": REFUSED}}),
    ],
)
def test_a_group_to_be_made_has_a_free_name_or_was_made_before(status, words, facts):
    """Nobody's group is taken over."""
    (check,) = judge_groups([CREATE], live(**facts))
    assert ("group of cursor/users@okta-prod", status) == (check.name, check.status)
    assert words in check.summary


@pytest.mark.parametrize(
    ("bound", "facts"),
    [
        (BIND, {}),
        (BIND, {"groups": {}, "members": {}}),
        (BIND, {"unread": {GROUP.id: REFUSED}}),
        (BIND, {"groups": {GROUP.id: replace(CLAUDE, type="BUILT_IN")}}),
        (BIND, {"groups": {GROUP.id: replace(CLAUDE, has_admin_role=True)}}),
        (CREATE, {}),
        (CREATE, called(OWN)),
        (CREATE, called(replace(OWN, description=""))),
        (CREATE, called(OWN, replace(OWN, id="00gtwin"))),
        (CREATE, {"unread_names": {"cursor users": REFUSED}}),
        (CREATE, {**called(OWN), "unread_names": {"cursor users": REFUSED}}),
    ],
)
def test_a_group_fails_here_just_where_a_plan_would_block_its_lines(bound, facts):
    """Whoever tests a connector finds out what a plan would say."""
    state = live(**facts)
    (check,) = judge_groups([bound], state)
    assert [check.code] * (check.status is FAILED) == codes(scope([bound], state).blocked)


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
