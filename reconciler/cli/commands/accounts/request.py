"""What every command says that asks for something about a person: why, and who stands behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from reconciler.catalog.git.command import run_git
from reconciler.model.errors import ReconcilerError, UsageError

__all__ = [
    "Asked",
    "connector_option",
    "find_own_email",
    "is_hidden",
    "request_options",
    "require_own_email",
    "require_text",
    "run_options",
]

_UNKNOWN = "git knows no user.email here, so who asks is not known"

connector_option = click.option(
    "--connector", metavar="ID", help="The connector whose org is asked.  [default: the only one]"
)


def request_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options, in the order in which help shows them."""
    options = (
        click.option("--reason", required=True, metavar="TEXT", help="Why, in a few words."),
        click.option("--ticket", required=True, metavar="ID", help="Where that is written down."),
        click.option("--by", metavar="EMAIL", help="Who asks for it.  [default: git's user.email]"),
        click.option(
            "--approved-by",
            metavar="EMAIL",
            multiple=True,
            help="Who else agrees; can be repeated. Deactivation takes two people, one of them "
            "an admin.",
        ),
    )
    return _add(function, options)


def run_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options of a command that changes an account at once."""
    options = (
        connector_option,
        click.option("--yes", is_flag=True, help="Do not ask; needed where there is no terminal."),
        click.option(
            "--evidence",
            metavar="DIR",
            help="Append what happens to the connector's chain in this folder.",
        ),
    )
    return _add(function, options)


def _add(
    function: Callable[..., Any], options: Sequence[Callable[[Callable[..., Any]], Any]]
) -> Callable[..., Any]:
    for option in reversed(options):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options as they are meant: none of them blank."""

    reason: str
    ticket: str
    by: str
    approved_by: tuple[str, ...]

    @classmethod
    def read(cls, catalog: Path, typed: dict[str, Any]) -> "Asked":
        """The options as they were typed; takes them out of `typed`."""
        reason, ticket = (require_text(name, typed.pop(name)) for name in ("reason", "ticket"))
        by, others = typed.pop("by"), typed.pop("approved_by")
        return cls(
            reason=reason,
            ticket=ticket,
            by=require_text("by", by) if by is not None else require_own_email(catalog),
            approved_by=tuple(require_text("approved-by", each) for each in others),
        )


def require_text(name: str, value: str) -> str:
    """The option's words without blanks around them; `UsageError` where there are none."""
    if not value.strip():
        raise UsageError("option-invalid", f"--{name} is blank", "say what it is")
    return value.strip()


def find_own_email(catalog: Path) -> str:
    """The address that git would sign a commit with here; empty where it knows none."""
    try:
        found = run_git(catalog if catalog.is_dir() else Path(), "config", "--get", "user.email")
    except ReconcilerError:
        return ""
    return found.stdout.decode("utf-8", "replace").strip() if not found.returncode else ""


def require_own_email(catalog: Path) -> str:
    """The same; `UsageError` where git knows none, or one that says of nobody who they are."""
    email = find_own_email(catalog)
    if not email or is_hidden(email):
        what = f"git's user.email here, {email!r}, hides who asks" if email else _UNKNOWN
        raise UsageError("by-needed", what, "say --by EMAIL")
    return email


def is_hidden(email: str) -> bool:
    """Whether GitHub made it for people to sign commits with who hide their address."""
    return email.lower().endswith("@users.noreply.github.com")
