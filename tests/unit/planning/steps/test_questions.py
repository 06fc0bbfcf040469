"""Where everybody stands shows which few further questions are worth asking, and what they do."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.model.approvals.doors import Doors, GitHubDoor
from reconciler.model.directory import (
    Actor,
    Answers,
    MembershipEvent,
    MembershipLog,
    ReadCount,
    ReadFailure,
)
from reconciler.model.ids import Membership
from reconciler.planning.steps.assess import assess
from reconciler.planning.steps.complete import complete
from reconciler.planning.steps.questions import (
    LogQuestion,
    Questions,
    find_grants_to_review,
    questions,
)
from tests.support.builders import CONNECTOR, NOW, Company, group_id, group_name, login, user_id
from tests.support.nouns import GROUP, MADE_GROUP, beside, brief, change, codes, day, grant_ref

GROUP_ID = group_id(group_name())
REFUSED = ReadFailure(code="refused", detail="403")
OLDER = replace(grant_ref("1a"), approved_at=day("2026-09-01"))
STRICT = {"authority": "authoritative"}
ADDING = Company().tool().bind("old").granted("jane")
LOSING = Company().tool().bind("old").ended("old")
DOUBTFUL = Company().tool().bind("hand", **STRICT)


def assessed(company, **live):
    """The company's groups, held against its org as it was read."""
    org = replace(company.live(), **live)
    return assess(company.catalog(), CONNECTOR, org, beside())


def unattributed(*names):
    """That it is not known who of them was put there by a rule."""
    return {"unattributed": {GROUP_ID: frozenset(map(user_id, names))}}


@pytest.mark.parametrize(
    ("fed", "apps", "added", "company", "live"),
    [
        ((), (), [], Company().tool().bind("amy").granted("amy"), {}),
        ((), (), [login("jane")], ADDING, {}),
        ((), (GROUP_ID,), [], LOSING, {}),
        ((Membership(GROUP_ID, user_id("old")),), (GROUP_ID,), [], LOSING, {"shows_rules": False}),
        ((Membership(GROUP_ID, user_id("hand")),), (GROUP_ID,), [], DOUBTFUL, unattributed("hand")),
        ((), (), [], Company().tool().create().granted("jane"), {}),
    ],
)
def test_only_what_would_explain_or_change_a_line_is_asked(fed, apps, added, company, live):
    """A plan that changes nothing asks nothing, and the past of a new group is empty."""
    asked = questions(assessed(company, **live))
    assert (fed, apps) == (asked.fed, asked.apps)
    assert added == [line.person.login for line in asked.added]
    assert asked.is_empty is not (fed or apps or added)


def test_questions_stand_in_the_order_of_the_plans_lines():
    """A run that is repeated sends the same requests in the same order."""
    names = ("amy", "bob", "cy", "dee", "eve", "fay")
    company = Company().tool().bind(*names)
    for name in reversed(names):
        company = company.ended(name)
    asked = questions(assessed(company, shows_rules=False))
    assert asked.fed == tuple(Membership(GROUP_ID, user_id(name)) for name in names)
    asked = questions(assessed(Company().tool().bind(*names, **STRICT), **unattributed(*names)))
    assert asked.fed == tuple(Membership(GROUP_ID, user_id(name)) for name in names)


def test_nothing_is_asked_about_a_group_that_is_not_shown():
    """Whoever opens a pull request would learn of it."""
    for company in (ADDING, LOSING):
        assert questions(assessed(company), lambda _: False) == Questions()


def test_the_log_is_asked_back_to_the_earliest_approval_that_counts():
    """Of several grants of one person the latest counts, of several people the earliest."""
    first = datetime(2026, 11, 1, tzinfo=UTC)
    both = change("jane", grants=(OLDER, grant_ref()))
    asked = Questions(added=(both, change("joe", group=MADE_GROUP, grants=(grant_ref(),))))
    expected = LogQuestion(
        since=first, groups=(GROUP.id, MADE_GROUP.id), users=("00ujane", "00ujoe")
    )
    assert expected == asked.log
    asked = Questions(added=(change("jane", grants=(grant_ref(),)), change("joe", grants=(OLDER,))))
    assert asked.log.since == datetime(2026, 9, 1, tzinfo=UTC)


def test_the_past_of_two_plans_is_one_question():
    """Whoever compares them finds the same people held in both."""
    jane = Questions(added=(change("jane", grants=(grant_ref(),)),))
    both = Questions(apps=(GROUP.id,)).with_past_of(jane).with_past_of(jane)
    assert (both.apps, both.log) == ((GROUP.id,), jane.log)
    assert Questions(apps=(GROUP.id,)).log is None


@pytest.mark.parametrize(
    ("lines", "blocked", "rule_fed", "answer"),
    [
        ([], [], 1, True),
        ([("remove", login("hand"))], [], 0, False),
        ([], ["rule-attribution-unknown"], 0, REFUSED),
    ],
)
def test_an_answer_settles_one_person_and_a_failure_settles_nothing(
    lines, blocked, rule_fed, answer
):
    """Could not tell stays could not tell."""
    found = assessed(DOUBTFUL, **unattributed("hand"))
    made = complete(found, Answers(fed={Membership(GROUP_ID, user_id("hand")): answer}))
    assert (lines, blocked) == (brief(made), codes(made.blocked))
    assert made.groups[0].rule_fed == rule_fed


def test_a_failure_where_no_rule_was_shown_is_a_doubt_from_then_on():
    """The list of rules may be empty because the credential may not see them."""
    found = assessed(LOSING, shows_rules=False)
    made = complete(found, Answers(fed={Membership(GROUP_ID, user_id("old")): REFUSED}))
    assert brief(complete(found)) == [("remove", login("old"))]
    assert (brief(made), codes(made.blocked)) == ([], ["rule-attribution-unknown"])


def test_the_plan_says_what_all_reads_cost():
    """Those of the answers too, where there were any."""
    found = assessed(LOSING, reads=ReadCount(calls=7, pages=1))
    cost = ReadCount(calls=8, pages=1)
    apps = {GROUP_ID: ("Claude",)}
    made = complete(found, Answers(apps=apps, reads=cost))
    assert (made.reads, made.changes[0].apps) == (cost, ("Claude",))
    assert complete(found).reads == found.live.reads


def test_the_forge_is_asked_about_high_risk_first():
    """A limit that is hit leaves out what needs it least; removals rest on no review."""
    company = ADDING.ended("old").tool("cursor", risk="high").bind(tool="cursor")
    found = reviewed(assessed(company.granted("joe", tool="cursor")))
    grants = find_grants_to_review(found, Answers())
    assert [login("joe"), login("jane")] == [grant.subject for grant in grants]


def test_the_forge_is_not_asked_where_none_is_named_or_somebody_objected():
    """An addition that waits for a person needs no review yet."""
    found = assessed(ADDING)
    assert find_grants_to_review(found, Answers()) == ()
    removed = MembershipEvent(
        group=GROUP_ID,
        user=user_id("jane"),
        at=NOW,
        is_removal=True,
        actor=Actor(id="00uhand", kind="User"),
    )
    answers = Answers(log=MembershipLog(since=NOW, events=(removed,)))
    assert len(find_grants_to_review(reviewed(found), Answers())) == 1
    assert find_grants_to_review(reviewed(found), answers) == ()
    assert codes(complete(found, answers).blocked) == ["removed-by-someone"]


def reviewed(found):
    """The same, where approvals are read at GitHub."""
    doors = Doors(github=GitHubDoor(repository="acme/access"))
    named = replace(found.context.catalog, doors=doors)
    return replace(found, context=replace(found.context, catalog=named))
