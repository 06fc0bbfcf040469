"""What each endpoint may be asked, and whether a stored object is what was asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.sandbox.search.expression import (
    And,
    Comparison,
    Expression,
    ExpressionError,
    Not,
    Or,
    parse,
)
from reconciler.sandbox.storage.clock import parse_instant, precise_stamp
from reconciler.sandbox.storage.rows import value_at

_DATES: Final = frozenset(
    {"created", "activated", "statusChanged", "lastUpdated", "lastMembershipUpdated"}
)
_EQUAL: Final = frozenset({"eq"})
_ORDER: Final = frozenset({"eq", "gt", "ge", "lt", "le"})
_PRESENT: Final = frozenset({"pr"})
_SHORTEST_CONTAINED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """The attributes that may be named, each with its operators."""

    operators: Mapping[str, frozenset[str]]
    profile: frozenset[str] = frozenset()
    """Operators of any `profile.` attribute that is not named itself."""
    ignores_case: bool = False
    columns: Mapping[str, str]
    """The attributes that have an index, and its column."""

    def read(self, text: str) -> "Condition":
        """The question that the text asks; `ExpressionError` when it may not be asked."""
        tree = self._check_terms(parse(text))
        return Condition(tree=tree, ignores_case=self.ignores_case, columns=self.columns)

    def _check_terms(self, tree: Expression) -> Expression:
        if isinstance(tree, And):
            return And(terms=tuple(self._check_terms(term) for term in tree.terms))
        if isinstance(tree, Or):
            return Or(terms=tuple(self._check_terms(term) for term in tree.terms))
        if isinstance(tree, Not):
            raise ExpressionError("not cannot be asked here")
        return self._checked_comparison(tree)

    def _checked_comparison(self, one: Comparison) -> Comparison:
        fallback = self.profile if one.attribute.startswith("profile.") else frozenset()
        if one.operator not in self.operators.get(one.attribute, fallback):
            raise ExpressionError(f"{one.attribute} {one.operator} cannot be asked here")
        if one.operator == "pr":
            return one
        if one.operator == "co" and len(str(one.value)) < _SHORTEST_CONTAINED:
            raise ExpressionError("co needs three characters")
        if one.attribute in _DATES:
            return Comparison(
                attribute=one.attribute,
                operator=one.operator,
                value=_normalise_date(str(one.value)),
            )
        return one


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A checked expression that can be put to any object."""

    tree: Expression
    ignores_case: bool
    columns: Mapping[str, str]

    def matches(self, thing: Mapping[str, object]) -> bool:
        """Whether the object is one of those asked for."""
        return self._matches(self.tree, thing)

    def keys(self) -> frozenset[tuple[str, str]] | None:
        """Values of indexed attributes, one of which every answer has; None if there are none.

        An `or` of two hundred ids over a hundred thousand users becomes two hundred look-ups.
        """
        return _index_keys(self.tree, self.columns)

    def has_only_keys(self) -> bool:
        """Whether every row that has one of the keys is an answer, with nothing left to check."""
        return _has_only_keys(self.tree, self.columns if self.ignores_case else {"id": "id"})

    def _matches(self, tree: Expression, thing: Mapping[str, object]) -> bool:
        match tree:
            case And():
                return all(self._matches(term, thing) for term in tree.terms)
            case Or():
                return any(self._matches(term, thing) for term in tree.terms)
            case Not():
                return not self._matches(tree.term, thing)
            case Comparison():
                return any(self._compares(tree, each) for each in _values_of(tree, thing))

    def _compares(self, one: Comparison, value: object) -> bool:
        if one.operator == "pr":
            return value not in (None, "", [])
        if isinstance(value, bool) or isinstance(one.value, bool):
            return one.operator == "eq" and value is one.value
        if isinstance(value, int | float) and isinstance(one.value, int | float):
            return _compares_as(one.operator, float(value), float(one.value))
        if not (isinstance(value, str) and isinstance(one.value, str)):
            return False
        if self.ignores_case and one.attribute != "id":
            return _compares_as(one.operator, value.lower(), one.value.lower())
        return _compares_as(one.operator, value, one.value)


def _values_of(one: Comparison, thing: Mapping[str, object]) -> Iterator[object]:
    value = value_at(thing, *one.attribute.split("."))
    if isinstance(value, list):
        yield from value
    else:
        yield value


def _compares_as(operator: str, left: str | float, right: str | float) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        words = {"sw": left.startswith(right), "ew": left.endswith(right), "co": right in left}
        if operator in words:
            return words[operator]
        return _compares_in_order(operator, (left > right) - (left < right))
    if isinstance(left, float) and isinstance(right, float):
        return _compares_in_order(operator, (left > right) - (left < right))
    return False


