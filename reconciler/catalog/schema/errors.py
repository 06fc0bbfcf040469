"""What a schema error means, in our words and at the value or key it is about.

jsonschema is imported only here and only when a file is wrong: a valid catalog never waits for it.
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any

from reconciler.catalog.schema.kinds import item_schema, item_validator
from reconciler.catalog.schema.rules import (
    BY_CODE,
    KEY_MISSING,
    KEY_UNKNOWN,
    VALUE_NOT_ALLOWED,
    VALUE_WRONG_FORM,
    VALUE_WRONG_TYPE,
)
from reconciler.model.diagnostics import MOST_PER_FILE, Rule, Span
from reconciler.policy.finding import Finding, Path, Place
from reconciler.policy.quoting import choice, guess, nearest, quoted, with_letter

__all__ = ["describe_type", "explain_errors", "explain_errors_roughly", "value_finding"]

_TYPES = {
    "string": "text",
    "object": "a mapping",
    "array": "a list",
    "integer": "a whole number",
    "boolean": "true or false",
}
_UNITS = {"^[1-9][0-9]*d$": "d", "^[1-9][0-9]*[dh]$": "d", "^[1-9][0-9]*[hm]$": "h"}
"""The pattern of each kind of duration, in every schema that has one, and its usual unit."""
_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "y", "on"), "true"),
    **dict.fromkeys(("false", "no", "n", "off"), "false"),
}
_SIZES = {
    "minItems": ("the list has too few entries", "add one"),
    "maxItems": ("the list has too many entries", "remove some"),
    "uniqueItems": ("the list says the same twice", "keep one of the two"),
    "minProperties": ("the mapping has too few keys", "add one"),
    "maxProperties": ("the mapping has too many keys", "remove some"),
}


def value_finding(rule: Rule, origin: Span, path: Path, summary: str, hint: str = "") -> Finding:
    """A finding about a value."""
    return Finding.at(Place(origin, path), rule, summary, hint)


def describe_type(value: object) -> str:
    """The kind of a value, as a person would call it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a mapping"


def explain_errors(
    kind: str, data: object, origin: Span, most: int = MOST_PER_FILE
) -> list[Finding]:
    """What keeps one object from having its kind's form: the first so many things."""
    found: dict[tuple[Rule, Place], Finding] = {}
    for error in _slow_validator(kind).iter_errors(data):
        for each in _findings(error, origin):
            found.setdefault((each.rule, each.place), each)
            if len(found) >= most:
                return list(found.values())
    return list(found.values()) or explain_errors_roughly(kind, data, origin, most)


def explain_errors_roughly(kind: str, data: object, origin: Span, most: int) -> list[Finding]:
    """The fast judge's own words, where the other one has no objection or would take too long."""
    return [
        value_finding(
            VALUE_WRONG_FORM,
            origin,
            tuple(error.instance_path),
            f"the value does not fit the schema: {quoted(error.message)[1:-1]}",
        )
        for error in islice(item_validator(kind).iter_errors(data), most)
    ]


@cache
def _slow_validator(kind: str) -> Any:  # noqa: ANN401 - a class made at run time
    """The slow judge, reading `$` as ECMA does: the end, not before a last newline.

    Whether a list says the same twice is asked of a set: jsonschema compares each with each.
    """
    import json  # noqa: PLC0415 - with jsonschema
    import re  # noqa: PLC0415 - with jsonschema

    from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators  # noqa: PLC0415 - 40 ms that a valid catalog saves

    def pattern(_: Any, wanted: str, instance: Any, __: Any) -> Iterator[ValidationError]:  # noqa: ANN401 - jsonschema's own signature
        ending = wanted[:-1] + r"\Z" if wanted.endswith("$") else wanted
        if isinstance(instance, str) and not re.search(ending, instance):
            yield ValidationError("pattern")

    def unique(_: Any, wanted: bool, instance: Any, __: Any) -> Iterator[ValidationError]:  # noqa: ANN401 - jsonschema's own signature
        if wanted and isinstance(instance, list):
            spelled = {json.dumps(each, sort_keys=True) for each in instance}
            if len(spelled) < len(instance):
                yield ValidationError("uniqueItems")

    own = {"pattern": pattern, "uniqueItems": unique}
    strict = validators.extend(Draft202012Validator, own)  # type: ignore[no-untyped-call] # its stubs leave it untyped
    return strict(item_schema(kind), format_checker=FormatChecker(["date"]))


def _findings(error: Any, origin: Span) -> Iterator[Finding]:  # noqa: ANN401 - jsonschema is not imported here
    path = tuple(error.absolute_path)
    if "propertyNames" in error.absolute_schema_path:
        yield _key_finding(error, origin, path)
        return
    if error.validator == "required":
        yield from _missing_keys(error, origin, path)
    elif error.validator == "additionalProperties":
        yield from _unknown_keys(error, origin, path)
    else:
        rule, summary, hint = _describe(error)
        own = _schema_message(error, error.validator)
        if error.validator == "type" and isinstance(error.instance, str):
            own = _schema_message(error, "type:string") or own
        yield value_finding(
            _named_rule(own, rule),
            origin,
            path,
            own.get("summary", summary),
            own.get("hint", hint),
        )


def _schema_message(error: Any, keyword: str) -> dict[str, str]:  # noqa: ANN401 - as above
    words: dict[str, str] = error.schema.get("x-messages", {}).get(keyword, {})
    return words


def _named_rule(words: dict[str, str], rule: Rule) -> Rule:
    """The rule that the schema's own words are of, where they name one."""
    return BY_CODE[words["code"]] if "code" in words else rule


