"""CODEOWNERS is written from the catalog, and a stale one is noticed."""

import pytest

from tests.support.builders import Company
from tests.support.harness import Office
from tests.support.repository import committed, git

ADMINS = [{"email": "it@example.com", "github": "@acme/it"}]
COMPANY = Company().tool().bind().with_settings(admins=ADMINS)


@pytest.fixture
def office(tmp_path):
    """A repository without CODEOWNERS."""
    office = Office(tmp_path, COMPANY)
    committed(tmp_path)
    return office


def test_it_is_written_once_and_then_current(office):
    """And readable by everybody."""
    assert office.run("codeowners", "--check").code == 1
    assert office.run("codeowners").out == "wrote .github/CODEOWNERS\n"
    file = office.folder / ".github/CODEOWNERS"
    assert "/catalog/grants/claude/ @lead" in file.read_text().splitlines()
    assert file.stat().st_mode & 0o777 == 0o644
    ran = office.run("codeowners", "--check")
    assert (ran.code, ran.out) == (0, ".github/CODEOWNERS is current\n")


def test_a_new_approver_makes_it_stale(office):
    """Otherwise GitHub would ask the wrong person."""
    office.run("codeowners")
    boss = {"approvers": [{"email": "boss@example.com", "github": "@boss"}]}
    office.write(COMPANY.tool(policy=boss))
    ran = office.run("codeowners", "--check")
    assert ran.code == 1
    said = "error: codeowners-stale\n  .github/CODEOWNERS is not what the catalog says\n"
    assert ran.err == said + "hint: write it again: reconciler codeowners\n"


def test_a_checkout_with_other_line_ends_is_current(office):
    """Git on Windows writes CR LF."""
    office.run("codeowners")
    file = office.folder / ".github/CODEOWNERS"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert office.run("codeowners", "--check").code == 0


def test_somebody_elses_file_is_not_overwritten(office):
    """Its lines may be all that protects something."""
    file = office.folder / ".github/CODEOWNERS"
    file.parent.mkdir()
    file.write_text("* @somebody\n")
    ran = office.run("codeowners")
    assert ran.code == 1
    assert file.read_text() == "* @somebody\n"


def test_an_owner_without_a_name_at_the_forge_is_an_error(office):
    """A review nobody is asked for is no review."""
    office.write(COMPANY.tool(owners=[{"email": "owner@example.com"}]))
    ran = office.run("codeowners")
    assert ran.code == 1
    assert "owner@example.com of the owners of claude" in ran.err
    assert not (office.folder / ".github/CODEOWNERS").exists()


@pytest.mark.parametrize("what", ["configuration", "git"])
def test_where_git_cannot_tell_the_top_nothing_is_written_elsewhere(tmp_path, monkeypatch, what):
    """The file would lie below the top, and GitHub would read none."""
    office = Office(tmp_path / "below", COMPANY)
    git(tmp_path, "init", "-q")
    if what == "git":
        monkeypatch.setenv("PATH", str(tmp_path))
    else:
        (tmp_path / ".git/config").write_text("[core\n")
    ran = office.run("codeowners")
    assert ran.code == 1
    assert ("git-missing" if what == "git" else "git-damaged") in ran.err
    assert not list(tmp_path.glob("**/CODEOWNERS"))


def test_outside_a_repository_it_lies_beside_the_catalog(tmp_path):
    """There is no top yet."""
    office = Office(tmp_path, COMPANY)
    assert office.run("codeowners").code == 0
    assert (tmp_path / ".github/CODEOWNERS").exists()
