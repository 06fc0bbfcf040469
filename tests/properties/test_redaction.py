"""Redaction names nobody, whatever people are called."""

import json
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.accounts import AccountState
from reconciler.model.approvals.review import BaseComparison
from reconciler.model.diagnostics import Span
from reconciler.model.directory import Actor, Answers, MembershipEvent, MembershipLog
from reconciler.model.outcome import (
    AccountResult,
    ApplyResult,
    LeftAccount,
    LeftLine,
    LineResult,
    Outcome,
)
from reconciler.model.plan import AccountDrift, PersonRef
from reconciler.model.settings import ProtectedPerson
from reconciler.planning.three_way.attribution import attribute
from reconciler.planning.three_way.catalog_changes import catalog_changes
from reconciler.planning.three_way.over_time import find_access_changes
from reconciler.render.formats import markdown, text
from reconciler.render.pseudonyms import Redaction, document, redact
from tests.properties.worlds import (
    CONNECTOR,
    LOGINS,
    NO_ANSWERS,
    NOW,
    SUBJECTS,
    catalogs,
    orgs,
    plan,
)
from tests.support.account_lines import account_change, account_ref, blocked_account

pytestmark = pytest.mark.slow

PEOPLE = (*SUBJECTS, "lead@example.com", "hand@example.com")
LONG_AGO = datetime(2026, 10, 15, 12, 0, tzinfo=UTC)
HIDDEN = [Redaction.IDS, Redaction.HASHED]
ODD = st.text(st.sampled_from("ж☃ßK.*+?[](){}|^$\\\"'@ "), min_size=2, max_size=6)


@st.composite
def called(draw):
    """A hostile name for everybody: spaces, signs that patterns use, one the start of another."""
    names = {}
    for number, person in enumerate(PEOPLE):
        prefix = "jira:" if person.startswith("jira:") else ""
        names[person] = f"{prefix}Ж{draw(ODD)}ж{number}"
    names[LOGINS[0]] = f"{names[LOGINS[1]]}{draw(ODD)}ж"
    return names


