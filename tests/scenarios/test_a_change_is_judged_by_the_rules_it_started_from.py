"""A pull request cannot change the rules and use them, nor lose what explains access."""

import json

import pytest

from tests.builders import Company
from tests.harness import Office
from tests.repository import committed, git

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
    assert office.run("validate").code == 1  # the old grant's approver is gone as well
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


@pytest.mark.parametrize("options", [("--head", "main"), ("--as-of", "2026-11-22")])
def test_options_of_a_comparison_need_a_base(office, options):
    """Said, not ignored."""
    ran = office.run("validate", *options)
    assert ran.code == 64
    assert "add --base REF" in ran.err
