"""The example catalog and the sandbox's default world belong together, and show one of each."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from reconciler.catalog.load import load_and_judge
from reconciler.catalog.packaged import packaged_catalog
from reconciler.model.accounts import AccountState
from reconciler.model.catalog import BindGroup, Fulfilment
from reconciler.model.ids import ConnectorId
from reconciler.model.plan import Action, CatalogRevision, Plan
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.api.writer import OktaWriter
from reconciler.okta.auth.signer import SswsAuth
from reconciler.okta.org_url import OrgUrl
from reconciler.okta.requests.sender import Sender, SenderOptions
from reconciler.okta.requests.write_allowlist import WriteAllowlist
from reconciler.planning.steps.assess import PlanInputs
from reconciler.sandbox import Sandbox, default_world
from reconciler.workflows.plan import plan

LOADED = load_and_judge(packaged_catalog(), display="catalog")
CATALOG = LOADED.catalog
WORLD = default_world()
OKTA = ConnectorId("okta-prod")


@dataclass
class Company:
    """The default org in memory, on a clock that the test moves."""

    seconds: float = 0.0
    sandbox: Sandbox = field(init=False)

    def __post_init__(self):
        self.sandbox = Sandbox.open(None, wall=lambda: self.seconds)

    def plan(self) -> Plan:
        """A plan made now."""
        return asyncio.run(self._plan())

    def carry_out(self, made: Plan) -> None:
        """Every change of the plan is written, and Okta had time to let it be seen."""
        asyncio.run(self._carry_out(made))
        self.seconds += 3600

    async def _plan(self):
        async with self._sender() as sender:
            beside = PlanInputs(
                as_of=WORLD.now, created_at=WORLD.now, revision=CatalogRevision(), sandbox=True
            )
            return (await plan(CATALOG, OKTA, OktaReader(sender), beside)).plan

    async def _carry_out(self, made):
        new = {c.group.name for c in made.changes if c.action is Action.CREATE_GROUP}
        groups = {c.group.id for c in made.changes if c.group.id}
        async with self._sender(WriteAllowlist(groups, new)) as sender:
            writer, ids = OktaWriter(sender), {}
            for change in made.changes:
                if change.action is Action.CREATE_GROUP:
                    written = await writer.create_group(change.group.name, change.description)
                    ids[change.group.name] = written.id
                    continue
                group = change.group.id or ids[change.group.name]
                is_add = change.action is Action.ADD
                write = writer.add_member if is_add else writer.remove_member
                await write(group, change.person.id)

    def _sender(self, writes=None):
        return Sender(
            OrgUrl.parse(CATALOG.connectors[OKTA].domain, pinned_host=None),
            SswsAuth(self.sandbox.token()),
            SenderOptions(clock=self.sandbox.now),
            writes=writes,
            transport=self.sandbox.transport(),
        )


@pytest.fixture
def company():
    """The company as it is seeded."""
    org = Company()
    yield org
    org.sandbox.close()


@pytest.fixture(scope="module")
def first():
    """The very first plan."""
    org = Company()
    made = org.plan()
    org.sandbox.close()
    return made


def who(lines):
    """Login and group of each line, short."""
    return [(login(line), short(line)) for line in lines]


def login(line):
    """The person's login without the domain that all share; empty where there is nobody."""
    return line.person.login.removesuffix("@example.com") if line.person else ""


def short(line):
    """The name of the line's group without what all names begin with."""
    return line.group.name.removeprefix("AI Clearance - ")


def test_the_example_catalog_has_nothing_to_complain_of():
    """No file is in error, and none only warns."""
    assert LOADED.diagnostics == ()


def test_the_company_has_eight_tools_and_twelve_entitlements():
    """Each is bound once, but for the tool that a person fulfils by hand."""
    wanted = {
        (tool.id, entitlement)
        for tool in CATALOG.tools.values()
        for entitlement in tool.entitlements
        if tool.fulfilment is Fulfilment.OKTA
    }
    assert len(CATALOG.tools) == 8
    assert sum(len(tool.entitlements) for tool in CATALOG.tools.values()) == 12
    assert sorted((b.tool, b.entitlement) for b in CATALOG.bindings) == sorted(wanted)