def renamed(value, names):
    """The same noun, in which everybody goes by their hostile name."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return type(value)(names.get(value, value))
    if isinstance(value, (tuple, frozenset)):
        return type(value)(renamed(item, names) for item in value)
    if isinstance(value, dict):
        return {key: renamed(item, names) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, Enum):
        parts = {f.name: renamed(getattr(value, f.name), names) for f in fields(value)}
        return type(value)(**parts)
    return value


def protecting(catalog):
    """The catalog, which also protects somebody whom Okta does not show."""
    lost = ProtectedPerson(login="nobody@example.com", reason="nobody@example.com")
    protected = (*catalog.settings.protected, lost)
    return replace(catalog, settings=replace(catalog.settings, protected=protected))


def by_hand(live, name):
    """The org, and its log: somebody of that name took everybody out of every group."""
    actor = Actor(id="00uhand", kind="User", login=name, name=name)
    events = tuple(
        MembershipEvent(group=group, user=user, at=NOW, is_removal=True, actor=actor)
        for group in live.members
        for user in live.users
    )
    users = {key: replace(user, name=f"Mx {user.login}") for key, user in live.users.items()}
    log = MembershipLog(since=LONG_AGO, events=events)
    return replace(live, users=users), Answers(log=log)


def compared(head, base, live, answers=NO_ANSWERS):
    """The plan of the change, with everything that is told of one."""
    made, now = (plan(each, live, answers=answers) for each in (head, base))
    then = plan(base, live, LONG_AGO, answers)
    split = attribute(made, now, then, BaseComparison(commit="c"))
    ahead = find_access_changes(head, base, CONNECTOR, live, NOW)
    words = catalog_changes(base, head, split)
    against = replace(split.against, over_time=ahead, catalog_changes=words)
    return replace(split, against=replace(against, uncommitted=("grants/Ж.yaml",)))


def about_accounts(names):
    """Lines about accounts, each of whose words names people."""
    login, hand = names[LOGINS[0]], names["hand@example.com"]
    jira = next(name for person, name in names.items() if person.startswith("jira:"))
    person, other = (
        PersonRef(id=f"00u{number}", login=each, name=f"Mx {each}", status="ACTIVE")
        for number, each in enumerate((login, hand))
    )
    source = account_ref(
        subject=jira,
        reason=f"{hand} says that {login} left",
        approved_by=(names["lead@example.com"], hand),
        requested_by=hand,
        origin=Span(f"users/{login.encode().hex()}.yaml", 2, 1),
    )
    change = account_change(
        person=person,
        source=source,
        reason=f"the file of {jira} asks for it: {source.reason}",
        held_by=("deactivations",),
    )
    blocked = blocked_account(
        source=source,
        person=person,
        candidates=(other,),
        people=(other,),
        summary=f'{hand} gave "{login}" access back',
        hint=f"ask {hand}, or add {{email: {json.dumps(login)}, id: {person.id}}}",
    )
    return change, blocked


def with_accounts(made, names):
    """The plan, which also changes accounts."""
    change, blocked = about_accounts(names)
    doubtful = replace(blocked, person=None, candidates=(change.person, *blocked.candidates))
    drift = AccountDrift(
        person=change.person, wanted=AccountState.SUSPENDED, origin=change.source.origin
    )
    return replace(
        made,
        accounts=(change,),
        blocked_accounts=(blocked, doubtful),
        account_drift=(drift,),
        withdrawn_accounts=(change,),
        released_accounts=(change,),
    )


def result(made):
    """A run that did some lines of the plan and left the others."""
    lines = [
        LineResult(change=c, outcome=Outcome.FAILED, detail=f"{c.person and c.person.login}: 403")
        for c in made.changes
    ]
    return ApplyResult(
        run="r1",
        connector=made.connector,
        org=made.org,
        sandbox=False,
        plan_digest="d" * 64,
        started_at=NOW,
        ended_at=NOW,
        lines=tuple(lines),
        left=tuple(LeftLine(change=c, why="no longer planned") for c in made.withdrawn),
        accounts=tuple(
            AccountResult(change=c, outcome=Outcome.FAILED, detail=f"{c.person.name}: 403")
            for c in made.accounts
        ),
        left_accounts=tuple(
            LeftAccount(change=c, why=f"{c.source.approved_by[0]} has to say")
            for c in made.withdrawn_accounts
        ),
        blocked_accounts=made.blocked_accounts,
        blocked=made.blocked,
        guards=made.guards,
    )


def forms(noun, level):
    """Everything that anybody reads of the noun, in one text."""
    shown = document(noun, level)
    lines = "\n".join(line.text for line in text.render(shown))
    plain = json.dumps(msgspec.to_builtins(redact(noun, level)), ensure_ascii=False)
    return "\n".join((lines, markdown.render(shown, marker="m"), plain))


@pytest.mark.parametrize("level", HIDDEN)
@given(catalogs(), catalogs(), orgs(), called())
def test_no_text_names_anybody(level, head, base, live, names):
    """Neither a plan nor a result, as text, as Markdown or as data."""
    head, base = renamed(protecting(head), names), renamed(base, names)
    seen, answers = by_hand(renamed(live, names), names["hand@example.com"])
    made = with_accounts(compared(head, base, seen, answers), names)
    bare = [name.removeprefix("jira:").strip() for name in names.values()]
    for noun in (made, result(made)):
        shown = forms(noun, level)
        assert [name for name in bare if name in shown or json.dumps(name)[1:-1] in shown] == []
        assert "says that" not in shown
        if level is Redaction.HASHED:
            known = {*seen.users, *(line.person.id for line in made.accounts)}
            assert [user for user in known if user in shown] == []


@given(catalogs(), catalogs(), orgs())
def test_everything_else_stays(head, base, live):
    """The lines are as many, and of the same groups; full is the plan itself."""
    made = with_accounts(compared(head, base, live), {name: name for name in PEOPLE})
    for level in HIDDEN:
        veiled = redact(made, level)
        assert [c.group for c in veiled.changes] == [c.group for c in made.changes]
        assert [b.code for b in veiled.blocked] == [b.code for b in made.blocked]
        assert [c.call for c in veiled.accounts] == [c.call for c in made.accounts]
        assert [c.consequences for c in veiled.accounts] == [c.consequences for c in made.accounts]
        assert [b.code for b in veiled.blocked_accounts] == [b.code for b in made.blocked_accounts]
    assert redact(made, Redaction.FULL) == made
