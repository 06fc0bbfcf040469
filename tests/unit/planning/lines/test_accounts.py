"""Account lines of a plan: a file meets the account it means, and all that speaks against it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from reconciler.model.accounts import AccountPart
from reconciler.model.directory import (
    AccountEvent,
    AccountEventKind,
    AccountLog,
    Actor,
    Answers,
    ReadFailure,
)
from reconciler.planning.plan_codec import digest
from reconciler.planning.refs import account_hash
from reconciler.planning.steps.assess import assess
from reconciler.planning.steps.complete import complete
from reconciler.planning.steps.questions import questions
from tests.support.builders import CONNECTOR, NOW, SERVICE, Company, user_id
from tests.support.nouns import beside, codes, planned

DESK = "it-desk@example.com"
ADMIN = "it-admins@example.com"
BREAK_GLASS = {"login": "joe@example.com", "reason": "emergency"}
UNREAD = ReadFailure(code="refused", detail="403")
OURS = Actor(id=user_id(SERVICE), has_token=True)
HAND = Actor(id="00uhand", kind="User", login="hand@example.com")
KIND = AccountEventKind


def approved(*by, at="2026-11-22T08:00Z", **more):
    """An approval an hour ago."""
    return {"ticket": "SEC-1", "approved_by": list(by or (DESK,)), "approved_at": at, **more}


def company(**jane):
    """Jane has Claude; nothing is said of her account yet."""
    made = Company().tool("claude").bind("claude").person("jane", **jane).person("joe")
    return made.granted("jane", "joe").group(GROUP, "jane", "joe").with_lifecycle()


GROUP = "AI Clearance - claude - users"


def suspended(made, name="jane", **more):
    """A file that suspends, approved an hour ago."""
    facts = {"state": "suspended", "reason": "laptop stolen", "approval": approved()}
    return made.account(name, **{**facts, **more})


def answers(*people, **more):
    """Nobody is an admin, and the log has nothing."""
    roles = {user_id(name): () for name in people or ("jane",)}
    return Answers(**{"roles": roles, "accounts": log(), **more})


def event(kind, at="2026-11-22T08:30:00+00:00", actor=HAND):
    """Something that happened to Jane's account."""
    return AccountEvent(user=user_id("jane"), kind=kind, at=datetime.fromisoformat(at), actor=actor)


def log(*events):
    """What the log has, from long before."""
    return AccountLog(since=NOW - timedelta(days=90), events=events)


def said(made):
    """Action and login of each account line, in order."""
    return [(c.action.value, c.person.login) for c in made.accounts]


def blocked(made):
    """The codes of the account lines that are asked about."""
    return codes(made.blocked_accounts)


def test_a_suspension_is_planned_with_the_end_of_the_sessions_and_what_it_means():
    """Groups stay, grants are not carried out while it is so."""
    links = {user_id("jane"): ("Claude", "Mail")}
    made = planned(suspended(company()), answers=answers(dashboards=links))
    assert said(made) == [
        ("suspend", "jane@example.com"),
        ("clear-sessions", "jane@example.com"),
    ]
    first = made.accounts[0]
    assert (first.expects, first.source.ticket) == (("SUSPENDED",), "SEC-1")
    assert first.consequences.keeps == (GROUP,)
    assert first.consequences.apps == ("Claude", "Mail")
    assert first.consequences.grants == ("claude/users",)
    assert not first.consequences.is_final
    assert [d.wanted.value for d in made.account_drift] == ["suspended"]


def test_a_group_that_the_same_plan_takes_is_not_said_to_stay():
    """Offboarding ends the grants and the account by one change."""
    made = suspended(Company().tool("claude").bind("claude").person("jane").with_lifecycle())
    made = made.ended("jane").group(GROUP, "jane")
    found = planned(made, answers=answers())
    assert [c.action.value for c in found.changes] == ["remove"]
    assert found.accounts[0].consequences.keeps == ()


def test_a_deactivation_ends_the_sessions_first_and_says_that_it_is_final():
    """A closed account has no sessions to end."""
    made = company().account(
        "jane", state="deactivated", reason="left", approval=approved(DESK, ADMIN)
    )
    found = planned(made, answers=answers())
    assert [action for action, _ in said(found)] == ["clear-sessions", "deactivate"]
    assert found.accounts[1].consequences.is_final