def test_the_catalog_and_the_world_call_the_groups_the_same():
    """Every bound id is in the world, under the name that the binding says."""
    groups = {group.id: group.name for group in WORLD.groups}
    bound = [b.group for b in CATALOG.bindings if isinstance(b.group, BindGroup)]
    canary = CATALOG.connectors[OKTA].canary
    assert {group.id: group.name for group in bound}.items() <= groups.items()
    assert groups[canary.group_id] == canary.group_name


def test_every_bound_group_gives_an_app():
    """A group on which no app hangs would give nothing."""
    assigned = {name for app in WORLD.apps for name in app.groups}
    bound = {b.group.name for b in CATALOG.bindings if isinstance(b.group, BindGroup)}
    assert bound == assigned


def test_identities_name_people_of_the_world():
    """Login and id are one person's."""
    logins = {user.id: user.login for user in WORLD.users}
    assert {m.id: m.login for m in CATALOG.identities}.items() <= logins.items()


def test_everyone_was_there_long_before_any_approval():
    """So that nobody counts as newer than what was approved."""
    earliest = min(grant.approval.approved_at for grant in CATALOG.grants)
    assert earliest > datetime(2026, 8, 31, tzinfo=UTC).date()
    assert all(u.activated is None or u.activated.year < 2026 for u in WORLD.users)


def test_the_first_plan_creates_adds_and_removes_just_these(first):
    """One of each kind, in the order in which a reader wants them."""
    assert [(c.action.value, login(c), short(c)) for c in first.changes] == [
        ("remove", "sven.hakansson", "ChatGPT Enterprise - Users"),
        ("remove", "noah.kim", "Cursor - Users"),
        ("remove", "dmitri.volkov", "Notion AI - Users"),
        ("add", "kenji.sato", "Internal LLM Gateway - Operators"),
        ("add", "zoe.kruger", "Claude Enterprise - Users"),
        ("add", "bruno.ferreira", "Cursor - Users"),
        ("create-group", "", "Gemini Workspace - Users"),
        ("add", "linh.tran", "Gemini Workspace - Users"),
        ("add", "yuki.tanaka", "Gemini Workspace - Users"),
        ("add", "wzhang@sso.example.com", "GitHub Copilot - Users"),
    ]


def test_each_removal_has_its_own_reason(first):
    """One grant expired, one was revoked, and one person was never named."""
    reasons = {c.person.login: c.reason for c in first.changes if c.action is Action.REMOVE}
    assert reasons == {
        "sven.hakansson@example.com": "the grant ended with 2026-11-15",
        "dmitri.volkov@example.com": (
            "revoked 2026-11-18 by ingrid.solberg@example.com: changed teams"
        ),
        "noah.kim@example.com": "no grant ever named them, and the group is authoritative",
    }


def test_the_first_plan_suspends_one_account_and_unlocks_another(first):
    """What their files ask; the end of the sessions goes with the suspension."""
    assert [(line.action.value, login(line)) for line in first.accounts] == [
        ("suspend", "ellen.fischer"),
        ("clear-sessions", "ellen.fischer"),
        ("unlock", "tariq.mansour"),
    ]
    assert first.blocked_accounts == ()
    assert first.accounts[0].consequences.apps == ("Expenses",)


def test_the_leaver_is_gone_already_and_asks_for_nothing(first):
    """The file stays as the record, approved by two people."""
    (leaver,) = [a for a in CATALOG.accounts if a.state is AccountState.DEACTIVATED]
    status = {user.login: user.status for user in WORLD.users}
    assert status[leaver.subject] == "DEPROVISIONED"
    assert len(leaver.approval.approved_by) == 2
    assert leaver.subject not in str((first.accounts, first.account_drift))


def test_one_suspension_ends_by_itself():
    """And each file is about an account of the world that no grant names."""
    (suspended,) = [a for a in CATALOG.accounts if a.state is AccountState.SUSPENDED]
    assert suspended.until > WORLD.now.date()
    named = {account.subject for account in CATALOG.accounts}
    assert named <= {user.login for user in WORLD.users}
    assert named.isdisjoint(grant.subject for grant in CATALOG.grants)


def test_two_overlapping_grants_make_one_line(first):
    """Access is the union of live grants, and the line cites both."""
    (line,) = [c for c in first.changes if c.person and c.person.login.startswith("bruno.")]
    assert sorted(grant.ticket for grant in line.grants) == ["AI-1408", "AI-1421"]


