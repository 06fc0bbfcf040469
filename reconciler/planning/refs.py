"""How a plan line cites a grant, a part of a person's file, a person and a group."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime

from reconciler.model.accounts import AccountDeclaration, AccountPart
from reconciler.model.catalog import Grant
from reconciler.model.directory import DirectoryUser
from reconciler.model.ids import login_key
from reconciler.model.plan import AccountRef, GrantRef, PersonRef
from reconciler.model.validity import Approval, earliest, format_instant, latest

__all__ = [
    "account_hash",
    "approval_of",
    "approved_from",
    "approved_until",
    "approved_when",
    "cite_account",
    "cite_grant",
    "cite_grants",
    "cite_names",
    "cite_person",
    "grant_hash",
]


def grant_hash(grant: Grant) -> str:
    """The sha256 of what the grant permits and who agreed; purpose and place stand aside."""
    approval, revoked = grant.approval, grant.revoked
    intent = [
        grant.tool,
        grant.entitlement,
        login_key(grant.subject),
        approval.ticket,
        approval.requested_by,
        sorted(approval.approved_by),
        approval.written,
        grant.starts.written if grant.starts else None,
        grant.expires.written if grant.expires else None,
        [revoked.at.isoformat(), revoked.by] if revoked else None,
    ]
    text = json.dumps(intent, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def cite_grant(grant: Grant) -> GrantRef:
    """The grant as a line shows it."""
    typed = grant.approval if isinstance(grant.approval, Approval) else None
    return GrantRef(
        hash=grant_hash(grant),
        subject=grant.subject,
        ticket=grant.approval.ticket,
        approved_by=_distinct(grant.approval.approved_by),
        source=None if isinstance(grant.approval, Approval) else grant.approval.by,
        approved_at=typed.approved_at if typed else None,
        approved_time=typed.approved_time if typed else None,
        requested_by=grant.approval.requested_by or "",
        purpose=grant.purpose,
        starts=grant.starts.day if grant.starts else None,
        starts_time=grant.starts.at if grant.starts else None,
        expires=grant.expires.day if grant.expires else None,
        expires_time=grant.expires.at if grant.expires else None,
        revoked_at=grant.revoked.at if grant.revoked else None,
        revoked_by=grant.revoked.by if grant.revoked else "",
        revoked_because=grant.revoked.reason if grant.revoked else "",
        origin=grant.origin,
    )


def account_hash(declared: AccountDeclaration, part: AccountPart) -> str:
    """The sha256 of what the part of the file permits and who agreed; words and place stand aside.

    Of a request it is the same wherever it stands and whatever else the file says.
    """
    request = dict(declared.requests).get(part)
    approval = approval_of(declared, part)
    state = declared.state.value if declared.state and not request else None
    agreed = sorted({login_key(name) for name in approval.approved_by})
    intent = [
        part.value,
        login_key(declared.subject),
        state,
        declared.until.isoformat() if declared.until and not request else None,
        request.requested_at.isoformat() if request else None,
        [approval.ticket, approval.requested_by, agreed, approval.written],
    ]
    text = json.dumps(intent, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def approval_of(declared: AccountDeclaration, part: AccountPart) -> Approval:
    """Who agreed to that part of the file; each part that is there has an approval."""
    request = dict(declared.requests).get(part)
    approval = request.approval if request else declared.approval
    if approval is None:
        raise ValueError(part)
    return approval


def cite_account(declared: AccountDeclaration, part: AccountPart) -> AccountRef:
    """The part of the file as a line shows it."""
    request = dict(declared.requests).get(part)
    approval = approval_of(declared, part)
    return AccountRef(
        hash=account_hash(declared, part),
        part=part,
        subject=declared.subject,
        reason=request.reason if request else declared.reason,
        ticket=approval.ticket,
        approved_by=_distinct(approval.approved_by),
        approved_at=approval.approved_at,
        approved_time=approval.approved_time,
        requested_by=approval.requested_by or "",
        requested_at=request.requested_at if request else None,
        until=None if request else declared.until,
        origin=declared.origin,
    )


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each once: capitals make no second approver."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(login_key(name), name)
    return tuple(first.values())


def cite_grants(grants: Iterable[Grant]) -> tuple[GrantRef, ...]:
    """The grants as a line shows them, each once, in one order whatever the files' order."""
    refs = {ref.hash: ref for ref in map(cite_grant, grants)}
    return tuple(refs[h] for h in sorted(refs))


def cite_person(user: DirectoryUser) -> PersonRef:
    """The person as a line shows them."""
    return PersonRef(id=user.id, login=user.login, name=user.name, status=user.status)


def cite_names(names: Iterable[str]) -> tuple[PersonRef, ...]:
    """People of whom nothing but a name is known, each once."""
    return tuple(PersonRef(id=None, login=name) for name in sorted(set(names)) if name)


def approved_from(ref: GrantRef) -> datetime:
    """The first instant at which the approval may have been given."""
    if ref.approved_at is None:
        return datetime.min.replace(tzinfo=UTC)
    return earliest(ref.approved_at, ref.approved_time)


def approved_until(ref: GrantRef) -> datetime:
    """The last instant at which it may have been given."""
    if ref.approved_at is None:
        return datetime.max.replace(tzinfo=UTC)
    return latest(ref.approved_at, ref.approved_time)


def approved_when(ref: GrantRef) -> str:
    """When it was given, as the file says it."""
    if ref.approved_at is None:
        return "an unknown day"
    return format_instant(ref.approved_at, ref.approved_time)
