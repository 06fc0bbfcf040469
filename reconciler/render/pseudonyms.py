"""A plan or a result without the names of its people, for places that more people read.

Each line is rid of the people, places and free words that it carries as typed values, and of
nothing else: no sentence is read. The hash is keyed by the org id alone: it tells people apart and
stays the same from plan to plan, but a reader with the list of logins or ids can find out whom it
means. It is no anonymity.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from reconciler.model.approvals.review import BaseComparison
from reconciler.model.diagnostics import Span
from reconciler.model.ids import OUTSIDE_ACCOUNTS, OktaUserId, login_key
from reconciler.model.outcome import ApplyResult
from reconciler.model.plan import AccountRef, GuardVerdict, PersonRef, Plan
from reconciler.model.stanzas import quote
from reconciler.planning.plan_codec import digest
from reconciler.render.document import Document, Fact
from reconciler.render.plan import plan_document
from reconciler.render.result import result_document

__all__ = ["Redaction", "document", "redact"]

_Noun = TypeVar("_Noun", Plan, ApplyResult)

_NAMES = frozenset(
    {"subject", "approved_by", "acknowledged_by", "reviewer", "names", "revoked_by"}
    | {"requested_by", "asked_by", "approvers"}
)
"""Fields that hold the names of people and nothing else."""
_SAID = frozenset({"revoked_because"})
_FREE_WORDS = _SAID | {"purpose"}
"""Fields in which people wrote what they liked, some of which stands in a line's words as well."""
_FREE_OF_PEOPLE = frozenset(
    {"connector", "org", "catalog", "reads", "group", "groups", "tool", "entitlement", "keeps"}
    | {"code", "guard", "held_by", "run", "plan_digest", "request_id", "hash", "tool_version"}
    | {"commit", "digest", "problem", "stopped_by", "head_sha"}
)
_LEFT_OUT = "…"
_NOTES = {
    "ids": "by Okta id; logins, purposes and the files' places are left out",
    "hashed": "by a short hash; logins, ids, purposes and the files' places are left out",
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
    return replace(made, facts=(*made.facts, Fact("people", _NOTES[level.value])))


def redact(noun: _Noun, level: Redaction) -> _Noun:
    """The same with nobody's login, e-mail address or name in it, unless the level is full.

    It is for reading: hashed ids have another digest, so it cannot be applied. What people wrote
    freely (purposes, why a grant is revoked or an account changed) is left out, for nobody knows
    whom it names.
    """
    if level is Redaction.FULL:
        return noun
    redacted: _Noun = _Redactor(noun, level).redact(noun)
    return redacted


class _Redactor:
    """Puts one alias in the place of each person, wherever they are named."""

    def __init__(self, noun: Plan | ApplyResult, level: Redaction) -> None:
        self._level = level
        self._org = noun.org.id
        people = tuple(_nouns(noun, PersonRef))
        self._ids = {person.id for person in people if person.id}
        self._id_by_login = {login_key(p.login.strip()): p.id for p in people if p.id}

    def redact(self, whole: Any) -> Any:  # noqa: ANN401 - a plan, a result, or what one was compared with
        """The whole, each of its lines without the people of that line."""
        parts = {f.name: self._part(f.name, getattr(whole, f.name)) for f in fields(whole)}
        return type(whole)(**parts)

    def _part(self, name: str, value: Any) -> Any:  # noqa: ANN401 - any field of a whole
        if isinstance(value, BaseComparison):
            files = tuple(_LEFT_OUT for _ in value.uncommitted)
            return self.redact(replace(value, uncommitted=files))
        if isinstance(value, tuple):
            return tuple(self._line(each) if is_dataclass(each) else each for each in value)
        return value if name in _FREE_OF_PEOPLE else self._line(value)

    def _line(self, line: Any) -> Any:  # noqa: ANN401 - any noun of a plan
        forms = dict(self._forms(line))
        return self._noun(line, _make_cleaner(forms))

    def _noun(self, value: Any, clean: Callable[[str], str], name: str = "") -> Any:  # noqa: ANN401 - any value in a line
        if isinstance(value, Span):
            return None
        if isinstance(value, PersonRef):
            return self._person(value)
        if isinstance(value, tuple):
            return tuple(self._noun(item, clean, name) for item in value)
        if isinstance(value, str) and not isinstance(value, Enum):
            return self._words(value, clean, name)
        is_noun = is_dataclass(value) and not isinstance(value, type)
        return self._fields(value, clean) if is_noun else value

    def _words(self, text: str, clean: Callable[[str], str], name: str) -> str:
        if name in _NAMES:
            return self._alias(text)
        return "" if name in _FREE_WORDS else clean(text)

    def _fields(self, value: Any, clean: Callable[[str], str]) -> Any:  # noqa: ANN401 - any dataclass of a plan
        parts = {
            f.name: found if f.name in _FREE_OF_PEOPLE else self._noun(found, clean, f.name)
            for f in fields(value)
            for found in (getattr(value, f.name),)
        }
        if isinstance(value, AccountRef):
            parts["reason"] = ""  # in the words of the file, as no other reason is
        if isinstance(value, GuardVerdict):
            parts["acknowledgement"] = self._file(clean(value.acknowledgement))
        return type(value)(**parts)

    def _person(self, ref: PersonRef) -> PersonRef:
        alias = self._alias(ref.id or ref.login)
        if ref.id is None:
            return PersonRef(id=None, login=alias, status=ref.status)
        return replace(ref, id=OktaUserId(alias), login="person", name="")

    def _alias(self, name: str) -> str:
        """The one word for a person, whether named by id, login or as a subject."""
        key = login_key(name.strip())
        if not key:
            return ""
        user = name if name in self._ids else self._id_by_login.get(key)
        if user and self._level is Redaction.IDS:
            return user
        content = f"{self._org}\n{user or key}".encode(errors="backslashreplace")
        return f"p-{hashlib.sha256(content).hexdigest()[:10]}"

    def _forms(self, line: object) -> Iterator[tuple[str, str]]:
        """Every way in which the line's words may write what has to go, and what stands there."""
        for person in _nouns(line, PersonRef):
            alias = self._alias(person.id or person.login)
            for name in (person.login, person.name, person.id or ""):
                yield from _list_spellings(name, alias)
        for name in _texts(line, _NAMES):
            yield from _list_spellings(name, self._alias(name))
        given = (ref.reason for ref in _nouns(line, AccountRef))
        for words in (*_texts(line, _SAID), *given):
            yield from _list_spellings(words, _LEFT_OUT)
        for place in _nouns(line, Span):
            yield from _list_spellings(str(place), _LEFT_OUT)
            yield from _list_spellings(place.path, _LEFT_OUT)

    def _file(self, text: str) -> str:
        """The acknowledgement; by hash it would do nothing, and says so."""
        if text and self._level is Redaction.HASHED:
            return f"# not to be copied: `people` are hashed, the saved plan has their ids\n{text}"
        return text


def _list_spellings(name: str, alias: str) -> Iterator[tuple[str, str]]:
    """The name as it is, without outer space, without its prefix, and each of them quoted."""
    bare = name.strip()
    short = [bare[len(p) :] for p in OUTSIDE_ACCOUNTS if login_key(bare).startswith(p)]
    for form in (name, bare, *short):
        if form.strip():
            yield from ((form, alias), (quote(form)[1:-1], alias))


def _make_cleaner(forms: dict[str, str]) -> Callable[[str], str]:
    """What puts the alias in the place of each form, the longest first and each place once."""
    by_key = {login_key(form): alias for form, alias in forms.items()}
    longest = sorted(forms, key=lambda form: (-len(form), form))

    def clean(text: str) -> str:
        if not any(key in login_key(text) for key in by_key):
            return text
        pattern = re.compile("|".join(map(re.escape, longest)), re.IGNORECASE)
        return pattern.sub(lambda found: by_key.get(login_key(found[0]), _LEFT_OUT), text)

    return clean


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


def _texts(value: object, wanted: frozenset[str]) -> Iterator[str]:
    """The texts of the fields so named, at any depth."""
    if isinstance(value, tuple):
        for item in value:
            yield from _texts(item, wanted)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            found = getattr(value, field.name)
            if field.name not in wanted:
                yield from _texts(found, wanted)
            elif isinstance(found, tuple):
                yield from found
            else:
                yield found
