"""Somebody took a person out after the approval: that is an answer, and no run fights it."""

import asyncio
import re
from dataclasses import replace

import httpx
import pytest
import yaml

from reconciler import __version__
from reconciler.okta.api.system_log import MOST_PAGES
from reconciler.sandbox import Fault, Rule, Token
from tests.support.builders import NOW, Company, group_id, group_name, user_id
from tests.support.harness import Office, Rehearsal, blocked, changes, outcomes
from tests.support.repository import committed, git

pytestmark = pytest.mark.slow

COMPANY = Company().tool().bind("amy", "bob").granted("amy", "bob", "cid").person("dee")
"""Amy and bob are members and granted; cid is granted and is to be added."""
LOGS = "/api/v1/logs"
HELD = ("removed-by-someone", "claude/users", "bob")
TODAY = NOW.date().isoformat()


def by_hand(office, *moves, group=None):
    """`-bob` takes bob out in the console, `+bob` puts him in."""
    with office.org() as org:
        for move in moves:
            write = org.remove_member if move.startswith("-") else org.add_member
            assert write(group or group_name(), f"{move[1:]}@example.com")


def approved(*names, at="2026-11-01", **more):
    """The company with grants for these, approved on that day."""
    approval = {"ticket": "AI-7", "approved_by": "lead@example.com", "approved_at": at}
    base = Company().tool().bind("amy", "bob").granted("amy").person("dee")
    return base.granted(*names, approval=approval, **more)


def warned(made):
    """The codes of the plan's warnings."""
    return [warning["code"] for warning in made["warnings"]]


@pytest.fixture
def office(tmp_path):
    """The company; an admin has taken bob out today."""
    found = Office(tmp_path, COMPANY)
    by_hand(found, "-bob")
    return found


def test_the_removed_one_is_held_and_the_others_are_added(office):
    """The line names who did it, and the run ends as one that needs a person."""
    made = office.plan()
    assert changes(made) == ["add cid claude/users"]
    assert blocked(made) == [HELD]
    assert re.match(
        r"removed by Org Admin \(admin@acme.okta.com\) at 2026-11-22 09:0\d UTC, after the "
        r"approval of 2026-11-01: revoke or confirm$",
        made["blocked"][0]["summary"],
    )
    assert [d["person"]["login"] for d in made["drift"]["missing"]] == [
        "bob@example.com",
        "cid@example.com",
    ]
    assert office.apply().code == 4
    assert office.members() == {"amy", "cid"}
    assert office.run("--sandbox", "plan", "--detailed-exitcode").code == 4


def test_both_answers_are_printed_and_work(office):
    """Revoked, nothing is left to do; confirmed today, the person is added."""
    _, _, hint = office.run("--sandbox", "plan").out.partition("hint: revoke: ")
    revoke, _, confirm = hint.splitlines()[0].partition("; or confirm, by an approval of ")
    revoked = yaml.safe_load(revoke)["revoked"]
    approval = yaml.safe_load(confirm.partition(" or later: ")[2])["approval"]
    assert revoked.pop("by") == approval.pop("approved_by") == "YOUR-EMAIL"
    revoked["by"] = approval["approved_by"] = "lead@example.com"
    approval["approved_at"] = f"{approval['approved_at']:%Y-%m-%dT%H:%M:%SZ}"

    office.write(approved("bob", revoked=revoked))
    made = office.plan()
    assert (changes(made), made["blocked"]) == ([], [])
    office.write(approved("bob").grant("bob", approval=approval))
    made = office.plan()
    assert (changes(made), made["blocked"]) == (["add bob claude/users"], [])
    assert office.apply().code == 0
    assert office.members() == {"amy", "bob"}


def test_somebody_who_was_put_back_and_left_otherwise_is_not_held(tmp_path):
    """Only the last change counts; a removal before the approval never did."""
    office = Office(tmp_path, approved("bob"))
    by_hand(office, "-bob", "+bob", "-bob")
    assert blocked(office.plan()) == [HELD]
    by_hand(office, "+bob")
    assert office.plan()["blocked"] == []
    by_hand(office, "-bob")
    office.write(approved("bob", at=TODAY))
    assert changes(office.plan()) == ["add bob claude/users"]


