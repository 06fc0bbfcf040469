"""Lines that are pasted into a grant."""

import pytest
import yaml

from reconciler.planning.wording import confirmation_stanza, revocation_stanza
from tests.support.builders import NOW
from tests.support.nouns import day


def test_a_revocation_ends_the_grant_today():
    """It is ready to paste but for who says so."""
    said = {"at": day("2026-11-22"), "by": "YOUR-EMAIL", "reason": "left the company"}
    assert {"revoked": said} == yaml.safe_load(revocation_stanza(NOW, "left the company"))


@pytest.mark.parametrize("ticket", ["AI-1", 'a"}, b: {', "# x", "line\nbreak", "\u202e"])
def test_a_confirmation_parses_whatever_the_ticket_is_called(ticket):
    """The ticket is from a file, and a stanza that breaks would confirm something else."""
    said = {
        "ticket": ticket,
        "approved_by": "YOUR-EMAIL",
        "approved_at": NOW,
    }
    assert {"approval": said} == yaml.safe_load(confirmation_stanza(ticket, NOW))
