"""A pull request cannot change the rules and use them, nor lose what explains access."""

import json

import pytest

from reconciler.cli.exit_codes import ExitCode
from tests.support.builders import Company
from tests.support.harness import Office
from tests.support.repository import committed, git

BASE = Company().tool().bind("amy").granted("amy")


@pytest.fixture
def office(tmp_path):
    """A repository with a branch."""
    made = Office(tmp_path, BASE)
    (tmp_path / ".gitignore").write_text(".reconciler\n")
    committed(tmp_path, "base")
    git(tmp_path, "switch", "-q", "-c", "change")
    return made


def judged(office, *options):
    """How `validate --base` ends, and the codes it says."""
    ran = office.run("validate", "--base", "main", "--format", "json", *options)
    return ran.code, sorted({d["code"] for d in json.loads(ran.out)["diagnostics"]})


def self_service():
    """Mallory makes herself an approver and grants herself access under another's name."""
    approvers = {"approvers": [{"email": "mallory@example.com", "github": "@mallory"}]}
    approval = {
        "ticket": "AI-9",
        "approved_by": "mallory@example.com",
        "approved_at": "2026-11-22",
    }
    return BASE.tool(policy=approvers).person("friend").grant("friend", approval=approval)


def test_a_grant_of_its_own_passes(office):
    """The everyday pull request."""
    office.write(BASE.granted("new"))
    assert judged(office) == (0, [])


def test_an_approver_added_with_the_grant_is_none(office):
    """Alone, neither file is wrong; together they are how somebody lets themselves in."""
    office.write(self_service())
    assert "warning: approver-unknown" in office.run("validate").out  # the old grant's is gone
    code, said = judged(office)
    assert code == 1
    assert "policy-changed-with-grant" in said


def test_a_committed_change_is_judged_alike(office):
    """The trusted job reads it from git's objects."""
    office.write(self_service())
    committed(office.folder, "let me in")
    git(office.folder, "switch", "-q", "main")
    assert judged(office) == (0, [])
    code, said = judged(office, "--head", "change")
    assert code == 1
    assert "policy-changed-with-grant" in said


def test_a_deleted_grant_is_refused_until_it_has_long_ended(office):
    """The file is the record of why somebody had access."""
    git(office.folder, "rm", "-q", "-r", "catalog/grants")
    assert judged(office) == (1, ["grant-deleted"])
    ran = office.run("validate", "--base", "main")
    assert "revoked: {at, by, reason}" in ran.out


def test_what_the_base_got_meanwhile_is_not_lost_by_the_branch(office):
    """The branch is compared with what it grew from."""
    git(office.folder, "switch", "-q", "main")
    office.write(BASE.granted("other"))
    committed(office.folder, "meanwhile")
    git(office.folder, "switch", "-q", "change")
    assert judged(office) == (0, [])
    assert judged(office, "--head", "change") == (0, [])


@pytest.mark.parametrize(
    "options", [("--head", "main"), ("--plan", "plan.json"), ("--evidence", "evidence")]
)
def test_options_of_a_comparison_need_a_base(office, options):
    """Said, not ignored."""
    ran = office.run("validate", *options)
    assert ran.code == 64
    assert "add --base REF" in ran.err


def test_an_approval_that_lies_ahead_is_refused_without_a_base_too(tmp_path):
    """It would switch off all that counts from it: how long, since when, by whom."""
    ahead = {"ticket": "AI-9", "approved_by": "lead@example.com", "approved_at": "2099-01-01"}
    office = Office(tmp_path, BASE.granted("new", approval=ahead))
    ran = office.run("validate")
    assert ran.code == 1
    assert "error: approval-in-future" in ran.out
    assert office.run("validate", "--as-of", "2099-01-01").code == 0
    made = office.plan()
    assert [(line["code"], line["tool"]) for line in made["blocked"]] == [
        ("approval-in-future", "claude")
    ]


def test_access_is_not_prolonged_by_a_second_file_under_the_approval(tmp_path):
    """Neither file is wrong, and the first one may have ended long ago."""
    approval = {"ticket": "AI-7", "approved_by": "lead@example.com", "approved_at": "2026-11-01"}
    base = BASE.granted("bob", approval=approval, expires="2026-11-20")
    office = Office(tmp_path, base)
    committed(tmp_path, "base")
    git(tmp_path, "switch", "-q", "-c", "change")
    office.write(base.granted("bob", approval=approval, starts="2026-11-21"))
    assert judged(office) == (1, ["approval-not-renewed"])


