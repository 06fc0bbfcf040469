"""What a doubtful subject costs: its own grant, and nobody's access.

The line names every candidate and prints the mapping that would settle it. The people whom the
grant may mean keep what they have: a candidate where there are several, and any member of the group
where there is none, for a person whose login was changed is found under another name.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.identity.resolve import Ambiguous, Missing, Unknown, Unresolved
from reconciler.identity.subject import is_outside_account
from reconciler.model.catalog import Grant
from reconciler.model.directory import DirectoryUser
from reconciler.model.ids import login_key
from reconciler.model.plan import Blocked, BlockReason, PersonRef
from reconciler.model.stanzas import identity_stanza
from reconciler.planning.desired import GroupIntent, UnresolvedGrant
from reconciler.planning.refs import cite_grants, cite_person, grant_hash
from reconciler.planning.scope import ManagedGroup

__all__ = ["RemovalDoubt", "block_unresolved", "explain_unresolved", "find_removal_doubt"]

NAMED = 3
"""As many doubtful grants are named in a line that they hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalDoubt:
    """Why any member of a group may be a person whom a grant means, and those grants."""

    why: str
    grants: tuple[Grant, ...]


def find_removal_doubt(intent: GroupIntent, *, is_ended: bool) -> RemovalDoubt | None:
    """What speaks against taking any member out; None when everybody is known.

    Of several candidates one is meant, and they are left alone one by one. Only a member whom no
    grant ever named may still be another person whom that grant means.
    """
    unsettled = [
        d.grant for d in intent.unsettled if not (is_ended and isinstance(d.resolution, Ambiguous))
    ]
    if unsettled:
        first = _one_per_subject(unsettled)
        return RemovalDoubt(
            why=f"{_list_subjects(first)} may be one of the group's members under another name",
            grants=tuple(g for _, g in first[:NAMED]),
        )
    newer = _one_per_subject(g for grants in intent.newer.values() for g in grants)
    if newer:
        return RemovalDoubt(
            why=f"the account of {_list_subjects(newer)} was made after the approval, so whom it "
            "meant may be one of the group's members under another name",
            grants=tuple(g for _, g in newer[:NAMED]),
        )
    return None


def _one_per_subject(grants: Iterable[Grant]) -> list[tuple[str, Grant]]:
    """One grant for each subject, the same one whatever the order of the files."""
    in_order = sorted(grants, key=lambda g: (g.subject, grant_hash(g)), reverse=True)
    return sorted({g.subject: g for g in in_order}.items())


def _list_subjects(grants: list[tuple[str, Grant]]) -> str:
    more = f" and {len(grants) - NAMED} more" if len(grants) > NAMED else ""
    return ", ".join(subject for subject, _ in grants[:NAMED]) + more


def block_unresolved(group: ManagedGroup, doubt: UnresolvedGrant, *, aside: str = "") -> Blocked:
    """The grant's blocked line; `aside` says first what is special about the grant."""
    subject, resolution = doubt.grant.subject, doubt.resolution
    reason = explain_unresolved(subject, resolution)
    candidates = resolution.candidates if isinstance(resolution, Ambiguous) else ()
    return Blocked(
        code=reason.code,
        summary=f"{aside}, but {reason.summary}" if aside else reason.summary,
        hint=reason.hint,
        group=group.ref,
        tool=doubt.grant.tool,
        entitlement=doubt.grant.entitlement,
        person=PersonRef(id=None, login=subject),
        candidates=tuple(cite_person(user) for user in candidates),
        grants=cite_grants([doubt.grant]),
    )


def explain_unresolved(subject: str, resolution: Unresolved) -> BlockReason:
    """Why it is not known who a grant means, and what would say so."""
    match resolution:
        case Ambiguous(candidates=(bearer, *_, mapped), rule=rule) if _is_disputed(subject, bearer):
            return BlockReason(
                code="subject-ambiguous",
                summary=f'"{subject}" is the login of {_describe_user(bearer)}, who was there at '
                f"the approval, and the {rule.value} of {_describe_user(mapped)}",
                hint="correct the mapping in identities/; or revoke this grant, and have one "
                "approved for the login that is meant",
            )
        case Ambiguous(candidates=candidates, rule=rule):
            names = ", ".join(map(_describe_user, candidates))
            return BlockReason(
                code="subject-ambiguous",
                summary=f'"{subject}" is the {rule.value} of {len(candidates)} people: {names}',
                hint="say who is meant in identities/, for example "
                + identity_stanza(subject, candidates[0]),
            )
        case Unknown(detail=detail):
            return BlockReason(
                code="subject-unread",
                summary=f'who "{subject}" is could not be read: {detail}',
                hint="plan again; nobody is removed while it is unknown",
            )
        case Missing(is_mapped=is_mapped):
            return _missing(subject, is_mapped=is_mapped)


def _missing(subject: str, *, is_mapped: bool) -> BlockReason:
    stanza = identity_stanza(subject, None)
    if is_mapped:
        summary = f'the mapping of "{subject}" could not be resolved'
        hint = "correct the login or the id in identities/"
    elif is_outside_account(subject):
        summary = f'no mapping says who "{subject}" is'
        hint = f"add one to identities/: {stanza}"
    else:
        summary = f'nobody in Okta has the login "{subject}"'
        hint = (
            f"map it in identities/: {stanza}; or revoke this grant, and have one approved for "
            "the right login"
        )
    return BlockReason(code="subject-missing", summary=summary, hint=hint)


def _is_disputed(subject: str, bearer: DirectoryUser) -> bool:
    """Whether the first of several has the subject for a login: then it is mapped to another."""
    return login_key(bearer.login) == login_key(subject)


def _describe_user(user: DirectoryUser) -> str:
    return f"{user.login} ({user.id}, {user.status})"
