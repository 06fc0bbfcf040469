"""Whom a group rule put there stays: removing them would edit the rule, and be undone or fought."""

import pytest

from reconciler.sandbox import Fault
from tests.support.builders import Company, group_name
from tests.support.harness import Office, Rehearsal, blocked, changes, outcomes

RULE = "Engineers"
KEPT = tuple(f"kept{number}" for number in range(9))
COMPANY = (
    Company()
    .tool()
    .bind(*KEPT, "eve", authority="authoritative")
    .granted(*KEPT)
    .granted("gus")
    .ended("old")
    .rule(RULE, group_name(), "rob", "old", "gus")
)
"""The rule feeds rob, whom no grant names, old, whose grant ended, and gus, who is granted."""

FED = {"rob", "old", "gus"}
RULES = "/api/v1/groups/rules"
ONE = "/api/v1/groups/*/group-rules"
UNAWARE = COMPANY.behaving(attribution="ignored")
"""An org that ignores `expand=group-rules`: who put whom there is asked one by one."""


def fed(office):
    """Whom the rule feeds now."""
    with office.org() as org:
        (rule,) = org.rules()
        return {login.partition("@")[0] for login in rule.members}


def warned(made):
    """The codes of the plan's warnings."""
    return [warning["code"] for warning in made["warnings"]]


def office_with(folder, company, *paths):
    """The company, whose org refuses to answer on these paths."""
    office = Office(folder, company)
    with office.org() as org:
        for path in paths:
            org.faults.add(Fault(kind="status", status=403, method="GET", path=path, times=0))
    return office


@pytest.mark.parametrize(
    ("company", "paths"),
    [(COMPANY, ()), (UNAWARE, ()), (COMPANY, (RULES,)), (UNAWARE, (RULES,))],
    ids=["by-list", "one-by-one", "rules-unreadable", "one-by-one-rules-unreadable"],
)
def test_they_are_shown_and_only_the_intruder_goes(company, paths, tmp_path):
    """However Okta came to say it; and the rule is as it was."""
    office = office_with(tmp_path, company, *paths)
    made = office.plan()
    assert changes(made) == ["remove eve claude/users"]
    assert made["blocked"] == []
    assert [d["person"]["login"] for d in made["drift"]["unapproved"]] == ["eve@example.com"]

    assert office.apply().code == 0
    assert office.members() == {*KEPT, *FED}
    assert office.events() == [("remove", "eve")]
    assert fed(office) == FED


@pytest.mark.parametrize(
    "fault", [{"kind": "empty"}, {"kind": "missing-role"}], ids=lambda f: f["kind"]
)
def test_a_list_of_rules_that_is_empty_takes_nobody_for_put_there_by_hand(fault, tmp_path):
    """A credential that may not see rules reads `200 []`: whoever would go is asked about first."""
    office = Office(tmp_path, COMPANY)
    with office.org() as org:
        org.faults.add(Fault(path=RULES, times=0, **fault))
    made = office.plan()
    assert changes(made) == ["remove eve claude/users"]
    assert office.apply().code == 0
    assert office.members() == {*KEPT, *FED}
    assert fed(office) == FED


def test_the_plan_counts_them_and_warns_of_whom_a_rule_keeps(tmp_path):
    """A reader sees why more are in the group than git names."""
    office = Office(tmp_path, COMPANY)
    made = office.plan()
    (group,) = made["groups"]
    assert (group["members"], group["granted"], group["rule_fed"]) == (13, 10, 3)
    assert warned(made) == ["rule-keeps-ended"]
    ran = office.run("--sandbox", "plan")
    assert "13 members, 10 granted, 3 rule-fed" in ran.out
    assert "the grant of old@example.com" in ran.out
    assert "change the rule in Okta" in ran.out


def test_in_an_additive_group_they_are_no_drift_either(tmp_path):
    """They are explained: by the rule."""
    company = COMPANY.bind(*KEPT, "eve", authority="additive")
    made = Office(tmp_path, company).plan()
    assert changes(made) == []
    assert [d["person"]["login"] for d in made["drift"]["unapproved"]] == ["eve@example.com"]


