"""An office through weeks: the org's clock moves on, runs are scheduled, and admins have hands."""

import sqlite3
from datetime import timedelta

from tests.support.harness import Office, without

__all__ = ["Weeks", "account_codes", "account_lines", "approved", "ends"]

DESK, ADMINS = "it-desk@example.com", "it-admins@example.com"


def approved(at, *by, ticket="SEC-88"):
    """An approval of that instant; both of those who may deactivate agree unless others do."""
    return {"ticket": ticket, "approved_by": list(by or (ADMINS, DESK)), "approved_at": at}


class Weeks(Office):
    """A company's folder and org, day after day. People go by their login without the domain."""

    def wait(self, **span):
        """So much time passes in the org: it was seeded that much earlier."""
        earlier = timedelta(**span).total_seconds()
        with sqlite3.connect(self.database) as database:
            database.execute("UPDATE settings SET wall = wall - ?", (earlier,))
        database.close()

    def console(self, verb, name):
        """An admin's hand."""
        ran = self.run("sandbox", "user", verb, f"{name}@example.com")
        assert ran.code == 0, ran

    def scheduled(self):
        """A run that nobody watches: its exit code and its result."""
        ran = self.run("--sandbox", "apply", "--scheduled", "--yes")
        assert ran.code in {0, 4}, ran
        return ran.code, self.result(ran)

    def reviewed(self):
        """A plan, and its apply at once: the result."""
        self.plan()
        ran = self.apply()
        assert ran.code in {0, 4}, ran
        return self.result(ran)

    def status(self, name):
        """The account's status, as the org has it."""
        with self.org() as org:
            return next(u.status for u in org.users() if without(u.login) == name)

    def happened(self):
        """What was done to accounts, in order: the event's last word, to whom, and by whom."""
        with self.org() as org:
            return [
                (row.event.rpartition(".")[2], without(row.user), without(row.actor))
                for row in org.log()
                if row.event.startswith(("user.lifecycle", "user.account", "user.session"))
            ]


def ends(result):
    """How each line about an account ended."""
    return {
        f"{n['change']['action']} {without(n['change']['person']['login'])}": n["outcome"]
        for n in result["accounts"]
    }


def account_lines(plan):
    """What the plan does, short."""
    return [f"{n['action']} {without(n['person']['login'])}" for n in plan["accounts"]]


def account_codes(plan):
    """Why it does not, by person."""
    return {without(n["person"]["login"]): n["code"] for n in plan["blocked_accounts"]}
