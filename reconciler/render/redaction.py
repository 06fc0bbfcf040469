"""A plan or a result without the names of its people, for places that more people read.

The hash is keyed by the org id alone: it tells people apart and stays the same from plan to plan,
but whoever has the list of logins or ids can find out whom it means. It is no anonymity.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from reconciler.model.ids import OktaUserId
from reconciler.model.outcome import ApplyResult
from reconciler.model.plan import Change, GrantRef, GuardVerdict, PersonRef, Plan
from reconciler.planning.canonical import digest
from reconciler.render.document import Document
from reconciler.render.plan_document import plan_document
from reconciler.render.result_document import result_document

__all__ = ["Redaction", "document", "redact"]

_Noun = TypeVar("_Noun", Plan, ApplyResult)

_NAMES = frozenset({"subject", "approved_by", "acknowledged_by", "reviewer"})
"""Fields that hold the names of people and nothing else."""
_FREE_OF_PEOPLE = frozenset(
    {"connector", "org", "catalog", "reads", "group", "groups", "tool", "entitlement", "keeps"}
    | {"code", "guard", "held_by", "run", "plan_digest", "request_id", "hash", "tool_version"}
)
_TOKEN = re.compile(r"""[^\s"(){}\[\],;<>]+""")
_USER_ID = re.compile(r"00u[0-9A-Za-z]{17}")
_SENTENCES = (" is protected but", " is not visible in ", ", required here,", ", protected, is")
"""What follows names that stand nowhere but in a sentence."""
_NOTES = {
    "ids": "people: by Okta id; logins, purposes and the files' places are left out",
    "hashed": "people: by a short hash; logins, ids, purposes and the files' places are left out",
}


class Redaction(Enum):
    """How people are named: as they are, by Okta id alone, or by a short hash."""

    FULL = "full"
    IDS = "ids"
    HASHED = "hashed"


def document(noun: Plan | ApplyResult, level: Redaction) -> Document:
    """The noun in words, its people named as the level says; the digest is always the whole's."""
    if isinstance(noun, Plan):
        made = plan_document(redact(noun, level))
        made = replace(made, closing=(f"digest {digest(noun)}",))
    else:
        made = result_document(redact(noun, level))
    if level is Redaction.FULL:
        return made
    return replace(made, facts=(*made.facts, _NOTES[level.value]))


def redact(noun: _Noun, level: Redaction) -> _Noun:
    """The same with nobody's login, e-mail address or name in it, unless the level is full.

    It is for reading: hashed ids have another digest, so it cannot be applied. What people wrote
    freely (purposes, why a grant was revoked) is left out, for nobody knows whom it names.
    """
    if level is Redaction.FULL:
        return noun
    veiled: _Noun = _Veil(noun, level).over(noun)
    return veiled


