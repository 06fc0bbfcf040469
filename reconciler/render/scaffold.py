"""The files of a new repository, from their templates and a few answers."""

import string
from collections.abc import Mapping
from dataclasses import asdict, dataclass

__all__ = ["Answers", "filled"]


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
    """OWNER/NAME at GitHub, where the reviews are; empty leaves approvals claimed."""

    @property
    def reviews(self) -> str:
        """The settings' line about reviews; without a repository it is a comment."""
        mark = "" if self.repository else "# "
        return f"{mark}reviews: {{forge: github, repository: {self.repository or 'OWNER/NAME'}}}"

    @property
    def prefix(self) -> str:
        """How the names of the connector's secrets begin: `OKTA_PROD` for okta-prod."""
        return self.connector.upper().replace("-", "_")


class _Template(string.Template):
    """`@@{name}`: GitHub's own expressions and the shell have taken the dollar."""

    delimiter = "@@"


def filled(templates: Mapping[str, str], answers: Answers) -> dict[str, str]:
    """Each file by path; a template with a name that nobody answers raises `KeyError`."""
    known = asdict(answers) | {
        "prefix": answers.prefix,
        "domain": f"https://{answers.host}",
        "reviews": answers.reviews,
    }
    return {
        path.replace("CONNECTOR", answers.connector): _Template(text).substitute(known)
        for path, text in templates.items()
    }
