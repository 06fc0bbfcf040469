"""A directory that answers from tables, and remembers what it was asked."""

from dataclasses import dataclass, field

from reconciler.model.directory import (
    AccountLog,
    AccountProfile,
    AttributedMembers,
    CredentialFacts,
    DirectoryUser,
    MembershipLog,
    Org,
    ReadCount,
    ReadFailure,
)
from tests.support.builders import NOW

GONE = ReadFailure(code="missing", detail="404")


@dataclass
class FakeReader:
    """Reads from tables; a table may hold `ReadFailure`, or an error to be raised."""

    org: object = field(default_factory=lambda: Org(id="00oacme", domain="acme.okta.com"))
    credential: object = field(default_factory=lambda: CredentialFacts(method="ssws"))
    caller: object = None
    groups: dict = field(default_factory=dict)
    named: dict = field(default_factory=dict)
    marked: dict = field(default_factory=dict)
    members: dict = field(default_factory=dict)
    targets: object = frozenset()
    """The groups that a rule targets."""
    attributed: dict = field(default_factory=dict)
    """Members of those groups; a group that is not here has its `members`, all put in by hand."""
    fed: dict = field(default_factory=dict)
    """The answer for a pair of group and person; a pair that is not here is no rule's."""
    apps: dict = field(default_factory=dict)
    groups_of: dict = field(default_factory=dict)
    log: object = field(default_factory=lambda: MembershipLog(since=NOW))
    """What the System Log has."""
    account_log: object = field(default_factory=lambda: AccountLog(since=NOW))
    """What it has of accounts."""
    profiles: dict = field(default_factory=dict)
    """People by id or login, with what tells them apart; those of `direct` have only their name."""
    candidates: object = ()
    """Whom any other text may mean."""
    apps_of: dict = field(default_factory=dict)
    """The apps of a person."""
    roles: object = ()
    """Of the owner, or of the service app."""
    links: object = ()
    """The apps on the owner's dashboard."""
    users: tuple = ()
    direct: dict = field(default_factory=dict)
    """People by id or login whom only a direct question shows."""
    fails: object = None
    """What every look-up of people answers instead."""
    asked: list = field(default_factory=list)

    async def fetch_org(self):
        """The org, or its refusal."""
        return self._said("org", self.org)

    async def fetch_credential(self):
        """What signing in showed, or its refusal."""
        return self._said("credential", self.credential)

    async def fetch_caller(self):
        """The owner of the credential."""
        return self._said("caller", self.caller)

    async def fetch_groups(self, ids):
        """Groups by id."""
        return self._said(("groups", tuple(ids)), {i: self.groups.get(i, GONE) for i in ids})

    async def fetch_groups_named(self, names):
        """Groups by name."""
        return self._said(("named", tuple(names)), {n: self.named.get(n, ()) for n in names})

    async def fetch_groups_marked(self, markers):
        """Groups by marker."""
        return self._said(("marked", tuple(markers)), {m: self.marked.get(m, ()) for m in markers})

    async def fetch_members(self, group):
        """The members of a group."""
        return self._said(("members", group), self.members.get(group, ()))

    async def fetch_rule_targets(self):
        """The groups that an active rule targets."""
        return self._said("rule-targets", self.targets)

    async def fetch_attributed_members(self, group):
        """The members of a group, with who put them there."""
        users = self.members.get(group, ())
        plain = AttributedMembers(users=users) if isinstance(users, tuple) else users
        return self._said(("attributed", group), self.attributed.get(group, plain))

    async def fetch_is_fed(self, group, user):
        """Whether a rule put the one there."""
        return self._said(("is-fed", group, user), self.fed.get((group, user), False))

    async def fetch_apps(self, group):
        """The apps of a group."""
        return self._said(("apps", group), self.apps.get(group, ()))

    async def fetch_groups_of(self, user):
        """The groups that hold the user."""
        return self._said(("groups-of", user), self.groups_of.get(user, frozenset()))

    async def fetch_roles(self, user):
        """The admin roles of the user."""
        return self._said(("roles", user), self.roles)

    async def fetch_membership_log(self, since, *, groups, users, sessions=False):  # noqa: ARG002 - the log is a table
        """Changes of memberships."""
        return self._said(("log", since, tuple(groups), tuple(users)), self.log)

    async def fetch_client_roles(self, client_id):
        """The admin roles of the service app."""
        return self._said(("client-roles", client_id), self.roles)

    async def fetch_app_links(self, user):
        """The user's dashboard."""
        return self._said(("app-links", user), self.links)

    async def fetch_users(self, *, ids, logins, emails):
        """People by id, login or address."""
        question = {"ids": tuple(ids), "logins": tuple(logins), "emails": tuple(emails)}
        return self._said(question, self.fails or tuple(u for u in self.users if u))

    async def fetch_user(self, id_or_login):
        """One person, asked for directly: of those whom no search shows."""
        answer = self.direct.get(id_or_login)
        return self._said(("user", id_or_login), answer)

    async def fetch_profile(self, id_or_login):
        """One person, with what tells them apart."""
        known = self.direct.get(id_or_login)
        known = AccountProfile(user=known) if isinstance(known, DirectoryUser) else known
        return self._said(("profile", id_or_login), self.profiles.get(id_or_login, known))

    async def fetch_candidates(self, text):
        """Whom the text may mean."""
        return self._said(("candidates", text), self.candidates)

    async def fetch_apps_of(self, user):
        """The apps of a person."""
        return self._said(("apps-of", user), self.apps_of.get(user, ()))

    async def fetch_account_log(self, since, users):
        """What happened to accounts."""
        return self._said(("account-log", since, tuple(users)), self.account_log)

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
