"""How the lines about accounts are put into words: what is done, to whom, and what it means."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from reconciler.model.accounts import AccountAction, AccountPart, LifecycleCall
from reconciler.model.ids import PersonRef
from reconciler.model.plan import AccountChange, AccountDrift, AccountRef, BlockedAccount
from reconciler.model.validity import format_instant
from reconciler.render.document import Mark, Row
from reconciler.render.rows.citations import SEPARATOR, escape_separator, instant

__all__ = [
    "account_drift_row",
    "account_line",
    "account_row",
    "account_rows",
    "blocked_account_row",
]

_ARROW = "→"
_OWN_SIGNS = str.maketrans({sign: rf"\u{{{ord(sign):x}}}" for sign in f'{SEPARATOR}{_ARROW}"'})
_LOCKING = frozenset({AccountAction.SUSPEND, AccountAction.DEACTIVATE})
_MAILED = frozenset(
    {LifecycleCall.ACTIVATE, LifecycleCall.REACTIVATE, LifecycleCall.RESET_PASSWORD}
)


def account_rows(
    blocked: Iterable[BlockedAccount], changes: Iterable[AccountChange]
) -> tuple[Row, ...]:
    """Blocked lines, then what takes access away, then the others; each in the plan's order.

    The end of the sessions is a step of another line, which says what both rest on.
    """
    ordered = sorted(changes, key=lambda change: not change.action.takes_away)
    told = {c.source.hash for c in ordered if c.action is not AccountAction.CLEAR_SESSIONS}
    rows = (_step_row(c) if _is_step(c, told) else account_row(c) for c in ordered)
    return (*map(blocked_account_row, blocked), *rows)


def _is_step(change: AccountChange, told: Container[str]) -> bool:
    return change.action is AccountAction.CLEAR_SESSIONS and change.source.hash in told


def _step_row(change: AccountChange) -> Row:
    row = account_row(change)
    source = tuple(_source(change.source))
    return replace(row, details=row.details[: -len(source)])


def account_row(change: AccountChange) -> Row:
    """One intended change of an account, with what it rests on and what follows from it."""
    reason = f"{escape_separator(change.reason)} {SEPARATOR} risk {change.risk.value}"
    details = (reason, *_consequences(change), *_source(change.source))
    mark = _mark(change)
    if change.held_by:
        details = (f"held by {', '.join(change.held_by)}: not carried out", *details)
    return Row(
        mark=mark,
        head=f"{change.action.value} {_transition(change)}{_finality(change)}",
        details=details,
    )


def blocked_account_row(line: BlockedAccount) -> Row:
    """A change of an account that is wanted and not planned, and what would settle it."""
    nobody = PersonRef(id=None, login=line.source.subject)
    who = _person(line.person or nobody, line.person.status if line.person else "")
    wanted = f": {line.wanted.value}" if line.wanted else ""
    return Row(
        mark=Mark.BLOCKED,
        head=f"{line.code}: {who} for {_part(line.source)}{wanted}",
        details=(line.summary, *_source(line.source), f"hint: {line.hint}"),
    )


def account_drift_row(line: AccountDrift, blocked: BlockedAccount | None = None) -> Row:
    """An account of which Okta does not show the state that git wants, and what keeps it back."""
    shows = _escape(line.person.status) or "no status"
    place = escape_separator(f"{line.origin.path}:{line.origin.line}") if line.origin else ""
    why = (f"{blocked.code}: {blocked.summary}", f"hint: {blocked.hint}") if blocked else ()
    return Row(
        mark=Mark.BLOCKED if blocked else Mark.NOTE,
        head=f"{_person(line.person)}: git wants {line.wanted.value}, Okta shows {shows}",
        details=(*((place,) if place else ()), *why),
    )


def account_line(ref: AccountRef) -> str:
    """Which part of the file asks, who agreed, until when, and where it stands."""
    parts = [f"{_part(ref)} {escape_separator(ref.ticket)}", *_asked(ref)]
    if ref.approved_by:
        who = ", ".join(map(escape_separator, ref.approved_by))
        on = format_instant(ref.approved_at, ref.approved_time)
        parts.append(f"approved by {who} on {on} (claimed)")
    if ref.until is not None:
        parts.append(f"through {ref.until.isoformat()}")
    if ref.origin is not None:
        parts.append(f"{escape_separator(ref.origin.path)}:{ref.origin.line}")
    return f" {SEPARATOR} ".join(parts)


def _asked(ref: AccountRef) -> Iterator[str]:
    by = f" by {escape_separator(ref.requested_by)}" if ref.requested_by else ""
    at = f" at {instant(ref.requested_at)}" if ref.requested_at else ""
    if by or at:
        yield f"requested{at}{by}"


def _part(ref: AccountRef) -> str:
    return _PARTS[ref.part] if ref.part else "request on call"


_PARTS = {
    AccountPart.STATE: "state",
    AccountPart.UNLOCK: "unlock",
    AccountPart.PASSWORD_RESET: "password reset",
}


def _source(ref: AccountRef) -> Iterator[str]:
    yield account_line(ref)
    if ref.reason:
        yield f"reason given: {escape_separator(ref.reason)}"


def _mark(change: AccountChange) -> Mark:
    if change.held_by:
        return Mark.HELD
    if change.action.takes_away:
        return Mark.REMOVE
    return Mark.CHANGE if change.action is AccountAction.RESET_PASSWORD else Mark.ADD


def _transition(change: AccountChange) -> str:
    """Who it is, the status now, and those of which one shows that it was done."""
    if not change.expects:
        return _person(change.person, change.person.status)
    now = _escape(change.person.status) or "no status"
    then = " or ".join(map(_escape, change.expects))
    if change.action is AccountAction.UNSUSPEND:
        then = "the status it had before"
    return f"{_person(change.person)}: {now} {_ARROW} {then}"


def _finality(change: AccountChange) -> str:
    return ", which cannot be undone" if change.consequences.is_final else ""


def _consequences(change: AccountChange) -> Iterator[str]:
    found = change.consequences
    if found.is_final:
        yield (
            "Okta removes their app assignments, and activating them again may bring none of "
            "those back"
        )
    if change.action is AccountAction.CLEAR_SESSIONS:
        yield "ends their Okta sessions and tokens, and forgets their devices"
    if change.call in _MAILED:
        yield "Okta mails them a link; it is not shown here"
    if change.action is AccountAction.RESET_PASSWORD:
        yield "they cannot sign in until they have followed it"
    if found.keeps or change.action in _LOCKING:
        yield f"stays in {_quote(found.keeps)}" if found.keeps else "stays in no managed group"
    if found.apps:
        yield f"can no longer reach {_quote(found.apps)}"
    if found.grants:
        yield f"while it is so, these live grants add them to no group: {', '.join(found.grants)}"


def _person(ref: PersonRef, status: str = "") -> str:
    """Login, name and id; `status` where nothing else says it."""
    name = f'"{_escape(ref.name)}"' if ref.name else ""
    about = ", ".join(part for part in (name, ref.id or "", _escape(status)) if part)
    return f"{_escape(ref.login)} ({about})" if about else _escape(ref.login)


def _quote(names: Iterable[str]) -> str:
    return ", ".join(f'"{_escape(name)}"' for name in names)


def _escape(text: str) -> str:
    """What others wrote, as one part: it can neither end nor go on as a part of the tool's own."""
    return text.translate(_OWN_SIGNS)