def test_where_nobody_can_tell_nobody_goes(tmp_path):
    """Unknown is never by hand, whatever became of a grant."""
    office = office_with(tmp_path, UNAWARE, ONE)
    made = office.plan()
    assert changes(made) == []
    assert blocked(made) == [
        ("rule-attribution-unknown", "claude/users", "eve"),
        ("rule-attribution-unknown", "claude/users", "old"),
        ("rule-attribution-unknown", "claude/users", "rob"),
    ]

    assert office.apply().code == 4
    assert office.members() == {*KEPT, *FED, "eve"}
    assert changes(office.plan()) == []


def test_once_it_can_be_told_what_was_held_is_decided(tmp_path):
    """The doubt was about the read, not about the people."""
    office = office_with(tmp_path, UNAWARE, ONE)
    office.plan()
    with office.org() as org:
        org.faults.clear()
    made = office.plan()
    assert (changes(made), made["blocked"]) == (["remove eve claude/users"], [])


def test_a_second_page_that_does_not_say_is_asked_person_by_person(tmp_path):
    """Okta's next link forgets the question; only the few who would go are asked about."""
    crowd = tuple(f"p{number:04}" for number in range(1010))
    company = (
        Company().tool().bind("zed", authority="authoritative").rule(RULE, group_name(), *crowd)
    )
    with Rehearsal(tmp_path, company) as office:
        made = office.plan()
        assert [(c.action.value, c.person.login) for c in made.changes] == [
            ("remove", "zed@example.com")
        ]
        assert made.blocked == ()
        assert made.groups[0].rule_fed == len(crowd)
        asked = [e for e in office.sandbox.requests() if e.path.endswith("/group-rules")]
        assert len(asked) <= 11


def test_a_removal_by_hand_is_not_fought(tmp_path):
    """Somebody took rob out of the rule's group: git does not name him, so nobody puts him back."""
    office = Office(tmp_path, COMPANY)
    with office.org() as org:
        org.remove_member(group_name(), "rob@example.com")
    made = office.plan()
    assert changes(made) == ["remove eve claude/users"]
    assert office.apply().code == 0
    assert office.members() == {*KEPT, "old", "gus"}
    assert ("add", "rob") not in office.events()


def test_whoever_a_rule_leaves_behind_is_judged_by_their_grants_again(tmp_path):
    """A rule that is switched off leaves its people as if a hand had put them there."""
    office = Office(tmp_path, COMPANY)
    with office.org() as org:
        org.set_rule_status(RULE, "INACTIVE")
    made = office.plan()
    assert changes(made) == [
        "remove eve claude/users",
        "remove old claude/users",
        "remove rob claude/users",
    ]
    assert office.apply().code == 0
    assert office.members() == {*KEPT, "gus"}


def test_a_rule_that_begins_to_feed_after_the_review_leaves_the_reviewed_removal(tmp_path):
    """What was reviewed no longer holds: the line is named and not carried out."""
    office = Office(tmp_path, COMPANY)
    with office.org() as org:
        org.set_rule_status(RULE, "INACTIVE")
    office.plan()
    with office.org() as org:
        org.set_rule_status(RULE, "ACTIVE")
    ran = office.apply()
    assert outcomes(office.result(ran)) == {"remove eve claude/users": "verified"}
    assert len(office.result(ran)["left"]) == 2
    assert office.members() == {*KEPT, *FED}
    assert fed(office) == FED


def test_a_refused_credential_while_asking_ends_the_plan_as_itself(tmp_path):
    """A 401 on the one question more is the same 401."""
    office = Office(tmp_path, UNAWARE)
    with office.org() as org:
        org.faults.add(Fault(kind="expired-token", path=ONE, times=0))
    ran = office.run("--sandbox", "plan")
    assert ran.code == 1
    assert "error: token-refused" in ran.err