def test_people_are_found_by_jira_account_slack_account_and_address(first):
    """A mapping answers the first two, a unique address the third."""
    subjects = {grant.subject.partition(":")[0]: grant.subject for grant in CATALOG.grants}
    cited = {g.subject: c.person.login for c in first.changes for g in c.grants}
    assert cited[subjects["jira"]] == "kenji.sato@example.com"
    assert cited["wei.zhang@example.com"] == "wzhang@sso.example.com"
    cursor = next(group for group in WORLD.groups if group.name.endswith("Cursor - Users"))
    assert "maya.cohen@example.com" in cursor.members
    assert subjects["slack"] not in cited
    assert "maya.cohen@example.com" not in {u.person.login for u in first.unapproved}


def test_one_ambiguous_and_one_suspended_person_are_blocked(first):
    """And nothing else is."""
    assert [(b.code, login(b), short(b)) for b in first.blocked] == [
        ("subject-ambiguous", "sam.taylor", "Claude Enterprise - Users"),
        ("person-suspended", "victor.adeyemi", "GitHub Copilot - Users"),
    ]


def test_unapproved_members_are_reported(first):
    """One in an additive group, where that is all, and one in the authoritative group."""
    assert who(first.unapproved) == [
        ("quentin.leroy", "Claude Enterprise - Users"),
        ("noah.kim", "Cursor - Users"),
    ]


def test_missing_members_are_those_added_and_the_suspended_one(first):
    """A person who starts next month is not missing yet."""
    added = [c for c in first.changes if c.action is Action.ADD]
    suspended = [b for b in first.blocked if b.code == "person-suspended"]
    assert sorted(who(first.missing)) == sorted(who([*added, *suspended]))
    assert "olena.shevchenko" not in str(first.missing)


def test_the_manual_tool_has_two_lines(first):
    """For a person to carry out."""
    assert [(m.tool, m.subject) for m in first.manual] == [
        ("midjourney", "pablo.munoz@example.com"),
        ("midjourney", "rosa.mbeki@example.com"),
    ]


def test_one_persons_access_ends_soon(first):
    """Within fourteen days, with nothing to continue it."""
    assert [(login(e), short(e), e.ends_at.date().isoformat()) for e in first.ending] == [
        ("hoa.nguyen", "Claude Enterprise - Users", "2026-12-01")
    ]


def test_the_only_warning_is_about_somebody_who_left(first):
    """The account is closed, and the grant is not."""
    (warning,) = first.warnings
    assert warning.code == "leaver"
    assert warning.summary.startswith("tove.jonsson@example.com")


def test_the_protected_account_is_left_alone_in_the_authoritative_group(first):
    """It is a member that no grant names, and no line speaks of it."""
    (cursor,) = [g for g in first.groups if g.authority.value == "authoritative"]
    members = next(g.members for g in WORLD.groups if g.id == cursor.group.id)
    assert "break.glass@example.com" in members
    assert "break.glass" not in str((first.changes, first.blocked, first.unapproved))


def test_no_guard_speaks(first):
    """The removals are few enough, and required members stay."""
    assert first.guards == ()
    assert not any(change.held_by for change in first.changes)


def test_every_member_of_the_rule_fed_group_is_granted(first):
    """What the rule does there, the catalog explains."""
    (rule,) = WORLD.rules
    (name,) = rule.groups
    (summary,) = [g for g in first.groups if g.group.name == name]
    assert summary.members == summary.granted
    assert name not in {c.group.name for c in (*first.changes, *first.blocked, *first.unapproved)}


def test_after_an_apply_only_what_needs_a_person_is_left(company):
    """Blocked lines, the reported member, manual lines, what ends soon, and warnings."""
    before = company.plan()
    company.carry_out(before)
    after = company.plan()
    assert after.changes == ()
    assert after.guards == ()
    assert after.blocked == before.blocked
    assert after.manual == before.manual
    assert after.ending == before.ending
    assert who(after.unapproved) == [("quentin.leroy", "Claude Enterprise - Users")]
    assert who(after.missing) == [("victor.adeyemi", "GitHub Copilot - Users")]
    assert sorted(w.code for w in after.warnings) == [
        "group-created-unbound",
        "group-without-app",
        "leaver",
    ]
