"""People go by another name: the same one in every place, and nothing else changes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Span
from reconciler.model.directory import (
    AccountEvent,
    AccountEventKind,
    AccountLog,
    Actor,
    Answers,
    DirectoryGroup,
    LiveState,
)
from reconciler.model.outcome import LeftAccount, LeftLine
from reconciler.model.plan import Blocked, PersonRef, PlanWarning
from reconciler.planning.plan_codec import digest
from reconciler.planning.refs import cite_names
from reconciler.planning.steps.assess import assess
from reconciler.planning.steps.complete import complete
from reconciler.render.plan import plan_document
from reconciler.render.pseudonyms import Redaction, document, redact
from tests.support.account_lines import ENDED, account_change, account_ref
from tests.support.builders import CONNECTOR, Company, user_id
from tests.support.nouns import (
    GROUP,
    ORG,
    beside,
    binding,
    grant,
    grant_ref,
    plan,
    planned,
    removal,
    review_ref,
    tool,
    user,
)
from tests.support.samples import FULL, RESULT

HIDDEN = [Redaction.IDS, Redaction.HASHED]


def doubt(**more):
    """A grant that may be two people's."""
    return Blocked(
        code="subject-ambiguous",
        summary='"jo" is the email of 2 people: a@x.io (00ua, ACTIVE), b c@x.io (00ub, ACTIVE)',
        hint='say who in identities/, for example {email: "jo", okta: {login: "a@x.io", id: 00ua}}',
        group=GROUP,
        tool="claude",
        entitlement="users",
        person=PersonRef(id=None, login="jo"),
        candidates=(PersonRef(id="00ua", login="a@x.io"), PersonRef(id="00ub", login="b c@x.io")),
        **more,
    )


def test_full_is_the_plan_as_it_is():
    """No copy, no change, no remark."""
    assert plan_document(FULL) == document(FULL, Redaction.FULL)


@pytest.mark.parametrize("level", HIDDEN)
def test_the_digest_is_the_whole_plans(level):
    """It is compared with the saved file's."""
    assert document(FULL, level).closing == plan_document(FULL).closing


def test_by_id_a_person_is_an_id_wherever_they_are_named():
    """In a summary as in a row, and in what is to be copied; who has no id has a hash."""
    line = redact(plan(blocked=(doubt(),)), Redaction.IDS).blocked[0]
    assert line.candidates[1] == PersonRef(id="00ub", login="person")
    assert line.person.login.startswith("p-")
    assert line.summary == (
        f'"{line.person.login}" is the email of 2 people: 00ua (00ua, ACTIVE), 00ub (00ub, ACTIVE)'
    )
    assert line.hint == (
        "say who in identities/, for example "
        f'{{email: "{line.person.login}", okta: {{login: "00ua", id: 00ua}}}}'
    )


def test_a_hash_is_the_same_in_every_plan_of_an_org_and_another_in_another():
    """A reviewer may follow a person through plans, but not through companies."""
    here = redact(plan(removal("jane")), Redaction.HASHED).changes[0].person
    again = redact(FULL, Redaction.HASHED).ending[0].person
    there = redact(plan(removal("jane"), org=replace(ORG, id="00oelse")), Redaction.HASHED)
    assert here.id == again.id != there.changes[0].person.id


def test_ids_that_differ_in_case_are_two_people():
    """Okta's ids do."""
    lines = [removal("aB"), removal("Ab")]
    lines = [replace(c, person=replace(c.person, login=f"{n}@x.io")) for n, c in enumerate(lines)]
    made = redact(plan(*lines), Redaction.IDS)
    assert [c.person.id for c in made.changes] == ["00uaB", "00uAb"]


def test_why_a_grant_was_revoked_is_left_out():
    """Nobody knows whom a free sentence names."""
    ended = grant_ref(revoked_by="lead@example.com", revoked_because="Jane Roe: left")
    reason = "revoked 2026-11-16 by lead@example.com: Jane Roe: left"
    line = removal("jane", reason=reason, grants=(ended,))
    (change,) = redact(plan(line), Redaction.IDS).changes
    assert change.reason.startswith("revoked 2026-11-16 by p-")
    assert "Jane" not in change.reason


