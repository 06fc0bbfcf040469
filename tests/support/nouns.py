"""Small nouns for tests of single rules; everything not said is quiet and ordinary."""

from datetime import UTC, date, datetime

from reconciler.catalog.decode import parse_moment
from reconciler.identity.index import index_users
from reconciler.identity.resolve import Resolved
from reconciler.model.accounts import AccountAction, AccountPart, LifecycleCall
from reconciler.model.approvals.review import ReviewRef
from reconciler.model.catalog import (
    Authority,
    BindGroup,
    Binding,
    Catalog,
    Entitlement,
    Fulfilment,
    Grant,
    Revocation,
    Risk,
    Tool,
)
from reconciler.model.directory import Answers, DirectoryUser, Org, ReadCount
from reconciler.model.outcome import ApplyResult
from reconciler.model.plan import (
    AccountChange,
    AccountRef,
    Action,
    BlockedAccount,
    CatalogRevision,
    Change,
    GrantRef,
    GroupRef,
    MemberClass,
    PersonRef,
    Plan,
)
from reconciler.model.settings import IdentityRule
from reconciler.model.validity import Approval, Duration, DurationUnit
from reconciler.planning.context import PlanContext
from reconciler.planning.people import People
from reconciler.planning.scope import ManagedGroup
from reconciler.planning.steps.assess import PlanInputs, assess
from reconciler.planning.steps.complete import complete
from tests.support.builders import CONNECTOR, NOW

GROUP = GroupRef(id="00gclaude", name="Claude users")
NEW_GROUP = GroupRef(id=None, name="Cursor users")
MADE_GROUP = GroupRef(id="00gmade", name="Cursor users", is_made=True)
ORG = Org(id="00oacme", domain="acme.okta.com")
REVISION = CatalogRevision(commit="c0ffee", dirty=False, digest="d1")
CREATED = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def day(text):
    """A date as a file writes it."""
    return date.fromisoformat(text)


def days(number):
    """So many days, as a tool's `max_duration` says them."""
    return Duration(number, DurationUnit.DAYS)


def user(name, status="ACTIVE", /, *, activated="2025-01-01", **more):
    """`jane` is jane@example.com with the id 00ujane."""
    began = datetime.fromisoformat(f"{activated}T00:00:00+00:00") if activated else None
    facts = {"login": f"{name}@example.com", "activated_at": began, **more}
    return DirectoryUser(id=f"00u{name}", status=status, **facts)


def ref(name):
    """The same person, as a plan cites them."""
    return PersonRef(id=f"00u{name}", login=f"{name}@example.com", status="ACTIVE")


def approval(**more):
    """An approval of 1 November."""
    facts = {"ticket": "AI-1", "approved_by": ("lead@example.com",), **more}
    return Approval(**{"approved_at": day("2026-11-01"), **facts})


def grant(name="jane", *, tool="claude", entitlement="users", **more):
    """A live grant of claude/users; `starts`, `expires` and `revoked` are as a file has them."""
    for key in ("starts", "expires"):
        if key in more:
            more[key] = parse_moment(more[key])
    if "revoked" in more:
        at = day(more["revoked"])
        more["revoked"] = Revocation(at=at, by="lead@example.com", reason="left the project")
    facts = {"purpose": "Daily work", "approval": approval(), **more}
    subject = name if "@" in name or ":" in name else f"{name}@example.com"
    return Grant(tool=tool, entitlement=entitlement, subject=subject, **facts)


def binding(tool="claude", entitlement="users", **more):
    """A binding to the Claude group."""
    facts = {"connector": CONNECTOR, "group": BindGroup(id=GROUP.id, name=GROUP.name), **more}
    return Binding(tool=tool, entitlement=entitlement, **facts)


def managed(*members, **more):
    """The Claude group with these members' ids."""
    authority = more.pop("authority", Authority.ADDITIVE)
    facts = {"ref": GROUP, "bindings": (binding(authority=authority),), **more}
    return ManagedGroup(members=frozenset(f"00u{m}" for m in members), **facts)


def tool(name="claude", **entitlements):
    """A tool; each entitlement is named with what is unusual about it."""
    named = entitlements or {"users": {}}
    return Tool(
        id=name,
        name=name.capitalize(),
        description="A tool",
        owners=(),
        risk=Risk.LOW,
        fulfilment=Fulfilment.OKTA,
        entitlements={
            each: Entitlement(**{"id": each, "description": each, "risk": Risk.LOW, **facts})
            for each, facts in named.items()
        },
    )


def known(*users, resolutions=None):
    """People who resolve by login, unless `resolutions` says otherwise of a subject."""
    found = {u.login: Resolved(user=u, rule=IdentityRule.LOGIN) for u in users}
    return People(index_users(users), {**found, **(resolutions or {})})