def test_taken_out_again_on_the_day_it_was_confirmed_is_held_again(tmp_path):
    """Our own addition of that day shows that the removal came after the approval."""
    office = Office(tmp_path, approved("bob", at=TODAY))
    by_hand(office, "-bob")
    office.plan()
    assert office.apply().code == 0
    by_hand(office, "-bob")
    made = office.plan()
    assert blocked(made) == [HELD]
    _, _, confirm = made["blocked"][0]["hint"].partition(" or later: ")
    again = yaml.safe_load(confirm)["approval"]["approved_at"]
    assert again.date() == NOW.date()
    office.write(approved("bob", at=f"{again:%Y-%m-%dT%H:%M:%SZ}"))
    assert changes(office.plan()) == ["add bob claude/users"]


def test_our_own_removal_never_holds(tmp_path):
    """A grant ended, and we took bob out; a new grant was approved before that, and begins now."""
    office = Office(tmp_path, Company().tool().bind("amy", "bob").granted("amy").ended("bob"))
    office.plan()
    assert office.apply().code == 0
    assert office.events() == [("remove", "bob")]
    office.write(approved("bob"))
    made = office.plan()
    assert (changes(made), made["blocked"]) == (["add bob claude/users"], [])
    assert office.apply().code == 0


def test_a_removal_by_another_program_that_calls_itself_by_our_name_holds(tmp_path):
    """Anybody can send a User-Agent; whose token it was, Okta says."""
    world = COMPANY.world()
    tokens = (*world.tokens, Token(name="other", owner="dee@example.com", value="00other-token"))
    office = Office(tmp_path, COMPANY, world=replace(world, tokens=tokens))
    path = f"https://acme.okta.com/api/v1/groups/{group_id(group_name())}/users/{user_id('bob')}"
    named = {"User-Agent": f"reconciler/{__version__}", "Authorization": "SSWS 00other-token"}
    with office.org() as org:

        async def remove():
            async with httpx.AsyncClient(transport=org.transport()) as client:
                return await client.delete(path, headers=named)

        assert asyncio.run(remove()).status_code == 204
    assert blocked(office.plan()) == [HELD]


def test_being_taken_out_before_the_grant_begins_is_no_objection(tmp_path):
    """A plan itself asks for it: `present-before-start`."""
    office = Office(tmp_path, approved("bob", starts="2026-11-23"))
    assert [line["code"] for line in office.plan()["blocked"]] == ["present-before-start"]
    by_hand(office, "-bob")
    assert changes(office.plan("--as-of", "2026-11-23")) == ["add bob claude/users"]


def test_a_removal_from_another_group_is_no_objection_to_this_one(tmp_path):
    """Each membership has its own past."""
    company = approved("bob", "dee").group("Other", "dee")
    office = Office(tmp_path, company)
    by_hand(office, "-dee", group="Other")
    assert changes(office.plan()) == ["add dee claude/users"]


def test_a_hand_that_takes_out_whom_a_rule_put_there_objects_all_the_same(tmp_path):
    """Okta excludes fay from the rule; adding her by name would go behind the admin's back."""
    fed = Company().tool().bind("amy").granted("amy", "fay").rule("R", group_name(), "fay")
    office = Office(tmp_path, fed)
    by_hand(office, "-fay")
    assert blocked(office.plan()) == [("removed-by-someone", "claude/users", "fay")]


def test_whom_a_rule_takes_out_is_added_as_git_says(tmp_path):
    """Fay left another group, and so the rule took her out: no person decided on this access."""
    company = approved("fay").group("Feeder", "fay")
    feeding = f'isMemberOfGroup("{group_id("Feeder")}")'
    rule = Rule(name="R", expression=feeding, groups=(group_name(),))
    office = Office(tmp_path, company, world=replace(company.world(), rules=(rule,)))
    assert (office.plan()["changes"], office.members()) == ([], {"amy", "bob", "fay"})
    by_hand(office, "-fay", group="Feeder")
    assert office.members() == {"amy", "bob"}
    made = office.plan()
    assert (changes(made), made["blocked"]) == (["add fay claude/users"], [])


