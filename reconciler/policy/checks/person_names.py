"""Names of people are spelled so that their reader knows whom they name.

A letter of another alphabet, or one that shows as nothing, makes another person's name that looks
like the right one. The first word of a letter's Unicode name is its alphabet, which is enough to
warn of; a table of scripts would be a dependency for no better warning.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from reconciler.model.accounts import AccountDeclaration
from reconciler.model.catalog import (
    Acknowledgement,
    Catalog,
    Connector,
    Grant,
    IdentityMapping,
    Tool,
)
from reconciler.model.diagnostics import Rule, Severity
from reconciler.model.settings import ProtectedPerson
from reconciler.model.validity import AnyApproval
from reconciler.policy import sample
from reconciler.policy.checks.accounts import list_approvals
from reconciler.policy.checks.duplicates import path_of_key
from reconciler.policy.finding import Finding, Path, Place, place
from reconciler.policy.quoting import quoted

__all__ = ["RULES", "check_spellings"]

NAME_OUTER_SPACE = Rule(
    code="name-outer-space",
    summary="The name of a person begins or ends with white space",
    remedy="Remove it",
    example=sample.edit(sample.GRANT_FILE, "jane@", "\N{NO-BREAK SPACE}jane@"),
)
NAME_INVISIBLE_CHARACTER = Rule(
    code="name-invisible-character",
    summary="The name of a person holds a character that nobody sees",
    remedy="Write the name as Okta has it; one that only looks like it is another person's",
    severity=Severity.WARNING,
    example=sample.edit(sample.GRANT_FILE, "jane@", "ja\N{ZERO WIDTH SPACE}ne@"),
)
NAME_MIXED_SCRIPTS = Rule(
    code="name-mixed-scripts",
    summary="The name of a person mixes letters of two alphabets, one of which may only look right",
    remedy="Write the name as Okta has it; one that only looks like it is another person's",
    severity=Severity.WARNING,
    example=sample.edit(sample.GRANT_FILE, "jane@", "j\N{CYRILLIC SMALL LETTER A}ne@"),
)
RULES = (NAME_OUTER_SPACE, NAME_INVISIBLE_CHARACTER, NAME_MIXED_SCRIPTS)

_Noun = (
    Grant
    | IdentityMapping
    | Tool
    | Connector
    | ProtectedPerson
    | Acknowledgement
    | AccountDeclaration
)
_Named = tuple[str, _Noun, Path]

_BESIDE_LATIN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
"""Alphabets that are written with Latin letters among them (Unicode: UTS 39)."""
_SHOWN_AS_NOTHING = frozenset(
    "\N{COMBINING GRAPHEME JOINER}\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}"
    "\N{HANGUL FILLER}\N{HALFWIDTH HANGUL FILLER}\N{BRAILLE PATTERN BLANK}"
    + "".join(map(chr, range(0xFE00, 0xFE10)))
)
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


def check_spellings(catalog: Catalog) -> Iterator[Finding]:
    """Every name of a person in the catalog; what is plain ASCII is beyond suspicion here."""
    for name, noun, path in _names(catalog):
        if not name.isascii():
            yield from _judge(name, place(noun, *path))


def _names(catalog: Catalog) -> Iterator[_Named]:
    for grant in catalog.grants:
        yield from _of_grant(grant)
    for declared in catalog.accounts:
        yield from _of_account(declared)
    for mapping in catalog.identities:
        yield from _of_mapping(mapping)
    for tool in catalog.tools.values():
        yield from _of_tool(tool)
    yield from _of_rules(catalog)


def _of_rules(catalog: Catalog) -> Iterator[_Named]:
    for connector in catalog.connectors.values():
        if connector.canary is not None:
            yield connector.canary.user, connector, ("canary", "user")
    for person in catalog.settings.protected:
        yield person.login, person, ("login",)
    for acknowledgement in catalog.acknowledgements:
        yield acknowledgement.by, acknowledgement, ("by",)


def _of_grant(grant: Grant) -> Iterator[_Named]:
    yield grant.subject, grant, ("subject",)
    yield from _of_approval(grant, grant.approval, ("approval",))
    if grant.revoked is not None:
        yield grant.revoked.by, grant, ("revoked", "by")


def _of_account(declared: AccountDeclaration) -> Iterator[_Named]:
    yield declared.subject, declared, ("user",)
    for _, approval, path in list_approvals(declared):
        yield from _of_approval(declared, approval, path)


def _of_approval(noun: _Noun, approval: AnyApproval, path: Path) -> Iterator[_Named]:
    for number, approver in enumerate(approval.approved_by):
        yield approver, noun, (*path, "approved_by", number)
    if approval.requested_by is not None:
        yield approval.requested_by, noun, (*path, "requested_by")


def _of_mapping(mapping: IdentityMapping) -> Iterator[_Named]:
    for key in mapping.keys:
        yield key, mapping, path_of_key(mapping, key)
    if mapping.login is not None and mapping.keys != (mapping.login,):
        yield mapping.login, mapping, ("okta", "login")


def _of_tool(tool: Tool) -> Iterator[_Named]:
    for number, contact in enumerate(tool.owners):
        yield contact.email, tool, ("owners", number, "email")
    for number, contact in enumerate(tool.approvers):
        yield contact.email, tool, ("policy", "approvers", number, "email")
    for entitlement in tool.entitlements.values():
        for number, name in enumerate(entitlement.required_members):
            yield name, tool, ("entitlements", entitlement.id, "required_members", number)


def _judge(name: str, at: Place) -> Iterator[Finding]:
    if name != name.strip():
        summary = f"{quoted(name)} begins or ends with white space"
        yield Finding.at(at, NAME_OUTER_SPACE, summary)
    hidden = sorted({letter for letter in name.strip() if _is_invisible(letter)})
    if hidden:
        summary = f"{quoted(name)} holds what nobody sees: {_letters(hidden)}"
        yield Finding.at(at, NAME_INVISIBLE_CHARACTER, summary)
    for part in name.split("@"):
        strangers = _strangers(part)
        if strangers:
            summary = f"{quoted(name)} mixes alphabets: {_letters(strangers)}"
            yield Finding.at(at, NAME_MIXED_SCRIPTS, summary)
            return


def _is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) in _INVISIBLE or letter in _SHOWN_AS_NOTHING


def _strangers(part: str) -> list[str]:
    """The letters of the alphabet that has the fewest in it; none where there is but one."""
    by_script: defaultdict[str, list[str]] = defaultdict(list)
    for letter in unicodedata.normalize("NFKC", part):
        if letter.isalpha():
            by_script[_script(letter)].append(letter)
    if len(by_script) == 1 or by_script.keys() - _BESIDE_LATIN <= {"LATIN"}:
        return []
    fewest = min(by_script, key=lambda script: (len(by_script[script]), script == "LATIN", script))
    return sorted(set(by_script[fewest]))


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").partition(" ")[0]


def _letters(letters: list[str]) -> str:
    """Each by its name, for its look says nothing."""
    return ", ".join(
        f"{unicodedata.name(letter, 'a character without a name')} (U+{ord(letter):04X})"
        for letter in letters
    )
