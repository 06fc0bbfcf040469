"""Where the workflows of a new repository install the tool from: as told, or as this one was."""

import json
import zipfile
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from reconciler.model.errors import UsageError
from reconciler.policy.installation import DISTRIBUTION, UNKNOWN, requirement, wheel_name

__all__ = ["Installation", "installation", "recorded_source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The line of `.github/reconciler.txt`, and the files that have to lie beside it."""

    line: str
    files: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def is_known(self) -> bool:
        """Whether the line installs anything."""
        return self.line != UNKNOWN


def installation(given: str | None) -> Installation:
    """From `given`: a commit, a wheel's URL with its hash, or a wheel here, which is taken along.

    Without it, from where this very tool was installed; where that is not known, from nowhere.
    """
    if given is None:
        found = recorded_source(_record())
        return Installation(line=(requirement(found) if found else None) or UNKNOWN)
    if line := requirement(given):
        return Installation(line=line)
    path = Path(given)
    if wheel_name(path.name) and path.is_file() and zipfile.is_zipfile(path):
        return Installation(
            line=f"./.github/{path.name}", files={f".github/{path.name}": path.read_bytes()}
        )
    raise UsageError(
        "option-invalid",
        f"--install-from cannot be {given!r}",
        "name git+https://HOST/OWNER/REPOSITORY@ and the 40 digits of a commit; the https URL of a "
        "wheel with #sha256= and its hash; or the path of a wheel of this tool",
    )


def _record() -> str:
    """What the installer wrote down about where this tool came from (PEP 610)."""
    try:
        return distribution(DISTRIBUTION).read_text("direct_url.json") or ""
    except PackageNotFoundError:
        return ""


def recorded_source(record: str) -> str:
    """The commit or the hashed wheel that an installer's record names; empty for anything else."""
    try:
        found: Any = json.loads(record)
        url, commit = found["url"], found.get("vcs_info", {}).get("commit_id")
        digest = found.get("archive_info", {}).get("hashes", {}).get("sha256")
    except (ValueError, TypeError, LookupError, AttributeError):
        return ""
    if commit is not None:
        return f"git+{url}@{commit}"
    return f"{url}#sha256={digest}" if digest is not None else ""
