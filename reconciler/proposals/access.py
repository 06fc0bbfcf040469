"""What a request means in the catalog: which tool and entitlement, which person, whom to ask."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

from reconciler.identity.aliases import possible_names
from reconciler.identity.catalog_person import (
    CatalogPerson,
    UnclearName,
    find_person,
    find_similar_names,
)
from reconciler.identity.subject import is_outside_account
from reconciler.model.catalog import Catalog, Grant, Tool
from reconciler.model.ids import EntitlementId, fold, login_key
from reconciler.model.settings import Contact
from reconciler.proposals.nouns import Refusal, join_refusals

__all__ = [
    "SUBJECT_UNKNOWN",
    "SUBJECT_UNMAPPED",
    "Access",
    "clip",
    "find_access",
    "find_approvers",
    "find_entitlement",
    "find_known_person",
    "find_subject",
    "find_tool",
    "join_lines",
    "list_grants",
    "split_access",
]

SUBJECT_UNKNOWN, SUBJECT_UNMAPPED = "subject-unknown", "subject-unmapped"

_LONGEST_SHOWN = 80
_MOST_LISTED = 12
_LONGEST_NAME = 255
_LONGEST_LINE = 1000
_PERSON = re.compile(r"[^\x00-\x20\x7f]+")
"""As the schema of a grant has it."""
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
"""Categories of letters (Unicode) that nobody sees, or that are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One tool, one of its entitlements, and the person who is to have it."""

    tool: Tool
    entitlement: EntitlementId
    person: CatalogPerson
    subject: str
    """The person's name as it was asked for, without white space around it."""

    @property
    def name(self) -> str:
        """How people and files refer to what is given."""
        return f"{self.tool.id}/{self.entitlement}"


def split_access(text: str) -> tuple[str, str | None]:
    """The tool and the entitlement of `TOOL/ENTITLEMENT`; None where it names the tool alone."""
    tool, slash, entitlement = text.partition("/")
    return tool, entitlement if slash else None


def find_access(
    catalog: Catalog, tool: str, entitlement: str | None, subject: str
) -> Access | Refusal:
    """What is asked for and for whom, each in the catalog's own words."""
    found = find_tool(catalog, tool)
    chosen = found if isinstance(found, Refusal) else find_entitlement(found, entitlement)
    person = find_subject(catalog, subject)
    if isinstance(found, Refusal) or isinstance(chosen, Refusal) or isinstance(person, Refusal):
        return join_refusals(chosen, person)
    return Access(tool=found, entitlement=chosen, person=person, subject=subject.strip())


