"""What a reviewer has to know of a proposal: what, who, why, until when, and who is asked."""

from collections.abc import Iterable
from datetime import datetime

from reconciler.model.catalog import Catalog, Grant, Risk, risks
from reconciler.model.settings import Contact
from reconciler.model.validity import AnyApproval, Approval, Moment
from reconciler.proposals.access import Access
from reconciler.proposals.days import ENDLESS

__all__ = ["describe_approval", "describe_end", "grant_facts", "list_contacts"]

Facts = tuple[tuple[str, str], ...]


def grant_facts(
    catalog: Catalog,
    access: Access,
    grant: Grant,
    requested_by: str | None,
    asked: Iterable[Contact],
    before: Grant | None = None,
) -> Facts:
    """The grant as it would be, a name and a value each; of a renewal, until when it was so far."""
    entitlement = access.tool.entitlements[access.entitlement]
    risk = risks(catalog).get((access.tool.id, access.entitlement), Risk.LOW)
    is_described = entitlement.description not in {"", access.entitlement}
    what = f"{access.name} ({access.tool.name}"
    return (
        ("access", f"{what}: {entitlement.description})" if is_described else f"{what})"),
        ("risk", risk.value),
        ("for", describe_person(access)),
        ("purpose", grant.purpose),
        *_begin_facts(grant, before),
        ("until", _describe_until(grant, before)),
        *((("requested by", requested_by),) if requested_by else ()),
        ("approval", describe_approval(grant.approval)),
        ("asked to approve", list_contacts(asked)),
    )


def _begin_facts(grant: Grant, before: Grant | None) -> Facts:
    """When it begins, unless it goes on."""
    if before is not None:
        is_new = grant.starts is not None and grant.starts != before.starts
        return (("counted from", str(grant.starts)),) if is_new else ()
    return (("from", str(grant.starts) if grant.starts else "when it is merged and applied"),)


def _describe_until(grant: Grant, before: Grant | None) -> str:
    ends = str(grant.expires) if grant.expires else "no end"
    return ends if before is None else f"{ends} (so far {before.expires})"


def describe_person(access: Access) -> str:
    """The name that was asked for, and the login that it is known to mean, if it is known."""
    if not access.person.is_named:
        return f"{access.subject} (no file names them yet)"
    is_other = access.person.name.lower() != access.subject.lower()
    return f"{access.subject} ({access.person.name})" if is_other else access.subject


def describe_end(ends_at: datetime) -> str:
    """The end, as a sentence goes on: its last day, or its instant; the last of all is none."""
    return "without end" if ends_at == ENDLESS else f"until {Moment.ending_at(ends_at)}"


def describe_approval(approval: AnyApproval) -> str:
    """Where it is read, or what is claimed of it."""
    if isinstance(approval, Approval):
        return f"{approval.ticket}, by {', '.join(approval.approved_by)} on {approval.written}"
    where = {"github": "the review of this change", "jira": f"Jira issue {approval.ticket}"}
    return f"read from {where[approval.by.value]}"


def list_contacts(contacts: Iterable[Contact]) -> str:
    """Their addresses; whoever of them it is."""
    return ", ".join(contact.email for contact in contacts) or "nobody is left to ask"
