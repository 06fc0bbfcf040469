"""A first plan shows which few further questions are worth asking."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.live.follow_up import detail, is_needed
from reconciler.model.directory import LiveState, MembershipLog, ReadCount, ReadFailure
from reconciler.model.errors import ConnectorError
from reconciler.model.plan import Blocked
from tests.support.builders import NOW
from tests.support.fake_directory import FakeReader
from tests.support.nouns import (
    GROUP,
    NEW_GROUP,
    ORG,
    change,
    creation,
    grant_ref,
    plan,
    ref,
    removal,
)

pytestmark = pytest.mark.anyio
REFUSED = ReadFailure(code="refused", detail="403")
JANE, JOE = "00ujane", "00ujoe"


def held(name, code="rule-attribution-unknown"):
    """A removal that is held."""
    return Blocked(
        code=code,
        summary="would be removed",
        hint="plan again",
        group=GROUP,
        tool="claude",
        entitlement="users",
        person=ref(name),
    )


def live(*unattributed):
    """The Claude group with jane and joe."""
    return LiveState(
        org=ORG,
        members={GROUP.id: frozenset({JANE, JOE})},
        rule_fed={GROUP.id: frozenset()},
        unattributed={GROUP.id: frozenset(unattributed)},
    )


@pytest.mark.parametrize(
    ("needed", "made"),
    [
        (False, plan()),
        (False, plan(creation(), change("jane", group=NEW_GROUP))),
        (True, plan(change("jane"))),
        (False, plan(blocked=(held("jane", "removal-held-by-doubt"),))),
        (True, plan(removal("jane"))),
        (True, plan(blocked=(held("jane"),))),
    ],
)
def test_only_what_a_further_read_would_explain_is_worth_a_question(needed, made):
    """A plan that changes nothing costs no request more, nor does the past of a new group."""
    assert needed is is_needed(made)


async def test_each_doubtful_person_and_each_losing_group_is_one_question():
    """Nobody is asked about whose origin is known, and the log is not where nobody is added."""
    reader = FakeReader(apps={GROUP.id: ("Claude",)})
    made = plan(removal("joe"), blocked=(held("jane"), held("sam")))
    found = await detail(reader, live(JANE), made)
    assert sorted(reader.asked) == [("apps", GROUP.id), ("is-fed", GROUP.id, JANE)]
    assert found.apps == {GROUP.id: ("Claude",)}
    assert found.reads == ReadCount(calls=2, pages=1)
    assert found.membership_log is None


@pytest.mark.parametrize("log", [MembershipLog(since=NOW), REFUSED])
async def test_all_additions_are_one_question_to_the_log(log):
    """However many they are; an answer that fails is kept as what it is."""
    reader = FakeReader(log=log)
    made = plan(change("jill", grants=(grant_ref(),)), change("jack", grants=(grant_ref(),)))
    found = await detail(reader, live(), made)
    since = datetime(2026, 11, 1, tzinfo=UTC)
    assert [("log", since, (GROUP.id,), ("00ujack", "00ujill"))] == reader.asked
    assert found.membership_log is log
    assert found.reads == ReadCount(calls=1, pages=1)


@pytest.mark.parametrize(
    ("fed", "unknown", "answer"),
    [({JANE}, {JOE}, True), (set(), {JOE}, False), (set(), {JANE, JOE}, REFUSED)],
)
async def test_an_answer_settles_one_person_and_a_failure_settles_nothing(fed, unknown, answer):
    """Could not tell stays could not tell."""
    reader = FakeReader(fed={(GROUP.id, JANE): answer})
    found = await detail(reader, live(JANE, JOE), plan(blocked=(held("jane"),)))
    assert (fed, unknown) == (found.rule_fed[GROUP.id], found.unattributed[GROUP.id])
    assert found.members == live().members


@pytest.mark.parametrize(
    ("fed", "unknown", "answer"),
    [({JANE}, set(), True), (set(), set(), False), (set(), {JANE}, REFUSED)],
)
async def test_where_no_rule_was_shown_whoever_would_go_is_asked_about(fed, unknown, answer):
    """The list of rules may be empty because the credential may not see them."""
    reader = FakeReader(fed={(GROUP.id, JANE): answer})
    found = await detail(reader, replace(live(), shows_rules=False), plan(removal("jane")))
    assert ("is-fed", GROUP.id, JANE) in reader.asked
    assert (fed, unknown) == (found.rule_fed[GROUP.id], found.unattributed[GROUP.id])


async def test_apps_that_could_not_be_read_are_left_unsaid():
    """An empty list would say that the removal costs nothing."""
    found = await detail(FakeReader(apps={GROUP.id: REFUSED}), live(), plan(removal("jane")))
    assert found.apps == {}


async def test_a_credential_that_is_refused_meanwhile_surfaces_as_itself():
    """The command line knows one error, not a group of them."""
    error = ConnectorError("token-refused", "401", status=401)
    with pytest.raises(ConnectorError) as caught:
        await detail(FakeReader(apps={GROUP.id: error}), live(), plan(removal("jane")))
    assert caught.value is error


async def test_a_group_that_loses_somebody_once_the_doubt_is_settled_has_its_apps_read():
    """The line that comes of it has to say what it costs, like any other."""
    reader = FakeReader(apps={GROUP.id: ("Claude",)}, fed={(GROUP.id, JANE): False})
    found = await detail(reader, live(JANE), plan(blocked=(held("jane"),)))
    assert found.apps == {GROUP.id: ("Claude",)}
