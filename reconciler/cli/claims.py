"""What the environment says of who started this run: claims, kept as they are and never trusted."""

import os

from reconciler.cli.route import PROXY
from reconciler.model.route import Route

__all__ = ["claims"]

_NAMES = (
    "GITHUB_ACTOR",
    "GITHUB_TRIGGERING_ACTOR",
    "GITHUB_REPOSITORY",
    "GITHUB_WORKFLOW_REF",
    "GITHUB_EVENT_NAME",
    "GITHUB_REF",
    "GITHUB_SHA",
    "GITHUB_RUN_ID",
    "GITHUB_RUN_ATTEMPT",
    "GITLAB_USER_LOGIN",
    "CI_PROJECT_PATH",
    "CI_PIPELINE_ID",
    "CI_JOB_ID",
    "CI_COMMIT_SHA",
    "USER",
)
_LONGEST = 300


def claims() -> dict[str, str]:
    """Each variable that is set, cut to a bearable length; a proxy without user and password."""
    found = {name: os.environ[name][:_LONGEST] for name in _NAMES if os.environ.get(name)}
    proxy = Route(proxy=os.environ.get(PROXY, "").strip()).proxy_name
    return {**found, PROXY: proxy[:_LONGEST]} if proxy else found
