"""What is typed to ask for something: who asks, who agrees and where, until when."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import click

from reconciler.cli.commands.accounts.request import require_own_email, require_text
from reconciler.cli.options import Settings
from reconciler.identity import issue_values
from reconciler.model.catalog import Catalog, Tool
from reconciler.model.errors import UsageError
from reconciler.model.validity import (
    AnyApproval,
    Approval,
    ApprovalAtSource,
    ApprovalSource,
    Moment,
)
from reconciler.planning.approvals.sources import is_issue_key
from reconciler.proposals.access import find_tool, split_access
from reconciler.proposals.days import today
from reconciler.proposals.nouns import Refusal

__all__ = [
    "Asking",
    "Sending",
    "agreement_options",
    "read_moment",
    "sending_options",
]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def agreement_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds who asks, and who agreed; in the order in which help shows them."""
    options: tuple[Decorator, ...] = (
        click.option("--by", metavar="EMAIL", help="Who asks for it.  [default: git's user.email]"),
        click.option(
            "--ticket",
            metavar="ID",
            help="Where it is agreed; a Jira issue speaks for itself where doors/jira.yaml is.",
        ),
        click.option(
            "--approved-by",
            metavar="EMAIL",
            multiple=True,
            help="Who agreed there; can be repeated. Left out where the review at GitHub says it.",
        ),
        click.option(
            "--approved-at",
            metavar="DAY",
            help="When they agreed.  [default: today]",
        ),
    )
    return _add(function, options)


def sending_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds where the change goes: the files here, or a pull request."""
    options: tuple[Decorator, ...] = (
        click.option(
            "--pull-request",
            is_flag=True,
            help="Open a pull request from the default branch; no file here is touched.",
        ),
        click.option("--yes", is_flag=True, help="Do not ask before the pull request is opened."),
    )
    return _add(function, options)


def _add(function: Callable[..., Any], options: tuple[Decorator, ...]) -> Callable[..., Any]:
    for option in reversed(options):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Where the change goes."""

    is_pull_request: bool
    yes: bool

    @classmethod
    def read(cls, chosen: Settings, typed: dict[str, Any]) -> "Sending":
        """The options as they were typed; takes them out of `typed`."""
        is_wanted, yes = typed.pop("pull_request"), typed.pop("yes")
        if yes and not is_wanted:
            raise UsageError(
                "pull-request-needed",
                "--yes is only for --pull-request",
                "add --pull-request, or leave --yes out",
            )
        if is_wanted and (chosen.sandbox or chosen.endpoints):
            raise UsageError(
                "pull-request-rehearsed",
                "a rehearsal opens no pull request",
                "leave --pull-request out: the files here show what it would be",
            )
        if is_wanted and not yes and not sys.stdin.isatty():
            raise UsageError(
                "yes-needed", "there is no terminal to ask on", "say --yes to do it without asking"
            )
        return cls(is_pull_request=is_wanted, yes=yes)

    def agrees(self) -> bool:
        """Whether the pull request may be opened; a terminal is asked."""
        return self.yes or click.confirm("Open the pull request?", err=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, and what is said of who agreed."""

    by: str
    ticket: str
    approved_by: tuple[str, ...]
    approved_at: date | None

    @classmethod
    def read(cls, chosen: Settings, typed: dict[str, Any]) -> "Asking":
        """The options as they were typed; takes them out of `typed`."""
        by, ticket, day = (typed.pop(name) for name in ("by", "ticket", "approved_at"))
        others = typed.pop("approved_by")
        return cls(
            by=require_own_email(chosen.catalog) if by is None else require_text("by", by),
            ticket="" if ticket is None else require_text("ticket", ticket),
            approved_by=tuple(require_text("approved-by", each) for each in others),
            approved_at=None if day is None else _read_day("approved-at", day),
        )

    def find_approval(self, catalog: Catalog, named: str, now: datetime) -> AnyApproval:
        """What the grant of a tool is to say; `UsageError` where nobody would ever say that."""
        if self.approved_by:
            if not self.ticket:
                raise UsageError(
                    "ticket-needed", "--approved-by needs --ticket", "say where it is written down"
                )
            return Approval(
                ticket=self.ticket,
                requested_by=self.by,
                approved_by=self.approved_by,
                approved_at=self.approved_at or today(now),
            )
        if self.approved_at is not None:
            raise UsageError(
                "approved-by-needed", "--approved-at says when, and not who", "add --approved-by"
            )
        return self._find_source(catalog, find_tool(catalog, split_access(named)[0]))

    def _find_source(self, catalog: Catalog, tool: Tool | Refusal) -> ApprovalAtSource:
        """Where it is read for that tool; what there is none of is refused with the rest."""
        source = ApprovalSource.JIRA if self.ticket else ApprovalSource.GITHUB
        is_key = is_issue_key(self.ticket)
        ticket = self.ticket.upper() if is_key else self.ticket
        read_there = ApprovalAtSource(by=source, ticket=ticket, requested_by=self.by)
        if isinstance(tool, Refusal):
            return read_there
        if source not in (sources := catalog.sources_of(tool.id)):
            raise self._refuse_source(tool, sources)
        if self.ticket and not is_key:
            raise UsageError(
                "option-invalid",
                f"--ticket {self.ticket!r} is no key of an issue of Jira",
                "give the key alone, such as AI-1423; or add --approved-by",
            )
        return read_there

    def _refuse_source(self, tool: Tool, sources: frozenset[ApprovalSource]) -> UsageError:
        """Why nobody would be seen to have agreed."""
        said = "--ticket says where, and not who" if self.ticket else "who agreed is not said"
        if not sources:
            return UsageError(
                "approval-needed",
                f"{said}, and no file in doors/ says where it is read for {tool.id}",
                "add --ticket and --approved-by; or describe the door",
            )
        if self.ticket:
            return UsageError(
                "approval-needed",
                f"{said}, and for {tool.id} it is read from reviews at GitHub",
                "leave --ticket out; or add --approved-by",
            )
        return UsageError(
            "approval-needed",
            f"who agreed is read from Jira for {tool.id}, and no issue is named",
            "add --ticket with the key of the issue",
        )


def _read_day(option: str, text: str) -> date:
    """The day that was typed; `UsageError` where it is none."""
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise UsageError("option-invalid", f"--{option} {text!r} is no day", "write it YYYY-MM-DD")


def read_moment(option: str, text: str) -> Moment:
    """The day or the instant that was typed; `UsageError` where it is neither."""
    found = issue_values.read_moment(text)
    if found is None:
        raise UsageError(
            "option-invalid",
            f"--{option} {text!r} is neither a day nor an instant",
            "write it YYYY-MM-DD; or with a time and its offset: YYYY-MM-DDTHH:MMZ, ...+01:00",
        )
    return found
