"""What one bucket allows, answer by answer."""

from datetime import UTC, datetime

import pytest

from reconciler.okta.rate_limits.budget import MOST_REFUSALS, Budget, Verdict, Wait
from reconciler.okta.rate_limits.headers import RateLimit

RESET = 1_000_000
WINDOW_S = 60.0


def limit(remaining, of=100, reset=RESET):
    """What an answer says."""
    return RateLimit(limit=of, remaining=remaining, reset_at=datetime.fromtimestamp(reset, tz=UTC))


def measured_budget(remaining=99, share=50, of=100):
    """A budget whose window began at 0 and whose probe has come back."""
    budget = Budget(share)
    budget.note_limits(budget.take_ticket(), limit(remaining, of), 0.0, WINDOW_S)
    return budget


def taken(budget, now=0.0):
    """Tickets until the budget holds the next request."""
    tickets = []
    while budget.judge(now) is Verdict.GO:
        tickets.append(budget.take_ticket())
    return tickets


def test_what_is_not_known_is_asked_by_one_request_alone():
    """A burst into a bucket that somebody else has emptied would be all refusals."""
    budget = Budget()
    assert budget.judge(0.0) is Verdict.GO
    budget.take_ticket()
    assert budget.judge(0.0) == Wait(None)


def test_a_lost_probe_is_followed_by_another():
    """Else everybody would wait for an answer that never comes."""
    budget = Budget()
    budget.note_loss(budget.take_ticket())
    assert budget.judge(0.0) is Verdict.GO


def test_an_answer_without_limits_sets_everybody_free():
    """Some addresses have none."""
    budget = Budget()
    budget.note_no_limits(budget.take_ticket())
    budget.take_ticket()
    assert budget.judge(0.0) is Verdict.GO
    assert not budget.take_ticket().is_probe


def test_limits_that_are_named_after_all_are_kept_to():
    """Whoever was on the wire then is counted."""
    budget = Budget()
    budget.note_no_limits(budget.take_ticket())
    first, *others = [budget.take_ticket() for _ in range(4)]
    budget.note_limits(first, limit(52), 0.0, WINDOW_S)
    assert budget.judge(0.0) == Wait(None)
    for ticket, remaining in zip(others, (51, 50, 49), strict=True):
        budget.note_limits(ticket, limit(remaining), 0.0, WINDOW_S)
    assert budget.judge(0.0) == Wait(WINDOW_S)


@pytest.mark.parametrize(
    ("share", "of", "requests"),
    [(50, 100, 50), (50, 250, 125), (100, 10, 10), (1, 10, 1), (33, 10, 3)],
)
def test_a_window_alone_gives_the_share_and_no_request_more(share, of, requests):
    """The probe is one of them; a share of less than one request is one."""
    budget = measured_budget(of - 1, share, of)
    tickets = taken(budget)
    assert 1 + len(tickets) == requests
    for number, ticket in enumerate(tickets, start=2):
        budget.note_limits(ticket, limit(of - number, of), 1.0, WINDOW_S)
    assert budget.judge(10.0) == Wait(WINDOW_S - 10.0)


def test_what_others_take_comes_out_of_our_share():
    """Thirty of a hundred are gone; fifty are kept; twenty are ours."""
    assert len(taken(measured_budget(70))) == 20


def test_where_others_took_more_than_is_kept_nothing_is_ours():
    """But for the probe of the next window."""
    budget = measured_budget(49)
    assert budget.judge(59.0) == Wait(1.0)
    assert budget.judge(60.0) is Verdict.GO
    budget.take_ticket()
    assert budget.judge(60.0) == Wait(None)


def test_answers_that_overtake_each_other_only_lower_the_figure():
    """The last request counted was answered first."""
    budget = measured_budget(60)
    tickets = taken(budget)
    assert len(tickets) == 10
    for ticket, remaining in zip(tickets, range(50, 60), strict=True):
        budget.note_limits(ticket, limit(remaining), 0.0, WINDOW_S)
    assert budget.judge(0.0) == Wait(WINDOW_S)


def test_a_lost_request_may_have_been_counted():
    """The answer is what is missing, not the request."""
    budget = measured_budget(60)
    for ticket in taken(budget):
        budget.note_loss(ticket)
    assert budget.judge(0.0) == Wait(WINDOW_S)