def context(*users, now=NOW, catalog=None, **more):
    """What the steps of planning know, with the tool claude in the catalog."""
    facts = {
        "catalog": catalog or Catalog(tools={"claude": tool()}),
        "known": known(*users, resolutions=more.pop("resolutions", None)),
        "protected": frozenset(),
        "names_of": {},
        "holds_all": "",
        "names": frozenset(),
        "unresolved": frozenset(),
        "now": now,
    }
    return PlanContext(**{**facts, **more})


def change(name="jane", action=Action.ADD, **more):
    """One line of a plan on the Claude group."""
    classes = {Action.ADD: MemberClass.GRANTED, Action.REMOVE: MemberClass.UNAPPROVED}
    facts = {
        "group": GROUP,
        "tool": "claude",
        "entitlement": "users",
        "risk": Risk.LOW,
        "reason": "because",
        "person": ref(name) if name else None,
        "member_class": classes.get(action),
    }
    return Change(action=action, **{**facts, **more})


def removal(name="jane", member_class=MemberClass.UNAPPROVED, **more):
    """One removal from the Claude group."""
    return change(name, Action.REMOVE, member_class=member_class, **more)


def account_ref(digest="a1", **more):
    """A part of Jane's file, as a line cites it."""
    facts = {
        "part": AccountPart.STATE,
        "subject": "jane@example.com",
        "reason": "laptop stolen",
        "ticket": "SEC-1",
        "approved_by": ("desk@example.com",),
    }
    return AccountRef(hash=digest, approved_at=day("2026-11-22"), **{**facts, **more})


def account_change(name="jane", action=AccountAction.SUSPEND, **more):
    """One account line of a plan."""
    calls = {AccountAction.RESET_PASSWORD: LifecycleCall.RESET_PASSWORD}
    facts = {
        "call": calls.get(action) or LifecycleCall(action.value.replace("-", "_")),
        "person": ref(name),
        "expects": (),
        "reason": "because",
        "risk": Risk.MEDIUM,
        "source": account_ref(),
    }
    return AccountChange(action=action, **{**facts, **more})


def blocked_account(name="jane", code="account-given-back", **more):
    """One account line that is asked about."""
    facts = {"summary": "s", "hint": "h", "source": account_ref(), "person": ref(name)}
    return BlockedAccount(code=code, **{**facts, **more})


def creation(group=NEW_GROUP, **more):
    """The creation of the Cursor group."""
    facts = {"group": group, "tool": "cursor", "description": "[reconciler:a/b/c]", **more}
    return change(None, Action.CREATE_GROUP, **facts)


def grant_ref(digest="9f", **more):
    """A grant as a line cites it."""
    facts = {"subject": "jane@example.com", "ticket": "AI-1", "approved_by": ("lead@example.com",)}
    return GrantRef(hash=digest, **{"approved_at": day("2026-11-01"), **facts, **more})


def review_ref(reviewer="lead", number=1):
    """A review as a line cites it."""
    return ReviewRef(
        id=number,
        reviewer=reviewer,
        head_sha="a" * 40,
        url=f"https://x/{number}",
        submitted_at=CREATED,
    )


def plan(*changes, **more):
    """A plan of these lines."""
    facts = {
        "connector": CONNECTOR,
        "org": ORG,
        "sandbox": False,
        "as_of": NOW,
        "created_at": CREATED,
        "catalog": REVISION,
        "reads": ReadCount(calls=3, pages=2),
        "changes": changes,
    }
    return Plan(**{**facts, **more})


def result(*lines, **more):
    """An apply that came to an end, with these lines."""
    facts = {
        "run": "r1",
        "connector": CONNECTOR,
        "org": ORG,
        "sandbox": False,
        "plan_digest": "d",
        "started_at": NOW,
        "ended_at": NOW,
        "lines": lines,
    }
    return ApplyResult(**{**facts, **more})


def beside(now=NOW, **more):
    """The inputs of a plan made at `now`."""
    return PlanInputs(as_of=now, created_at=now, revision=REVISION, **more)


def planned(company, **more):
    """The plan that a described company gives, without any HTTP."""
    live = more.pop("live", None) or company.live()
    catalog = company.catalog()
    answers = more.pop("answers", Answers())
    return complete(assess(catalog, CONNECTOR, live, beside(company.now, **more)), answers)


def brief(made):
    """Action and login of every change, in the plan's order."""
    return [(c.action.value, c.person.login if c.person else c.group.name) for c in made.changes]


def codes(lines):
    """The codes of blocked lines or warnings."""
    return [line.code for line in lines]
