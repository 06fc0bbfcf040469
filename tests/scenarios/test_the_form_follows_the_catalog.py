"""The form at GitHub is written from the catalog, and a stale one is noticed."""

import pytest

from tests.support.builders import Company
from tests.support.harness import Office
from tests.support.repository import committed

COMPANY = Company().tool().bind()
NAME = ".github/ISSUE_TEMPLATE/access-request.yml"


@pytest.fixture
def office(tmp_path):
    """A repository without a form."""
    office = Office(tmp_path, COMPANY)
    committed(tmp_path)
    return office


def test_it_is_written_once_and_then_current(office):
    """And a new tool makes it stale, since nobody could ask for it."""
    assert office.run("forms", "--check").code == 1
    assert office.run("forms").out == f"wrote {NAME}\n"
    ran = office.run("forms", "--check")
    assert (ran.code, ran.out) == (0, f"{NAME} is current\n")
    assert "(claude/users)" in (office.folder / NAME).read_text()

    office.write(COMPANY.tool("cursor").bind(tool="cursor"))
    ran = office.run("forms", "--check")
    assert ran.code == 1
    said = f"error: forms-stale\n  {NAME} is not what the catalog says\n"
    assert ran.err == said + "hint: write it again: reconciler forms\n"


def test_a_form_of_another_hand_is_not_overwritten(office):
    """It may ask what this one does not."""
    path = office.folder / NAME
    path.parent.mkdir(parents=True)
    path.write_text("name: ours\n")
    ran = office.run("forms")
    assert ran.code == 1
    assert "forms-foreign" in ran.err
    assert path.read_text() == "name: ours\n"


def test_a_catalog_that_gives_nothing_has_no_form(office):
    """GitHub would refuse it without a word to anybody."""
    office.write(Company().tool())
    ran = office.run("forms")
    assert ran.code == 1
    assert "forms-empty" in ran.err
    assert not (office.folder / NAME).exists()
