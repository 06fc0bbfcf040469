"""Whether somebody else took a person out after the approval."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.catalog.decode import parse_moment
from reconciler.model.approvals.review import IssueRef
from reconciler.model.catalog import Auth, Connector
from reconciler.model.directory import (
    AccountEvent,
    AccountEventKind,
    Actor,
    CredentialFacts,
    LiveState,
    MembershipEvent,
    MembershipLog,
    ReadFailure,
)
from reconciler.model.ids import Membership, SecretRef
from reconciler.model.validity import ApprovalSource, Moment
from reconciler.planning.manual_removals import (
    MembershipHistory,
    effective_at,
    find_objection,
    find_own_removal,
    find_signing_out,
    membership_history,
    warn_of_unread_log,
)
from tests.support.builders import NOW
from tests.support.nouns import (
    GROUP,
    ORG,
    change,
    codes,
    creation,
    day,
    grant_ref,
    removal,
)

JANE, OURS = "00ujane", "00usvc"
PLACE = Membership(GROUP.id, JANE)
APP = "0oaours"
BOB = Actor(id="00ubob", kind="User", login="bob@example.com", name="Bob")
US = Actor(id=OURS, kind="User", login="svc@example.com", has_token=True)
OUR_APP = Actor(id=APP, kind="PublicClientApp", client_id=APP)
BY_HAND = Actor(id=OURS, kind="User", login="svc@example.com")
OTHER_APP = Actor(id="0oaother", kind="PublicClientApp", client_id="0oaother", has_token=True)
OKTA = Actor(id="spr1", kind="SystemPrincipal", login="system@okta.com")
LATER = "2026-11-10T08:00"
FIRST = grant_ref()
ISSUE = IssueRef(key="AI-1", url="", approvers=("jira:lead",), approved_at=NOW)


def event(actor=BOB, at=LATER, *, removes=True, group=GROUP.id, user=JANE):
    """A change of jane's membership."""
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return MembershipEvent(group=group, user=user, at=instant, is_removal=removes, actor=actor)


def past(*events, cleared=()):
    """The history of these events, with us as the token's owner and as an app."""
    auth = Auth(method="private_key_jwt", secret=SecretRef(kind="env", value="KEY"), client_id=APP)
    named = Connector(id="okta-prod", type="okta", name="Okta", plan_auth=auth)
    log = MembershipLog(since=NOW - timedelta(days=90), events=events, cleared=cleared)
    return membership_history(LiveState(org=ORG, caller=OURS), named, log)


def asked(*events, grants=(FIRST,), now=NOW):
    """The code of what holds jane's addition, or None; her grant is of 1 November."""
    found = find_objection(past(*events), PLACE, grants, now)
    return found.code if found else None


def ref(approved="2026-11-01", starts=None, time=None, **more):
    """A grant as a line cites it."""
    begins = parse_moment(starts) or Moment(None)
    noun = grant_ref(**more, starts=begins.day, starts_time=begins.at)
    return replace(noun, approved_at=day(approved), approved_time=time)


@pytest.mark.parametrize(
    ("held", "actor"),
    [
        (True, BOB),
        (True, BY_HAND),
        (True, OTHER_APP),
        (True, Actor(id="00ubob", kind="User", has_token=True)),
        (True, Actor()),
        (False, US),
        (False, OUR_APP),
        (True, Actor(id="00uold", kind="User", has_token=True, name="reconciler/1.0")),
        (False, Actor(kind="User", client_id=APP)),
        (False, OKTA),
    ],
)
def test_somebody_elses_removal_after_the_approval_holds(held, actor):
    """Our token and app are us; our account by hand, other accounts, apps, the unnamed are not."""
    assert asked(event(actor)) == ("removed-by-someone" if held else None)


