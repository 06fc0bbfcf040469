"""A directory that answers from tables, and remembers what it was asked."""

from dataclasses import dataclass, field

from reconciler.model.directory import Org, ReadCount, Unread

GONE = Unread(code="missing", detail="404")


@dataclass
class FakeReader:
    """Reads from tables; a table may hold `Unread`, or an error to be raised."""

    org: object = field(default_factory=lambda: Org(id="00oacme", domain="acme.okta.com"))
    caller: object = None
    groups: dict = field(default_factory=dict)
    named: dict = field(default_factory=dict)
    members: dict = field(default_factory=dict)
    users: tuple = ()
    fails: object = None
    """What every look-up of people answers instead."""
    asked: list = field(default_factory=list)

    async def fetch_org(self):
        """The org, or its refusal."""
        return self._said("org", self.org)

    async def fetch_caller(self):
        """The owner of the credential."""
        return self._said("caller", self.caller)

    async def fetch_groups(self, ids):
        """Groups by id."""
        return self._said(("groups", tuple(ids)), {i: self.groups.get(i, GONE) for i in ids})

    async def fetch_groups_named(self, names):
        """Groups by name."""
        return self._said(("named", tuple(names)), {n: self.named.get(n, ()) for n in names})

    async def fetch_members(self, group):
        """The members of a group."""
        return self._said(("members", group), self.members.get(group, ()))

    async def fetch_users(self, *, ids, logins, emails):
        """People by id, login or address."""
        question = {"ids": tuple(ids), "logins": tuple(logins), "emails": tuple(emails)}
        return self._said(question, self.fails or tuple(u for u in self.users if u))

    @property
    def reads(self):
        """As many requests as questions."""
        return ReadCount(calls=len(self.asked), pages=1)

    @property
    def people_asked(self):
        """The questions about people."""
        return [question for question in self.asked if isinstance(question, dict)]

    def _said(self, question, answer):
        self.asked.append(question)
        if isinstance(answer, Exception):
            raise answer
        return answer