def _key_finding(error: Any, origin: Span, path: Path) -> Finding:  # noqa: ANN401 - as above
    return Finding.at(
        Place(origin, (*path, error.instance), "key"),
        VALUE_WRONG_FORM,
        _wrong_form(error)[0],
        with_letter(error.instance, _describe_expected(error.schema)),
    )


def _missing_keys(error: Any, origin: Span, path: Path) -> Iterator[Finding]:  # noqa: ANN401 - as above
    mistyped = _mistyped_keys(error)
    for name in error.validator_value:
        if name not in error.instance and name not in mistyped:
            own = _schema_message(error, f"required:{name}") or _schema_message(error, "required")
            yield value_finding(
                _named_rule(own, KEY_MISSING),
                origin,
                path,
                own.get("summary", f"missing key {quoted(name)}"),
                own.get("hint", f"add `{name}`"),
            )


def _mistyped_keys(error: Any) -> set[str | None]:  # noqa: ANN401 - as above
    """The keys that were written with a mistake: what follows from it is not reported as well."""
    known = error.schema.get("properties", {})
    strange = [key for key in islice(error.instance, MOST_PER_FILE) if key not in known]
    return {nearest(key, known) for key in strange}


def _unknown_keys(error: Any, origin: Span, path: Path) -> Iterator[Finding]:  # noqa: ANN401 - as above
    known = error.schema.get("properties", {})
    offered = [key for key, each in known.items() if not each.get("deprecated")]
    for name in error.instance:
        if name not in known:
            at = Place(origin, (*path, name), "key")
            yield Finding.at(at, KEY_UNKNOWN, f"unknown key {quoted(name)}", guess(name, offered))


def _describe(error: Any) -> tuple[Rule, str, str]:  # noqa: ANN401 - as above
    """Rule, summary and hint of an error about a value."""
    describer = _DESCRIBERS.get(error.validator)
    if describer is not None:
        rule, (summary, hint) = describer[0], describer[1](error)
        return rule, summary, hint
    if error.validator in _SIZES:
        return VALUE_WRONG_FORM, *_SIZES[error.validator]
    return VALUE_WRONG_FORM, *_wrong_form(error)


def _wrong_type(error: Any) -> tuple[str, str]:  # noqa: ANN401 - as above
    wanted = error.validator_value
    names = [wanted] if isinstance(wanted, str) else wanted
    expected = " or ".join(_TYPES.get(name, name) for name in names)
    hint = _hint_for_type(names, error.instance, error.schema)
    return f"expected {expected}, found {describe_type(error.instance)}", hint


def _hint_for_type(names: list[str], value: object, schema: dict[str, Any]) -> str:
    """What to write instead, where the value shows what was meant."""
    if isinstance(value, bool) and "string" in names:
        return _describe_expected(schema)
    if "string" in names and isinstance(value, int | float):
        unit = _UNITS.get(schema.get("pattern", ""))
        if unit is None:
            return "put it in quotes"
        is_whole = isinstance(value, int) and value > 0
        return f"write it with its unit, {value}{unit}" if is_whole else _describe_expected(schema)
    if "boolean" in names and isinstance(value, str):
        word = _BOOLEANS.get(value.strip().lower())
        return f"write {word}, without quotes" if word else "write true or false, without quotes"
    return _describe_expected(schema) or _hint_for_text(names, value, schema)


def _hint_for_text(names: list[str], value: object, schema: dict[str, Any]) -> str:
    """What to write instead of a text, where it has another form."""
    if not isinstance(value, str):
        return ""
    if "array" in names:
        return "write a list, in square brackets"
    if "integer" in names:
        return "write it without quotes" if value.strip().isdecimal() else "write a number"
    keys = list(schema.get("properties", ()))
    return f"write keys below it: there is {choice(keys)}" if "object" in names and keys else ""


def _not_allowed(error: Any) -> tuple[str, str]:  # noqa: ANN401 - as above
    allowed = [str(value) for value in error.validator_value]
    value = error.instance
    if not isinstance(value, str):
        return f"expected one of {choice(allowed)}, found {describe_type(value)}", ""
    near = nearest(value, allowed)
    hint = f"did you mean {quoted(near)}?" if near else f"write {' or '.join(map(quoted, allowed))}"
    hint = with_letter(value, hint)
    return f"{quoted(value)} is not one of {choice(allowed)}", hint


def _out_of_range(error: Any) -> tuple[str, str]:  # noqa: ANN401 - as above
    bound = "at least" if error.validator == "minimum" else "at most"
    return f"the number is {bound} {error.validator_value}", "correct the number"


def _wrong_form(error: Any) -> tuple[str, str]:  # noqa: ANN401 - as above
    wanted = error.schema.get("description", "what is expected here")
    if not isinstance(error.instance, str):
        return f"the value is not {wanted}", _describe_expected(error.schema)
    hint = with_letter(error.instance, _describe_expected(error.schema))
    return f"{quoted(error.instance)} is not {wanted}", hint


def _describe_expected(schema: dict[str, Any]) -> str:
    """An example of what fits, from the schema itself."""
    examples = [each for each in schema.get("examples", ()) if isinstance(each, str)]
    return f"for example {quoted(examples[0])}" if examples else ""


_DESCRIBERS: dict[str, tuple[Rule, Callable[[Any], tuple[str, str]]]] = {
    "type": (VALUE_WRONG_TYPE, _wrong_type),
    "enum": (VALUE_NOT_ALLOWED, _not_allowed),
    "minimum": (VALUE_WRONG_FORM, _out_of_range),
    "maximum": (VALUE_WRONG_FORM, _out_of_range),
}
