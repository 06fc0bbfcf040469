"""Templates are filled in whole, and leave alone what others write with a dollar."""

from dataclasses import replace

import pytest

from reconciler.render.init_files import Answers, fill_templates

ANSWERS = Answers(
    tool="./.github/tool.whl",
    connector="okta-prod",
    host="acme.okta.com",
    branch="main",
    admin_email="it@example.com",
    admin_handle="@acme/it",
)


def test_answers_stand_in_texts_and_in_paths():
    """`prefix` and `domain` follow from the others."""
    made = fill_templates({"c/CONNECTOR.yaml": "@@{connector} @@{prefix}_KEY @@{domain}"}, ANSWERS)

    assert made == {"c/okta-prod.yaml": "okta-prod OKTA_PROD_KEY https://acme.okta.com"}


def test_the_door_to_github_is_written_where_the_repository_is_known():
    """Otherwise it would name none."""
    door, named = "catalog/doors/github.yaml", replace(ANSWERS, repository="acme/access")
    assert fill_templates({door: "repository: @@{repository}"}, named) == {
        door: "repository: acme/access"
    }
    assert fill_templates({door: "repository: @@{repository}"}, ANSWERS) == {}


def test_what_github_and_the_shell_expand_stays():
    """Both have taken the dollar."""
    text = "${{ github.token }} $HOME ${x} {connector} it@example.com"

    assert fill_templates({"f": text}, ANSWERS) == {"f": text}


@pytest.mark.parametrize("text", ["@@{nobody}", "@@ alone"])
def test_a_question_that_nobody_answered_is_a_fault(text):
    """A file with a hole in it is not written."""
    with pytest.raises((KeyError, ValueError)):
        fill_templates({"f": text}, ANSWERS)


@pytest.mark.parametrize(
    ("host", "sign", "major", "token"),
    [
        ("github.com", "$", "v8", "GH_TOKEN"),
        ("acme.ghe.com", "$", "v8", "GH_TOKEN"),
        ("github.acme.example", ".", "v3", "GH_ENTERPRISE_TOKEN"),
        ("evilghe.com", ".", "v3", "GH_ENTERPRISE_TOKEN"),
    ],
)
def test_a_server_gets_what_a_server_knows(host, sign, major, token):
    """GitHub's own cloud, and a company's part of it, are no Enterprise Server."""
    made = fill_templates(
        {"f": "@@{here} @@{download} @@{gh_token}"}, replace(ANSWERS, github=host)
    )["f"]
    assert made.startswith(f"{sign} actions/download-artifact@")
    assert made.split(" # ")[1].startswith(major)
    assert made.endswith(token)


PLAN = ".github/workflows/plan.yml"
MARKED = """\
on:
  # @@ rehearsal
  pull_request:
  # @@ live
  workflow_run:
# @@ both
run: reconciler @@{sandbox}plan --base @@{base}
"""


def test_a_mark_says_which_variant_takes_the_lines_after_it():
    """Until the next one; the marks themselves are in no file."""
    live = fill_templates({PLAN: MARKED}, ANSWERS)
    rehearsal = fill_templates({PLAN: MARKED}, replace(ANSWERS, is_rehearsal=True))

    assert live == {PLAN: "on:\n  workflow_run:\nrun: reconciler plan --base HEAD\n"}
    assert rehearsal == {
        PLAN: 'on:\n  pull_request:\nrun: reconciler --sandbox plan --base "$BASE"\n'
    }


@pytest.mark.parametrize("mark", ["# @@ liv", "# @@ live and more", "# @@live"])
def test_a_mark_that_is_misspelt_is_a_fault(mark):
    """Its lines would land in both variants."""
    with pytest.raises((KeyError, ValueError)):
        fill_templates({PLAN: f"{mark}\nevil: yes\n"}, ANSWERS)


def test_a_rehearsal_has_no_file_about_an_org():
    """Neither a catalog nor what watches."""
    templates = dict.fromkeys(("catalog/settings.yaml", ".github/workflows/drift.yml", PLAN), "")

    assert set(fill_templates(templates, replace(ANSWERS, is_rehearsal=True))) == {PLAN}
    assert set(fill_templates(templates, ANSWERS)) == set(templates)