def test_a_late_answer_of_the_last_window_says_nothing_of_this_one():
    """It would starve a whole window."""
    budget = measured_budget(99)
    late = budget.take_ticket()
    assert budget.judge(61.0) is Verdict.GO
    budget.note_limits(late, limit(10), 61.0, WINDOW_S)
    probe = budget.take_ticket()
    assert probe.is_probe
    later = budget.judge(61.0)
    assert later == Wait(None)
    budget.note_limits(probe, limit(99, reset=RESET + 60), 61.0, WINDOW_S)
    assert len(taken(budget, 61.0)) == 49


def test_an_answer_of_the_new_window_counts_however_old_its_request():
    """It was sent before the reset and counted after it."""
    budget = measured_budget(99)
    late = budget.take_ticket()
    budget.judge(61.0)
    budget.note_limits(late, limit(60, reset=RESET + 60), 61.0, WINDOW_S)
    assert len(taken(budget, 61.0)) == 10


def test_a_limit_that_changes_between_windows_is_learnt_anew():
    """An admin gave the token another share."""
    budget = measured_budget(99)
    budget.judge(61.0)
    budget.note_limits(budget.take_ticket(), limit(19, of=20, reset=RESET + 60), 61.0, WINDOW_S)
    assert len(taken(budget, 61.0)) == 9


def test_a_refusal_holds_everybody_until_the_reset():
    """Not only the request that met it."""
    budget = measured_budget(99)
    budget.note_refusal(budget.take_ticket(), 10.0, 50.0)
    assert budget.judge(10.0) == Wait(50.0)
    assert budget.judge(60.0) is Verdict.GO


def test_requests_that_were_refused_together_are_one_refusal():
    """Eight on the wire do not use up five refusals at once, nor wait eight times."""
    budget = measured_budget(99)
    for ticket in [budget.take_ticket() for _ in range(8)]:
        budget.note_refusal(ticket, 10.0, 50.0)
    assert budget.refusals == 1
    assert budget.judge(10.0) == Wait(50.0)


def stormy(refusals):
    """A budget that was refused so often in a row, and the time by then."""
    budget, now = Budget(), 0.0
    for _ in range(refusals):
        assert budget.judge(now) is Verdict.GO
        budget.note_refusal(budget.take_ticket(), now, 60.0)
        now += 60.0 + 5.0
    return budget, now - 10.0


def test_refusals_in_a_row_are_given_up_and_tried_again_later():
    """Whoever waits is told; once the wait is over one request tries again."""
    budget, now = stormy(MOST_REFUSALS - 1)
    assert isinstance(budget.judge(now), Wait)
    budget, now = stormy(MOST_REFUSALS)
    assert budget.judge(now) is Verdict.GIVE_UP
    assert budget.judge(now + 10.0) is Verdict.GO


def test_one_good_answer_ends_the_count():
    """The storm is over."""
    budget, now = stormy(MOST_REFUSALS - 1)
    budget.judge(now + 10.0)
    budget.note_limits(budget.take_ticket(), limit(99), now + 10.0, WINDOW_S)
    assert budget.refusals == 0


def test_a_clock_that_is_set_back_does_not_stop_a_run():
    """An hour back is no reason to wait for an hour."""
    budget = measured_budget(10)
    assert budget.judge(-3600.0) is Verdict.GO


def test_of_several_limits_the_one_that_leaves_least_counts():
    """Much may be left of the large one."""
    budget = Budget()
    large, small = limit(500, of=600), limit(30, of=50)
    assert budget.strictest([large, small]) == small
    assert budget.strictest([limit(310, of=600), small]) == small
    assert budget.strictest([limit(301, of=600), small]) == limit(301, of=600)


def test_of_equal_limits_the_later_reset_counts():
    """Sooner, only the other one is full again."""
    early, late = limit(50), limit(50, reset=RESET + 30)
    assert Budget().strictest([early, late]) == Budget().strictest([late, early]) == late


def test_resets_in_the_past_do_not_make_a_crowded_bucket_be_asked_all_the_time():
    """Recorded resets lie up to two seconds in the past."""
    budget, now, probes = Budget(), 0.0, 0
    while now < 600.0:
        if budget.judge(now) is Verdict.GO:
            probes += 1
            budget.note_limits(budget.take_ticket(), limit(0), now, 0.5)
        now += 0.5
    assert probes <= 4 * 10 + 4
