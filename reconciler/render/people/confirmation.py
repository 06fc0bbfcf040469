"""What is shown before an account is changed on call: who it is, and what follows from it."""

from collections.abc import Sequence
from dataclasses import replace

from reconciler.model.accounts import AccountAction, AccountDeclaration
from reconciler.model.directory import AccountProfile
from reconciler.model.outcome import Prepared
from reconciler.model.plan import AccountChange, Change
from reconciler.render.document import Document, Mark, Row, Section, count
from reconciler.render.people.user import profile_facts
from reconciler.render.rows.accounts import account_rows
from reconciler.render.rows.citations import escape_separator
from reconciler.render.rows.guards import guard_row
from reconciler.render.rows.memberships import blocked_row, change_row

__all__ = ["confirmation_document", "departure_document"]


def confirmation_document(
    what: str,
    profile: AccountProfile,
    lines: Sequence[AccountChange],
    contradicted: AccountDeclaration | None = None,
) -> Document:
    """The person, each line with its consequences, and the file that says otherwise."""
    sections = (
        Section(title="Now", rows=account_rows((), lines)),
        Section(
            title="A file says otherwise",
            rows=(_contradiction_row(what, contradicted),) if contradicted else (),
        ),
    )
    return Document(
        title=f"{what} {profile.user.login}",
        facts=profile_facts(profile),
        verdict=_judge_lines(what, profile, lines),
        totals=count(len(lines), "change"),
        sections=tuple(section for section in sections if section.rows),
    )


def _judge_lines(what: str, profile: AccountProfile, lines: Sequence[AccountChange]) -> str:
    if not lines:
        return f"It is so already: {profile.user.login} is {profile.user.status}."
    if not any(line.action.value == what for line in lines):
        return f"The account is {profile.user.status} already; this is what is left to do."
    return "This is what would be done."


def departure_document(
    profile: AccountProfile, prepared: Prepared, *, is_pending: bool
) -> Document:
    """The person, all that is taken from them at once, and what stays for the time being."""
    plan, changes = prepared.plan, prepared.changes
    stays = [
        *map(blocked_row, plan.blocked),
        *(Row(mark=Mark.NOTE, head=w.summary, details=(w.hint,)) for w in plan.warnings),
    ]
    if is_pending:
        stays.append(_pending_row(profile))
    sections = (
        Section(title="Account", rows=account_rows((), prepared.accounts)),
        Section(title="Groups", rows=tuple(map(_removal_row, changes))),
        Section(title="Guards", rows=tuple(map(guard_row, plan.guards))),
        Section(title="What stays", rows=tuple(stays)),
    )
    number = len(prepared.accounts) + len(changes)
    return Document(
        title=f"offboard {profile.user.login}",
        facts=profile_facts(profile),
        verdict="This is what would be done." if number else "Nothing is left to take.",
        totals=count(number, "change"),
        sections=tuple(section for section in sections if section.rows),
    )


def _removal_row(change: Change) -> Row:
    """Without a grant: what is cited is the ended one that stands in for those of the files."""
    return change_row(replace(change, grants=()))


def _pending_row(profile: AccountProfile) -> Row:
    return Row(
        mark=Mark.BLOCKED,
        head=f"the account stays {profile.user.status}: Okta does not suspend it so",
        details=("each plan tells it until it is suspended; --deactivate closes it at once",),
    )


def _contradiction_row(what: str, declared: AccountDeclaration) -> Row:
    place = f"{declared.origin.path}:{declared.origin.line}" if declared.origin else "users/"
    state = declared.state.value if declared.state else ""
    until = f" until {declared.until.isoformat()}" if declared.until else ""
    is_ending = bool(until) and what == AccountAction.SUSPEND.value
    then = (
        "that end ends this one, too" if is_ending else "the next plan asks which of the two holds"
    )
    return Row(
        mark=Mark.BLOCKED,
        head=f"{escape_separator(place)} says {state}{until}",
        details=(f"change the file too, or {then}",),
    )
