"""A closed or suspended account with a live grant is asked about, not quietly dealt with."""

import re

import pytest
import yaml

from tests.support.builders import Company
from tests.support.harness import Office, blocked, changes

LEFT = Company().tool().person("lea", status="DEPROVISIONED")
ABSENT = LEFT.bind().grant("lea")
PRESENT = LEFT.bind("lea", authority="authoritative").grant("lea")


def revoked(company, stanza):
    """The company with the printed revocation pasted into the grant."""
    path = "grants/claude/00000.yaml"
    signed = stanza.replace("YOUR-EMAIL", "lead@example.com")
    ending = yaml.load(signed, yaml.BaseLoader)  # noqa: S506 - it makes nothing but text
    return company.file(path, {**dict(company.files)[path], **ending})


def stanza_in(text):
    """The revocation that a plan prints."""
    (found,) = re.findall(r"hint: end the grant: (revoked: \{.*\})$", text, re.MULTILINE)
    return found


def test_an_absent_leaver_is_blocked(tmp_path):
    """Okta would refuse the addition; the grant is what has to end."""
    office = Office(tmp_path, ABSENT)
    made = office.plan()
    assert (changes(made), blocked(made)) == ([], [("leaver", "claude/users", "lea")])
    assert office.apply().code == 4
    assert office.events() == []


def test_a_present_leaver_is_kept_and_warned_of(tmp_path):
    """The grant lives, so git explains the membership, even in an authoritative group."""
    office = Office(tmp_path, PRESENT)
    made = office.plan()
    assert (changes(made), blocked(made)) == ([], [])
    assert [w["code"] for w in made["warnings"]] == ["leaver"]
    assert office.apply().code == 0
    assert office.members() == {"lea"}


@pytest.mark.parametrize("company", [ABSENT, PRESENT], ids=["absent", "present"])
def test_the_printed_revocation_settles_it(company, tmp_path):
    """Pasted into the grant with a name, it ends the access and the question."""
    office = Office(tmp_path, company)
    office.write(revoked(company, stanza_in(office.run("--sandbox", "plan").out)))
    made = office.plan()
    assert made["blocked"] == made["warnings"] == []
    assert office.apply().code == 0
    assert office.members() == set()


def test_a_suspended_person_is_not_added(tmp_path):
    """They are added by the first plan after the suspension ends."""
    company = Company().tool().person("sue", status="SUSPENDED").bind().grant("sue")
    office = Office(tmp_path, company)
    assert blocked(office.plan()) == [("person-suspended", "claude/users", "sue")]
    assert office.apply().code == 4
    assert office.members() == set()

    with office.org() as org:
        org.set_status("sue@example.com", "ACTIVE")
    assert changes(office.plan()) == ["add sue claude/users"]


def test_a_suspended_member_with_a_live_grant_is_kept(tmp_path):
    """A suspension ends; the membership waits for it."""
    company = Company().tool().person("sue", status="SUSPENDED")
    company = company.bind("sue", authority="authoritative").grant("sue")
    made = Office(tmp_path, company).plan()
    assert (made["changes"], made["blocked"], made["warnings"]) == ([], [], [])


@pytest.mark.parametrize("status", ["SUSPENDED", "DEPROVISIONED"])
def test_somebody_inactive_whose_grant_ended_is_removed_like_anyone(status, tmp_path):
    """What is no longer granted goes, whatever became of the account."""
    company = Company().tool().person("lea", status=status).bind("lea")
    office = Office(tmp_path, company.grant("lea", expires="2026-11-15"))
    assert changes(office.plan()) == ["remove lea claude/users"]
    assert office.apply().code == 0
    assert office.members() == set()
