"""How a plan line cites a grant, a person and a group."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from reconciler.model.catalog import Grant
from reconciler.model.directory import DirectoryUser
from reconciler.model.ids import login_key
from reconciler.model.plan import GrantRef, PersonRef
from reconciler.model.validity import earliest, format_instant, latest

__all__ = [
    "approved_from",
    "approved_until",
    "approved_when",
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
        grant.starts.isoformat() if grant.starts else None,
        grant.expires.isoformat() if grant.expires else None,
        [revoked.at.isoformat(), revoked.by] if revoked else None,
    ]
    text = json.dumps(intent, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def cite_grant(grant: Grant) -> GrantRef:
    """The grant as a line shows it."""
    return GrantRef(
        hash=grant_hash(grant),
        subject=grant.subject,
        ticket=grant.approval.ticket,
        approved_by=_distinct(grant.approval.approved_by),
        approved_at=grant.approval.approved_at,
        approved_time=grant.approval.approved_time,
        purpose=grant.purpose,
        starts=grant.starts,
        expires=grant.expires,
        revoked_at=grant.revoked.at if grant.revoked else None,
        revoked_by=grant.revoked.by if grant.revoked else "",
        revoked_because=grant.revoked.reason if grant.revoked else "",
        origin=grant.origin,
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
    return earliest(ref.approved_at, ref.approved_time)


def approved_until(ref: GrantRef) -> datetime:
    """The last instant at which it may have been given."""
    return latest(ref.approved_at, ref.approved_time)


def approved_when(ref: GrantRef) -> str:
    """When it was given, as the file says it."""
    return format_instant(ref.approved_at, ref.approved_time)
