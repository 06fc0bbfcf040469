"""No value can make the output's filter hide the value beside it."""

import json

import pytest

from tests.support.builders import Company, login
from tests.support.harness import Office

COMPANY = Company().tool().bind().person("amy")
APPROVAL = {"approved_by": "lead@example.com", "approved_at": "2026-11-01"}


@pytest.mark.parametrize(
    "more",
    [
        {"approval": {"ticket": "-----BEGIN A-----", **APPROVAL}},
        {"approval": {"ticket": "authorization:AI-1", **APPROVAL}},
        {"purpose": "to send Bearer abcdefgh12345678 along"},
        {"purpose": "ghp_" + "a1" * 18},
    ],
)
def test_a_value_that_the_filter_would_touch_is_an_error(tmp_path, more):
    """So nothing of a grant is ever hidden from whoever reviews it."""
    office = Office(tmp_path, COMPANY)
    office.write(COMPANY.grant("amy", **more))
    ran = office.run("validate")
    assert ran.code == 1
    assert "secret-literal" in ran.out
    assert "it reads like a secret" in ran.out


def test_a_file_whose_name_the_filter_would_touch_is_an_error(tmp_path):
    """Its place is printed beside every grant."""
    office = Office(tmp_path, COMPANY)
    grant = dict(COMPANY.grant("amy").files)["grants/claude/00000.yaml"]
    office.write(COMPANY.file("grants/claude/-----BEGIN A-----.yaml", grant))
    ran = office.run("validate")
    assert ran.code == 1
    assert "secret-literal" in ran.out


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_names_of_the_org_hide_no_line_between_them(tmp_path, form):
    """Two people, called like the ends of a key, stand around a third."""
    names = ("-----BEGIN A-----@x.io", "amy", "-----END A-----@x.io")
    company = COMPANY.bind(*names).person(names[0]).person(names[2])
    office = Office(tmp_path, company)
    shown = office.run("--sandbox", "plan", "--format", form).out
    assert login("amy") in shown
    if form == "json":
        assert len(json.loads(shown)["drift"]["unapproved"]) == len(names)