def find_tool(catalog: Catalog, named: str) -> Tool | Refusal:
    """The tool of that id, or else the only one of that name."""
    wanted = fold(named)
    by_id = [tool for tool in catalog.tools.values() if tool.id == wanted]
    found = by_id or [tool for tool in catalog.tools.values() if fold(tool.name) == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(sorted(tool.id for tool in found))
        return Refusal(
            code="tool-ambiguous",
            summary=f"{clip(named)} is the name of more than one tool: {ids}",
            hint="name it by its id",
        )
    known = {fold(word): tool.id for tool in catalog.tools.values() for word in (tool.name,)}
    known |= {tool.id: tool.id for tool in catalog.tools.values()}
    return Refusal(
        code="tool-unknown",
        summary=f"there is no tool {clip(named)}",
        hint=_list_choices(wanted, known),
    )


def find_entitlement(tool: Tool, named: str | None) -> EntitlementId | Refusal:
    """The tool's entitlement of that id; where none is named, the only one."""
    ids = tuple(tool.entitlements)
    if not (named or "").strip():
        if len(ids) == 1:
            return ids[0]
        return Refusal(
            code="entitlement-needed",
            summary=f"{tool.id} has more than one entitlement",
            hint=f"choose one: {', '.join(f'{tool.id}/{each}' for each in ids)}",
        )
    wanted = fold(named or "")
    found = next((each for each in ids if each == wanted), None)
    if found is not None:
        return found
    return Refusal(
        code="entitlement-unknown",
        summary=f"{tool.id} has no entitlement {clip(named or '')}",
        hint=_list_choices(wanted, {each: f"{tool.id}/{each}" for each in ids}),
    )


def _list_choices(wanted: str, known: Mapping[str, str]) -> str:
    """Those that were probably meant; else all there are, as far as they are few."""
    holding = [word for word in known if wanted and wanted in word]
    near = holding[:3] or get_close_matches(wanted[:_LONGEST_SHOWN], known, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(dict.fromkeys(known[word] for word in near))}?"
    ids = sorted(set(known.values()))
    more = f" and {len(ids) - _MOST_LISTED} more" if len(ids) > _MOST_LISTED else ""
    return f"there is {', '.join(ids[:_MOST_LISTED])}{more}" if ids else "the catalog has none yet"


def find_subject(catalog: Catalog, named: str) -> CatalogPerson | Refusal:
    """The person whom a grant of that subject would mean; a login need not be known."""
    subject = named.strip()
    if not _is_sayable(subject):
        return Refusal(
            code="subject-invalid",
            summary=f"{clip(named)} is no name that a grant can have",
            hint="give an Okta login, or an account that identities/ maps, such as github:NAME",
        )
    found = find_person(catalog, subject)
    if isinstance(found, CatalogPerson) and (found.mappings or not is_outside_account(subject)):
        return found
    if isinstance(found, UnclearName) and found.candidates:
        names = ", ".join(candidate.name for candidate in found.candidates)
        return Refusal(
            code="subject-ambiguous",
            summary=f"{clip(named)} may mean more than one person: {names}",
            hint="name them by their Okta login",
        )
    if is_outside_account(subject):
        return Refusal(
            code=SUBJECT_UNMAPPED,
            summary=f"no file in identities/ says whose account {clip(named)} is",
            hint="add the mapping by a change of its own, or give their Okta login",
        )
    return CatalogPerson(name=subject, keys=frozenset({login_key(subject)}), is_named=False)


def find_known_person(catalog: Catalog, named: str) -> CatalogPerson | Refusal:
    """The person, whom some file has to name: who is spelled wrong has nothing to lose."""
    known = find_person(catalog, named)
    if isinstance(known, CatalogPerson):
        return known
    found = find_subject(catalog, named)
    if isinstance(found, Refusal):
        return found
    similar = ", ".join(each.name for each in find_similar_names(catalog, named.strip()))
    return Refusal(
        code=SUBJECT_UNKNOWN,
        summary=f"no grant, mapping or file in users/ names {clip(named)}",
        hint=f"there is {similar}" if similar else "give the name as a grant writes it",
    )


def _is_sayable(subject: str) -> bool:
    """Whether anybody can be called so: an `@` begins a name elsewhere, and none of Okta."""
    is_short = len(subject) <= _LONGEST_NAME and subject[:1] != "@"
    is_formed = is_short and _PERSON.fullmatch(subject) is not None
    return is_formed and not any(unicodedata.category(letter) in _UNSEEN for letter in subject)


def list_grants(
    catalog: Catalog, person: CatalogPerson, tool: Tool, entitlement: EntitlementId | None = None
) -> tuple[Grant, ...]:
    """The person's grants of the tool, or of one entitlement of it, under any of their names."""
    return tuple(
        grant
        for grant in catalog.grants
        if grant.tool == tool.id
        and entitlement in {None, grant.entitlement}
        and person.goes_by(grant.subject)
    )


def find_approvers(
    catalog: Catalog, tool: Tool, excluded: Iterable[str | None], now: datetime
) -> tuple[Contact, ...]:
    """The tool's approvers as of now, without those who may be one of the excluded people."""
    alike, today = possible_names(catalog), now.astimezone(UTC).date()
    names = [name for name in excluded if name]
    return tuple(
        contact
        for contact in tool.approvers or tool.owners
        if contact.may_approve(today)
        and not any(
            alike.may_be_one(own, name)
            for own in (contact.email, contact.github)
            if own
            for name in names
        )
    )


def join_lines(text: str, what: str) -> str | Refusal:
    """The text in one line, where it is one that a file can hold."""
    line = " ".join(text.encode("utf-8", "replace").decode().split())
    if 0 < len(line) <= _LONGEST_LINE:
        return line
    problem = f"is longer than {_LONGEST_LINE:,} characters" if line else "is empty"
    return Refusal(
        code=f"{what}-invalid",
        summary=f"the {what} {problem}",
        hint="say in a sentence what it is",
    )


def clip(text: str) -> str:
    """What somebody wrote, between quotes and cut, in a sentence of ours."""
    line = " ".join(text.split())
    return f'"{line[:_LONGEST_SHOWN]}…"' if len(line) > _LONGEST_SHOWN else f'"{line}"'
