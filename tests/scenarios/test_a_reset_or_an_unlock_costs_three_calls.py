"""Changing an account costs a look before, the call and a look after, and no more."""

import pytest

from reconciler.model.outcome import Outcome
from tests.support.builders import NOW, Company
from tests.support.harness import Rehearsal

pytestmark = pytest.mark.slow

ASKED = {
    "requested_at": "2026-11-22T08:30Z",
    "reason": "cannot sign in",
    "approval": {
        "ticket": "IT-9",
        "approved_by": "it-desk@example.com",
        "approved_at": "2026-11-22T08:30Z",
    },
}
LOCKED = NOW.replace(hour=8, minute=0)


@pytest.mark.parametrize(
    ("part", "status", "paths"),
    [
        ("unlock", "LOCKED_OUT", ["", "/lifecycle/unlock", ""]),
        ("password_reset", "ACTIVE", ["", "/lifecycle/reset_password", ""]),
        ("password_reset", "RECOVERY", ["", "/lifecycle/reactivate", "log"]),
    ],
)
def test_the_good_case_is_read_sent_and_read_back(part, status, paths, tmp_path):
    """Asked for again in RECOVERY, the mail is shown by the log and not by the status."""
    company = (
        Company()
        .with_lifecycle()
        .tool()
        .bind("kim")
        .granted("kim")
        .person("eve", status=status, changed=LOCKED)
        .account("eve", **{part: ASKED})
    )
    with Rehearsal(tmp_path, company) as office:
        ready = office.prepare(office.plan())
        before = len(office.sandbox.requests())
        (line,) = office.carry_out(ready).accounts
        sent = [exchange.path for exchange in office.sandbox.requests()[before:]]
        assert line.outcome is Outcome.VERIFIED
        user = f"/api/v1/users/{line.change.person.id}"
        assert sent == ["/api/v1/logs" if path == "log" else user + path for path in paths]
        assert office.plan().accounts == ()
