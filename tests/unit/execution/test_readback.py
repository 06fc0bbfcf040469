"""A write is called verified only when Okta shows it."""

from dataclasses import replace

import pytest

from reconciler.execution.readback import verify
from reconciler.model.directory import ReadFailure
from reconciler.model.errors import ConnectorError
from reconciler.model.outcome import LineResult, Outcome
from tests.support.fake_writer import FakeOkta
from tests.support.nouns import GROUP, NEW_GROUP, change, creation, removal, user

pytestmark = pytest.mark.anyio
JANE = user("jane")
HERE = {GROUP.id: GROUP.id}
UNREAD = ReadFailure(code="unreachable", detail="503")


def line(change_, outcome=Outcome.ACCEPTED, **more):
    """A line as the executor left it."""
    facts = {"request_id": "req-1"} if outcome is not Outcome.FAILED else {}
    return LineResult(change=change_, outcome=outcome, **{**facts, **more})


LOST = line(change(), Outcome.FAILED, detail="no answer")
GONE = line(removal(), Outcome.ALREADY, detail="404")


async def checked(one, *answers, ids=HERE):
    """The line after reading back, and the seconds waited."""
    okta = FakeOkta(members={next(iter(ids.values())): list(answers)})
    (found,) = await verify([one], ids, okta, okta.sleep)
    return found, okta.slept


NOT_YET = "Okta accepted it; its list does not show it yet"
COULD_NOT = "the group could not be read back: 503"


@pytest.mark.parametrize(
    ("outcome", "detail", "slept", "one", "answers"),
    [
        (Outcome.VERIFIED, "", [], line(change()), [(JANE,)]),
        (Outcome.VERIFIED, "", [], line(removal()), [()]),
        (Outcome.VERIFIED, "", [1.0], line(change()), [(), (JANE,)]),
        (Outcome.VERIFIED, "", [1.0, 3.0], line(change()), [(), (), (JANE,)]),
        (Outcome.ACCEPTED, NOT_YET, [1.0, 3.0], line(change()), [()]),
        (Outcome.ACCEPTED, NOT_YET, [1.0, 3.0], line(removal()), [(JANE,)]),
        (Outcome.ACCEPTED, COULD_NOT, [1.0, 3.0], line(change()), [UNREAD]),
        (Outcome.VERIFIED, "", [1.0], line(change()), [UNREAD, (JANE,)]),
        (Outcome.VERIFIED, "", [], LOST, [(JANE,)]),
        (Outcome.FAILED, "no answer", [1.0, 3.0], LOST, [()]),
        (Outcome.FAILED, "no answer", [1.0, 3.0], LOST, [UNREAD]),
        (Outcome.ALREADY, "404", [], GONE, [()]),
        (Outcome.ALREADY, "404", [1.0], GONE, [(JANE,), ()]),
        (Outcome.ALREADY, "404", [], GONE, [ReadFailure(code="missing", detail="404")]),
        (Outcome.FAILED, "404; the group still shows them", [1.0, 3.0], GONE, [(JANE,)]),
        (Outcome.FAILED, f"404; {COULD_NOT}", [1.0, 3.0], GONE, [UNREAD]),
    ],
)
async def test_a_line_is_verified_by_what_okta_shows(outcome, detail, slept, one, answers):
    """Lists may lag a write; a lost answer may have been a write all the same."""
    expected = replace(one, outcome=outcome, detail=detail)
    assert (expected, slept) == await checked(one, *answers)


async def test_a_credential_that_is_refused_after_the_writes_costs_no_result():
    """What was written is told all the same; that it could not be looked at is said."""
    refusal = ConnectorError("token-refused", "401", status=401)

    class Refusing:
        async def fetch_members(self, _group):
            raise refusal

    found = await verify([line(change())], HERE, Refusing(), FakeOkta().sleep)
    detail = "the group could not be read back: 401"
    assert found == (line(change(), Outcome.ACCEPTED, detail=detail),)


async def test_a_group_that_was_made_is_verified_by_being_readable():
    """It has nobody to look for."""
    made = line(creation())
    ids = {NEW_GROUP.key: "00gmade"}
    assert (replace(made, outcome=Outcome.VERIFIED), []) == await checked(made, (), ids=ids)


@pytest.mark.parametrize(
    "one",
    [
        line(change(), Outcome.FAILED, request_id="req-1"),
        line(creation(), Outcome.FAILED),
        line(change(), Outcome.REFUSED),
        line(change(), Outcome.HELD),
        line(change(), Outcome.NOT_RUN),
    ],
)
async def test_what_was_not_written_is_not_read_back(one):
    """Okta answered, or nothing was sent: there is nothing to look for."""
    okta = FakeOkta(members={GROUP.id: [(JANE,)]})
    ids = HERE | {NEW_GROUP.key: "00gmade"}
    assert (one,) == await verify([one], ids, okta, okta.sleep)
    assert okta.log == []


async def test_each_group_is_read_once_a_try_and_only_while_a_line_is_open():
    """A hundred lines in one group are one read."""
    okta = FakeOkta(members={GROUP.id: [(JANE,)], "00gother": [(), (JANE,)]})
    other = replace(GROUP, id="00gother")
    lines = [line(change()), line(removal("gone")), line(change(group=other))]
    found = await verify(lines, HERE | {"00gother": "00gother"}, okta, okta.sleep)
    assert [each.outcome for each in found] == [Outcome.VERIFIED] * 3
    assert okta.log == [("read", GROUP.id), ("read", "00gother"), ("read", "00gother")]
    assert [each.change for each in lines] == [each.change for each in found]