@pytest.mark.parametrize("level", HIDDEN)
def test_whom_words_speak_of_besides_is_hidden_too(level):
    """Protected people, the canary, required members, and the place of somebody's file."""
    place = Span("acknowledgements/boss.yaml", 1, 1)
    warnings = (
        PlanWarning(
            code="protected-missing",
            summary="root, svc boss is protected but nobody",
            people=cite_names(["root", "svc boss"]),
        ),
        PlanWarning(code="acknowledgement-expired", summary=f"that at {place}", origin=place),
    )
    verdict = replace(
        FULL.guards[0],
        figures="odd one, required here, may be any of the people",
        named=cite_names(["odd one"]),
    )
    made = redact(plan(warnings=warnings, guards=(verdict,)), level)
    text = " ".join([w.summary for w in made.warnings] + [g.figures for g in made.guards])
    assert [n for n in ("root", "boss", "odd one") if n in text] == []
    assert made.warnings[1].origin is None


def test_only_a_lines_own_people_go_from_its_words():
    """Whoever is called like a word must not blot it out everywhere."""
    named = PlanWarning(code="c", summary="the id decides", people=cite_names(["the"]))
    other = PlanWarning(code="c", summary="the id decides")
    made = redact(plan(warnings=(named, other)), Redaction.IDS)
    assert made.warnings[0].summary.startswith("p-")
    assert made.warnings[1].summary == "the id decides"


def test_a_bindings_name_is_no_address():
    """It has an @ in it, and names nobody."""
    made = redact(
        plan(warnings=(PlanWarning(code="c", summary="claude/users@okta-prod a"),)), HIDDEN[0]
    )
    assert made.warnings[0].summary == "claude/users@okta-prod a"


@pytest.mark.parametrize(("level", "first"), [(HIDDEN[0], "guard: "), (HIDDEN[1], "# not to be")])
def test_an_acknowledgement_names_nobody_and_says_when_it_is_no_use(level, first):
    """By id it still works; by hash it would not, and says so."""
    file = redact(FULL, level).guards[0].acknowledgement
    assert file.startswith(first)
    assert "example.com" not in file
    assert ("  - 00ujoe " in file) is (level is Redaction.IDS)


@pytest.mark.parametrize("level", HIDDEN)
def test_a_result_is_redacted_as_a_plan_is(level):
    """Its lines, and the words of those that were left."""
    left = (LeftLine(change=removal("eve"), why="eve@example.com is back"),)
    made = redact(replace(RESULT, left=left), level)
    assert "example.com" not in str(made)
    assert document(RESULT, level).facts[-1].name == "people"


def test_a_subject_and_an_approver_who_are_known_go_by_their_id():
    """One person, one word."""
    ref = grant_ref(subject="Jane@example.com", approved_by=("jane@example.com", "boss@x.io"))
    (change,) = redact(plan(removal("jane", grants=(ref,))), Redaction.IDS).changes
    assert (change.grants[0].subject, change.grants[0].approved_by[0]) == ("00ujane", "00ujane")
    assert digest(plan(change)) == digest(plan(removal("jane", grants=(ref,))))


@pytest.mark.parametrize("level", HIDDEN)
def test_a_reviewer_is_named_no_more_than_an_approver(level):
    """Neither where the review is cited, nor where it says why it does not count."""
    cited = grant_ref(approval="verified", review=review_ref("Octo-Lead"))
    why = grant_ref(
        "1a",
        why_claimed="that of @octo-lead is by its author; @acme/leads is hidden",
        names=("octo-lead", "@acme/leads"),
    )
    made = plan(removal("joe", grants=(cited, why)))
    shown = str(document(made, level)) + str(redact(made, level))
    assert "octo" not in shown.lower()
    assert "leads" not in shown
    assert "https://x/1" in shown