class _Veil:
    """Puts one alias in the place of each person, wherever they are named."""

    def __init__(self, noun: Plan | ApplyResult, level: Redaction) -> None:
        self._level = level
        self._org = noun.org.id
        self._connector = noun.connector
        people = tuple(_nouns(noun, PersonRef))
        self._ids = {person.id for person in people if person.id}
        self._id_by_login = {p.login.strip().casefold(): p.id for p in people if p.id}
        names = {name for n in _people(noun) if (name := n.strip())}
        self._names = {name.casefold() for name in names}
        odd = (re.escape(n) for n in names | self._ids if not _TOKEN.fullmatch(n))
        either = "|".join(sorted(odd, key=len, reverse=True)) or "(?!)"
        self._odd = re.compile(either, re.IGNORECASE)

    def over(self, value: Any, name: str = "") -> Any:  # noqa: ANN401 - any noun of a plan
        """The value with every person in it under their alias."""
        if name in _FREE_OF_PEOPLE:
            return value
        match value:
            case PersonRef():
                return self._person(value)
            case tuple():
                return tuple(self.over(item, name) for item in value)
            case str() if not isinstance(value, Enum):
                return self._alias(value) if name in _NAMES else self._text(value)
            case _ if is_dataclass(value) and not isinstance(value, type):
                return self._noun(value)
            case _:
                return value

    def _noun(self, value: Any) -> Any:  # noqa: ANN401 - any dataclass of a plan
        parts = {f.name: self.over(getattr(value, f.name), f.name) for f in fields(value)}
        match value:
            case GrantRef():
                parts |= {"origin": None, "purpose": ""}
            case GuardVerdict(acknowledgement=file):
                parts["acknowledgement"] = self._file(file)
            case Change(reason=reason) if reason.startswith("revoked "):
                parts["reason"] = self._text(reason.partition(": ")[0])
            case _:
                pass
        return type(value)(**parts)

    def _person(self, ref: PersonRef) -> PersonRef:
        alias = self._alias(ref.id or ref.login)
        if ref.id is None:
            return PersonRef(id=None, login=alias, status=ref.status)
        return replace(ref, id=OktaUserId(alias), login="person", name="")

    def _alias(self, name: str) -> str:
        """The one word for a person, whether named by id, login or as a subject."""
        key = name.strip().casefold()
        if not key:
            return ""
        user = name if name in self._ids else self._id_by_login.get(key)
        if user and self._level is Redaction.IDS:
            return user
        content = f"{self._org}\n{user or key}".encode(errors="backslashreplace")
        return f"p-{hashlib.sha256(content).hexdigest()[:10]}"

    def _text(self, text: str) -> str:
        """The sentence without names. A mapping to copy is left out: it consists of them."""
        if "okta: {" in text:
            text = f"{text.partition('{')[0]}(the saved plan has the entry)"
        text = self._odd.sub(lambda found: self._alias(found.group()), text)
        return _TOKEN.sub(lambda found: self._word(found.group()), text)

    def _word(self, word: str) -> str:
        bare = word.rstrip(".:!?'")
        for name in (word, bare):
            if self._is_personal(name):
                return self._alias(name) + word[len(name) :]
        return word

    def _is_personal(self, word: str) -> bool:
        if word in self._ids or word.casefold() in self._names:
            return True
        if "@" in word:
            return not ("/" in word and word.endswith(f"@{self._connector}"))
        return self._level is Redaction.HASHED and _USER_ID.fullmatch(word) is not None

    def _file(self, text: str) -> str:
        """The acknowledgement with its people by alias, and no comment that names them."""
        lines = [
            f"  - {self._alias(line[4:].partition('  #')[0])}" if line.startswith("  - ") else line
            for line in text.splitlines()
        ]
        if lines and self._level is Redaction.HASHED:
            lines.insert(0, "# not to be copied: `people` are hashed, the saved plan has their ids")
        return "".join(f"{line}\n" for line in lines)


_Kind = TypeVar("_Kind")


def _nouns(value: object, kind: type[_Kind]) -> Iterator[_Kind]:
    """Every noun of the kind, at any depth."""
    if isinstance(value, kind):
        yield value
    if isinstance(value, tuple):
        for item in value:
            yield from _nouns(item, kind)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _nouns(getattr(value, field.name), kind)


def _people(noun: Plan | ApplyResult) -> Iterator[str]:
    """Every name of a person that the noun holds, in whichever field."""
    for person in _nouns(noun, PersonRef):
        yield from (person.login, person.name)
    for grant in _nouns(noun, GrantRef):
        yield from (grant.subject, *grant.approved_by)
    for verdict in noun.guards:
        yield from (verdict.acknowledged_by, *_before(verdict.figures))
    for line in noun.blocked:
        yield from _before(line.summary.partition(", but ")[2])
    if isinstance(noun, Plan):
        yield from (line.subject for line in noun.manual)
        for warning in noun.warnings:
            yield from _before(warning.summary)


def _before(sentence: str) -> Iterator[str]:
    for words in _SENTENCES:
        names, found, _ = sentence.partition(words)
        if found:
            yield from names.split(", ")