def test_identities_alone_hand_nobodys_access_on(tmp_path):
    """The file of the grant does not change, and neither does its approval."""
    mapped = {"email": "amy@example.com", "okta": {"login": "amy@example.com"}}
    base = BASE.file("identities/amy.yaml", mapped)
    office = Office(tmp_path, base)
    committed(tmp_path, "base")
    git(tmp_path, "switch", "-q", "-c", "change")
    handed = {"email": "amy@example.com", "okta": {"login": "mallory@example.com"}}
    office.write(base.file("identities/amy.yaml", handed))
    assert judged(office) == (1, ["identity-changes-grant"])


def test_an_approver_who_is_deleted_makes_no_old_grant_an_error(office):
    """Expired access has to end all the same, and what is there is told."""
    others = {"approvers": [{"email": "new@example.com", "github": "@new"}]}
    office.write(BASE.tool(policy=others))
    assert judged(office) == (0, ["approver-unknown"])
    assert office.run("--sandbox", "plan").code == 0


def test_a_limit_set_later_makes_no_old_grant_an_error(office):
    """A grant without an end was allowed when it was made."""
    policy = {"max_duration": "30d", "approvers": [{"email": "lead@example.com", "github": "@l"}]}
    office.write(BASE.tool(policy=policy))
    assert judged(office) == (0, ["expires-missing"])
    office.write(BASE.tool(policy=policy).granted("new"))
    assert judged(office)[0] == 1


def test_an_exception_comes_without_what_it_lets_pass(office):
    """Shown as held, it would be carried out by the merge."""
    with_end = BASE.granted("new")
    revoked = {"at": "2026-11-22", "by": "lead@example.com", "reason": "left"}
    exception = {
        "guard": "group-removals",
        "connector": "okta-prod",
        "people": ["00u1abcdefGHIJKLM5d7"],
        "reason": "team moved",
        "by": "lead@example.com",
        "expires": "2026-11-25",
    }
    office.write(with_end)
    committed(office.folder, "a grant")
    git(office.folder, "branch", "-q", "-f", "main")
    ended = BASE.granted("new", revoked=revoked)
    office.write(ended.file("acknowledgements/one.yaml", exception))
    now = ("--as-of", "2026-11-22T12:00:00Z")
    assert judged(office, *now) == (1, ["guard-loosened-with-change"])
    office.write(ended)
    assert judged(office, *now) == (0, [])


def test_a_retired_binding_goes_with_the_plan_that_shows_it_empty(tmp_path):
    """And with no other plan: one of other files says nothing of these."""
    retired = Company().tool().bind("amy", retired=True).granted("amy")
    office = Office(tmp_path, retired)
    (tmp_path / ".gitignore").write_text(".reconciler\nplan*.json\n")
    committed(tmp_path, "retired")
    git(tmp_path, "switch", "-q", "-c", "change")
    office.plan(file="plan-full.json")
    assert office.apply(file="plan-full.json").code == 0
    office.plan(file="plan-empty.json")
    git(tmp_path, "rm", "-q", "catalog/bindings/claude-users.yaml")
    gone = ("--sandbox", "validate", "--base", "main", "--as-of", "2026-11-22T12:00:00Z")
    for plan, is_shown in (("plan-full.json", False), ("plan-empty.json", True)):
        ran = office.run(*gone, "--plan", plan)
        assert ("binding-deleted" in ran.out) is not is_shown, ran
    assert "binding-deleted" in office.run(*gone).out
    other = Office(tmp_path / "other", Company().tool().bind("amy").granted("amy"))
    other.plan(file="plan.json")
    ran = office.run(*gone, "--plan", str(tmp_path / "other" / "plan.json"))
    assert (ran.code, "plan-of-other-files" in ran.err) == (64, True)


