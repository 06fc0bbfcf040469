"""What is asked for, and what comes of it: a proposal, that it is so already, or a refusal.

The words of a request were written by others, and are what they are: names, purposes and reasons
are made harmless where they are shown, and quoted where they are written.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date

from reconciler.model.diagnostics import Span
from reconciler.model.settings import Contact
from reconciler.model.stanzas import KeyEdit
from reconciler.model.validity import AnyApproval, Moment

__all__ = [
    "AlreadySo",
    "GrantRequest",
    "Outcome",
    "Proposal",
    "Refusal",
    "RenewalRequest",
    "RevocationRequest",
    "join_refusals",
    "proposal_key",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRequest:
    """That a person be given an entitlement.

    `tool` and `entitlement` are ids or names, as somebody wrote them; the entitlement may be left
    out where the tool has one. Without `expires` it is the longest that the tool allows. `key`
    names the branch at the forge, and is empty where none is made.
    """

    tool: str
    subject: str
    purpose: str
    approval: AnyApproval
    entitlement: str | None = None
    starts: Moment | None = None
    expires: Moment | None = None
    requested_by: str | None = None
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalRequest:
    """That a person keep an entitlement until later. `purpose` is None where it stays."""

    tool: str
    subject: str
    expires: Moment
    approval: AnyApproval
    entitlement: str | None = None
    purpose: str | None = None
    requested_by: str | None = None
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationRequest:
    """That a person lose a tool from the day `at` on, or one entitlement of it.

    With `ticket`, only grants go whose approval names it.
    """

    tool: str
    subject: str
    at: date
    by: str
    reason: str
    entitlement: str | None = None
    ticket: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change to the catalog's files, and what its reviewer has to know.

    `title` is one line and `facts` are names with their values: plain text, none of it escaped.
    `new_files` are paths below the catalog with their texts. `asked` are those who will be asked to
    approve. `requested_by` is whose open proposals it counts among; nobody's is the end of access.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    edits: tuple[KeyEdit, ...] = ()
    new_files: tuple[tuple[str, str], ...] = ()
    asked: tuple[Contact, ...] = ()
    requested_by: str | None = None
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadySo:
    """Nothing has to change; `origin` is the grant that says so, where one does.

    `has_ended`: it was given, and is over.
    """

    summary: str
    origin: Span | None = None
    has_ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why nothing can be proposed, and what to do about it; `also` is what else is in the way."""

    code: str
    summary: str
    hint: str = ""
    also: tuple["Refusal", ...] = ()

    @property
    def all(self) -> tuple["Refusal", ...]:
        """Itself and the others, each alone."""
        return (replace(self, also=()), *self.also)

    @property
    def reasons(self) -> str:
        """Everything that is in the way, in one line."""
        return " · ".join(f"{each.summary} ({each.code})" for each in self.all)

    @property
    def hints(self) -> str:
        """Everything that is to be done about it, in one line."""
        return " · ".join(each.hint for each in self.all if each.hint)


def join_refusals(*found: object) -> Refusal:
    """Those of what was found that are refusals, as one, each once; there has to be one."""
    refused = [each for one in found if isinstance(one, Refusal) for each in one.all]
    first, *others = dict.fromkeys(refused)
    return replace(first, also=tuple(others))


Outcome = Proposal | AlreadySo | Refusal

_KEY_LENGTH = 20


def proposal_key(door: str, *parts: str) -> str:
    """The name of what one door asks for, the same however often it asks: 20 hex digits."""
    words = json.dumps([door, *parts], ensure_ascii=True)
    return hashlib.sha256(words.encode()).hexdigest()[:_KEY_LENGTH]