def test_more_than_one_deactivation_is_held_until_it_is_acknowledged():
    """Their sessions wait with them; a suspension beside goes on."""
    more = {"state": "deactivated", "reason": "left", "approval": approved(DESK, ADMIN)}
    made = company().person("zoe").account("jane", **more).account("joe", **more)
    made = suspended(made, "zoe")
    found = planned(made, answers=answers("jane", "joe", "zoe"))
    held = {(c.action.value, c.person.login) for c in found.accounts if c.held_by}
    assert held == {
        (action, f"{name}@example.com")
        for action in ("clear-sessions", "deactivate")
        for name in ("jane", "joe")
    }
    (verdict,) = found.guards
    assert (verdict.guard, len(verdict.people)) == ("deactivations", 2)
    ack = verdict.acknowledgement.replace("WHY THIS IS RIGHT", "reorganisation").replace(
        "YOUR-EMAIL", "it-lead@example.com"
    )
    again = planned(
        made.file("acknowledgements/left.yaml", ack), answers=answers("jane", "joe", "zoe")
    )
    assert not any(c.held_by for c in again.accounts)


@pytest.mark.parametrize(
    ("code", "jane", "more"),
    [
        ("account-status-unsuitable", {"status": "LOCKED_OUT"}, {}),
        ("account-status-unsuitable", {"status": "RECOVERY"}, {}),
        ("account-status-unknown", {"status": "DREAMING"}, {}),
        ("account-roles-unread", {}, {"roles": {}}),
        ("account-roles-unread", {}, {"roles": {user_id("jane"): UNREAD}}),
        ("account-admin", {}, {"roles": {user_id("jane"): ("HELP_DESK_ADMIN",)}}),
        ("account-log-unread", {"changed": NOW}, {"accounts": UNREAD}),
        ("account-log-short", {"changed": NOW}, {"accounts": AccountLog(since=NOW)}),
        (
            "account-given-back",
            {"changed": NOW},
            {"accounts": log(event(KIND.UNSUSPENDED))},
        ),
        ("account-log-behind", {"changed": NOW}, {"accounts": log()}),
        (
            "account-newer-than-approval",
            {"activated": NOW, "changed": NOW},
            {"accounts": log(event(KIND.LOCKED, NOW.isoformat()))},
        ),
    ],
)
def test_a_doubt_holds_a_suspension(code, jane, more):
    """Each for its own reason, and with what would settle it."""
    made = planned(suspended(company(**jane)), answers=answers(**more))
    assert (said(made), blocked(made)) == ([], [code])
    assert made.blocked_accounts[0].hint
    assert made.blocked_accounts[0].source.origin is not None


@pytest.mark.parametrize(
    ("actor", "asked"),
    [
        (HAND, ["account-given-back"]),
        (OURS, ["account-given-back"]),
        (Actor(id="sys", kind="SystemPrincipal"), []),
    ],
)
def test_what_was_given_back_since_is_not_taken_again(actor, asked):
    """Not even where it was by this tool: on call, or at the end of a suspension."""
    answer = answers(accounts=log(event(KIND.UNSUSPENDED, NOW.isoformat(), actor)))
    assert blocked(planned(suspended(company(changed=NOW)), answers=answer)) == asked


@pytest.mark.parametrize(
    ("code", "made"),
    [
        (
            "account-protected",
            company().with_settings(
                protected=[{"login": "joe@example.com", "reason": "emergency"}]
            ),
        ),
        ("account-ours", company()),
        ("account-canary", company()),
    ],
)
def test_protected_people_are_refused(code, made):
    """Break-glass accounts, the credential's owner and the canary; `validate` may say so before."""
    who = {"account-protected": "joe", "account-ours": "svc", "account-canary": "canary"}[code]
    catalog = suspended(made, "jane").catalog()
    declared = replace(catalog.accounts[0], subject=f"{who}@example.com")
    live = replace(made.live(), caller=user_id(SERVICE))
    assessed = assess(replace(catalog, accounts=(declared,)), CONNECTOR, live, beside())
    assert blocked(complete(assessed, answers(who))) == [code]


def test_a_connector_without_lifecycle_plans_and_asks_nothing():
    """Not one question more than without the file."""
    catalog = suspended(company()).catalog()
    off = {key: replace(each, lifecycle=False) for key, each in catalog.connectors.items()}
    assessed = assess(replace(catalog, connectors=off), CONNECTOR, company().live(), beside())
    assert questions(assessed).is_empty