def _compares_in_order(operator: str, order: int) -> bool:
    return {
        "eq": order == 0,
        "ne": order != 0,
        "gt": order > 0,
        "ge": order >= 0,
        "lt": order < 0,
        "le": order <= 0,
    }.get(operator, False)


def _has_only_keys(tree: Expression, columns: Mapping[str, str]) -> bool:
    if isinstance(tree, Or):
        return all(_has_only_keys(term, columns) for term in tree.terms)
    return isinstance(tree, Comparison) and tree.operator == "eq" and tree.attribute in columns


def _index_keys(tree: Expression, columns: Mapping[str, str]) -> frozenset[tuple[str, str]] | None:
    match tree:
        case Comparison():
            column = columns.get(tree.attribute)
            if column is None or tree.operator != "eq" or not isinstance(tree.value, str):
                return None
            return frozenset({(column, tree.value if column == "id" else tree.value.lower())})
        case And():
            parts = [
                keys for term in tree.terms if (keys := _index_keys(term, columns)) is not None
            ]
            return min(parts, key=len, default=None)
        case Or():
            found: set[tuple[str, str]] = set()
            for term in tree.terms:
                keys = _index_keys(term, columns)
                if keys is None:
                    return None
                found |= keys
            return frozenset(found)
        case Not():
            return None


def _normalise_date(text: str) -> str:
    try:
        return precise_stamp(parse_instant(text))
    except (ValueError, OverflowError) as error:
        raise ExpressionError(f"{text} is no instant") from error


_USER_COLUMNS: Final = {
    "id": "id",
    "profile.login": "login_lower",
    "profile.email": "email_lower",
}
_GROUP_COLUMNS: Final = {"id": "id", "profile.name": "name_lower"}

USER_FILTER: Final = Grammar(
    operators={
        "id": _EQUAL,
        "status": _EQUAL,
        "lastUpdated": _ORDER,
        "profile.login": _EQUAL,
        "profile.email": _EQUAL,
        "profile.firstName": _EQUAL,
        "profile.lastName": _EQUAL,
    },
    columns=_USER_COLUMNS,
)
"""`filter` on users: few attributes, case matters (Okta: documented)."""

USER_SEARCH: Final = Grammar(
    operators={
        "id": _EQUAL | _PRESENT,
        "status": _ORDER | _PRESENT,
        "type.id": _EQUAL | _PRESENT,
        "created": _ORDER | _PRESENT,
        "activated": _ORDER | _PRESENT,
        "statusChanged": _ORDER | _PRESENT,
        "lastUpdated": _ORDER | _PRESENT,
        **dict.fromkeys(
            ("profile.firstName", "profile.lastName", "profile.email", "profile.login"),
            _ORDER | _PRESENT | {"sw", "co"},
        ),
    },
    profile=_ORDER | _PRESENT | {"sw"},
    ignores_case=True,
    columns=_USER_COLUMNS,
)
"""`search` on users: any profile attribute, case does not matter (Okta: OpenAPI).

There is no `ne`, but a status can be less or greater; `co` is for names, email and login only.
"""

GROUP_FILTER: Final = Grammar(
    operators={
        "id": _EQUAL,
        "type": _EQUAL,
        "lastUpdated": _ORDER,
        "lastMembershipUpdated": _ORDER,
    },
    columns=_GROUP_COLUMNS,
)
"""`filter` on groups: no names (Okta: issue, okta-sdk-java 593)."""

GROUP_SEARCH: Final = Grammar(
    operators={
        "id": _EQUAL | {"sw"},
        "type": _EQUAL | {"sw"},
        "source.id": _EQUAL,
        "created": _ORDER,
        "lastUpdated": _ORDER,
        "lastMembershipUpdated": _ORDER,
        "profile.name": _ORDER | _PRESENT | {"sw", "co"},
        "profile.description": _ORDER | _PRESENT | {"sw", "co"},
    },
    profile=_ORDER | _PRESENT | {"sw"},
    ignores_case=True,
    columns=_GROUP_COLUMNS,
)
"""`search` on groups (Okta: OpenAPI)."""

MEMBER_SEARCH: Final = Grammar(
    operators=dict.fromkeys(("id", "status", "profile.login", "profile.email"), _EQUAL),
    ignores_case=True,
    columns=_USER_COLUMNS,
)
"""`search` on members: Okta documents that there is one, not what it takes (assumed)."""

APP_FILTER: Final = Grammar(
    operators=dict.fromkeys(
        (
            *("id", "status", "name", "user.id", "group.id"),
            *("credentials.signing.kid", "settings.slo.enabled"),
        ),
        _EQUAL,
    ),
    columns={},
)
"""`filter` on apps (Okta: OpenAPI; `user.id` and `group.id` documented)."""
