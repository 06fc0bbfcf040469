"""What the environment says of the doors: Jira's pin, and the credentials of both.

A pin is compared before a secret is read, and every secret is registered with the output filter.
None of this is asked for in a run with the sandbox.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from reconciler.cli.secrets.pins import GITHUB, JIRA, DoorPin, parse_door_pin
from reconciler.cli.secrets.source import SecretSource, is_ci
from reconciler.model.approvals.doors import GitHubDoor, JiraDoor
from reconciler.model.errors import GuardRefused, UsageError

__all__ = [
    "AccessToken",
    "AppKey",
    "JiraSignIn",
    "is_local_jira",
    "read_github_credential",
    "read_jira_sign_in",
]

_GATEWAY = "https://api.atlassian.com/ex/jira"
_ENDPOINT = "RECONCILER_JIRA_ENDPOINT"
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\]):[0-9]{1,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppKey:
    """How an App of GitHub signs in to one of its installations."""

    app: int
    installation: int
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A token of GitHub that is used as it is."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraSignIn:
    """Which Jira is asked, where, and with which account.

    `site` is the tenant's own address, `address` the one that requests begin with.
    """

    site: str
    address: str
    cloud_id: str
    email: str
    token: str = field(repr=False)
    is_loopback: bool = False


def read_github_credential(door: GitHubDoor, repository: Path) -> AppKey | AccessToken | None:
    """What proposals are opened with; None where the door names nothing for it."""
    source = SecretSource(connector=GITHUB, repository=repository)
    if door.app is not None:
        return AppKey(
            app=door.app.id,
            installation=door.app.installation,
            private_key=source.read(door.app.private_key),
        )
    return None if door.token is None else AccessToken(token=source.read(door.token).strip())


def read_jira_sign_in(
    door: JiraDoor, repository: Path, *, writes: bool = False
) -> JiraSignIn | None:
    """The account that reads, or the one that writes; None where the door has none that writes.

    Raises `GuardRefused` where the site is not the pinned one.
    """
    account = door.writing if writes else door.reading
    if account is None:
        return None
    endpoint = _read_endpoint()
    if not endpoint:
        _check_pin(door)
    through_gateway = f"{_GATEWAY}/{door.cloud_id}" if door.api == "gateway" else door.site
    source = SecretSource(connector=JIRA, repository=repository)
    return JiraSignIn(
        site=endpoint or door.site,
        address=endpoint or through_gateway,
        cloud_id=door.cloud_id,
        email=account.email,
        token=source.read(account.token).strip(),
        is_loopback=bool(endpoint),
    )


def _check_pin(door: JiraDoor) -> None:
    """Nothing is sent to a site that a change of the catalog alone has chosen."""
    host = urlsplit(door.site).hostname or ""
    pin = parse_door_pin(os.environ.get("RECONCILER_PINS", ""))
    if pin is None:
        if is_ci():
            raise GuardRefused(
                "pin-missing",
                "CI is set and jira is not pinned to a site",
                "set RECONCILER_PINS='jira=HOST#CLOUD-ID' outside the repository",
            )
    elif pin != DoorPin(host=host, cloud_id=door.cloud_id.lower()):
        raise GuardRefused(
            "pin-mismatch",
            f"doors/jira.yaml means {host}#{door.cloud_id}, and jira is pinned to "
            f"{pin.host}#{pin.cloud_id}",
            "correct the door; or RECONCILER_PINS, where the site really changed",
        )


def is_local_jira() -> bool:
    """Whether a Jira on this machine answers instead of the site: a rehearsal of the door."""
    return bool(_read_endpoint())


def _read_endpoint() -> str:
    """A Jira on this machine that answers instead; empty where none is named."""
    endpoint = os.environ.get(_ENDPOINT, "").rstrip("/")
    if not endpoint:
        return ""
    if is_ci():
        raise UsageError("endpoint-in-ci", f"{_ENDPOINT} is refused when CI is set")
    if not _LOOPBACK.fullmatch(endpoint):
        raise UsageError(
            "endpoint-not-loopback",
            f"{_ENDPOINT} takes a loopback address",
            "http://127.0.0.1:8766",
        )
    return endpoint