@pytest.mark.parametrize("level", HIDDEN)
def test_a_login_that_is_no_address_goes_from_warnings_too(level):
    """Of a leaver who is a member still, and of somebody whom a rule keeps after the end."""
    left = user("left", "DEPROVISIONED", login="svc boss")
    kept = user("kept", login="the.a")
    live = LiveState(
        org=ORG,
        groups={GROUP.id: DirectoryGroup(id=GROUP.id, name=GROUP.name, type="OKTA_GROUP")},
        members={GROUP.id: frozenset({left.id, kept.id})},
        rule_fed={GROUP.id: frozenset({kept.id})},
        users={left.id: left, kept.id: kept},
    )
    grants = (
        replace(grant("x"), subject=left.login),
        replace(grant("x", expires="2026-11-15"), subject=kept.login),
    )
    catalog = Catalog(tools={"claude": tool()}, bindings=(binding(),), grants=grants)
    made = complete(assess(catalog, CONNECTOR, live, beside()))
    assert {"leaver", "rule-keeps-ended"} <= {w.code for w in made.warnings}
    shown = str(document(made, level))
    assert [n for n in (left.login, kept.login) if n in shown] == []


@pytest.mark.parametrize("level", HIDDEN)
def test_why_an_account_is_changed_is_left_out_and_who_asked_is_an_alias(level):
    """The file's own words may name anybody, and may stand in the line's words too."""
    source = account_ref(
        None, reason="Jane Roe: left", requested_by="desk@example.com", approved_by=("boss",)
    )
    change = account_change(reason="on call: Jane Roe: left", source=source)
    made = redact(plan(accounts=(change,)), level)
    (line,) = made.accounts
    assert (line.source.reason, line.reason) == ("", "on call: …")
    assert line.source.requested_by.startswith("p-")
    assert line.consequences == change.consequences
    assert [n for n in ("Jane", "desk", "boss") if n in str(made)] == []


@pytest.mark.parametrize("level", HIDDEN)
def test_a_result_about_accounts_is_redacted_as_a_plan_is(level):
    """Its lines, those that were left, and those that are blocked."""
    made = redact(ENDED, level)
    assert "example.com" not in str(made)
    assert [line.status for line in made.accounts] == [line.status for line in ENDED.accounts]
    assert [line.why for line in made.left_accounts] == ["it unlocked by itself"]


HAND = Actor(id="00uhand", kind="User", login="hand@example.com", name="Hand Y")
ASKED = {
    "requested_at": "2026-11-22T08:10Z",
    "reason": "forgot it",
    "approval": {"ticket": "S-1", "approved_by": ["desk@x.io"], "approved_at": "2026-11-22T08:00Z"},
}


@pytest.mark.parametrize("level", HIDDEN)
@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("ACTIVE", {"password_reset": ASKED}),
        ("ACTIVE", {"state": "suspended", **{k: ASKED[k] for k in ("reason", "approval")}}),
        ("SUSPENDED", {"state": "active", **{k: ASKED[k] for k in ("reason", "approval")}}),
    ],
)
@pytest.mark.parametrize("kind", AccountEventKind)
def test_what_happened_to_an_account_names_nobody(level, status, said, kind):
    """Neither the admin who did it, nor the person, nor the place of their file."""
    at = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
    event = AccountEvent(user=user_id("jane"), kind=kind, at=at, actor=HAND)
    company = Company().tool("claude").bind("claude").person("jane", status=status)
    company = company.granted("jane").with_lifecycle().account("jane", **said)
    log = AccountLog(since=datetime(2026, 9, 1, tzinfo=UTC), events=(event,))
    made = planned(company, answers=Answers(roles={user_id("jane"): ()}, accounts=log))
    shown = str(redact(made, level)) + str(document(made, level))
    assert [n for n in ("hand@", "Hand Y", "jane", "desk@") if n in shown] == []


@pytest.mark.parametrize("level", HIDDEN)
def test_why_a_line_about_an_account_was_left_names_nobody(level):
    """Also those whom only the newest file names."""
    left = LeftAccount(
        change=account_change(), why="approved_by is new@x.io", people=cite_names(["new@x.io"])
    )
    (line,) = redact(replace(ENDED, left_accounts=(left,)), level).left_accounts
    assert "new@x.io" not in line.why
