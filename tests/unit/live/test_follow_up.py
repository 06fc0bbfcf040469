"""What a plan's lines leave open is read once, and a failed answer stays one."""

from datetime import UTC, datetime

import pytest

from reconciler.live.follow_up import read
from reconciler.model.directory import Answers, MembershipLog, ReadCount, ReadFailure
from reconciler.model.errors import ConnectorError
from reconciler.model.ids import Membership
from reconciler.planning.steps.questions import Questions
from tests.support.builders import NOW
from tests.support.fake_directory import FakeReader
from tests.support.nouns import GROUP, change, grant_ref

pytestmark = pytest.mark.anyio
REFUSED = ReadFailure(code="refused", detail="403")
JANE = Membership(GROUP.id, "00ujane")


async def test_where_nothing_is_asked_no_request_is_sent():
    """A plan that changes nothing costs no request more."""
    reader = FakeReader()
    assert Answers() == await read(reader, Questions())
    assert reader.asked == []


async def test_each_question_is_one_request():
    """The log is not asked where nobody is added."""
    reader = FakeReader(apps={GROUP.id: ("Claude",)}, fed={JANE: True})
    found = await read(reader, Questions(fed=(JANE,), apps=(GROUP.id,)))
    assert sorted(reader.asked) == [("apps", GROUP.id), ("is-fed", *JANE)]
    expected = Answers(
        fed={JANE: True},
        apps={GROUP.id: ("Claude",)},
        reads=ReadCount(calls=2, pages=1),
    )
    assert expected == found


@pytest.mark.parametrize("log", [MembershipLog(since=NOW), REFUSED])
async def test_all_additions_are_one_question_to_the_log(log):
    """However many they are; an answer that fails is kept as what it is."""
    reader = FakeReader(log=log)
    lines = tuple(change(name, grants=(grant_ref(),)) for name in ("jill", "jack"))
    found = await read(reader, Questions(added=lines))
    since = datetime(2026, 11, 1, tzinfo=UTC)
    assert [("log", since, (GROUP.id,), ("00ujack", "00ujill"))] == reader.asked
    assert Answers(log=log, reads=ReadCount(calls=1, pages=1)) == found


async def test_whether_a_rule_put_somebody_there_may_stay_unknown():
    """Could not tell is an answer that a plan needs."""
    found = await read(FakeReader(fed={JANE: REFUSED}), Questions(fed=(JANE,)))
    assert found.fed == {JANE: REFUSED}


async def test_apps_that_could_not_be_read_are_left_unsaid():
    """An empty list would say that the removal costs nothing."""
    found = await read(FakeReader(apps={GROUP.id: REFUSED}), Questions(apps=(GROUP.id,)))
    assert found.apps == {}


async def test_a_credential_that_is_refused_meanwhile_surfaces_as_itself():
    """The command line knows one error, not a group of them."""
    error = ConnectorError("token-refused", "401", status=401)
    with pytest.raises(ConnectorError) as caught:
        await read(FakeReader(apps={GROUP.id: error}), Questions(apps=(GROUP.id,)))
    assert caught.value is error
