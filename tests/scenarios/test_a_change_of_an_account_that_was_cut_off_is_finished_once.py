"""A run that ends anywhere in a change of an account: the next one does the rest, and only that.

Before the call it was announced; after the call nothing may be recorded of its answer.
"""

from collections import Counter

import pytest

from tests.scenarios.passing_time import approved
from tests.support.builders import NOW, Company, login
from tests.support.harness import Rehearsal, without
from tests.support.memory_journal import MemoryJournal

pytestmark = pytest.mark.slow

AGREED = approved("2026-11-22T08:00Z")
REQUEST = {"requested_at": "2026-11-22T08:30Z", "reason": "cannot sign in", "approval": AGREED}
BACK = {"state": "active", "reason": "found", "approval": AGREED}
GIVEN = {"ticket": "AI-9", "approved_by": "lead@example.com", "approved_at": "2026-11-22"}
BASE = Company().with_lifecycle().tool().bind("kim", "old").granted("kim").ended("old")
RETURNING = (
    Company()
    .with_lifecycle()
    .tool()
    .bind("kim")
    .granted("kim")
    .person("eve", status="SUSPENDED")
    .grant("eve", approval=GIVEN)
)


def locked(status):
    """Eve is so since an hour."""
    return BASE.person("eve", status=status, changed=NOW.replace(hour=8))


COMPANIES = {
    "a suspension and a removal": (
        BASE.account("old", state="suspended", reason="stolen", approval=AGREED),
        ["clear old", "remove old", "suspend old"],
    ),
    "a deactivation and a removal": (
        BASE.account("old", state="deactivated", reason="left", approval=AGREED),
        ["clear old", "deactivate old", "remove old"],
    ),
    "a return and an addition": (
        RETURNING.account("eve", **BACK),
        ["add eve", "unsuspend eve"],
    ),
    "an invitation": (
        BASE.person("eve", status="DEPROVISIONED").account("eve", **BACK),
        ["activate eve", "remove old"],
    ),
    "an unlock": (
        locked("LOCKED_OUT").account("eve", unlock=REQUEST),
        ["remove old", "unlock_by_admin eve"],
    ),
    "an unlock and a reset": (
        locked("LOCKED_OUT").account("eve", unlock=REQUEST, password_reset=REQUEST),
        ["remove old", "reset_password eve", "unlock_by_admin eve"],
    ),
    "a reset": (
        locked("ACTIVE").account("eve", password_reset=REQUEST),
        ["remove old", "reset_password eve"],
    ),
    "a reset, sent again": (
        locked("RECOVERY").account("eve", password_reset=REQUEST),
        ["reactivate eve", "remove old"],
    ),
}


class Killed(SystemExit):
    """The end of a process, which nothing catches."""


RECORDS = ("record_account_begun", "record_account_answered", "record_begun", "record_answered")


def fatal_journal(last):
    """A journal whose record of that number about a write is the run's end; and those begun."""
    journal, begun = MemoryJournal(), []

    def counted(record):
        def record_or_end(*given):
            begun.append(record.__name__)
            if len(begun) == last:
                raise Killed
            record(*given)

        return record_or_end

    for name in RECORDS:
        setattr(journal, name, counted(getattr(journal, name)))
    return journal, begun


def happened(office):
    """Everything that was done in the org."""
    return sorted(
        f"{row.event.rpartition('.')[2]} {without(row.user)}" for row in office.sandbox.log()
    )


@pytest.mark.parametrize(("company", "each_once"), COMPANIES.values(), ids=COMPANIES)
def test_each_change_is_made_once_wherever_the_run_ends(company, each_once, tmp_path):
    """By the very plan that was reviewed, and by a new one.

    Only sessions are ended once more before an account is closed: they may be new ones.
    """
    for last in range(1, 2 * len(each_once) + 1):
        with Rehearsal(tmp_path / str(last), company) as office:
            reviewed = office.plan()
            office.journal, _ = fatal_journal(last)
            with pytest.raises(Killed):
                office.apply(reviewed)
            cut = happened(office)
            assert len(cut) == last // 2
            assert set(cut) <= set(each_once)

            office.journal = MemoryJournal()
            result = office.apply(reviewed if last % 2 else office.plan())
            lines = (*result.accounts, *result.lines)
            assert {line.outcome.value for line in lines} <= {"verified", "already so"}
            again = {"clear old"} & set(cut) if "deactivate old" in each_once else set()
            done = Counter(happened(office))
            assert set(done) == set(each_once)
            assert {change for change in done if done[change] > 1} <= again
            after = office.plan()
            assert (after.accounts, after.blocked_accounts, after.changes) == ((), (), ())


def test_after_the_last_record_there_is_nothing_left(tmp_path):
    """So the loop above goes through every moment."""
    for company, each_once in COMPANIES.values():
        with Rehearsal(tmp_path / login(each_once[0].replace(" ", "-")), company) as office:
            office.journal, begun = fatal_journal(0)
            office.apply(office.plan())
            assert len(begun) == 2 * len(each_once)