@pytest.mark.parametrize(
    ("code", "actor", "user", "approved"),
    [
        ("access-taken-since", US, JANE, ("2026-11-01", None)),
        ("access-taken-since", OUR_APP, JANE, ("2026-11-10", None)),
        ("access-taken-since", US, JANE, ("2026-11-10", time(7))),
        (None, US, JANE, ("2026-11-10", time(9))),
        (None, US, JANE, ("2026-11-11", None)),
        (None, BOB, JANE, ("2026-11-01", None)),
        (None, US, "00ujoe", ("2026-11-01", None)),
    ],
)
def test_whose_sessions_this_tool_ended_is_approved_anew(code, actor, user, approved):
    """It ends them where it takes the account or all access; a day without a time is in doubt."""
    at = datetime.fromisoformat(LATER).replace(tzinfo=UTC)
    clear = AccountEvent(user=user, kind=AccountEventKind.SESSIONS_CLEARED, at=at, actor=actor)
    grants = (ref("2026-10-01"), ref(approved[0], time=approved[1]))
    found = find_signing_out(past(cleared=(clear,)), JANE, grants, NOW)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("code", "events", "approved"),
    [
        ("access-taken-since", (event(US),), "2026-11-01"),
        ("access-taken-since", (event(OUR_APP),), "2026-11-10"),
        (None, (event(US),), "2026-11-11"),
        (None, (event(BOB),), "2026-11-01"),
        (None, (event(US), event(US, at="2026-11-11T08:00", removes=False)), "2026-11-01"),
        (None, (), "2026-11-01"),
    ],
)
def test_our_own_removal_after_the_approval_is_a_sign_where_it_is_asked_for(code, events, approved):
    """Where an account cannot be suspended, there may be no other."""
    found = find_own_removal(past(*events), PLACE, (ref(approved),), NOW)
    assert (found.code if found else None) == code


def test_only_the_last_change_counts():
    """Whoever was put back was put back; who was taken out again was taken out."""
    out, back = event(at="2026-11-10T08:00"), event(at="2026-11-11T08:00", removes=False)
    ours = event(US, at="2026-11-12T08:00")
    assert asked(out, back) is None
    assert asked(out, back, ours) is None
    assert asked(out, ours) is None
    assert asked(ours, back, event(at="2026-11-13T08:00")) == "removed-by-someone"


@given(st.permutations([event(), event(removes=False), event(US), event(OKTA)]))
def test_at_one_instant_the_objection_is_the_last(events):
    """Asking costs less than undoing, whatever order the log has them in."""
    assert asked(*events) == "removed-by-someone"


@pytest.mark.parametrize(
    ("held", "at"),
    [
        (False, "2026-10-31T23:59:59.999"),
        (False, "2026-11-01T00:00"),
        (False, "2026-11-01T23:59:59.999"),
        (True, "2026-11-02T00:00"),
    ],
)
def test_a_removal_on_the_day_of_the_approval_is_taken_as_before_it(held, at):
    """Removed, then approved, or confirmed, the same day: that is what people do."""
    assert asked(event(at=at)) == ("removed-by-someone" if held else None)


@pytest.mark.parametrize(
    ("held", "actor", "at"),
    [
        (True, US, "2026-11-01T07:00"),
        (True, US, "2026-11-01T08:00"),
        (True, OUR_APP, "2026-11-01T07:00"),
        (True, BY_HAND, "2026-11-01T07:00"),
        (False, BOB, "2026-11-01T07:00"),
        (False, US, "2026-10-31T23:59"),
    ],
)
def test_unless_our_own_addition_shows_that_the_approval_was_there(held, actor, at):
    """Approved, added and taken out in one day: adding them again would be a fight."""
    events = (event(actor, at=at, removes=False), event(at="2026-11-01T08:00"))
    assert asked(*events) == ("removed-by-someone" if held else None)
    assert asked(*events, grants=(ref("2026-11-02"),)) is None


@pytest.mark.parametrize(
    ("expected", "grants"),
    [
        ("2026-11-01", [ref()]),
        ("2026-11-09", [ref(), ref("2026-11-09")]),
        ("2026-11-15", [ref(starts="2026-11-15")]),
        ("2026-11-01", [ref(starts="2026-10-01")]),
        ("2026-11-01", [ref(), ref(starts="2026-11-15")]),
        ("2026-11-12", [ref(starts="2026-11-12"), ref(starts="2026-11-15")]),
        ("2026-11-20", [ref("2026-11-20"), ref(starts="2026-11-15")]),
    ],
)
def test_grants_count_from_their_latest_approval_or_from_when_access_began(expected, grants):
    """A second grant that was approved before the removal does not answer it by beginning."""
    assert day(expected) == effective_at(grants, is_early=True).date()
    assert day(expected) == effective_at(grants, is_early=False).date()