@pytest.mark.parametrize("is_applied_before", [True, False])
def test_evidence_shows_a_retired_group_to_be_empty(tmp_path, monkeypatch, is_applied_before):
    """A run that did all there was to do, after the binding was retired."""
    retired = Company().tool().bind("amy", retired=True).granted("amy")
    office = Office(tmp_path, retired)
    (tmp_path / ".gitignore").write_text(".reconciler\nplan*.json\nevidence\n")
    when = "2026-11-22T08:00:00+0000" if is_applied_before else "2026-11-22T23:00:00+0000"
    monkeypatch.setenv("GIT_COMMITTER_DATE", when)
    committed(tmp_path, "retired")
    git(tmp_path, "switch", "-q", "-c", "change")
    git(tmp_path, "rm", "-q", "catalog/bindings/claude-users.yaml")
    gone = ("--sandbox", "validate", "--base", "main", "--as-of", "2026-11-22T12:00:00Z")
    with_evidence = (*gone, "--evidence", "evidence")
    assert "binding-deleted" in office.run(*with_evidence).out
    git(tmp_path, "checkout", "-q", "main", "--", "catalog")
    scheduled = ("--sandbox", "apply", "--scheduled", "--yes", "--connector", "okta-prod")
    assert office.run(*scheduled, "--evidence", "evidence").code == 0
    git(tmp_path, "rm", "-q", "-f", "catalog/bindings/claude-users.yaml")
    assert ("binding-deleted" in office.run(*with_evidence).out) is not is_applied_before


def test_a_run_on_call_shows_no_retired_group_to_be_empty(tmp_path, monkeypatch):
    """It looked at one person, and at none of the group's members."""
    office = Office(tmp_path, Company().with_lifecycle().tool().bind("amy", retired=True))
    (tmp_path / ".gitignore").write_text(".reconciler\nevidence\n")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-22T08:00:00+0000")
    committed(tmp_path, "retired")
    git(tmp_path, "switch", "-q", "-c", "change")
    why = ("--reason", "lost", "--ticket", "IT-1", "--by", "it-desk@example.com")
    asked = ("--sandbox", "user", "suspend", "amy@example.com", *why, "--yes")
    assert office.run(*asked, "--evidence", "evidence").code == 0
    git(tmp_path, "rm", "-q", "catalog/bindings/claude-users.yaml")
    gone = ("--sandbox", "validate", "--base", "main", "--as-of", "2026-11-22T12:00:00Z")
    assert "binding-deleted" in office.run(*gone, "--evidence", "evidence").out


def test_a_question_about_another_group_keeps_no_retired_binding(tmp_path, monkeypatch):
    """Somebody is always suspended or misspelt somewhere."""
    company = Company().tool().bind("amy", retired=True).granted("amy")
    company = company.tool("cursor").bind(tool="cursor")
    office = Office(tmp_path, company.grant("nobody", tool="cursor"))
    (tmp_path / ".gitignore").write_text(".reconciler\nevidence\n")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-22T08:00:00+0000")
    committed(tmp_path, "retired")
    git(tmp_path, "switch", "-q", "-c", "change")
    scheduled = ("--sandbox", "apply", "--scheduled", "--yes", "--connector", "okta-prod")
    for _ in range(2):  # the second has no line left, and the question is still there
        assert office.run(*scheduled, "--evidence", "evidence").code == ExitCode.PARTIAL
        git(tmp_path, "rm", "-q", "-f", "catalog/bindings/claude-users.yaml")
        gone = ("--sandbox", "validate", "--base", "main", "--as-of", "2026-11-22T12:00:00Z")
        ran = office.run(*gone, "--evidence", "evidence")
        assert "binding-deleted" not in ran.out, ran
        git(tmp_path, "checkout", "-q", "main", "--", "catalog")


def test_a_change_that_mends_the_base_does_nothing_else(tmp_path):
    """While the base cannot be read, nobody can tell by whose rules a grant was approved."""
    office = Office(tmp_path, BASE.file("settings.yaml", {"more": 1}))
    committed(tmp_path, "broken")
    git(tmp_path, "switch", "-q", "-c", "change")
    mended = BASE.file("settings.yaml", {"naming": {"pattern": "^AI - .+$"}})
    office.write(mended)
    assert judged(office) == (0, ["base-invalid"])
    office.write(mended.granted("new"))
    assert judged(office) == (1, ["change-beyond-mending"])
    office.write(BASE)
    assert judged(office) == (1, ["change-beyond-mending"])  # the settings went with their error