def test_a_removal_after_the_review_leaves_the_reviewed_line_with_its_reason(tmp_path):
    """Apply looks again: cid came and was sent away since."""
    office = Office(tmp_path, COMPANY)
    assert changes(office.plan()) == ["add cid claude/users"]
    by_hand(office, "+cid", "-cid")
    ran = office.apply()
    assert ran.code == 4
    assert outcomes(office.result(ran)) == {}
    (left,) = office.result(ran)["left"]
    assert "now blocked: removed by Org Admin" in left["why"]
    assert "Org Admin" in [person["login"] for person in left["people"]]
    (path,) = re.findall(r"^result: (.+)$", ran.err, re.MULTILINE)
    assert "Org Admin" not in office.run("show", path, "--redact", "ids").out
    assert office.members() == {"amy", "bob"}


FAULTS = [
    (Fault(kind="status", status=403, path=LOGS, times=0), "system-log-unread"),
    (Fault(kind="status", status=503, path=LOGS, times=0), "system-log-failed"),
    (Fault(kind="html", path=LOGS, times=0), "system-log-failed"),
]


@pytest.mark.parametrize(("fault", "said"), FAULTS, ids=["refused", "failing", "malformed"])
def test_without_the_log_additions_go_on_and_the_plan_says_it_could_not_look(tmp_path, fault, said):
    """Once, whatever the number of additions."""
    with Rehearsal(tmp_path, COMPANY) as office:
        office.sandbox.remove_member(group_name(), "bob@example.com")
        office.sandbox.faults.add(fault)
        made = office.plan()
        assert [c.person.login for c in made.changes] == ["bob@example.com", "cid@example.com"]
        assert [w.code for w in made.warnings] == [said]


def test_a_scheduled_run_adds_nobody_while_reading_the_log_fails(tmp_path):
    """Nobody would see the warning; the next run asks again. A removal does not wait for it."""
    office = Office(tmp_path, COMPANY.ended("old").bind("amy", "bob", "old"))
    by_hand(office, "-bob")
    with office.org() as org:
        org.faults.add(Fault(kind="malformed", path=LOGS))
    ran = office.run("--sandbox", "apply", "--scheduled", "--yes")
    assert ran.code == 4, ran
    assert outcomes(office.result(ran)) == {
        "remove old claude/users": "verified",
        "add bob claude/users": "not run",
        "add cid claude/users": "not run",
    }
    again = office.run("--sandbox", "apply", "--scheduled", "--yes")
    assert outcomes(office.result(again)) == {"add cid claude/users": "verified"}
    assert "removed-by-someone" in again.out


def test_an_approval_older_than_the_log_is_said(tmp_path):
    """Okta keeps 90 days; what was before is not known."""
    office = Office(tmp_path, approved("bob", "dee", at="2026-07-01"))
    by_hand(office, "-bob")
    made = office.plan()
    assert (changes(made), blocked(made)) == (["add dee claude/users"], [HELD])
    assert warned(made) == ["system-log-short"]


@pytest.mark.parametrize(
    ("said", "caused"),
    [
        ({"revoked": {"at": TODAY, "by": "lead@example.com", "reason": "left"}}, []),
        ({"at": TODAY}, ["add bob claude/users"]),
    ],
    ids=["revoked", "confirmed"],
)
def test_a_pull_request_with_the_answer_shows_what_the_answer_does(tmp_path, said, caused):
    """Nobody is "no longer added" who was held, and a confirmation is what adds them."""
    office = Office(tmp_path, approved("bob"))
    (tmp_path / ".gitignore").write_text(".reconciler\nplan*.json\n")
    committed(tmp_path, "base")
    git(tmp_path, "switch", "-q", "-c", "answer")
    by_hand(office, "-bob")
    office.write(approved("bob", **said))
    committed(tmp_path, "answer")
    made = office.plan("--base", "main")
    assert [(line, c["cause"]) for line, c in zip(changes(made), made["changes"], strict=True)] == [
        (line, "change") for line in caused
    ]
    assert (made["withdrawn"], made["blocked"]) == ([], [])


