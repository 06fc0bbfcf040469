"""The files of a new repository, from their templates and a few answers."""

import re
import string
from collections.abc import Mapping
from dataclasses import asdict, dataclass

__all__ = ["Answers", "fill_templates"]


_OF_GITHUB = (
    "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0",
    "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1",
)
_OF_A_SERVER = (
    "actions/upload-artifact@c24449f33cd45d4826c6702db7e49f7cdb9b551d # v3.2.1-node20",
    "actions/download-artifact@246d7188e736d3686f6d19628d253ede9697bd55 # v3-node20",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a new repository's files need to know. `host` is the domain without its scheme."""

    tool: str
    """The requirement that installs the tool: one commit, or one wheel."""
    connector: str
    host: str
    branch: str
    admin_email: str
    admin_handle: str
    repository: str = ""
    """OWNER/NAME at GitHub, where people ask and approve; empty leaves approvals claimed."""
    has_jira: bool = False
    """Whether people also ask and approve in Jira."""
    github: str = "github.com"
    """The host of GitHub: its own, or that of an Enterprise Server."""
    is_rehearsal: bool = False
    """Whether the workflows ask the embedded org, with the tool of their own checkout."""

    @property
    def is_server(self) -> bool:
        """Whether GitHub is an Enterprise Server; the test is that of GitHub's own actions."""
        return self.github != "github.com" and not self.github.endswith(".ghe.com")

    @property
    def artifacts(self) -> tuple[str, str]:
        """What uploads an artifact, and what downloads it: a Server takes no newer version."""
        return _OF_A_SERVER if self.is_server else _OF_GITHUB

    @property
    def prefix(self) -> str:
        """How the names of the connector's secrets begin: `OKTA_PROD` for okta-prod."""
        return self.connector.upper().replace("-", "_")


class _Template(string.Template):
    """`@@{name}`: GitHub's own expressions and the shell have taken the dollar."""

    delimiter = "@@"


_REHEARSAL_FILES = frozenset(
    {".github/actions/setup/action.yml"}
    | {f".github/workflows/{name}.yml" for name in ("apply", "connectors", "plan", "validate")}
)
"""What a rehearsal consists of: there is no org to watch, and no secret to test."""

_VALUES = {
    "live": {"base": "HEAD", "head_sha": "github.event.workflow_run.head_sha", "sandbox": ""},
    "rehearsal": {"base": '"$BASE"', "head_sha": "github.sha", "sandbox": "--sandbox "},
}
"""What stands in the middle of a line that both variants have."""

_DOORS = {
    "catalog/doors/github.yaml": "github",
    ".github/workflows/request.yml": "github",
    ".github/workflows/jira-pull.yml": "jira",
    "catalog/doors/README.md": "jira",
}
"""Files that are written only where people ask there."""

_MARK = re.compile(r" *# @@ (live|rehearsal|both|github|jira)")


def _take_lines(text: str, kinds: frozenset[str]) -> str:
    """The lines of a template for these kinds: a mark says which of them takes what follows it."""
    kept, kind = [], "both"
    for line in text.splitlines(keepends=True):
        if mark := _MARK.fullmatch(line.rstrip()):
            kind = mark[1]
        elif kind in kinds:
            kept.append(line)
    return "".join(kept)


def _kinds_of(answers: Answers) -> frozenset[str]:
    """The variant of the files, and the doors that they have."""
    if answers.is_rehearsal:
        return frozenset({"both", "rehearsal"})
    doors = {"github": bool(answers.repository), "jira": answers.has_jira}
    return frozenset({"both", "live"} | {name for name, is_there in doors.items() if is_there})


def fill_templates(templates: Mapping[str, str], answers: Answers) -> dict[str, str]:
    """Each file by path; a template with a name that nobody answers raises `KeyError`."""
    if answers.is_rehearsal:
        templates = {path: templates[path] for path in templates if path in _REHEARSAL_FILES}
    variant = "rehearsal" if answers.is_rehearsal else "live"
    kinds = _kinds_of(answers)
    known = asdict(answers) | {
        "prefix": answers.prefix,
        "domain": f"https://{answers.host}",
        "here": "." if answers.is_server else "$",  # a Server does not know the newer sign
        "upload": answers.artifacts[0],
        "download": answers.artifacts[1],
        "gh_token": "GH_ENTERPRISE_TOKEN" if answers.is_server else "GH_TOKEN",
        **_VALUES[variant],
    }
    chosen = {
        path: _take_lines(text, kinds)
        for path, text in templates.items()
        if _DOORS.get(path, "both") in kinds
    }
    return {
        path.replace("CONNECTOR", answers.connector): _Template(text).substitute(known)
        for path, text in chosen.items()
    }
