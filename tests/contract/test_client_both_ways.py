"""Where Okta's behaviour is not known, the client is right whichever way the answer falls."""

import asyncio
from dataclasses import replace

import pytest

from reconciler.model.outcome import Outcome
from reconciler.sandbox import Rule
from reconciler.sandbox.world.options import POSSIBLE, Choices, Options
from tests.support.builders import Company, group_name
from tests.support.harness import Rehearsal

EVERY = [(name, value) for name, values in POSSIBLE.items() for value in values]
COMPANY = (
    Company()
    .tool()
    .bind("ann", "bob", "cy", authority="authoritative")
    .granted("ann", "new")
    .ended("bob")
)


def rehearsal(tmp_path, **options):
    """The company's org, behaving so."""
    world = COMPANY.world()
    chosen = Choices(**options.pop("choices", {}))
    return Rehearsal(
        folder=tmp_path,
        company=COMPANY,
        world=replace(world, options=Options(choices=chosen, **options)),
    )


@pytest.mark.parametrize(("name", "value"), EVERY)
def test_one_run_ends_as_git_says_whatever_the_choice(name, value, tmp_path):
    """No doubt about Okta changes who ends up in the group."""
    with rehearsal(tmp_path, choices={name: value}) as run:
        result = run.apply(run.plan())

        assert {"ann", "new"} == run.members()
        assert {Outcome.VERIFIED} == {line.outcome for line in result.lines}
        assert run.plan().changes == ()


@pytest.mark.parametrize(("name", "value"), EVERY)
def test_a_removal_somebody_else_made_first_is_no_failure(name, value, tmp_path):
    """Okta may say 204 or 404 to the removal of somebody who is no member."""
    with rehearsal(tmp_path, choices={name: value}) as run:
        prepared = run.prepare(run.plan())
        run.sandbox.remove_member("AI Clearance - claude - users", "bob@example.com")
        result = asyncio.run(run._carry_out(prepared))  # noqa: SLF001 - between the two halves

        assert {"ann", "new"} == run.members()
        assert all(line.outcome.is_done for line in result.lines)


@pytest.mark.parametrize(("name", "value"), EVERY)
def test_a_member_whom_a_rule_feeds_stays_whatever_the_choice(name, value, tmp_path):
    """Whether Okta attributes members in the list or only one by one, the rule is not edited."""
    with rehearsal(tmp_path, choices={name: value}) as run:
        rule = Rule(
            name="feeds",
            expression='user.login=="cy@example.com"',
            groups=(group_name(),),
            members=("cy@example.com",),
        )
        world = COMPANY.world()
        run.sandbox.seed(
            replace(world, rules=(rule,), options=Options(choices=Choices(**{name: value}))),
            rate_limit="off",
        )
        run.apply(run.plan())

        assert {"ann", "new", "cy"} == run.members()
        assert run.plan().changes == ()


@pytest.mark.parametrize("lag", [1.0, 30.0])
def test_an_index_that_lags_removes_nobody(lag, tmp_path):
    """`search` may not know a new account yet: that blocks its grant and costs nobody anything."""
    with rehearsal(tmp_path, index_lag=lag) as run:
        before = run.members()
        run.sandbox.rename_login("new@example.com", "newer@example.com")
        made = run.plan()

        assert before >= {"ann", "bob", "cy"}
        assert all(change.person.login != "ann@example.com" for change in made.changes)


@pytest.mark.parametrize("lagging", POSSIBLE["lagging_members"])
@pytest.mark.parametrize("lag", [1.0, 3.0, 30.0])
def test_member_lists_that_lag_remove_nobody_who_stays(lag, lagging, tmp_path):
    """A list that is behind shows who was there, or nobody; the next run has nothing to mend."""
    with rehearsal(tmp_path, member_lag=lag, choices={"lagging_members": lagging}) as run:
        result = run.apply(run.plan())
        assert {"ann", "new"} == run.members()
        assert {line.outcome for line in result.lines} <= {Outcome.VERIFIED, Outcome.ACCEPTED}

        run.plan()
        assert ("remove", "ann") not in run.events()
        run.seconds += lag
        assert run.plan().changes == ()


@pytest.mark.parametrize("lagging", POSSIBLE["lagging_members"])
def test_a_plan_made_while_a_list_lags_takes_nobody_out_when_it_is_applied(lagging, tmp_path):
    """Neither whoever was just added, nor those whom an empty list does not show."""
    with rehearsal(tmp_path, member_lag=3.0, choices={"lagging_members": lagging}) as run:
        run.apply(run.plan())
        run.apply(run.plan())
        assert {"ann", "new"} == run.members()
        assert [each for each in run.events() if each[0] == "remove"] == [
            ("remove", "bob"),
            ("remove", "cy"),
        ]
