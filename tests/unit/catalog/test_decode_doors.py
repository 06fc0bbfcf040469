"""Doors from their files: one of each type, by ids, and without a secret in it."""

import pytest

from reconciler.model.approvals.doors import (
    Doors,
    GitHubApp,
    GitHubDoor,
    JiraAccount,
    JiraDoor,
    JiraField,
)
from reconciler.model.diagnostics import Span
from reconciler.model.ids import SecretRef
from reconciler.policy import sample
from tests.support.catalogs import loaded, said


def test_the_forge_is_named_by_its_kind_and_repository(tmp_path):
    """A dot at the start of a name is allowed."""
    text = sample.GITHUB_DOOR.replace("/access", "/.access")
    found = loaded(tmp_path, {"doors/github.yaml": text})
    assert not found.diagnostics
    assert found.catalog.doors.github == GitHubDoor(
        repository="acme/.access", origin=found.catalog.doors.github.origin
    )


def test_what_opens_proposals_is_an_app_or_a_token(tmp_path):
    """Neither is ever in the file itself."""
    key, text = SecretRef(kind="env", value="KEY"), sample.GITHUB_DOOR
    app = f"{text}app: {{id: 12345, installation: 100, private_key: {{env: KEY}}}}\n"
    found = loaded(tmp_path, {"doors/github.yaml": app}).catalog.doors.github
    assert found.app == GitHubApp(id=12345, installation=100, private_key=key)
    token = loaded(tmp_path, {"doors/github.yaml": f"{text}token: {{env: KEY}}\n"})
    assert token.catalog.doors.github.token == key
    both = loaded(tmp_path, {"doors/github.yaml": f"{app}token: {{env: KEY}}\n"})
    assert said(both) == ["value-wrong-form doors/github.yaml:4:8"]


def test_a_project_of_jira_is_described_by_ids(tmp_path):
    """Names are per project and translated."""
    more = "writing: {email: w@acme.com, token: {env: W}}\ndone_transition: '31'\n"
    text = f"{sample.JIRA_DOOR}{more}decisions: true\napi: gateway\n"
    found = loaded(tmp_path, {"doors/jira.yaml": text})
    assert not found.diagnostics
    door = found.catalog.doors.jira
    assert door == JiraDoor(
        site="https://acme.atlassian.net",
        cloud_id="1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d",
        project="10000",
        issue_types=frozenset({"10001"}),
        approved=frozenset({"10005"}),
        ended=frozenset({"10007"}),
        fields={
            JiraField.TOOL: "customfield_10050",
            JiraField.ENTITLEMENT: "customfield_10051",
            JiraField.SUBJECT: "customfield_10052",
        },
        reading=JiraAccount(
            email="reads@example.com", token=SecretRef(kind="env", value="JIRA_READ_TOKEN")
        ),
        writing=JiraAccount(email="w@acme.com", token=SecretRef(kind="env", value="W")),
        decisions=True,
        done_transition="31",
        api="gateway",
    )
    assert Span("catalog/doors/jira.yaml", 1, 1) == door.origin


@pytest.mark.parametrize("name", ["reviews", "GitHub", "jira"])
def test_a_door_is_in_the_file_of_its_type(tmp_path, name):
    """So there is one of each, and review knows its path."""
    found = loaded(tmp_path, {f"doors/{name}.yaml": sample.GITHUB_DOOR})
    assert said(found) == [f"door-misnamed doors/{name}.yaml:1:7"]
    assert found.catalog.doors == Doors()


def test_a_file_holds_one_door_and_no_list(tmp_path):
    """A list would make room for a second one."""
    listed = "doors:\n  - " + sample.GITHUB_DOOR.replace("\n", "\n    ").rstrip() + "\n"
    codes = {d.code for d in loaded(tmp_path, {"doors/github.yaml": listed}).diagnostics}
    assert codes == {"key-missing"}
