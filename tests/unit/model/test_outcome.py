"""Which ends of a line leave something to do."""

from reconciler.model.outcome import Outcome


def test_a_line_is_done_when_nothing_is_left_to_do():
    """Held, refused, failed and untried lines come back in the next plan, and unseen ones may."""
    done = {Outcome.VERIFIED, Outcome.ALREADY}
    assert done == {outcome for outcome in Outcome if outcome.is_done}


def test_a_line_is_made_when_okta_took_it():
    """Seen or not."""
    made = {Outcome.VERIFIED, Outcome.ACCEPTED, Outcome.ALREADY}
    assert made == {outcome for outcome in Outcome if outcome.is_made}