@pytest.mark.parametrize("lifecycle", [True, False])
def test_ended_sessions_are_asked_about_only_where_accounts_may_be_changed(lifecycle):
    """Elsewhere the question to the log is that of memberships alone."""
    made = company().group(GROUP, "joe")
    catalog = made.catalog()
    each = {k: replace(c, lifecycle=lifecycle) for k, c in catalog.connectors.items()}
    asked = questions(assess(replace(catalog, connectors=each), CONNECTOR, made.live(), beside()))
    assert asked.log.sessions is lifecycle


def test_a_state_that_is_so_already_asks_nothing():
    """Weeks after a suspension a plan costs not one request for it."""
    made = suspended(company(status="SUSPENDED"))
    assert questions(assess(made.catalog(), CONNECTOR, made.live(), beside())).is_empty
    assert planned(made).accounts == ()
    assert planned(made).account_drift == ()


def test_a_first_suspension_asks_for_roles_and_apps_and_not_for_the_log():
    """Nothing has changed since the approval, so nobody gave it back."""
    made = suspended(company())
    asked = questions(assess(made.catalog(), CONNECTOR, made.live(), beside()))
    assert (asked.accounts, asked.roles) == (None, (user_id("jane"),))
    assert asked.dashboards == (user_id("jane"),)


def test_a_run_that_was_stopped_before_the_sessions_ended_is_finished():
    """The suspension is there, by us, and the log shows no end of the sessions."""
    changed = NOW - timedelta(hours=1)
    made = suspended(company(status="SUSPENDED", changed=changed))
    ours = event(KIND.SUSPENDED, changed.isoformat(), OURS)
    found = planned(made, answers=answers(accounts=log(ours)))
    assert said(found) == [("clear-sessions", "jane@example.com")]
    cleared = event(KIND.SESSIONS_CLEARED, NOW.isoformat(), OURS)
    assert planned(made, answers=answers(accounts=log(ours, cleared))).accounts == ()


@pytest.mark.parametrize(
    ("line", "code", "actor"),
    [
        ([("unsuspend", "jane@example.com")], [], OURS),
        ([], ["account-suspended-by-other"], HAND),
    ],
)
def test_the_end_of_a_suspension_ends_only_ours(line, code, actor):
    """One that another admin set stays, and is asked about."""
    changed = NOW - timedelta(days=10)
    made = suspended(
        company(status="SUSPENDED", changed=changed),
        until="2026-11-20",
        approval=approved(at="2026-11-12"),
    )
    answer = answers(accounts=log(event(KIND.SUSPENDED, changed.isoformat(), actor)))
    found = planned(made, answers=answer)
    assert (said(found), blocked(found)) == (line, code)


def test_a_mapping_of_a_login_that_another_person_has_is_asked_about():
    """As of a grant: whoever was there at the approval may be meant."""
    made = suspended(company()).file(
        "identities/x.yaml", {"email": "jane@example.com", "okta": {"login": "joe@example.com"}}
    )
    found = planned(made, answers=answers("jane", "joe"))
    assert (said(found), blocked(found)) == ([], ["subject-ambiguous"])
    assert {c.login for c in found.blocked_accounts[0].candidates} == {
        "jane@example.com",
        "joe@example.com",
    }


@pytest.mark.parametrize(
    ("at", "given"),
    [
        ("2026-11-21T08:00:00+00:00", ()),
        ("2026-11-15T08:00:00+00:00", ("2026-11-14T08:00:00+00:00",)),
    ],
)
def test_a_suspension_that_was_made_anew_is_not_ended_by_an_old_file(at, given):
    """On call, after the end or after it was given back: a later decision, which is asked about."""
    made = suspended(
        company(status="SUSPENDED", changed=datetime.fromisoformat(at)),
        until="2026-11-20",
        approval=approved(at="2026-11-12"),
    )
    events = [event(KIND.SUSPENDED, at, OURS)]
    events += [event(KIND.UNSUSPENDED, each) for each in given]
    found = planned(made, answers=answers(accounts=log(*events)))
    assert (said(found), blocked(found)) == ([], ["account-suspended-since"])


def test_two_files_that_mean_one_account_are_both_asked_about():
    """By its login and by its address; `validate` sees two names."""
    made = company(email="j.doe@example.com").with_settings(
        identity={"match": ["mapping", "login", "email"]}
    )
    made = suspended(made).group(GROUP, "joe")
    made = suspended(made, "j.doe@example.com", state="active")
    found = planned(made, answers=answers())
    assert (said(found), blocked(found)) == ([], ["account-declared-twice"] * 2)
    assert (found.changes, codes(found.blocked)) == ((), ["person-declared-suspended"])


