"""What a doubtful subject costs: its own grant, and nobody's access.

The line names every candidate and prints the mapping that would settle it.
"""

import json

from reconciler.identity.resolve import Ambiguous, Missing, Resolution, Unknown
from reconciler.identity.subject import OUTSIDE_ACCOUNTS, is_outside_account
from reconciler.model.directory import DirectoryUser
from reconciler.model.names import login_key
from reconciler.model.placeholders import THEIR_ID, THEIR_LOGIN
from reconciler.model.plan import Blocked, PersonRef
from reconciler.planning.citation import cite_grants, cite_person
from reconciler.planning.desired import Doubt
from reconciler.planning.scope import ManagedGroup

__all__ = ["block_doubt", "mapping_stanza"]


def block_doubt(group: ManagedGroup, doubt: Doubt, *, is_ended: bool) -> Blocked:
    """The grant's blocked line."""
    subject, resolution = doubt.grant.subject, doubt.resolution
    code, summary, hint = _words(subject, resolution)
    if is_ended:
        summary = f"its grant has ended, but {summary}"
    candidates = resolution.candidates if isinstance(resolution, Ambiguous) else ()
    return Blocked(
        code=code,
        summary=summary,
        hint=hint,
        group=group.ref,
        tool=doubt.grant.tool,
        entitlement=doubt.grant.entitlement,
        person=PersonRef(id=None, login=subject),
        candidates=tuple(cite_person(user) for user in candidates),
        grants=cite_grants([doubt.grant]),
    )


def mapping_stanza(subject: str, user: DirectoryUser | None) -> str:
    """The `identities/` entry that would say who the subject is, in flow style."""
    prefix = next((p for p in OUTSIDE_ACCOUNTS if login_key(subject).startswith(p)), "")
    key = prefix.rstrip(":") or "email"
    value = subject[len(prefix) :]
    login = user.login if user else THEIR_LOGIN
    user_id = user.id if user else THEIR_ID
    return f"{{{key}: {json.dumps(value)}, okta: {{login: {json.dumps(login)}, id: {user_id}}}}}"


def _words(subject: str, resolution: Resolution) -> tuple[str, str, str]:
    match resolution:
        case Ambiguous(candidates=candidates, rule=rule):
            names = ", ".join(f"{u.login} ({u.id}, {u.status})" for u in candidates)
            return (
                "subject-ambiguous",
                f'"{subject}" is the {rule.value} of {len(candidates)} people: {names}',
                "say who is meant in identities/, for example "
                + mapping_stanza(subject, candidates[0]),
            )
        case Unknown(detail=detail):
            return (
                "subject-unread",
                f'who "{subject}" is could not be read: {detail}',
                "plan again; nobody is removed on a guess",
            )
        case Missing(is_mapped=True):
            return (
                "subject-missing",
                f'the mapping of "{subject}" names nobody Okta shows',
                "correct the login or the id in identities/",
            )
        case _ if is_outside_account(subject):
            return (
                "subject-missing",
                f'no mapping says who "{subject}" is',
                "add one to identities/: " + mapping_stanza(subject, None),
            )
        case _:
            return (
                "subject-missing",
                f'nobody in Okta has the login "{subject}"',
                "correct the grant's subject, or map it in identities/: "
                + mapping_stanza(subject, None),
            )
