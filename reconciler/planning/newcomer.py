"""Whether an account began after the approval of the grants that name it.

Then the login may have passed to somebody else since: whoever is asked for such a grant is asked
about, and not simply let in. Where the account was not even made at the approval, the one who was
meant may be another, and may have another name by now. A reactivated account was there before.
"""

import json
from collections.abc import Iterable
from datetime import datetime

from reconciler.model.catalog import Approval, Grant
from reconciler.model.directory import DirectoryUser

__all__ = ["CODE", "began_later", "question", "was_made_later"]

CODE = "account-newer-than-approval"


def began_later(user: DirectoryUser, grants: Iterable[Grant]) -> bool:
    """Whether the account was activated after every approval."""
    return _is_later(user.activated_at or user.created_at, grants)


def was_made_later(user: DirectoryUser, grants: Iterable[Grant]) -> bool:
    """Whether the account was made after every approval."""
    return _is_later(user.created_at or user.activated_at, grants)


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


def _is_later(began_at: datetime | None, grants: Iterable[Grant]) -> bool:
    """Asked of every member of every group: the first approval that is late enough decides."""
    if began_at is None:
        return False
    for grant in grants:  # noqa: SIM110 - twice as fast as a generator
        if began_at <= grant.approval.latest:
            return False
    return True


def _approved(grants: Iterable[Grant]) -> Approval:
    return max((grant.approval for grant in grants), key=lambda approval: approval.latest)