@pytest.mark.parametrize(
    ("status", "by", "line", "code"),
    [
        ("SUSPENDED", DESK, [("unsuspend", "jane@example.com")], []),
        ("DEPROVISIONED", ADMIN, [("reactivate", "jane@example.com")], []),
        ("DEPROVISIONED", DESK, [], ["account-approval-insufficient"]),
        ("ACTIVE", DESK, [], []),
        ("LOCKED_OUT", DESK, [], []),
        ("PROVISIONED", DESK, [], []),
    ],
)
def test_a_state_that_gives_back_acts_by_a_later_approval(status, by, line, code):
    """A closed account comes back by an admin's word alone."""
    made = company(status=status).account(
        "jane", state="active", reason="back", approval=approved(by)
    )
    found = planned(made, answers=answers())
    assert (said(found), blocked(found)) == (line, code)


@pytest.mark.parametrize(
    ("code", "at"),
    [("account-changed-later", "2026-11-20"), ("account-approval-day", "2026-11-22")],
)
def test_an_approval_that_may_be_older_gives_nothing_back(code, at):
    """What was decided after the file stands."""
    made = company(status="SUSPENDED", changed=NOW - timedelta(hours=3))
    made = made.account("jane", state="active", reason="back", approval=approved(at=at))
    assert blocked(planned(made, answers=answers())) == [code]


def request(asked="2026-11-22T08:00:00Z", by=DESK, **more):
    """A request of an hour ago."""
    return {"requested_at": asked, "reason": "called in", "approval": approved(by, **more)}


@pytest.mark.parametrize(
    ("part", "status", "action"),
    [
        ("unlock", "LOCKED_OUT", "unlock"),
        ("password_reset", "ACTIVE", "reset-password"),
        ("password_reset", "RECOVERY", "reset-password"),
    ],
)
def test_a_request_is_planned_once(part, status, action):
    """A reset that is asked for again in RECOVERY sends the mail again."""
    made = company(status=status).account("jane", **{part: request()})
    assert said(planned(made, answers=answers())) == [(action, "jane@example.com")]
    later = made
    done = {"unlock": KIND.UNLOCKED_BY_ADMIN, "password_reset": KIND.PASSWORD_RESET}[part]
    after = company(status="ACTIVE", changed=NOW).account("jane", **{part: request()})
    answer = answers(accounts=log(event(done, NOW.isoformat(), OURS)))
    assert planned(after, answers=answer).accounts == ()
    assert blocked(planned(after, answers=answer)) == []
    lapsed = replace(later, now=NOW + timedelta(hours=25))
    assert blocked(planned(lapsed, answers=answers())) == ["account-request-lapsed"]
    assert blocked(planned(replace(later, now=NOW + timedelta(days=8)), answers=answers())) == []


def test_who_is_locked_out_and_forgot_the_password_is_unlocked_first():
    """A reset may end the lock, and then Okta refuses to unlock."""
    made = company(status="LOCKED_OUT").account("jane", unlock=request(), password_reset=request())
    assert [action for action, _ in said(planned(made, answers=answers()))] == [
        "unlock",
        "reset-password",
    ]


def test_a_request_lapses_by_its_merge_where_git_tells_it():
    """Two days in review cost it nothing."""
    made = company().account("jane", password_reset=request("2026-11-19T08:00:00Z"))
    assert blocked(planned(made, answers=answers())) == []
    key = account_hash(made.catalog().accounts[0], AccountPart.PASSWORD_RESET)
    found = planned(made, answers=answers(), merged_at={key: NOW - timedelta(hours=1)})
    assert said(found) == [("reset-password", "jane@example.com")]


@pytest.mark.parametrize(
    ("code", "jane", "more"),
    [
        ("account-request-early", {}, {"unlock": request("2026-11-22T10:00:00Z")}),
        ("account-locked-again", {"status": "LOCKED_OUT", "changed": NOW}, {"unlock": request()}),
        (
            "account-status-unknown",
            {"status": "LOCKED_OUT", "changed": None},
            {"unlock": request()},
        ),
        ("account-request-unclear", {"changed": NOW}, {"password_reset": request()}),
        ("account-status-unsuitable", {"status": "SUSPENDED"}, {"unlock": request()}),
        ("account-password-elsewhere", {"provider": "FEDERATION"}, {"password_reset": request()}),
        (
            "account-password-elsewhere",
            {"provider": "LDAP", "status": "LOCKED_OUT"},
            {"unlock": request()},
        ),
    ],
)
def test_a_request_that_cannot_be_carried_out_says_why(code, jane, more):
    """And what to do instead."""
    found = planned(company(**jane).account("jane", **more), answers=answers(accounts=log()))
    assert (said(found), blocked(found)) == ([], [code])


