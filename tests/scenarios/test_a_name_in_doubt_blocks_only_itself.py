"""An ambiguous person is frozen: not added, not removed, while everybody else proceeds."""

import re

import pytest

from tests.support.builders import Company, login, user_id
from tests.support.harness import Office, blocked, changes, outcomes

NINE = ("amy", "bob", "cid", "dan", "eve", "fay", "gus", "hal", "ida")
SHARED = "sam@corp.example.com"
BY_EMAIL = {"match": ["mapping", "login", "email"]}
TWO_SAMS = (
    Company()
    .with_settings(identity=BY_EMAIL)
    .person("sam.a", email=SHARED)
    .person("sam.b", email=SHARED)
    .tool()
)
COMPANY = TWO_SAMS.bind().granted(*NINE).grant(SHARED)


def test_nine_of_ten_are_added_and_the_tenth_is_asked_about(tmp_path):
    """One doubtful name must not stop nine people's work."""
    office = Office(tmp_path, COMPANY)
    made = office.plan()
    assert blocked(made) == [("subject-ambiguous", "claude/users", SHARED)]
    assert [p["login"] for p in made["blocked"][0]["candidates"]] == [
        login("sam.a"),
        login("sam.b"),
    ]

    ran = office.apply()
    assert ran.code == 4
    assert outcomes(office.result(ran)) == {f"add {n} claude/users": "verified" for n in NINE}
    assert office.members() == set(NINE)


@pytest.mark.parametrize("command", [("plan",), ("apply", "plan.json", "--yes")])
def test_the_printed_stanza_settles_it(command, tmp_path):
    """Whoever reads the line copies the mapping into identities/, and the next run adds her."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    printed = office.run("--sandbox", *command).out
    (stanza,) = re.findall(r"in identities/, for example (\{.*\}\})$", printed, re.MULTILINE)
    office.write(COMPANY.file("identities/sam.yaml", stanza))

    made = office.plan()
    assert made["blocked"] == []
    assert "add sam.a claude/users" in changes(made)
    assert office.apply().code == 0
    assert office.members() == {*NINE, "sam.a"}


def test_a_missing_name_prints_a_stanza_that_settles_it_once_filled_in(tmp_path):
    """A Jira account is nobody until a mapping says who."""
    company = Company().tool().bind().granted("amy").person("jo").grant("jira:5b10a2844c2016")
    office = Office(tmp_path, company)
    assert blocked(office.plan()) == [("subject-missing", "claude/users", "jira:5b10a2844c2016")]
    printed = office.run("--sandbox", "plan").out
    (stanza,) = re.findall(r"add one to identities/: (\{.*\}\})$", printed, re.MULTILINE)
    filled = stanza.replace("THEIR-LOGIN", login("jo")).replace("THEIR-OKTA-ID", user_id("jo"))
    office.write(company.file("identities/jo.yaml", filled))
    assert changes(office.plan()) == ["add amy claude/users", "add jo claude/users"]


def test_candidates_keep_the_access_they_have_in_an_authoritative_group(tmp_path):
    """One of the two is meant, so neither is removed; nor is anybody who may be a third."""
    company = TWO_SAMS.bind("amy", "sam.a", "bob", authority="authoritative")
    office = Office(tmp_path, company.granted("amy").grant(SHARED))
    made = office.plan()
    assert changes(made) == []
    assert blocked(made) == [
        ("removal-held-by-doubt", "claude/users", "bob"),
        ("removal-held-by-doubt", "claude/users", "sam.a"),
        ("subject-ambiguous", "claude/users", SHARED),
    ]
    assert office.apply().code == 4
    assert office.members() == {"amy", "sam.a", "bob"}


def test_a_candidate_whose_own_grant_ended_keeps_the_access_too(tmp_path):
    """The doubtful grant may be the one that continues it."""
    company = TWO_SAMS.bind("sam.a", "old").grant(login("sam.a"), expires="2026-11-15").ended("old")
    office = Office(tmp_path, company.grant(SHARED))
    made = office.plan()
    assert changes(made) == ["remove old claude/users"]
    assert blocked(made) == [
        ("removal-held-by-doubt", "claude/users", "sam.a"),
        ("subject-ambiguous", "claude/users", SHARED),
    ]
    assert office.apply().code == 4
    assert office.members() == {"sam.a"}


def test_an_ended_grant_in_doubt_removes_nobody(tmp_path):
    """Which of the two lost the access cannot be said."""
    company = TWO_SAMS.bind("amy", "sam.a", authority="authoritative").granted("amy")
    office = Office(tmp_path, company.grant(SHARED, expires="2026-11-15"))
    made = office.plan()
    assert changes(made) == []
    assert ("subject-ambiguous", "claude/users", SHARED) in blocked(made)


def test_doubt_in_one_group_holds_nothing_in_another(tmp_path):
    """The doubt is about one grant; the other group's removals go on."""
    company = (
        TWO_SAMS.bind("amy", authority="authoritative")
        .granted("amy")
        .grant(SHARED)
        .tool("cursor")
        .bind("gus", tool="cursor", authority="authoritative")
    )
    assert changes(Office(tmp_path, company).plan()) == ["remove gus cursor/users"]


def test_a_deprovisioned_double_is_a_candidate_too(tmp_path):
    """An account that is closed may still be the one that was meant."""
    company = (
        Company()
        .with_settings(identity=BY_EMAIL)
        .person("sam.a", email=SHARED)
        .person("sam.b", email=SHARED, status="DEPROVISIONED")
        .tool()
        .bind()
        .grant(SHARED)
    )
    assert blocked(Office(tmp_path, company).plan()) == [
        ("subject-ambiguous", "claude/users", SHARED)
    ]
