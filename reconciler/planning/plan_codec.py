"""The one serial form of a plan: versioned plain data, its bytes, and the digest of its intent.

The digest is the sha256 of intent alone: connector, org id, and per change its action, group,
person, class and the hashes of the grants that justify it. Counts, commit, times, places, purposes
and warnings stand beside it, so the same intent has the same digest on another day. The file digest
is the sha256 of everything that the file says, so that nothing a person read in it can be changed.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar, cast

import msgspec

from reconciler.model.errors import StoreError
from reconciler.model.outcome import ApplyResult
from reconciler.model.plan import Intent, Plan

__all__ = [
    "PLAN_FORMAT",
    "RESULT_FORMAT",
    "clean_strings",
    "digest",
    "dump_plan",
    "dump_result",
    "file_digest",
    "is_result",
    "load_plan",
    "load_result",
    "without_secrets",
]

PLAN_FORMAT = "reconciler.plan/1"
RESULT_FORMAT = "reconciler.result/1"

_COMMAND = ("##[", "#\\u0023[")
"""How a command of GitHub's runner begins, anywhere in a line, and the same in JSON's escapes."""

Plain = dict[str, object]
Clean = Callable[[str], str]
_T = TypeVar("_T")
_Noun = TypeVar("_Noun", bound=Plan | ApplyResult)


def digest(plan: Plan) -> str:
    """The sha256, in hex, of what the plan intends."""
    lines = [*(c.intent for c in plan.changes), *(c.intent for c in plan.accounts)]
    return _digest(plan.connector, plan.org.id, lines)


def dump_plan(plan: Plan, clean: Clean = str) -> bytes:
    """The bytes of a plan file: the same plan gives the same bytes.

    `clean` runs over every text in it, to take out what must not be kept.
    """
    plain = _plain(plan)
    drift = {"missing": plain.pop("missing"), "unapproved": plain.pop("unapproved")}
    head: Plain = {"format": PLAN_FORMAT, "digest": digest(plan)}
    content = {key: clean_strings(item, clean) for key, item in (plain | {"drift": drift}).items()}
    return _bytes(head | {"file_digest": _file_digest(head | content)} | content)


def load_plan(data: bytes) -> Plan:
    """The plan in a plan file; raises `StoreError` for anything that is not one, whole."""
    plain = _parse(data)
    sealed = dict(plain)
    if plain.pop("format", None) != PLAN_FORMAT:
        raise StoreError(
            "plan-format-unknown",
            f"this is not a plan of format {PLAN_FORMAT}",
            "make one with `reconciler plan --out FILE`",
        )
    claimed = plain.pop("digest", None)
    plain.pop("file_digest", None)
    drift = plain.pop("drift", None)
    if not isinstance(drift, dict):
        raise StoreError("file-invalid", "the plan has no drift", "plan again")
    plain |= {"missing": drift.get("missing"), "unapproved": drift.get("unapproved")}
    plan = _convert(plain, Plan)
    if plan.as_of.tzinfo is None or plan.created_at.tzinfo is None:
        raise StoreError("file-invalid", "the plan's instants have no zone", "plan again")
    if claimed != digest(plan):
        raise StoreError(
            "plan-digest-mismatch",
            "the plan file's digest does not fit its changes: it was edited or damaged",
            "plan again; a plan file is never edited by hand",
        )
    if sealed.get("file_digest") != _file_digest(sealed):
        raise StoreError(
            "plan-file-altered",
            "the plan file's own digest does not fit what it says: it was edited or damaged",
            "plan again; a plan file is never edited by hand",
        )
    return plan


def file_digest(data: bytes) -> str:
    """The digest of everything that the plan file says, as the file has it."""
    return str(_parse(data).get("file_digest", ""))


def dump_result(result: ApplyResult, clean: Clean = str) -> bytes:
    """The bytes of a result file; `clean` as for a plan."""
    return _bytes(clean_strings({"format": RESULT_FORMAT} | _plain(result), clean))


def load_result(data: bytes) -> ApplyResult:
    """The result in a result file; raises `StoreError` for anything that is not one."""
    plain = _parse(data)
    if plain.pop("format", None) != RESULT_FORMAT:
        raise StoreError("result-format-unknown", f"this is no result of format {RESULT_FORMAT}")
    return _convert(plain, ApplyResult)


def is_result(data: bytes) -> bool:
    """Whether the bytes claim to be a result rather than a plan."""
    return _parse(data).get("format") == RESULT_FORMAT


def clean_strings(value: object, clean: Clean) -> object:
    """Plain data with `clean` run over every text in it."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: clean_strings(item, clean) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_strings(item, clean) for item in value]
    return value


def without_secrets(noun: _Noun, clean: Clean) -> _Noun:
    """The noun with `clean` run over each text of it, before any two are put into one line."""
    return cast("_Noun", _clean_noun(noun, clean))


def _clean_noun(value: object, clean: Clean) -> object:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, tuple):
        return tuple(_clean_noun(item, clean) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {
            f.name: _clean_noun(getattr(value, f.name), clean) for f in fields(value) if f.init
        }
        return replace(value, **parts)
    return value


def _digest(connector: str, org: str, lines: list[Intent]) -> str:
    rows = [[n.action, n.group, n.person, n.member_class, list(n.grants)] for n in sorted(lines)]
    content = [connector, org, rows]
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def _plain(value: object) -> Plain:
    plain = msgspec.to_builtins(value)
    if not isinstance(plain, dict):
        raise TypeError(type(value))
    return plain


def _file_digest(content: Plain) -> str:
    """Of the content without its own digest: `jq -caS 'del(.file_digest)'` prints the same text."""
    rest = {key: value for key, value in content.items() if key != "file_digest"}
    text = json.dumps(rest, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _bytes(plain: object) -> bytes:
    text = json.dumps(plain, ensure_ascii=True, indent=1)
    return (text.replace(*_COMMAND) + "\n").encode()


def _parse(data: bytes) -> Plain:
    try:
        plain = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise StoreError(
            "file-not-json", "the file is not JSON", "make it again, with `plan --out FILE`"
        ) from error
    return plain if isinstance(plain, dict) else {}


def _convert(plain: Plain, kind: type[_T]) -> _T:
    try:
        return msgspec.convert(plain, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        raise StoreError("file-invalid", f"the file does not fit its format: {error}") from error
