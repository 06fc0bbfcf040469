"""The form at GitHub offers what the catalog has, by GitHub's own rules for forms."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from reconciler.catalog.load import load
from reconciler.catalog.packaged import packaged_catalog
from reconciler.model.catalog import Catalog, Connector, Fulfilment
from reconciler.model.validity import ApprovalSource
from reconciler.proposals.form_answers import Question, read_answers
from reconciler.render.issue_form import FORM_HEADER, issue_form
from tests.support.builders import CONNECTOR
from tests.support.nouns import binding, tool

OKTA = Connector(id=CONNECTOR, type="okta", name="Okta")


def catalog(*tools, bindings=(), connector=OKTA):
    """A catalog of these tools."""
    return Catalog(
        tools={t.id: t for t in tools}, bindings=bindings, connectors={connector.id: connector}
    )


def choices(shown):
    """The choices of the form of this catalog."""
    form = yaml.safe_load(issue_form(shown))
    (dropdown,) = [field for field in form["body"] if field["type"] == "dropdown"]
    return dropdown["attributes"]["options"]


def test_the_example_company_has_a_form_that_github_takes(tmp_path):
    """By the schema that editors use; nothing of it is a placeholder."""
    text = issue_form(load(packaged_catalog()).catalog)
    path = tmp_path / "form.yml"
    path.write_text(text, encoding="utf-8")
    judge = [str(Path(sys.executable).with_name("check-jsonschema"))]
    judge += ["--builtin-schema", "vendor.github-issue-forms", str(path)]
    done = subprocess.run(judge, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert text.startswith(f"{FORM_HEADER}\n")
    assert "Claude Enterprise (claude-enterprise/users)" in text


def test_its_fields_are_the_questions_that_are_read():
    """Each with an id of its own, in the order of the questions."""
    form = yaml.safe_load(issue_form(load(packaged_catalog()).catalog))
    fields = [field for field in form["body"] if "id" in field]

    assert [field["attributes"]["label"] for field in fields] == [q.value for q in Question]
    assert len({field["id"] for field in fields}) == len(fields)
    assert (form["labels"], form["title"]) == (["access-request"], "Access request")


def test_what_can_be_carried_out_is_a_choice():
    """By an enabled connector's group that stays, or by a person."""
    claude = tool("claude", users={}, admins={}, guests={})
    by_hand = replace(tool("midjourney", users={}), fulfilment=Fulfilment.MANUAL)
    bindings = (binding(), binding(entitlement="admins", retired=True))

    shown = catalog(claude, by_hand, bindings=bindings)
    assert choices(shown) == ["Claude (claude/users)", "Midjourney (midjourney/users)"]
    disabled = catalog(claude, by_hand, bindings=bindings, connector=replace(OKTA, disabled=True))
    assert choices(disabled) == ["Midjourney (midjourney/users)"]


def test_what_no_review_approves_is_no_choice():
    """Nobody would ever be added by such a request."""
    both = frozenset(ApprovalSource)
    tools = [
        replace(tool(name), fulfilment=Fulfilment.MANUAL, approvals=counted)
        for name, counted in (
            ("any", None),
            ("both", both),
            ("jira", frozenset({ApprovalSource.JIRA})),
        )
    ]
    assert {each.rpartition("(")[2] for each in choices(catalog(*tools))} == {
        "any/users)",
        "both/users)",
    }


def test_without_a_choice_there_is_no_form():
    """GitHub refuses one with an empty list."""
    assert issue_form(catalog(tool("claude", users={}))) == ""


@pytest.mark.parametrize(
    "name", ["yes", "None", "- x: {y", "#'\"|>&*!%@`", "Caf\u00e9 \U0001f600", "a\u202eb\nc: d"]
)
def test_a_name_is_a_text_whatever_it_holds(name):
    """It can end no line of the file, and the ids after it are read back."""
    (shown,) = choices(catalog(replace(tool("claude", users={}), name=name), bindings=(binding(),)))
    answers = [shown, "", "Triage", ""]
    read = read_answers(
        "\n".join(f"### {q.value}\n{a}" for q, a in zip(Question, answers, strict=True))
    )

    assert shown.endswith(" (claude/users)")
    assert (read.tool, read.entitlement) == ("claude", "users")
    assert "\n" not in shown
    assert "\u202e" not in shown
