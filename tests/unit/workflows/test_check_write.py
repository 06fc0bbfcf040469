"""The canary, taken out of its group and put back, seen from both ends each time."""

from dataclasses import replace

import pytest

from reconciler.connector_checks.check_result import CheckStatus
from reconciler.model.directory import ReadFailure
from reconciler.workflows.check_write import WAITS_S, write_probe
from tests.support.builders import CANARY, CONNECTOR, Company, group_id, user_id
from tests.support.fake_directory import FakeReader
from tests.support.fake_writer import FakeOkta, refused
from tests.support.nouns import user

pytestmark = pytest.mark.anyio
COMPANY = Company().tool().bind("jane").granted("jane")
GROUP, WHO = group_id("Canary"), user_id(CANARY)
SEEN = replace(user("canary"), id=WHO)
SHORT = ReadFailure(code="malformed", detail="no list")


class Both(FakeOkta):
    """A writer whose members and memberships a reader shows; `after` may undo a write at once."""

    def __init__(self, *, undoes=(), lag=0, **more):
        super().__init__(**more)
        self.inside = {WHO}
        self.undoes = undoes
        self.lag = lag

    def _write(self, call):
        written = super()._write(call)
        if call[0] not in self.undoes:
            self.inside = {WHO} if call[0] == "add" else set()
        return written


class Seen(FakeReader):
    """Shows what the writer did, from both ends; each end may say something else."""

    def __init__(self, okta, **more):
        super().__init__(users=(SEEN,))
        self.okta = okta
        self.ends = more

    async def fetch_members(self, group):
        """The group's end."""
        if self.okta.lag:
            self.okta.lag -= 1
            return self.ends.get("old", (SEEN,))
        return self.ends.get("members", (SEEN,) if self.okta.inside and group == GROUP else ())

    async def fetch_groups_of(self, user):
        """The person's end."""
        return self.ends.get("groups", {GROUP} if user in self.okta.inside else frozenset())


async def written(okta, **ends):
    """Name and status of each step."""
    canary = COMPANY.catalog().connectors[CONNECTOR].canary
    found = await write_probe(canary, Seen(okta, **ends), okta, okta.sleep)
    return [(check.name, check.status.value) for check in found], found


OUT, IN = "remove a member", "add a member"


async def test_the_canary_is_taken_out_and_put_back():
    """Seen from both ends each time, without a wait."""
    okta = Both()
    steps, _ = await written(okta)
    assert steps == [(OUT, "passed"), (IN, "passed")]
    assert okta.writes == [("remove", GROUP, WHO), ("add", GROUP, WHO)]
    assert okta.slept == []


async def test_a_list_that_lags_is_read_again():
    """Okta's lists run behind now and then."""
    okta = Both(lag=1)
    steps, _ = await written(okta)
    assert steps == [(OUT, "passed"), (IN, "passed")]
    assert okta.slept == [WAITS_S[1]]


async def test_a_member_who_is_there_again_is_told_of():
    """A rule or a program puts them back: it would undo every removal here."""
    okta = Both(undoes={"remove"})
    steps, found = await written(okta)
    assert steps == [(OUT, "failed"), (IN, "passed")]
    assert "still, or again" in found[0].summary
    assert "a group rule or another program" in found[0].hint
    assert okta.slept == [wait for wait in WAITS_S if wait]


@pytest.mark.parametrize("end", ["members", "groups"])
async def test_one_end_alone_proves_nothing(end):
    """The group's list and the person's list have to agree."""
    stuck = {"members": (SEEN,), "groups": {GROUP}}[end]
    steps, _ = await written(Both(), **{end: stuck})
    assert steps == [(OUT, "failed"), (IN, "passed")]


@pytest.mark.parametrize("end", ["members", "groups"])
async def test_an_end_that_cannot_be_read_proves_nothing(end):
    """Unknown is neither in nor out."""
    steps, _ = await written(Both(), **{end: SHORT})
    assert steps == [(OUT, "failed"), (IN, "failed")]


async def test_a_refused_removal_still_ends_with_the_canary_put_in():
    """It is the proof that every apply asks for."""
    okta = Both(answers={"remove": refused(403)})
    steps, _ = await written(okta)
    assert steps == [(OUT, "failed"), (IN, "passed")]
    assert okta.writes[-1] == ("add", GROUP, WHO)


async def test_a_refused_addition_asks_for_a_hand():
    """The canary is out now, and every apply will refuse until it is back."""
    steps, found = await written(Both(answers={"add": refused(403)}))
    assert steps == [(OUT, "passed"), (IN, "failed")]
    assert found[1].hint.startswith('put canary@example.com back into "Canary" by hand')


async def test_one_refused_addition_is_not_the_last_word():
    """Nothing else would put the canary back, and no apply runs without."""
    okta = Both(answers={"add": refused(403)})

    async def mended(seconds):
        okta.answers.pop("add", None)
        await okta.sleep(seconds)

    canary = COMPANY.catalog().connectors[CONNECTOR].canary
    found = await write_probe(canary, Seen(okta), okta, mended)
    assert [check.status.value for check in found] == ["passed", "passed"]
    assert okta.inside == {WHO}


async def test_whatever_happens_in_between_the_canary_is_put_back():
    """A fault of ours too."""
    okta = Both(answers={"remove": RuntimeError("bug")})
    with pytest.raises(RuntimeError):
        await written(okta)
    assert okta.writes[-1] == ("add", GROUP, WHO)


@pytest.mark.parametrize("people", [(), (SEEN, user("twin")), SHORT])
async def test_a_canary_who_is_not_one_person_is_never_written(people):
    """Nobody else is taken out of a group to see whether it works."""
    okta = Both()
    reader = Seen(okta)
    reader.fails, reader.users = (people, ()) if people is SHORT else (None, people)
    canary = COMPANY.catalog().connectors[CONNECTOR].canary
    (check,) = await write_probe(canary, reader, okta, okta.sleep)
    assert (check.status, okta.writes) == (CheckStatus.FAILED, [])


async def test_a_canary_whom_a_rule_feeds_is_never_written():
    """Taking them out would silently edit the rule; the test has to say so instead."""
    okta = Both()
    reader = Seen(okta)
    reader.fed[GROUP, WHO] = True
    canary = COMPANY.catalog().connectors[CONNECTOR].canary
    found = await write_probe(canary, reader, okta, okta.sleep)
    assert found[0].status is CheckStatus.FAILED
    assert okta.writes == []
