"""How an answer of the sandbox differs from a recorded one, in words that fit every such answer."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from tests.contract.slice import place_of

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")
_ID = re.compile(r"\b(0\w\w|oty|osc|oae|rst|guo)[0-9A-Za-z_-]{17,22}")
_LITERAL = {
    "status",
    "type",
    "objectClass",
    "method",
    "clientName",
    "tokenWindow",
    "connection",
    "signOnMode",
    "eventType",
    "severity",
    "version",
    "legacyEventType",
    "displayMessage",
    "result",
    "pipeline",
}
"""Members whose values are words of the interface: they are compared, not only their type."""
_REFUSED = 400


def differences(exchange, response, ignored):
    """All that differs; ids in `ignored` are of things that the recorded org did not have."""
    if response.status_code != exchange.status:
        return {f"status: {exchange.status} there, {response.status_code} here"}
    body = response.json() if response.content else None
    return {
        *_header_differences(exchange, response),
        *_body_differences(exchange, body, ignored),
    }


def event_differences(there, here):
    """What differs between two events of one type."""
    return _between({"": there}, {"": here})


def _header_differences(exchange, response):
    there = _shapes(exchange.headers)
    here = _shapes({name: response.headers.get_list(name) for name in response.headers})
    if not exchange.has_all_links:
        here["link"] &= there["link"]
    names = (
        there.keys() | here.keys()
        if exchange.is_full
        else there.keys()
        | here.keys()
        & {
            "content-type",
            "link",
        }
    )
    for name in names:
        missing, extra = (
            there.get(name, set()) - here.get(name, set()),
            (here.get(name, set()) - there.get(name, set())),
        )
        if name not in here or name not in there:
            yield f"header {name}: {'missing' if name in there else 'extra'} here"
        else:
            yield from (f"header {name}: {shape} missing here" for shape in sorted(missing))
            yield from (f"header {name}: {shape} extra here" for shape in sorted(extra))


def _shapes(headers):
    """The headers that say something of the answer, not of Okta's servers; each as its shapes."""
    return {name: shape(headers[name]) for name, shape in _JUDGED.items() if headers.get(name)}


def _exact(lines):
    return set(lines)


def _media_type(lines):
    """Without charset, which Okta sent until about 2020."""
    return {line.partition(";")[0] for line in lines}


def _number(lines):
    return {"a number" if line.isdigit() else line for line in lines}


def _word(lines):
    return {"a word" if re.fullmatch(r"[\w@+-]+", line) else line for line in lines}


def _tag(lines):
    return {"a weak tag" if re.fullmatch(r'W/"[0-9a-f]{64}"', line) else line for line in lines}


def _age(lines):
    """Without includeSubDomains, which Okta sends since about 2018."""
    return {line.partition(";")[0] for line in lines}


def _date(lines):
    return {re.sub(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d", "a date", line) for line in lines}


def _relations(lines):
    """Relation, path and parameters in any order; cursors are opaque."""
    made = set()
    for line in lines:
        address, _, relation = line.partition("; ")
        parts = urlsplit(address.strip("<>"))
        query = [
            f"{name}={'*' if name == 'after' else value}" for name, value in parse_qsl(parts.query)
        ]
        made.add(f"{relation} {_ids(parts.path)}?{'&'.join(sorted(query))}")
    return made


_JUDGED = {
    "content-type": _media_type,
    "date": _date,
    "link": _relations,
    "etag": _tag,
    "www-authenticate": _exact,
    "cache-control": _exact,
    "pragma": _exact,
    "expires": _exact,
    "x-content-type-options": _exact,
    "strict-transport-security": _age,
    "x-okta-request-id": _word,
    "x-rate-limit-limit": _number,
    "x-rate-limit-remaining": _number,
    "x-rate-limit-reset": _number,
    "retry-after": _number,
}


def _body_differences(exchange, here, ignored):
    there = exchange.body
    if exchange.status >= _REFUSED and isinstance(there, Mapping):
        return _error_differences(there, here)
    if isinstance(there, list) and isinstance(here, list):
        return _list_differences(exchange, here, ignored)
    return _between({"": there}, {"": here})


def _error_differences(there, here):
    """Errors are the same word by word but for their id, whose shape is the same."""
    if not isinstance(here, Mapping):
        yield "error: no object here"
        return
    for key in sorted(there.keys() | here.keys()):
        one, two = there.get(key, "nothing"), here.get(key, "nothing")
        if key == "errorId":
            one, two = _ids(str(one)), _ids(str(two))
        if one != two:
            yield f"error {key}: {_ids(str(one))} there, {_ids(str(two))} here"


def _list_differences(exchange, here, ignored):
    there = {_key(item): item for item in exchange.body}
    ours = {_key(item): item for item in here if _key(item) not in ignored}
    if there.keys() - ours.keys():
        yield "items: missing here"
    if ours.keys() - there.keys() and not exchange.is_truncated:
        yield "items: extra here"
    if [key for key in there if key in ours] != [key for key in ours if key in there]:
        yield "items: in another order"
    for key in there.keys() & ours.keys():
        if there[key].get("signOnMode") == ours[key].get("signOnMode"):
            yield from _between({"[]": there[key]}, {"[]": ours[key]})
        else:
            yield "items: apps of another kind"


def _key(item):
    """What an item is known by: an assigned role by its type, for its id is nobody's choice."""
    name = "type" if "assignmentType" in item else "id" if "id" in item else "uuid"
    return str(item.get(name))


def _between(there, here):
    """Members that only one side has, and members of other types or other words."""
    one, two = _members(there), _members(here)
    found = set()
    for place in one.keys() | two.keys():
        parent = place.rpartition(".")[0]
        if place not in two and (parent in two or not parent):
            found.add(f"body {place}: missing here")
        elif place not in one and (parent in one or not parent):
            found.add(f"body {place}: extra here")
        elif place in one and place in two and one[place] != two[place]:
            found.add(f"body {place}: {_said(one[place])} there, {_said(two[place])} here")
    return found


def _members(rooted):
    """Every place of the body with the kinds of values that stand there."""
    made = {}

    def walk(value, path):
        place = place_of(path)
        made.setdefault(place, set()).add(_kind(value, path))
        if isinstance(value, Mapping):
            for key, each in value.items():
                walk(each, [*path, key])
        elif isinstance(value, list):
            for each in value:
                walk(each, [*path, 0])

    for root, value in rooted.items():
        walk(value, [0] if root.startswith("[]") else [])
    return made


def _kind(value, path):
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case Mapping():
            return "object"
        case list():
            return "list" if value else "empty list"
        case _:
            return _text_kind(value, [part for part in path if isinstance(part, str)])


def _text_kind(text, names):
    last = names[-1] if names else ""
    if last == "href":
        parts = urlsplit(text)
        return _ids(parts.path) if (parts.hostname or "").startswith("test.") else "another host"
    if _STAMP.fullmatch(text):
        return re.sub(r"\d", "0", text)
    if last in _LITERAL and "profile" not in names:
        return text
    return "text"


def _said(kinds):
    return " or ".join(sorted(kinds))


def _ids(text):
    return _ID.sub(r"{\1}", text)
