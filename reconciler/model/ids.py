"""One type per identifier, so that a user id and a group id cannot be swapped."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, NewType

__all__ = [
    "OUTSIDE_ACCOUNTS",
    "ConnectorId",
    "EntitlementId",
    "GroupRef",
    "Membership",
    "OktaGroupId",
    "OktaOrgId",
    "OktaUserId",
    "PersonRef",
    "RunId",
    "SecretRef",
    "ToolId",
    "blob_name",
    "fold",
    "is_same_login",
    "login_key",
]

OktaUserId = NewType("OktaUserId", str)
OktaGroupId = NewType("OktaGroupId", str)
OktaOrgId = NewType("OktaOrgId", str)
ConnectorId = NewType("ConnectorId", str)
ToolId = NewType("ToolId", str)
EntitlementId = NewType("EntitlementId", str)
RunId = NewType("RunId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRef:
    """Where a secret is kept; never the secret. `value` is a name, a path or an argv."""

    kind: Literal["env", "file", "command"]
    value: str | tuple[str, ...]


class Membership(NamedTuple):
    """That a user is in a group: the atom of access. A tuple, for sets of a great many."""

    group_id: OktaGroupId
    user_id: OktaUserId


OUTSIDE_ACCOUNTS = ("jira:", "slack:", "github:")
"""How the subject of a grant begins that is an account elsewhere."""

_SHA1_LENGTH = 40


def blob_name(content: bytes, like: str) -> str:
    """The content's name, by the hash that made the name `like`."""
    kind = "sha1" if len(like) == _SHA1_LENGTH else "sha256"
    hashed = hashlib.new(kind, b"blob %d\0" % len(content), usedforsecurity=False)
    hashed.update(content)
    return hashed.hexdigest()


@lru_cache(maxsize=65536)
def login_key(name: str) -> str:
    """The form in which two spellings of one login (or of one subject) are equal."""
    return name.lower()


_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
"""What is shown by nothing (Unicode: Default_Ignorable_Code_Point)."""


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """The form in which names that a reader could take for each other are equal.

    Compatibility forms and case are folded (Unicode: NFKC_Casefold, in the order of its D146), so
    a long s, a full-width letter and a capital are the letter that they look like, and what nobody
    sees is not there.
    """
    seen = _UNSEEN.sub("", unicodedata.normalize("NFD", name))
    folded = unicodedata.normalize("NFKC", seen.casefold())
    return unicodedata.normalize("NFKC", folded.casefold()).strip()


def is_same_login(one: str, other: str) -> bool:
    """Whether both name the same account at Okta."""
    return login_key(one) == login_key(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRef:
    """A group by id, or by the name it will be made under (`id` is None).

    `is_made`: it was made for its binding and is known by its name until it is bound by id, so a
    plan made before its creation and one made after speak of the same group.
    """

    id: OktaGroupId | None
    name: str
    is_made: bool = False

    @property
    def key(self) -> str:
        """What tells groups apart within a plan: the id, or the new name."""
        return f"new:{self.name}" if self.id is None or self.is_made else self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRef:
    """A person by id, with what people call them. `id` is None where no one was found."""

    id: OktaUserId | None
    login: str
    name: str = ""
    status: str = ""
