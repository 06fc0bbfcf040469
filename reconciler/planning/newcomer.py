"""Whether an account began after the approval of the grants that name it.

Then the login may have passed to somebody else since: whoever is asked for such a grant is asked
about, and not simply let in. Where the account was not even made at the approval, the one who was
meant may be another, and may have another name by now. A reactivated account was there before.
"""

import json
from collections.abc import Iterable

from reconciler.model.catalog import Approval, Grant
from reconciler.model.directory import DirectoryUser

__all__ = ["CODE", "began_later", "question", "was_made_later"]

CODE = "account-newer-than-approval"


def began_later(user: DirectoryUser, grants: Iterable[Grant]) -> bool:
    """Whether the account was activated after every approval."""
    began_at = user.began_at
    return began_at is not None and began_at > _approved(grants).latest


def was_made_later(user: DirectoryUser, grants: Iterable[Grant]) -> bool:
    """Whether the account was made after every approval."""
    made_at = user.created_at or user.activated_at
    return made_at is not None and made_at > _approved(grants).latest


def question(
    user: DirectoryUser, grants: Iterable[Grant], *, is_member: bool = False
) -> tuple[str, str, str]:
    """Code, summary and hint for whoever has to say who is meant."""
    began = user.began_at.date().isoformat() if user.began_at else "at an unknown time"
    present = "is a member already and " if is_member else ""
    otherwise = "; or revoke the grant" if is_member else ""
    return (
        CODE,
        (
            f"{user.login} ({user.id}) {present}was activated {began}, after the "
            f"approval of {_approved(grants).written}: the login may have passed to "
            "somebody else"
        ),
        (
            "approve again, or confirm in identities/: "
            f"{{okta: {{login: {json.dumps(user.login)}, id: {user.id}}}}}{otherwise}"
        ),
    )


def _approved(grants: Iterable[Grant]) -> Approval:
    return max((grant.approval for grant in grants), key=lambda approval: approval.latest)
