"""Plain data of the right form into doors: where people ask and approve besides git."""

from collections.abc import Mapping
from typing import Any

from reconciler.catalog.decode import decode_secret
from reconciler.model.approvals.doors import (
    Doors,
    GitHubApp,
    GitHubDoor,
    JiraAccount,
    JiraDoor,
    JiraField,
)
from reconciler.model.diagnostics import Span
from reconciler.model.validity import ApprovalSource

__all__ = ["decode_doors"]

Data = Mapping[str, Any]


def decode_doors(data: Data, origin: Span) -> Doors:
    """The one door that a file describes."""
    if data["type"] == ApprovalSource.GITHUB.value:
        return Doors(github=_decode_github(data, origin))
    return Doors(jira=_decode_jira(data, origin))


def _decode_github(data: Data, origin: Span) -> GitHubDoor:
    app, token = data.get("app"), data.get("token")
    return GitHubDoor(
        repository=data["repository"],
        app=None
        if app is None
        else GitHubApp(
            id=int(app["id"]),
            installation=int(app["installation"]),
            private_key=decode_secret(app["private_key"]),
        ),
        token=None if token is None else decode_secret(token),
        origin=origin,
    )


def _decode_jira(data: Data, origin: Span) -> JiraDoor:
    writing = data.get("writing")
    return JiraDoor(
        site=data["site"],
        cloud_id=data["cloud_id"],
        project=data["project"],
        issue_types=frozenset(data["issue_types"]),
        approved=frozenset(data["approved"]),
        ended=frozenset(data.get("ended", ())),
        fields={JiraField(name): field for name, field in data["fields"].items()},
        reading=_decode_jira_account(data["reading"]),
        writing=None if writing is None else _decode_jira_account(writing),
        decisions=data.get("decisions", False),
        done_transition=data.get("done_transition", ""),
        api=data.get("api", "site"),
        origin=origin,
    )


def _decode_jira_account(data: Data) -> JiraAccount:
    return JiraAccount(email=data["email"], token=decode_secret(data["token"]))
