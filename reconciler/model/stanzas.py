"""YAML that a plan prints for its reader to paste into the catalog: every stanza is made here.

What stands in it was written by others, so every text is a double-quoted scalar of ASCII alone; an
id is written bare only where no YAML reader takes it for anything but a text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from reconciler.model.accounts import AccountDeclaration, AccountRequest, AccountState
from reconciler.model.catalog import Grant
from reconciler.model.diagnostics import Span
from reconciler.model.directory import DirectoryUser
from reconciler.model.ids import (
    OUTSIDE_ACCOUNTS,
    ConnectorId,
    GroupRef,
    OktaUserId,
    PersonRef,
    login_key,
)
from reconciler.model.validity import ACKNOWLEDGED_DAYS, AnyApproval, Approval

__all__ = [
    "CANARY_KEYS",
    "PLACEHOLDERS",
    "KeyEdit",
    "account_file",
    "acknowledgement_file",
    "acknowledgement_last_day",
    "approval_stanza",
    "binding_stanza",
    "grant_file",
    "identity_stanza",
    "instant",
    "okta_stanza",
    "quote",
    "renewal_edits",
    "revocation_edit",
    "revocation_stanza",
    "state_edits",
]

_YOUR_EMAIL = "YOUR-EMAIL"
_WHY = "WHY THIS IS RIGHT"
_THEIR_LOGIN = "THEIR-LOGIN"
_THEIR_ID = OktaUserId("THEIR-OKTA-ID")

PLACEHOLDERS = frozenset({_YOUR_EMAIL, _WHY, _THEIR_LOGIN, _THEIR_ID})
"""What a stanza leaves blank; left as they are, they say nothing."""

CANARY_KEYS = "canary: {user, group: {id, name}}"
"""What a connector without a canary lacks; only its people know the values."""

_BARE = re.compile(r"[A-Za-z][0-9A-Za-z-]*(?: [0-9A-Za-z-]+)*|00[a-df-zA-DF-Z][0-9A-Za-z]*")
"""Words and Okta's ids. With an `e` in its third place an id could pass for a number."""
_NO_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_ESCAPES = {'"': r"\"", "\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
_ASCII_END, _SHORT_END = 0x7F, 0x10000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEdit:
    """One key of the object that begins at a place: its new value, or that it goes."""

    at: Span
    key: str
    value: str | None
    """YAML in one line; None takes the key away."""

    @property
    def stanza(self) -> str:
        """What a person would write there by hand; nothing, where the key goes."""
        return "" if self.value is None else f"{self.key}: {self.value}"


def quote(text: str) -> str:
    """The text as a double-quoted scalar of ASCII, which YAML reads back as it is.

    JSON would do, but for what is beyond 16 bits: YAML knows no pairs of escapes. A half of such
    a pair is no text, and is replaced.
    """
    return f'"{"".join(map(_escape, text))}"'


def _escape(letter: str) -> str:
    code = ord(letter)
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isprintable() and code < _ASCII_END:
        return letter
    if "\ud800" <= letter <= "\udfff":
        return r"\ufffd"
    return f"\\u{code:04x}" if code < _SHORT_END else f"\\U{code:08x}"


def _bare(text: str) -> str:
    """The words or the id without quotes, where they are safe so."""
    is_safe = _BARE.fullmatch(text) is not None and text.lower() not in _NO_TEXT
    return text if is_safe else quote(text)


def _flow(**values: str) -> str:
    """A mapping in one line, of values that are YAML already."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in values.items()) + "}"


def instant(at: datetime) -> str:
    """The instant as a file writes it, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def binding_stanza(group: GroupRef) -> str:
    """What binds a group that was made by its id, in place of `create`."""
    return f"group: {_flow(bind=_flow(id=_bare(group.id or ''), name=quote(group.name)))}"


def revocation_stanza(now: datetime, reason: str) -> str:
    """What ends a grant today."""
    return f"revoked: {_revocation(now, reason, _YOUR_EMAIL)}"


def revocation_edit(at: Span, now: datetime, reason: str, by: str) -> KeyEdit:
    """What ends the grant that stands there, today."""
    return KeyEdit(at=at, key="revoked", value=_revocation(now, reason, by))


def _revocation(now: datetime, reason: str, by: str) -> str:
    day = now.astimezone(UTC).date().isoformat()
    return _flow(at=day, by=_bare(by), reason=_bare(reason))


def approval_stanza(ticket: str, at: datetime) -> str:
    """What approves a grant anew, as of that instant; it holds from the same second on."""
    who = _bare(_YOUR_EMAIL)
    return f"approval: {_flow(ticket=quote(ticket), approved_by=who, approved_at=instant(at))}"


def okta_stanza(login: str, user_id: OktaUserId) -> str:
    """The part of an `identities/` entry that says which account is meant, in flow style."""
    return _flow(okta=_account(login, user_id))


def identity_stanza(subject: str, user: DirectoryUser | None) -> str:
    """The `identities/` entry that would say who the subject is, in flow style."""
    prefix = next((p for p in OUTSIDE_ACCOUNTS if login_key(subject).startswith(p)), "")
    key = prefix.rstrip(":") or "email"
    account = _account(user.login, user.id) if user else _account(_THEIR_LOGIN, _THEIR_ID)
    return _flow(**{key: quote(subject[len(prefix) :]), "okta": account})


def _account(login: str, user_id: OktaUserId) -> str:
    return _flow(login=quote(login), id=_bare(user_id))


def acknowledgement_file(
    guard: str,
    connector: ConnectorId,
    group: GroupRef | None,
    people: Iterable[PersonRef],
    now: datetime,
) -> str:
    """The file that would let exactly these lines pass; its writer gives the reason and a name."""
    lines = [f"guard: {guard}", f"connector: {_bare(connector)}"]
    if group is not None and group.id is not None:
        lines.append(f"group: {_bare(group.id)}")
    lines.append("people:")
    named = sorted(people, key=lambda p: (p.login, p.id or ""))
    lines += [f"  - {_bare(person.id or '')}  # {quote(person.login)}" for person in named]
    lines += [
        f"reason: {_bare(_WHY)}",
        f"by: {_bare(_YOUR_EMAIL)}",
        f"expires: {acknowledgement_last_day(now).isoformat()}",
    ]
    return "\n".join(lines) + "\n"


def acknowledgement_last_day(now: datetime) -> date:
    """The last day on which an acknowledgement of today may hold: a week on, or time's end."""
    today = now.astimezone(UTC).date()
    return today + min(timedelta(days=ACKNOWLEDGED_DAYS), date.max - today)


def account_file(declared: AccountDeclaration) -> str:
    """The person's file in `users/`, whole."""
    lines = [f"user: {quote(declared.subject)}"]
    if declared.state is not None:
        lines.append(f"state: {declared.state.value}")
        if declared.until is not None:
            lines.append(f"until: {declared.until.isoformat()}")
        lines.append(f"reason: {quote(declared.reason)}")
    if declared.approval is not None:
        lines.append(f"approval: {_approval(declared.approval)}")
    for part, request in declared.requests:
        lines += [f"{part.value}:", *(f"  {line}" for line in _request_lines(request))]
    return "\n".join(lines) + "\n"


def grant_file(grant: Grant) -> str:
    """A file with the one grant, whole; one that is revoked is no new file."""
    lines = [
        f"tool: {_bare(grant.tool)}",
        f"entitlement: {_bare(grant.entitlement)}",
        f"subject: {quote(grant.subject)}",
        f"purpose: {quote(grant.purpose)}",
        "approval:",
        *(f"  {key}: {value}" for key, value in _approval_keys(grant.approval).items()),
    ]
    if grant.starts is not None:
        lines.append(f"starts: {grant.starts.written}")
    if grant.expires is not None:
        lines.append(f"expires: {grant.expires.written}")
    return "\n".join(lines) + "\n"


def renewal_edits(before: Grant, after: Grant, at: Span) -> tuple[KeyEdit, ...]:
    """What gives the grant that stands there another approval, another window and purpose."""
    keys = {"purpose": quote(after.purpose), "approval": _approval(after.approval)}
    for key, moment in (("starts", after.starts), ("expires", after.expires)):
        if moment is not None:
            keys[key] = moment.written
    changed = (key for key in keys if getattr(before, key) != getattr(after, key))
    return tuple(KeyEdit(at=at, key=key, value=keys[key]) for key in changed)


def state_edits(
    at: Span, state: AccountState, reason: str, approval: Approval
) -> tuple[KeyEdit, ...]:
    """What gives the person's file that stands there another state, without an end."""
    values = (("state", state.value), ("reason", quote(reason)), ("approval", _approval(approval)))
    written = (KeyEdit(at=at, key=key, value=value) for key, value in values)
    return (*written, KeyEdit(at=at, key="until", value=None))


def _request_lines(request: AccountRequest) -> tuple[str, ...]:
    return (
        f"requested_at: {instant(request.requested_at)}",
        f"reason: {quote(request.reason)}",
        f"approval: {_approval(request.approval)}",
    )


def _approval(approval: AnyApproval) -> str:
    """The approval in flow style."""
    return _flow(**_approval_keys(approval))


def _approval_keys(approval: AnyApproval) -> dict[str, str]:
    """What the approval says, in the order in which people write it."""
    asked = {"requested_by": quote(approval.requested_by)} if approval.requested_by else {}
    if isinstance(approval, Approval):
        who = f"[{', '.join(map(quote, approval.approved_by))}]"
        said = {"approved_by": who, "approved_at": approval.written}
        return {"ticket": quote(approval.ticket), **asked, **said}
    cited = {"ticket": quote(approval.ticket)} if approval.ticket else {}
    return {"by": approval.by.value, **cited, **asked}
