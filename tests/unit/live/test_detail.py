"""A first plan shows which few further questions are worth asking."""

import pytest

from reconciler.live.detail import detail, is_needed
from reconciler.model.directory import LiveState, ReadCount, Unread
from reconciler.model.errors import ConnectorError
from reconciler.model.plan import Blocked
from tests.unit.live.reader import FakeReader
from tests.unit.planning.nouns import GROUP, ORG, change, creation, plan, ref, removal

pytestmark = pytest.mark.anyio
REFUSED = Unread(code="refused", detail="403")
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
        (False, plan(change("jane"), creation())),
        (False, plan(blocked=(held("jane", "removal-held-by-doubt"),))),
        (True, plan(removal("jane"))),
        (True, plan(blocked=(held("jane"),))),
    ],
)
def test_only_a_removal_or_an_unknown_origin_is_worth_a_question(needed, made):
    """A plan that only adds costs no request more."""
    assert needed is is_needed(made)


async def test_each_doubtful_person_and_each_losing_group_is_one_question():
    """Nobody is asked about whose origin is known, nor about an addition."""
    reader = FakeReader(apps={GROUP.id: ("Claude",)})
    made = plan(removal("joe"), change("jill"), blocked=(held("jane"), held("sam")))
    found = await detail(reader, live(JANE), made)
    assert sorted(reader.asked) == [("apps", GROUP.id), ("is-fed", GROUP.id, JANE)]
    assert found.apps == {GROUP.id: ("Claude",)}
    assert found.reads == ReadCount(calls=2, pages=1)


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