@pytest.mark.parametrize("state", ["suspended", "active"])
def test_an_approval_that_is_yet_to_come_counts_for_nothing(state):
    """It would be later than whatever is decided until then."""
    made = suspended(company(status="SUSPENDED"), state=state, approval=approved(at="2026-11-23"))
    catalog = replace(made, now=NOW + timedelta(days=2)).catalog()
    assessed = assess(catalog, CONNECTOR, made.live(), beside())
    assert blocked(complete(assessed, answers())) == ["account-approval-early"]


def test_a_request_beside_a_suspension_is_a_contradiction():
    """One file cannot want both."""
    made = suspended(company(status="LOCKED_OUT"), unlock=request())
    assert "account-request-contradicts" in blocked(planned(made, answers=answers()))
    old = suspended(company(), password_reset=request("2026-10-01T08:00:00Z", at="2026-10-01"))
    assert blocked(planned(old, answers=answers())) == []


def test_a_person_whom_a_file_suspends_is_added_to_nothing():
    """Whatever becomes of the account itself."""
    made = suspended(company(status="LOCKED_OUT")).group(GROUP, "joe")
    found = planned(made, answers=answers())
    assert (found.changes, codes(found.blocked)) == ((), ["person-declared-suspended"])


def test_a_person_whose_suspension_this_plan_ends_is_added_by_it():
    """The executor waits until the account is seen."""
    made = company(status="SUSPENDED").group(GROUP, "joe")
    made = made.account("jane", state="active", reason="back", approval=approved())
    found = planned(made, answers=answers())
    assert [c.action.value for c in found.changes] == ["add"]
    assert codes(planned(made, answers=Answers()).blocked_accounts) == ["account-roles-unread"]
    assert codes(planned(made, answers=Answers()).blocked) == ["person-suspended"]


def test_sessions_end_also_where_another_admin_was_faster_with_the_suspension():
    """It was agreed to; one of before the approval is another decision."""
    changed = NOW - timedelta(minutes=20)
    made = suspended(company(status="SUSPENDED", changed=changed))
    answer = answers(accounts=log(event(KIND.SUSPENDED, changed.isoformat(), HAND)))
    assert said(planned(made, answers=answer)) == [("clear-sessions", "jane@example.com")]
    before = NOW - timedelta(hours=3)
    made = suspended(company(status="SUSPENDED", changed=before))
    answer = answers(accounts=log(event(KIND.SUSPENDED, before.isoformat(), HAND)))
    assert planned(made, answers=answer).accounts == ()


def test_an_unlock_of_the_same_file_is_no_doubt_about_its_reset():
    """A run that was stopped in between is finished; a lock of later is another matter."""
    asks = {"unlock": request(), "password_reset": request()}
    made = company(changed=NOW).account("jane", **asks)
    ours = event(KIND.UNLOCKED_BY_ADMIN, NOW.isoformat(), OURS)
    found = planned(made, answers=answers(accounts=log(ours)))
    assert said(found) == [("reset-password", "jane@example.com")]
    locked = event(KIND.LOCKED, (NOW - timedelta(minutes=1)).isoformat())
    found = planned(made, answers=answers(accounts=log(locked, ours)))
    assert blocked(found) == ["account-request-unclear"]


def test_of_several_orgs_one_that_does_not_know_the_person_says_so():
    """Else a mistyped name would be silent everywhere."""
    made = suspended(company(), "nobody")
    catalog = made.catalog()
    (mine,) = catalog.connectors.values()
    several = {mine.id: mine, "other": replace(mine, id="other")}
    assessed = assess(replace(catalog, connectors=several), CONNECTOR, made.live(), beside())
    found = complete(assessed, answers())
    assert blocked(found) == []
    assert "account-not-here" in codes(found.warnings)


def test_the_digest_covers_who_and_what_and_who_agreed():
    """Words and places stand aside; another approver is another plan."""
    one = planned(suspended(company()), answers=answers())
    words = planned(suspended(company(), reason="other words"), answers=answers())
    other = planned(suspended(company(), approval=approved(ADMIN)), answers=answers())
    none = planned(company())
    assert len({digest(one), digest(other), digest(none)}) == 3
    assert digest(one) == digest(words)