def logs(office):
    """How often the log was asked."""
    return sum(1 for exchange in office.sandbox.requests() if exchange.path == LOGS)


def test_the_log_is_asked_once_and_only_where_somebody_is_added(tmp_path):
    """It has the smallest budget of all; a plan that adds nobody leaves it alone."""
    crowd = tuple(f"p{number}" for number in range(60))
    with Rehearsal(tmp_path, Company().tool().bind(*crowd).granted(*crowd)) as office:
        assert (office.plan().changes, logs(office)) == ((), 0)
        office.sandbox.remove_member(group_name(), "p7@example.com")
        assert (len(office.plan().blocked), logs(office)) == (1, 1)
    more = Company().tool().bind().granted(*crowd).tool("cursor").create("cursor")
    with Rehearsal(tmp_path / "more", more.grant("p1", tool="cursor")) as office:
        assert (len(office.plan().changes), logs(office)) == (62, 1)


class Muddled(httpx.AsyncBaseTransport):
    """A log whose events have their targets turned around, and hostile or missing names."""

    def __init__(self, behind, **actor):
        self.behind = behind
        self.actor = actor

    async def handle_async_request(self, request):
        """The answer, muddled where it is the log's."""
        answer = await self.behind.handle_async_request(request)
        if request.url.path != LOGS or answer.status_code != 200:
            return answer
        await answer.aread()
        events = [
            {
                "uuid": event["uuid"],
                "published": event["published"],
                "eventType": event["eventType"],
                "target": [{}, *reversed(event["target"])],
                **({"actor": self.actor} if self.actor else {}),
            }
            for event in answer.json()
        ]
        headers = {"content-type": "application/json", "link": answer.headers["link"]}
        return httpx.Response(200, json=events, headers=headers, request=request)


@pytest.mark.parametrize(
    ("actor", "said"),
    [
        ({}, "removed by an actor whom Okta does not name at"),
        ({"displayName": "\x1b[31mEve\u202e"}, "removed by \x1b[31mEve\u202e at"),
        ({"id": None, "alternateId": "unknown", "type": "Robot"}, "[Robot] at"),
    ],
)
def test_an_event_that_says_little_or_is_hostile_still_holds(tmp_path, actor, said):
    """Whoever it was, it was not us; targets are told apart by type."""
    with Rehearsal(tmp_path, COMPANY) as office:
        office.transport = Muddled(office.sandbox.transport(), **actor)
        office.sandbox.remove_member(group_name(), "bob@example.com")
        (line,) = office.plan().blocked
        assert (line.code, line.person.login) == ("removed-by-someone", "bob@example.com")
        assert said in line.summary


def test_a_flood_of_events_costs_a_few_requests_and_keeps_the_newest(tmp_path):
    """What was last is known; how far back it was looked is said."""
    crowd = tuple(f"p{number}" for number in range(21))
    company = Company().tool().bind("amy", "bob").granted("amy", "bob", *crowd)
    with Rehearsal(tmp_path, company) as office:
        for _ in range(MOST_PAGES * 500 + 10):
            office.sandbox.remove_member(group_name(), "amy@example.com")
            office.sandbox.add_member(group_name(), "amy@example.com")
        office.sandbox.remove_member(group_name(), "bob@example.com")
        made = office.plan()
        assert [line.person.login for line in made.blocked] == ["bob@example.com"]
        assert len(made.changes) == len(crowd)
        assert [w.code for w in made.warnings] == ["system-log-short"]
        assert logs(office) == MOST_PAGES