def test_a_start_at_an_instant_is_no_earlier_and_no_later():
    """Of a whole day it may have been any instant; of one that is written, that one."""
    noon = datetime(2026, 11, 15, 12, tzinfo=UTC)
    grants = [ref(starts="2026-11-15T12:00Z")]
    assert effective_at(grants, is_early=True) == noon
    assert effective_at(grants, is_early=False) == noon
    assert asked(event(at="2026-11-15T11:59"), grants=grants) is None
    assert asked(event(at="2026-11-15T12:01"), grants=grants) == "removed-by-someone"


def test_a_later_approval_and_a_later_start_answer_the_removal():
    """A plan asks that people be taken out until their grant starts; that is no objection."""
    assert asked(event(), grants=(ref("2026-11-10"),)) is None
    assert asked(event(), grants=(ref(), ref("2026-11-20"))) is None
    assert asked(event(), grants=(ref(starts="2026-11-11"),)) is None


def by_source(source, **more):
    """A grant that began with the day on which it was approved, or the next, and was read so."""
    found = ref("2026-11-10", time=time(7), starts="2026-11-10", **more)
    return replace(found, source=source, hash="h")


@pytest.mark.parametrize("source", list(ApprovalSource))
@pytest.mark.parametrize("starts", ["2026-11-10", "2026-11-09"])
def test_a_removal_after_an_approval_at_its_source_objects_on_the_same_day_too(source, starts):
    """A program writes the day on which a grant begins: the removal is no earlier than that."""
    grants = (replace(by_source(source), starts=day(starts)),)
    known = {"h": datetime(2026, 11, 10, 7, 30, tzinfo=UTC)}
    for came in ({}, known):
        assert find_objection(past(event()), PLACE, grants, NOW, came)
    assert find_objection(past(event(at="2026-11-10T06:00")), PLACE, grants, NOW, known) is None


def test_a_begin_that_was_written_after_the_removal_answers_it_for_no_issue():
    """Who may write the file is nobody who agreed; a review agreed to what it says."""
    before, after = datetime(2026, 11, 9, tzinfo=UTC), datetime(2026, 11, 12, tzinfo=UTC)
    later = {"starts": day("2026-11-15")}
    jira = replace(by_source(ApprovalSource.JIRA), **later)
    github = replace(by_source(ApprovalSource.GITHUB), **later)
    typed = replace(ref(), hash="h", issue=ISSUE, **later)

    def is_asked(grant, came):
        return find_objection(past(event()), PLACE, (grant,), NOW, came) is not None

    assert [is_asked(jira, came) for came in ({}, {"h": after}, {"h": before})] == [
        True,
        True,
        False,
    ]
    assert [is_asked(typed, came) for came in ({}, {"h": after})] == [True, True]
    assert not is_asked(github, {"h": after})


def test_other_memberships_do_not_matter():
    """Taken out of another group, or somebody else taken out of this one."""
    assert asked(event(group="00gother"), event(user="00ujoe")) is None
    assert find_objection(past(event()), None, (ref(),), NOW) is None


@pytest.mark.parametrize("log", [None, ReadFailure(code="refused", detail="403")])
def test_without_the_log_nothing_is_held(log):
    """That it could not be looked is a warning, not an objection."""
    assert membership_history(LiveState(org=ORG), None, log) == MembershipHistory()


def test_the_line_says_who_and_when_and_what_would_settle_it():
    """Both answers are ready to paste."""
    reason = find_objection(past(event()), PLACE, (ref(),), NOW)
    assert reason.summary == (
        "removed by Bob (bob@example.com) at 2026-11-10 08:00 UTC, after the approval of "
        "2026-11-01: revoke or confirm"
    )
    assert {"Bob", "bob@example.com"} < {person.login for person in reason.people}
    later = "; or confirm, by an approval of 2026-11-10T08:00:00Z or later: "
    revoke, confirm = reason.hint.split(later)
    said = yaml.safe_load(revoke.removeprefix("revoke: "))["revoked"]
    assert (said["at"], said["reason"]) == (day("2026-11-22"), "removed in Okta")
    assert yaml.safe_load(confirm)["approval"]["approved_at"] == NOW


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (ApprovalSource.JIRA, "have AI-1 approved again in Jira"),
        (ApprovalSource.GITHUB, "change the grant in a pull request, and have that approved"),
    ],
)
def test_an_approval_at_its_source_is_confirmed_there(source, words):
    """Nobody writes into the file who agreed."""
    at_source = replace(ref(), source=source)
    assert find_objection(past(event()), PLACE, (at_source,), NOW).hint.endswith(f"later: {words}")
    taken = find_own_removal(past(event(US)), PLACE, (at_source,), NOW)
    assert taken.hint.endswith(f"or approve anew: {words}")


