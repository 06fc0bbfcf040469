"""A company over time, as a value that changes: people, what git says, and what Okta holds.

Beside both stands the truth: which account was meant when a grant was approved. The planner is
never told it; what it does is judged by it. What nobody could know is left out: an account that was
there at the approval never takes over a login, nor anybody that of a person protected by it alone.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from reconciler.identity.index import index_users
from reconciler.identity.subject import lookup, mappings_by_key
from reconciler.model.catalog import (
    Authority,
    BindGroup,
    Binding,
    Catalog,
    Grant,
    IdentityMapping,
    Revocation,
)
from reconciler.model.directory import DirectoryGroup, DirectoryUser, LiveState, Org, ReadFailure
from reconciler.model.ids import (
    EntitlementId,
    OktaGroupId,
    OktaOrgId,
    OktaUserId,
    ToolId,
    login_key,
)
from reconciler.model.plan import Action, Change, Plan
from reconciler.model.settings import IdentityRule, ProtectedPerson, Settings
from reconciler.model.validity import Approval, Moment, Phase
from reconciler.planning.classify import protected_key
from reconciler.planning.people import wanted_subjects
from reconciler.planning.selection.scheduled import select_scheduled
from tests.properties.worlds import CONNECTOR, NO_LIMITS, plan
from tests.support import nouns

__all__ = ["OPERATIONS", "Broken", "Timeline"]

USERS = EntitlementId("users")
TOOLS = tuple(ToolId(name) for name in ("aider", "claude", "cursor"))
GROUPS = tuple(OktaGroupId("00g" + name.rjust(17, "0")) for name in ("alpha", "beta", "gamma"))
FIRST = date(2026, 11, 1)
UNREAD = ReadFailure(code="refused", detail="403")
SHARED = "team@example.com"


class Broken(AssertionError):  # noqa: N818 - a verdict
    """A promise was broken; the text says which, and how the world came to it."""


@dataclass
class Truth:
    """A grant, and who was meant. `None` is somebody who has no account yet."""

    grant: Grant
    meant: OktaUserId | None


@dataclass
class Timeline:
    """One world. Every operation takes its chances from `chance`."""

    chance: Random
    day: date = FIRST
    users: dict[OktaUserId, DirectoryUser] = field(default_factory=dict)
    members: dict[OktaGroupId, set[OktaUserId]] = field(default_factory=dict)
    fed: dict[OktaGroupId, set[OktaUserId]] = field(default_factory=dict)
    bindings: dict[ToolId, Binding] = field(default_factory=dict)
    truths: list[Truth] = field(default_factory=list)
    mappings: dict[str, IdentityMapping] = field(default_factory=dict)
    protected: dict[OktaUserId, ProtectedPerson] = field(default_factory=dict)
    freed: dict[str, date] = field(default_factory=dict)
    match: tuple[IdentityRule, ...] = (IdentityRule.MAPPING, IdentityRule.LOGIN)
    told: list[str] = field(default_factory=list)
    made: int = 0

    def __post_init__(self) -> None:
        self.members = {group: set() for group in GROUPS}
        self.fed = {group: set() for group in GROUPS}
        if self.chance.random() < 0.5:
            self.match = (*self.match, IdentityRule.EMAIL)
        for tool in TOOLS:
            group = self.chance.choice(GROUPS)
            self.bindings[tool] = self._binding(tool, group)
        self._agree()
        for _ in range(self.chance.randint(2, 4)):
            self.hire()

    # What happens at the company.

    def wait(self) -> None:
        """Days go by."""
        self.day += timedelta(days=self.chance.choice([1, 1, 2, 5, 10]))

    def hire(self) -> None:
        """A new account, perhaps under a login that somebody else had."""
        self.made += 1
        # Of an approval and an account of one day nobody knows which came first.
        today = {t.grant.subject for t in self.truths if t.grant.approval.approved_at == self.day}
        free = sorted(n for n, since in self.freed.items() if since < self.day and n not in today)
        awaited = sorted({t.grant.subject for t in self.truths if t.meant is None})
        login = f"p{self.made}@example.com"
        if free and self.chance.random() < 0.6:
            login = self.chance.choice(free)
            del self.freed[login]
        elif awaited and self.chance.random() < 0.7:
            login = self.chance.choice(awaited)
        account = OktaUserId(f"00u{self.made:017}")
        began = datetime(self.day.year, self.day.month, self.day.day, 8, tzinfo=UTC)
        email = SHARED if self.chance.random() < 0.3 else f"mail{self.made}@example.com"
        self.users[account] = DirectoryUser(
            id=account,
            login=login,
            email=email,
            status="ACTIVE",
            created_at=began,
            activated_at=began,
        )
        for truth in self.truths:
            if truth.meant is None and truth.grant.subject == login:
                truth.meant = account

    def rename(self) -> None:
        """Somebody's login is changed."""
        user = self.chance.choice(list(self.users.values()))
        self.made += 1
        if not any(p.login == user.login and p.id is None for p in self.protected.values()):
            self.freed[user.login] = self.day
        self.users[user.id] = replace(user, login=f"n{self.made}@example.com")

    def change_status(self) -> None:
        """Somebody leaves, is suspended, or comes back."""
        user = self.chance.choice(list(self.users.values()))
        status = self.chance.choice(["ACTIVE", "ACTIVE", "SUSPENDED", "DEPROVISIONED"])
        now = datetime(self.day.year, self.day.month, self.day.day, 8, tzinfo=UTC)
        is_back = user.status == "DEPROVISIONED" and status == "ACTIVE"
        began = now if is_back else user.activated_at
        self.users[user.id] = replace(user, status=status, activated_at=began)

    def put_in(self) -> None:
        """A hand in the console."""
        self.members[self.chance.choice(GROUPS)].add(self.chance.choice(list(self.users)))

    def take_out(self) -> None:
        """The other hand."""
        group = self.chance.choice(GROUPS)
        self.members[group] -= {self.chance.choice(list(self.users))} - self.fed[group]

    def feed(self) -> None:
        """A group rule puts somebody in, or lets go of everybody and leaves them there."""
        group = self.chance.choice(GROUPS)
        if self.chance.random() < 0.3:
            self.fed[group].clear()
            return
        user = self.chance.choice(list(self.users))
        self.fed[group].add(user)
        self.members[group].add(user)

    # What is merged.

    def give(self) -> None:
        """A grant is approved for somebody who is there, in one of the ways to name them."""
        user = self.chance.choice(list(self.users.values()))
        subject = user.login
        kind = self.chance.random()
        if kind < 0.25:
            subject = f"jira:{user.id[-3:]}"
            if self.chance.random() < 0.8:
                self._map(user, subject)
        elif kind < 0.4 and IdentityRule.EMAIL in self.match:
            subject = user.email
        if self._meant_by(subject) == {user.id}:
            self._approve(subject, user.id)

    def promise(self) -> None:
        """A grant for somebody who has no account yet."""
        self.made += 1
        self._approve(f"h{self.made}@example.com", None)

    def renew(self) -> None:
        """A grant is edited and approved again: whoever has the name now is meant."""
        truth = self._some_grant()
        if truth is None:
            return
        meant = self._meant_by(truth.grant.subject)
        if len(meant) != 1 or None in meant:
            return
        approval = replace(truth.grant.approval, approved_at=self.day)
        expires = Moment(self.day + timedelta(days=self.chance.choice([1, 5, 20])))
        truth.grant = replace(truth.grant, approval=approval, expires=expires, revoked=None)
        (truth.meant,) = meant

    def revoke(self) -> None:
        """A grant is ended, today or on a later day."""
        truth = self._some_grant()
        if truth is not None:
            at = self.day + timedelta(days=self.chance.choice([0, 0, 3]))
            gone = Revocation(at=at, by="lead@example.com", reason="left")
            truth.grant = replace(truth.grant, revoked=gone)

    def identify(self) -> None:
        """A true mapping is written, with the login of the day, the id, or both."""
        user = self.chance.choice(list(self.users.values()))
        subjects = [t.grant.subject for t in self.truths if t.meant == user.id]
        if subjects:
            self._map(user, self.chance.choice(subjects))

    def forget(self) -> None:
        """A mapping is deleted, unless somebody else would then be meant by its names."""
        if not self.mappings:
            return
        key = self.chance.choice(sorted(self.mappings))
        mapping = self.mappings.pop(key)
        names = {key, *self._confirmed(mapping)}
        others = {t.meant for t in self.truths if t.grant.subject in names}
        if any(self._meant_by(name) - others for name in names):
            self.mappings[key] = mapping

    def protect(self) -> None:
        """Somebody is never to be removed, by login or by id too."""
        user = self.chance.choice(list(self.users.values()))
        known = user.id if self.chance.random() < 0.5 else None
        self.protected[user.id] = ProtectedPerson(login=user.login, reason="why", id=known)
        self.freed.pop(user.login, None)

    def move(self) -> None:
        """A binding leaves its group for another, or forgets that it did."""
        tool = self.chance.choice(TOOLS)
        binding = self.bindings[tool]
        if binding.replaces is not None:
            self.bindings[tool] = replace(binding, replaces=None)
        else:
            group = self.chance.choice([g for g in GROUPS if g != binding.group.id])
            moved = self._binding(tool, group)
            self.bindings[tool] = replace(moved, replaces=binding.group.id)
        self._agree()

    def retire(self) -> None:
        """A binding ends, or is taken up again."""
        tool = self.chance.choice(TOOLS)
        binding = self.bindings[tool]
        self.bindings[tool] = replace(binding, retired=not binding.retired, replaces=None)

    def rule(self) -> None:
        """A group becomes authoritative, or additive again."""
        group = self.chance.choice(GROUPS)
        authority = self.chance.choice(list(Authority))
        for tool, binding in self.bindings.items():
            if binding.group.id == group:
                self.bindings[tool] = replace(binding, authority=authority)

    # What runs.

    def run(self) -> Plan:
        """A run, on a schedule or after a review, with whatever fails this time."""
        catalog = self.catalog()
        live = self._observed(catalog)
        made = plan(catalog, live, self._now)
        is_scheduled = self.chance.random() < 0.7
        changes = select_scheduled(made, catalog).changes if is_scheduled else made.changes
        for action in (Action.ADD, Action.REMOVE):
            for change in changes:
                if change.action is action:
                    self._judge(change)
                    self._carry_out(change)
        self.told.append(f"{self.day} run: {len(changes)} changes")
        return made

    def catalog(self) -> Catalog:
        """What git says today."""
        return Catalog(
            settings=Settings(
                match=self.match, guards=NO_LIMITS, protected=tuple(self.protected.values())
            ),
            tools={name: nouns.tool(name) for name in TOOLS},
            bindings=tuple(self.bindings.values()),
            grants=tuple(truth.grant for truth in self.truths),
            identities=tuple(self.mappings.values()),
        )

    def _observed(self, catalog: Catalog) -> LiveState:
        """What a run gets to see: group reads, look-ups and attribution fail now and then."""
        ill = self.chance.random() < 0.4
        unread = {g: UNREAD for g in GROUPS if ill and self.chance.random() < 0.2}
        read = {g: frozenset(self.members[g]) for g in GROUPS if g not in unread}
        silent = {g for g in read if ill and self.chance.random() < 0.3}
        seen = {u: self.users[u] for members in read.values() for u in members}
        failed = self._look_up(catalog, seen, ill=ill)
        return LiveState(
            org=Org(id=OktaOrgId("00oacme"), domain="acme.okta.com"),
            groups={
                g: DirectoryGroup(
                    id=g,
                    name=g,
                    type="OKTA_GROUP",
                    has_admin_role=None if ill and self.chance.random() < 0.1 else False,
                )
                for g in GROUPS
            },
            members=read,
            unread=unread,
            rule_fed={g: frozenset(() if g in silent else self.fed[g]) for g in read},
            unattributed={g: read[g] if g in silent else frozenset() for g in read},
            users=seen,
            unread_subjects=failed,
        )

    def _look_up(
        self, catalog: Catalog, seen: dict[OktaUserId, DirectoryUser], *, ill: bool
    ) -> dict[str, ReadFailure]:
        """Adds whoever the look-ups find; an index that lags does not find who is new to it."""
        table, known = index_users(self.users.values()), index_users(seen.values())
        mappings = mappings_by_key(catalog.identities)
        failed: dict[str, ReadFailure] = {}
        for subject in wanted_subjects(catalog, tuple(catalog.bindings)):
            asked = lookup(subject, mappings.get(login_key(subject), ()), self.match)
            absent = [i for i in asked.ids if i not in known.by_id]
            absent += [n for n in asked.logins if login_key(n) not in known.by_login]
            if not absent and not asked.emails:
                continue
            if ill and self.chance.random() < 0.3:
                failed[login_key(subject)] = UNREAD
                continue
            found = [table.by_id[i] for i in asked.ids if i in table.by_id]
            if not (ill and self.chance.random() < 0.1):
                found += [u for n in asked.logins for u in table.by_login.get(login_key(n), ())]
            found += [u for e in asked.emails for u in table.by_email.get(login_key(e), ())]
            seen.update({user.id: user for user in found})
        for account, person in self.protected.items():
            user = self.users[account]
            if ill and account not in seen and self.chance.random() < 0.3:
                failed[protected_key(person)] = UNREAD
            elif person.id is not None or login_key(person.login) == login_key(user.login):
                seen[account] = user
        return failed

    def _carry_out(self, change: Change) -> None:
        group, user = change.group.id, change.person.id
        if change.action is Action.ADD:
            self.members[group].add(user)
        else:
            self.members[group].discard(user)
        self.told.append(f"{self.day} {change.action.value} {change.person.login} {group[-5:]}")

    # What is promised.

    def _judge(self, change: Change) -> None:
        if change.action is Action.ADD:
            self._judge_addition(change)
        else:
            self._judge_removal(change)

    def _judge_addition(self, change: Change) -> None:
        cited = {ref.hash for ref in change.grants}
        own = [t for t in self._own(change) if t.grant.validity.phase(self._now) is Phase.LIVE]
        if not cited or not own:
            self._break("added without a grant that named them at its approval", change)

    def _judge_removal(self, change: Change) -> None:
        group, user = change.group.id, change.person.id
        if user in self.fed[group]:
            self._break("removed though a rule feeds them", change)
        if user in self.protected:
            self._break("removed though they are protected", change)
        lasting = [t for t in self._own(change) if not t.grant.validity.has_ended(self._now)]
        if any(self.bindings[t.grant.tool].group.id == group for t in lasting):
            self._break("removed with a live or future grant", change)
        if any(user not in self.members[self.bindings[t.grant.tool].group.id] for t in lasting):
            self._break("removed from the old group before they were in the new one", change)
        ever = self._own(change, is_active=False)
        if not ever and self._authority(group) is Authority.ADDITIVE:
            self._break("removed from an additive group though no grant named them", change)

    def _own(self, change: Change, *, is_active: bool = True) -> list[Truth]:
        """The grants that meant this account and give this group, or did before they moved on."""
        return [
            t
            for t in self.truths
            if t.meant == change.person.id
            and (binding := self.bindings[t.grant.tool])
            and change.group.id in {binding.group.id, binding.replaces}
            and not (is_active and binding.retired)
        ]

    def _break(self, what: str, change: Change) -> None:
        story = "\n".join([*self.told, repr(change), repr(self.truths), repr(self.mappings)])
        raise Broken(f"{change.person.login} was {what}\n{story}")

    # Small things.

    @property
    def _now(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)

    def _some_grant(self) -> Truth | None:
        return self.chance.choice(self.truths) if self.truths else None

    def _meant_by(self, subject: str) -> set[OktaUserId]:
        """Whom a reviewer means by the name today: a mapping says it, else whose name it is."""
        mapped = [m for m in self.mappings.values() if subject in {*m.keys, *self._confirmed(m)}]
        if mapped:
            logins = {u.login: u.id for u in self.users.values()}
            return {m.id or logins.get(m.login) for m in mapped}
        if subject.startswith("jira:"):
            return {u for u in self.users if f"jira:{u[-3:]}" == subject}
        named = {u.id for u in self.users.values() if subject == u.login}
        return named or {u.id for u in self.users.values() if subject == u.email}

    def _confirmed(self, mapping: IdentityMapping) -> set[str]:
        """The login that a mapping answers beside its keys."""
        return {mapping.login} if mapping.login and mapping.id else set()

    def _approve(self, subject: str, meant: OktaUserId | None) -> None:
        starts = self.chance.choice([None, None, self.day + timedelta(days=3)])
        days = self.chance.choice([None, 2, 6, 15])
        expires = (starts or self.day) + timedelta(days=days) if days else None
        approval = Approval(
            ticket=f"AI-{len(self.truths)}",
            approved_by=("lead@example.com",),
            approved_at=self.day,
        )
        given = Grant(
            tool=self.chance.choice(TOOLS),
            entitlement=USERS,
            subject=subject,
            purpose="work",
            approval=approval,
            starts=Moment(starts) if starts else None,
            expires=Moment(expires) if expires else None,
        )
        self.truths.append(Truth(given, meant))
        self.told.append(f"{self.day} grant {given.tool} to {subject}, meaning {meant}")

    def _map(self, user: DirectoryUser, subject: str) -> None:
        """A mapping that is true of every grant it answers."""
        said = self.chance.choice(["login", "id", "both"])
        mapping = IdentityMapping(
            keys=(subject,),
            login=user.login if said != "id" else None,
            id=user.id if said != "login" else None,
        )
        answered = {subject, *self._confirmed(mapping)}
        meant = {t.meant for t in self.truths if t.grant.subject in answered}
        if meant <= {user.id} and self._meant_by(subject) <= {user.id}:
            self.mappings[subject] = mapping

    def _binding(self, tool: ToolId, group: OktaGroupId) -> Binding:
        return Binding(
            tool=tool,
            entitlement=USERS,
            connector=CONNECTOR,
            group=BindGroup(id=group, name=group),
            unattended=True,
            shared=True,
        )

    def _authority(self, group: OktaGroupId) -> Authority:
        """As its active bindings say; one that left or ended rules nobody."""
        ruling = [b for b in self.bindings.values() if b.group.id == group and not b.retired]
        return ruling[0].authority if ruling else Authority.ADDITIVE

    def _agree(self) -> None:
        """The bindings of one group say the same."""
        for group in GROUPS:
            ruling = [t for t, b in self.bindings.items() if b.group.id == group]
            for tool in ruling:
                authority = self.bindings[ruling[0]].authority
                self.bindings[tool] = replace(self.bindings[tool], authority=authority)


OPERATIONS = (
    Timeline.wait,
    Timeline.hire,
    Timeline.rename,
    Timeline.change_status,
    Timeline.put_in,
    Timeline.take_out,
    Timeline.feed,
    Timeline.give,
    Timeline.promise,
    Timeline.renew,
    Timeline.revoke,
    Timeline.identify,
    Timeline.forget,
    Timeline.protect,
    Timeline.move,
    Timeline.retire,
    Timeline.rule,
)