@pytest.mark.parametrize("now", ["2026-11-10T09:00", "2026-11-11T09:00", "2026-11-22T09:00"])
@pytest.mark.parametrize("is_first_day", [True, False])
def test_the_printed_confirmation_settles_it(now, is_first_day):
    """Whoever does as the hint says finds the person added."""
    events = (event(US, at="2026-11-10T07:00", removes=False), event())
    grants = (ref("2026-11-10" if is_first_day else "2026-11-01"),)
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)
    hint = find_objection(past(*events), PLACE, grants, instant).hint
    stanza = yaml.safe_load(hint.partition("or later: ")[2])
    approved = stanza["approval"]["approved_at"]
    assert approved == instant  # nothing that has not come
    confirmed = ref(f"{approved:%Y-%m-%d}", time=approved.time())
    assert asked(*events, grants=(confirmed,), now=instant) is None


@pytest.mark.parametrize("is_ours_first", [True, False])
def test_a_confirmation_of_the_same_second_has_come_and_settles_it(is_ours_first):
    """A plan's clock is whole seconds, and the log's is not."""
    ours = (event(US, at="2026-11-10T07:00", removes=False),) if is_ours_first else ()
    events = (*ours, event(at="2026-11-10T08:00:00.700"))
    now = datetime(2026, 11, 10, 8, tzinfo=UTC)
    hint = find_objection(past(*events), PLACE, (ref(),), now).hint
    approved = yaml.safe_load(hint.partition("or later: ")[2])["approval"]["approved_at"]
    confirmed = ref(f"{approved:%Y-%m-%d}", time=approved.time())
    assert approved == now
    assert asked(*events, grants=(confirmed,), now=now) is None


@pytest.mark.parametrize(
    ("held", "approved"), [(True, "07:59"), (False, "08:00"), (False, "08:01"), (True, None)]
)
def test_an_approval_that_names_an_instant_is_before_or_after_the_removal(held, approved):
    """Added by us at seven and taken out at eight: the same day, and yet no question."""
    events = (event(US, at="2026-11-10T07:00", removes=False), event())
    at = time.fromisoformat(approved) if approved else None
    found = asked(*events, grants=(ref("2026-11-10", time=at),))
    assert found == ("removed-by-someone" if held else None)


@pytest.mark.parametrize(
    ("expected", "log", "lines"),
    [
        ([], None, [change()]),
        ([], ReadFailure(code="refused", detail="403"), []),
        ([], ReadFailure(code="refused", detail="403"), [removal(), creation()]),
        (
            ["system-log-unread"],
            ReadFailure(code="refused", detail="403"),
            [change(), change("joe")],
        ),
        (["system-log-unread"], ReadFailure(code="missing", detail="404"), [change()]),
        (["system-log-failed"], ReadFailure(code="unreachable", detail="503"), [change()]),
        (["system-log-failed"], ReadFailure(code="malformed", detail="html"), [change()]),
        ([], MembershipLog(since=NOW - timedelta(days=30)), [change(grants=(ref(),))]),
        ([], MembershipLog(since=NOW), [removal()]),
        (
            ["system-log-short"],
            MembershipLog(since=NOW - timedelta(days=20)),
            [change(grants=(ref(),)), change("joe", grants=(ref("2026-11-05"),))],
        ),
    ],
)
def test_what_could_not_be_looked_up_is_said_once(expected, log, lines):
    """A plan without the warning looked back to the approval of everybody it adds."""
    found = list(warn_of_unread_log(log, lines))
    assert expected == codes(found)
    if expected == ["system-log-short"]:
        assert "grants of 1 to be added are older" in found[0].summary


def test_a_client_id_that_is_kept_as_a_secret_is_ours_too():
    """The token that came back says who signed in."""
    credential = CredentialFacts(method="private_key_jwt", client_id="0oaours")
    found = membership_history(LiveState(org=ORG, credential=credential), None, None)
    assert found.own.apps == frozenset({"0oaours"})
